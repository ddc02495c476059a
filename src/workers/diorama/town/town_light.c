/* SPDX-License-Identifier: Apache-2.0 */
/* Light on the ground and the walls of a street: lamps and signs, sky and sun. */
#include <math.h>
#include <stdlib.h>

#include "workers/diorama/town/town_impl.h"

enum { SUN_RAYS = 4 };

#define CELLS_PER_M 2.0f
#define LAMP_RADIUS_M 0.7f /* keeps the light next to a lamp finite */

/* Adds a lamp's light on a surface, a little wrapped around it as a broad sign's is. */
static void add_lamp(const struct town_light *lamp, const float place[3], const float normal[3],
                     float light[3])
{
    float x = lamp->place[0] - place[0], y = lamp->place[1] - place[1];
    float z = lamp->place[2] - place[2];
    float square = x * x + y * y + z * z + LAMP_RADIUS_M * LAMP_RADIUS_M;
    float facing = (x * normal[0] + y * normal[1] + z * normal[2]) / sqrtf(square);

    facing = fmaxf(0.8f * facing + 0.2f, 0) / square;
    for (int k = 0; k < 3; k++)
        light[k] += lamp->power[k] * facing;
}

/* Whether a house stands between a place and the sun. */
static bool is_shaded(const struct town *town, const float place[3], const float sun[3])
{
    for (int i = 0; i < town->tall_count; i++) {
        const struct town_box *box = &town->boxes[town->tall[i]];
        float enter = 0.02f, leave = 1e9f;
        for (int k = 0; k < 3; k++) {
            float inverse = 1.0f / (fabsf(sun[k]) < 1e-5f ? 1e-5f : sun[k]);
            float a = (box->low[k] - place[k]) * inverse, b = (box->high[k] - place[k]) * inverse;

            enter = fmaxf(enter, fminf(a, b));
            leave = fminf(leave, fmaxf(a, b));
        }
        if (enter < leave)
            return true;
    }
    return false;
}

/* The share of the sun's disc seen: a few rays, spread so that edges are soft. */
float town_sun_at(const struct town *town, const float place[3], const float sun[3])
{
    float seen = 0;

    for (int i = 0; i < SUN_RAYS; i++) {
        const float from[3] = {place[0] + 0.2f * (float)(i & 1) - 0.1f, place[1] + 0.02f,
                               place[2] + 0.2f * (float)(i >> 1) - 0.1f};

        seen += is_shaded(town, from, sun) ? 0 : 1.0f / SUN_RAYS;
    }
    return seen;
}

/* Sky over a place of a street whose houses are about as high as its walls are apart. */
static float sky_seen(const struct town *town, const float place[3], const float normal[3])
{
    float roof = 17.0f - place[1], side = fabsf(place[0]);
    float left = atan2f(roof, town->walls_m + side), right = atan2f(roof, town->walls_m - side);

    if (roof < 0)
        return normal[1] > 0.5f ? 1.0f : 0.5f;
    if (normal[1] > 0.5f)
        return 1.0f - 0.5f * (sinf(left) + sinf(right));
    return 0.5f * (1.0f - sinf(atan2f(roof, 2.0f * town->walls_m))) + 0.04f;
}

static void light_cell(const struct town *town, const struct world *world, const float place[3],
                       const float normal[3], float light[3])
{
    const struct sky *sky = &world->sky;
    float facing = 0, open = sky_seen(town, place, normal), bounce;
    float send = town->snow ? 0.42f : 0.18f; /* of the sky's light, from below and across */

    for (int k = 0; k < 3; k++)
        facing += normal[k] * sky->sun[k];
    if (facing > 0 && sky->night < 0.5f)
        facing *= town_sun_at(town, place, sky->sun);
    facing = fmaxf(facing, 0) * 0.318f;
    /* Light that the street's own walls and ground send on. */
    bounce = 0.10f * fmaxf(sky->sun[1], 0.1f) * (1.0f - open) * 0.318f;
    for (int k = 0; k < 3; k++) {
        float ambient = 0.5f * (sky->ambient_sun[k] + sky->ambient_away[k]);

        light[k] = ambient * (open + send * (1.0f - open)) + sky->sun_color[k] * (facing + bounce);
    }
    for (int i = 0; i < town->light_count; i++)
        add_lamp(&town->lights[i], place, normal, light);
}

static void map_init(struct town_map *map, const float span[4])
{
    map->cells_per_m = CELLS_PER_M;
    for (int k = 0; k < 2; k++) {
        map->origin[k] = span[2 * k];
        map->size[k] = (int)((span[2 * k + 1] - span[2 * k]) * CELLS_PER_M) + 1;
    }
    for (int k = 0; k < 3; k++) {
        map->light[k] = calloc((size_t)map->size[0] * (size_t)map->size[1] + 1, sizeof(float));
        if (!map->light[k])
            abort();
    }
}

static void map_bake(struct town *town, const struct world *world, int which)
{
    static const float normals[TOWN_MAPS][3] = {{0, 1, 0}, {1, 0, 0}, {-1, 0, 0}};
    struct town_map *map = &town->maps[which];

    for (int j = 0; j < map->size[1]; j++)
        for (int i = 0; i < map->size[0]; i++) {
            float u = map->origin[0] + (float)i / map->cells_per_m;
            float v = map->origin[1] + (float)j / map->cells_per_m;
            float wall = which == 1 ? -town->walls_m : town->walls_m;
            const float ground[3] = {u, 0.16f, v}, side[3] = {wall * 0.985f, v, u};
            float light[3];

            light_cell(town, world, which ? side : ground, normals[which], light);
            for (int k = 0; k < 3; k++)
                map->light[k][j * map->size[0] + i] = light[k];
        }
}

/* Houses, and not what is put on them. */
static void list_tall(struct town *town)
{
    for (int i = 0; i < town->box_count && town->tall_count < TOWN_TALL_MAX; i++) {
        const struct town_box *box = &town->boxes[i];

        if (box->kind == TOWN_HOUSE || box->kind == TOWN_TOWER)
            town->tall[town->tall_count++] = (short)i;
    }
}

void town_light(struct town *town, const struct world *world)
{
    const float ground[4] = {-town->walls_m, town->walls_m, town->from_m, town->to_m};
    const float wall[4] = {town->from_m, town->to_m, 0, 36};

    list_tall(town);
    for (int i = 0; i < TOWN_MAPS; i++) {
        map_init(&town->maps[i], i ? wall : ground);
        map_bake(town, world, i);
    }
}

void town_light_at(const struct town *town, const float place[3], float cube[6][3])
{
    for (int side = 0; side < 6; side++) {
        float normal[3] = {0, 0, 0};

        normal[side / 2] = side & 1 ? -1.0f : 1.0f;
        for (int i = 0; i < town->light_count; i++)
            add_lamp(&town->lights[i], place, normal, cube[side]);
    }
}
