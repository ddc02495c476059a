/* SPDX-License-Identifier: Apache-2.0 */
/*
 * camera: where the picture is taken from, and how that moves.
 *
 * camera_compose() tries many places and headings drawn from the seed, looks at each with a
 * handful of rays, and keeps the best: a varied skyline at about a third, depth in the
 * foreground, nothing in the way of the move. camera_view() then follows the path.
 *
 * A path is made of legs, each a move of its own, eased over its frames; a clip has one leg, and
 * each extension adds one. Where two legs meet, place and speed are continuous: what is left of
 * the old leg's speed dies away under the new one. A leg takes at most a good half of the way
 * that is left to what stands ahead, so that later ones have some, too; legs that follow do not
 * change those before them.
 *
 * Thread: any, on a finished terrain.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_CAMERA_H
#define VITASCOPE_WORKERS_DIORAMA_CAMERA_H

#include "workers/diorama/world.h"

enum { CAMERA_LEGS_MAX = 128 };

struct camera_leg {
    enum scene_camera move;
    float speed; /* 1 = the calm default */
    int frames;
};

struct sea;
struct reef;

struct camera {
    float start[3];
    float heading;    /* radians */
    float shift;      /* picture center at distance 1 */
    float half_width; /* half the picture's width at distance 1 */
    float target_m;   /* distance of what an orbit turns about */
    float pace_m_s;   /* of a drone at speed 1 */
    float clearance_m;
    float follow[2]; /* m/s along x and z: it travels with a subject */
    float follow_m;  /* and comes to rest after so far */
    float keep_m;    /* it comes no nearer to what stands target_m ahead; 0: nothing does */
    float way_m;     /* free way ahead of the start, 0: without an end */
    float back_m;    /* and behind it, likewise */

    const struct reef *reef; /* that it keeps above, or NULL */
    const struct sea *sea;   /* that it rides on, or NULL */
    float scale;             /* of moves: 1 for 70 m in four seconds */
    int width, height, fps;
    int leg_count;
    struct camera_leg legs[CAMERA_LEGS_MAX];
};

struct camera_options {
    int width, height, fps, frames;
    const struct camera_leg *legs; /* copied; NULL for one of `frames` with the scene's move */
    int leg_count;
};

/* Takes the path from the options, for who composes on its own. */
void camera_set_legs(struct camera *camera, const struct scene *scene,
                     const struct camera_options *options);

void camera_compose(struct camera *camera, const struct world *world,
                    const struct camera_options *options);

/* `index` counts over all legs, and may go beyond the last. */
void camera_view(const struct camera *camera, const struct world *world, int index,
                 struct view *view);

/* What a view makes of a place. */
struct whereabouts {
    float across; /* -1 the picture's left edge to 1 its right one, more when it is outside */
    float away_m; /* level */
};

/* `width` in pixels of the view. */
void camera_locate(const struct view *view, int width, const float place[3],
                   struct whereabouts *where);

#endif
