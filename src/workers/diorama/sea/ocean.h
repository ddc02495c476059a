/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ocean: the waves of a wide sea, as oceanographers describe them: thousands of waves whose
 * heights and directions follow a wind sea's spectrum (JONSWAP with cosine spreading), each going
 * at its own speed over deep water.
 *
 * They are kept in bands of length, each a square that repeats: the first holds the great waves,
 * the next ones ever shorter. ocean_begin() sums the waves of a time by Fourier transforms, with
 * the sideways shift that sharpens crests; ocean_settle_row() (a kernel) turns what was shifted
 * back into heights over a place; ocean_end() makes the tiles that the kernels read. Crests that
 * fold over leave foam, which stays on the water for some seconds: that is taken from the folds
 * at whole ticks of time, so that a frame depends on its time alone.
 *
 * Units: meters and seconds, y is up, 0 the mean level.
 * Ownership: ocean_fini() frees, also a zeroed struct.
 * Thread: one call at a time; ocean_height() any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SEA_OCEAN_H
#define VITASCOPE_WORKERS_DIORAMA_SEA_OCEAN_H

#include <stdint.h>

#include "workers/diorama/world.h"

enum {
    OCEAN_LOG2 = 8,
    OCEAN_SIDE = 1 << OCEAN_LOG2,
    OCEAN_CELLS = OCEAN_SIDE * OCEAN_SIDE,
    OCEAN_BANDS = 3,
    OCEAN_FOAM_BANDS = 2, /* shorter waves make none */
    OCEAN_TICKS = 16,
    OCEAN_SCALAR_WAVES = 900, /* that ocean_height() sums up */
};

#define OCEAN_SLOPE_STEP (1.0f / 8192.0f) /* m/m, of one step of a slope's 16 bits */

/* One wave: amplitude * cos(k x - omega t + phase). */
struct ocean_wave {
    float k[2], omega, amplitude, phase;
    int16_t n, m; /* k in whole waves over the square */
};

struct ocean_band {
    float size_m;
    float range_m; /* heights and shifts stay within this */
    int count;
    struct ocean_wave *waves;
    /* Of a time, by the place the water comes from: rows of x, one after another along z. */
    float *height, *shift[2];
    float *fresh, *stale; /* foam, 0 to 1 */
    /* By place: */
    float *level;            /* height, made by ocean_settle_row() */
    float *drift[2];         /* how far the water there has been shifted */
    uint32_t *foam_cells;    /* bytes: fresh, stale */
    struct tile heights;     /* low half: height, then bytes: drift x, z; 0 to 1 over +-range_m */
    struct tile slopes;      /* halves: slope x, z, in OCEAN_SLOPE_STEP from 32768 */
    struct tile foam;        /* bytes: fresh, stale */
    float lost[TILE_LEVELS]; /* variance of the slopes that a level of `slopes` has lost */
    float fold;              /* how far a crest must fold to leave foam */
    struct ocean_tick {
        int tick;
        uint8_t *folded; /* 0 to 255 */
    } ticks[OCEAN_TICKS];
    float *scratch;
};

struct ocean_plan {
    float height_m;  /* significant height: the mean of the highest third, crest to trough */
    float length_m;  /* of the highest waves */
    float heading;   /* where the waves go, radians */
    float spread;    /* 0 long-crested swell to 1 confused wind sea */
    float ripple;    /* strength of the shortest waves, 1 for a breeze */
    float choppy;    /* 0 round crests to 1 sharp */
    float whitecaps; /* share of the sea whose crests break, 0 to 0.2 */
    float swell_m;   /* height of a long swell below it all */
    uint64_t seed;
};

struct ocean {
    struct ocean_plan plan;
    float time_s; /* of what the tiles show */
    struct ocean_band bands[OCEAN_BANDS];
    float crest_m; /* the highest that any crest is likely to reach */
    int strong_count;
    struct ocean_wave strong[OCEAN_SCALAR_WAVES];
};

void ocean_init(struct ocean *ocean, const struct ocean_plan *plan);
void ocean_fini(struct ocean *ocean);

void ocean_begin(struct ocean *ocean, float time_s, int threads);
void ocean_end(struct ocean *ocean, int threads);

/* Height of the waves that a thing of `smooth_m` meters feels (shorter ones cancel out under it),
 * and where `slope` is not NULL their slope along x and z. */
float ocean_height(const struct ocean *ocean, const float place[2], float time_s, float smooth_m,
                   float slope[2]);

#endif
