/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/town/town.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/town/town_impl.h"

#define SIGN_RADIANCE 3.4f
#define SUN_LOW_DEG 14.0f
#define SUN_ASIDE_DEG 7.0f
#define WAY_M 60.0f        /* of a street that is long enough to walk into */
#define TERRACE_TURN 0.10f /* radians, from along a terrace toward the street */
#define TERRACE_SUN_LEAST_DEG 4.5f
#define SEATED_EYE_M 1.38f

struct town_box *town_add(struct town_plan *plan, enum town_kind kind, struct town_span span)
{
    struct town *town = plan->town;
    struct town_box *box = &town->boxes[town->box_count];

    if (town->box_count < TOWN_BOXES_MAX - 1)
        town->box_count++;
    *box = (struct town_box){
        .low = {fminf(span.x0, span.x1), span.y0, span.z0},
        .high = {fmaxf(span.x0, span.x1), span.y1, span.z1},
        .color = {0.05f, 0.05f, 0.05f},
        .kind = kind,
        .salt = (int)dice_between(&plan->dice, 0, 60000),
        .bay_m = 3,
        .floor_m = 3.2f,
    };
    return box;
}

void town_paint(float to[3], float r, float g, float b)
{
    to[0] = r;
    to[1] = g;
    to[2] = b;
}

void town_lamp(struct town_plan *plan, const float place[3], const float power[3])
{
    struct town *town = plan->town;
    struct town_light *light = &town->lights[town->light_count];

    if (town->light_count == TOWN_LIGHTS_MAX)
        return;
    town->light_count++;
    memcpy(light->place, place, sizeof(light->place));
    memcpy(light->power, power, sizeof(light->power));
}

void town_windows(struct town_plan *plan, struct town_box *box)
{
    static const float walls[][3] = {
        {0.30f, 0.27f, 0.23f}, {0.26f, 0.14f, 0.10f}, {0.42f, 0.38f, 0.31f}, {0.16f, 0.17f, 0.19f},
        {0.34f, 0.22f, 0.15f}, {0.22f, 0.21f, 0.20f}, {0.47f, 0.45f, 0.41f}, {0.20f, 0.24f, 0.26f},
    };
    struct dice *dice = &plan->dice;
    int wall = (int)dice_between(dice, 0, 7.99f);
    float wide = box->high[2] - box->low[2], shade = dice_between(dice, 0.75f, 1.15f);
    float bays = floorf(wide / dice_between(dice, 2.0f, 3.4f));

    for (int k = 0; k < 3; k++)
        box->color[k] = walls[wall][k] * shade;
    box->bay_m = wide / fmaxf(bays, 1);
    box->floor_m = dice_between(dice, 3.0f, 3.6f);
    box->pane[0] = dice_between(dice, 0.42f, 0.72f);
    box->pane[1] = dice_between(dice, 0.45f, 0.66f);
    box->brick = wall == 1 || wall == 4 ? 1.0f : dice_between(dice, 0, 1) < 0.3f ? 0.5f : 0.0f;
    box->lit = plan->town->night > 0.5f ? dice_between(dice, 0.2f, 0.6f) : 0.06f;
    if (dice_between(dice, 0, 1) < 0.2f) { /* an office with bands of glass */
        box->pane[0] = 0.94f;
        box->pane[1] = 0.55f;
    }
}

/* A color that neon tubes come in. */
static void neon_color(struct dice *dice, float color[3])
{
    static const float colors[][3] = {
        {1.0f, 0.10f, 0.22f}, {0.08f, 0.62f, 1.0f}, {1.0f, 0.16f, 0.62f}, {0.12f, 1.0f, 0.58f},
        {1.0f, 0.42f, 0.08f}, {0.46f, 0.18f, 1.0f}, {1.0f, 0.74f, 0.40f}, {0.08f, 0.30f, 1.0f},
        {1.0f, 0.08f, 0.10f}, {0.95f, 0.92f, 0.85f}};

    memcpy(color, colors[(int)dice_between(dice, 0, 9.99f)], 3 * sizeof(*color));
}

void town_sign(struct town_plan *plan, struct town_span span, bool upright)
{
    struct dice *dice = &plan->dice;
    struct town_box *box = town_add(plan, TOWN_SIGN, span);
    float wide = upright ? box->high[0] - box->low[0] : box->high[2] - box->low[2];
    float tall = box->high[1] - box->low[1], color[3], place[3], power[3];
    int room = (int)(upright ? tall / wide : wide / tall);
    float radiance = SIGN_RADIANCE * (plan->town->night > 0.5f ? 1.0f : 0.12f);

    neon_color(dice, color);
    box->upright = upright;
    box->letters = town_word(dice, plan->scene->asian, room < 1 ? 1 : room, box->word);
    for (int k = 0; k < 3; k++) {
        box->color[k] = 0.02f + 0.25f * color[k];
        box->glow[k] = color[k] * radiance;
        place[k] = 0.5f * (box->low[k] + box->high[k]);
        power[k] = box->glow[k] * wide * tall * 0.30f;
    }
    if (!upright)
        place[0] -= copysignf(0.8f, place[0]);
    if (plan->town->night > 0.5f)
        town_lamp(plan, place, power);
}

static void build(struct town *town, const struct world *world)
{
    struct town_plan plan = {town, world->scene, {world->scene->seed * 31 + 11}};

    if (town->is_street)
        town_build_street(&plan);
    else
        town_build_skyline(&plan);
}

static void dress(struct town *town, const struct world *world)
{
    const struct scene *scene = world->scene;
    const struct sky *sky = &world->sky;
    float haze = scene->weather == WEATHER_FOG    ? 1.0f
                 : scene->weather == WEATHER_RAIN ? fmaxf(scene->haze, 0.6f)
                                                  : scene->haze;

    town->is_street = scene->place == PLACE_STREET;
    town->night = 1.0f - smooth_f(-5.0f, 3.0f, scene->sun_elevation_deg);
    town->wet = scene->weather == WEATHER_RAIN ? 1.0f : 0.0f;
    town->opens_to_sun = scene->sun_elevation_deg < SUN_LOW_DEG;
    town->shade_m =
        clamp_f(100.0f - 400.0f * tanf(0.0174533f * fmaxf(scene->sun_elevation_deg, 0)), 6, 100);
    town->snow = scene->weather == WEATHER_SNOW || scene->ground == GROUND_SNOW;
    town->window_glow = lerp_f(0.25f, town->is_street ? 0.85f : 1.15f, town->night);
    town->fog_per_m =
        town->is_street ? 0.0012f * exp2f(5.0f * haze) : 0.00006f * exp2f(4.0f * haze);
    for (int k = 0; k < 3; k++) {
        static const float glow[3] = {0.082f, 0.062f, 0.110f};
        static const float blue[3] = {0.050f, 0.064f, 0.110f}, amber[3] = {0.095f, 0.072f, 0.066f};
        const float *far_glow = scene->futuristic ? blue : amber;

        town->fog_color[k] =
            lerp_f(0.8f, 0.4f, haze) * (0.6f * sky->ambient_sun[k] + 0.5f * sky->ambient_away[k]) +
            (town->is_street ? glow[k] * (0.35f + 0.65f * scene->neon) : far_glow[k]) * town->night;
    }
}

void town_bake(struct town *town, const struct world *world)
{
    memset(town, 0, sizeof(*town));
    town->boxes = calloc(TOWN_BOXES_MAX, sizeof(*town->boxes));
    town->glyphs =
        calloc(TOWN_GLYPHS * TOWN_GLYPH_TEXELS * TOWN_GLYPH_TEXELS, sizeof(*town->glyphs));
    town->solids = calloc(TOWN_SOLIDS_MAX, sizeof(*town->solids));
    town->solid_count = 1;
    if (!town->boxes || !town->glyphs || !town->solids)
        abort();
    town_draw_glyphs(town->glyphs);
    dress(town, world);
    build(town, world);
    town_light(town, world);
}

void town_free(struct town *town)
{
    free(town->boxes);
    free(town->solids);
    free(town->glyphs);
    for (int i = 0; i < TOWN_MAPS; i++)
        for (int k = 0; k < 3; k++)
            free(town->maps[i].light[k]);
    memset(town, 0, sizeof(*town));
}

bool town_is_terrace_at_dawn(const struct scene *scene)
{
    return scene->place == PLACE_STREET && scene->cafe && scene->sun_elevation_deg < SUN_LOW_DEG &&
           scene->sun_elevation_deg > -3;
}

/* Which side of a street is looked from. */
static float side_of_view(struct dice *dice)
{
    return dice_between(dice, 0, 1) < 0.5f ? -1.0f : 1.0f;
}

void town_aim(struct scene *scene)
{
    float side = scene->sun_azimuth_deg < 0 ? -1.0f : 1.0f;

    if (town_is_terrace_at_dawn(scene)) {
        struct dice dice = {scene->seed * 77 + 5};

        scene->sun_azimuth_deg = side_of_view(&dice) * (TERRACE_TURN / 0.0174533f - 1.0f);
        scene->sun_elevation_deg = fmaxf(scene->sun_elevation_deg, TERRACE_SUN_LEAST_DEG);
    }
    if (scene->place == PLACE_SKYLINE && scene->sun_elevation_deg < SUN_LOW_DEG)
        scene->sun_azimuth_deg = side * fminf(fabsf(scene->sun_azimuth_deg), SUN_ASIDE_DEG);
}

bool town_has_bay(const struct scene *scene)
{
    return scene->place == PLACE_SKYLINE && !scene->futuristic &&
           (scene->effects & EFFECT_FIREWORKS || scene->seed % 3 == 0);
}

void town_compose(struct camera *camera, const struct world *world,
                  const struct camera_options *options)
{
    struct dice dice = {world->scene->seed * 77 + 5};
    bool tall = options->height > options->width, street = world->scene->place == PLACE_STREET;
    float side = side_of_view(&dice);

    memset(camera, 0, sizeof(*camera));
    camera->width = options->width;
    camera->height = options->height;
    camera->fps = options->fps;
    camera_set_legs(camera, world->scene, options);
    camera->half_width = tall ? 0.80f * (float)options->width / (float)options->height : 0.68f;
    camera->start[0] = side * dice_between(&dice, 0.6f, 1.9f);
    camera->start[1] = dice_between(&dice, 1.25f, 1.6f);
    camera->heading = -side * dice_between(&dice, 0.02f, 0.07f);
    camera->shift = tall ? 0.22f : 0.085f;
    camera->target_m = 12;
    camera->pace_m_s = 3;
    camera->scale = 0.055f;
    camera->way_m = street ? WAY_M : 0;
    if (street && world->scene->cafe) {
        struct dice plan = {world->scene->seed * 31 + 11};
        float road, walls;

        town_street_widths(world->scene, &plan, &road, &walls);
        camera->start[0] = side * (walls - 1.74f);
        camera->start[1] = SEATED_EYE_M;
        camera->start[2] = 0.9f;
        camera->heading = -side * TERRACE_TURN;
        camera->shift = tall ? 0.02f : -0.02f;
        camera->scale = 0.03f;
    }
    if (!street) {
        camera->start[0] = dice_between(&dice, -14, 14);
        camera->start[1] = town_has_bay(world->scene) ? dice_between(&dice, 24, 34)
                                                      : dice_between(&dice, 112, 140);
        camera->heading = dice_between(&dice, -0.05f, 0.05f);
        camera->shift = (tall ? 0.02f : -0.03f) + (town_has_bay(world->scene) ? 0.12f : 0);
        camera->target_m = 500;
        camera->pace_m_s = 22;
        camera->scale = 0.8f;
    }
}

static void corners_of(const void *boxes, int index, float corners[8][3])
{
    const struct town_box *box = (const struct town_box *)boxes + index;

    for (int i = 0; i < 8; i++)
        for (int k = 0; k < 3; k++)
            corners[i][k] = i >> k & 1 ? box->high[k] : box->low[k];
}

void town_bin(const struct town *town, const struct view *view, const struct canvas *canvas,
              struct bins *bins)
{
    bins_fill(bins, view, canvas, &(struct bins_boxes){town->boxes, town->box_count, corners_of});
}
