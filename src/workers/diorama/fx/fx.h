/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fx: what burns, glows, falls and flashes in a scene: struct scene.effects.
 *
 * fx_plan() looks at a drawn frame: its depths say where there is level ground before the camera,
 * whatever the place, and its brightness how strong a flame must be to look like one. fx_light()
 * adds their light, and what burns, to the samples of a frame whose world is drawn; fx_draw() adds
 * all that is soft or quick to the picture made of those, by depth: a history of frames would
 * smear it. Both depend on nothing but their arguments: any frame, in any order.
 *
 * Light that fires, shells and bolts throw falls on all that stands in the picture: normals come
 * from neighboring depths, albedo is judged from brightness.
 *
 * Ownership: a plain value; borrows scene and camera. Thread: one call at a time; fx_draw() uses
 * `threads` of its own.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_FX_FX_H
#define VITASCOPE_WORKERS_DIORAMA_FX_FX_H

#include "workers/diorama/camera.h"
#include "workers/diorama/canvas.h"
#include "workers/diorama/kernels.h"
#include "workers/diorama/world.h"

enum { FX_FIRES_MAX = 8, FX_STICKS_MAX = 18, FX_LIGHTS_MAX = 12 };

/* A rounded stick, or a stone where both ends meet. */
struct fx_stick {
    float from[3], to[3], radius;
    float ember; /* 0 dark to 1: glows */
};

struct fx_fire {
    float place[3]; /* of the middle of its foot */
    float height_m, radius_m;
    float phase;
    float flame, smoke; /* 0 none to 1 */
    int stick_count;
    struct fx_stick sticks[FX_STICKS_MAX];
};

/* How high its smoke rises. */
static inline float fx_smoke_m(const struct fx_fire *fire)
{
    return 5.0f * fire->height_m + 1.5f;
}

struct fx_light {
    float place[3];
    float color[3]; /* irradiance at 1 m */
    float reach_m;
    float soft_m; /* no brighter than from this far */
};

struct fx {
    const struct scene *scene; /* NULL: nothing to draw */
    unsigned effects;
    float level;     /* radiance that the film shows as white */
    float key;       /* radiance of what is taken for an albedo of 0.2 */
    bool has_sparks; /* from a place of their own; else fires throw more */
    float spark[3], spark_rise_m, spark_scale; /* where from, how high over the ground */
    int fire_count;
    struct fx_fire fires[FX_FIRES_MAX];
    const struct camera *camera; /* borrowed: where it looks when something bursts */
    float roughness;             /* of the ground: how far normals lean up */
    bool has_water;
    float water_m;
};

/* What a kernel needs for one frame. */
struct fx_pass {
    const struct frame *frame;
    const struct fx *fx;
    struct canvas canvas;
    float time_s;
    const struct fx_fire *fire;
    int first_row, columns[2]; /* of what the rows are for */
    int light_count;
    struct fx_light lights[FX_LIGHTS_MAX];
    float flash, flash_at[2]; /* of lightning: radiance; direction as rise and run along view */
};

/* A flash of lightning. */
struct fx_strike {
    float time_s;
    float distance_m;
};

/* The next flash at or after a time of the scene, for the picture and its thunder. */
struct fx_strike fx_next_strike(const struct scene *scene, float from_s);

/* Burst of the `number`th firework, seconds of the scene: for the picture and its bang. */
float fx_burst_s(const struct scene *scene, int number);
#define FX_SHELL_DISTANCE_M 340.0f

/* Gives what the scene has in its sky more room in the picture. The camera is composed. */
void fx_raise_view(const struct scene *scene, struct camera *camera);

/* `drawn` is a frame without effects, `exposure` what suits it. */
void fx_plan(struct fx *fx, const struct frame *drawn, const struct camera *camera, float exposure);

void fx_light(const struct fx *fx, const struct kernels *kernels, int threads, struct frame *frame);
void fx_draw(const struct fx *fx, const struct kernels *kernels, int threads, struct frame *frame);

#endif
