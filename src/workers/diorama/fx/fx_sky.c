/* SPDX-License-Identifier: Apache-2.0 */
/* Fireworks and lightning. */
#include <math.h>

#include "workers/diorama/body/cast.h"
#include "workers/diorama/fx/fx_impl.h"
#include "workers/diorama/noise.h"

#define TAU 6.2831853f
#define FIRST_BURST_S 0.5f
#define BURST_EVERY_S 0.32f
#define RISE_S 1.5f
#define GRAVITY 9.81f
#define STRIKE_EVERY_S 2.9f
#define STRIKE_SEEN_S 0.75f

#define SMOKE_S 3.2f

enum {
    SHELL_PEONY,
    SHELL_TRAILS,
    SHELL_WILLOW,
    SHELL_RING,
    SHELL_SATURN,  /* a peony with a ring about it */
    SHELL_PALM,    /* few thick arms */
    SHELL_CRACKLE, /* ends in sparkles */
    SHELL_KINDS
};
enum {
    STARS = 132,
    PALM_ARMS = 16,
    SMOKE_PUFFS = 3,
    TRAIL_STEPS = 6,
    BOLT_STEPS = 64,
    BRANCHES = 6,
    BRANCH_STEPS = 20
};

struct shell {
    float place[3];
    float burst_s, reach_m, life_s, drag;
    float color[2][3];
    int kind;
    uint32_t salt;
};

float fx_burst_s(const struct scene *scene, int number)
{
    return FIRST_BURST_S +
           BURST_EVERY_S * ((float)number + 0.8f * noise_hash(number, 1, (uint32_t)scene->seed));
}

void fx_view_at(const struct fx_pass *pass, float time_s, struct view *view)
{
    const struct fx *fx = pass->fx;
    float pace = cast_seconds(fx->scene, 1);

    camera_view(fx->camera, pass->frame->world,
                (int)(time_s / pace * (float)fx->camera->fps + 0.5f), view);
    view->pixel *= (float)fx->camera->width / (float)pass->frame->out_width;
}

void fx_place_seen(const struct fx_pass *pass, const struct view *view, const float at[2],
                   float distance_m, float place[3])
{
    float run = at[0] * 0.5f * (float)pass->frame->out_width * view->pixel;
    float rise = at[1] * 0.5f * (float)pass->frame->out_height * view->pixel + view->shift;

    place[0] = view->eye[0] + distance_m * (view->forward[0] + run * view->right[0]);
    place[1] = view->eye[1] + distance_m * rise;
    place[2] = view->eye[2] + distance_m * (view->forward[1] + run * view->right[1]);
}

static void make_shell(const struct fx_pass *pass, int number, struct shell *shell)
{
    static const float palette[][3] = {
        {1.0f, 0.16f, 0.10f}, {1.0f, 0.62f, 0.22f}, {0.25f, 0.95f, 0.30f}, {0.25f, 0.45f, 1.0f},
        {0.85f, 0.25f, 1.0f}, {1.0f, 0.92f, 0.80f}, {0.20f, 0.85f, 0.95f}, {1.0f, 0.35f, 0.55f}};
    const struct scene *scene = pass->fx->scene;
    struct dice dice = {scene->seed * 31 + (uint64_t)number * 0x9e3779b97f4a7c15u};
    bool street = scene->place == PLACE_STREET;
    float distance = FX_SHELL_DISTANCE_M, half, at[2];
    struct view view;

    if (scene->place == PLACE_SKYLINE)
        distance *= 4.0f;
    shell->burst_s = fx_burst_s(scene, number);
    fx_view_at(pass, shell->burst_s, &view);
    half = 0.5f * view.pixel *
           (float)(pass->frame->out_width > pass->frame->out_height ? pass->frame->out_height
                                                                    : pass->frame->out_width);
    at[0] = dice_between(&dice, -0.75f, 0.75f) * (street ? 0.4f : 1.0f);
    at[1] = dice_between(&dice, 0.40f, 0.85f);
    distance *= dice_between(&dice, 0.85f, 1.25f);
    fx_place_seen(pass, &view, at, distance, shell->place);
    shell->kind = (int)(dice_between(&dice, 0, 0.999f) * SHELL_KINDS);
    shell->reach_m = distance * half * dice_between(&dice, 0.38f, 0.68f);
    shell->life_s = shell->kind == SHELL_WILLOW ? 3.2f : dice_between(&dice, 1.7f, 2.3f);
    shell->drag = shell->kind == SHELL_WILLOW ? 1.5f : 2.1f;
    shell->salt = (uint32_t)dice_next(&dice);
    for (int i = 0; i < 2; i++) {
        const float *color = palette[(int)(dice_between(&dice, 0, 7.99f))];

        if (shell->kind == SHELL_WILLOW)
            color = palette[1];
        for (int k = 0; k < 3; k++)
            shell->color[i][k] = color[k];
    }
}

/* A ring has a small ball of its second color in the middle. */
static bool is_pistil(const struct shell *shell, int star)
{
    return shell->kind == SHELL_RING && star % 3 == 0;
}

/* Where a star is at an age. */
static void star_at(const struct shell *shell, int star, float age, float place[3])
{
    float up = 1 - 2 * ((float)star + 0.5f) / STARS, turn = 2.39996f * (float)star;
    float level = sqrtf(1 - up * up), speed = 0.88f + 0.24f * noise_hash(star, 2, shell->salt);
    float gone = (1 - expf(-shell->drag * age)) * shell->reach_m * speed;
    float drop = GRAVITY / shell->drag * (age - (1 - expf(-shell->drag * age)) / shell->drag);
    float direction[3] = {level * cosf(turn), up, level * sinf(turn)};

    if (is_pistil(shell, star)) {
        gone *= 0.42f;
    } else if (shell->kind == SHELL_RING || (shell->kind == SHELL_SATURN && star % 3 == 0)) {
        float tilt = 6 * noise_hash(1, 3, shell->salt);
        float a = TAU * (float)star / STARS;

        gone = (1 - expf(-shell->drag * age)) * shell->reach_m *
               (shell->kind == SHELL_SATURN ? 1.45f : 1);
        direction[0] = cosf(a) * cosf(tilt);
        direction[1] = sinf(a);
        direction[2] = cosf(a) * sinf(tilt);
    }
    drop *= shell->reach_m / 45; /* large ones are far: as slow as they look */
    for (int k = 0; k < 3; k++)
        place[k] = shell->place[k] + gone * direction[k];
    place[1] -= drop;
}

/* How bright a star is: it fades, twinkles at the end, or flashes when it will. */
static float star_glow(const struct shell *shell, int star, float age)
{
    float left = 1 - age / shell->life_s;

    if (shell->kind == SHELL_CRACKLE && left < 0.45f)
        return 9 * (noise_hash(star, (int)(age * 24), shell->salt) > 0.86f);
    /* While they are close together they would be one white spot. */
    return 4.8f * powf(left, 0.9f) * (0.3f + 0.7f * smooth_f(0, 0.35f, age)) *
           (left < 0.4f ? 0.65f + 0.35f * sinf(31 * age + (float)star * 2.1f) : 1);
}

static void add_stars(struct splats *splats, const struct shell *shell, float age)
{
    static const float lengths[SHELL_KINDS] = {
        [SHELL_TRAILS] = 0.38f, [SHELL_PALM] = 0.38f, [SHELL_WILLOW] = 0.75f};
    bool is_palm = shell->kind == SHELL_PALM, trails = lengths[shell->kind] > 0;
    int every = is_palm ? STARS / PALM_ARMS : 1, steps = trails ? TRAIL_STEPS : 2;
    float length = trails ? lengths[shell->kind] : 0.10f;
    float hot = (shell->kind == SHELL_RING ? 0.2f : 0.7f) * expf(-7 * age);

    for (int star = 0; star < STARS; star += every) {
        float glow = splats->pass->fx->level * star_glow(shell, star, age), from[3], to[3];

        star_at(shell, star, age, to);
        for (int step = 1; step <= steps; step++) {
            float back = length * (float)step / (float)steps,
                  fade = 1 - (float)(step - 1) / (float)steps;
            struct splat_look look = {.radius_m = shell->reach_m * (is_palm ? 0.030f : 0.015f),
                                      .is_mirrored = step == 1};
            const float *color = shell->color[is_pistil(shell, star) || star % 5 == 0];

            if (age - back < 0)
                break;
            star_at(shell, star, age - back, from);
            for (int k = 0; k < 3; k++)
                look.color[k] = glow * fade * fade * (color[k] + hot);
            splats_add(splats, from, to, &look);
            for (int k = 0; k < 3; k++)
                to[k] = from[k];
        }
    }
}

/* The shell on its way up. */
static void add_rise(struct splats *splats, const struct shell *shell, float before)
{
    float level = splats->pass->fx->level;

    for (int i = 0; i < 14; i++) {
        float at = before + 0.035f * (float)i, next = at + 0.035f;
        float from[3] = {shell->place[0], shell->place[1], shell->place[2]}, to[3];
        float glow = level * 1.1f * (1 - (float)i / 14) * fminf(before / RISE_S + 0.35f, 1);
        struct splat_look look = {.radius_m = shell->reach_m * 0.010f,
                                  .color = {glow, 0.62f * glow, 0.30f * glow}};

        if (next > RISE_S)
            break;
        for (int k = 0; k < 3; k++)
            to[k] = from[k];
        from[1] -= 1.5f * shell->reach_m * (at + 0.35f * at * at);
        to[1] -= 1.5f * shell->reach_m * (next + 0.35f * next * next);
        splats_add(splats, from, to, &look);
    }
}

/* The glow about a burst, in the air and on all that stands below it. */
static void add_glow(struct splats *splats, struct fx_pass *pass, const struct shell *shell,
                     float age)
{
    const float *eye = pass->frame->view.eye;
    float flash = expf(-9 * age) + 0.30f * fmaxf(1 - age / shell->life_s, 0), far = 0;
    struct fx_light light;
    struct splat_look look = {.radius_m = shell->reach_m * 1.9f};

    for (int k = 0; k < 3; k++) {
        far += (shell->place[k] - eye[k]) * (shell->place[k] - eye[k]);
        look.color[k] = pass->fx->level * 0.085f * flash * (shell->color[0][k] + 0.12f);
    }
    splats_add(splats, shell->place, shell->place, &look);
    look.radius_m = shell->reach_m * 0.22f;
    for (int k = 0; k < 3; k++)
        look.color[k] = pass->fx->level * 4 * expf(-14 * age);
    splats_add(splats, shell->place, shell->place, &look);
    light = (struct fx_light){.place = {shell->place[0], shell->place[1], shell->place[2]},
                              .reach_m = 6 * sqrtf(far),
                              .soft_m = 0.7f * sqrtf(far)};
    for (int k = 0; k < 3; k++)
        light.color[k] = pass->fx->level * 2.6f * flash * far * (shell->color[0][k] + 0.1f);
    fx_add_light(pass, &light);
}

/* What is left of a shell: smoke that drifts off, and shows while others light it. */
static void add_smoke(struct splats *splats, const struct shell *shell, float age)
{
    const struct fx *fx = splats->pass->fx;
    float lit = expf(-1.6f * age), wind = (4 + 14 * fx->scene->wind) * shell->reach_m / 45;

    for (int i = 0; i < SMOKE_PUFFS; i++) {
        struct splat_look look = {.radius_m = shell->reach_m * (0.35f + 0.16f * age),
                                  .cover = 0.16f * smooth_f(0, 0.5f, age) *
                                           (1 - smooth_f(0.4f * SMOKE_S, SMOKE_S, age)),
                                  .is_soft = true};
        float place[3];

        for (int k = 0; k < 3; k++) {
            place[k] = shell->place[k] +
                       0.9f * shell->reach_m * (noise_hash(i, 20 + k, shell->salt) - 0.5f);
            look.color[k] = fx->level * (0.035f + 0.20f * lit * (0.4f + shell->color[0][k]));
        }
        place[0] += wind * age * 0.3f;
        if (look.cover > 0.01f)
            splats_add(splats, place, place, &look);
    }
}

void fx_add_fireworks(struct splats *splats, struct fx_pass *pass)
{
    float t = pass->time_s;
    int first = (int)((t - 5) / BURST_EVERY_S);

    for (int number = first > 0 ? first : 0;; number++) {
        struct shell shell;
        float age = t - fx_burst_s(pass->fx->scene, number);

        if (age < -RISE_S - BURST_EVERY_S)
            break;
        if (age > SMOKE_S)
            continue;
        make_shell(pass, number, &shell);
        if (age < 0 && age > -RISE_S)
            add_rise(splats, &shell, -age);
        if (age > 0)
            add_smoke(splats, &shell, age);
        if (age < 0 || age >= shell.life_s)
            continue;
        add_stars(splats, &shell, age);
        add_glow(splats, pass, &shell, age);
    }
}

static struct fx_strike strike_of(const struct scene *scene, int number)
{
    uint32_t salt = (uint32_t)scene->seed ^ 0x626f6c74u;

    return (struct fx_strike){0.6f + STRIKE_EVERY_S *
                                         ((float)number + 0.7f * noise_hash(number, 1, salt)),
                              lerp_f(900, 3200, noise_hash(number, 2, salt))};
}

struct fx_strike fx_next_strike(const struct scene *scene, float from_s)
{
    int number = (int)fmaxf((from_s - 0.6f) / STRIKE_EVERY_S - 1, 0);
    struct fx_strike strike = strike_of(scene, number);

    while (strike.time_s < from_s)
        strike = strike_of(scene, ++number);
    return strike;
}

/* A crooked streak between two places. */
static void add_streak(struct splats *splats, const float from[3], const float to[3], int steps,
                       const struct splat_look *look, uint32_t salt)
{
    float length = hypotf(hypotf(to[0] - from[0], to[1] - from[1]), to[2] - from[2]);
    float was[3] = {from[0], from[1], from[2]};

    for (int i = 1; i <= steps; i++) {
        float at = (float)i / (float)steps, is[3], bend = at * (1 - at) * 4;

        for (int k = 0; k < 3; k++) {
            float far = noise_tiled(at * 3 + (float)k * 7, 0.5f, 64, salt);
            float mid = noise_tiled(at * 9 + (float)k * 5, 0.5f, 64, salt + 1);
            float near = noise_tiled(at * 31 + (float)k * 3, 0.5f, 64, salt + 2);

            is[k] = lerp_f(from[k], to[k], at) +
                    length * (k == 1 ? 0.3f : 1.0f) *
                        (0.13f * far * bend + 0.07f * mid * fminf(bend * 2, 1) + 0.022f * near);
        }
        splats_add(splats, was, is, look);
        for (int k = 0; k < 3; k++)
            was[k] = is[k];
    }
}

static void add_bolt(struct splats *splats, const float top[3], const float foot[3], float glow,
                     float distance_m, uint32_t salt)
{
    struct splat_look halo = {.radius_m = 0.020f * distance_m,
                              .color = {0.050f * glow, 0.055f * glow, 0.085f * glow}};
    struct splat_look core = {.radius_m = 0.0021f * distance_m,
                              .color = {0.85f * glow, 0.9f * glow, 1.1f * glow}};

    add_streak(splats, top, foot, BOLT_STEPS, &halo, salt);
    add_streak(splats, top, foot, BOLT_STEPS, &core, salt);
    for (int i = 0; i < BRANCHES; i++) {
        float at = 0.12f + 0.7f * noise_hash(i, 4, salt), from[3], to[3];
        float side = noise_hash(i, 5, salt) - 0.5f;
        struct splat_look thin = core;

        thin.radius_m *= 0.55f;
        for (int k = 0; k < 3; k++) {
            thin.color[k] *= 0.45f;
            from[k] = lerp_f(top[k], foot[k], at);
        }
        to[0] = from[0] + side * 0.55f * distance_m;
        to[1] = from[1] - (0.10f + 0.22f * noise_hash(i, 6, salt)) * distance_m;
        to[2] = from[2] + (noise_hash(i, 7, salt) - 0.5f) * 0.3f * distance_m;
        add_streak(splats, from, to, BRANCH_STEPS, &thin, salt + 10 + (uint32_t)i);
    }
}

void fx_add_lightning(struct splats *splats, struct fx_pass *pass)
{
    const struct scene *scene = pass->fx->scene;
    struct fx_strike strike = fx_next_strike(scene, pass->time_s - STRIKE_SEEN_S);
    float age = pass->time_s - strike.time_s, glow, place[2], top[3], foot[3];
    uint32_t salt = (uint32_t)(strike.time_s * 977) ^ (uint32_t)scene->seed;
    struct view view;

    if (age < 0)
        return;
    glow = expf(-age * 13);
    if (age > 0.10f)
        glow += 0.75f * expf(-(age - 0.10f) * 14);
    if (age > 0.24f)
        glow += 0.5f * expf(-(age - 0.24f) * 9);
    fx_view_at(pass, strike.time_s, &view);
    place[0] = 1.5f * (noise_hash(1, 8, salt) - 0.5f);
    place[1] = 0.92f;
    fx_place_seen(pass, &view, place, strike.distance_m, top);
    place[0] += 0.3f * (noise_hash(1, 9, salt) - 0.5f);
    fx_place_seen(pass, &view, place, strike.distance_m, foot);
    foot[1] = view.eye[1] - 60;
    pass->flash = 0.9f * glow * pass->fx->level;
    pass->flash_at[0] = place[0] * 0.5f * (float)pass->frame->out_width * view.pixel;
    pass->flash_at[1] = 0.8f * 0.5f * (float)pass->frame->out_height * view.pixel + view.shift;
    if (glow > 0.12f)
        add_bolt(splats, top, foot, 4.5f * fminf(glow, 1.2f) * pass->fx->level, strike.distance_m,
                 salt);
}
