/* SPDX-License-Identifier: Apache-2.0 */
/* Flying cars of a city of the future: lanes in the air over its river, one above the other. */
#include <math.h>

#include "workers/diorama/fx/fx_impl.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/town/town.h"

#define APART_M 46.0f
#define SPEED_M_S 24.0f
#define FROM_M 90.0f
#define NEAREST_M 70.0f /* nearer ones would show how plain they are */
#define BODY_M 5.2f

enum { LANES = 8, CARS = 30 };

bool fx_has_traffic(const struct frame *frame)
{
    return frame->town && !frame->town->is_street && frame->world->scene->futuristic;
}

/* Where the `number`th car of a lane is, and which way along z it flies. */
static float car_at(const struct fx_pass *pass, int lane, int number, float place[3])
{
    uint32_t salt = (uint32_t)pass->fx->scene->seed + (uint32_t)lane * 77u;
    float way = lane & 1 ? 1.0f : -1.0f, length = APART_M * CARS;
    float at = APART_M * ((float)number + 0.7f * noise_hash(number, 3, salt)) / length;

    at += way * SPEED_M_S * pass->time_s / length * (0.9f + 0.2f * noise_hash(lane, 4, salt));
    place[2] = FROM_M + length * (at - floorf(at));
    place[0] = way * (13.0f + 5.5f * (float)(lane / 2)) + 3 * sinf(0.004f * place[2] + (float)lane);
    place[1] = 70.0f + 20.0f * (float)(lane / 2) + 3 * sinf(0.006f * place[2] + 2 * (float)lane);
    place[1] += 1.5f * noise_hash(number, 5, salt);
    return way;
}

/* A light at one end of a car, and the air that glows about it. */
static void add_lamp(struct splats *splats, const float place[3], const float color[3], float level)
{
    struct splat_look look = {.radius_m = 0.6f};

    for (int k = 0; k < 3; k++)
        look.color[k] = color[k] * level;
    splats_add(splats, place, place, &look);
    look.radius_m = 2.4f;
    for (int k = 0; k < 3; k++)
        look.color[k] *= 0.08f;
    splats_add(splats, place, place, &look);
}

static void add_car(struct splats *splats, const float place[3], float way, float away_m)
{
    static const float white[3] = {0.9f, 0.95f, 1.0f}, red[3] = {1.0f, 0.12f, 0.06f};
    const struct fx_pass *pass = splats->pass;
    const struct town *town = pass->frame->town;
    const struct sky *sky = &pass->frame->world->sky;
    float clear = expf(-1.1f * away_m * town->fog_per_m);
    float come = smooth_f(NEAREST_M, 1.6f * NEAREST_M, away_m) *
                 smooth_f(FROM_M, FROM_M + 60, place[2]) *
                 (1 - smooth_f(FROM_M + APART_M * CARS - 120, FROM_M + APART_M * CARS, place[2]));
    float tail[3] = {place[0], place[1], place[2] - way * BODY_M};
    struct splat_look body = {.radius_m = 0.9f, .cover = 0.9f * come};

    for (int k = 0; k < 3; k++)
        body.color[k] =
            lerp_f(town->fog_color[k], 0.10f * (sky->ambient_away[k] + sky->ambient_sun[k]), clear);
    splats_add(splats, tail, place, &body);
    add_lamp(splats, way < 0 ? place : tail, way < 0 ? white : red,
             pass->fx->level * come * clear * lerp_f(0.7f, 2.6f, town->night));
}

void fx_add_traffic(struct splats *splats)
{
    const float *eye = splats->pass->frame->view.eye;

    for (int lane = 0; lane < LANES; lane++)
        for (int i = 0; i < CARS; i++) {
            float place[3], way = car_at(splats->pass, lane, i, place);
            float away = hypotf(place[0] - eye[0], place[2] - eye[2]);

            if (away > NEAREST_M)
                add_car(splats, place, way, away);
        }
}
