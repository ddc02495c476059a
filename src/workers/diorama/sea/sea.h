/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sea: the open sea as a place: its waves, foam and light, and the camera over it.
 *
 * How rough it is follows from the scene's weather and words. The camera rides on the long
 * waves, as on a boat, and is lifted over every crest.
 *
 * Ownership: sea_bake() allocates, sea_close() frees.
 * Thread: one call at a time; sea_height() any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SEA_SEA_H
#define VITASCOPE_WORKERS_DIORAMA_SEA_SEA_H

#include "workers/diorama/camera.h"
#include "workers/diorama/place.h"
#include "workers/diorama/sea/ocean.h"
#include "workers/diorama/world.h"

enum { DOME_SIDE = 128 };

/* The whole sky of a frame at low resolution, as water mirrors it: a disc whose middle is the
 * zenith and whose rim the horizon; the radius is 1 - sqrt(sine of the elevation). */
struct dome {
    float *light[3];
};

struct sea {
    struct ocean ocean;
    struct tile lace; /* bytes: bubbles of foam, slopes, clumps */
    struct dome dome; /* of the last frame */
    float wind[2];    /* unit, where the waves go */
    float storm;      /* 0 to 0.5: how strong its streaks of foam are */
    float deep[3];    /* light that comes back out of deep water, per unit of light */
    float glow[3];    /* the same of thin crests that the sun shines through */
    float rough;      /* variance of the slopes of ripples too small for the bands */
};

/* Height of the surface at x, z and a time (frame.wave_time_s) as a thing of `smooth_m` meters
 * feels it, and where `slope` is not NULL its slope along x and z. */
float sea_height(const struct sea *sea, const float place[2], float time_s, float smooth_m,
                 float slope[2]);

void sea_compose(struct camera *camera, const struct world *world,
                 const struct camera_options *options);
void *sea_bake(const struct place_job *job, struct camera *camera);
void sea_draw(void *baked, const struct place_job *job, struct frame *frame);
void sea_close(void *baked);

/* Time of the waves at a time of the clip. */
float sea_seconds(const struct scene *scene, float clip_seconds);

/* Makes the waves of a time, and the sky of a frame for water to mirror. */
void ocean_draw(struct ocean *ocean, const struct place_job *job, float time_s);
void dome_draw(const struct dome *dome, const struct place_job *job, const struct frame *frame);

/* How far a camera planned at height `eye_m` over the mean level is to be lifted there. */
float sea_lift(const struct sea *sea, const float eye[3], float time_s);

#endif
