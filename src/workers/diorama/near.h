/* SPDX-License-Identifier: Apache-2.0 */
/*
 * near: all that is drawn over the far landscape or sky: towns and what they mirror in, the
 * knoll under subjects, the subjects, and things.
 *
 * near_bake() makes what the scene asks for; near_draw() adds it to the samples of a frame whose
 * sky and far land are drawn, by depth.
 *
 * Ownership: near_free() frees a struct near, also a zeroed one. What a frame needs is made at
 * its first near_draw() and freed by near_buffers_free().
 * Thread: one call at a time; near_draw() uses `threads` of its own.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_NEAR_H
#define VITASCOPE_WORKERS_DIORAMA_NEAR_H

#include "workers/diorama/body/cast.h"
#include "workers/diorama/camera.h"
#include "workers/diorama/kernels.h"
#include "workers/diorama/things/things.h"
#include "workers/diorama/town/town.h"
#include "workers/diorama/world.h"

struct near {
    const struct kernels *kernels;
    int threads; /* set by the owner */
    bool has_town;
    struct town town;
    struct cast cast;
    struct things things;
    bool has_floor; /* the place draws the ground that subjects stand on */
    bool has_knoll;
    struct knoll knoll;
    struct forest *grove; /* trees on it, or NULL */
};

/* The sky must be baked and aimed, the camera composed; it is moved to suit the subjects. */
void near_bake(struct near *near, const struct world *world, const struct kernels *kernels,
               struct camera *camera);
void near_free(struct near *near);

/* How many rows of samples, from the top, may show the land behind what near_draw() will draw. */
int near_land_rows(const struct near *near, const struct frame *frame);

void near_draw(struct near *near, struct frame *frame);

/* Where the `number`th of the scene's subjects[subject] is at a time of the clip. False when it is
 * neither a body nor a thing. */
bool near_find(const struct near *near, const struct scene *scene, int subject, int number,
               float clip_s, float place[3]);

/* Level distance of the first subject from an eye, as last drawn; 0 when there is none. */
float near_subject_m(const struct near *near, const float eye[3]);

/* Posed and lit bodies, or their shadows on the ground, by depth. */
void near_draw_bodies(const struct kernels *kernels, int threads, const struct cast *cast,
                      const struct frame *frame, const struct canvas *canvas, bool is_shadow);

/* The canvas of a frame's own samples. */
void near_aim_canvas(struct canvas *canvas, const struct frame *frame);

/* Accepts NULL. */
void near_buffers_free(struct near_buffers *buffers);

#endif
