/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel that takes from the ground what a body takes of its light, in one tile: of the light from
 * all around, which changes slowly and is found for every fourth sample, and of the sun's, which is
 * followed only from blocks of samples that the body may dim.
 */
#include <math.h>

#include "workers/diorama/body/body_simd.h"
#include "workers/diorama/kernel_table.h"
#include "workers/diorama/near_simd.h"

enum {
    SAMPLES = BODY_TILE_WIDE * BODY_TILE_TALL,
    BLOCK_SIDE = 4,
    BLOCK_COLUMNS = BODY_TILE_WIDE / BLOCK_SIDE,
    BLOCK_ROWS = BODY_TILE_TALL / BLOCK_SIDE,
    BLOCKS = BLOCK_COLUMNS * BLOCK_ROWS,
    CORNER_COLUMNS = BLOCK_COLUMNS + 1,
    CORNERS = CORNER_COLUMNS * (BLOCK_ROWS + 1),
    CORNERS_ROOM = CORNERS + 5, /* whole vectors */
    BLOCK_STEPS = 16
};

#define FLAT_M 0.12f /* what is as near to the height a body stands at is the ground under it */
#define FAR_M 300.0f

struct shade_tile {
    const struct frame *frame;
    const struct canvas *canvas;
    const struct body *body;
    int left, top;
    struct spot spot;               /* all of its ground */
    vi ground[SAMPLES / VW];        /* which samples show ground near enough */
    float place[3][SAMPLES];        /* where */
    float middle[3][BLOCKS];        /* a ball around the ground of each block */
    float reach[BLOCKS];            /* negative: there is none */
    float open[CORNERS_ROOM];       /* share of the light from around, at the blocks' corners */
    float seen[SAMPLES + VW];       /* share of the sun's */
    int count, index[SAMPLES + VW]; /* samples that the body may hide the sun from */
};

/* Whether the body is near enough to a place, or to its line of sight to the sun, to dim it. */
SIMD vi shadow_reaches(const struct body *body, struct v3 p, const float sun[3])
{
    float near = 1.45f * body->radius, wide = 1.35f * body->radius;
    struct v3 to = vec3(body->middle[0] - p.x, body->middle[1] - p.y, body->middle[2] - p.z);
    vf along = dot3(to, splat3(sun)), square = dot3(to, to);

    return (square < near * near) | ((along > 0.0f) & (square - along * along < wide * wide));
}

SIMD struct spot no_spot(void)
{
    return (struct spot){vec3(splat(1e9f), splat(1e9f), splat(1e9f)),
                         vec3(splat(-1e9f), splat(-1e9f), splat(-1e9f))};
}

/* Finds the ground of VW samples. */
SIMD vi find_ground(struct shade_tile *tile, int first, struct v3 *p)
{
    const struct canvas *canvas = tile->canvas;
    int x = tile->left + first % BODY_TILE_WIDE, y = tile->top + first / BODY_TILE_WIDE;
    struct ray ray;
    vf depth;
    vi ground;

    if (x >= canvas->width || y >= canvas->height)
        return splat_int(0);
    ray_begin(&tile->frame->view, canvas, x, y, &ray);
    depth = load(canvas->depth + (size_t)y * (size_t)canvas->stride + (size_t)x) / ray.flat;
    *p = ray_at(&ray, depth);
    ground = (abs_v(p->y - tile->body->ground_m) < FLAT_M) & (depth < FAR_M);
    ground &= shadow_reaches(tile->body, *p, tile->frame->world->sky.sun);
    return ground & (lane_index() + (float)x < (float)canvas->width);
}

/* The balls around the ground of a row of blocks, from the spots of its columns. */
SIMD void ball_blocks(struct shade_tile *tile, const struct spot *spots, int row)
{
    float bounds[2][3][BODY_TILE_WIDE];

    for (int part = 0; part < BODY_TILE_WIDE / VW; part++) {
        store(bounds[0][0] + part * VW, spots[part].low.x);
        store(bounds[0][1] + part * VW, spots[part].low.y);
        store(bounds[0][2] + part * VW, spots[part].low.z);
        store(bounds[1][0] + part * VW, spots[part].high.x);
        store(bounds[1][1] + part * VW, spots[part].high.y);
        store(bounds[1][2] + part * VW, spots[part].high.z);
    }
    for (int i = 0; i < BLOCK_COLUMNS; i++) {
        int block = row * BLOCK_COLUMNS + i;
        float square = 0;
        bool is_empty = true;

        for (int k = 0; k < 3; k++) {
            float low = 1e9f, high = -1e9f;

            for (int x = i * BLOCK_SIDE; x < (i + 1) * BLOCK_SIDE; x++) {
                low = fminf(low, bounds[0][k][x]);
                high = fmaxf(high, bounds[1][k][x]);
            }
            is_empty = low > high;
            tile->middle[k][block] = is_empty ? 0 : 0.5f * (low + high);
            square += 0.25f * (high - low) * (high - low);
        }
        tile->reach[block] = is_empty ? -1 : sqrtf(square);
    }
}

/* False when no ground near the body is seen. */
SIMD bool find_places(struct shade_tile *tile)
{
    bool found = false;

    tile->spot = no_spot();
    for (int row = 0; row < BLOCK_ROWS; row++) {
        struct spot spots[BODY_TILE_WIDE / VW];

        for (int part = 0; part < BODY_TILE_WIDE / VW; part++)
            spots[part] = no_spot();
        for (int i = 0; i < BLOCK_SIDE * BODY_TILE_WIDE / VW; i++) {
            int first = row * BLOCK_SIDE * BODY_TILE_WIDE + i * VW;
            struct v3 p = {splat(0), splat(0), splat(0)};
            vi ground = find_ground(tile, first, &p);

            tile->ground[first / VW] = ground;
            store(tile->place[0] + first, p.x);
            store(tile->place[1] + first, p.y);
            store(tile->place[2] + first, p.z);
            store(tile->seen + first, splat(1));
            spot_add(&spots[first % BODY_TILE_WIDE / VW], p, ground);
            spot_add(&tile->spot, p, ground);
            found = found || any(ground);
        }
        ball_blocks(tile, spots, row);
    }
    return found;
}

/* The ground at corners of blocks: where it is seen there, else as if it went on level. */
SIMD struct v3 corner_places(const struct shade_tile *tile, vf number)
{
    const struct canvas *canvas = tile->canvas;
    vf down = floor_v((number + 0.5f) * (1.0f / CORNER_COLUMNS));
    vf x = (float)tile->left + (number - down * CORNER_COLUMNS) * BLOCK_SIDE;
    vf y = (float)tile->top + down * BLOCK_SIDE, depth, level;
    struct v3 p;
    struct ray ray;
    vi shown;

    ray_through(&tile->frame->view, canvas, x, y, &ray);
    level = (tile->body->ground_m - ray.eye[1]) / min_v(ray.dir.y, splat(-1e-4f));
    shown = (x < (float)canvas->width) & (y < (float)canvas->height);
    x = min_v(x, splat((float)(canvas->width - 1)));
    y = min_v(y, splat((float)(canvas->height - 1)));
    depth = gather(canvas->depth, to_int(y) * canvas->stride + to_int(x)) / ray.flat;
    p = ray_at(&ray, depth);
    shown &= (abs_v(p.y - tile->body->ground_m) < FLAT_M) & (depth < FAR_M);
    return choose3(shown, p, ray_at(&ray, clamp_v(level, 0.05f, FAR_M)));
}

/* How much of the light from around gets to corners of blocks. */
SIMD void open_corners(struct shade_tile *tile, const struct part_list *about)
{
    const struct body *body = tile->body;
    float r = body->radius;

    for (int first = 0; first < CORNERS; first += VW) {
        struct v3 p =
            corner_places(tile, min_v(lane_index() + (float)first, splat((float)(CORNERS - 1))));
        vf near = body_distance(body, about, vec3(p.x, p.y + 0.06f * r, p.z)), kept;

        kept = 0.30f + 0.70f * saturate(near * (1.0f / (0.30f * r)));
        near = body_distance(body, about, vec3(p.x, p.y + 0.35f * r, p.z));
        kept *= 0.62f + 0.38f * saturate(near * (1.0f / (0.5f * r)));
        store(tile->open + first, kept);
    }
}

/* Lists the samples of blocks that the body may hide the sun from: whose ball of ground, moved
 * toward the sun, comes as near to it as dims light. */
SIMD void list_dimmed(struct shade_tile *tile, const struct part_list *before)
{
    const struct body *body = tile->body;
    const float *sun = tile->frame->world->sky.sun;
    float top = body->middle[1] + body->radius, dims[BLOCKS];

    for (int first = 0; first < BLOCKS; first += VW) {
        struct v3 p = vec3(load(tile->middle[0] + first), load(tile->middle[1] + first),
                           load(tile->middle[2] + first));
        vf reach = load(tile->reach + first), far = splat(0.03f * body->radius), seen = splat(1);
        vi active = reach >= 0.0f;

        for (int i = 0; i < BLOCK_STEPS && any(active); i++) {
            vf d = body_distance(body, before, mad3(p, splat3(sun), far)) * BODY_CAUTION - reach;

            seen = choose(active, min_v(seen, d * 9.0f / far + 0.15f), seen);
            far = choose(active, far + d, far);
            active &= (seen >= 1.0f) & (p.y - reach + far * sun[1] < top);
        }
        /* What is still on its way is not known to be free. */
        store(dims + first, choose(active | (seen < 1.0f), splat(1), splat(0)));
    }
    tile->count = 0;
    for (int i = 0; i < SAMPLES; i++) {
        int row = i / BODY_TILE_WIDE / BLOCK_SIDE, column = i % BODY_TILE_WIDE / BLOCK_SIDE;

        tile->index[tile->count] = i;
        tile->count += dims[row * BLOCK_COLUMNS + column] > 0;
    }
    for (int k = 0; k < VW; k++) /* what fills the last vector */
        tile->index[tile->count + k] = tile->index[0];
}

SIMD void see_sun(struct shade_tile *tile, const struct part_list *before)
{
    list_dimmed(tile, before);
    for (int first = 0; first < tile->count; first += VW) {
        float seen[VW];
        struct v3 p;
        vi index;

        memcpy(&index, tile->index + first, sizeof(index));
        p = vec3(gather(tile->place[0], index), gather(tile->place[1], index),
                 gather(tile->place[2], index));
        store(seen, sun_past(tile->body, before, p, tile->frame->world->sky.sun));
        for (int k = 0; k < VW && first + k < tile->count; k++)
            tile->seen[tile->index[first + k]] = seen[k];
    }
}

SIMD void dim_samples(const struct shade_tile *tile, float strength)
{
    const struct canvas *canvas = tile->canvas;

    for (int first = 0; first < SAMPLES; first += VW) {
        int row = first / BODY_TILE_WIDE, column = first % BODY_TILE_WIDE;
        size_t to = (size_t)(tile->top + row) * (size_t)canvas->stride + (size_t)tile->left +
                    (size_t)column;
        vf x = (lane_index() + (float)column) * (1.0f / BLOCK_SIDE), whole = floor_v(x), kept;
        float y = (float)row / BLOCK_SIDE - (float)(row / BLOCK_SIDE);
        const float *upper = tile->open + row / BLOCK_SIDE * CORNER_COLUMNS;
        vi ground = tile->ground[first / VW], at = to_int(whole);

        if (!any(ground))
            continue;
        x -= whole;
        kept = lerp_v(
            lerp_v(gather(upper, at), gather(upper, at + 1), x),
            lerp_v(gather(upper, at + CORNER_COLUMNS), gather(upper, at + (CORNER_COLUMNS + 1)), x),
            splat(y));
        kept *= 1.0f - strength * (1.0f - load(tile->seen + first));
        kept = choose(ground, kept, splat(1));
        for (int k = 0; k < 3; k++)
            store(canvas->plane[k] + to, load(canvas->plane[k] + to) * kept);
    }
}

void KERNEL(body_shadow_tile)(const struct frame *frame, const struct canvas *canvas,
                              const struct body *body, const struct body_area *area, int number)
{
    const float *sun = frame->world->sky.sun;
    float strength = body->sun[1] * fmaxf(sun[1], 0.02f) * 0.318f;
    struct shade_tile tile = {.frame = frame, .canvas = canvas, .body = body};
    struct part_list about, before;

    tile.left = area->left + number % area->columns * BODY_TILE_WIDE;
    tile.top = area->top + number / area->columns * BODY_TILE_TALL;
    if (!find_places(&tile))
        return;
    list_about(body, &tile.spot, NULL, 0.9f * body->radius, &about);
    list_about(body, &tile.spot, sun, 0, &before);
    strength /= strength + body->light[2][1] + 1e-5f;
    if (strength <= 0.02f)
        before.count = 0;
    if (about.count == 0 && before.count == 0)
        return;
    open_corners(&tile, &about);
    if (before.count > 0)
        see_sun(&tile, &before);
    dim_samples(&tile, strength);
}
