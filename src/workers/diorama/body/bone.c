/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/body/bone.h"

#include <math.h>
#include <string.h>

struct bone bone_root(struct body *body, const float at[3], float scale)
{
    return (struct bone){.body = body,
                         .at = {at[0], at[1], at[2]},
                         .side = {1, 0, 0},
                         .up = {0, 1, 0},
                         .ahead = {0, 0, 1},
                         .scale = scale};
}

void bone_place(const struct bone *bone, const float own[3], float place[3])
{
    for (int k = 0; k < 3; k++)
        place[k] = bone->at[k] + bone->scale * (own[0] * bone->side[k] + own[1] * bone->up[k] +
                                                own[2] * bone->ahead[k]);
}

void bone_move(struct bone *bone, float x, float y, float z)
{
    bone_place(bone, (const float[]){x, y, z}, bone->at);
}

/* Turns one axis toward another. */
static void swing(float from[3], float to[3], float angle)
{
    float sine = sinf(angle), cosine = cosf(angle);

    for (int k = 0; k < 3; k++) {
        float was = from[k];

        from[k] = was * cosine + to[k] * sine;
        to[k] = to[k] * cosine - was * sine;
    }
}

void bone_lean(struct bone *bone, float angle)
{
    swing(bone->up, bone->ahead, angle);
}

void bone_turn(struct bone *bone, float angle)
{
    swing(bone->ahead, bone->side, angle);
}

void bone_tip(struct bone *bone, float angle)
{
    swing(bone->up, bone->side, angle);
}

struct body_part *bone_add(const struct bone *bone, const float ab[6], float ra, float rb)
{
    float a[3], b[3];

    bone_place(bone, ab, a);
    bone_place(bone, ab + 3, b);
    return body_add(bone->body, a, b, ra * bone->scale, rb * bone->scale);
}

void bone_flatten(const struct bone *bone, struct body_part *part, enum bone_axis axis,
                  float flatness)
{
    const float *const axes[] = {NULL, bone->side, bone->up, bone->ahead};

    part->flatness = flatness;
    if (axis != AXIS_NONE)
        memcpy(part->flat, axes[axis], sizeof(part->flat));
}

void body_tint(struct body_part *part, const struct tone *tone)
{
    part->stuff = tone->stuff;
    memcpy(part->color, tone->color, sizeof(part->color));
    memcpy(part->under, tone->color, sizeof(part->under));
}

void bone_cast(const struct bone *bone, const struct mold *molds, int count,
               const struct tone *palette)
{
    for (int i = 0; i < count; i++) {
        const struct mold *mold = &molds[i];

        for (int side = 1; side >= (mold->is_double ? -1 : 1); side -= 2) {
            const float s = (float)side;
            const float ab[6] = {s * mold->a[0], mold->a[1], mold->a[2],
                                 s * mold->b[0], mold->b[1], mold->b[2]};
            struct body_part *part = bone_add(bone, ab, mold->ra, mold->rb);

            bone_flatten(bone, part, mold->flat, mold->flatness);
            part->blend = mold->blend * bone->scale;
            part->mode = mold->mode;
            body_tint(part, &palette[mold->tone]);
            memcpy(part->own, bone->at, sizeof(part->own)); /* one pattern over them all */
        }
    }
}
