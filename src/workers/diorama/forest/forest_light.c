/* SPDX-License-Identifier: Apache-2.0 */
/* Light in a wood: the map of sunlight, the mist, and what both are at a place. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/body/body.h"
#include "workers/diorama/forest/forest_impl.h"
#include "workers/diorama/pages.h"

#define SUN_LOWEST 0.40f /* sine of the least elevation that shadows are cast for */
#define SUN_LOW 0.20f    /* in the open: there they may be longer */
#define SUNNY 0.27f      /* share of the ground that lies in full sun */
#define SHADY 0.50f

enum { SUN_CELLS = 1 << SUN_LOG2, SUN_MASK = SUN_CELLS - 1, SHADES = 256 };

/* Takes `dark` of the light in a disc of the map. */
static void shade_disc(float *map, float x, float z, float radius, float dark)
{
    const float per_m = SUN_CELLS / FOREST_M;
    float px = x * per_m, pz = z * per_m, r = fmaxf(radius * per_m, 0.6f);
    int reach = (int)r + 1, x0 = (int)floorf(px), z0 = (int)floorf(pz);

    for (int j = -reach; j <= reach; j++)
        for (int i = -reach; i <= reach; i++) {
            float dx = (float)(x0 + i) + 0.5f - px, dz = (float)(z0 + j) + 0.5f - pz;
            float inside = clamp_f(r + 0.5f - sqrtf(dx * dx + dz * dz), 0, 1);
            float *at = &map[((z0 + j) & SUN_MASK) << SUN_LOG2 | ((x0 + i) & SUN_MASK)];

            *at *= 1.0f - dark * inside;
        }
}

static void shade_leaves(const struct forest *forest, const struct forest_plant *plant, float *map)
{
    const struct forest_model *model = &forest->models[plant->model];
    bool bare = model->leaf_count > 0 && model->leaves[0].picture >= PICTURE_BARE &&
                model->leaves[0].picture <= PICTURE_BARE_2;

    for (int i = 0; i < model->leaf_count; i += 2) { /* each for two */
        const struct forest_leaf *leaf = &model->leaves[i];
        float x = leaf->at[0] + 0.5f * leaf->axis[0], z = leaf->at[2] + 0.5f * leaf->axis[2];
        float up = (leaf->at[1] + 0.5f * leaf->axis[1]) * plant->size + plant->at[1];
        float px = plant->at[0] + plant->size * (x * plant->cosine + z * plant->sine);
        float pz = plant->at[2] + plant->size * (z * plant->cosine - x * plant->sine);

        shade_disc(map, px + forest->sun.shear[0] * up, pz + forest->sun.shear[1] * up,
                   0.40f * leaf->wide * plant->size, bare ? 0.12f : 0.62f);
    }
}

static void shade_trunk(const struct forest *forest, const struct forest_plant *plant, float *map)
{
    const struct forest_model *model = &forest->models[plant->model];

    for (int i = 0; i < model->limb_count && model->limbs[i].is_trunk; i++) {
        const struct forest_limb *limb = &model->limbs[i];
        int steps = (int)((limb->b[1] - limb->a[1]) * 14.0f) + 1;

        for (int k = 0; k < steps; k++) {
            float t = (float)k / (float)steps, lx = lerp_f(limb->a[0], limb->b[0], t);
            float lz = lerp_f(limb->a[2], limb->b[2], t);
            float up = lerp_f(limb->a[1], limb->b[1], t) * plant->size + plant->at[1];
            float px = plant->at[0] + plant->size * (lx * plant->cosine + lz * plant->sine);
            float pz = plant->at[2] + plant->size * (lz * plant->cosine - lx * plant->sine);

            shade_disc(map, px + forest->sun.shear[0] * up, pz + forest->sun.shear[1] * up,
                       lerp_f(limb->ra, limb->rb, t) * plant->size, 0.30f);
        }
    }
}

/* Whatever the crowns let through, a good part of the ground is sunny and a good part is not. */
static void even_out(float *map)
{
    int counts[SHADES] = {0}, below = 0, shade = 0;
    const int total = SUN_CELLS * SUN_CELLS;
    float low, high;

    for (int i = 0; i < total; i++)
        counts[(int)(map[i] * (SHADES - 1))]++;
    while (shade < SHADES - 1 && below + counts[shade] < (int)(SHADY * (float)total))
        below += counts[shade++];
    low = (float)shade / (SHADES - 1);
    while (shade < SHADES - 1 && below + counts[shade] < (int)((1 - SUNNY) * (float)total))
        below += counts[shade++];
    high = fmaxf((float)shade / (SHADES - 1), low + 0.02f);
    for (int i = 0; i < total; i++)
        map[i] = 0.02f + 0.98f * smooth_f(low, high, map[i]);
}

/* Shadows are soft at their edges. */
static void blur(float *map, float *scratch)
{
    for (int pass = 0; pass < 2; pass++) {
        for (int z = 0; z < SUN_CELLS; z++)
            for (int x = 0; x < SUN_CELLS; x++) {
                const float *row = map + ((size_t)z << SUN_LOG2);

                scratch[(size_t)x << SUN_LOG2 | (size_t)z] = 0.25f * row[(x - 1) & SUN_MASK] +
                                                             0.5f * row[x] +
                                                             0.25f * row[(x + 1) & SUN_MASK];
            }
        memcpy(map, scratch, (size_t)SUN_CELLS * SUN_CELLS * sizeof(float));
    }
}

static void pack_level(const float *map, int size, uint32_t *to)
{
    int mask = size - 1;

    for (int z = 0; z < size; z++)
        for (int x = 0; x < size; x++) {
            int right = (x + 1) & mask, below = ((z + 1) & mask) * size;
            const float rays[4] = {map[z * size + x], map[z * size + right], map[below + x],
                                   map[below + right]};

            to[z * size + x] = (uint32_t)(rays[0] * 255.0f + 0.5f) |
                               (uint32_t)(rays[1] * 255.0f + 0.5f) << 8 |
                               (uint32_t)(rays[2] * 255.0f + 0.5f) << 16 |
                               (uint32_t)(rays[3] * 255.0f + 0.5f) << 24;
        }
}

static void pack(struct forest_sun *sun, float *map, uint32_t *rays)
{
    for (int level = 0; level < SUN_LEVELS; level++) {
        int size = SUN_CELLS >> level;

        pack_level(map, size, rays + sun->level_start[level]);
        for (int z = 0; z < size / 2; z++)
            for (int x = 0; x < size / 2; x++) {
                const float *from = map + 2 * z * size + 2 * x;

                map[z * (size / 2) + x] = 0.25f * (from[0] + from[1] + from[size] + from[size + 1]);
            }
    }
}

static void aim(struct forest *forest)
{
    struct forest_sun *sun = &forest->sun;
    const float *true_sun = forest->world->sky.sun;
    float flat = sqrtf(true_sun[0] * true_sun[0] + true_sun[2] * true_sun[2]) + 1e-6f;
    float up = fminf(fmaxf(true_sun[1], forest->in_open ? SUN_LOW : SUN_LOWEST), 0.92f),
          level = sqrtf(1 - up * up);

    sun->toward[0] = true_sun[0] / flat * level;
    sun->toward[1] = up;
    sun->toward[2] = true_sun[2] / flat * level;
    sun->shear[0] = -sun->toward[0] / up;
    sun->shear[1] = -sun->toward[2] / up;
    sun->base_m = forest->in_open ? forest->in_open->base_m : 0;
    sun->low_m = 0;
    sun->high_m = 0;
    for (int i = 0; i < forest->model_count; i++) {
        const struct forest_model *model = &forest->models[i];

        if (model->crown_m[1] > sun->high_m) {
            sun->high_m = model->crown_m[1];
            sun->low_m = lerp_f(model->crown_m[0], model->crown_m[1], 0.45f);
        }
    }
}

void forest_cast_shadows(struct forest *forest)
{
    struct forest_sun *sun = &forest->sun;
    size_t total = (size_t)SUN_CELLS * SUN_CELLS;
    float *map = pages_new(total * sizeof(float)), *ground = pages_new(total * sizeof(float));
    float *scratch = pages_new(total * sizeof(float));
    int texels = 0;

    aim(forest);
    for (int level = 0; level <= SUN_LEVELS; level++) {
        sun->level_start[level] = texels;
        texels += level < SUN_LEVELS ? 1 << (2 * (SUN_LOG2 - level)) : 0;
    }
    for (size_t i = 0; i < total; i++)
        map[i] = ground[i] = 1;
    for (int i = 0; i < forest->plant_count; i++) {
        const struct forest_plant *plant = &forest->plants[i];

        if (!forest->models[plant->model].is_tree)
            continue;
        shade_leaves(forest, plant, map);
        shade_trunk(forest, plant, ground);
    }
    blur(map, scratch);
    if (!forest->is_garden && !forest->in_open)
        even_out(map);
    blur(ground, scratch);
    for (size_t i = 0; i < total; i++)
        ground[i] *= map[i];
    sun->rays[0] = pages_new((size_t)texels * sizeof(uint32_t));
    sun->rays[1] = pages_new((size_t)texels * sizeof(uint32_t));
    pack(sun, map, sun->rays[0]);
    pack(sun, ground, sun->rays[1]);
    pages_free(map);
    pages_free(ground);
    pages_free(scratch);
}

float forest_sun_at(const struct forest *forest, const float at[3], int level)
{
    const struct forest_sun *sun = &forest->sun;
    float per_m = SUN_CELLS / FOREST_M / (float)(1 << level);
    float up = at[1] - sun->base_m;
    float x = (at[0] + sun->shear[0] * up) * per_m - 0.5f;
    float z = (at[2] + sun->shear[1] * up) * per_m - 0.5f, fx = floorf(x), fz = floorf(z);
    int mask = SUN_MASK >> level;
    uint32_t rays =
        sun->rays[0][sun->level_start[level] + ((int)fz & mask) * (mask + 1) + ((int)fx & mask)];
    float a = lerp_f((float)(rays & 255), (float)(rays >> 8 & 255), x - fx);
    float b = lerp_f((float)(rays >> 16 & 255), (float)(rays >> 24), x - fx);
    float through = lerp_f(a, b, z - fz) * (1.0f / 255.0f);

    return lerp_f(through, 1, smooth_f(sun->low_m, sun->high_m, up));
}

/* Mean of exp(-y / height) on the way between two heights. */
static float mean_share(float low, float high, float height)
{
    float a = expf(-fmaxf(low, 0) / height), gap = fmaxf(high, 0) - fmaxf(low, 0);

    if (fabsf(gap) < 0.02f * height)
        return a;
    return height * (a - expf(-fmaxf(high, 0) / height)) / gap;
}

float forest_clear_at(const struct forest *forest, const float eye[3], const float at[3])
{
    const struct forest_air *air = &forest->air;
    float dx = at[0] - eye[0], dy = at[1] - eye[1], dz = at[2] - eye[2];
    float dense = air->per_m * mean_share(eye[1], at[1], air->height_m);

    if (air->low_per_m > 0)
        dense += air->low_per_m * mean_share(eye[1], at[1], air->low_m);
    return expf(-dense * sqrtf(dx * dx + dy * dy + dz * dz));
}

/* Fog fills a wood. Mist lies low in it, thin above the heads, with its own light in it. */
static void light_mist(struct forest_air *air, float haze)
{
    float thick = smooth_f(0.78f, 1.0f, haze);

    air->per_m = 1.0f / lerp_f(68, 20, thick);
    air->height_m = lerp_f(11, 30, thick);
    air->low_per_m = 1.0f / lerp_f(22, 34, thick);
    air->low_m = 1.1f;
    air->wisps = 0.9f;
}

void forest_light_air(struct forest *forest)
{
    const struct world *world = forest->world;
    const struct scene *scene = world->scene;
    const struct sky *sky = &world->sky;
    struct forest_air *air = &forest->air;
    float gray = 0.3f * sky->sun_color[0] + 0.6f * sky->sun_color[1] + 0.1f * sky->sun_color[2];
    float low = 0.5f * (1.0f - smooth_f(0.06f, 0.34f, sky->sun[1]));
    float haze = clamp_f(scene->haze, 0, 1), meters = lerp_f(230, 75, haze);

    if (forest->woods == WOODS_JUNGLE)
        meters *= 0.75f;
    switch (scene->weather) {
    case WEATHER_RAIN:
        meters = fminf(meters, 62);
        break;
    case WEATHER_SNOW:
        meters = fminf(meters, 55);
        break;
    case WEATHER_CLEAR:
    case WEATHER_CLOUDY:
    case WEATHER_OVERCAST:
    case WEATHER_FOG:
    case SCENE_WEATHERS:
        break;
    }
    air->per_m = 1.0f / meters;
    air->height_m = 16.0f;
    air->low_per_m = air->wisps = 0;
    if (scene->weather == WEATHER_FOG)
        light_mist(air, haze);
    air->step0 = 0.9f;
    air->growth = 1.16f;
    air->per_log2 = 1.0f / log2f(air->growth);
    air->log_start = log2f(air->step0) * air->per_log2 - 1.0f;
    for (int k = 0; k < 3; k++) {
        static const float green[3] = {0.90f, 1.0f, 0.80f};
        float open = 0.5f * (sky->ambient_sun[k] + sky->ambient_away[k]);
        float tint = lerp_f(green[k], 1, fmaxf(forest->snow, forest->autumn * 0.6f));

        tint = lerp_f(tint, 1, sky->night);
        forest->ambient[k] = 0.46f * open * tint * (1.0f + 0.7f * forest->snow);
        air->color[k] = lerp_f(0.50f, air->wisps > 0 ? 0.62f : 0.85f, world->air.veil) * open *
                        lerp_f(tint, 1, 0.4f);
        /* All leaves and all mist in the red of the last sun would be one red. */
        forest->light[k] = lerp_f(sky->sun_color[k], gray, low);
        air->sun[k] = lerp_f(forest->light[k], 0.65f * gray, air->wisps * low);
    }
}

/* What the sun lights of the mist before a body, by the mean of the wood. */
static float mist_before(const struct forest *forest, const float eye[3], const struct body *body)
{
    const float *sun = forest->world->sky.sun;
    float way[3], length = 1e-6f, mu = 0;

    for (int k = 0; k < 3; k++) {
        way[k] = body->middle[k] - eye[k];
        length += way[k] * way[k];
        mu += way[k] * sun[k];
    }
    mu /= sqrtf(length);
    return SUNNY * 0.0796f * (0.6f + 1.6f * fmaxf(mu, 0) * mu * mu);
}

void forest_light_body(const struct forest *forest, const float eye[3], struct body *body)
{
    float sun = 0.10f + 0.90f * forest_sun_at(forest, body->middle, 2);
    float glow = mist_before(forest, eye, body);

    body->clear = forest_clear_at(forest, eye, body->middle);

    for (int k = 0; k < 3; k++) {
        float open =
            0.5f * (forest->world->sky.ambient_sun[k] + forest->world->sky.ambient_away[k]);
        float share = forest->ambient[k] / fmaxf(open, 1e-6f);

        body->veil[k] = (forest->air.color[k] + glow * forest->air.sun[k]) * (1.0f - body->clear);
        body->sun[k] *= sun;
        for (int side = 0; side < 6; side++)
            body->light[side][k] *= 0.25f + 0.75f * share;
    }
}
