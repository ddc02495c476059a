/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forest: the camera inside a wood, among close trees, on a path.
 *
 * How it is drawn, and why so. At eye height a wood is trunks, ground and layer upon layer of
 * leaves, and what makes it one is light: sun that comes through gaps, on everything alike.
 *
 *  - Trees and plants are models grown from the seed: limbs (tapered round sticks) and leaves
 *    (small pictures of a leafy twig, a spray of needles, half a frond, set at any angle). They
 *    stand on a torus of 128 m, so the wood has no edge; some hundred models are enough for
 *    thousands of trees. Nothing is a picture of a whole tree, so all of it moves in parallax.
 *  - Every frame lists the limbs and leaves in view, far ones fewer and larger, sorts them by
 *    depth and paints them from far to near, in bands of rows: painting with soft edges from
 *    minified pictures is steady from frame to frame where tracing thin leaves would sparkle, and
 *    costs a few nanoseconds a sample. Limbs are shaded sample by sample, with bark; a leaf is
 *    lit once and only mixes its dark and its lit side.
 *  - The ground is a height map marched by columns, bottom up.
 *  - Sunlight is a map on the torus: how much gets through the crowns along each ray of the sun.
 *    It is looked up by ground, bark, leaves, bodies and by the mist, whose beams are summed in a
 *    coarse volume before the camera. So all dapples and beams agree.
 *
 * The trees near the ways of camera and subjects are felled once those are known.
 *
 * Ownership and thread: as place.h says. A struct forest is freed by forest_close().
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_FOREST_FOREST_H
#define VITASCOPE_WORKERS_DIORAMA_FOREST_FOREST_H

#include "workers/diorama/place.h"

struct forest;
struct cast;
struct body;

void forest_compose(struct camera *camera, const struct world *world,
                    const struct camera_options *options);
void *forest_bake(const struct place_job *job, struct camera *camera);

/* Camera and subjects are where they will be: makes way for them, and casts the shadows. */
void forest_settle(void *baked, const struct place_job *job, const struct camera *camera,
                   const struct cast *cast);

/* Sky and ground; then, over what stands on it, trees and plants. */
void forest_draw(void *baked, const struct place_job *job, struct frame *frame);
void forest_cover(void *baked, const struct place_job *job, struct frame *frame);
void forest_close(void *baked);
void forest_close_buffers(void *buffers);

/* The light of the wood on a body that was lit as in the open, and its air before it. */
void forest_light_body(const struct forest *forest, const float eye[3], struct body *body);

#endif
