/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies as they are posed, before anything is drawn. */
#include "harness/tap.h"
#include "workers/diorama/body/body.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct subject person = {.kind = SUBJECT_PERSON, .count = 1};

static void pose_person(struct body *body, enum subject_action action, float seconds, unsigned look)
{
    struct body_pose pose = {.action = action,
                             .seconds = seconds,
                             .speed = body_speed(SUBJECT_PERSON, action),
                             .look = look,
                             .subject = &person};
    struct body_frame frame = {.place = {0, 0, 0}};

    memset(body, 0, sizeof(*body));
    body_person(body, &pose);
    frame.place[2] = pose.speed * seconds;
    body_finish(body, &frame);
}

/* The lowest end of any part, and where it is along the way. */
static float lowest(const struct body *body, float *along)
{
    float low = 1e9f;

    for (int i = 0; i < body->count; i++) {
        const struct body_part *part = &body->parts[i];
        float foot = fminf(part->a[1] - part->ra, part->b[1] - part->rb);

        if (part->mode != PART_SOLID || part->stuff != STUFF_GLOSS || foot >= low)
            continue;
        low = foot;
        *along = part->a[2];
    }
    return low;
}

TEST(nobody_has_more_parts_than_there_is_room_for)
{
    struct body *body = malloc(sizeof(*body));

    CHECK(body != NULL);
    for (unsigned look = 0; look < 4000; look++) {
        struct subject laden = person;
        struct body_pose pose = {.action = ACTION_WALK,
                                 .seconds = 0.3f,
                                 .speed = 1.3f,
                                 .look = look * 7919u,
                                 .subject = &laden,
                                 .has_umbrella = true,
                                 .is_cold = look % 2};

        laden.wears = WEAR_BACKPACK | WEAR_SCARF | WEAR_HAT | (look % 2 ? WEAR_COAT : WEAR_SUIT);
        memset(body, 0, sizeof(*body));
        body_person(body, &pose);
        if (body->count >= BODY_PARTS_MAX)
            CHECK_INT(body->count, 0);
    }
    free(body);
}

TEST(feet_stay_on_the_ground_and_do_not_slide)
{
    struct body *body = malloc(sizeof(*body));
    int planted = 0;
    float was = 0;

    CHECK(body != NULL);
    for (int i = 0; i < 120; i++) {
        float along = 0, low = 0;

        pose_person(body, ACTION_WALK, (float)i / 60.0f, 12345);
        low = lowest(body, &along);
        CHECK(low > -0.06f && low < 0.06f);
        /* The lowest shoe hardly moves from frame to frame, or it is the other one's turn. */
        planted += i > 0 && fabsf(along - was) < 0.012f;
        was = along;
    }
    CHECK(planted > 60);
    free(body);
}

TEST(a_pose_depends_on_the_time_alone)
{
    struct body *one = malloc(sizeof(*one)), *other = malloc(sizeof(*other));

    CHECK(one && other);
    pose_person(one, ACTION_DANCE, 1.25f, 77);
    pose_person(other, ACTION_DANCE, 0.5f, 77);
    CHECK(memcmp(one, other, sizeof(*one)) != 0);
    pose_person(other, ACTION_DANCE, 1.25f, 77);
    CHECK(memcmp(one, other, sizeof(*one)) == 0);
    free(one);
    free(other);
}
