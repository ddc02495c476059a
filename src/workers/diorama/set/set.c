/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/set/set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/kernels.h"

struct set *set_new(void)
{
    struct set *set = calloc(1, sizeof(*set));

    if (!set)
        abort();
    set->solids = calloc(SET_SOLIDS_MAX, sizeof(*set->solids));
    if (!set->solids)
        abort();
    set->outside = 1;
    return set;
}

void set_free(struct set *set)
{
    if (!set)
        return;
    free(set->solids);
    free(set->field.cells);
    free(set->field.owner);
    free(set->field.scratch);
    free(set->probes.light);
    free(set->probes.sum);
    free(set->sun.depth);
    free(set->motes);
    free(set);
}

struct set_solid *set_add(struct set *set, enum set_shape shape, const float middle[3],
                          const float half[3])
{
    struct set_solid *solid = &set->solids[set->solid_count];

    if (set->solid_count < SET_SOLIDS_MAX - 1)
        set->solid_count++;
    *solid = (struct set_solid){.shape = shape,
                                .axes = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
                                .round = 0.006f,
                                .taper = 1,
                                .waves = 4,
                                .scale = 0.1f,
                                .salt = set->solid_count * 37};
    memcpy(solid->middle, middle, sizeof(solid->middle));
    memcpy(solid->half, half, sizeof(solid->half));
    for (int k = 0; k < 3; k++) {
        solid->color[k] = solid->other[k] = 0.5f;
        solid->round = fminf(solid->round, 0.9f * half[k]);
    }
    return solid;
}

void set_turn(struct set_solid *solid, float heading, float lean, float roll)
{
    float ch = cosf(heading), sh = sinf(heading), cl = cosf(lean), sl = sinf(lean);
    float cr = cosf(roll), sr = sinf(roll);
    const float x[3] = {ch, 0, -sh}, z[3] = {sh * cl, -sl, ch * cl}, y[3] = {sh * sl, cl, ch * sl};

    for (int k = 0; k < 3; k++) {
        solid->axes[0][k] = cr * x[k] + sr * y[k];
        solid->axes[1][k] = cr * y[k] - sr * x[k];
        solid->axes[2][k] = z[k];
    }
}

struct set_lamp *set_lamp(struct set *set, const float place[3], const float power[3])
{
    struct set_lamp *lamp = &set->lamps[set->lamp_count];

    if (set->lamp_count < SET_LAMPS_MAX - 1)
        set->lamp_count++;
    *lamp = (struct set_lamp){.radius_m = 0.12f, .casts = true};
    memcpy(lamp->place, place, sizeof(lamp->place));
    memcpy(lamp->power, power, sizeof(lamp->power));
    return lamp;
}

struct set_mark *set_mark(struct set *set, const float place[3], float heading, float way_m)
{
    struct set_mark *mark = &set->marks[set->mark_count];

    if (set->mark_count < SET_MARKS_MAX - 1)
        set->mark_count++;
    memcpy(mark->place, place, sizeof(mark->place));
    mark->heading = heading;
    mark->way_m = way_m;
    return mark;
}

float set_flicker(const struct set_lamp *lamp, int index, float seconds)
{
    float t = seconds + 3.1f * (float)index;

    return 1.0f + lamp->flicker * (0.13f * sinf(t * 7.3f) + 0.10f * sinf(t * 12.7f + 1.0f) +
                                   0.07f * sinf(t * 23.1f + 2.0f));
}

/* Colors of the eight probes around a place, toward one side. */
static void probe_side(const struct set_probes *probes, const float place[3], int side,
                       float light[3])
{
    float part[3], sum[3] = {0, 0, 0};
    int cell[3];

    for (int k = 0; k < 3; k++) {
        float at = clamp_f((place[k] - probes->low[k]) / probes->step_m[k], 0,
                           (float)probes->size[k] - 1.01f);

        cell[k] = (int)at;
        part[k] = at - (float)cell[k];
    }
    for (int corner = 0; corner < 8; corner++) {
        int x = cell[0] + (corner & 1), y = cell[1] + (corner >> 1 & 1),
            z = cell[2] + (corner >> 2);
        uint32_t packed =
            probes->light[((z * probes->size[1] + y) * probes->size[0] + x) * 6 + side];
        float weight = 1;

        for (int k = 0; k < 3; k++)
            weight *= corner >> k & 1 ? part[k] : 1 - part[k];
        for (int k = 0; k < 3; k++)
            sum[k] += weight * (float)(packed >> (10 * k) & 1023) / 1023.0f;
    }
    for (int k = 0; k < 3; k++)
        light[k] = sum[k] * sum[k] * probes->scale;
}

void set_light_at(const struct set *set, const float place[3], float seconds, float cube[6][3])
{
    for (int side = 0; side < 6; side++)
        probe_side(&set->probes, place, side, cube[side]);
    for (int i = 0; i < set->lamp_count; i++) {
        const struct set_lamp *lamp = &set->lamps[i];
        float to[3], square = lamp->radius_m * lamp->radius_m, far = 0, amount = 0;

        for (int k = 0; k < 3; k++) {
            to[k] = lamp->place[k] - place[k];
            square += to[k] * to[k];
        }
        far = sqrtf(square);
        amount = (1 - 0.55f * lamp->shade) * set_flicker(lamp, i, seconds) / square;
        for (int side = 0; side < 6; side++)
            for (int k = 0; k < 3; k++)
                cube[side][k] += lamp->power[k] * amount *
                                 fmaxf(to[side / 2] / far * (side & 1 ? -1.0f : 1.0f), 0);
    }
}

float set_sun_at(const struct set *set, const struct sky *sky, const float place[3])
{
    const struct set_sun *sun = &set->sun;
    float at[2] = {-sun->low[0], -sun->low[1]}, along = 0, seen = 0;

    if (!sun->shines)
        return 0;
    if (sun->is_open && place[1] > set->high[1])
        return 1;
    for (int k = 0; k < 3; k++) {
        at[0] += place[k] * sun->across[k];
        at[1] += place[k] * sun->up[k];
        along -= place[k] * sky->sun[k];
    }
    for (int i = 0; i < 9; i++) {
        int x = (int)((at[0] + 0.05f * (float)(i % 3 - 1)) / sun->texel_m);
        int y = (int)((at[1] + 0.05f * (float)(i / 3 - 1)) / sun->texel_m);

        if (x >= 0 && y >= 0 && x < sun->size[0] && y < sun->size[1] &&
            along < sun->depth[(size_t)y * (size_t)sun->size[0] + (size_t)x] + 0.03f)
            seen += 1.0f / 9.0f;
    }
    return seen;
}

/* A speck of dust as a soft disc on the samples; `at` in samples. */
static void draw_mote(const struct frame *frame, const float at[2], float radius,
                      const float light[3])
{
    for (int y = (int)(at[1] - radius); y <= (int)(at[1] + radius) + 1; y++)
        for (int x = (int)(at[0] - radius); x <= (int)(at[0] + radius) + 1; x++) {
            float dx = (float)x - at[0], dy = (float)y - at[1];
            float amount = 1 - (dx * dx + dy * dy) / (radius * radius);

            if (amount <= 0 || x < 0 || y < 0 || x >= frame->width || y >= frame->height)
                continue;
            for (int k = 0; k < 3; k++)
                frame->plane[k][(size_t)y * (size_t)frame->stride + (size_t)x] +=
                    light[k] * amount * amount;
        }
}

/* Where a mote is at a time: it drifts, and comes in again on the other side. */
static void mote_place(const struct set *set, const float *mote, float seconds, float place[3])
{
    static const float drift[3] = {0.022f, -0.010f, 0.016f};

    for (int k = 0; k < 3; k++) {
        float wide = set->high[k] - set->low[k];
        float at = mote[k] + drift[k] * seconds * (0.5f + mote[3]) +
                   0.05f * sinf(seconds * (0.35f + 0.3f * mote[3]) + 6.28f * mote[(k + 1) % 3]);

        at = (at - set->low[k]) / wide;
        place[k] = set->low[k] + (at - floorf(at)) * wide;
    }
}

void set_draw_motes(const struct set *set, const struct frame *frame)
{
    const struct view *view = &frame->view;
    const struct sky *sky = &frame->world->sky;
    float samples[2] = {(float)frame->width / (view->pixel * (float)frame->out_width),
                        (float)frame->height / (view->pixel * (float)frame->out_height)};

    for (int i = 0; i < set->mote_count; i++) {
        float place[3], to[3], at[2], ahead, across, radius, light[3], seen, blur;
        size_t sample = 0;

        mote_place(set, &set->motes[4 * i], frame->clip_time_s, place);
        for (int k = 0; k < 3; k++)
            to[k] = place[k] - view->eye[k];
        ahead = to[0] * view->forward[0] + to[2] * view->forward[1];
        across = to[0] * view->right[0] + to[2] * view->right[1];
        if (ahead < 0.4f)
            continue;
        at[0] = across / ahead * samples[0] + 0.5f * (float)frame->width;
        at[1] = 0.5f * (float)frame->height - (to[1] / ahead - view->shift) * samples[1];
        if (at[0] < 0 || at[1] < 0 || at[0] >= (float)frame->width || at[1] >= (float)frame->height)
            continue;
        sample = (size_t)at[1] * (size_t)frame->stride + (size_t)at[0];
        seen = frame->depth[sample] > ahead ? set_sun_at(set, sky, place) : 0;
        if (seen <= 0)
            continue;
        /* Close ones are out of focus: larger and fainter. */
        blur = 0.0016f * fabsf(1 / ahead - 0.35f);
        radius = fmaxf((0.0011f / ahead + blur) * samples[0], 1.3f);
        for (int k = 0; k < 3; k++)
            light[k] = sky->sun_color[k] * seen * (0.05f + 0.16f * set->motes[4 * i + 3]) *
                       fminf(6.0f / (radius * radius), 1);
        draw_mote(frame, at, radius, light);
    }
}

static void corners_of(const void *solids, int index, float corners[8][3])
{
    const struct set_solid *solid = (const struct set_solid *)solids + index;

    for (int i = 0; i < 8; i++)
        for (int k = 0; k < 3; k++) {
            corners[i][k] = solid->middle[k];
            for (int axis = 0; axis < 3; axis++)
                corners[i][k] +=
                    solid->axes[axis][k] * solid->half[axis] * (i >> axis & 1 ? 1.0f : -1.0f);
        }
}

void set_bin(const struct set *set, const struct view *view, const struct canvas *canvas,
             struct bins *bins)
{
    bins_fill(bins, view, canvas, &(struct bins_boxes){set->solids, set->solid_count, corners_of});
}
