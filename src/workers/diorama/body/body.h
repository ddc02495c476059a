/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body: people, animals and things that move, as smooth solids.
 *
 * A body is a list of parts: mostly round cones (a ball at each end), which may be flattened along
 * one axis. Parts of one group are joined to each other by smooth minima, in their order, or carved
 * out of what stands before them in it, or only paint its surface; groups just touch. A body is
 * posed anew for each frame, a pure function of time, and traced by the kernels inside the tiles
 * that its bounds cover.
 *
 * Units: meters, in the world's axes. body_local() and the builders work in the body's own axes:
 * x to its right, y up, z ahead, the origin on the ground under its middle.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_BODY_BODY_H
#define VITASCOPE_WORKERS_DIORAMA_BODY_BODY_H

#include <stdbool.h>

#include "workers/diorama/scene.h"

enum { BODY_PARTS_MAX = 128, BODY_TILE_WIDE = 32, BODY_TILE_TALL = 8, BODY_GLINTS_MAX = 10 };

/* Thin cloth lets light through. */
enum body_stuff { STUFF_FUR, STUFF_SKIN, STUFF_CLOTH, STUFF_GLOSS, STUFF_GLOW, STUFF_THIN };

enum part_mode {
    PART_SOLID,
    PART_CARVE, /* taken away from what its group has before it */
    PART_PAINT  /* colors what of its group's surface lies inside it */
};

enum part_shape {
    SHAPE_ROUND,  /* a cone with a ball at each end */
    SHAPE_CAPPED, /* a cone with level ends; `folds` waves around its end b, needs `flat` */
    SHAPE_CANOPY  /* of an umbrella: from its top a to the middle of its rim b, of radius rb and
                   * eight ribs, needs `flat` */
};

struct body_part {
    float a[3], b[3];       /* centers of the balls */
    float ra, rb;           /* their radii */
    float flat[3];          /* unit axis along which it is flattened */
    float flatness;         /* 0 round, 1 half as thick, 2 a third as thick */
    float own[3];           /* where its pattern begins: a, unless it is set to another place */
    float span[3], inverse; /* b - a as flattened, and 1 / its square: set by body_finish() */
    float middle[3], reach; /* a ball around it, its joint included: set by body_finish() */
    float blend; /* width of its joint with what is listed before it; of paint: its edge */
    float folds; /* meters */
    enum part_mode mode;
    enum part_shape shape;
    int group;      /* rises along the list */
    float color[3]; /* albedo, or radiance of what glows */
    float under[3]; /* albedo of its lower side */
    float stripes;  /* 0 to 1, how strong bands around it are */
    float offset;   /* meters along the body where its pattern begins */
    enum body_stuff stuff;
};

/* A car has no parts: the kernels know its outlines (car_simd.h). */
enum car_bus { CAR_NO_BUS, CAR_BUS, CAR_DOUBLE_DECKER, CAR_SCHOOL_BUS };
#define CAR_BUS_HALF_M 5.3f /* of its length */

struct car_shape {
    bool vintage;
    enum car_bus bus;
    float screen[3]; /* a modern one's: where it is at the belt, its normal ahead and up */
    float lean;      /* of its windows inward, meters a meter up */
    float bed;       /* 1: open behind the cabin, as a pickup */
    float belt;      /* how much higher than usual hood and doors reach */
    float lift;      /* of the body over the wheels: how high a modern car stands */
    float roof;      /* height of a modern one's, less the lift */
    float tail[3];   /* plane of its rear screen: where it is at the belt, its normal back and up */
    float place[3], sine, cosine; /* of its heading */
    float paint[3];
    float spoke_sine, spoke_cosine; /* of five times the angle of the wheels */
    float lamps;                    /* 0 by day, 1 by night */
    float snow;                     /* how much lies on it, 0 to 1 */
};

/* A lamp or sign as bright things mirror it. */
struct body_glint {
    float dir[3], light[3];
};

struct body {
    bool is_car;
    struct car_shape car;
    int glint_count;
    struct body_glint glints[BODY_GLINTS_MAX];
    int count, groups;
    struct body_part parts[BODY_PARTS_MAX];
    float middle[3], radius; /* a ball around all parts */
    float ground_m;          /* height of what it stands on */
    float anchor[3];         /* where it is: what moves with it, but not with its limbs */
    int mover;               /* its entry in struct frame, 0 for none */
    float band_m;            /* from stripe to stripe */
    float hair_m;            /* length of fur */
    float strands;           /* how long its hair is drawn along y: 1 as wide, 0.1 ten times */
    float light[6][3];       /* toward +x -x +y -y +z -z, per unit of albedo */
    float sun[3];            /* irradiance of the sun at it */
    float shade[2];          /* how far along x and z its shadow reaches */
    float clear, veil[3];    /* woods: share of its light that comes through the air, and the
                              * light of the air before it */
};

/* Where a body is and which way it looks; in its own axes parts are placed. */
struct body_frame {
    float place[3];
    float heading; /* radians, as in world.h */
};

/* Adds a part given in the body's axes; returns it, to be painted. The last one when full. */
struct body_part *body_add(struct body *body, const float a[3], const float b[3], float ra,
                           float rb);

/* Parts added from here on are of a new group. */
void body_group(struct body *body);

/* The same color and stuff for all parts from `first` on. */
void body_paint(struct body *body, int first, enum body_stuff stuff, const float color[3]);

/* Turns all parts into the world and sets the bounds. */
void body_finish(struct body *body, const struct body_frame *frame);

/* The part of a canvas that a body, or its shadow on the ground, may cover: in tiles. */
struct body_area {
    int left, top; /* samples */
    int columns, rows;
};

struct canvas;
struct view;

/* False when the body, or with `is_shadow` its shadow, is not on the canvas. */
bool body_area_of(const struct body *body, const struct view *view, const struct canvas *canvas,
                  bool is_shadow, struct body_area *area);

/* What moves how, at a time. */
struct body_pose {
    enum subject_action action;
    float seconds;
    float phase;   /* 0 to 1: where in its gait it began */
    float speed;   /* m/s */
    unsigned look; /* picks coat and clothes */
    const struct subject *subject;
    bool has_umbrella;
    bool is_cold; /* snow: dressed for it */
    float seat_m; /* height of what it sits on or rides; 0: the ground */
};

/* Natural speed of a kind doing something, m/s, and its length and height in meters. */
float body_speed(enum subject_kind kind, enum subject_action action);
void body_size(enum subject_kind kind, float *length_m, float *height_m);

/* How much larger a form is than its kind; it moves faster and slower by the root of that. */
float body_scale(enum subject_form form);

/* How it steps, as posed below: one round takes `seconds` of the scene, and its feet touch down
 * where, from 0 to 1, the round reaches `lands`. A pose is seconds / gait.seconds + phase rounds
 * from the start. */
struct body_gait {
    float seconds;
    int feet;
    float lands[4];
};

/* False for what has no feet or keeps them still. */
bool body_gait(const struct subject *subject, struct body_gait *gait);
void body_gait_person(bool runs, struct body_gait *gait);
void body_gait_quadruped(const struct subject *subject, bool runs, struct body_gait *gait);

void body_quadruped(struct body *body, const struct body_pose *pose, enum subject_kind kind);
void body_person(struct body *body, const struct body_pose *pose);

/* `traveled_m` turns its wheels, `lamps` lights its lamps. Needs no body_finish(). */
/* Length and height of forms that differ from their kind's; leaves others alone. */
void car_size(enum subject_form form, float *length_m, float *height_m);

/* What a form looks like; for the usual one as the dice have it. The body is placed. */
void car_style(struct body *body, enum subject_form form, unsigned look);

void body_car(struct body *body, const struct body_pose *pose, const struct body_frame *frame,
              const float travel_and_lamps[2]);

/* The middle joint of a limb of two bones from one end to the other, bent toward `bend`. */
void body_joint(const float from[3], const float to[3], const float bones[2], const float bend[3],
                float joint[3]);

#endif
