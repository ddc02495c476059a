/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/i2v/regrade.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "media/decode.h"
#include "media/image.h"
#include "workers/diorama/i2v/i2v_depth.h"
#include "workers/diorama/kernels.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/parallel.h"
#include "workers/diorama/post/post.h"

enum { DEPTH_COLUMNS = 40, DEPTH_ROWS = 24, LOOK_EVERY = 12, SMALL = 4 };

#define DEPTH_PACE 0.15f    /* how fast a new guess of the distances comes in, a frame */
#define AMBIENCE 0.35f      /* of the weather under the sound of the source */
#define SILENT_POWER 1e-8   /* mean square of a sound track that says nothing */
#define FRAME_SLACK_S 0.002 /* times in files are rounded */

struct regrade {
    struct regrade_options options;
    struct decoder *decoder;
    struct decoded_picture next; /* read ahead */
    bool has_next, has_weather;
    uint8_t *shown; /* planes of the source's picture for the frame */
    struct regrade_job job;
    float depth[DEPTH_COLUMNS * DEPTH_ROWS], guess[DEPTH_COLUMNS * DEPTH_ROWS];
};

/* The light of an hour, by the height of the sun. */
static void grade_hour(struct regrade_job *job, float elevation)
{
    if (elevation < -6) {
        job->grade.exposure = 0.16f;
        job->sky_dim = 0.8f;
        set3(job->grade.gain, 0.62f, 0.82f, 1.35f);
        job->grade.saturation *= 0.7f;
    } else if (elevation < 1) {
        job->grade.exposure = 0.45f;
        job->sky_dim = 0.35f;
        set3(job->grade.gain, 0.85f, 0.88f, 1.25f);
        set3(job->sky_glow, 0.05f, 0.015f, 0.03f);
    } else if (elevation < 14) {
        job->grade.exposure = 0.85f;
        set3(job->grade.gain, 1.28f, 0.98f, 0.70f);
        set3(job->sky_glow, 0.16f, 0.06f, 0.0f);
        job->grade.contrast *= 1.06f;
    } else if (elevation > 35) {
        job->grade.exposure = 1.2f;
    }
}

static void grade_weather(struct regrade_job *job, const struct scene *scene)
{
    bool is_night = scene->sun_elevation_deg < -6;

    switch (scene->weather) {
    case WEATHER_RAIN:
        job->rain = 0.8f;
        job->fog = 0.22f;
        job->grade.exposure *= 0.75f;
        job->grade.saturation *= 0.7f;
        break;
    case WEATHER_SNOW:
        job->snow = 0.9f;
        job->snow_cover = 0.75f;
        job->fog = 0.25f;
        job->grade.saturation *= 0.7f;
        break;
    case WEATHER_FOG:
        job->fog = 0.75f;
        job->grade.saturation *= 0.75f;
        job->grade.contrast *= 0.94f;
        break;
    case WEATHER_OVERCAST:
        job->fog = 0.08f;
        job->grade.exposure *= 0.85f;
        job->grade.saturation *= 0.75f;
        break;
    case WEATHER_CLEAR:
    case WEATHER_CLOUDY:
    case SCENE_WEATHERS:
        break;
    }
    set3(job->fog_color, 0.42f, 0.45f, 0.48f);
    if (is_night)
        set3(job->fog_color, 0.20f, 0.22f, 0.26f);
}

static void plan_grade(struct regrade *regrade, const struct prompt_reading *reading)
{
    struct regrade_job *job = &regrade->job;
    struct scene scene = reading->scene;

    if (!reading->names.hour)
        scene.sun_elevation_deg = 20;
    post_grade(&job->grade, &scene);
    if (!reading->names.look) {
        job->grade.contrast = job->grade.saturation = 1;
        job->grade.vignette = job->grade.grain = 0;
    }
    set3(job->grade.gain, 1, 1, 1);
    if (reading->names.hour)
        grade_hour(job, scene.sun_elevation_deg);
    if (reading->names.mood) {
        job->grade.gain[0] *= 1 + 0.22f * scene.warmth;
        job->grade.gain[2] *= 1 - 0.24f * scene.warmth;
    }
    if (reading->names.weather)
        grade_weather(job, &scene);
    regrade->has_weather = reading->names.weather;
}

/* What else the words ask for needs a scene. */
static void report(struct prompt_reading *reading)
{
    if (reading->names.place)
        prompt_leave_out(reading, STR("another place"));
    if (reading->names.camera)
        prompt_leave_out(reading, STR("another camera move"));
}

bool regrade_open(struct regrade **out, const struct regrade_options *options,
                  struct prompt_reading *reading, struct err *err)
{
    struct regrade *regrade = calloc(1, sizeof(*regrade));

    if (!regrade)
        die("out of memory for a video");
    regrade->options = *options;
    if (!decoder_open(&regrade->decoder, options->source, options->width, options->height, err) ||
        !decoder_picture(regrade->decoder, &regrade->next, &regrade->has_next, err)) {
        regrade_close(regrade);
        return false;
    }
    regrade->shown = calloc((size_t)options->width * (size_t)options->height, 2);
    if (!regrade->shown)
        die("out of memory for a picture");
    plan_grade(regrade, reading);
    report(reading);
    regrade->job.width = options->width;
    regrade->job.height = options->height;
    regrade->job.depth = regrade->depth;
    regrade->job.depth_columns = DEPTH_COLUMNS;
    regrade->job.depth_rows = DEPTH_ROWS;
    *out = regrade;
    return true;
}

void regrade_close(struct regrade *regrade)
{
    if (!regrade)
        return;
    decoder_close(regrade->decoder);
    free(regrade->shown);
    free(regrade);
}

/* Copies the picture that was read ahead; its planes go with the next one. */
static void take_next(struct regrade *regrade)
{
    int width = regrade->options.width, height = regrade->options.height;
    uint8_t *to = regrade->shown;

    for (int k = 0; k < 3; k++) {
        int wide = k ? width / 2 : width, tall = k ? height / 2 : height;

        regrade->job.from[k] = to;
        regrade->job.from_stride[k] = wide;
        for (int y = 0; y < tall; y++, to += wide)
            memcpy(to, regrade->next.plane[k] + (ptrdiff_t)y * regrade->next.stride[k],
                   (size_t)wide);
    }
}

/* Guesses distances from a small copy of the picture. */
static void guess_depth(struct regrade *regrade)
{
    const struct regrade_job *job = &regrade->job;
    struct image small;

    image_init(&small, job->width / SMALL, job->height / SMALL);
    for (int y = 0; y < small.height; y++)
        for (int x = 0; x < small.width; x++) {
            int luma = job->from[0][y * SMALL * job->from_stride[0] + x * SMALL];
            int blue = job->from[1][y * (SMALL / 2) * job->from_stride[1] + x * (SMALL / 2)];
            int red = job->from[2][y * (SMALL / 2) * job->from_stride[2] + x * (SMALL / 2)];
            const int rgb[3] = {luma + 3 * (red - 128) / 2,
                                luma - (blue - 128) / 5 - (red - 128) / 2,
                                luma + 7 * (blue - 128) / 4};
            uint8_t *to = small.rgb + 3 * (y * small.width + x);

            for (int c = 0; c < 3; c++)
                to[c] = (uint8_t)(rgb[c] < 0 ? 0 : rgb[c] > 255 ? 255 : rgb[c]);
        }
    i2v_depth(&small, DEPTH_COLUMNS, DEPTH_ROWS, regrade->guess);
    image_fini(&small);
}

static void follow_depth(struct regrade *regrade, int index)
{
    if (index % LOOK_EVERY == 0)
        guess_depth(regrade);
    for (int i = 0; i < DEPTH_COLUMNS * DEPTH_ROWS; i++)
        regrade->depth[i] += (index ? DEPTH_PACE : 1) * (regrade->guess[i] - regrade->depth[i]);
}

static void draw_pair(void *context, int pair)
{
    const struct regrade_job *job = context;

    kernels_best()->regrade_row_pair(job, pair);
}

bool regrade_draw(struct regrade *regrade, int index, struct picture *picture, struct err *err)
{
    double time = (double)index / regrade->options.fps + FRAME_SLACK_S;

    while (regrade->has_next && (regrade->next.time_s <= time || index == 0)) {
        take_next(regrade);
        if (!decoder_picture(regrade->decoder, &regrade->next, &regrade->has_next, err))
            return false;
        if (index == 0 && regrade->next.time_s > time)
            break;
    }
    follow_depth(regrade, index);
    for (int k = 0; k < 3; k++) {
        regrade->job.to[k] = picture->plane[k];
        regrade->job.to_stride[k] = picture->stride[k];
    }
    regrade->job.index = index;
    regrade->job.time_s = (float)index / (float)regrade->options.fps;
    parallel_run(regrade->options.threads, regrade->options.height / 2, draw_pair, &regrade->job);
    return true;
}

bool regrade_sound(const struct regrade *regrade, int count, float *samples, struct err *err)
{
    float *source = malloc((size_t)count * 2 * sizeof(*source));
    float under = regrade->has_weather ? AMBIENCE : 0;
    double power = 0;
    int got = 0;
    bool ok;

    if (!source)
        die("out of memory for sound");
    ok = decode_sound(regrade->options.source, count, source, &got, err);
    for (int i = 0; i < 2 * got; i++)
        power += (double)(source[i] * source[i]) / (2.0 * got);
    /* Where the source has no sound, the scene's is better than none. */
    for (int i = 0; ok && power > SILENT_POWER && i < 2 * count; i++)
        samples[i] = fmaxf(-1, fminf(1, source[i] * (1 - 0.3f * under) + samples[i] * under));
    free(source);
    return ok;
}
