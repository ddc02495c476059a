/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set: a film set: a list of solids with round edges, and the light that falls on them.
 *
 * A solid is a shape in a box of its own that may be turned any way: rays are clipped to the box
 * and then follow the shape's distance to its surface. Light is baked when all solids are there:
 * a map of what the sun sees; a field of distances on a grid, in which light is followed; and
 * probes, which keep the light from all sides at points of a coarser grid: sky through the
 * windows, and what sun and lamps make the solids send on, twice over. Lamps themselves are
 * added sample by sample.
 *
 * Units: meters, y up, the floor of a room or the ground of a village is y = 0. Light is
 * irradiance / pi, so that a matte surface sends out light * albedo.
 *
 * Ownership: set_new() allocates, set_free() frees. Builders fill solids, windows, lamps, then
 * set_bake() finishes it; a finished set is only read.
 * Thread: set_bake() uses `threads` of its own; a baked set may be read by all.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SET_SET_H
#define VITASCOPE_WORKERS_DIORAMA_SET_SET_H

#include "workers/diorama/bins.h"
#include "workers/diorama/canvas.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/world.h"

enum {
    SET_SOLIDS_MAX = 2048,
    SET_WINDOWS_MAX = 4,
    SET_LAMPS_MAX = 6,
    SET_MOTES = 260,
    SET_MARKS_MAX = 4,
    SET_TILE_SOLIDS_MAX = 96
};

enum set_shape {
    SHAPE_BOX,
    SHAPE_DRUM,    /* upright cylinder or cone; `taper` is its top's radius over its bottom's */
    SHAPE_BALL,    /* ellipsoid */
    SHAPE_RING,    /* level; `round` is the radius of its tube */
    SHAPE_CUSHION, /* a box, thin toward its edges */
    SHAPE_CLOTH,   /* hangs in `waves` folds, `taper` of its thickness above and all of it below */
    SHAPE_SHADE,   /* a cone's wall without ends */
    SHAPE_LEAF,    /* flat, its far end (+z) bent down */
    SHAPE_HULL     /* a sharp box under a roof: see `pitch` */
};

enum set_matter {
    MATTER_PLAIN,
    MATTER_PLASTER,
    MATTER_PAPER, /* wallpaper; `salt` picks the pattern */
    MATTER_BRICK,
    MATTER_PLANKS, /* `scale` is the width of one */
    MATTER_PARQUET,
    MATTER_TILES,
    MATTER_WOOD, /* grain along its longest side */
    MATTER_CLOTH,
    MATTER_LEATHER,
    MATTER_RUG,
    MATTER_BOOK, /* a spine looks along +z */
    MATTER_PICTURE,
    MATTER_LEAF,
    MATTER_SHADE, /* cloth of a lamp that is on: `glow` in its middle */
    MATTER_DRAPE, /* lets light through */
    MATTER_GLOW,
    MATTER_METAL,
    MATTER_STONE,
    MATTER_RUBBLE, /* walls of field stones, `scale` wide */
    MATTER_TIMBER, /* plaster between beams of `other` */
    MATTER_ROOF,   /* `salt` & 3: clay tiles, slates, thatch, shingles; rows run along x */
    MATTER_PANE,   /* a window that looks along z: `waves` by `taper` panes, lit by `glow` */
    MATTER_GROUND  /* of a village: see struct set_country */
};

struct set_solid {
    enum set_shape shape;
    enum set_matter matter;
    float middle[3];
    float axes[3][3]; /* its own x, y and z in the world, unit vectors */
    float half[3];    /* of its box */
    float round;      /* radius of its edges */
    float taper;
    float waves;
    float pitch[2]; /* of a hull: its top falls so steeply from the ridge, along x and along z */
    float ridge;    /* half the length of its ridge, along z */
    float color[3], other[3]; /* albedo; `other` is the pattern's second one */
    float glow[3];            /* radiance */
    float gloss;              /* 0 matte to 1 polished */
    float scale;              /* meters of its pattern */
    int salt;
};

/* A hole in the walls to the outside. */
struct set_window {
    float middle[3];
    float out[3];    /* unit, level, to the outside */
    float across[3]; /* unit, level, along the wall */
    float half[2];   /* across and up */
    float sky[3];    /* radiance that comes in from above the horizon */
    float land[3];   /* and from below it */
};

struct set_lamp {
    float place[3];
    float power[3]; /* at one meter */
    float shade;    /* 0 shines to all sides; 1 only up and down, as through a lampshade */
    float radius_m; /* of the lamp: it makes its shadows soft */
    float flicker;  /* of flames, 0 to 1 */
    bool casts;     /* shadows are followed sample by sample */
};

/* Distances on a grid: one byte each, four neighbors packed into a cell. */
struct set_field {
    float low[3], cell_m;
    int size[3];
    uint32_t *cells; /* bytes: (x,y) (x+1,y) (x,y+1) (x+1,y+1) */
    uint16_t *owner; /* the nearest solid, or SET_SOLIDS_MAX where none is near */
    float *scratch;  /* distances while they are made */
};

#define FIELD_BELOW 2.0f /* a byte of 0 is so many cells inside a solid */
#define FIELD_SPAN 14.0f /* and one of 255 so many more away */

/* Light from all sides: six packed colors a probe: +x -x +y -y +z -z. */
struct set_probes {
    float low[3], step_m[3];
    int size[3];
    uint32_t *light; /* 10 bits each of sqrt(light / scale) */
    float *sum;      /* the same unpacked, while it is made: 18 floats a probe */
    float scale;
};

/* What the sun sees: how far from a plane it first meets something. */
struct set_sun {
    float across[3], up[3]; /* of the map, unit */
    float low[2], texel_m;
    int size[2];
    float *depth; /* against the sun's direction, from the origin */
    bool shines;
    bool is_open; /* the sun shines on all that lies beside the map */
};

enum set_outlook { OUTLOOK_GARDEN, OUTLOOK_HILLS, OUTLOOK_CITY, OUTLOOK_SEA, SET_OUTLOOKS };

enum set_paving { PAVING_EARTH, PAVING_COBBLES, PAVING_FLAGS, PAVING_ASPHALT };

/* The ground under an outdoor set, and the land behind it. */
struct set_country {
    float snow, wet;     /* that lie: 0 to 1 */
    float curve, from_m; /* the middle of the lane is x = curve * max(z - from_m, 0)^2 */
    float lane_m;        /* half its width */
    float square[3];     /* x, z and radius of a square; radius 0: none */
    enum set_paving paving;
    float road[2][3];  /* albedo of two kinds of its paving */
    float grass[2][3]; /* and of meadows */
    float woods[2][3]; /* and of woods on hills */
    float peaks;       /* 0 soft hills to 1 high mountains behind */
    bool has_sea;      /* at the end of the lane */
};

/* Where somebody may stand or walk. */
struct set_mark {
    float place[3];
    float heading;
    float way_m; /* how far one may go from there */
};

struct set {
    float low[3], high[3];      /* what is lit: a room, or a village */
    bool is_outdoors;           /* the sky is all around, not behind windows */
    float night;                /* 0 day to 1 night */
    float haze_per_m;           /* dust that shows beams of light */
    float polish;               /* of the floor, 0 to 1: it mirrors */
    struct set_country country; /* outdoors */
    enum set_outlook outlook;
    float outside; /* how bright the outside is shown */
    float rain, snow;
    float wind; /* of drapes */
    int salt;
    int solid_count, window_count, lamp_count, mark_count;
    struct set_solid *solids;
    struct set_window windows[SET_WINDOWS_MAX];
    struct set_lamp lamps[SET_LAMPS_MAX];
    struct set_mark marks[SET_MARKS_MAX];
    struct set_field field;
    struct set_probes probes;
    struct set_sun sun;
    float *motes; /* x, y, z and phase of specks of dust */
    int mote_count;
};

struct kernels;
struct mirror;

/* What a tile is drawn on. */
struct set_target {
    const struct set *set;
    const struct canvas *canvas;
    const struct bins *bins;
    const struct mirror *mirror; /* NULL: dull, or the mirror itself is being drawn */
};

struct set *set_new(void);
void set_free(struct set *set);

/* A box of these half sizes about a middle; the last one again when the set is full. */
struct set_solid *set_add(struct set *set, enum set_shape shape, const float middle[3],
                          const float half[3]);

/* Turns it about its middle: by radians about y, then leans it toward its own +z, then rolls. */
void set_turn(struct set_solid *solid, float heading, float lean, float roll);

struct set_lamp *set_lamp(struct set *set, const float place[3], const float power[3]);
struct set_mark *set_mark(struct set *set, const float place[3], float heading, float way_m);

/* Bakes field, sun map and probes. `low`, `high`, windows, lamps, solids are set. */
void set_bake(struct set *set, const struct world *world, const struct kernels *kernels,
              int threads);

/* Light at a place toward +x -x +y -y +z -z, with the lamps'. */
void set_light_at(const struct set *set, const float place[3], float seconds, float cube[6][3]);

/* How much of the sun gets to a place, 0 to 1. */
float set_sun_at(const struct set *set, const struct sky *sky, const float place[3]);

/* How bright a lamp is at a time, about 1: flames flicker. */
float set_flicker(const struct set_lamp *lamp, int index, float seconds);

/* Flames of the lamps that are fires, over a drawn canvas, by depth. */
void set_draw_flames(const struct set *set, const struct frame *frame);

/* Specks of dust that light up where the sun shines, over a drawn canvas. */
void set_draw_motes(const struct set *set, const struct frame *frame);

/* Lists the solids of each tile, of which bins of SET_TILE_SOLIDS_MAX keep the nearest. */
void set_bin(const struct set *set, const struct view *view, const struct canvas *canvas,
             struct bins *bins);

#endif
