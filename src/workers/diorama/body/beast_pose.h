/* SPDX-License-Identifier: Apache-2.0 */
/*
 * beast_pose: the skeleton of an animal on four legs at a time, of which body_quadruped() makes
 * its body.
 *
 * A leg is a chain of four bones whose lengths never change: from the shoulder to the elbow, the
 * wrist, the knuckles and the paw; from the hip to the knee, the heel and so on. Elbow and heel
 * point back, wrist and knee ahead; none bends the other way. A paw on the ground stays where it
 * is while the body goes on at the speed of its pose; what a leg cannot reach in the air, its paw
 * does not come to.
 *
 * Units: meters, the body's axes (body.h).
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_BODY_BEAST_POSE_H
#define VITASCOPE_WORKERS_DIORAMA_BODY_BEAST_POSE_H

#include "workers/diorama/body/beast.h"

enum { FORE_LEFT, FORE_RIGHT, HIND_LEFT, HIND_RIGHT, BEAST_FEET };

enum beast_joint {
    JOINT_TOP,  /* shoulder or hip */
    JOINT_KNEE, /* elbow or knee */
    JOINT_HOCK, /* wrist or heel */
    JOINT_FETLOCK,
    JOINT_PAW,
    BEAST_JOINTS
};

struct beast_leg {
    float joint[BEAST_JOINTS][3];
    float pitch;     /* radians the paw points down */
    bool is_planted; /* on the ground, still */
};

struct beast_pose {
    struct build build;
    struct bone fore, hind; /* of the trunk: between the shoulders, between the hips */
    float cycle;            /* gait cycles since the start */
    float arch;             /* of the back, as it gallops: +1 gathered, -1 stretched */
    bool moves, runs, sits;
    struct beast_leg legs[BEAST_FEET];
};

/* The bones add their parts to `body`. */
void beast_pose(const struct body_pose *pose, enum subject_kind kind, struct body *body,
                struct beast_pose *beast);

/* Where in the body's axes somebody on its back sits, as it is posed. */
void beast_seat(const struct body_pose *pose, enum subject_kind kind, float seat[3]);

#endif
