/* SPDX-License-Identifier: Apache-2.0 */
/* bake: what set_bake() hands to its kernels. */
#ifndef VITASCOPE_WORKERS_DIORAMA_SET_BAKE_H
#define VITASCOPE_WORKERS_DIORAMA_SET_BAKE_H

#include "workers/diorama/set/set.h"

enum {
    SET_SUN_ROWS = 8,
    SET_PANES = 4, /* samples of a window, a side */
    SET_RAYS_FIRST = 40,
    SET_RAYS = 96,
    SET_PATCHES = 64
};

#define SET_SUN_FAR_M 130.0f /* from where the sun's map is taken */

/* A bit of a sunlit surface, as a light of its own: a bright patch is too small for the rays of
 * probes to meet evenly. */
struct set_patch {
    float place[3], normal[3];
    float power[3]; /* of the light that it sends on */
};

struct set_bake_job {
    struct set *set;
    const struct world *world;
    int pass;         /* of the probes: 0 without, 1 with what surfaces send to each other */
    float reach_m;    /* of probes' rays */
    float *albedo[3]; /* of each solid, and of none */
    int patch_count;
    struct set_patch patches[SET_PATCHES];
};

#endif
