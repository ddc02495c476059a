/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/post/lens.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/pages.h"
#include "workers/diorama/parallel.h"
#include "workers/diorama/post/lens_impl.h"
#include "workers/diorama/simd.h"

/* Radius of a disc at endless distance, in parts of the picture's longer side. At 1280 pixels and
 * with a subject at 5 m, 8 pixels are those of a 50 mm lens at f/1.2 on film of 36 mm. */
#define SHALLOW_DISC 0.0065f
#define MACRO_DISC 0.011f
#define TILT_SHIFT_DISC 0.007f
#define DISC_MAX 2.0f      /* of what is before the focus, times that */
#define TAPS_APART 1.35f   /* pixels of half resolution */
#define BAND 0.11f         /* half of what tilt-shift leaves sharp, of the height */
#define SHUTTER 0.5f       /* 180 degrees */
#define SMEAR_LEAST 1.3f   /* pixels: less is not seen */
#define SMEAR_WIDE 0.009f  /* the longest, in parts of the picture's longer side */
#define FAR_FOCUS_M 400.0f /* where a rack of focus ends */
#define FOCUS_LEAST_M 0.4f
#define TWO_PI 6.2831853f

struct lens {
    struct lens_job job;
    enum scene_focus focus;
    float disc; /* radius in pixels at endless distance; 0: all is sharp */
    float motion;
    float smear_max; /* pixels */
    int tile_rows;
    float (*fastest)[2]; /* motion in each tile alone */
    float found_m;       /* what was in the middle of the first picture; 0: not yet looked */
};

static void planes_new(struct lens_planes *planes, int width, int height)
{
    /* One vector more at the end: rows are read in whole ones. */
    int stride =
        (width + 2 * LENS_PAD + 2 * KERNEL_LANES_MAX - 1) / KERNEL_LANES_MAX * KERNEL_LANES_MAX;
    size_t size = (size_t)stride * (size_t)(height + 2 * LENS_PAD + 1);

    planes->width = width;
    planes->height = height;
    planes->stride = stride;
    for (int k = 0; k < LENS_PLANES; k++)
        planes->plane[k] =
            (float *)pages_new(size * sizeof(float)) + LENS_PAD * (ptrdiff_t)stride + LENS_PAD;
}

static void planes_free(struct lens_planes *planes)
{
    for (int k = 0; k < LENS_PLANES; k++)
        if (planes->plane[k])
            pages_free(planes->plane[k] - LENS_PAD * planes->stride - LENS_PAD);
}

/* Rings around the middle, as far apart as the taps of a ring. */
static void plan_taps(struct lens_job *job)
{
    float reach = job->disc_max * 0.5f, apart = TAPS_APART;
    int rings;

    if (reach > LENS_PAD - 2)
        reach = LENS_PAD - 2;
    /* 1 + 3 n (n + 1) taps in n rings. */
    while ((rings = (int)ceilf(reach / apart)) > 6)
        apart *= 1.1f;
    job->taps[0] = (struct lens_tap){0, 0};
    job->tap_count = 1;
    for (int ring = 1; ring <= rings; ring++)
        for (int i = 0; i < 6 * ring; i++) {
            float angle = ((float)i + 0.5f * (float)(ring & 1)) * TWO_PI / (float)(6 * ring);
            float x = roundf((float)ring * apart * cosf(angle));
            float y = roundf((float)ring * apart * sinf(angle));

            job->taps[job->tap_count++] = (struct lens_tap){
                (ptrdiff_t)y * job->half.stride + (ptrdiff_t)x, sqrtf(x * x + y * y)};
        }
    job->tap_area = apart * apart;
}

static void plan_focus(struct lens *lens, const struct scene *scene, const struct frame *frame)
{
    float longer =
        (float)(frame->out_width > frame->out_height ? frame->out_width : frame->out_height);
    struct lens_job *job = &lens->job;

    switch (scene->focus) {
    case FOCUS_SHALLOW:
    case FOCUS_RACK:
        lens->disc = SHALLOW_DISC * longer;
        break;
    case FOCUS_MACRO:
        lens->disc = MACRO_DISC * longer;
        break;
    case FOCUS_TILT_SHIFT:
        lens->disc = TILT_SHIFT_DISC * longer;
        job->is_band = true;
        job->band_row = 0.58f * (float)frame->out_height;
        job->band_half = BAND * (float)frame->out_height;
        job->band_slope = lens->disc / (0.35f * (float)frame->out_height);
        break;
    case FOCUS_DEEP:
    case SCENE_FOCUSES:
        return;
    }
    job->disc_max = lens->disc * (job->is_band ? 1 : DISC_MAX);
    planes_new(&job->half, frame->out_width / 2, frame->out_height / 2);
    planes_new(&job->blurred, frame->out_width / 2, frame->out_height / 2);
    planes_new(&job->filled, frame->out_width / 2, frame->out_height / 2);
    plan_taps(job);
}

struct lens *lens_open(const struct scene *scene, const struct frame *frame)
{
    struct lens *lens = calloc(1, sizeof(*lens));
    size_t tiles;

    if (!lens)
        abort();
    lens->focus = scene->focus;
    lens->motion = scene->motion_blur;
    plan_focus(lens, scene, frame);
    if (lens->motion <= 0)
        return lens;
    lens->job.shutter = SHUTTER * lens->motion;
    /* Who films what runs by takes a short shutter, or sees nothing of the ground but stripes. */
    lens->smear_max = SMEAR_WIDE * fmaxf((float)frame->out_width, (float)frame->out_height);
    lens->smear_max = fminf(lens->smear_max * lens->motion, LENS_SMEAR_MAX);
    lens->job.tile_columns = (frame->out_width + LENS_TILE - 1) / LENS_TILE;
    lens->tile_rows = (frame->out_height + LENS_TILE - 1) / LENS_TILE;
    tiles = (size_t)lens->job.tile_columns * (size_t)lens->tile_rows;
    lens->job.tiles = calloc(tiles, sizeof(*lens->job.tiles));
    lens->fastest = calloc(tiles, sizeof(*lens->fastest));
    if (!lens->job.tiles || !lens->fastest)
        abort();
    planes_new(&lens->job.sharp, frame->out_width, frame->out_height);
    return lens;
}

void lens_close(struct lens *lens)
{
    if (!lens)
        return;
    planes_free(&lens->job.half);
    planes_free(&lens->job.blurred);
    planes_free(&lens->job.filled);
    planes_free(&lens->job.sharp);
    free(lens->job.tiles);
    free(lens->fastest);
    free(lens);
}

struct pass {
    const struct lens_job *job;
    void (*run)(const struct lens_job *job, int row);
};

static void run_row(void *context, int row)
{
    const struct pass *pass = context;

    pass->run(pass->job, row);
}

static void run_rows(const struct lens_job *job, int threads,
                     void (*run)(const struct lens_job *job, int row), int rows)
{
    struct pass pass = {job, run};

    parallel_run(threads, rows, run_row, &pass);
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* The distance in the middle of the picture, or from close by below it: the median of a grid of
 * pixels. */
static float look(const struct frame *frame, bool close_by)
{
    enum { SIDE = 9 };
    float found[SIDE * SIDE];

    for (int i = 0; i < SIDE * SIDE; i++) {
        int x = frame->out_width * (16 + i % SIDE) / 40;
        int row = i / SIDE, y = frame->out_height * (close_by ? 23 + 2 * row : 16 + row) / 40;

        found[i] = frame->distance[(size_t)y * (size_t)frame->out_stride + (size_t)x];
    }
    qsort(found, SIDE * SIDE, sizeof(*found), compare);
    return found[SIDE * SIDE / 2];
}

static float ramp(float low, float high, float x)
{
    float t = fminf(fmaxf((x - low) / (high - low), 0), 1);

    return t * t * (3 - 2 * t);
}

static void focus(struct lens *lens, struct frame *frame, const struct lens_shot *shot)
{
    struct lens_job *job = &lens->job;
    float subject = shot->subject_m;

    if (subject <= 0 && lens->found_m <= 0)
        lens->found_m = look(frame, lens->focus == FOCUS_MACRO);
    if (subject <= 0)
        subject = lens->found_m;
    subject = fminf(fmaxf(subject, FOCUS_LEAST_M), FAR_FOCUS_M);
    job->power = lens->disc * subject;
    job->focus = 1 / subject;
    if (lens->focus == FOCUS_RACK)
        job->focus += (1 / FAR_FOCUS_M - job->focus) * ramp(0.3f, 0.75f, shot->progress);
}

/* Takes the motion of a pixel if it is faster than `most`, which is squared. */
static void take_faster(const float *across, const float *down, float *most, float fastest[2])
{
    float square = *across * *across + *down * *down;

    if (square <= *most)
        return;
    *most = square;
    fastest[0] = *across;
    fastest[1] = *down;
}

/* The fastest motion in a tile. */
static void find_fastest(const struct lens *lens, const struct frame *frame, int tile)
{
    int left = tile % lens->job.tile_columns * LENS_TILE, right = left + LENS_TILE;
    int top = tile / lens->job.tile_columns * LENS_TILE;
    float most = 0, *fastest = lens->fastest[tile];

    right = right < frame->out_width ? right : frame->out_width;
    fastest[0] = fastest[1] = 0;
    for (int y = top; y < top + LENS_TILE && y < frame->out_height; y++) {
        const float *across = frame->motion[0] + (size_t)y * (size_t)frame->out_stride;
        const float *down = frame->motion[1] + (size_t)y * (size_t)frame->out_stride;

        for (int x = left; x < right; x += VW) {
            vf u = load(across + x), v = load(down + x);

            if (!any(u * u + v * v > most))
                continue;
            for (int i = x; i < x + VW && i < right; i++)
                take_faster(across + i, down + i, &most, fastest);
        }
    }
}

struct tile_pass {
    struct lens *lens;
    const struct frame *frame;
};

static void fastest_row(void *context, int row)
{
    const struct tile_pass *pass = context;
    int columns = pass->lens->job.tile_columns;

    for (int x = 0; x < columns; x++)
        find_fastest(pass->lens, pass->frame, row * columns + x);
}

static float square_of(const float way[2])
{
    return way[0] * way[0] + way[1] * way[1];
}

/* Each tile takes the fastest of its neighbors too: what smears comes from there. False when
 * nothing moves enough to be seen. */
static bool plan_smears(struct lens *lens)
{
    int columns = lens->job.tile_columns, rows = lens->tile_rows;
    bool moves = false;

    for (int i = 0; i < columns * rows; i++) {
        float *way = lens->job.tiles[i], length;

        way[0] = way[1] = 0;
        for (int n = 0; n < 9; n++) {
            int x = i % columns + n % 3 - 1, y = i / columns + n / 3 - 1;

            if (x < 0 || x >= columns || y < 0 || y >= rows ||
                square_of(lens->fastest[y * columns + x]) <= square_of(way))
                continue;
            memcpy(way, lens->fastest[y * columns + x], sizeof(lens->fastest[0]));
        }
        length = sqrtf(square_of(way)) * lens->job.shutter;
        if (length < SMEAR_LEAST) {
            way[0] = way[1] = 0;
            continue;
        }
        moves = true;
        for (int k = 0; k < 2; k++)
            way[k] *= lens->job.shutter * fminf(1, lens->smear_max / length);
    }
    return moves;
}

void lens_draw(struct lens *lens, struct frame *frame, const struct lens_shot *shot)
{
    const struct kernels *kernels = shot->kernels;
    struct lens_job *job = &lens->job;

    if (!frame->distance || !frame->motion[0])
        return;
    job->frame = frame;
    if (lens->disc > 0) {
        focus(lens, frame, shot);
        run_rows(job, shot->threads, kernels->lens_half_row, job->half.height + 2 * LENS_PAD);
        run_rows(job, shot->threads, kernels->lens_blur_row, job->half.height);
        run_rows(job, shot->threads, kernels->lens_fill_row, job->half.height);
        run_rows(job, shot->threads, kernels->lens_mix_row, frame->out_height);
    }
    if (lens->motion > 0) {
        struct tile_pass pass = {lens, frame};

        parallel_run(shot->threads, lens->tile_rows, fastest_row, &pass);
        if (!plan_smears(lens))
            return;
        run_rows(job, shot->threads, kernels->lens_copy_row, frame->out_height + 2 * LENS_PAD);
        run_rows(job, shot->threads, kernels->lens_smear_row, frame->out_height);
    }
}
