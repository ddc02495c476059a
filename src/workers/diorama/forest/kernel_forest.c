/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels of a wood: its mist, its ground, and the limbs and leaves before them. */
#include <math.h>

#include "workers/diorama/forest/forest_simd.h"
#include "workers/diorama/kernel_table.h"

#define STEPS_MAX 28
#define LEAST_OPEN 0.01f
#define LEAST_COVER 0.01f

/* Mist is thick and thin in slow clouds, flatter than wide. */
SIMD vf wisps(const struct forest_air *air, struct v3 p)
{
    vf x = p.x - air->drift[0], z = p.z - air->drift[1];
    vf broad = noise_v(x * 0.21f + 0.3f * p.y, z * 0.21f - 0.7f * p.y);
    vf fine = noise_v(x * 0.63f - 0.9f * p.y, z * 0.63f + 1.3f * p.y);

    return max_v(1.0f + air->wisps * 2.4f * (0.66f * broad + 0.34f * fine - 0.5f), splat(0.08f));
}

/* Sums the sunlight that mist scatters along the rays of one row of the volume. */
void KERNEL(forest_air_row)(const struct frame *frame, const struct forest_list *list, int row)
{
    const struct forest *forest = list->forest;
    const struct forest_air *air = &forest->air;
    const struct view *view = &frame->view;
    const float *sun = frame->world->sky.sun;
    float y = view->shift + (1.0f - 2.0f * (float)row / AIR_ROWS) * list->half_tall;

    for (int column = 0; column < AIR_STRIDE; column += VW) {
        vf x = ((lane_index() + (float)column) * (2.0f / AIR_COLUMNS) - 1.0f) * list->half_wide;
        vf dx = view->forward[0] + x * view->right[0], dz = view->forward[1] + x * view->right[1];
        vf length = sqrt_v(1.0f + x * x + y * y), clear = splat(1), sum = splat(0);
        vf mu = (dx * sun[0] + y * sun[1] + dz * sun[2]) / length;
        vf phase = 0.62f * phase_v(mu, 0.45f) + 0.38f * phase_v(mu, 0.80f);
        float before = 0, after = air->step0;

        store(&list->volume->glow[0][row][column], splat(0));
        for (int k = 1; k <= AIR_SLICES; k++) {
            float middle = 0.5f * (before + after);
            struct v3 p = vec3(view->eye[0] + middle * dx, splat(view->eye[1] + middle * y),
                               view->eye[2] + middle * dz);
            vf free = smooth_v(forest->sun.low_m, forest->sun.high_m, p.y);
            vf lit =
                lerp_v(sun_through(forest, 0, p,
                                   splat(0.2f + middle * 2.0f * list->half_wide / AIR_COLUMNS)),
                       splat(1), free);
            vf up = max_v(p.y, splat(0)), kept;
            vf dense = exp_v(up * (-1.0f / air->height_m)) * air->per_m;

            if (air->low_per_m > 0) {
                dense += exp_v(up * (-1.0f / air->low_m)) * air->low_per_m;
                lit *= wisps(air, p);
            }
            kept = exp_v(dense * length * (before - after));

            sum += clear * (1.0f - kept) * lit;
            clear *= kept;
            store(&list->volume->glow[k][row][column], sum * phase);
            before = after;
            after *= air->growth;
        }
    }
}

/* Finds the depth of the ground, column by column, from the bottom up. */
void KERNEL(forest_columns)(const struct frame *frame, const struct forest_list *list, int group)
{
    const struct forest *forest = list->forest;
    const struct canvas *canvas = &list->canvas;
    vf depth = splat(0.4f);

    for (int row = canvas->height - 1; row >= 0; row--) {
        size_t to = (size_t)row * (size_t)canvas->stride + (size_t)group * VW;
        vi met = splat_int(0), open = splat_int(-1);
        struct ray ray;

        ray_begin(&frame->view, canvas, group * VW, row, &ray);
        for (int i = 0; i < STEPS_MAX; i++) {
            struct v3 p = ray_at(&ray, depth);
            vf slope[2], gap = p.y - floor_height(forest, p.x, p.z, slope), closing;

            open = (gap > 0.0015f * depth) & (depth < FOREST_GROUND_M);
            met = (gap <= 0.03f * depth) & (depth < FOREST_GROUND_M);
            if (!any(open))
                break;
            closing = slope[0] * ray.dir.x + slope[1] * ray.dir.z - ray.dir.y + 0.09f;
            depth += choose(open, min_v(gap / max_v(closing, splat(0.05f)), 0.25f + 0.07f * depth),
                            splat(0));
        }
        if (!any(depth < FOREST_GROUND_M))
            break;
        store(canvas->depth + to, choose(met, depth * ray.flat, load(canvas->depth + to)));
    }
}

/* What lies on the ground: color and slopes. */
SIMD struct v3 litter_color(const struct forest *forest, struct v3 p, vf grain, vf path,
                            vf slope[2])
{
    const struct tile *tile = &forest->litter;
    vf spot = noise_v(p.x * 0.55f, p.z * 0.55f), moss = noise_v(p.x * 0.23f + 40.0f, p.z * 0.23f);
    vf broad = noise_v(p.x * 0.09f, p.z * 0.09f + 9.0f), height, hue, relief;
    struct quad one, two;
    struct v3 albedo;

    tile_quad(tile, p.x, p.z, tile_level(tile, grain), &one);
    tile_quad(tile, p.x * 0.52f + p.z * 0.68f, p.z * 0.52f - p.x * 0.68f + 0.7f,
              tile_level(tile, grain * 0.85f), &two);
    spot = smooth_v(0.35f, 0.65f, spot);
    height = lerp_v(quad_byte(&one, 0), quad_byte(&two, 0), spot) * (1.0f / 255.0f);
    hue = lerp_v(quad_byte(&one, 3), quad_byte(&two, 3), spot) * (1.0f / 255.0f);
    relief = tile->slope_scale * (1.0f - 0.55f * path) * 0.9f;
    slope[0] += (lerp_v(quad_byte(&one, 1), quad_byte(&two, 1), spot) - 128.0f) * relief;
    slope[1] += (lerp_v(quad_byte(&one, 2), quad_byte(&two, 2), spot) - 128.0f) * relief;
    albedo = lerp3(splat3(forest->floor_color[0]), splat3(forest->floor_color[1]),
                   saturate(0.75f * hue + 0.5f * broad - 0.1f));
    albedo = scale3(albedo, 0.22f + 1.35f * height * height + 0.35f * height);
    albedo = lerp3(albedo, scale3(splat3(forest->floor_color[2]), 0.65f + 0.65f * height),
                   path * (0.45f + 0.4f * noise_v(p.x * 1.7f, p.z * 1.7f)));
    moss = smooth_v(0.52f, 0.70f, moss + 0.25f * (noise_v(p.x * 2.1f, p.z * 2.1f) - 0.5f)) *
           forest->moss * (1.0f - path);
    return lerp3(albedo, scale3(splat3(forest->moss_color), 0.45f + 1.0f * height), moss);
}

SIMD struct v3 ground_light_at(const struct forest_list *list, struct v3 p, vf away, vf grain)
{
    const struct forest *forest = list->forest;
    vf slope[2], path, open, sun, facing, far;
    struct quad quad;
    struct v3 albedo, normal, light;

    floor_quad(forest, p.x, p.z, &quad);
    slope[0] = (quad_byte(&quad, 0) - 128.0f) * 0.01f;
    slope[1] = (quad_byte(&quad, 1) - 128.0f) * 0.01f;
    path = quad_byte(&quad, 2) * (1.0f / 255.0f);
    open = quad_byte(&quad, 3) * (1.0f / 255.0f);
    albedo = litter_color(forest, p, grain, path, slope);
    far = smooth_v(10.0f, 34.0f, away) * (1.0f - path) * forest->green;
    albedo = lerp3(albedo, scale3(splat3(forest->moss_color), splat(0.9f)), far);
    albedo = scale3(albedo, splat(1.0f - 0.45f * forest->wet));
    if (forest->snow > 0) {
        vf white = smooth_v(0.25f, 0.6f,
                            forest->snow * 1.15f - 0.9f * (1.0f - open) +
                                0.35f * (noise_v(p.x * 0.8f, p.z * 0.8f) - 0.5f) - 0.18f * path);

        albedo = lerp3(albedo, color(0.76f, 0.80f, 0.86f), white);
        slope[0] *= 1.0f - 0.72f * white;
        slope[1] *= 1.0f - 0.72f * white;
    }
    normal = unit3(vec3(-slope[0], splat(1), -slope[1]));
    sun = sun_through(forest, 1, p, grain);
    facing = max_v(dot3(normal, splat3(forest->sun.toward)), splat(0)) * sun * 0.318f;
    light = scale3(splat3(forest->ambient), open * (0.35f + 0.65f * normal.y) * 1.05f);
    light = mad3(light, splat3(forest->light), facing + 0.012f * open);
    return mul3(albedo, light);
}

/* The wood beyond all trees: its mist, darker below, with gaps of sky at the top. */
SIMD void behind_wood(const struct forest_list *list, const struct ray *ray, vf glow,
                      struct v3 *light)
{
    const struct forest *forest = list->forest;
    vf inverse = 1.0f / ray->flat, x = ray->dir.x * inverse, z = ray->dir.z * inverse;
    vf up = ray->dir.y * inverse, side = x * 31.0f + z * 17.0f, across = z * 31.0f - x * 17.0f;
    vf top = 0.16f + 0.07f * noise_v(side * 0.7f, across * 0.7f) +
             0.07f * noise_v(side * 2.9f, across * 2.9f + 4.0f);
    vf leaf =
        noise_v(side * 9.0f + 3.0f, up * 260.0f) * 0.6f + noise_v(across * 4.0f, up * 90.0f) * 0.4f;
    vf hides = smooth_v(-0.05f, 0.05f, top - up + 0.16f * (leaf - 0.5f));
    vf trunk = smooth_v(0.60f, 0.75f, noise_v(side * 11.0f, across * 11.0f));
    vf dark = 1.0f - 0.10f * trunk - 0.14f * (leaf - 0.5f);
    struct v3 wood =
        mad3(scale3(splat3(forest->air.color), 0.92f * dark), splat3(forest->air.sun), glow);

    *light = lerp3(*light, wood, hides);
}

/* Shades the ground of a row, and what is behind the wood. */
void KERNEL(forest_row)(const struct frame *frame, const struct forest_list *list, int row)
{
    const struct forest *forest = list->forest;
    const struct canvas *canvas = &list->canvas;
    struct air_strip strip;

    air_strip_begin(list, row, &strip);
    for (int x = 0; x < canvas->width; x += VW) {
        size_t to = (size_t)row * (size_t)canvas->stride + (size_t)x;
        vf depth, glow, clear, column = lane_index() + (float)x;
        struct v3 light = vec3(load(canvas->plane[0] + to), load(canvas->plane[1] + to),
                               load(canvas->plane[2] + to));
        struct ray ray;
        vi ground;

        ray_begin(&frame->view, canvas, x, row, &ray);
        depth = load(canvas->depth + to) / ray.flat;
        ground = depth < 1e6f;
        glow = air_glow(&strip, column, depth);
        if (any(~ground))
            behind_wood(list, &ray, glow, &light);
        if (any(ground)) {
            vf ahead = min_v(depth, splat(FOREST_GROUND_M));
            vf grain = ahead * canvas->pixel[1] / max_v(abs_v(ray.dir.y), splat(0.10f)) * 0.7f;
            struct v3 p = ray_at(&ray, ahead), lit;

            lit = ground_light_at(list, p, ahead * ray.flat, grain);
            clear = air_clear(forest, ray.eye[1], p.y, ahead * ray.length);
            lit = scale3(lit, clear);
            lit = mad3(lit, splat3(forest->air.color), 1.0f - clear);
            lit = mad3(lit, splat3(forest->air.sun), glow);
            light = choose3(ground, lit, light);
        }
        store(canvas->plane[0] + to, light.x);
        store(canvas->plane[1] + to, light.y);
        store(canvas->plane[2] + to, light.z);
    }
}

/* Adds light to samples by its cover and by what nearer things left open. What closes a sample
 * more than half is what it shows; `at`: distance, and how far that came to the right and down. */
SIMD void paint(const struct forest_list *list, size_t to, struct v3 light, vf cover,
                const vf at[3])
{
    vf open = load(list->open + to), share, left;
    vi closes;

    /* Lane by lane as the early ways out have it for all: widths draw alike. */
    cover = choose((open > LEAST_OPEN) & (cover > LEAST_COVER), cover, splat(0));
    share = open * cover;
    left = open - share;
    closes = (open > 0.5f) & (left <= 0.5f);
    store(list->over[0] + to, load(list->over[0] + to) + light.x * share);
    store(list->over[1] + to, load(list->over[1] + to) + light.y * share);
    store(list->over[2] + to, load(list->over[2] + to) + light.z * share);
    store(list->open + to, left);
    if (!any(closes))
        return;
    store(list->depth + to, choose(closes, at[0], load(list->depth + to)));
    for (int k = 0; k < 2; k++)
        store(list->slide[k] + to, choose(closes, at[k + 1], load(list->slide[k] + to)));
}

/* Whether something may still be seen there. */
SIMD int is_open(const struct forest_list *list, size_t to)
{
    return any(load(list->open + to) > LEAST_OPEN);
}

/* Where samples lie on a stroke. */
struct on_stroke {
    vf t, s, out; /* along 0 to 1, across -1 to 1, and toward the eye */
    vf ahead, along;
    struct v3 normal, side, axis; /* in the world */
};

SIMD struct v3 bark_light(const struct forest_list *list, const struct forest_stroke *stroke,
                          const struct on_stroke *on, struct v3 place)
{
    static const float mossy[3] = {-0.62f, 0.15f, -0.77f};
    const struct forest *forest = list->forest;
    const struct tile *tile = &forest->bark[stroke->bark];
    vf bend = on->s * (1.0f + on->s * on->s * (0.1667f + 0.22f * on->s * on->s));
    vf around = (stroke->turn - bend) * (stroke->around * (0.31830989f * 1.28f));
    vf grain = on->ahead * list->canvas.pixel[1] * 1.2f, height, vary, moss, sun, facing, open,
       toward;
    struct v3 normal, albedo, light;
    struct quad quad;

    tile_quad(tile, around, on->along, tile_level(tile, grain), &quad);
    height = quad_byte(&quad, 0) * (1.0f / 255.0f);
    vary = quad_byte(&quad, 3) * (1.0f / 255.0f);
    normal =
        mad3(on->normal, on->side, (quad_byte(&quad, 1) - 128.0f) * (1.7f * tile->slope_scale));
    normal =
        unit3(mad3(normal, on->axis, (128.0f - quad_byte(&quad, 2)) * (1.7f * tile->slope_scale)));
    albedo = lerp3(splat3(stroke->albedo[0]), splat3(stroke->albedo[1]), height);
    albedo = scale3(albedo, (0.60f + 0.75f * vary) * (0.75f + 0.5f * height));
    if (stroke->bark == BARK_CANE) {
        vf knot = abs_v(fract_v(on->along * 2.9f) - 0.5f);

        albedo = scale3(albedo, 1.0f - 0.55f * smooth_v(0.46f, 0.485f, knot) +
                                    0.30f * smooth_v(0.36f, 0.45f, knot));
    }
    moss = 0.42f + 0.36f * dot3(on->normal, splat3(mossy)) + 0.75f * (vary - 0.5f) +
           0.34f * exp_v(max_v(on->along, splat(0)) * -0.8f) - 0.035f * on->along;
    moss = smooth_v(0.40f, 0.78f, moss) * stroke->moss * (1.0f - forest->snow * 0.7f);
    albedo = lerp3(albedo, scale3(splat3(forest->moss_color), 0.5f + 0.7f * height), moss);
    if (stroke->snow > 0) {
        vf blown = smooth_v(0.62f, 0.95f, dot3(on->normal, splat3(mossy)) + 0.5f * (vary - 0.4f));
        vf white = smooth_v(0.30f, 0.62f, on->normal.y + 0.15f * height);

        white = max_v(white, 0.8f * blown) * stroke->snow;
        albedo = lerp3(albedo, color(0.76f, 0.80f, 0.86f), white);
    }
    open = stroke->open[0] + (stroke->open[1] - stroke->open[0]) * on->t;
    sun = lerp_v(sun_through(forest, 0, place, 0.2f + grain), splat(1), splat(stroke->free));
    facing = max_v(dot3(normal, splat3(forest->sun.toward)), splat(0)) * sun * 0.318f;
    toward = normal.x * forest->sun.toward[0] + normal.z * forest->sun.toward[2];
    light = scale3(splat3(forest->ambient),
                   open * (0.85f + 0.40f * normal.y + 0.45f * toward) * (0.30f + 0.80f * height));
    return mul3(albedo, mad3(light, splat3(forest->light), facing + 0.008f * open));
}

SIMD void stroke_samples(const struct frame *frame, const struct forest_list *list,
                         const struct forest_stroke *stroke, int column, int row)
{
    const struct canvas *canvas = &list->canvas;
    const struct view *view = &frame->view;
    const struct forest_air *air = &list->forest->air;
    size_t to = (size_t)row * (size_t)canvas->stride + (size_t)column;
    float square = stroke->dx * stroke->dx + stroke->dy * stroke->dy + 1e-12f;
    float length = sqrtf(square), ex = stroke->dx / length, ey = stroke->dy / length;
    float sample = 0.5f * (canvas->pixel[0] + canvas->pixel[1]);
    struct plane_ray ray;
    struct on_stroke on;
    struct v3 place, light;
    vf px, py, wide, off, cover, clear, at;

    if (!is_open(list, to))
        return;
    plane_ray_begin(view, canvas, column, row, &ray);
    px = ray.x - stroke->x;
    py = ray.y - stroke->y;
    at = (px * stroke->dx + py * stroke->dy) * (1.0f / square);
    on.t = saturate(at);
    wide = stroke->half[0] + (stroke->half[1] - stroke->half[0]) * on.t;
    on.along = stroke->along[0] + (stroke->along[1] - stroke->along[0]) * on.t;
    /* No trunk has a straight outline. */
    wide *= 1.0f + 0.025f * sin_v(on.along * 9.0f + stroke->turn) +
            0.018f * sin_v(on.along * 23.0f + 2.0f * stroke->turn);
    on.s = px * ey - py * ex;
    px -= on.t * stroke->dx;
    py -= on.t * stroke->dy;
    off = sqrt_v(px * px + py * py);
    cover = saturate((max_v(wide, splat(0.5f * sample)) - off) * (1.0f / sample) + 0.5f) *
            saturate(wide * (2.0f / sample)) * stroke->fade;
    if (stroke->is_cut) /* the next piece goes on there */
        cover = choose(abs_v(at - 0.5f) < 0.5f + 1.5f * sample / length, cover, splat(0));
    on.s = clamp_v(on.s / wide, -1.0f, 1.0f);
    on.out = sqrt_v(1.0f - on.s * on.s);
    on.ahead = 1.0f / lerp_v(splat(1.0f / stroke->ahead[0]), splat(1.0f / stroke->ahead[1]), on.t) -
               stroke->radius_m * on.out;
    cover = choose(on.ahead * ray.flat < load(canvas->depth + to), cover, splat(0));
    if (!any(cover > LEAST_COVER))
        return;
    on.side = vec3(splat(ey * view->right[0]), splat(-ex), splat(ey * view->right[1]));
    on.axis = vec3(splat(ex * view->right[0]), splat(ey), splat(ex * view->right[1]));
    on.normal = vec3(on.side.x * on.s - view->forward[0] * on.out, on.side.y * on.s,
                     on.side.z * on.s - view->forward[1] * on.out);
    place = vec3(view->eye[0] + on.ahead * (view->forward[0] + ray.x * view->right[0]),
                 view->eye[1] + on.ahead * ray.y,
                 view->eye[2] + on.ahead * (view->forward[1] + ray.x * view->right[1]));
    light = bark_light(list, stroke, &on, place);
    clear = stroke->clear[0] + (stroke->clear[1] - stroke->clear[0]) * on.t;
    light = scale3(light, clear);
    light = mad3(light, splat3(air->color), 1.0f - clear);
    light =
        mad3(light, splat3(air->sun), stroke->glow[0] + (stroke->glow[1] - stroke->glow[0]) * on.t);
    paint(list, to, light, cover,
          (const vf[]){on.ahead * ray.flat,
                       stroke->slide[0] + (stroke->slide[1] - stroke->slide[0]) * on.t, splat(0)});
}

/* The columns of a row that a stroke may touch. */
SIMD void stroke_columns(const struct forest_list *list, const struct forest_stroke *stroke,
                         float y, int columns[2])
{
    const struct canvas *canvas = &list->canvas;
    float room = 1.06f * fmaxf(stroke->half[0], stroke->half[1]) + 1.5f * canvas->pixel[1];
    float left = fminf(stroke->x, stroke->x + stroke->dx) - room;
    float right = fmaxf(stroke->x, stroke->x + stroke->dx) + room;
    float length = sqrtf(stroke->dx * stroke->dx + stroke->dy * stroke->dy) + 1e-9f;
    float steep = stroke->dy / length;

    if (fabsf(steep) > 0.05f) { /* within the strip along its axis */
        float middle = stroke->x + (y - stroke->y) * stroke->dx / stroke->dy;

        left = fmaxf(left, middle - room / fabsf(steep));
        right = fminf(right, middle + room / fabsf(steep));
    }
    columns[0] = (int)fmaxf(left / canvas->pixel[0] + 0.5f * (float)canvas->width - 1, 0);
    columns[1] = (int)fminf(right / canvas->pixel[0] + 0.5f * (float)canvas->width + 1,
                            (float)canvas->width);
    columns[0] = columns[0] / VW * VW;
}

SIMD void draw_stroke(const struct frame *frame, const struct forest_list *list,
                      const struct forest_stroke *stroke, const int rows[2])
{
    const struct canvas *canvas = &list->canvas;

    for (int row = rows[0]; row < rows[1]; row++) {
        float y = (0.5f * (float)canvas->height - 0.5f - (float)row) * canvas->pixel[1] +
                  frame->view.shift;
        int columns[2];

        stroke_columns(list, stroke, y, columns);
        for (int x = columns[0]; x < columns[1]; x += VW)
            stroke_samples(frame, list, stroke, x, row);
    }
}

SIMD void sprite_samples(const struct frame *frame, const struct forest_list *list,
                         const struct forest_sprite *sprite, int column, int row)
{
    const struct canvas *canvas = &list->canvas;
    const struct forest_pictures *pictures = &list->forest->pictures;
    size_t to = (size_t)row * (size_t)canvas->stride + (size_t)column;
    float half = 0.5f * (float)(1 << sprite->log2);
    struct plane_ray ray;
    struct v3 light;
    vf u, v, fu, fv, cover, bright, wood, distance, along, sun;
    vi inside, at, tint;

    if (!is_open(list, to))
        return;
    plane_ray_begin(&frame->view, canvas, column, row, &ray);
    u = (ray.x - sprite->x) * sprite->u[0] + (ray.y - sprite->y) * sprite->u[1];
    v = (ray.x - sprite->x) * sprite->v[0] + (ray.y - sprite->y) * sprite->v[1];
    inside = (abs_v(u) < 1.0f) & (abs_v(v) < 1.0f);
    distance = sprite->ahead * ray.flat;
    inside &= distance < load(canvas->depth + to);
    if (!any(inside))
        return;
    along = u;
    u = clamp_v(u * half + (half - 0.5f), 0.0f, 2.0f * half - 1.001f);
    v = clamp_v(v * half + (half - 0.5f), 0.0f, 2.0f * half - 1.001f);
    fu = floor_v(u);
    fv = floor_v(v);
    at = ((to_int(fv) << sprite->log2) | to_int(fu)) + sprite->base;
    cover = corners(gather_int(pictures->alpha, at), u - fu, v - fv);
    cover = choose(inside, cover * sprite->fade, splat(0));
    if (!any(cover > LEAST_COVER))
        return;
    tint = gather_int(pictures->tint, at);
    bright = byte_of(tint, 0) * (1.0f / 255.0f);
    wood = byte_of(tint, 1) * (1.0f / 255.0f);
    sun = saturate(0.5f * (sprite->sun[0] + sprite->sun[1]) +
                   along * (0.5f * (sprite->sun[1] - sprite->sun[0])) +
                   0.5f * (bright - 0.55f) * fminf(1, 3 * (sprite->sun[0] + sprite->sun[1])));
    light = lerp3(splat3(sprite->shade), splat3(sprite->lit), sun);
    light = lerp3(splat3(sprite->dark), light, bright);
    light = lerp3(light, splat3(sprite->wood), wood);
    if (sprite->snow > 0)
        light = lerp3(light, splat3(sprite->white),
                      smooth_v(0.52f, 0.86f, byte_of(tint, 2) * (1.0f / 255.0f)) * sprite->snow);
    along = 0.5f + 0.5f * along;
    paint(list, to, light, cover,
          (const vf[]){distance, sprite->slide[0] + (sprite->slide[1] - sprite->slide[0]) * along,
                       sprite->drop * along});
}

SIMD void draw_sprite(const struct frame *frame, const struct forest_list *list,
                      const struct forest_sprite *sprite, const int rows[2])
{
    const struct canvas *canvas = &list->canvas;
    float middle = 0.5f * (float)canvas->width;
    int left = (int)fmaxf((sprite->x - sprite->half[0]) / canvas->pixel[0] + middle - 1, 0);
    int right = (int)fminf((sprite->x + sprite->half[0]) / canvas->pixel[0] + middle + 1,
                           (float)canvas->width);

    for (int row = rows[0]; row < rows[1]; row++)
        for (int x = left / VW * VW; x < right; x += VW)
            sprite_samples(frame, list, sprite, x, row);
}

/* Nothing is painted yet in a band of rows. */
SIMD void open_band(const struct forest_list *list, int top, int bottom)
{
    size_t stride = (size_t)list->canvas.stride;

    for (size_t i = (size_t)top * stride; i < (size_t)bottom * stride; i += VW) {
        for (int k = 0; k < 3; k++)
            store(list->over[k] + i, splat(0));
        store(list->open + i, splat(1));
        store(list->depth + i, splat(1e9f));
    }
}

/* Lays the painted band over what is behind it. */
SIMD void lay_band(const struct forest_list *list, int top, int bottom)
{
    size_t stride = (size_t)list->canvas.stride;

    for (size_t i = (size_t)top * stride; i < (size_t)bottom * stride; i += VW) {
        float *depth = list->canvas.depth + i;
        vi hides;

        for (int k = 0; k < 3; k++) {
            float *to = list->canvas.plane[k] + i;

            store(to, load(list->over[k] + i) + load(to) * load(list->open + i));
        }
        hides = load(list->depth + i) < load(depth);
        store(depth, min_v(load(depth), load(list->depth + i)));
        for (int k = 0; k < 2 && list->canvas.slide[k]; k++) {
            float *slide = list->canvas.slide[k] + i;
            vf still = list->forest->in_open ? load(slide) : splat(0);

            store(slide, choose(hides, load(list->slide[k] + i), still));
        }
        if (list->canvas.mover && any(hides))
            store(list->canvas.mover + i, choose(hides, splat(0), load(list->canvas.mover + i)));
    }
}

/* Paints all limbs and leaves of a band of rows, from near to far: what is hidden costs little. */
void KERNEL(forest_band)(const struct frame *frame, const struct forest_list *list, int band)
{
    int top = band * BAND_ROWS, bottom = top + BAND_ROWS;

    if (bottom > list->canvas.height)
        bottom = list->canvas.height;
    open_band(list, top, bottom);
    for (int i = 0; i < list->count; i++) {
        int rows[2] = {list->rows[i][0], list->rows[i][1]}, item = list->order[i];

        if (rows[0] >= bottom || rows[1] <= top)
            continue;
        if (rows[0] < top)
            rows[0] = top;
        if (rows[1] > bottom)
            rows[1] = bottom;
        if (item >= 0)
            draw_stroke(frame, list, &list->strokes[item], rows);
        else
            draw_sprite(frame, list, &list->sprites[-1 - item], rows);
    }
    lay_band(list, top, bottom);
}
