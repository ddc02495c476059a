/* SPDX-License-Identifier: Apache-2.0 */
/* Where things burn: on level ground that a drawn frame shows. */
#include <math.h>
#include <string.h>

#include "workers/diorama/fx/fx_impl.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/town/town.h"

#define SKY_DEPTH 1e7f
#define SPARKS_M 4.5f
#define RAISE 0.42f       /* of half the picture's height */
#define RAISED_MOST 0.45f /* the horizon keeps at least a quarter from the lower edge */
#define TAU 6.2831853f

enum { GRID_STEP = 2 };

/* Where a sample lies; false for sky. */
static bool place_at(const struct frame *frame, int x, int y, float place[3])
{
    const struct view *view = &frame->view;
    float wide = view->pixel * (float)frame->out_width / (float)frame->width;
    float tall = view->pixel * (float)frame->out_height / (float)frame->height;
    float across = ((float)x + 0.5f - 0.5f * (float)frame->width) * wide;
    float rise = (0.5f * (float)frame->height - 0.5f - (float)y) * tall + view->shift;
    float depth = frame->depth[(size_t)y * (size_t)frame->stride + (size_t)x];
    float ahead = depth / sqrtf(1 + across * across);

    place[0] = view->eye[0] + ahead * (view->forward[0] + across * view->right[0]);
    place[1] = view->eye[1] + ahead * rise;
    place[2] = view->eye[2] + ahead * (view->forward[1] + across * view->right[1]);
    return depth < SKY_DEPTH;
}

/* How steep it is about a sample; large where it is no ground. */
static float slope_at(const struct frame *frame, int x, int y, const float place[3])
{
    static const int sides[4][2] = {{-2, 0}, {2, 0}, {0, -1}, {0, 1}};
    float worst = 0;

    for (int i = 0; i < 4; i++) {
        float other[3], run;

        if (!place_at(frame, x + sides[i][0], y + sides[i][1], other))
            return 9;
        run = hypotf(other[0] - place[0], other[2] - place[2]);
        worst = fmaxf(worst, fabsf(other[1] - place[1]) / (run + 0.05f));
    }
    return worst;
}

struct wish {
    float column;     /* 0 left to 1 right */
    float distance_m; /* from the eye */
    float apart_m;    /* from what burns already */
};

static float crowding(const struct fx *fx, const float place[3], float apart_m)
{
    float crowd = 0;

    for (int i = 0; i < fx->fire_count; i++)
        crowd +=
            fmaxf(1 - hypotf(place[0] - fx->fires[i].place[0], place[2] - fx->fires[i].place[2]) /
                          apart_m,
                  0);
    return crowd;
}

/* The spot that comes nearest to a wish; its distance, or 0 when there is none. */
static float find_spot(const struct fx *fx, const struct frame *frame, const struct wish *wish,
                       float spot[3])
{
    float best = 12, found = 0;

    for (int y = frame->height * 2 / 5; y < frame->height - 2; y += GRID_STEP)
        for (int x = 4; x < frame->width - 4; x += GRID_STEP) {
            float place[3], distance, cost, slope;

            if (!place_at(frame, x, y, place))
                continue;
            distance = hypotf(place[0] - frame->view.eye[0], place[2] - frame->view.eye[2]);
            slope = slope_at(frame, x, y, place);
            if (slope > 1.0f || (fx->has_water && place[1] < fx->water_m + 0.25f))
                continue;
            cost = 2 * fabsf(logf((distance + 0.1f) / wish->distance_m)) +
                   2.5f * fabsf(((float)x + 0.5f) / (float)frame->width - wish->column) +
                   0.8f * slope + 3 * crowding(fx, place, wish->apart_m);
            if (cost >= best)
                continue;
            best = cost;
            found = distance;
            memcpy(spot, place, sizeof(place));
        }
    return found;
}

static struct fx_fire *new_fire(struct fx *fx, const float place[3])
{
    struct fx_fire *fire = &fx->fires[fx->fire_count++];

    memset(fire, 0, sizeof(*fire));
    memcpy(fire->place, place, sizeof(fire->place));
    fire->phase = 1.0f + 2.37f * (float)fx->fire_count + (float)(fx->scene->seed % 97) * 0.31f;
    fire->flame = 1;
    return fire;
}

static void add_stick(struct fx_fire *fire, const float from[3], const float to[3], float radius,
                      float ember)
{
    struct fx_stick *stick = &fire->sticks[fire->stick_count++];

    for (int k = 0; k < 3; k++) {
        stick->from[k] = fire->place[k] + from[k];
        stick->to[k] = fire->place[k] + to[k];
    }
    stick->radius = radius;
    stick->ember = ember;
}

/* Logs that lean together, in a ring of stones. */
static void add_logs(struct fx_fire *fire, struct dice *dice)
{
    enum { LOGS = 7, STONES = 11 };
    float r = fire->radius_m;

    for (int i = 0; i < LOGS; i++) {
        float turn = TAU * ((float)i + dice_between(dice, -0.25f, 0.25f)) / LOGS;
        float out = r * dice_between(dice, 0.85f, 1.1f), up = r * dice_between(dice, 0.35f, 0.75f);
        const float from[3] = {out * cosf(turn), 0.10f * r, out * sinf(turn)};
        const float to[3] = {-0.22f * out * cosf(turn + 0.5f), up,
                             -0.22f * out * sinf(turn + 0.5f)};

        add_stick(fire, from, to, r * dice_between(dice, 0.10f, 0.15f), 1);
    }
    for (int i = 0; i < STONES; i++) {
        float turn = TAU * ((float)i + dice_between(dice, -0.2f, 0.2f)) / STONES;
        float out = r * dice_between(dice, 1.3f, 1.45f),
              size = r * dice_between(dice, 0.16f, 0.27f);
        const float from[3] = {out * cosf(turn), 0.3f * size, out * sinf(turn)};
        const float to[3] = {from[0] + 0.3f * size * sinf(turn), from[1],
                             from[2] - 0.3f * size * cosf(turn)};

        add_stick(fire, from, to, size, 0);
    }
}

static void plan_campfire(struct fx *fx, const struct frame *drawn, struct dice *dice)
{
    bool is_left = dice_between(dice, 0, 1) < 0.5f;
    struct wish wish = {fx->scene->subject_count ? (is_left ? 0.27f : 0.73f)
                                                 : dice_between(dice, 0.42f, 0.58f),
                        5, 1};
    struct fx_fire *fire;
    float spot[3], distance = find_spot(fx, drawn, &wish, spot), scale;

    if (distance <= 0)
        return;
    scale = clamp_f(distance / 9, 1, 12);
    if (fx->scene->ground == GROUND_GRASS || fx->scene->ground == GROUND_FLOWERS)
        spot[1] += 0.06f; /* on trodden blades */
    fire = new_fire(fx, spot);
    fire->height_m = 1.25f * scale;
    fire->radius_m = 0.42f * scale;
    fire->smoke = 0.5f;
    add_logs(fire, dice);
}

static void plan_torches(struct fx *fx, const struct frame *drawn)
{
    static const float columns[4] = {0.16f, 0.84f, 0.3f, 0.7f};

    for (int i = 0; i < 4; i++) {
        struct wish wish = {columns[i], i < 2 ? 5.5f : 10.0f, 2};
        const float top[3] = {0, 0, 0}, foot[3] = {0, -1.75f, 0};
        struct fx_fire *fire;
        float spot[3];

        if (find_spot(fx, drawn, &wish, spot) <= 0)
            continue;
        spot[1] += 1.75f;
        fire = new_fire(fx, spot);
        fire->height_m = 0.62f;
        fire->radius_m = 0.15f;
        fire->smoke = 0.25f;
        add_stick(fire, foot, top, 0.035f, 0);
        add_stick(fire, (const float[3]){0, -0.12f, 0}, top, 0.06f, 1);
    }
}

static void plan_blaze(struct fx *fx, const struct frame *drawn, struct dice *dice)
{
    for (int i = 0; i < 6; i++) {
        struct wish wish = {dice_between(dice, 0.08f, 0.92f), dice_between(dice, 18, 45), 5};
        struct fx_fire *fire;
        float spot[3], distance = find_spot(fx, drawn, &wish, spot), scale;

        if (distance <= 0)
            continue;
        scale = clamp_f(distance / 30, 0.5f, 20);
        fire = new_fire(fx, spot);
        fire->height_m = scale * dice_between(dice, 3.5f, 7);
        fire->radius_m = 0.42f * fire->height_m;
        fire->smoke = 0.9f;
    }
}

static void plan_smoke(struct fx *fx, const struct frame *drawn, struct dice *dice)
{
    for (int i = 0; i < 2; i++) {
        struct wish wish = {i ? dice_between(dice, 0.6f, 0.9f) : dice_between(dice, 0.1f, 0.4f), 24,
                            6};
        struct fx_fire *fire;
        float spot[3], distance = find_spot(fx, drawn, &wish, spot), scale;

        if (distance <= 0)
            continue;
        scale = clamp_f(distance / 24, 0.3f, 40);
        fire = new_fire(fx, spot);
        fire->height_m = 3.0f * scale;
        fire->radius_m = 1.2f * scale;
        fire->smoke = 0.8f;
        fire->flame = 0;
    }
}

/* Where nothing burns, sparks fly from where somebody works, or holds a sparkler. */
static void plan_sparks(struct fx *fx, const struct frame *drawn, struct dice *dice)
{
    struct wish wish = {fx->scene->subject_count ? 0.72f : dice_between(dice, 0.40f, 0.60f),
                        SPARKS_M, 1};
    float distance = find_spot(fx, drawn, &wish, fx->spark);

    if (distance <= 0)
        return;
    fx->spark_scale = clamp_f(distance / (1.4f * SPARKS_M), 1, 8);
    fx->spark_rise_m = 0.75f * fx->spark_scale;
    fx->spark[1] += fx->spark_rise_m;
    fx->has_sparks = true;
}

/* Brightness of land, on average of its logarithm. */
static float land_key(const struct frame *drawn, float level)
{
    double sum = 0;
    int count = 0;

    for (int y = drawn->height / 2; y < drawn->height; y++)
        for (int x = 0; x < drawn->width; x++) {
            size_t at = (size_t)y * (size_t)drawn->stride + (size_t)x;

            if (drawn->depth[at] >= SKY_DEPTH)
                continue;
            sum += (double)log2f(0.2126f * drawn->plane[0][at] + 0.7152f * drawn->plane[1][at] +
                                 0.0722f * drawn->plane[2][at] + 1e-4f * level);
            count++;
        }
    return count ? exp2f((float)(sum / count)) : 0.1f * level;
}

void fx_raise_view(const struct scene *scene, struct camera *camera)
{
    float half = camera->half_width * (float)camera->height / (float)camera->width;

    if (scene->effects & (EFFECT_AURORA | EFFECT_METEORS | EFFECT_RAINBOW | EFFECT_HALO) ||
        (scene->effects & EFFECT_FIREWORKS && scene->place == PLACE_SKYLINE))
        camera->shift += fmaxf(fminf(RAISE * half, RAISED_MOST * half - camera->shift), 0);
}

void fx_plan(struct fx *fx, const struct frame *drawn, const struct camera *camera, float exposure)
{
    const struct scene *scene = drawn->world->scene;
    struct dice dice = {scene->seed ^ 0x66697265u};

    memset(fx, 0, sizeof(*fx));
    fx->scene = scene;
    fx->camera = camera;
    fx->effects = scene->effects;
    fx->level = 1.0f / exposure;
    fx->key = land_key(drawn, fx->level);
    fx->roughness = scene->ground == GROUND_GRASS || scene->ground == GROUND_FLOWERS ? 1.5f : 0.15f;
    fx->has_water = scene->place == PLACE_COAST || scene->place == PLACE_SEA ||
                    (drawn->town && drawn->town->bay_m > 0);
    fx->water_m = scene->place == PLACE_COAST ? drawn->world->terrain.water_m : 0;
    if (fx->effects & EFFECT_CAMPFIRE)
        plan_campfire(fx, drawn, &dice);
    if (fx->effects & EFFECT_TORCHES)
        plan_torches(fx, drawn);
    if (fx->effects & EFFECT_BLAZE && fx->fire_count == 0)
        plan_blaze(fx, drawn, &dice);
    if (fx->effects & EFFECT_SMOKE && fx->fire_count == 0)
        plan_smoke(fx, drawn, &dice);
    if (fx->effects & EFFECT_SPARKS && fx->fire_count == 0)
        plan_sparks(fx, drawn, &dice);
}
