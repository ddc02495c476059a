/* SPDX-License-Identifier: Apache-2.0 */
/*
 * knoll: the ground that subjects stand on, in front of a landscape.
 *
 * It is a gentle rise that falls away on all sides of the eye and goes along with it, so it has
 * no edge: beyond its brow the land shows. Grass and flowers stand on it blade by blade; sand,
 * snow and roads are drawn by the kernel alone.
 *
 * Ownership: a plain value; blades_draw() keeps nothing.
 * Thread: blades_draw() uses `threads` of its own.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_LAND_KNOLL_H
#define VITASCOPE_WORKERS_DIORAMA_LAND_KNOLL_H

#include "workers/diorama/body/body.h"
#include "workers/diorama/canvas.h"
#include "workers/diorama/land/blooms.h"
#include "workers/diorama/world.h"

struct forest;

#define KNOLL_RADIUS_M 900.0f /* of its curve: the brow is some 50 m away */
#define KNOLL_SWELL_M 1.7f    /* the ground lies within this of it */
#define KNOLL_EVEN_M 14.0f    /* up to here it is even */
#define KNOLL_ROUGH_M 48.0f   /* and here as uneven as it gets */
#define KNOLL_BROW_M 58.0f    /* what lies behind does not rise over the brow */
#define KNOLL_END_M 84.0f

enum { KNOLL_TRACKS_MAX = 4, KNOLL_FEET_MAX = 4 };

/* What who goes over snow or sand leaves in it: prints along a straight way. Meters. */
struct knoll_track {
    float from[2], dir[2]; /* x and z of where it begins, and where it goes */
    float length;          /* as far as now */
    float stride;          /* from print to print of a foot; 0: ruts of wheels */
    int feet;
    float along[KNOLL_FEET_MAX], side[KNOLL_FEET_MAX]; /* of a foot's first print */
    float size[2]; /* half the length and half the width of a print */
};

struct knoll {
    enum scene_ground ground;
    float base_m;               /* height of the ground at the eye */
    float blade_m;              /* height of grass; 0: none */
    float road[2];              /* a point of the middle of the road, x and z */
    float road_dir[2];          /* and its direction */
    float earth[2][3];          /* albedo of bare ground, of two kinds */
    float blade[2][3];          /* of grass, root and tip */
    float flowers;              /* 0 to 1: how many */
    struct bloom bloom;         /* what those are */
    float wind;                 /* of the scene */
    const struct forest *trees; /* that shade it, or NULL; the caller's */
    int track_count;
    struct knoll_track tracks[KNOLL_TRACKS_MAX];
};

/* Colors and grass of a ground; base_m and road are the caller's. */
void knoll_dress(struct knoll *knoll, const struct world *world);

/* Height of the ground at a place, as seen from an eye. */
float knoll_height_at(const struct knoll *knoll, const float eye[3], float x, float z);

/* What blades bend around and are shaded by. */
struct blades_job {
    const struct knoll *knoll;
    const struct frame *frame;
    const struct canvas *canvas;
    const struct body *bodies;
    int body_count;
    int threads;
};

void blades_draw(const struct blades_job *job);

#endif
