/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/land/knoll.h"

#include <math.h>

#include "workers/diorama/noise.h"

/* As the kernel has it. */
float knoll_height_at(const struct knoll *knoll, const float eye[3], float x, float z)
{
    float tall = knoll->ground == GROUND_ROAD ? 0.25f : knoll->ground == GROUND_SAND ? 1.1f : 0.8f;
    float level = hypotf(x - eye[0], z - eye[2]);
    float wave = sinf(x * 0.11f + 1.3f * sinf(z * 0.047f)) * sinf(z * 0.083f + 0.7f) +
                 0.5f * sinf(x * 0.23f - z * 0.19f);

    return knoll->base_m - level * level * (0.5f / KNOLL_RADIUS_M) +
           wave * tall * smooth_f(KNOLL_EVEN_M, KNOLL_ROUGH_M, level) *
               (1.0f - smooth_f(KNOLL_BROW_M, KNOLL_END_M, level));
}

void knoll_dress(struct knoll *knoll, const struct world *world)
{
    const struct scene *scene = world->scene;
    static const float withered[SCENE_SEASONS] = {
        [SEASON_AUTUMN] = 0.65f, [SEASON_WINTER] = 0.85f, [SEASON_SPRING] = -0.10f};
    float dry = 1.0f - smooth_f(0.15f, 0.75f, scene->greenery);

    dry = fminf(dry + withered[scene->season], 1);
    knoll->ground = scene->ground;
    knoll->wind = scene->wind;
    bloom_look(scene->bloom, (int)(scene->seed >> 9) & 3, &knoll->bloom);
    set3(knoll->earth[0], 0.060f, 0.066f, 0.026f);
    set3(knoll->earth[1], 0.095f, 0.105f, 0.036f);
    set3(knoll->blade[0], lerp_f(0.034f, 0.085f, dry), lerp_f(0.066f, 0.072f, dry), 0.018f);
    set3(knoll->blade[1], lerp_f(0.155f, 0.330f, dry), lerp_f(0.245f, 0.265f, dry),
         lerp_f(0.052f, 0.110f, dry));
    switch (scene->ground) {
    case GROUND_GRASS:
        knoll->blade_m = 0.30f;
        break;
    case GROUND_FLOWERS:
        knoll->blade_m = 0.36f;
        knoll->flowers = knoll->bloom.share;
        if (scene->bloom == BLOOM_WILD && scene->season == SEASON_AUTUMN)
            knoll->flowers = 0.15f;
        if (knoll->bloom.row_m > 0) /* between the rows */
            knoll->blade_m = 0.16f;
        break;
    case GROUND_SAND:
        for (int k = 0; k < 3; k++) {
            float sand = world->cover.sand[k] * (scene->place == PLACE_COAST ? 0.9f : 1.15f);

            knoll->earth[0][k] = 0.82f * sand;
            knoll->earth[1][k] = 1.08f * sand;
        }
        break;
    case GROUND_SNOW:
        set3(knoll->earth[0], 0.76f, 0.80f, 0.86f);
        set3(knoll->earth[1], 0.86f, 0.88f, 0.91f);
        break;
    case GROUND_ROAD:
        set3(knoll->earth[0], lerp_f(0.10f, 0.30f, dry), lerp_f(0.105f, 0.20f, dry),
             lerp_f(0.05f, 0.125f, dry));
        set3(knoll->earth[1], lerp_f(0.16f, 0.42f, dry), lerp_f(0.16f, 0.30f, dry),
             lerp_f(0.08f, 0.20f, dry));
        break;
    case GROUND_NONE:
    case SCENE_GROUNDS:
        break;
    }
}
