/* SPDX-License-Identifier: Apache-2.0 */
/*
 * beast: builds and coats of animals on four legs, of which body_quadruped() makes bodies.
 *
 * A form of a cat, dog or horse is its kind's build changed in a few measures: a lion is a large
 * cat with a mane, a fox a slight dog with a bush for a tail, a cow a stout horse with horns.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_BODY_BEAST_H
#define VITASCOPE_WORKERS_DIORAMA_BODY_BEAST_H

#include "workers/diorama/body/bone.h"

enum beast_head { HEAD_CAT, HEAD_DOG, HEAD_HORSE, HEAD_COW, HEAD_ELEPHANT };

enum beast_extra {
    BEAST_POINTED = 1 << 0, /* ears of a dog; else they hang */
    BEAST_ROUND_EARS = 1 << 1,
    BEAST_MANE = 1 << 2,  /* a lion's */
    BEAST_CREST = 1 << 3, /* a horse's */
    BEAST_HORNS = 1 << 4,
    BEAST_ANTLERS = 1 << 5,
    BEAST_HOOVES = 1 << 6,
    BEAST_BUSH = 1 << 7, /* a tail thicker than its root */
    BEAST_TUFT = 1 << 8, /* hair at the end of a thin tail */
    BEAST_WOOL = 1 << 9,
    BEAST_UPRIGHT_CREST = 1 << 10,
    BEAST_WAGS = 1 << 11
};

/* Measures, meters. */
struct build {
    float height;             /* of the back */
    float body;               /* from shoulder to hip */
    float chest, waist, hip;  /* radii of the trunk, up and down */
    float narrow;             /* how much narrower than high it is: as struct body_part.flatness */
    float thigh, shin, foot;  /* radii of a leg from top to paw */
    float spread;             /* half the distance of left and right feet */
    float neck, neck_up;      /* length; rise against ahead */
    float neck_low, neck_top; /* radii */
    float head;               /* scale of its mold */
    float drop;               /* radians its muzzle points down */
    float tail, tail_r, tail_up; /* length, radius, radians above level */
    float curl;                  /* radians it turns up along its way */
    float flex;                  /* of its back as it runs: 1 a cat's */
    float hair;
    enum beast_head kind;
    unsigned extras; /* bits of enum beast_extra */
};

/* Colors by place; patch is painted where `pattern` says. */
struct coat {
    float back[3], belly[3], legs[3], face[3], patch[3];
    float stripes;
    enum { PATTERN_NONE, PATTERN_SADDLE, PATTERN_SPOTS, PATTERN_MASK } pattern;
};

/* The build of a form of a kind (SUBJECT_CAT, SUBJECT_DOG or SUBJECT_HORSE). */
void beast_build(enum subject_kind kind, enum subject_form form, struct build *build);

/* Its coat: by its form, by a color that is named, or by the dice. */
void beast_coat(enum subject_kind kind, const struct body_pose *pose, struct coat *coat);

/* Adds a head to a bone between its eyes. */
void beast_add_head(const struct bone *head, const struct build *build, const struct coat *coat,
                    const struct body_pose *pose);

#endif
