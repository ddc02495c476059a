/* SPDX-License-Identifier: Apache-2.0 */
/* What swims: shoals that turn together, single fish, sharks, turtles, jellyfish. */
#include <math.h>
#include <string.h>

#include "workers/diorama/noise.h"
#include "workers/diorama/sea/reef.h"

#define STEP_S 0.08f

enum { STATIONS = 11, AROUND = 10, SHOAL = 84, STRAYS = 14 };

static void school_at(const struct school *school, float time_s, float at[3])
{
    float angle = school->phase + 6.2831853f * school->per_s * time_s;
    float along = school->wide[0] * sinf(angle), off = school->wide[1] * sinf(2 * angle + 0.6f);
    float s = sinf(school->turn), c = cosf(school->turn);

    at[0] = school->middle[0] + along * s + off * c;
    at[1] = school->middle[1] + school->tall * sinf(1.7f * angle + school->phase);
    at[2] = school->middle[2] + along * c - off * s;
}

/* Where a fish is: where its school was a little ago, and its own small wanderings. */
static void fish_at(const struct reef *reef, const struct fish *fish, float time_s, float at[3])
{
    float t = time_s - fish->delay_s, floor_m = 0;

    school_at(&reef->schools[fish->school], t, at);
    for (int k = 0; k < 3; k++)
        at[k] += fish->offset[k] * (1 + 0.12f * sinf(0.5f * t + fish->phase)) +
                 0.05f * sinf(0.9f * t + fish->phase + 2 * (float)k);
    floor_m = reef_ground(reef, at[0], at[2]) + 0.3f * fish->length_m + 0.1f;
    if (at[1] < floor_m)
        at[1] = floor_m;
    if (at[1] > -0.4f)
        at[1] = -0.4f;
}

/* The fish's own axes in the world. */
struct pose {
    float at[3], ahead[3], side[3], up[3];
    float swing, time;
};

static void pose_fish(const struct reef *reef, const struct fish *fish, float time_s,
                      struct pose *pose)
{
    float next[3], length = 0, flat = 0;

    fish_at(reef, fish, time_s, pose->at);
    fish_at(reef, fish, time_s + STEP_S, next);
    for (int k = 0; k < 3; k++) {
        pose->ahead[k] = next[k] - pose->at[k];
        if (k == 1)
            pose->ahead[k] *= 0.6f;
        length += pose->ahead[k] * pose->ahead[k];
    }
    length = sqrtf(length) + 1e-6f;
    for (int k = 0; k < 3; k++)
        pose->ahead[k] /= length;
    flat = sqrtf(pose->ahead[0] * pose->ahead[0] + pose->ahead[2] * pose->ahead[2]) + 1e-4f;
    pose->side[0] = pose->ahead[2] / flat;
    pose->side[1] = 0;
    pose->side[2] = -pose->ahead[0] / flat;
    pose->up[0] = pose->ahead[1] * pose->side[2] - pose->ahead[2] * pose->side[1];
    pose->up[1] = pose->ahead[2] * pose->side[0] - pose->ahead[0] * pose->side[2];
    pose->up[2] = pose->ahead[0] * pose->side[1] - pose->ahead[1] * pose->side[0];
    pose->time = 6.2831853f * fish->beat * time_s + fish->phase;
    pose->swing = 0.10f;
}

/* A point of the fish, u from snout to tail, before it bends; with the bend of a swimming wave. */
static void place_on(const struct pose *pose, const struct fish *fish, const float point[3],
                     float at[3])
{
    float u = 0.5f - point[2];
    float bend = pose->swing * (0.12f + 0.9f * u * u) * sinf(pose->time - 4.2f * u);

    for (int k = 0; k < 3; k++)
        at[k] = pose->at[k] + fish->length_m * (point[2] * pose->ahead[k] + point[1] * pose->up[k] +
                                                (point[0] + bend) * pose->side[k]);
}

static int fish_vertex(struct reef_mesh *mesh, const struct pose *pose, const struct fish *fish,
                       const float point[3], const float out[3])
{
    struct reef_vertex vertex = {.u = 0.5f - point[2]};

    place_on(pose, fish, point, vertex.at);
    for (int k = 0; k < 3; k++) {
        vertex.normal[k] = out[0] * pose->side[k] + out[1] * pose->up[k] + out[2] * pose->ahead[k];
        vertex.color[k] = fish->color[k];
    }
    vertex.v = out[1];
    return reef_vertex_add(mesh, &vertex);
}

/* A flat fin: corners in the fish's middle plane, as ahead and up, fanned from the first. */
static void fin(struct reef_mesh *mesh, const struct pose *pose, const struct fish *fish,
                const float (*corners)[3], int count)
{
    static const float out[3] = {0.75f, 0.35f, 0};
    int first = 0;

    for (int i = 0; i < count; i++) {
        int at = fish_vertex(mesh, pose, fish, corners[i], out);
        struct reef_vertex *vertex = &mesh->vertices[at];

        vertex->u = -1; /* outside of all patterns */
        vertex->v = 0.1f;
        for (int k = 0; k < 3; k++)
            vertex->color[k] *= fish->coat == COAT_SILVER ? 0.30f : 0.72f;
        first = i == 0 ? at : first;
        if (i >= 2)
            reef_face_add(mesh, first, at - 1, at);
    }
}

/* Half height and half width of a body along u. */
static void outline(enum subject_form form, enum reef_coat coat, float u, float half[2])
{
    float front = sinf(3.1415927f * powf(u * 0.97f + 0.015f, 0.62f));
    float stem = 1 - smooth_f(0.55f, 1.0f, u);

    if (form == FORM_SHARK) {
        half[0] = 0.088f * powf(front, 0.9f) * (0.25f + 0.75f * stem) + 0.006f;
        half[1] = 0.085f * powf(front, 0.9f) * (0.2f + 0.8f * stem) + 0.004f;
        return;
    }
    half[0] = (coat == COAT_SILVER ? 0.125f
               : form == FORM_KOI  ? 0.14f
                                   : 0.22f) *
                  powf(front, 0.75f) * (0.30f + 0.70f * stem) +
              0.012f;
    half[1] =
        (form == FORM_KOI ? 0.115f : 0.075f) * powf(front, 0.8f) * (0.12f + 0.88f * stem) + 0.003f;
}

static void body_of(struct reef_mesh *mesh, const struct pose *pose, const struct fish *fish)
{
    int first = mesh->vertex_count;

    for (int j = 0; j < STATIONS; j++) {
        float u = (float)j / (STATIONS - 1), half[2];

        outline(fish->form, fish->coat, u * 0.86f, half);
        for (int i = 0; i < AROUND; i++) {
            float a = 6.2831853f * (float)i / AROUND, c = cosf(a), s = sinf(a);
            const float point[3] = {half[1] * c, half[0] * s, 0.5f - 0.86f * u};
            const float out[3] = {c, s, 0.6f - 1.3f * u};

            fish_vertex(mesh, pose, fish, point, out);
        }
    }
    for (int j = 0; j < STATIONS - 1; j++)
        for (int i = 0; i < AROUND; i++) {
            int here = first + j * AROUND + i, next = first + j * AROUND + (i + 1) % AROUND;

            reef_face_add(mesh, here, next, here + AROUND);
            reef_face_add(mesh, next, next + AROUND, here + AROUND);
        }
}

static void draw_fish(struct reef_mesh *mesh, const struct pose *pose, const struct fish *fish)
{
    static const float tail[][3] = {{0, 0, -0.34f},     {0, 0.03f, -0.37f},  {0, 0.19f, -0.56f},
                                    {0, 0.05f, -0.48f}, {0, -0.05f, -0.48f}, {0, -0.19f, -0.56f},
                                    {0, -0.03f, -0.37f}};
    static const float back[][3] = {
        {0, 0.10f, 0.16f}, {0, 0.27f, 0.03f}, {0, 0.24f, -0.12f}, {0, 0.08f, -0.25f}};
    static const float below[][3] = {{0, -0.09f, -0.02f}, {0, -0.24f, -0.12f}, {0, -0.07f, -0.26f}};
    static const float hand[][3] = {
        {0.06f, -0.03f, 0.16f}, {0.17f, -0.10f, 0.05f}, {0.07f, -0.08f, 0.05f}};
    static const float shark_back[][3] = {
        {0, 0.07f, 0.10f}, {0, 0.21f, -0.04f}, {0, 0.06f, -0.05f}};
    static const float shark_tail[][3] = {
        {0, 0.01f, -0.33f}, {0, 0.24f, -0.56f}, {0, 0.02f, -0.42f}, {0, -0.12f, -0.50f}};
    static const float shark_hand[2][3][3] = {
        {{0.07f, -0.03f, 0.16f}, {0.26f, -0.11f, 0.0f}, {0.07f, -0.03f, 0.05f}},
        {{-0.07f, -0.03f, 0.16f}, {-0.26f, -0.11f, 0.0f}, {-0.07f, -0.03f, 0.05f}}};

    body_of(mesh, pose, fish);
    if (fish->form == FORM_SHARK) {
        fin(mesh, pose, fish, shark_back, 3);
        fin(mesh, pose, fish, shark_tail, 4);
        fin(mesh, pose, fish, shark_hand[0], 3);
        fin(mesh, pose, fish, shark_hand[1], 3);
        return;
    }
    fin(mesh, pose, fish, tail, 7);
    fin(mesh, pose, fish, back, 4);
    fin(mesh, pose, fish, below, 3);
    fin(mesh, pose, fish, hand, 3);
}

/* A shell, a head and four flippers that row. */
static void draw_turtle(struct reef_mesh *mesh, const struct pose *pose, const struct fish *fish)
{
    enum { RINGS = 8, SIDES = 14 };
    struct pose stiff = *pose;
    int first = mesh->vertex_count;
    float row = sinf(pose->time);

    stiff.swing = 0;
    for (int j = 0; j <= RINGS; j++)
        for (int i = 0; i < SIDES; i++) {
            float a = 6.2831853f * (float)i / SIDES, b = 3.1415927f * (float)j / RINGS;
            float plate = 0.75f + 0.25f * cosf(5 * a) * cosf(6 * b);
            const float out[3] = {sinf(b) * cosf(a), cosf(b), sinf(b) * sinf(a)};
            const float point[3] = {
                0.30f * out[0], 0.14f * out[1] - (out[1] < 0 ? 0.05f * out[1] : 0), 0.36f * out[2]};
            int at = fish_vertex(mesh, &stiff, fish, point, out);

            for (int k = 0; k < 3; k++)
                mesh->vertices[at].color[k] *= out[1] < -0.1f ? 2.2f : plate;
        }
    for (int j = 0; j < RINGS; j++)
        for (int i = 0; i < SIDES; i++) {
            int here = first + j * SIDES + i, next = first + j * SIDES + (i + 1) % SIDES;

            reef_face_add(mesh, here, next, here + SIDES);
            reef_face_add(mesh, next, next + SIDES, here + SIDES);
        }
    for (int s = -1; s <= 1; s += 2) {
        float x = (float)s;
        const float arm[][3] = {{0.24f * x, -0.02f, 0.26f},
                                {0.48f * x, 0.10f * row, 0.24f},
                                {0.74f * x, 0.30f * row, 0.02f},
                                {0.42f * x, 0.08f * row, 0.08f},
                                {0.26f * x, -0.02f, 0.12f}};
        const float leg[][3] = {{0.16f * x, -0.02f, -0.28f},
                                {0.30f * x, -0.06f * row, -0.46f},
                                {0.12f * x, -0.02f, -0.36f}};

        fin(mesh, &stiff, fish, arm, 5);
        fin(mesh, &stiff, fish, leg, 3);
    }
    {
        const float head[][3] = {{-0.07f, 0, 0.33f}, {0, 0.06f, 0.36f}, {0.07f, 0, 0.33f},
                                 {0.075f, 0, 0.44f}, {0, 0.03f, 0.54f}, {-0.075f, 0, 0.44f}};

        fin(mesh, &stiff, fish, head, 6);
    }
}

/* One of the arms that trail below a jellyfish. */
static void draw_arm(struct reef_mesh *mesh, const struct pose *pose, const struct fish *fish,
                     int number)
{
    enum { ARMS = 10, JOINTS = 12 };
    float a = 6.2831853f * (float)number / ARMS, c = cosf(a), s = sinf(a), size = fish->length_m;

    for (int i = 0; i < 2 * JOINTS + 2; i++) {
        float t = (float)(i / 2) / JOINTS, edge = (float)(i % 2);
        float wave = 0.10f * t * sinf(pose->time - 6 * t + (float)number);
        float out = 0.33f * (1 - 0.35f * t) + wave + 0.018f * edge;
        struct reef_vertex vertex = {.normal = {c * 0.6f, 0.6f, s * 0.6f}};
        int at = 0;

        vertex.at[0] = pose->at[0] + size * (out * c + edge * 0.02f * s);
        vertex.at[1] = pose->at[1] - size * 1.7f * t * (0.7f + 0.1f * (float)(number % 4));
        vertex.at[2] = pose->at[2] + size * (out * s - edge * 0.02f * c);
        memcpy(vertex.color, fish->color, sizeof(vertex.color));
        at = reef_vertex_add(mesh, &vertex);
        if (i >= 2)
            reef_face_add(mesh, at, at - 1, at - 2);
    }
}

/* A bell that beats, and its arms. */
static void draw_jelly(struct reef_mesh *mesh, const struct pose *pose, const struct fish *fish)
{
    enum { RINGS = 8, SIDES = 16, ARMS = 10 };
    float beat = 0.5f + 0.5f * sinf(pose->time * 0.5f), size = fish->length_m;
    int first = mesh->vertex_count;

    for (int j = 0; j <= RINGS; j++)
        for (int i = 0; i < SIDES; i++) {
            float a = 6.2831853f * (float)i / SIDES, b = 1.75f * (float)j / RINGS;
            float wide = sinf(b) * (0.42f + 0.10f * beat * (float)j / RINGS);
            float rib = 0.8f + 0.5f * (float)(i % 2) * (float)j / RINGS;
            struct reef_vertex vertex = {.normal = {sinf(b) * cosf(a), cosf(b), sinf(b) * sinf(a)}};

            vertex.at[0] = pose->at[0] + size * wide * cosf(a);
            vertex.at[1] = pose->at[1] + size * (0.36f + 0.08f * (1 - beat)) * cosf(b);
            vertex.at[2] = pose->at[2] + size * wide * sinf(a);
            for (int k = 0; k < 3; k++)
                vertex.color[k] = fish->color[k] * rib;
            reef_vertex_add(mesh, &vertex);
        }
    for (int i = 0; i < RINGS * SIDES; i++) {
        int next = i % SIDES == SIDES - 1 ? i + 1 - SIDES : i + 1;

        reef_face_add(mesh, first + i, first + next, first + i + SIDES);
        reef_face_add(mesh, first + next, first + next + SIDES, first + i + SIDES);
    }
    for (int i = 0; i < ARMS; i++)
        draw_arm(mesh, pose, fish, i);
}

void reef_swim(struct reef *reef, float time_s)
{
    reef_mesh_clear(&reef->shoal);
    for (int i = 0; i < reef->fish_count; i++) {
        const struct fish *fish = &reef->fish[i];
        struct pose pose;

        pose_fish(reef, fish, time_s, &pose);
        reef_object_new(&reef->shoal, fish->coat);
        if (fish->form == FORM_TURTLE)
            draw_turtle(&reef->shoal, &pose, fish);
        else if (fish->form == FORM_JELLYFISH)
            draw_jelly(&reef->shoal, &pose, fish);
        else
            draw_fish(&reef->shoal, &pose, fish);
    }
    reef_mesh_bound(&reef->shoal);
}

/* A school ahead of the camera: `ahead` and `off` in meters, `up` over the ground. */
static struct school *add_school(struct reef *reef, int number, const float where[3],
                                 const float wide[2], struct dice *dice)
{
    struct school *school = &reef->schools[number];

    school->middle[0] = reef->axis[0] + where[0] * reef->way[0] + where[1] * reef->way[1];
    school->middle[2] = reef->axis[1] + where[0] * reef->way[1] - where[1] * reef->way[0];
    school->middle[1] = -reef->depth_m + where[2];
    school->wide[0] = wide[0];
    school->wide[1] = wide[1];
    school->tall = 0.25f;
    school->turn =
        atan2f(reef->way[0], reef->way[1]) + 1.5707963f + dice_between(dice, -0.5f, 0.5f);
    school->phase = dice_between(dice, 0, 6.2831853f);
    return school;
}

static struct fish *add_fish(struct reef *reef, int school, float length_m, struct dice *dice)
{
    struct fish *fish = &reef->fish[reef->fish_count < FISH_MAX ? reef->fish_count : FISH_MAX - 1];

    if (reef->fish_count < FISH_MAX)
        reef->fish_count++;
    *fish = (struct fish){.school = school,
                          .length_m = length_m * dice_between(dice, 0.85f, 1.15f),
                          .beat = dice_between(dice, 1.6f, 2.4f),
                          .phase = dice_between(dice, 0, 6.2831853f),
                          .delay_s = dice_between(dice, 0, 0.8f)};
    return fish;
}

/* A shoal of many, loose at its rim. */
static void add_shoal(struct reef *reef, struct dice *dice)
{
    const float where[3] = {dice_between(dice, 6, 8.5f), dice_between(dice, -1, 1),
                            dice_between(dice, 2.6f, 3.6f)};
    const float wide[2] = {4.2f, 1.4f};
    struct school *school = add_school(reef, 0, where, wide, dice);

    school->per_s = 0.030f;
    for (int i = 0; i < SHOAL; i++) {
        struct fish *fish = add_fish(reef, 0, 0.26f, dice);
        float a = dice_between(dice, 0, 6.2831853f), r = sqrtf(dice_between(dice, 0, 1));

        fish->offset[0] = 1.7f * r * cosf(a);
        fish->offset[1] = 0.75f * r * sinf(a * 1.7f + (float)i);
        fish->offset[2] = 1.7f * r * sinf(a);
        fish->delay_s = 0.5f * (fish->offset[0] * reef->way[1] - fish->offset[2] * reef->way[0]);
        fish->coat = COAT_SILVER;
        for (int k = 0; k < 3; k++)
            fish->color[k] = 0.92f + 0.03f * (float)k;
    }
}

/* Fish that keep to the reef by themselves. */
static void add_strays(struct reef *reef, struct dice *dice)
{
    static const float colors[][3] = {{0.80f, 0.22f, 0.02f},
                                      {0.80f, 0.62f, 0.04f},
                                      {0.05f, 0.16f, 0.65f},
                                      {0.45f, 0.10f, 0.45f},
                                      {0.75f, 0.70f, 0.60f}};

    for (int s = 1; s <= 3; s++) {
        const float where[3] = {dice_between(dice, 2.4f, 5), dice_between(dice, -2.2f, 2.2f),
                                dice_between(dice, 0.8f, 2.2f)};
        const float wide[2] = {1.3f, 0.6f};
        int kind = (int)(dice_next(dice) >> 9) % 5 & 7;

        add_school(reef, s, where, wide, dice)->per_s = 0.028f;
        for (int i = 0; i < STRAYS / 3; i++) {
            struct fish *fish = add_fish(reef, s, 0.13f, dice);

            for (int k = 0; k < 3; k++)
                fish->offset[k] = dice_between(dice, -0.7f, 0.7f) * (k == 1 ? 0.5f : 1);
            memcpy(fish->color, colors[kind], sizeof(fish->color));
            fish->delay_s = dice_between(dice, 0, 4);
            fish->coat = kind == 0 ? COAT_BARS : kind == 1 || kind == 4 ? COAT_BANDS : COAT_SILVER;
        }
    }
}

/* What the forms of fish are like. */
struct breed {
    float length_m, far, up_m, speed_m_s, beat;
    enum reef_coat coat;
    float color[3];
};

static const struct breed *breed_of(enum subject_form form)
{
    static const struct breed usual = {
        0.32f, 3.2f, 2.0f, 0.45f, 2.0f, COAT_BARS, {0.85f, 0.24f, 0.02f}};
    static const struct breed koi = {
        0.45f, 2.8f, 1.5f, 0.40f, 1.3f, COAT_SILVER, {0.90f, 0.30f, 0.06f}};
    static const struct breed shark = {
        2.4f, 2.3f, 1.9f, 1.0f, 0.5f, COAT_SHARK, {0.20f, 0.23f, 0.26f}};
    static const struct breed turtle = {
        0.9f, 2.6f, 1.9f, 0.45f, 0.35f, COAT_PLAIN, {0.34f, 0.30f, 0.12f}};
    static const struct breed jelly = {
        0.55f, 3.4f, 2.3f, 0.15f, 0.6f, COAT_GLASS, {0.80f, 0.50f, 0.66f}};

    return form == FORM_KOI         ? &koi
           : form == FORM_SHARK     ? &shark
           : form == FORM_TURTLE    ? &turtle
           : form == FORM_JELLYFISH ? &jelly
                                    : &usual;
}

/* The fish that the words ask for: near, in the middle, one path for all of a kind. */
static void add_subject(struct reef *reef, const struct subject *subject, int number,
                        float half_width, struct dice *dice)
{
    const struct breed *breed = breed_of(subject->form);
    float far = breed->length_m * breed->far + 0.9f + 0.22f * (float)subject->count;
    const float where[3] = {far, 0, breed->up_m};
    const float wide[2] = {0.58f * half_width * far, 0.14f * far};
    struct school *school = add_school(reef, 4 + number % 2, where, wide, dice);

    school->per_s = breed->speed_m_s / (6.2831853f * wide[0]);
    school->phase = dice_between(dice, -0.9f, -0.4f);
    school->tall = 0.12f;
    for (int i = 0; i < subject->count; i++) {
        struct fish *fish = add_fish(reef, 4 + number % 2, breed->length_m, dice);
        float row = (float)i - 0.5f * (float)(subject->count - 1);

        fish->form = subject->form;
        fish->coat = breed->coat;
        if (subject->is_colored && fish->coat == COAT_BARS)
            fish->coat = COAT_SILVER;
        fish->beat = breed->beat;
        fish->delay_s = 0.8f * row * breed->length_m / breed->speed_m_s;
        for (int k = 0; k < 3; k++)
            fish->offset[k] = breed->length_m * 0.8f * dice_between(dice, -1, 1);
        memcpy(fish->color, subject->is_colored ? subject->color : breed->color,
               sizeof(fish->color));
    }
}

void reef_stock(struct reef *reef, const struct scene *scene, const struct camera *camera)
{
    struct dice dice = {scene->seed ^ 0xf15bu};
    int asked = 0;

    for (int i = 0; i < scene->subject_count; i++)
        if (scene->subjects[i].kind == SUBJECT_FISH)
            add_subject(reef, &scene->subjects[i], asked++, camera->half_width, &dice);
    add_strays(reef, &dice);
    add_shoal(reef, &dice);
}
