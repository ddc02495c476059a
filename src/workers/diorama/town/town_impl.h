/* SPDX-License-Identifier: Apache-2.0 */
/* town_impl: what the parts of town_*.c share while they build a town. */
#ifndef VITASCOPE_WORKERS_DIORAMA_TOWN_TOWN_IMPL_H
#define VITASCOPE_WORKERS_DIORAMA_TOWN_TOWN_IMPL_H

#include "workers/diorama/noise.h"
#include "workers/diorama/town/town.h"

struct town_plan {
    struct town *town;
    const struct scene *scene;
    struct dice dice;
};

/* Low and high corners: x, y, z each. */
struct town_span {
    float x0, x1, y0, y1, z0, z1;
};

/* A plain box; the last one again when the town is full. */
struct town_box *town_add(struct town_plan *plan, enum town_kind kind, struct town_span span);
void town_paint(float to[3], float r, float g, float b);
void town_lamp(struct town_plan *plan, const float place[3], const float power[3]);

/* The windows of a house or tower: their size, light and wall, by the dice. */
void town_windows(struct town_plan *plan, struct town_box *box);

/* A lit sign in a box, its letters and its color, and the light that it casts. */
void town_sign(struct town_plan *plan, struct town_span span, bool upright);

/* Tables and what belongs to them, on both sides. */
void town_add_terrace(struct town_plan *plan);

/* What a tower of a skyline stands on, and how it looks. */
struct tower {
    float x, z, wide, tall;
    float turn; /* radians */
    float glow[3];
    float color[3];
    enum town_style style;
    int salt;
};

/* A prism of so many sides, or a cone for 0, from y0 to y1; `reach` from axis to side there. */
struct town_box *town_add_solid(struct town_plan *plan, const struct tower *tower, int sides,
                                const float y[2], const float reach_m[2]);

/* A tower of glass in one of many shapes, or of stone with setbacks. */
void town_add_tower(struct town_plan *plan, float x, float z, float wide, float tall);

/* Whether it is the terrace of a cafe under a low sun, which then stands at the street's end. */
bool town_is_terrace_at_dawn(const struct scene *scene);

/* From the middle of a street to the curb and to the walls, by the first of the plan's dice. */
void town_street_widths(const struct scene *scene, struct dice *dice, float *road_m,
                        float *walls_m);

void town_build_street(struct town_plan *plan);
void town_build_skyline(struct town_plan *plan);

/* Letters for a sign with room for `room`; returns how many. */
int town_word(struct dice *dice, bool asian, int room, float word[TOWN_WORD_MAX]);
void town_draw_glyphs(float *glyphs);

/* Bakes the maps. */
void town_light(struct town *town, const struct world *world);

#endif
