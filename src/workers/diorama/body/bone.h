/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bone: axes that carry parts of a body: a pelvis, a chest, a head, a foot.
 *
 * Places are given in a bone's own axes (x to its right, y up, z ahead), in meters of a grown
 * one, and times its scale. A mold is a table of parts of a bone, each of a tone of a palette.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_BODY_BONE_H
#define VITASCOPE_WORKERS_DIORAMA_BODY_BONE_H

#include "workers/diorama/body/body.h"

enum bone_axis { AXIS_NONE, AXIS_SIDE, AXIS_UP, AXIS_AHEAD };

struct bone {
    struct body *body; /* that its parts are added to */
    float at[3];
    float side[3], up[3], ahead[3]; /* unit, in the body's axes */
    float scale;
};

/* What a part is made of. */
struct tone {
    enum body_stuff stuff;
    float color[3];
};

struct mold {
    float a[3], b[3], ra, rb, blend;
    bool is_double; /* also on the other side */
    enum bone_axis flat;
    float flatness;
    enum part_mode mode;
    int tone;
};

/* A bone at a place of the body's axes, upright and looking ahead. */
struct bone bone_root(struct body *body, const float at[3], float scale);

/* Moves it along its own axes, meters. */
void bone_move(struct bone *bone, float x, float y, float z);

/* Turn by radians: leans ahead, turns to its right, leans to its right. */
void bone_lean(struct bone *bone, float angle);
void bone_turn(struct bone *bone, float angle);
void bone_tip(struct bone *bone, float angle);

/* Where a place of the bone is in the body's axes. */
void bone_place(const struct bone *bone, const float own[3], float place[3]);

/* Adds a part from a to b, six numbers of the bone's axes. */
struct body_part *bone_add(const struct bone *bone, const float ab[6], float ra, float rb);

/* Flattens a part along an axis of the bone. */
void bone_flatten(const struct bone *bone, struct body_part *part, enum bone_axis axis,
                  float flatness);

/* Gives a part its stuff and color. */
void body_tint(struct body_part *part, const struct tone *tone);

/* Adds all parts of a mold. */
void bone_cast(const struct bone *bone, const struct mold *molds, int count,
               const struct tone *palette);

#endif
