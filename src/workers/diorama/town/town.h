/* SPDX-License-Identifier: Apache-2.0 */
/*
 * town: the boxes, signs and lights of a street or a skyline.
 *
 * A town is a list of upright boxes, in skylines also of prisms and cones, whose faces are painted
 * by the kernels (town_simd.h, skyline_simd.h): walls with windows and rooms behind them, glass,
 * signs, lamps. Light that falls on streets and walls is baked into three maps; what shines by
 * itself is on the faces. A street runs along z about x = 0, its ground is y = 0; the camera looks
 * about along +z.
 *
 * Each frame, town_bin() lists for each tile of a canvas the boxes that it may show: bins.h.
 *
 * Ownership: town_bake() allocates, town_free() frees, also a zeroed struct.
 * Thread: town_bin() one a canvas; a baked town may be read by all.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_TOWN_TOWN_H
#define VITASCOPE_WORKERS_DIORAMA_TOWN_TOWN_H

#include "workers/diorama/bins.h"
#include "workers/diorama/camera.h"
#include "workers/diorama/canvas.h"
#include "workers/diorama/world.h"

enum {
    TOWN_BOXES_MAX = 4096,
    TOWN_LIGHTS_MAX = 220,
    TOWN_TALL_MAX = 160,
    TOWN_TILE_BOXES_MAX = 120,
    TOWN_WORD_MAX = 8,
    TOWN_GLYPHS = 42,
    TOWN_GLYPH_TEXELS = 32, /* a side */
    TOWN_MAPS = 3,
    TOWN_SEATS_MAX = 40,
    TOWN_SIDES_MAX = 8,
    TOWN_SOLIDS_MAX = 1200
};

/* The river of a skyline winds about x = 0. */
#define TOWN_RIVER_BEND_M 34.0f
#define TOWN_RIVER_TURNS_PER_M (1.0f / 1500.0f)

enum town_kind {
    TOWN_HOUSE,   /* walls with windows, and shops below */
    TOWN_TOWER,   /* glass from bottom to top */
    TOWN_PLAIN,   /* one color */
    TOWN_STRIPE,  /* cloth of awnings */
    TOWN_PAVING,  /* sidewalks */
    TOWN_SIGN,    /* letters on the two broad faces */
    TOWN_LAMP,    /* shines on all faces */
    TOWN_VENDING, /* a lit front */
    TOWN_LEAVES,  /* of a trimmed plant, with flowers */
    TOWN_BOARD    /* slate with chalk on it, in a frame of its color */
};

/* How the front of a skyline's tower is divided. */
enum town_style {
    TOWN_STYLE_MASONRY, /* windows in walls: of houses */
    TOWN_STYLE_PANES,
    TOWN_STYLE_BANDS,
    TOWN_STYLE_FINS,
    TOWN_STYLE_MESH /* slanting bars that cross */
};

/* An upright prism or cone that fills its box: sides lean inward all alike. Skylines only. */
struct town_solid {
    int sides;       /* 0: round, else 3 to TOWN_SIDES_MAX */
    float middle[2]; /* x and z of its axis */
    float reach_m;   /* from the axis to each side, at the foot */
    float half_side; /* half of a side, in reaches */
    float taper;     /* meters inward a meter up */
    float normal[TOWN_SIDES_MAX][2];
};

struct town_box {
    float low[3], high[3];
    float color[3];
    /* Of lamps and signs; of houses: the color of the shops' light; of towers: along edges. */
    float glow[3];
    enum town_kind kind;
    int salt;
    short solid; /* of the town's, instead of a box; 0: none */
    enum town_style style;
    float bay_m, floor_m; /* of windows, from axis to axis */
    float shop_m;         /* height of the ground floor if it is a shop, else 0 */
    float pane[2];        /* share of bay and floor that is glass */
    float lit;            /* share of lit windows */
    float brick;          /* 0 plain to 1 bricks or tiles */
    bool upright;         /* letters of a sign go downward */
    int letters;
    float word[TOWN_WORD_MAX]; /* glyph of each letter */
};

struct town_light {
    float place[3];
    float power[3]; /* irradiance at one meter */
};

/* Light on a plane: (x, z) of the ground, or (z, y) of the left and the right walls. */
struct town_map {
    float origin[2], cells_per_m;
    int size[2];
    float *light[3]; /* per unit of albedo */
};

/* A chair of a terrace: where it stands, which way who sits on it looks, and how high. */
struct town_seat {
    float place[3], heading, height_m;
};

struct town {
    bool is_street;
    float road_m;  /* from the middle to the curb */
    float walls_m; /* from the middle to the walls */
    float from_m, to_m;
    float wet;   /* 0 dry to 1 under rain */
    float night; /* 0 day to 1 night */
    bool snow;   /* lies on ground and ledges */
    float fog_per_m, fog_color[3];
    float window_glow; /* radiance of a bright room */
    float shade_m;     /* skylines: how high the shadows of the houses reach */
    bool opens_to_sun; /* skylines: no tower stands before it */
    float river_m;     /* skylines: half the width of the river, 0 without one */
    float bay_m;       /* skylines: how far water reaches before them, 0 without */
    float river_phase; /* of its bends, in turns */
    int box_count, light_count;
    int tall_count; /* boxes that cast shadows worth baking */
    short tall[TOWN_TALL_MAX];
    struct town_box *boxes;
    int solid_count;
    struct town_solid *solids; /* the first one is of no use */
    struct town_light lights[TOWN_LIGHTS_MAX];
    int seat_count;
    struct town_seat seats[TOWN_SEATS_MAX];
    struct town_map maps[TOWN_MAPS];
    float *glyphs; /* distance to the strokes, in glyph sides */
};

struct mirror;

/* What a tile is drawn on. */
struct town_target {
    const struct canvas *canvas;
    const struct bins *bins;
    const struct mirror *mirror; /* NULL: dry, or the mirror itself is being drawn */
};

/* Builds the town of world->scene and lights it. The sky must be baked and aimed. */
void town_bake(struct town *town, const struct world *world);
void town_free(struct town *town);

/* Puts a low sun into the view of a skyline. */
void town_aim(struct scene *scene);

/* Whether a skyline stands at the water. */
bool town_has_bay(const struct scene *scene);

/* Where the clip is taken from. */
void town_compose(struct camera *camera, const struct world *world,
                  const struct camera_options *options);

/* Sum of the lamps' light at a place toward +x -x +y -y +z -z, per unit of albedo. */
void town_light_at(const struct town *town, const float place[3], float cube[6][3]);

/* How much of the sun gets past the houses to a place, 0 to 1. */
float town_sun_at(const struct town *town, const float place[3], const float sun[3]);

/* Lists the boxes of each tile, of which bins of TOWN_TILE_BOXES_MAX keep the nearest. */
void town_bin(const struct town *town, const struct view *view, const struct canvas *canvas,
              struct bins *bins);

#endif
