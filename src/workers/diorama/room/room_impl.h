/* SPDX-License-Identifier: Apache-2.0 */
/*
 * room_impl: what the parts of room_*.c share while they furnish a room.
 *
 * A room lies between x = -wide / 2 and wide / 2, y = 0 and high, z = -back and deep; its large
 * windows are in the far wall. Things are built in axes of their own, at a spot: x to their
 * right, y up, z ahead. When all is there, every other room is mirrored in x.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_ROOM_ROOM_IMPL_H
#define VITASCOPE_WORKERS_DIORAMA_ROOM_ROOM_IMPL_H

#include "workers/diorama/set/set.h"

struct room_layout {
    float wide, deep, high, back;
    float mirror;         /* 1, or -1: left and right are exchanged */
    float eye[3];         /* of the camera, before mirroring */
    float heading, shift; /* the same */
    float sun_heading;    /* and of the sun */
    float pane_low;       /* height of the windows' sills */
};

/* Where something stands and which way it looks. */
struct room_spot {
    float place[3];
    float heading;
};

struct room_colors {
    float wall[3], accent[3]; /* accent: of one wall, or of a pattern */
    float floor[2][3];
    float wood[3], dark_wood[3], trim[3];
    float cloth[3], cushion[3], drape[3];
    float metal[3];
};

struct room_plan {
    struct set *set;
    const struct scene *scene;
    struct dice dice;
    struct room_layout layout;
    struct room_colors colors;
    bool is_night, has_fire, has_candles;
    float lamp_scale; /* of lamps: how bright against the light from outside */
};

/* A solid at a spot, its middle given in the spot's axes. */
struct set_solid *room_put(struct room_plan *plan, enum set_shape shape,
                           const struct room_spot *spot, const float middle[3],
                           const float half[3]);

/* The same with all that most solids need: middle, half sizes, radius of its edges. */
struct set_solid *room_piece(struct room_plan *plan, enum set_shape shape,
                             const struct room_spot *spot, const float form[7],
                             enum set_matter matter, const float color[3]);

/* Colors it, and says what it is made of. */
void room_paint(struct set_solid *solid, enum set_matter matter, const float color[3]);

/* A place given in a spot's axes, in the room's; turned by `heading` more. */
struct room_spot room_at(const struct room_spot *spot, float x, float y, float z, float heading);

float room_chance(struct room_plan *plan);
float room_between(struct room_plan *plan, float low, float high);
/* A copy of a color, lighter or darker. */
void room_shade(float to[3], const float from[3], float amount);

/* Floor, ceiling, walls with their windows, curtains. */
void room_build_shell(struct room_plan *plan);

/* Furniture: at a spot on the floor, its front looks along +z. */
void room_sofa(struct room_plan *plan, const struct room_spot *spot, float wide, int seats);
void room_armchair(struct room_plan *plan, const struct room_spot *spot);
void room_bed(struct room_plan *plan, const struct room_spot *spot);
void room_table(struct room_plan *plan, const struct room_spot *spot, const float size[3]);
void room_round_table(struct room_plan *plan, const struct room_spot *spot, float radius,
                      float high);
void room_chair(struct room_plan *plan, const struct room_spot *spot);
void room_stool(struct room_plan *plan, const struct room_spot *spot, float high);
void room_shelf(struct room_plan *plan, const struct room_spot *spot, const float size[3],
                int boards);
void room_cabinet(struct room_plan *plan, const struct room_spot *spot, const float size[3],
                  int doors);
void room_fireplace(struct room_plan *plan, const struct room_spot *spot);

/* Small things: at a spot on what they stand on. */
void room_books(struct room_plan *plan, const struct room_spot *spot, float wide, float tall);
void room_stack(struct room_plan *plan, const struct room_spot *spot, int count);
void room_cup(struct room_plan *plan, const struct room_spot *spot);
void room_vase(struct room_plan *plan, const struct room_spot *spot, bool has_flowers);
void room_bowl(struct room_plan *plan, const struct room_spot *spot);
void room_bottle(struct room_plan *plan, const struct room_spot *spot);
void room_candle(struct room_plan *plan, const struct room_spot *spot);
void room_plant(struct room_plan *plan, const struct room_spot *spot, float tall);
void room_rug(struct room_plan *plan, const struct room_spot *spot, float wide, float deep);

/* On walls, which look along the spot's +z: at their middle. */
void room_picture(struct room_plan *plan, const struct room_spot *spot, float wide, float tall);

/* Lamps: lit by night, and in dim light. */
void room_table_lamp(struct room_plan *plan, const struct room_spot *spot);
void room_floor_lamp(struct room_plan *plan, const struct room_spot *spot);
void room_pendant(struct room_plan *plan, const struct room_spot *spot, float drop);

void room_furnish(struct room_plan *plan);

#endif
