/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/i2v/i2v.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "media/resample.h"
#include "workers/diorama/i2v/i2v_depth.h"
#include "workers/diorama/kernels.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/parallel.h"

enum {
    CELL = 8,      /* pixels between the points where the move is computed */
    BORDER = 2,    /* repeated pixels around the image, for the filter */
    PHASES = 256,  /* positions of the filter within a pixel */
    ITERATIONS = 6 /* to find which source point lands on a pixel */
};

#define ZOOM_MAX 0.45f    /* of any part, or the pixels would show */
#define SQUEEZE_MAX 0.45f /* how much of the picture's width may vanish behind what is nearer */
#define WEATHER_COMES_S 1.5f
#define SKY_DEPTH 0.05f  /* what is farther may be sky */
#define SKY_DRIFT 0.006f /* of the picture's width in a second, at its top */

typedef float v4 __attribute__((vector_size(16)));

struct point {
    float x, y;
};

/* What the camera does at one moment. zoom is how much of a part's size is cut away, slide is
 * where the rest lies within what was cut away: -1 to 1, left or top to right or bottom. */
struct move {
    float zoom_far, zoom_near;
    struct point slide_far, slide_near;
};

struct i2v {
    int width, height, frames, fps, threads;
    enum scene_camera camera;
    enum scene_weather weather;
    float amount;      /* of enlargement at the end of the clip */
    float angle;       /* of the light's drift */
    int columns, rows; /* of points */
    float *depth;      /* at the points */
    float *sky;        /* how much of a point is sky that drifts, 0 to 1 */
    v4 *pixels;        /* RGB, with BORDER around */
    float filter[PHASES][4];
    /* The frame being drawn. */
    struct point *sources; /* which pixel of the image lands on each point */
    float light, light_across;
    float drift; /* of the sky, in parts of its width */
    struct picture *picture;
};

static void *allocate(size_t bytes)
{
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);

    if (!memory)
        die("out of memory for an image's clip");
    return memory;
}

/* Catmull-Rom. */
static void fill_filter(float filter[PHASES][4])
{
    for (int i = 0; i < PHASES; i++) {
        float t = (float)i / PHASES;

        filter[i][0] = ((-0.5f * t + 1) * t - 0.5f) * t;
        filter[i][1] = (1.5f * t - 2.5f) * t * t + 1;
        filter[i][2] = ((-1.5f * t + 2) * t + 0.5f) * t;
        filter[i][3] = (0.5f * t - 0.5f) * t * t;
    }
}

static int clamp_int(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

static void fill_pixels(struct i2v *i2v, const struct image *image)
{
    int stride = i2v->width + 2 * BORDER;

    i2v->pixels = allocate((size_t)stride * (size_t)(i2v->height + 2 * BORDER) * sizeof(v4));
    for (int y = 0; y < i2v->height + 2 * BORDER; y++)
        for (int x = 0; x < stride; x++) {
            int from_x = clamp_int(x - BORDER, 0, i2v->width - 1);
            int from_y = clamp_int(y - BORDER, 0, i2v->height - 1);
            const uint8_t *rgb =
                image->rgb + 3 * ((size_t)from_y * (size_t)i2v->width + (size_t)from_x);

            i2v->pixels[(size_t)y * (size_t)stride + (size_t)x] = (v4){rgb[0], rgb[1], rgb[2], 0};
        }
}

/* Where the hand is at a time: -1 to 1, slow sway with a little tremor on it. */
static struct point shake(float seconds, float phase)
{
    return (struct point){
        0.6f * sinf(1.9f * seconds + phase) + 0.25f * sinf(4.7f * seconds + 2 * phase) +
            0.15f * sinf(11.3f * seconds),
        0.6f * sinf(1.5f * seconds + 2.1f * phase) + 0.25f * sinf(5.3f * seconds + phase) +
            0.15f * sinf(9.7f * seconds + 1),
    };
}

/* zoom_far and zoom_near in parts of the amount, and the slides, at the end of each move. */
static const struct move moves[SCENE_CAMERAS] = {
    [CAMERA_STATIC] = {0, 0, {0, 0}, {0, 0}},
    [CAMERA_PUSH_IN] = {0.45f, 1.35f, {0, 0}, {0, 0}},
    [CAMERA_PULL_BACK] = {1.2f, 0.2f, {0, 0}, {0, 0}},
    [CAMERA_PAN_LEFT] = {1.0f, 1.3f, {-1, 0}, {-1, 0}},
    [CAMERA_PAN_RIGHT] = {1.0f, 1.3f, {1, 0}, {1, 0}},
    [CAMERA_TILT_UP] = {1.0f, 1.3f, {0, -1}, {0, -1}},
    [CAMERA_TILT_DOWN] = {1.0f, 1.3f, {0, 1}, {0, 1}},
    [CAMERA_CRANE_UP] = {0.7f, 1.1f, {0, -0.2f}, {0, -1}},
    [CAMERA_ORBIT] = {1.0f, 1.0f, {-0.6f, 0}, {0.7f, 0}},
    [CAMERA_DRONE] = {0.3f, 1.6f, {0, -0.2f}, {0, -0.4f}},
    [CAMERA_HANDHELD] = {0.6f, 0.8f, {0, 0}, {0, 0}},
};

static struct move move_at(const struct i2v *i2v, int index)
{
    float s = i2v->frames > 1 ? (float)index / (float)(i2v->frames - 1) : 0;
    float eased = 0.35f * s + 0.65f * s * s * (3 - 2 * s);
    float seconds = (float)index / (float)i2v->fps;
    struct move move = moves[i2v->camera];

    move.zoom_far = fminf(move.zoom_far * i2v->amount, ZOOM_MAX) * eased;
    move.zoom_near = fminf(move.zoom_near * i2v->amount, ZOOM_MAX) * eased;
    if (i2v->camera == CAMERA_HANDHELD) {
        float room = 0.035f * clamp_f(seconds, 0, 1) * clamp_f(seconds, 0, 1);

        move.zoom_far += room;
        move.zoom_near += room;
        move.slide_far = move.slide_near = shake(seconds, i2v->angle);
    }
    return move;
}

/* Sky hangs together from the top edge; the higher, the faster its clouds go by. */
static void find_sky(struct i2v *i2v)
{
    for (int x = 0; x < i2v->columns; x++) {
        int end = 0;

        while (end < i2v->rows && i2v->depth[end * i2v->columns + x] < SKY_DEPTH)
            end++;
        for (int y = 0; y < i2v->rows; y++) {
            float high = 1 - (float)y / fmaxf((float)end, 1);

            i2v->sky[y * i2v->columns + x] = y < end ? high * high * (3 - 2 * high) : 0;
        }
    }
    /* A column that ends early, at a mast or a leaf, must not tear its neighbors. */
    for (int pass = 0; pass < 2 * i2v->columns; pass++) {
        int step = pass < i2v->columns ? 1 : -1;
        int x = step > 0 ? pass : 2 * i2v->columns - 1 - pass;

        if (x - step < 0 || x - step >= i2v->columns)
            continue;
        for (int y = 0; y < i2v->rows; y++) {
            float *at = &i2v->sky[y * i2v->columns + x];

            *at = fminf(*at, at[-step] + 0.04f);
        }
    }
}

/* The part of `size` pixels that remains after `zoom`, slid: its point for `pixel`. */
static float keep(float pixel, float size, float zoom, float slide)
{
    float center = (size - 1) / 2;

    return center + (pixel - center) * (1 - zoom) + slide * zoom * center;
}

/* By how much depth may fall from one point to the next, where the nearest and the farthest move
 * apart by so many pixels. */
static float fall(float far, float near)
{
    return SQUEEZE_MAX * CELL / (fabsf(near - far) + 0.5f);
}

/* Where the depth steps from near to far, the far part beside it is brought nearer, just so much
 * that the move never pushes points over each other: what is near stays whole, what lies behind
 * stretches. */
static void soften_steps(struct i2v *i2v)
{
    struct move end = move_at(i2v, i2v->frames - 1);
    float width = (float)i2v->width, height = (float)i2v->height;
    int count = i2v->columns * i2v->rows;

    for (int n = 0; n < 2 * count; n++) {
        int step = n < count ? 1 : -1, at = step > 0 ? n : 2 * count - 1 - n;
        int x = at % i2v->columns, y = at / i2v->columns;
        float across = (float)(x * CELL), down = (float)(y * CELL), *depth = &i2v->depth[at];
        float fall_x = fall(keep(across, width, end.zoom_far, end.slide_far.x),
                            keep(across, width, end.zoom_near, end.slide_near.x));
        float fall_y = fall(keep(down, height, end.zoom_far, end.slide_far.y),
                            keep(down, height, end.zoom_near, end.slide_near.y));

        if (x - step >= 0 && x - step < i2v->columns)
            *depth = fmaxf(*depth, depth[-step] - fminf(fall_x, fall_y));
        if (y - step >= 0 && y - step < i2v->rows)
            *depth = fmaxf(*depth, depth[-step * i2v->columns] - fminf(fall_x, fall_y));
    }
}

struct i2v *i2v_open(const struct image *image, const struct scene *scene,
                     enum scene_weather weather, const struct renderer_options *options)
{
    struct i2v *i2v = calloc(1, sizeof(*i2v));
    struct image fitted;
    float seconds = (float)options->frames / (float)options->fps;
    size_t points;

    if (!i2v)
        die("out of memory for an image's clip");
    i2v->width = options->width;
    i2v->height = options->height;
    i2v->frames = options->frames;
    i2v->fps = options->fps;
    i2v->threads = options->threads;
    i2v->camera = scene->camera;
    i2v->weather = weather;
    i2v->amount = clamp_f(0.1f * scene->camera_speed * sqrtf(seconds / 4), 0.02f, 0.28f);
    i2v->angle = (float)(scene->seed % 360) * (float)M_PI / 180;
    i2v->columns = (i2v->width + CELL - 1) / CELL + 1;
    i2v->rows = (i2v->height + CELL - 1) / CELL + 1;
    points = (size_t)i2v->columns * (size_t)i2v->rows;
    i2v->depth = allocate(points * sizeof(*i2v->depth));
    i2v->sky = allocate(points * sizeof(*i2v->sky));
    i2v->sources = allocate(points * sizeof(*i2v->sources));
    fill_filter(i2v->filter);
    resample_cover(image, i2v->width, i2v->height, &fitted);
    i2v_depth(&fitted, i2v->columns, i2v->rows, i2v->depth);
    find_sky(i2v);
    soften_steps(i2v);
    fill_pixels(i2v, &fitted);
    image_fini(&fitted);
    return i2v;
}

void i2v_close(struct i2v *i2v)
{
    if (!i2v)
        return;
    free(i2v->depth);
    free(i2v->sky);
    free(i2v->sources);
    free(i2v->pixels);
    free(i2v);
}

static float depth_at(const struct i2v *i2v, struct point pixel)
{
    float x = clamp_f(pixel.x / CELL, 0, (float)i2v->columns - 1.001f);
    float y = clamp_f(pixel.y / CELL, 0, (float)i2v->rows - 1.001f);
    const float *at = i2v->depth + (int)y * i2v->columns + (int)x;
    float fx = x - floorf(x), fy = y - floorf(y);
    float top = at[0] + (at[1] - at[0]) * fx;
    float bottom = at[i2v->columns] + (at[i2v->columns + 1] - at[i2v->columns]) * fx;

    return top + (bottom - top) * fy;
}

/* Clouds go by: enlarged by what they drift, so that none of their edges is seen. */
static float drift(const struct i2v *i2v, struct point source, float target_x)
{
    int x = (int)clamp_f(target_x / CELL, 0, (float)i2v->columns - 1);
    int y = (int)clamp_f(source.y / CELL, 0, (float)i2v->rows - 1);
    float zoom = fminf(i2v->drift * i2v->sky[y * i2v->columns + x], 0.2f);

    return keep(source.x, (float)i2v->width, zoom, i2v->angle < (float)M_PI ? 1 : -1);
}

/* Finds for each point which pixel of the image lands there. How far a pixel moves depends on
 * its own depth, so the answer is looked for in a few steps. */
static void find_sources(struct i2v *i2v, const struct move *move)
{
    float right = (float)(i2v->width - 1), bottom = (float)(i2v->height - 1);

    for (int i = 0; i < i2v->columns * i2v->rows; i++) {
        struct point target = {(float)(i % i2v->columns * CELL), (float)(i / i2v->columns * CELL)};
        struct point source = target;

        for (int step = 0; step < ITERATIONS; step++) {
            float near = depth_at(i2v, source);
            float zoom = move->zoom_far + (move->zoom_near - move->zoom_far) * near;
            float x = move->slide_far.x + (move->slide_near.x - move->slide_far.x) * near;
            float y = move->slide_far.y + (move->slide_near.y - move->slide_far.y) * near;

            source.x = keep(target.x, (float)i2v->width, zoom, x);
            source.y = keep(target.y, (float)i2v->height, zoom, y);
            source.x = drift(i2v, source, target.x);
        }
        /* Points may lie beyond the last pixel; the pixels between are cut at the edge. */
        source.x = clamp_f(source.x, 0, fmaxf(right, target.x));
        source.y = clamp_f(source.y, 0, fmaxf(bottom, target.y));
        i2v->sources[i] = source;
    }
}

static v4 sample(const struct i2v *i2v, float x, float y)
{
    int stride = i2v->width + 2 * BORDER;
    int at_x = (int)(x * PHASES + 0.5f), at_y = (int)(y * PHASES + 0.5f);
    const float *across = i2v->filter[at_x % PHASES], *down = i2v->filter[at_y % PHASES];
    const v4 *from = i2v->pixels + (size_t)(at_y / PHASES + BORDER - 1) * (size_t)stride +
                     (at_x / PHASES + BORDER - 1);
    v4 sum = {0, 0, 0, 0};

    for (int row = 0; row < 4; row++, from += stride)
        sum += down[row] * (across[0] * from[0] + across[1] * from[1] + across[2] * from[2] +
                            across[3] * from[3]);
    return sum;
}

/* The pixels of one row, planar: red, green, blue, each i2v->width long. */
static void draw_row(const struct i2v *i2v, int y, float *rgb)
{
    const struct point *above = i2v->sources + y / CELL * i2v->columns;
    const struct point *below = above + i2v->columns;
    float right = (float)(i2v->width - 1), bottom = (float)(i2v->height - 1);
    float fy = (float)(y % CELL) / CELL;

    for (int x = 0; x < i2v->width; x += CELL, above++, below++) {
        float from_x = above[0].x + (below[0].x - above[0].x) * fy;
        float from_y = above[0].y + (below[0].y - above[0].y) * fy;
        float step_x = (above[1].x + (below[1].x - above[1].x) * fy - from_x) / CELL;
        float step_y = (above[1].y + (below[1].y - above[1].y) * fy - from_y) / CELL;
        int end = clamp_int(x + CELL, 0, i2v->width);

        for (int i = x; i < end; i++, from_x += step_x, from_y += step_y) {
            v4 color = sample(i2v, clamp_f(from_x, 0, right), clamp_f(from_y, 0, bottom));

            rgb[i] = color[0];
            rgb[i + i2v->width] = color[1];
            rgb[i + 2 * i2v->width] = color[2];
        }
    }
}

/* The drift of the light; takes what the filter overshot back to 0 to 255. */
static void light_row(const struct i2v *i2v, float *rgb)
{
    float across = i2v->light_across / (float)i2v->width;
    float left = i2v->light - i2v->light_across / 2;

    for (int c = 0; c < 3; c++, rgb += i2v->width)
        for (int x = 0; x < i2v->width; x++)
            rgb[x] = clamp_f(rgb[x] * (left + across * (float)x), 0, 255);
}

/* BT.709, from full-range RGB to limited-range luma. */
static void write_luma(const float *rgb, int width, uint8_t *luma)
{
    const float *red = rgb, *green = rgb + width, *blue = green + width;

    for (int x = 0; x < width; x++) {
        float y = 0.2126f * red[x] + 0.7152f * green[x] + 0.0722f * blue[x];

        luma[x] = (uint8_t)(16.5f + 219.0f / 255 * y);
    }
}

/* The chroma of two rows, one sample for four pixels. */
static void write_chroma(const float *above, const float *below, int width, uint8_t *cb,
                         uint8_t *cr)
{
    for (int x = 0; x < width / 2; x++) {
        float mean[3];

        for (int c = 0; c < 3; c++) {
            const float *a = above + c * width + 2 * x, *b = below + c * width + 2 * x;

            mean[c] = (a[0] + a[1] + b[0] + b[1]) / 4;
        }
        float y = 0.2126f * mean[0] + 0.7152f * mean[1] + 0.0722f * mean[2];

        cb[x] = (uint8_t)(128.5f + 224.0f / 255 * (mean[2] - y) / 1.8556f);
        cr[x] = (uint8_t)(128.5f + 224.0f / 255 * (mean[0] - y) / 1.5748f);
    }
}

/* One band of CELL rows. */
static void draw_band(void *job, int piece)
{
    struct i2v *i2v = job;
    struct picture *picture = i2v->picture;
    size_t row_values = (size_t)i2v->width * 3;
    float *rows = allocate(2 * row_values * sizeof(*rows));
    int end = clamp_int((piece + 1) * CELL, 0, i2v->height);

    for (int y = piece * CELL; y < end; y += 2) {
        for (int i = 0; i < 2; i++) {
            draw_row(i2v, y + i, rows + (size_t)i * row_values);
            light_row(i2v, rows + (size_t)i * row_values);
            write_luma(rows + (size_t)i * row_values, i2v->width,
                       picture->plane[0] + (ptrdiff_t)(y + i) * picture->stride[0]);
        }
        write_chroma(rows, rows + row_values, i2v->width,
                     picture->plane[1] + (ptrdiff_t)y / 2 * picture->stride[1],
                     picture->plane[2] + (ptrdiff_t)y / 2 * picture->stride[2]);
    }
    free(rows);
}

static void weather_pair(void *job, int pair)
{
    kernels_best()->regrade_row_pair(job, pair);
}

/* Rain, snow or fog, over the picture as it is. */
static void draw_weather(const struct i2v *i2v, int index, struct picture *picture)
{
    float seconds = (float)index / (float)i2v->fps, t = clamp_f(seconds / WEATHER_COMES_S, 0, 1);
    float amount = t * t * (3 - 2 * t);
    struct regrade_job job = {.width = i2v->width,
                              .height = i2v->height,
                              .index = index,
                              .time_s = seconds,
                              .depth = i2v->depth,
                              .depth_columns = i2v->columns,
                              .depth_rows = i2v->rows,
                              .grade = {.exposure = 1, .contrast = 1, .saturation = 1},
                              .fog_color = {0.42f, 0.45f, 0.48f}};

    if (amount <= 0)
        return;
    for (int k = 0; k < 3; k++) {
        job.from[k] = job.to[k] = picture->plane[k];
        job.from_stride[k] = job.to_stride[k] = picture->stride[k];
        job.grade.gain[k] = job.grade.shadow_tint[k] = job.grade.highlight_tint[k] = 1;
    }
    job.rain = i2v->weather == WEATHER_RAIN ? 0.8f * amount : 0;
    job.snow = i2v->weather == WEATHER_SNOW ? 0.9f * amount : 0;
    job.fog = (i2v->weather == WEATHER_FOG ? 0.6f : 0.15f) * amount;
    job.grade.saturation = 1 - 0.2f * amount;
    parallel_run(i2v->threads, i2v->height / 2, weather_pair, &job);
}

void i2v_draw(struct i2v *i2v, int index, struct picture *picture)
{
    struct move move = move_at(i2v, index);
    float seconds = (float)index / (float)i2v->fps;
    float drift = clamp_f(seconds / 2, 0, 1);

    i2v->light = 1 + 0.025f * drift * sinf(0.7f * seconds + i2v->angle);
    i2v->light_across = 0.04f * drift * sinf(0.45f * seconds + 2 * i2v->angle);
    i2v->drift = i2v->camera == CAMERA_STATIC ? 0 : 2 * SKY_DRIFT * seconds * drift;
    i2v->picture = picture;
    find_sources(i2v, &move);
    parallel_run(i2v->threads, (i2v->height + CELL - 1) / CELL, draw_band, i2v);
    if (i2v->weather == WEATHER_RAIN || i2v->weather == WEATHER_SNOW || i2v->weather == WEATHER_FOG)
        draw_weather(i2v, index, picture);
}
