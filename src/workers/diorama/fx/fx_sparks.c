/* SPDX-License-Identifier: Apache-2.0 */
/* Sparks that fly and bounce, and shooting stars. */
#include <math.h>

#include "workers/diorama/fx/fx_impl.h"
#include "workers/diorama/noise.h"

#define TAU 6.2831853f
#define SHUTTER_S 0.022f
#define GRAVITY 9.81f
#define BOUNCE 0.38f
#define METEOR_EVERY_S 0.9f
#define METEOR_LEAST_S 0.35f
#define METEOR_FAR_M 20000.0f

enum { SPARKS = 420, METEOR_STEPS = 10 };

struct spark {
    float place[3], velocity[3];
    float life_s;
};

static float lot(const struct fx_pass *pass, int i, int which)
{
    return noise_hash(i, which, (uint32_t)pass->fx->scene->seed ^ 0x51a7u);
}

/* The `i`th spark as it leaves. */
static void spark_begin(const struct fx_pass *pass, int i, struct spark *spark)
{
    float turn = TAU * lot(pass, i, 1), lean = 1.2f * sqrtf(lot(pass, i, 2));
    float speed = (2.0f + 4.5f * lot(pass, i, 3)) * sqrtf(pass->fx->spark_scale);

    for (int k = 0; k < 3; k++)
        spark->place[k] = pass->fx->spark[k];
    spark->velocity[0] = speed * sinf(lean) * cosf(turn);
    spark->velocity[1] = speed * cosf(lean);
    spark->velocity[2] = speed * sinf(lean) * sinf(turn);
    spark->life_s = (0.55f + 1.0f * lot(pass, i, 4)) * sqrtf(pass->fx->spark_scale);
}

/* Where it is at an age: thrown, then bouncing off the ground. */
static void spark_at(const struct fx_pass *pass, const struct spark *spark, float age, float to[3])
{
    float floor_m = pass->fx->spark[1] - pass->fx->spark_rise_m;
    float up = spark->velocity[1], high = pass->fx->spark_rise_m, left = age, flat = 1, run = 0;

    for (int hop = 0; hop < 3; hop++) {
        float lands = (up + sqrtf(up * up + 2 * GRAVITY * high)) / GRAVITY;

        if (left < lands)
            break;
        left -= lands;
        run += flat * lands;
        up = BOUNCE * (GRAVITY * lands - up);
        high = 0;
        flat *= 0.6f;
    }
    run += flat * left;
    to[0] = spark->place[0] + spark->velocity[0] * run;
    to[1] = floor_m + fmaxf(high + up * left - 0.5f * GRAVITY * left * left, 0);
    to[2] = spark->place[2] + spark->velocity[2] * run;
}

void fx_add_sparks(struct splats *splats, struct fx_pass *pass)
{
    const struct fx *fx = pass->fx;
    float pulse = fx_flicker(3 * pass->time_s, 1) * fx_flicker(7 * pass->time_s, 2);
    struct splat_look glow = {.radius_m = 0.18f * fx->spark_scale};
    struct fx_light light = {.reach_m = 11 * fx->spark_scale, .soft_m = 0.6f};

    for (int i = 0; i < SPARKS; i++) {
        struct splat_look look = {.radius_m = 0.007f * fx->spark_scale};
        struct spark spark;
        float at, age, left, hot, from[3], to[3];
        int turn;

        spark_begin(pass, i, &spark);
        at = pass->time_s / spark.life_s + lot(pass, i, 0);
        turn = (int)floorf(at);
        age = (at - floorf(at)) * spark.life_s;
        spark_begin(pass, i + SPARKS * (1 + turn % 64), &spark);
        if (age > spark.life_s)
            continue;
        left = 1 - age / spark.life_s;
        hot = fx->level * 5.5f * left * (0.5f + 0.5f * lot(pass, i, 5));
        look.color[0] = hot;
        look.color[1] = hot * (0.28f + 0.5f * left * left);
        look.color[2] = hot * 0.5f * left * left * left;
        spark_at(pass, &spark, fmaxf(age - SHUTTER_S, 0), from);
        spark_at(pass, &spark, age, to);
        splats_add(splats, from, to, &look);
    }
    for (int k = 0; k < 3; k++) {
        float tint = k == 0 ? 1.0f : k == 1 ? 0.82f : 0.55f;

        glow.color[k] = fx->level * 1.6f * pulse * tint;
        light.place[k] = fx->spark[k];
        light.color[k] = fx->level * 9 * pulse * tint * fx->spark_scale * fx->spark_scale *
                         lerp_f(0.05f, 1, fx_darkness(fx->scene));
    }
    splats_add(splats, fx->spark, fx->spark, &glow);
    fx_add_light(pass, &light);
}

/* The `number`th shooting star: where it starts and ends in the picture, -1 to 1. */
static void meteor_way(const struct fx_pass *pass, int number, float from[2], float to[2])
{
    float turn = 0.35f + 0.5f * lot(pass, number, 11);
    float long_by = 0.25f + 0.5f * lot(pass, number, 12);
    float side = lot(pass, 1, 13) < 0.5f ? -1.0f : 1.0f; /* all come from one part of the sky */

    from[0] = 1.6f * lot(pass, number, 14) - 0.8f - side * 0.3f;
    from[1] = 0.55f + 0.5f * lot(pass, number, 15);
    to[0] = from[0] + side * long_by * cosf(turn);
    to[1] = from[1] - long_by * sinf(turn);
}

void fx_add_meteors(struct splats *splats)
{
    const struct fx_pass *pass = splats->pass;
    int newest = (int)floorf(pass->time_s / METEOR_EVERY_S);

    for (int number = newest - 2; number <= newest; number++) {
        float start = METEOR_EVERY_S * ((float)number + 0.8f * lot(pass, number, 16));
        float life = METEOR_LEAST_S + 0.4f * lot(pass, number, 17);
        float age = (pass->time_s - start) / life, begin[2], end[2], bright, wide;
        struct view view;
        float strength = 0.35f + lot(pass, number, 18);

        if (age < 0 || age > 1.6f)
            continue;
        fx_view_at(pass, start, &view);
        meteor_way(pass, number, begin, end);
        bright = pass->fx->level * 3.2f * strength * smooth_f(0, 0.3f, age) *
                 (1 - smooth_f(0.7f, 1.6f, age));
        wide = METEOR_FAR_M * pass->frame->view.pixel * (float)pass->frame->out_width / 1280;
        for (int i = 0; i < METEOR_STEPS; i++) {
            float back = (float)i / METEOR_STEPS, head = fminf(age, 1) - 0.45f * back;
            float tail = head - 0.45f / METEOR_STEPS, fade = (1 - back) * (1 - back), at[2];
            struct splat_look look = {.radius_m = wide * (1.7f - back)};
            float from[3], to[3];

            if (tail < 0)
                break;
            for (int a = 0; a < 2; a++)
                at[a] = lerp_f(begin[a], end[a], head);
            fx_place_seen(pass, &view, at, METEOR_FAR_M, to);
            for (int a = 0; a < 2; a++)
                at[a] = lerp_f(begin[a], end[a], tail);
            fx_place_seen(pass, &view, at, METEOR_FAR_M, from);
            look.color[0] = bright * fade * (0.75f + 0.25f * back);
            look.color[1] = bright * fade;
            look.color[2] = bright * fade * (1 - 0.3f * back);
            splats_add(splats, from, to, &look);
        }
    }
}
