/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cosmos: outer space: a planet with its air and moon, stars, the Milky Way and nebulae.
 *
 * Bodies are spheres met exactly and painted by the kernel (cosmos_simd.h). Stars are a list of
 * points, each drawn as a small round spot of the same light wherever it falls between samples,
 * so that none twinkles as the camera moves.
 *
 * A unit is a hundredth of the planet's radius when it is seen whole. The camera starts at the
 * origin and looks along +z.
 *
 * Ownership: cosmos_bake() allocates, cosmos_close() frees.
 * Thread: any, on a baked cosmos.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SKY_COSMOS_H
#define VITASCOPE_WORKERS_DIORAMA_SKY_COSMOS_H

#include "workers/diorama/camera.h"
#include "workers/diorama/place.h"
#include "workers/diorama/world.h"

enum { COSMOS_BODIES_MAX = 2, COSMOS_STARS = 26000 };

enum cosmos_kind {
    COSMOS_EARTH, /* seas, land, clouds, air, lights of cities */
    COSMOS_GIANT, /* bands of cloud, and a ring */
    COSMOS_MOON   /* grey rock */
};

struct cosmos_body {
    enum cosmos_kind kind;
    float center[3], radius;
    float axes[3][3]; /* of the body itself: the second one is the axis it turns about */
    float spin;       /* radians a second */
    float offset[3];  /* into the noise, from the seed */
    float air;        /* height of its air, in radii; 0: none */
    float detail;     /* how small its noise is: 1 where it is seen whole */
    float color[2][3];
};

struct cosmos_star {
    float place[3]; /* from the first camera position */
    float color[3]; /* light that reaches a picture of 1280 x 720, a pixel */
};

struct cosmos {
    float sun[3];    /* unit */
    float pole[3];   /* unit, of the Milky Way */
    float milky_way; /* how bright */
    float nebula;    /* how dense */
    float nebula_color[3][3];
    float offset[3];
    int body_count;
    struct cosmos_body bodies[COSMOS_BODIES_MAX]; /* the far one first */
    int star_count;
    struct cosmos_star *stars;
};

/* What a place is made of (place.h); the baked thing is a struct cosmos. */
void cosmos_compose(struct camera *camera, const struct world *world,
                    const struct camera_options *options);
void *cosmos_bake(const struct place_job *job, struct camera *camera);
void cosmos_draw(void *baked, const struct place_job *job, struct frame *frame);
void cosmos_close(void *baked);

#endif
