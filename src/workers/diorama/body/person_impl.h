/* SPDX-License-Identifier: Apache-2.0 */
/*
 * person_impl: what the parts of a person share: who it is, what it wears, and its pose.
 *
 * body_person.c finds the pose and draws the limbs, body_dress.c trunk and clothes, body_head.c
 * head, hair and hat. Measures are those of somebody 1.75 m tall, times the bones' scale.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_BODY_PERSON_IMPL_H
#define VITASCOPE_WORKERS_DIORAMA_BODY_PERSON_IMPL_H

#include "workers/diorama/body/bone.h"

#define TAU 6.2831853f
#define AB(...) ((const float[6]){__VA_ARGS__})

enum { LEFT, RIGHT, SIDES };

/* What it is all made of. */
enum { TONE_SKIN, TONE_HAIR, TONE_TOP, TONE_LEGS, TONE_SHOES, TONE_SHIRT, TONE_EXTRA, TONES };

enum hair_style {
    HAIR_SHORT,
    HAIR_PARTED,
    HAIR_LONG,
    HAIR_BOB,
    HAIR_TAIL,
    HAIR_BUN,
    HAIR_CURLS,
    HAIR_BALD,
    HAIR_STYLES
};

enum outfit {
    OUTFIT_COAT,   /* to the knees */
    OUTFIT_JACKET, /* and trousers */
    OUTFIT_SUIT,
    OUTFIT_SHIRT, /* short sleeves */
    OUTFIT_DRESS,
    OUTFIT_SKIRT,
    OUTFITS
};

struct figure {
    struct body *body;
    const struct body_pose *pose;
    float size, head_size; /* against a grown one */
    bool is_woman, is_child, is_old;
    enum outfit outfit;
    enum hair_style hair;
    unsigned wears; /* bits of enum subject_wear */
    struct tone tones[TONES];
    float cycle; /* of its gait */
    bool runs, moves;
    struct bone pelvis, chest, neck, head;
    float hip[SIDES][3], knee[SIDES][3];
    float hand[3]; /* the one that holds the umbrella */
};

static inline float side_of(int side)
{
    return side == LEFT ? -1.0f : 1.0f;
}

/* Whether it wears something that its outfit leaves open. */
bool figure_wears(const struct figure *figure, enum subject_wear wear);

/* Its tint of something, or else the `pick`th of a list. */
void figure_tint(const struct figure *figure, enum subject_tint tint, const float picked[3],
                 float color[3]);

/* Who it is, by the words and the dice. */
void figure_dress(struct figure *figure);

/* How high a top that hangs over the hips ends, above the pelvis; 0 for others. */
float figure_hem(const struct figure *figure);

void figure_add_trunk(const struct figure *figure);
void figure_add_load(const struct figure *figure); /* backpack, umbrella */
void figure_add_head(const struct figure *figure);

#endif
