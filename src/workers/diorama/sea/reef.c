/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/sea/reef.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/land/tiles.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/pages.h"
#include "workers/diorama/parallel.h"

#define GROUND_M 56.0f /* size of the ground's tile */

enum { GROUND_SIDE = 256, EYE_LEAST_CM = 70 };

static void bake_ground(struct reef *reef, uint32_t salt)
{
    struct noise_fbm bulk = {.period = 7, .octaves = 4, .gain = 0.5f, .salt = salt};
    struct noise_fbm crags = {.period = 17, .octaves = 4, .gain = 0.55f, .salt = salt + 71u};
    struct noise_fbm dunes = {.period = 5, .octaves = 3, .gain = 0.45f, .salt = salt + 13u};
    struct noise_fbm patch = {.period = 11, .octaves = 4, .gain = 0.6f, .salt = salt + 29u};

    tile_begin(&reef->ground, OCEAN_LOG2, GROUND_M);
    for (int z = 0; z < GROUND_SIDE; z++)
        for (int x = 0; x < GROUND_SIDE; x++) {
            float u = (float)x / GROUND_SIDE, v = (float)z / GROUND_SIDE;
            float lump = smooth_f(-0.40f, 0.35f, noise_fbm(&bulk, u, v));
            float rock = lump * (0.50f + 0.50f * noise_ridged(&crags, u, v));
            float dune = clamp_f(0.5f + 0.8f * noise_fbm(&dunes, u, v), 0, 1);
            float kind = clamp_f(0.5f + 0.9f * noise_fbm(&patch, u, v), 0, 1);

            reef->ground.texels[z * GROUND_SIDE + x] = (uint32_t)(clamp_f(rock, 0, 1) * 65535.0f) |
                                                       (uint32_t)(dune * 255.0f) << 16 |
                                                       (uint32_t)(kind * 255.0f) << 24;
        }
}

/* Between four texels, as the kernels do it. */
static void ground_texel(const struct reef *reef, float x, float z, float *rock, float *dune)
{
    float px = x * reef->ground.texels_per_m, pz = z * reef->ground.texels_per_m;
    int ix = (int)floorf(px), iz = (int)floorf(pz);
    float u = px - floorf(px), v = pz - floorf(pz);

    *rock = *dune = 0;
    for (int k = 0; k < 4; k++) {
        int cx = (ix + (k & 1)) & (GROUND_SIDE - 1), cz = (iz + (k >> 1)) & (GROUND_SIDE - 1);
        uint32_t texel = reef->ground.texels[cz * GROUND_SIDE + cx];
        float weight = (k & 1 ? u : 1 - u) * (k >> 1 ? v : 1 - v);

        *rock += weight * (float)(texel & 0xffff) / 65535.0f;
        *dune += weight * (float)(texel >> 16 & 255) / 255.0f;
    }
}

float reef_ground(const struct reef *reef, float x, float z)
{
    float off = fabsf((x - reef->axis[0]) * reef->way[1] - (z - reef->axis[1]) * reef->way[0]);
    float rock, dune, bank;

    ground_texel(reef, x, z, &rock, &dune);
    bank = smooth_f(BANK_FROM_M, BANK_FULL_M, off + (dune - 0.5f) * 5.0f);
    return -reef->depth_m + 0.45f * dune + bank * (0.25f + 3.6f * rock * rock + 0.5f * rock);
}

/* What the water takes and gives, by the light above, its depth, and how clear it is. */
static void light_water(struct reef *reef, const struct world *world)
{
    const struct sky *sky = &world->sky;
    float murky = 0.75f + 1.1f * world->scene->haze, flat = sqrtf(1 - sky->sun[1] * sky->sun[1]);
    float bend = flat / 1.33f, up = sqrtf(1 - bend * bend), lit = 0;
    struct dice dice = {world->scene->seed ^ 0xb1ceu};
    float green = dice_between(&dice, 0, 1), path = 0.55f * reef->depth_m;

    reef->beam[0] = sky->sun[0] / fmaxf(flat, 0.05f) * bend;
    reef->beam[1] = up;
    reef->beam[2] = sky->sun[2] / fmaxf(flat, 0.05f) * bend;
    set3(reef->murk, 0.115f * murky, lerp_f(0.052f, 0.046f, green) * murky,
         lerp_f(0.034f, 0.046f, green) * murky);
    for (int k = 0; k < 3; k++) {
        float through = expf(-reef->murk[k] * path);
        float above = 0.5f * (sky->ambient_sun[k] + sky->ambient_away[k]);
        const float blue[3] = {0.010f, 0.100f, 0.250f}, teal[3] = {0.016f, 0.145f, 0.190f};

        reef->sun[k] = 0.318f * sky->sun_color[k] * fmaxf(sky->sun[1], 0.12f) * 1.1f * through;
        reef->ambient[k] = (0.85f * above + 0.055f * sky->sun_color[k] * sky->sun[1]) * through;
        lit = 0.5f * above + 0.13f * sky->sun_color[k] * fmaxf(sky->sun[1], 0.10f);
        reef->high[k] = lit * lerp_f(blue[k], teal[k], green) * 5.2f;
        reef->deep[k] = lit * lerp_f(blue[k], teal[k], green) * 0.85f;
        reef->glow[k] = 0.26f * sky->sun_color[k] * lerp_f(blue[k], teal[k], green);
    }
}

/* How strongly slopes must bend light for it to gather on the ground: as at a depth of some
 * meters, whatever the depth, or there would be no net of light. */
static float best_focus(const struct ocean_band *band)
{
    float per_m = (float)OCEAN_SIDE / band->size_m;
    double sum = 0;

    for (int i = 0; i < OCEAN_CELLS - OCEAN_SIDE - 1; i++) {
        float bend = (band->height[i + 1] + band->height[i + OCEAN_SIDE] - 2 * band->height[i]);

        sum += (double)(bend * bend);
    }
    return 0.95f / (sqrtf((float)(sum / OCEAN_CELLS)) * per_m * per_m + 1e-6f);
}

void *reef_bake(const struct place_job *job, struct camera *camera)
{
    const struct world *world = job->world;
    const struct scene *scene = world->scene;
    struct reef *reef = calloc(1, sizeof(*reef));
    struct dice dice = {scene->seed ^ 0x4eefu};
    const struct ocean_plan plan = {.height_m = 0.30f,
                                    .length_m = 7.5f,
                                    .heading = camera->heading + dice_between(&dice, -2, 2),
                                    .spread = 0.9f,
                                    .ripple = 0.8f,
                                    .choppy = 0.8f,
                                    .seed = scene->seed};
    float ground = 0;

    if (!reef)
        abort();
    reef->depth_m = dice_between(&dice, 6.0f, 8.5f);
    reef->lush = dice_between(&dice, 0.55f, 1);
    reef->axis[0] = camera->start[0];
    reef->axis[1] = camera->start[2];
    reef->way[0] = sinf(camera->heading);
    reef->way[1] = cosf(camera->heading);
    bake_ground(reef, (uint32_t)(scene->seed >> 6));
    ground = reef_ground(reef, camera->start[0], camera->start[2]);
    camera->start[1] = ground + dice_between(&dice, 1.0f, 1.7f);
    ocean_init(&reef->ocean, &plan);
    ocean_begin(&reef->ocean, 0, job->threads);
    reef->focus_m = best_focus(&reef->ocean.bands[1]);
    reef->photons = pages_new((OCEAN_CELLS + OCEAN_SIDE) * sizeof(float));
    tile_begin(&reef->caustic, OCEAN_LOG2, reef->ocean.bands[1].size_m);
    for (int k = 0; k < 3; k++)
        reef->dome.light[k] = pages_new((DOME_SIDE * DOME_SIDE + DOME_SIDE + 16) * sizeof(float));
    reef_plant(reef, scene);
    reef_stock(reef, scene, camera);
    camera->reef = reef;
    return reef;
}

void reef_close(void *baked)
{
    struct reef *reef = baked;

    ocean_fini(&reef->ocean);
    tile_free(&reef->ground);
    tile_free(&reef->caustic);
    pages_free(reef->photons);
    for (int k = 0; k < 3; k++)
        pages_free(reef->dome.light[k]);
    reef_mesh_free(&reef->garden);
    reef_mesh_free(&reef->shoal);
    free(reef);
}

float reef_eye(const struct reef *reef, const float eye[3])
{
    float highest = -1e9f, top = -1.0f;

    for (int i = 0; i < 9; i++) {
        float x = eye[0] + 0.5f * (float)(i % 3 - 1), z = eye[2] + 0.5f * (float)(i / 3 - 1);

        highest = fmaxf(highest, reef_ground(reef, x, z));
    }
    return fminf(fmaxf(eye[1], highest + 0.01f * EYE_LEAST_CM), top);
}

void reef_compose(struct camera *camera, const struct world *world,
                  const struct camera_options *options)
{
    struct dice dice = {world->scene->seed ^ 0x4eef5u};
    bool tall = options->height > options->width;
    float half = 0;

    memset(camera, 0, sizeof(*camera));
    camera->width = options->width;
    camera->height = options->height;
    camera->fps = options->fps;
    camera_set_legs(camera, world->scene, options);
    camera->half_width = tall ? 0.80f * (float)options->width / (float)options->height : 0.66f;
    half = camera->half_width * (float)options->height / (float)options->width;
    camera->start[0] = dice_between(&dice, 0, 500);
    camera->start[1] = -5;
    camera->start[2] = dice_between(&dice, 0, 500);
    camera->heading = dice_between(&dice, 0, 6.2831853f);
    camera->shift = half * (tall ? 0.22f : dice_between(&dice, 0.22f, 0.42f));
    camera->target_m = 5;
    camera->pace_m_s = 1.1f;
    camera->scale = 0.022f;
    camera->clearance_m = 0.5f;
}

/* Light that the waves gather: each bit of the surface throws its share where its slope sends
 * it. */
static void gather_light(struct reef *reef)
{
    const struct ocean_band *band = &reef->ocean.bands[1];
    const uint32_t *slopes = band->slopes.texels;
    float *light = reef->photons, cells = reef->focus_m * (float)OCEAN_SIDE / band->size_m;
    const int mask = OCEAN_SIDE - 1;

    memset(light, 0, OCEAN_CELLS * sizeof(*light));
    for (int i = 0; i < OCEAN_CELLS; i++) {
        float sx = ((float)(slopes[i] & 0xffff) - 32768.0f) * OCEAN_SLOPE_STEP;
        float sz = ((float)(slopes[i] >> 16) - 32768.0f) * OCEAN_SLOPE_STEP;
        float x = (float)(i & mask) - sx * cells + 4096, z = (float)(i >> 8) - sz * cells + 4096;
        int ix = (int)x, iz = (int)z;
        float u = x - (float)ix, v = z - (float)iz;
        int row = (iz & mask) << OCEAN_LOG2, next = ((iz + 1) & mask) << OCEAN_LOG2;

        light[row | (ix & mask)] += (1 - u) * (1 - v);
        light[row | ((ix + 1) & mask)] += u * (1 - v);
        light[next | (ix & mask)] += (1 - u) * v;
        light[next | ((ix + 1) & mask)] += u * v;
    }
}

/* Softens and packs it; coarse levels are for shafts of light and for far ground. */
static void pack_light(struct reef *reef)
{
    struct tile *tile = &reef->caustic;
    const float *light = reef->photons;
    const int mask = OCEAN_SIDE - 1;

    for (int z = 0; z < OCEAN_SIDE; z++)
        for (int x = 0; x < OCEAN_SIDE; x++) {
            const float *row = light + z * OCEAN_SIDE;
            const float *up = light + ((z + 1) & mask) * OCEAN_SIDE;
            const float *down = light + ((z - 1) & mask) * OCEAN_SIDE;
            int left = (x - 1) & mask, right = (x + 1) & mask;
            float sum = 0.25f * row[x] + 0.125f * (row[left] + row[right] + up[x] + down[x]) +
                        0.0625f * (up[left] + up[right] + down[left] + down[right]);

            tile->texels[z * OCEAN_SIDE + x] = (uint32_t)clamp_f(sum * 48.0f, 0, 255);
        }
    for (int level = 1; level < TILE_LEVELS; level++) {
        const uint32_t *from = tile->texels + tile->level_start[level - 1];
        uint32_t *to = tile->texels + tile->level_start[level];
        int side = OCEAN_SIDE >> level;

        for (int z = 0; z < side; z++)
            for (int x = 0; x < side; x++) {
                const uint32_t *at = from + 4 * z * side + 2 * x;

                to[z * side + x] = (at[0] + at[1] + at[2 * side] + at[2 * side + 1] + 2) >> 2;
            }
    }
}

void reef_draw(void *baked, const struct place_job *job, struct frame *frame)
{
    struct reef *reef = baked;
    const struct kernels *kernels = job->kernels;
    int groups = (frame->width + kernels->lanes - 1) / kernels->lanes;

    frame->reef = reef;
    frame->chess = false;
    light_water(reef, frame->world);
    dome_draw(&reef->dome, job, frame);
    if (reef->ocean.time_s != frame->wave_time_s) {
        ocean_draw(&reef->ocean, job, frame->wave_time_s);
        gather_light(reef);
        pack_light(reef);
    }
    frame->is_traced = false;
    place_run(job, frame, kernels->reef_columns, groups);
    reef_mesh_draw(reef, &reef->garden, job, frame);
    frame->is_traced = true;
    place_run(job, frame, kernels->reef_columns, groups);
    reef_swim(reef, frame->wave_time_s);
    reef_mesh_draw(reef, &reef->shoal, job, frame);
    reef_motes_draw(reef, frame);
    place_run(job, frame, kernels->reef_shaft_row, frame->sky_height);
    place_run(job, frame, kernels->reef_veil_row, frame->height);
}
