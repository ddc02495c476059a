/* SPDX-License-Identifier: Apache-2.0 */
/* things_impl: how the kinds of things are staged and shaped. Included only inside things/. */
#ifndef VITASCOPE_WORKERS_DIORAMA_THINGS_THINGS_IMPL_H
#define VITASCOPE_WORKERS_DIORAMA_THINGS_THINGS_IMPL_H

#include "workers/diorama/noise.h"
#include "workers/diorama/things/things.h"

/* What staging works with. */
struct thing_stage {
    struct things *things;
    const struct world *world;
    const struct town *town; /* or NULL */
    struct camera *camera;
    struct dice dice;
    bool has_ground; /* a knoll is before the camera */
    float ground_m;  /* its height at the eye */
    float tall;      /* half the picture's height at distance 1 */
    float side;      /* -1 or 1: the side of the picture that the first thing is on */
};

/* A new one, with a phase and a look; the last one when there is no room. */
struct thing_actor *thing_add(struct thing_stage *stage, enum thing_kind kind,
                              const struct subject *subject);

/* Where the picture shows (u, v), -1 to 1 to the right and up, at a distance from the camera. */
void thing_spot(const struct thing_stage *stage, const float uv[2], float distance, float spot[3]);

/* Height of land or water under a place; 0 where no land is. */
float thing_ground(const struct thing_stage *stage, const float place[3]);

/* A moment of an actor's way. */
struct thing_moment {
    const struct world *world;
    const struct sea *sea; /* or NULL */
    float wave_s;          /* time of the waves */
    float seconds;
    float night;   /* 0 day to 1 night */
    float ambient; /* luminance of the sky's light */
};

void stage_balloons(struct thing_stage *stage, const struct subject *subject);
void shape_balloon(struct thing *thing, const struct thing_actor *actor,
                   const struct thing_moment *moment);
void shape_toys(struct thing *thing, const struct thing_actor *actor,
                const struct thing_moment *moment);

void stage_planes(struct thing_stage *stage, const struct subject *subject);
void shape_plane(struct thing *thing, const struct thing_actor *actor,
                 const struct thing_moment *moment);

void stage_trains(struct thing_stage *stage, const struct subject *subject);
void shape_track(struct thing *thing, const struct thing_actor *actor,
                 const struct thing_moment *moment);
void shape_train(struct thing *thing, const struct thing_actor *actor,
                 const struct thing_moment *moment);

void stage_drones(struct thing_stage *stage, const struct subject *subject);
void shape_drone(struct thing *thing, const struct thing_actor *actor,
                 const struct thing_moment *moment);

void stage_kites(struct thing_stage *stage, const struct subject *subject);
void shape_kite(struct thing *thing, const struct thing_actor *actor,
                const struct thing_moment *moment);

void stage_boats(struct thing_stage *stage, const struct subject *subject);
void shape_boat(struct thing *thing, const struct thing_actor *actor,
                const struct thing_moment *moment);

#endif
