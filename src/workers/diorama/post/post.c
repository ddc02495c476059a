/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/post/post.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/noise.h"
#include "workers/diorama/parallel.h"

enum { BLOOM_LEVELS = 5 };

void post_grade(struct grade *grade, const struct scene *scene)
{
    float warm = scene->warmth;

    *grade = (struct grade){.exposure = 1,
                            .contrast = 1.04f,
                            .saturation = 1.08f,
                            .vignette = 0.25f,
                            .grain = 0.008f,
                            .bloom = 0.06f};
    set3(grade->shadow_tint, 1, 1, 1);
    set3(grade->highlight_tint, 1, 1, 1);
    switch (scene->look) {
    case LOOK_CINEMATIC:
        grade->contrast = 1.12f;
        grade->saturation = 1.10f;
        grade->vignette = 0.5f;
        grade->grain = 0.014f;
        grade->bloom = 0.10f;
        set3(grade->shadow_tint, 0.93f, 1.0f, 1.07f);
        set3(grade->highlight_tint, 1.03f, 1.0f, 0.95f);
        break;
    case LOOK_VINTAGE:
        grade->contrast = 0.92f;
        grade->saturation = 0.72f;
        grade->vignette = 0.8f;
        grade->grain = 0.032f;
        grade->bloom = 0.14f;
        grade->fade = 0.32f;
        set3(grade->shadow_tint, 1.06f, 0.98f, 0.92f);
        set3(grade->highlight_tint, 1.05f, 1.0f, 0.84f);
        break;
    case LOOK_NOIR:
        grade->contrast = 1.34f;
        grade->vignette = 0.9f;
        grade->grain = 0.036f;
        grade->bloom = 0.10f;
        grade->monochrome = true;
        break;
    case LOOK_NATURAL:
    case SCENE_LOOKS:
        break;
    }
    grade->contrast *= 1.0f + 0.3f * scene->contrast;
    grade->saturation *= 1.0f + 0.6f * scene->saturation;
    set3(grade->gain, 1.0f + 0.12f * warm, 1.0f, 1.0f - 0.14f * warm);
}

enum { BRIGHTS = 256 };

/* Brightness that all but the brightest tenth of the picture stays below. */
static float bright_limit(const int counts[BRIGHTS], int total)
{
    int left = total / 10, i = BRIGHTS - 1;

    while (i > 0 && left >= counts[i])
        left -= counts[i--];
    return exp2f((float)i / 10.0f - 15.0f);
}

/* How much lighter a picture is for snow: a night of it is not a dark one, and in a street the eye
 * sees it as white, whatever it is shown of the sky. */
static float snow_lift(const struct scene *scene, float night)
{
    float lift = scene->weather == WEATHER_SNOW ? 1.0f + night : 1.0f;

    return scene->ground == GROUND_SNOW && scene->place == PLACE_STREET ? 1.35f * lift : lift;
}

float post_exposure(const struct frame *frame)
{
    const struct scene *scene = frame->world->scene;
    float night = frame->world->sky.night, dusk = 0, dark = 0, target = 0, middle = 0, limit = 0;
    int counts[BRIGHTS] = {0}, total = frame->out_width * frame->out_height;
    double sum = 0;

    if (scene->place == PLACE_SPACE) /* as astronauts' films: set for what the sun lights */
        return 1;
    for (int i = 0; i < total; i++) {
        size_t at = (size_t)(i / frame->out_width) * (size_t)frame->out_stride +
                    (size_t)(i % frame->out_width);
        float bright =
            0.2126f * frame->out[0][at] + 0.7152f * frame->out[1][at] + 0.0722f * frame->out[2][at];
        float stops = log2f(fmaxf(bright, 1e-6f));

        sum += (double)stops;
        counts[(int)clamp_f((stops + 15.0f) * 10.0f, 0, BRIGHTS - 1)]++;
    }
    middle = exp2f((float)(sum / total));
    dusk = 1.0f - smooth_f(-5.0f, 10.0f, scene->sun_elevation_deg);
    /* Streets light themselves at night. */
    dark = scene->place == PLACE_STREET ? 0.16f : scene->place == PLACE_SKYLINE ? 0.19f : 0.07f;
    target = lerp_f(lerp_f(0.30f, 0.22f, dusk), dark, night) / fmaxf(middle, 1e-5f);
    /* The sky keeps its color rather than burn out: land in front of it may go dark. */
    if (scene->place == PLACE_SKY)
        target *= lerp_f(2.3f, 1.0f, dusk);
    if (scene->place == PLACE_SKYLINE)
        target *= lerp_f(1.0f, 0.38f, dusk);
    if (scene->weather == WEATHER_FOG)
        target *= 1.35f;
    if (scene->weather == WEATHER_RAIN && dark < 0.1f)
        target *= scene->place == PLACE_SEA ? 0.95f : 0.6f;
    else if (frame->world->air.veil > 0.5f)
        target *= 0.85f;
    limit = lerp_f(lerp_f(2.5f, 0.95f, dusk), dark > 0.1f ? 1.4f : 0.5f, night) /
            bright_limit(counts, total);
    if (scene->weather == WEATHER_FOG)
        limit *= 1.7f;
    return snow_lift(scene, night) * expf(0.4f * logf(target) + 0.6f * logf(fminf(target, limit)));
}

/* One color of the pyramid being made. */
struct pyramid {
    const struct frame *frame;
    int width[BLOOM_LEVELS], height[BLOOM_LEVELS];
    float *level[3][BLOOM_LEVELS], *scratch[3];
};

static float box_mean(const float *from, int stride, int side)
{
    float sum = 0;

    for (int j = 0; j < side; j++)
        for (int i = 0; i < side; i++)
            sum += from[(size_t)j * (size_t)stride + (size_t)i];
    return sum / (float)(side * side);
}

/* Averages boxes of `side` texels into one. */
static void shrink(const float *from, int stride, const int size[2], int side, float *to)
{
    for (int y = 0; y < size[1]; y++)
        for (int x = 0; x < size[0]; x++)
            to[y * size[0] + x] = box_mean(
                from + (size_t)(y * side) * (size_t)stride + (size_t)(x * side), stride, side);
}

/* Adds to each texel of a row the two that lie `off` to its sides; those beyond the ends are as
 * the last ones. */
static void add_pair(const float *row, int width, int off, float share, float *to)
{
    int first = off < width ? off : width, last = width - off > first ? width - off : first;

    for (int x = 0; x < first; x++)
        to[x] += share * (row[0] + row[x + off < width ? x + off : width - 1]);
    for (int x = first; x < last; x++)
        to[x] += share * (row[x - off] + row[x + off]);
    for (int x = last; x < width; x++)
        to[x] += share * (row[x - off] + row[width - 1]);
}

/* Gaussian of nine taps, first along rows, then along columns. */
static void blur(float *level, float *scratch, int width, int height)
{
    static const float tap[5] = {0.227027f, 0.194595f, 0.121622f, 0.054054f, 0.016216f};

    for (int y = 0; y < height; y++) {
        const float *row = level + y * width;
        float *to = scratch + y * width;

        for (int x = 0; x < width; x++)
            to[x] = row[x] * tap[0];
        for (int i = 1; i < 5; i++)
            add_pair(row, width, i, tap[i], to);
    }
    for (int y = 0; y < height; y++) {
        float *to = level + y * width;

        for (int x = 0; x < width; x++)
            to[x] = tap[0] * scratch[y * width + x];
        for (int i = 1; i < 5; i++) {
            const float *above = scratch + (y - i < 0 ? 0 : y - i) * width;
            const float *below = scratch + (y + i < height ? y + i : height - 1) * width;

            for (int x = 0; x < width; x++)
                to[x] += tap[i] * (above[x] + below[x]);
        }
    }
}

/* to = mix of itself and the next smaller level, enlarged. */
static void enlarge_onto(const struct pyramid *pyramid, int color, int level)
{
    int width = pyramid->width[level], height = pyramid->height[level];
    int small_width = pyramid->width[level + 1], small_height = pyramid->height[level + 1];
    const float *from = pyramid->level[color][level + 1];
    float *to = pyramid->level[color][level];

    for (int y = 0; y < height; y++) {
        float fy = clamp_f(((float)y + 0.5f) * 0.5f - 0.5f, 0, (float)(small_height - 1));
        int y0 = (int)fy, y1 = y0 + 1 < small_height ? y0 + 1 : y0;

        for (int x = 0; x < width; x++) {
            float fx = clamp_f(((float)x + 0.5f) * 0.5f - 0.5f, 0, (float)(small_width - 1));
            int x0 = (int)fx, x1 = x0 + 1 < small_width ? x0 + 1 : x0;
            float u = fx - (float)x0, v = fy - (float)y0;
            float a = lerp_f(from[y0 * small_width + x0], from[y0 * small_width + x1], u);
            float b = lerp_f(from[y1 * small_width + x0], from[y1 * small_width + x1], u);

            to[y * width + x] = lerp_f(to[y * width + x], lerp_f(a, b, v), 0.62f);
        }
    }
}

static void bloom_color(void *context, int color)
{
    struct pyramid *pyramid = context;
    const struct frame *frame = pyramid->frame;
    const float *from = frame->out[color];
    int stride = frame->out_stride;

    for (int level = 0; level < BLOOM_LEVELS; level++) {
        int size[2] = {pyramid->width[level], pyramid->height[level]};

        shrink(from, stride, size, level ? 2 : 4, pyramid->level[color][level]);
        blur(pyramid->level[color][level], pyramid->scratch[color], size[0], size[1]);
        from = pyramid->level[color][level];
        stride = size[0];
    }
    for (int level = BLOOM_LEVELS - 2; level >= 0; level--)
        enlarge_onto(pyramid, color, level);
}

void post_bloom(const struct frame *frame, int threads)
{
    struct pyramid pyramid = {.frame = frame};
    size_t total = 0;
    float *memory = NULL, *next = NULL;

    for (int level = 0; level < BLOOM_LEVELS; level++) {
        pyramid.width[level] = level ? pyramid.width[level - 1] / 2 : frame->bloom_width;
        pyramid.height[level] = level ? pyramid.height[level - 1] / 2 : frame->bloom_height;
        total += (size_t)pyramid.width[level] * (size_t)pyramid.height[level] * 3;
    }
    total += (size_t)frame->bloom_width * (size_t)frame->bloom_height * 3;
    memory = next = malloc(total * sizeof(*memory));
    if (!memory)
        abort();
    for (int color = 0; color < 3; color++) {
        pyramid.level[color][0] = frame->bloom[color];
        for (int level = 1; level < BLOOM_LEVELS; level++) {
            pyramid.level[color][level] = next;
            next += pyramid.width[level] * pyramid.height[level];
        }
        pyramid.scratch[color] = next;
        next += frame->bloom_width * frame->bloom_height;
    }
    parallel_run(threads, 3, bloom_color, &pyramid);
    free(memory);
}
