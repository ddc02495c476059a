/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world: what is baked for a clip and then only read: terrain, textures, light, air, clouds;
 * and the view and buffers of the frame being drawn. Plain data shared by the bake (scalar C)
 * and the kernels (SIMD).
 *
 * Units: meters, y is up. The terrain is a torus: it repeats after its size on both axes, so it
 * has no edge. A heading of 0 looks along +z, 90 degrees along +x. Light is linear, BT.709
 * primaries, in units where the sun above the air has an irradiance of 20.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_WORLD_H
#define VITASCOPE_WORKERS_DIORAMA_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workers/diorama/scene.h"

enum {
    TILE_LEVELS = 8,
    SKY_AZIMUTHS = 64,
    SKY_ELEVATIONS = 64,
    VOLUME_LOG2 = 6, /* cloud noise is 64 cells wide */
};

#define NO_WATER (-1e9f)

/*
 * A tiling texture with mip levels, one packed texel in four bytes:
 * byte 0 height, 1 and 2 its slopes along x and z (128 is level), 3 a second value.
 */
struct tile {
    int log2_size;
    float texels_per_m;
    float slope_scale; /* slope in m/m of one step of bytes 1 and 2, at height_m */
    float height_m;    /* height of byte 0 at 255 */
    uint32_t *texels;
    uint32_t level_start[TILE_LEVELS + 1];
};

struct terrain {
    int log2_cells;
    float cell_m;
    float base_m, step_m; /* height = base_m + step_m * (16-bit sample) */
    float low_m, high_m;
    float water_m; /* level of sea or lakes, or NO_WATER */
    /* Low half: height; then bytes: woods, steepness. In blocks of 4x4 cells, one cache line each:
     * see terrain_cell(). The other maps lie in rows. */
    uint32_t *heights;
    uint32_t *light;  /* bytes: normal x, normal z (128 + 127 n), sun shadow, openness */
    uint32_t *ground; /* bytes: woods, hollowness, dryness, shore nearness */
};

/* Where a cell of the heights lies; 0 <= x, z < 1 << log2_cells. */
static inline size_t terrain_cell(int log2_cells, int x, int z)
{
    return ((size_t)(z >> 2) << (log2_cells + 2)) | (size_t)(x >> 2 << 4 | (z & 3) << 2 | (x & 3));
}

/* Sky radiance by azimuth from the sun, u = sin(azimuth / 2), and elevation, v = sqrt(sin). */
struct sky {
    float table[SKY_ELEVATIONS][SKY_AZIMUTHS][8]; /* Rayleigh rgb, -, Mie rgb, - */
    float sun[3];          /* unit, toward the light: the sun, or the moon at night */
    float disc[3];         /* unit, toward what is drawn as the disc */
    float sun_color[3];    /* irradiance at the ground, facing the light */
    float high_color[3];   /* the same at the height of clouds */
    float ambient_sun[3];  /* sky irradiance / pi from the sun's half */
    float ambient_away[3]; /* and from the other half */
    float disc_radiance;
    float night; /* 0 day to 1 night: stars */
    float twinkle_seed;
};

struct clouds {
    uint32_t *volume; /* bytes: n(x,y) n(x+1,y) n(x,y+1) n(x+1,y+1) of each z */
    float bottom_m, top_m;
    float cover;   /* 0 to 1 */
    float density; /* extinction per meter at full density */
    float scale;   /* noise cells per meter */
    float wind_m_s[2];
    float cirrus;    /* amount of the thin high layer */
    float shadow;    /* how dark cloud shadows on the ground are, 0 to 1 */
    float offset[3]; /* of the noise, from the seed */
    bool sea;        /* a closed deck below the camera instead of clouds above it */
    int steps;
    float reach_m;
    float step_least_m, step_growth; /* of a ray's steps; growth 0: even steps */
};

struct air {
    float haze_per_m, haze_height_m; /* density at haze_base_m, e-folding height */
    float haze_base_m;
    float mist_per_m, mist_height_m, mist_base_m; /* the layer in the valleys */
    float far_m;                                  /* nothing is drawn beyond */
    float mist_color[3];                          /* light of mist, but for the sun's glow in it */
    float mist_glow[3];                           /* by the phase of the sun */
    float veil;                                   /* how much a closed sky hides the blue one */
    float veil_color[3];
};

/* What grows and lies where: heights in meters, amounts 0 to 1. */
struct cover {
    float snow_m; /* height of the snow line; far above everything: none */
    float cling;  /* of fresh snow, to slopes and trees */
    float tree_m; /* height of the tree line */
    float woods;  /* how dense woods are */
    float grass;  /* how green open ground is */
    float wet;    /* rain: darker and shinier */
    float tree_height_m;
    bool tropical;
    float rock[2][3];
    float grass_color[2][3];
    float tree_color[2][3];
    float sand[3];
};

struct world {
    const struct scene *scene;
    struct terrain terrain;
    struct tile detail; /* rock and ground roughness */
    struct tile waves;  /* of the sea; 256 m, to be used at several sizes */
    struct tile canopy; /* tree tops; byte 3 tells trees apart */
    struct sky sky;
    struct clouds clouds;
    struct air air;
    struct cover cover;
};

/*
 * A camera that never rolls nor pitches: looking up or down shifts the picture plane, as an
 * architect's lens does. So each picture column lies in one vertical plane, which is what lets
 * a column be marched from bottom to top without ever going back.
 */
struct view {
    float eye[3];
    float forward[2], right[2]; /* x and z */
    float pixel;                /* size of one output pixel at distance 1 */
    float shift;                /* height of the picture center at distance 1 */
};

struct town;
struct cosmos;
struct reef;
struct sea;
struct forest;
struct near_buffers;

struct grade {
    float exposure, contrast, saturation, vignette, grain, bloom, fade;
    float gain[3], shadow_tint[3], highlight_tint[3];
    bool monochrome;
};

/* Something that moves as one piece, for history.h: where a point of it is and was. */
struct mover {
    float now[3], before[3]; /* the point, in this frame and in the one before */
    float sine, cosine;      /* of the angle it turned by meanwhile, as headings do */
    float change;            /* how much of its looks is new with each frame, 0 to 1 */
};

enum { MOVERS_MAX = 64, HISTORY_PLANES = 4 };

/* A picture as later frames look it up (history.h), and how many frames each pixel holds. */
struct history {
    float *plane[HISTORY_PLANES];
};

/* Everything a kernel needs for one frame. Planes are linear light, rows of `stride` floats. */
struct frame {
    const struct world *world;
    struct view view;           /* of the samples: moved by part of a pixel, each frame another */
    struct view steady, before; /* of the picture, and of the one before */
    float aside;                /* tangent of the angle that `view` is turned by, to the right */
    uint32_t phase;             /* counts the drawings */
    bool chess;                 /* only every other sample is shaded, the rest filled in: those
                                 * whose row, column and phase have an odd sum */
    float step_s;               /* clip time since the frame before, 0 where a history begins */
    float cloud_time_s, wave_time_s, clip_time_s;
    int index;
    int out_width, out_height; /* of the picture */
    int width, height, stride; /* of the samples: up to one a pixel */
    float *plane[3];           /* samples */
    int land_rows;             /* of samples, from the top: below, something near hides the land */
    float *depth;              /* level distance of each sample from the eye; sky: 1e9 */
    bool is_traced;            /* `depth` is of this frame's land; sky: below 0 */
    float *mover;              /* which of the movers each sample shows; 0: none */
    struct mover movers[MOVERS_MAX]; /* the first one stands still */
    int mover_count;
    /* How far each sample's content moved since the frame before besides, to the right and down,
     * as leaves in the wind do; in samples. Zero everywhere unless `has_slide`. */
    float *slide[2];
    bool has_slide;
    struct history past, next;
    bool has_past;
    /* Of each output pixel, where the place has a history; else NULL. How far its content came
     * since the frame before, in pixels to the right and down, 0 in a history's first frame; and
     * the depth of what is nearest around it. For motion blur and depth of field. */
    float *motion[2], *distance;
    int sky_width, sky_height, sky_stride;
    /* Red, green, blue, transmittance; low resolution. Red below 0: not drawn, since hidden. */
    float *sky[4];
    struct view sky_view; /* that it is drawn for */
    /* The one drawn before, of which three rows in four are taken over, in turn, where it is said
     * to be of use; the view that it was drawn for, and cloud time since. */
    float *past_sky[4];
    struct view past_sky_view;
    float past_sky_time_s, sky_step_s;
    bool has_past_sky;
    int out_stride;
    float *out[3];   /* picture resolution, before bloom */
    float *bloom[3]; /* quarter resolution */
    int bloom_width, bloom_height;
    struct grade grade;
    float rain, snow;        /* falling in front of the camera, 0 to 1 */
    const struct town *town; /* of the scene, if it is one */
    const struct cosmos *cosmos;
    const struct reef *reef; /* the same */
    const struct sea *sea;   /* of the scene, if it is one */
    const struct forest *forest;
    struct near_buffers *near; /* of near.c */
    void *place_buffers;       /* of place.draw() */
    uint8_t *picture[3];
    int picture_stride[3];
};

#endif
