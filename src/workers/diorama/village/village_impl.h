/* SPDX-License-Identifier: Apache-2.0 */
/* village_impl: what the parts of village_*.c share while they build one. */
#ifndef VITASCOPE_WORKERS_DIORAMA_VILLAGE_VILLAGE_IMPL_H
#define VITASCOPE_WORKERS_DIORAMA_VILLAGE_VILLAGE_IMPL_H

#include "workers/diorama/forest/garden.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/set/set.h"

#define VILLAGE_BACK_M (-24.0f) /* where the lane begins, behind the camera */
#define VILLAGE_END_M 78.0f
#define VILLAGE_STRAIGHT_M 30.0f /* from here on it may bend */

enum { STYLE_PALETTES = 4 };

/* How the houses of a country look. Lengths in meters, colors are albedo. */
struct village_style {
    enum scene_village name;
    int roof; /* kind of MATTER_ROOF */
    float roof_scale, roof_thick;
    float pitch[2]; /* rise over half the span: least and most */
    float eaves_over, gable_over;
    float floor_m;
    float floors[2];
    enum set_matter lower, upper; /* walls: of the ground floor, and above */
    float jetty;                  /* how far upper floors stand out */
    float gable_front;            /* share of houses whose gable looks to the lane */
    float gap[2], setback[2];
    float pane[2], spacing; /* half a window's width and height; from one to the next */
    int bars[2];            /* panes across and up */
    float shutters;         /* share of houses that have them */
    enum set_paving paving;
    float lane_m;
    float hedges, walls, fences; /* before the houses, shares */
    float roofs[STYLE_PALETTES][3], fronts[STYLE_PALETTES][3], uppers[STYLE_PALETTES][3];
    float beam[3], trim[3], paints[STYLE_PALETTES][3];
    float stone[2][3]; /* of walls, plinths, chimneys */
    enum garden_plant trees[2];
};

struct village_plan {
    struct set *set;
    const struct scene *scene;
    const struct village_style *style;
    struct garden *garden;
    struct dice dice;
    float lit;  /* share of windows with light */
    float glow; /* radiance of a lit window */
    float wall[2][3];
};

/* A house on its plot: its front looks along its own +z. */
struct house {
    float at[2], heading; /* x and z of its middle */
    float half[2];        /* along its front, and deep */
    float eaves, rise;    /* height of the walls, and of the roof over them */
    float split;          /* up to where the lower walls go; 0: none */
    bool gable_front;
    int floors;
    float front[3], upper[3], roof[3], paint[3];
    bool has_shutters, is_far; /* far ones have less on them */
};

float village_chance(struct village_plan *plan);
float village_between(struct village_plan *plan, float low, float high);

const struct village_style *village_style(enum scene_village name);

/* A place in axes that are turned by `heading` about (x, z), in the world. */
void village_spot(const float at[2], float heading, const float local[3], float world[3]);

/* A sharp box; `local` is its middle in axes turned by `heading` about `at`. */
struct set_solid *village_block(struct village_plan *plan, enum set_matter matter,
                                const float at[2], float heading, const float local[3],
                                const float half[3]);
void village_paint(struct set_solid *solid, const float color[3], float amount);
void village_paint2(struct set_solid *solid, const float color[3], const float other[3]);

/* Two leaning sides over walls of `half` (across the ridge, along it), from the height of the
 * eaves; the ridge lies along +z of `heading`. */
struct village_roof {
    float half[2], eaves, rise;
    float over[2]; /* beyond the eaves, and beyond the gables */
    float thick;
    const float *color;
};
void village_roof(struct village_plan *plan, const float at[2], float heading,
                  const struct village_roof *roof);

void village_house(struct village_plan *plan, struct house *house);
void village_church(struct village_plan *plan, const float at[2], float heading);
void village_well(struct village_plan *plan, const float at[2]);
void village_fountain(struct village_plan *plan, const float at[2]);
void village_lamp(struct village_plan *plan, float x, float z, bool is_lit);

/* Along a line on the ground: a wall of stones, a fence, a hedge. */
void village_wall(struct village_plan *plan, const float from[2], const float to[2]);
void village_fence(struct village_plan *plan, const float from[2], const float to[2]);
void village_hedge(struct village_plan *plan, const float from[2], const float to[2]);
void village_grow(struct village_plan *plan, enum garden_plant plant, float x, float z, float size);

/* Lays it all out: country, houses, gardens. */
void village_lay(struct village_plan *plan);

#endif
