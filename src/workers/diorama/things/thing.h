/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thing: machines and other made things, as solids that the kernels know by their kind.
 *
 * A thing is a shape given by formulas in its own axes (x to its right, y up, z ahead), turned
 * any way and put anywhere. It is traced inside a box of its own axes. What of it turns too fast
 * to be seen, a propeller, is a disc that is blended in.
 *
 * Units: meters, radians, albedos and radiances in linear light.
 * Ownership: plain values.
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_THINGS_THING_H
#define VITASCOPE_WORKERS_DIORAMA_THINGS_THING_H

#include <stdbool.h>

enum thing_kind {
    THING_BALLOON,      /* hot air: the origin is the floor of its basket */
    THING_TOY_BALLOONS, /* the origin is where the strings meet */
    THING_SAILBOAT,     /* boats: the origin is in their waterline */
    THING_ROWBOAT,
    THING_FISHING_BOAT,
    THING_CRUISE_SHIP,
    THING_FREIGHTER,
    THING_AIRLINER, /* the origin is in the middle of the fuselage */
    THING_SMALL_PLANE,
    THING_TRACK, /* of trains the origin is on top of the rails */
    THING_VIADUCT,
    THING_EXPRESS,
    THING_COACH,
    THING_STEAM_ENGINE,
    THING_WAGON,
    THING_DRONE,
    THING_KITE,
    THING_KINDS
};

enum {
    THING_TRAILS_MAX = 2,
    THING_DISCS_MAX = 4,
    THING_NODES_MAX = 12,
    THING_TILE_WIDE = 32,
    THING_TILE_TALL = 8
};

/* Blades in a blur. */
struct thing_disc {
    float middle[3], normal[3]; /* own axes */
    float radius;
    float cover; /* 0 to 1, how much it hides */
};

/* Vapor behind a thing, straight back but for its rise. */
struct thing_trail {
    float length_m;
    float wide_m, spread; /* its width at first, and how it grows with the root of its age in m */
    float rise;           /* m/m */
    float cover;
    float travel_m; /* how far the thing has come: its puffs stay where they are */
    float puff_m;   /* size of them */
};

struct thing {
    bool is_ground; /* it stands still */
    int mover;      /* its entry in struct frame, 0 for none */
    enum thing_kind kind;
    unsigned look; /* picks pattern and colors */
    float place[3];
    float axes[3][3];      /* its own x, y and z in the world */
    float low[3], high[3]; /* the box, own axes */
    float paint[4][3];     /* albedos, by kind */
    float fine_m;          /* its thinnest parts */
    float lamps;           /* 0 by day, 1 by night; a balloon: its flame */
    float turn[2];         /* sine and cosine of what turns */
    float node[THING_NODES_MAX][4];
    int nodes;
    bool floats;   /* on water, which mirrors it and keeps its wake */
    float water_m; /* height of that */
    float swell_m; /* how far its waves are from level */
    float ripple;  /* slope of the small ones */
    float wake[3]; /* half its length and width on the water; 0 at rest to 1 at full speed */
    int trail_count;
    float trails[THING_TRAILS_MAX][3]; /* where vapor begins */
    struct thing_trail trail;
    int disc_count;
    struct thing_disc discs[THING_DISCS_MAX];
    float light[6][3]; /* toward +x -x +y -y +z -z of the world, per unit of albedo */
    float sun[3];      /* irradiance of the sun at it */
    float sun_own[3];  /* toward the sun, own axes */
};

/* The way something looks: its heading as in world.h, nose up, and right side down. */
struct thing_attitude {
    float heading, pitch, roll;
};

void thing_turn(struct thing *thing, const struct thing_attitude *attitude);

/* Where a place in own axes is in the world. */
void thing_to_world(const struct thing *thing, const float own[3], float world[3]);

/* The part of a canvas that may show a thing: in tiles. */
struct thing_area {
    int left, top; /* samples */
    int columns, rows;
};

struct canvas;
struct view;

/* False when it is not on the canvas. */
bool thing_area_of(const struct thing *thing, const struct view *view, const struct canvas *canvas,
                   struct thing_area *area);

#endif
