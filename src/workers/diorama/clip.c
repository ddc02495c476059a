/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/clip.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "media/encode.h"
#include "workers/diorama/i2v.h"
#include "workers/diorama/renderer.h"
#include "workers/diorama/sound.h"

/* About how many frames of 1280x720 could be drawn in the time that baking takes, for honest
 * percents. Smaller frames are drawn faster; a bake is a bake. */
enum { BAKE_FRAMES_720P = 12, BAKE_FRAMES_MAX = 200, FINISH_FRAMES = 2 };

_Static_assert((int)SOUND_RATE == (int)ENCODE_SOUND_RATE, "sound is encoded as it is made");

static const char comment[] = "made by Vitascope diorama, a procedural renderer";

static const char *const phases[CLIP_PHASES] = {
    [CLIP_BAKING] = "baking", [CLIP_RENDERING] = "rendering", [CLIP_ENCODING] = "encoding"};

/* A clip under construction. */
struct making {
    const struct clip_order *order;
    struct clip *clip;
    clip_watch watch;
    void *context;
    int bake_frames;
    struct renderer *renderer; /* one of these two draws */
    struct i2v *i2v;
    struct encoder *encoder;
    struct picture picture;
    uint8_t *pixels;
};

const char *clip_phase_name(enum clip_phase phase)
{
    return phases[phase];
}

int clip_threads_default(void)
{
    cpu_set_t cpus;
    int count = 1;

    if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
        count = CPU_COUNT(&cpus);
    return count < 1 ? 1 : count > CLIP_THREADS_MAX ? CLIP_THREADS_MAX : count;
}

static bool side_is_ok(int side)
{
    return side >= CLIP_SIDE_MIN && side <= CLIP_SIDE_MAX && side % 2 == 0;
}

static int bake_frames(const struct clip_order *order)
{
    int frames = BAKE_FRAMES_720P * 1280 * 720 / (order->width * order->height) + 1;

    return frames < BAKE_FRAMES_MAX ? frames : BAKE_FRAMES_MAX;
}

static bool check_order(const struct clip_order *order, struct err *err)
{
    if (order->seconds < CLIP_SECONDS_MIN || order->seconds > CLIP_SECONDS_MAX)
        return err_set_param(err, ERR_INVALID, "seconds", "a clip lasts %d to %d seconds",
                             CLIP_SECONDS_MIN, CLIP_SECONDS_MAX);
    if (!side_is_ok(order->width) || !side_is_ok(order->height))
        return err_set_param(err, ERR_INVALID, "size", "sides must be even, %d to %d pixels",
                             CLIP_SIDE_MIN, CLIP_SIDE_MAX);
    if (order->fps != 24 && order->fps != 30)
        return err_set_param(err, ERR_INVALID, "fps", "fps must be 24 or 30");
    return true;
}

/* `done` frames' worth of work is behind us. */
static bool report(const struct making *making, enum clip_phase phase, double done)
{
    double all = making->bake_frames + making->clip->frames + FINISH_FRAMES;

    return making->watch(making->context, phase, (int)(99 * done / all));
}

static bool report_bake(void *context, float done)
{
    const struct making *making = context;

    return report(making, CLIP_BAKING, (double)done * making->bake_frames);
}

static bool give_up(struct err *err)
{
    return err_set(err, ERR_GONE, "the clip was given up");
}

static bool bake_image(struct making *making, const struct renderer_options *options,
                       struct err *err)
{
    struct image image;

    if (!image_read_ppm(&image, making->order->first_frame, err))
        return false;
    making->bake_frames = 1;
    making->i2v = i2v_open(&image, &making->clip->reading.scene, options);
    image_fini(&image);
    return true;
}

static bool bake(struct making *making, struct err *err)
{
    const struct clip *clip = making->clip;
    struct renderer_options options = {clip->width, clip->height, clip->fps, clip->frames,
                                       making->order->threads};

    if (making->order->first_frame)
        return bake_image(making, &options, err);
    making->renderer = renderer_open(&clip->reading.scene, &options, report_bake, making);
    return making->renderer || give_up(err);
}

static void make_picture(struct making *making)
{
    size_t luma = (size_t)making->clip->width * (size_t)making->clip->height;

    making->pixels = calloc(luma, 2);
    if (!making->pixels)
        die("out of memory for a picture");
    making->picture =
        (struct picture){{making->pixels, making->pixels + luma, making->pixels + luma + luma / 4},
                         {making->clip->width, making->clip->width / 2, making->clip->width / 2}};
}

/* The encoder takes all the sound at once and uses it as the pictures come. */
static bool add_sound(struct making *making, struct err *err)
{
    int count = making->clip->seconds * SOUND_RATE;
    float *samples = malloc((size_t)count * 2 * sizeof(*samples));
    bool ok;

    if (!samples)
        die("out of memory for sound");
    sound_make(&making->clip->reading.scene, count, samples);
    ok = encoder_sound(making->encoder, samples, count, err);
    free(samples);
    return ok;
}

/* One by one: x264 encodes in threads of its own while the next picture is drawn, so the two
 * already share the CPUs. */
static bool add_pictures(struct making *making, struct err *err)
{
    const struct picture *picture = &making->picture;
    const uint8_t *const planes[3] = {picture->plane[0], picture->plane[1], picture->plane[2]};

    for (int i = 0; i < making->clip->frames; i++) {
        if (!report(making, CLIP_RENDERING, making->bake_frames + i))
            return give_up(err);
        if (making->renderer)
            renderer_draw(making->renderer, i, &making->picture);
        else
            i2v_draw(making->i2v, i, &making->picture);
        if (!encoder_picture(making->encoder, planes, picture->stride, err))
            return false;
    }
    return true;
}

static bool fill_file(struct making *making, struct err *err)
{
    const struct clip_order *order = making->order;
    struct encoder_options options = {order->width, order->height, order->fps, order->threads,
                                      comment};

    if (!report(making, CLIP_BAKING, making->bake_frames))
        return give_up(err);
    if (!encoder_open(&making->encoder, order->temporary, &options, err))
        return false;
    make_picture(making);
    if (!add_sound(making, err) || !add_pictures(making, err))
        return false;
    if (!report(making, CLIP_ENCODING, making->bake_frames + making->clip->frames))
        return give_up(err);
    return encoder_finish(making->encoder, err);
}

bool clip_make(const struct clip_order *order, clip_watch watch, void *context, struct clip *clip,
               struct err *err)
{
    struct making making = {.order = order, .clip = clip, .watch = watch, .context = context};
    uint64_t seed = order->seed >= 0 ? (uint64_t)order->seed : prompt_seed(order->prompt);
    bool ok, has_file;

    if (!check_order(order, err))
        return false;
    making.bake_frames = bake_frames(order);
    *clip = (struct clip){
        order->seconds,       order->width, order->height, order->fps, order->seconds * order->fps,
        {.left_out_count = 0}};
    prompt_read(order->prompt, seed, &clip->reading);
    clip->reading.moves_image = order->first_frame != NULL;
    if (order->has_source_video)
        prompt_leave_out(&clip->reading, STR("the source video"));
    ok = bake(&making, err) && fill_file(&making, err);
    has_file = making.encoder;
    renderer_close(making.renderer);
    i2v_close(making.i2v);
    encoder_close(making.encoder);
    free(making.pixels);
    if (ok && rename(order->temporary, order->output) != 0)
        ok = err_set(err, ERR_IO, "cannot move the clip to its place: %s", strerror(errno));
    if (!ok && has_file)
        unlink(order->temporary);
    return ok;
}
