/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies as they are posed, before anything is drawn. */
#include "harness/tap.h"
#include "workers/diorama/body/beast_pose.h"
#include "workers/diorama/body/body.h"
#include "workers/diorama/body/cast.h"
#include "workers/diorama/canvas.h"
#include "workers/diorama/kernels.h"

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

/* How far a sole that is level on the ground moves from one of 96 poses of a stride to the next,
 * at most. */
static float slide_of(enum subject_action action, int *planted)
{
    struct body *body = malloc(sizeof(*body));
    struct body_gait gait;
    float was[2] = {0}, most = 0;
    bool stood[2] = {false};

    CHECK(body != NULL);
    body_gait_person(action == ACTION_RUN, &gait);
    *planted = 0;
    for (int i = 0; i < 96; i++) {
        bool seen[2] = {false};

        pose_person(body, action, gait.seconds * (float)i / 96.0f, 12345);
        for (int k = 0; k < body->count; k++) {
            const struct body_part *part = &body->parts[k];
            int side = part->a[0] > 0;

            /* The first part of a shoe is the sole. */
            if (part->stuff != STUFF_GLOSS || part->mode != PART_SOLID || part->a[1] > 0.12f ||
                seen[side])
                continue;
            seen[side] = true;
            if (fabsf(part->a[1] - part->b[1] - 0.010f) > 0.0015f || part->a[1] > 0.05f) {
                stood[side] = false;
                continue;
            }
            if (stood[side]) {
                most = fmaxf(most, fabsf(part->a[2] - was[side]));
                *planted += 1;
            }
            stood[side] = true;
            was[side] = part->a[2];
        }
    }
    free(body);
    return most;
}

TEST(a_level_sole_stays_within_millimeters_of_its_place)
{
    int planted = 0;

    CHECK(slide_of(ACTION_WALK, &planted) < 0.003f);
    CHECK(planted > 24);
    CHECK(slide_of(ACTION_RUN, &planted) < 0.003f);
    CHECK(planted > 8);
}

TEST(a_jacket_covers_the_hips)
{
    struct subject man = {.kind = SUBJECT_PERSON, .form = FORM_MAN, .wears = WEAR_SUIT, .count = 1};
    struct body_pose pose = {.action = ACTION_WALK, .speed = 1.35f, .look = 1, .subject = &man};
    struct body *body = calloc(1, sizeof(*body));
    int hems = 0;

    CHECK(body != NULL);
    body_person(body, &pose);
    for (int i = 0; i < body->count; i++) {
        const struct body_part *part = &body->parts[i];

        hems += part->mode == PART_SOLID && part->shape == SHAPE_CAPPED && part->b[1] < 0.85f &&
                part->b[1] > 0.65f && part->rb > 0.15f;
    }
    CHECK_INT(hems, 1);
    free(body);
}

/* How much of its surface is dark, by its parts. */
static int dark_parts(const struct body *body)
{
    int dark = 0;

    for (int i = 0; i < body->count; i++)
        dark += body->parts[i].color[0] < 0.1f && body->parts[i].stuff == STUFF_FUR;
    return dark;
}

TEST(who_sits_on_a_chair_has_feet_on_the_ground_and_the_head_at_table_talk)
{
    struct body *body = calloc(1, sizeof(*body));
    float low = 0, high = 0, along = 0;

    CHECK(body != NULL);
    body_person(
        body,
        &(struct body_pose){
            .action = ACTION_SIT, .seconds = 1, .look = 7, .subject = &person, .seat_m = 0.47f});
    for (int i = 0; i < body->count; i++) {
        const struct body_part *part = &body->parts[i];

        if (part->mode == PART_SOLID)
            high = fmaxf(high, part->a[1] + part->ra);
    }
    low = lowest(body, &along);
    CHECK(low > -0.04f && low < 0.06f);
    CHECK(along > 0.2f);
    CHECK(high > 1.2f && high < 1.5f);
    free(body);
}

TEST(beasts_fit_their_room_and_differ_in_height_and_coat)
{
    static const struct {
        enum subject_kind kind;
        enum subject_form form;
        float least_m, most_m;
    } beasts[] = {
        {SUBJECT_CAT, FORM_USUAL, 0.3f, 0.7f},    {SUBJECT_DOG, FORM_USUAL, 0.5f, 1.0f},
        {SUBJECT_DOG, FORM_CORGI, 0.3f, 0.62f},   {SUBJECT_DOG, FORM_FOX, 0.3f, 0.75f},
        {SUBJECT_DOG, FORM_BEAR, 0.8f, 1.7f},     {SUBJECT_CAT, FORM_LION, 0.8f, 1.8f},
        {SUBJECT_HORSE, FORM_USUAL, 1.6f, 2.7f},  {SUBJECT_HORSE, FORM_DEER, 1.2f, 2.4f},
        {SUBJECT_HORSE, FORM_SHEEP, 0.6f, 1.3f},  {SUBJECT_HORSE, FORM_COW, 1.2f, 2.1f},
        {SUBJECT_HORSE, FORM_ZEBRA, 1.2f, 2.3f},  {SUBJECT_HORSE, FORM_ELEPHANT, 2.3f, 4.2f},
        {SUBJECT_CAT, FORM_TIGER, 0.8f, 1.6f},    {SUBJECT_DOG, FORM_BEAGLE, 0.35f, 0.8f},
        {SUBJECT_DOG, FORM_HUSKY, 0.5f, 1.1f},    {SUBJECT_DOG, FORM_WOLF, 0.5f, 1.2f},
        {SUBJECT_DOG, FORM_SHEPHERD, 0.5f, 1.1f}, {SUBJECT_DOG, FORM_RETRIEVER, 0.5f, 1.0f}};
    struct body *body = malloc(sizeof(*body));
    int beagle = 0, retriever = 0;

    CHECK(body != NULL);
    for (size_t i = 0; i < sizeof(beasts) / sizeof(beasts[0]); i++) {
        struct subject subject = {.kind = beasts[i].kind, .form = beasts[i].form, .count = 1};
        struct body_pose pose = {.action = ACTION_WALK, .speed = 1, .look = 1, .subject = &subject};
        float high = 0;

        memset(body, 0, sizeof(*body));
        body_quadruped(body, &pose, subject.kind);
        for (int k = 0; k < body->count; k++)
            if (body->parts[k].mode == PART_SOLID)
                high = fmaxf(high, fmaxf(body->parts[k].a[1], body->parts[k].b[1]));
        CHECK(body->count < BODY_PARTS_MAX);
        if (high < beasts[i].least_m || high > beasts[i].most_m)
            CHECK_INT((int)(100 * high), (int)(100 * beasts[i].least_m));
        beagle = beasts[i].form == FORM_BEAGLE ? dark_parts(body) : beagle;
        retriever = beasts[i].form == FORM_RETRIEVER ? dark_parts(body) : retriever;
    }
    CHECK(beagle > retriever);
    free(body);
}

static float apart(const float a[3], const float b[3])
{
    return sqrtf((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
                 (a[2] - b[2]) * (a[2] - b[2]));
}

/* How far ahead of the straight way between its neighbors a joint is, meters. */
static float ahead_of(const struct beast_leg *leg, int joint)
{
    const float *over = leg->joint[joint - 1], *at = leg->joint[joint];
    const float *under = leg->joint[joint + 1];
    float part = (over[1] - at[1]) / (over[1] - under[1]);

    return at[2] - (over[2] + part * (under[2] - over[2]));
}

/* Legs of a stride of `steps` poses against each other: the bones' lengths, which way the joints
 * bend where the leg is about upright, and how far paws slide on the ground. */
struct stride_faults {
    float stretched, bent, slid;
    int planted;
};

static void look_at_stride(const struct subject *subject, struct stride_faults *faults)
{
    enum { STEPS = 48 };
    static struct beast_pose poses[STEPS + 1];
    struct body *body = calloc(1, sizeof(*body));
    float speed = body_speed(subject->kind, subject->action) * sqrtf(body_scale(subject->form));
    struct body_gait gait;

    CHECK(body && body_gait(subject, &gait));
    *faults = (struct stride_faults){0};
    for (int i = 0; i <= STEPS; i++) {
        float seconds = gait.seconds * (float)i / STEPS;
        struct body_pose pose = {.action = subject->action,
                                 .seconds = seconds,
                                 .speed = speed,
                                 .phase = 0.013f,
                                 .subject = subject};

        beast_pose(&pose, subject->kind, body, &poses[i]);
        for (int foot = 0; foot < BEAST_FEET; foot++) {
            const struct beast_leg *leg = &poses[i].legs[foot], *first = &poses[0].legs[foot];
            float way = foot < HIND_LEFT ? 1 : -1;

            for (int k = 0; k + 1 < BEAST_JOINTS; k++)
                faults->stretched =
                    fmaxf(faults->stretched, fabsf(apart(leg->joint[k], leg->joint[k + 1]) /
                                                       apart(first->joint[k], first->joint[k + 1]) -
                                                   1));
            if (leg->joint[JOINT_KNEE][1] > leg->joint[JOINT_FETLOCK][1] &&
                leg->joint[JOINT_TOP][1] > leg->joint[JOINT_HOCK][1]) {
                faults->bent = fmaxf(faults->bent, way * ahead_of(leg, JOINT_KNEE));
                faults->bent = fmaxf(faults->bent, -way * ahead_of(leg, JOINT_HOCK));
            }
            if (i > 0 && leg->is_planted && poses[i - 1].legs[foot].is_planted) {
                const float *was = poses[i - 1].legs[foot].joint[JOINT_PAW];

                faults->slid = fmaxf(faults->slid, fabsf(leg->joint[JOINT_PAW][2] - was[2] +
                                                         speed * gait.seconds / STEPS));
                faults->slid = fmaxf(faults->slid, fabsf(leg->joint[JOINT_PAW][1] - was[1]));
                faults->planted++;
            }
        }
    }
    free(body);
}

TEST(no_animal_stretches_a_bone_bends_a_joint_back_or_slides)
{
    static const struct {
        enum subject_kind kind;
        enum subject_form form;
    } beasts[] = {
        {SUBJECT_CAT, FORM_USUAL},   {SUBJECT_CAT, FORM_LION},      {SUBJECT_CAT, FORM_TIGER},
        {SUBJECT_DOG, FORM_USUAL},   {SUBJECT_DOG, FORM_BEAGLE},    {SUBJECT_DOG, FORM_HUSKY},
        {SUBJECT_DOG, FORM_CORGI},   {SUBJECT_DOG, FORM_SHEPHERD},  {SUBJECT_DOG, FORM_WOLF},
        {SUBJECT_DOG, FORM_FOX},     {SUBJECT_DOG, FORM_BEAR},      {SUBJECT_HORSE, FORM_USUAL},
        {SUBJECT_HORSE, FORM_DEER},  {SUBJECT_HORSE, FORM_COW},     {SUBJECT_HORSE, FORM_SHEEP},
        {SUBJECT_HORSE, FORM_ZEBRA}, {SUBJECT_HORSE, FORM_ELEPHANT}};

    for (size_t i = 0; i < 2 * sizeof(beasts) / sizeof(beasts[0]); i++) {
        struct subject subject = {.kind = beasts[i / 2].kind,
                                  .form = beasts[i / 2].form,
                                  .action = i % 2 ? ACTION_RUN : ACTION_WALK,
                                  .count = 1};
        float size = body_scale(subject.form);
        struct stride_faults faults;

        look_at_stride(&subject, &faults);
        CHECK(faults.stretched < 0.02f);
        CHECK(faults.bent < 0.002f * size);
        CHECK(faults.slid < 0.003f * size);
        CHECK(faults.planted > 12);
    }
}

/* Whether a body has a part from a joint to the next. */
static bool is_drawn(const struct body *body, const struct beast_leg *leg, int joint)
{
    for (int i = 0; i < body->count; i++)
        if (apart(body->parts[i].a, leg->joint[joint]) < 1e-4f &&
            apart(body->parts[i].b, leg->joint[joint + 1]) < 1e-4f)
            return true;
    return false;
}

TEST(a_horse_is_as_long_as_high_and_drawn_along_its_bones)
{
    static const struct subject horse = {.kind = SUBJECT_HORSE, .count = 1};
    struct body *body = calloc(1, sizeof(*body));
    struct body_pose pose = {.action = ACTION_WALK, .speed = 1.7f, .look = 1, .subject = &horse};
    struct beast_pose beast;
    float chest = 0, rump = 0;

    CHECK(body != NULL);
    beast_pose(&pose, SUBJECT_HORSE, body, &beast);
    body_quadruped(body, &pose, SUBJECT_HORSE);
    for (int foot = 0; foot < BEAST_FEET; foot++)
        for (int joint = 0; joint + 1 < BEAST_JOINTS; joint++)
            CHECK(is_drawn(body, &beast.legs[foot], joint));
    for (int i = 0; i < 4; i++) { /* the trunk comes first */
        chest = fmaxf(chest, fmaxf(body->parts[i].a[2] + body->parts[i].ra,
                                   body->parts[i].b[2] + body->parts[i].rb));
        rump = fminf(rump, fminf(body->parts[i].a[2] - body->parts[i].ra,
                                 body->parts[i].b[2] - body->parts[i].rb));
    }
    CHECK(fabsf((chest - rump) / beast.build.height - 1) < 0.12f);
    free(body);
}

enum { SHEET_WIDE = 320, SHEET_TALL = 192 };

/* A posed body from its left side against white, and how often its outline is crossed along the
 * rows. */
static int count_edges(struct body *body)
{
    enum { SAMPLES = (SHEET_WIDE + 64) * (SHEET_TALL + 16) };
    const struct kernels *kernels = kernels_best();
    struct world *world = calloc(1, sizeof(*world));
    struct frame *frame = calloc(1, sizeof(*frame));
    float *planes = calloc(4 * SAMPLES, sizeof(*planes));
    struct canvas canvas = {.plane = {planes, planes + SAMPLES, planes + 2 * SAMPLES},
                            .depth = planes + 3 * SAMPLES,
                            .width = SHEET_WIDE,
                            .height = SHEET_TALL,
                            .stride = SHEET_WIDE + 64,
                            .pixel = {0.0012f, 0.0012f}};
    struct body_area area;
    int edges = 0;

    CHECK(world && frame && planes);
    frame->world = world;
    world->sky.sun[1] = 1;
    for (int side = 0; side < 6; side++)
        for (int k = 0; k < 3; k++)
            body->light[side][k] = 0.5f;
    frame->view = (struct view){.eye = {-4.5f, 0.4f, 0}, .forward = {1, 0}, .right = {0, -1}};
    for (int i = 0; i < SAMPLES; i++)
        planes[3 * SAMPLES + i] = 1e9f;
    CHECK(body_area_of(body, &frame->view, &canvas, false, &area));
    for (int tile = 0; tile < area.columns * area.rows; tile++)
        kernels->body_tile(frame, &canvas, body, &area, tile);
    for (int i = 1; i < SAMPLES; i++)
        edges += (canvas.depth[i] < 1e8f) != (canvas.depth[i - 1] < 1e8f);
    free(planes);
    free(frame);
    free(world);
    return edges;
}

TEST(the_edge_of_a_husky_is_hair)
{
    static const struct subject husky = {.kind = SUBJECT_DOG, .form = FORM_HUSKY, .count = 1};
    struct body_pose pose = {.action = ACTION_WALK, .speed = 1.1f, .look = 1, .subject = &husky};
    struct body *body = calloc(1, sizeof(*body));
    int shorn = 0, hairy = 0;

    CHECK(body != NULL);
    body_quadruped(body, &pose, SUBJECT_DOG);
    body_finish(body, &(struct body_frame){.place = {0, 0, 0}});
    hairy = count_edges(body);
    body->hair_m = 0;
    shorn = count_edges(body);
    CHECK(shorn > 400);
    CHECK(hairy > shorn + shorn / 8);
    free(body);
}

TEST(riders_stay_on_the_backs_of_their_horses)
{
    static const struct scene scene = {
        .place = PLACE_MOUNTAINS,
        .ground = GROUND_GRASS,
        .time_scale = 1,
        .seed = 5,
        .subject_count = 2,
        .subjects = {{.kind = SUBJECT_HORSE, .action = ACTION_RUN, .count = 2},
                     {.kind = SUBJECT_PERSON, .action = ACTION_RIDE, .count = 2}}};
    struct world *world = calloc(1, sizeof(*world));
    struct frame *frame = calloc(1, sizeof(*frame));
    struct knoll *knoll = calloc(1, sizeof(*knoll));
    struct camera *camera = calloc(1, sizeof(*camera));
    struct stage stage = {.knoll = knoll};
    struct cast cast = {0};

    CHECK(world && frame && knoll && camera);
    world->scene = &scene;
    frame->world = world;
    camera->width = 1280;
    camera->height = 720;
    camera->half_width = 0.6f;
    cast_plan(&cast, world, &stage, camera);
    CHECK_INT(cast.count, 4);
    for (int i = 0; i < 12; i++) {
        frame->clip_time_s = 0.09f * (float)i;
        cast_pose(&cast, world, NULL, frame);
        for (int k = 0; k < 2; k++) {
            const struct body *horse = &cast.bodies[k], *rider = &cast.bodies[k + 2];
            float head = rider->middle[1] + rider->radius - horse->ground_m;

            CHECK_INT(cast.actors[k + 2].mount, k + 1);
            CHECK(apart(horse->anchor, rider->anchor) < 1e-4f);
            CHECK(apart(horse->middle, rider->middle) < 1.6f);
            CHECK(head > 2.2f && head < 3.4f);
            for (int n = 0; n < rider->count; n++)
                if (rider->parts[n].mode == PART_SOLID)
                    CHECK(rider->parts[n].a[1] - horse->ground_m > 0.3f);
        }
    }
    cast_free(&cast);
    free(camera);
    free(knoll);
    free(frame);
    free(world);
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
