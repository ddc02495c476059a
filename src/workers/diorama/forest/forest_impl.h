/* SPDX-License-Identifier: Apache-2.0 */
/* forest_impl: what the parts of the wood share. Included only inside forest/. */
#ifndef VITASCOPE_WORKERS_DIORAMA_FOREST_FOREST_IMPL_H
#define VITASCOPE_WORKERS_DIORAMA_FOREST_FOREST_IMPL_H

#include <stdbool.h>
#include <stdint.h>

#include "workers/diorama/canvas.h"
#include "workers/diorama/forest/forest.h"
#include "workers/diorama/land/knoll.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/world.h"

#define FOREST_M 128.0f     /* period of the torus */
#define FOREST_FAR_M 118.0f /* nothing that grows is drawn beyond */
#define FOREST_GROUND_M 260.0f

enum {
    FLOOR_LOG2 = 9, /* cells of the ground, a quarter of a meter each */
    SUN_LOG2 = 10,  /* of the map of sunlight */
    SUN_LEVELS = 6,
    PICTURE_LOG2 = 7,
    PICTURE_LEVELS = 6, /* 128 to 4 texels a side */
    MODELS_MAX = 64,
    GRID_CELLS = 16, /* a side, to find plants by */
    PLANTS_MAX = 40000,
    AIR_COLUMNS = 112, /* of the volume of mist */
    AIR_ROWS = 64,
    AIR_SLICES = 34,
    AIR_STRIDE = 128, /* a row of AIR_COLUMNS + 1, rounded up for vectors */
    BAND_ROWS = 24
};

/* A stick of a model: meters, from its root. */
struct forest_limb {
    float a[3], b[3], ra, rb;
    float along; /* meters up the trunk or bough to `a`, for the bark */
    bool is_trunk;
};

/* A picture of a model: it lies along `axis` from `at`. */
struct forest_leaf {
    float at[3], axis[3];
    float wide;   /* meters */
    float flat;   /* 0 seen alike from all sides to 1 lies level: thin at eye height */
    float out[3]; /* which way it looks */
    float open;   /* 0 deep inside to 1 at the rim: light of the sky */
    float hue;    /* 0 to 1 */
    int picture;
};

enum forest_bark {
    BARK_FURROWED, /* oak, pine from afar */
    BARK_SMOOTH,   /* beech, jungle */
    BARK_BIRCH,
    BARK_SCALY, /* spruce */
    BARK_PINE,
    BARK_CANE, /* bamboo */
    FOREST_BARKS
};

struct forest_model {
    struct forest_limb *limbs;
    struct forest_leaf *leaves; /* in random order: the first few stand for all */
    int limb_count, leaf_count;
    float height_m, radius_m; /* bounds */
    float crown_m[2];         /* lowest and highest leaf */
    float reach_m;            /* not drawn farther off */
    enum forest_bark bark;
    float leaf_color[2][3]; /* albedo, of hue 0 and 1 */
    float through[3];       /* color of light that comes through leaves */
    float twig[3];
    float holds_snow; /* 0 to 1 */
    bool is_tree;     /* casts shadows, and is felled from the way */
};

/* One of a model, on the torus. */
struct forest_plant {
    float at[3];
    float sine, cosine; /* of its turn */
    float size, tone, hue;
    float sun; /* share of it that gets there past houses, 0 to 1 */
    short model;
    bool is_felled;
};

/* Pictures with mip levels. An alpha texel packs its own, right, lower and lower right alpha, so
 * that one load gives all four corners; a tint texel: brightness, wood, upper side. */
struct forest_pictures {
    int count;
    uint32_t *alpha, *tint;
    int level_start[PICTURE_LEVELS + 1];
    int texels; /* of a picture */
};

/* Sunlight that reaches the ground along each ray, 0 to 255, packed as alpha is; of leaves alone,
 * and with the shadows of trunks. A ray is named by where it meets base_m. */
struct forest_sun {
    uint32_t *rays[2];
    int level_start[SUN_LEVELS + 1];
    float toward[3];     /* unit; never as low as the true sun */
    float shear[2];      /* x and z that a ray goes for a meter up, away from the sun negative */
    float base_m;        /* height of the world where the map lies and a ray is named */
    float low_m, high_m; /* of the crowns, above that: higher up the sun is free */
};

struct forest_air {
    float per_m, height_m;     /* density at the ground, and e-folding height */
    float low_per_m, low_m;    /* the same of the mist that lies on the ground */
    float wisps;               /* 0 to 1: how uneven its light is */
    float drift[2];            /* meters that the wind has carried it along x and z */
    float color[3];            /* light of mist in the shade */
    float sun[3];              /* of mist in the sun, by its phase */
    float step0, growth;       /* slice k ends at step0 * growth^(k - 1) meters ahead */
    float per_log2, log_start; /* slice = log2(ahead) * per_log2 - log_start */
};

struct forest {
    const struct world *world;
    enum scene_woods woods;
    enum scene_season season;
    float wind, snow, wet, autumn;
    float path[4];   /* two sways of its middle: amplitude and phase */
    float path_half; /* meters */
    struct tile bark[FOREST_BARKS];
    struct tile litter;
    struct forest_pictures pictures;
    struct forest_model models[MODELS_MAX];
    int model_count;
    struct forest_plant *plants; /* sorted by grid cell */
    int plant_count;
    int cell_start[GRID_CELLS * GRID_CELLS + 1];
    float *height;   /* of the ground, cells of the torus */
    uint32_t *floor; /* bytes: slopes (128 + 100 slope), path, light of the sky */
    struct forest_sun sun;
    struct forest_air air;
    float light[3];          /* irradiance of the sun above the crowns */
    float ambient[3];        /* of the sky through the crowns, per unit of albedo */
    float floor_color[3][3]; /* litter of two hues, and path */
    float moss_color[3];
    float green;    /* 0 to 1: how far off the undergrowth hides the ground */
    float moss;     /* of the ground, 0 to 1 */
    int falling;    /* leaves in the air about the camera */
    bool is_garden; /* trees stand free: no crowns close over all */
    /* Not NULL: no wood, but single trees in the open (grove.h), on this. */
    const struct knoll *in_open;
};

/* Colors of a bark: crevice and ridge. */
void forest_bark_color(enum forest_bark bark, float color[2][3]); /* forest_color.c */

/* A stick on the canvas. Positions at distance 1 of the view, x right and y up. */
struct forest_stroke {
    float x, y, dx, dy; /* from one end to the other */
    float half[2];
    float ahead[2];
    float along[2]; /* meters, for the bark */
    float turn;     /* of the bark about the axis, in tile periods */
    float slide[2]; /* samples that the wind moved its ends since the frame before, to the right */
    float around;   /* tile periods of half a turn */
    float radius_m;
    float open[2];           /* light of the sky, ends */
    float clear[2], glow[2]; /* air before its ends */
    float albedo[2][3];
    float moss, snow, free; /* sun beyond the crowns, 0 to 1 */
    float fade;
    short bark;
    bool is_cut; /* flat at its ends, not round */
};

struct forest_sprite {
    float x, y;
    float u[2], v[2]; /* picture coordinates, -1 to 1, of an offset */
    float half[2];    /* of its box */
    float ahead;
    float dark[3], shade[3], lit[3], wood[3], white[3];
    float sun[2]; /* on its root and its tip, 0 to 1 */
    float snow, fade;
    float slide[2], drop; /* samples that the wind moved its ends to the right, its tip down */
    int base;             /* first texel */
    int log2;             /* size of the picture at this level */
};

/* The volume of mist: sunlight scattered toward the eye before the end of each slice. */
struct forest_volume {
    float glow[AIR_SLICES + 1][AIR_ROWS + 1][AIR_STRIDE];
};

/* What a frame paints. */
struct forest_list {
    const struct forest *forest;
    struct canvas canvas;
    struct forest_volume *volume;
    /* What is painted, how much shows past it, and its depth: as the planes of the canvas. */
    float *over[3], *open, *depth, *slide[2];
    struct forest_stroke *strokes;
    struct forest_sprite *sprites;
    int stroke_count, sprite_count;
    int *order;       /* near to far: strokes, then -1 - index for sprites */
    short (*rows)[2]; /* of each in order */
    uint32_t *keys, *scratch;
    int count;
    float half_wide, half_tall; /* of the canvas at distance 1 */
};

/* forest_tiles.c */
void forest_bake_bark(struct tile *tile, enum forest_bark bark, uint32_t salt);
void forest_bake_litter(struct tile *tile, bool needles, uint32_t salt);

/* forest_leaves.c: what the pictures show. */
enum forest_picture {
    PICTURE_LEAVES, /* a twig of broad leaves; three of them */
    PICTURE_LEAVES_2,
    PICTURE_LEAVES_3,
    PICTURE_SMALL, /* of small ones; two */
    PICTURE_SMALL_2,
    PICTURE_NEEDLES, /* a spray of a fir; two */
    PICTURE_NEEDLES_2,
    PICTURE_TUFT, /* of a pine: needles all around */
    PICTURE_BARE, /* a twig without leaves; two */
    PICTURE_BARE_2,
    PICTURE_FROND, /* lower half of a fern's leaf, and its tip */
    PICTURE_FROND_TIP,
    PICTURE_GRASS, /* two tufts */
    PICTURE_GRASS_2,
    PICTURE_HERB,   /* low leaves */
    PICTURE_FLOWER, /* a few blossoms over leaves */
    PICTURE_CANE,   /* long narrow leaves, hanging; two */
    PICTURE_CANE_2,
    PICTURE_BLADE,  /* one great leaf */
    PICTURE_FALLEN, /* one leaf */
    FOREST_PICTURES
};
void forest_paint_pictures(struct forest_pictures *pictures, uint32_t salt);

enum forest_kind {
    KIND_BEECH,
    KIND_OAK,
    KIND_BIRCH,
    KIND_SPRUCE,
    KIND_PINE,
    KIND_GIANT, /* of the jungle */
    KIND_CANE,  /* bamboo */
    KIND_SAPLING,
    KIND_YOUNG_SPRUCE,
    KIND_SHRUB,
    KIND_LONE_OAK, /* from here on what stands in the open */
    KIND_BLOSSOM,  /* fruit trees in bloom, and without */
    KIND_FRUIT,
    KIND_OLIVE,
    KIND_CYPRESS,
    KIND_WILLOW,
    KIND_ACACIA,
    KIND_LONE_BIRCH,
    KIND_LONE_PINE,
    KIND_LONE_SPRUCE,
    KIND_BUSH,
    KIND_FERN, /* from here on no trees */
    KIND_TREE_FERN,
    KIND_GRASS,
    KIND_HERB,
    KIND_FLOWER,
    KIND_BLADES,
    KIND_LOG,
    FOREST_KINDS
};

/* forest_habits.c: of the kinds before KIND_FERN. */
/* How a kind of tree grows. Heights as shares of the whole. */
struct habit {
    float height_m[2], girth; /* radius of the trunk by height */
    float bare;               /* how far up the first bough is */
    float crown;              /* reach of the boughs by height */
    float cone;               /* 0 a dome to 1 a cone */
    float rise[2];            /* slope of the lowest and of the highest bough */
    float sag, bend;          /* of boughs, of the trunk */
    int boughs, shoots, twigs;
    int fill; /* leaves that round its crown off, besides */
    float leaf_m, wide, flat, droop;
    enum forest_picture picture;
    int pictures;
    enum forest_bark bark;
    int stubs, roots;
    float reach_m;
    bool needles; /* keeps them in winter */
};

extern const struct habit forest_habits[KIND_FERN];

/* forest_grow.c: adds a model, the dice decide which of its kind; returns its number. */
int forest_grow(struct forest *forest, enum forest_kind kind, struct dice *dice);

/* forest_color.c: leaves by kind and season; floor and moss by the wood. */
void forest_color(const struct forest *forest, struct forest_model *model, enum forest_kind kind);
void forest_color_floor(struct forest *forest);

/* forest_plan.c */
void forest_lay_path(struct forest *forest, const struct scene *scene);
void forest_plan(struct forest *forest, const struct camera *camera);
float forest_path_at(const struct forest *forest, float z);
void forest_sort_plants(struct forest *forest);

/* forest_light.c */
void forest_cast_shadows(struct forest *forest);
void forest_light_air(struct forest *forest);
/* Sun at a place, 0 to 1; `level` of blur. */
float forest_sun_at(const struct forest *forest, const float at[3], int level);
/* Share of light that comes through the air from a place. */
float forest_clear_at(const struct forest *forest, const float eye[3], const float at[3]);

/* forest.c: the list of a frame, made where `list` is NULL, on its samples. */
struct forest_list *forest_list_for(const struct forest *forest, struct forest_list *list,
                                    const struct frame *frame);

/* forest_list.c */
void forest_list_init(struct forest_list *list, const struct forest *forest, size_t samples);
void forest_list_fini(struct forest_list *list);
void forest_list_fill(struct forest_list *list, const struct frame *frame);

#endif
