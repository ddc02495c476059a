/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blooms: how the flowers of GROUND_FLOWERS look and stand: strewn in drifts of a color, or in the
 * rows of a field.
 *
 * Rows run along knoll.road_dir. Colors are albedo. Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_LAND_BLOOMS_H
#define VITASCOPE_WORKERS_DIORAMA_LAND_BLOOMS_H

#include "workers/diorama/scene.h"

enum { BLOOM_HUES = 4 };

struct bloom {
    float petals[BLOOM_HUES][3], middle[3];
    float radius_m; /* of a head; 0: spikes, all of the upper half of a stalk is in bloom */
    float tall;     /* of a head, by its width */
    float lobes;    /* 0 round to 0.3 deeply cut petals */
    float share;    /* of the places for flowers that have one where they are densest */
    float stalk_m;  /* height of flowers; 0: as the grass */
    float row_m;    /* from row to row; 0: strewn */
    float row_half; /* half the width of a row */
    float band_m;   /* so wide a band of rows has one color; 0: each flower its own */
    float far;      /* how much their color is that of the ground far off */
};

/* `palette` 0 to 3 picks the colors of wild flowers. */
void bloom_look(enum scene_bloom kind, int palette, struct bloom *bloom);

#endif
