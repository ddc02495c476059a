/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/clip/clip.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "media/encode.h"
#include "workers/diorama/clip/caption.h"
#include "workers/diorama/clip/lines.h"
#include "workers/diorama/clip/reel.h"
#include "workers/diorama/clip/source.h"
#include "workers/diorama/i2v/i2v.h"
#include "workers/diorama/i2v/regrade.h"
#include "workers/diorama/sound/sound.h"

/* About how many frames of 1280x720 could be drawn in the time that baking takes, for honest
 * percents. Smaller frames are drawn faster; a bake is a bake. */
enum { BAKE_FRAMES_720P = 12, BAKE_FRAMES_MAX = 200, FINISH_FRAMES = 2 };

_Static_assert((int)SOUND_RATE == (int)ENCODE_SOUND_RATE, "sound is encoded as it is made");

static const char *const phases[CLIP_PHASES] = {
    [CLIP_BAKING] = "baking", [CLIP_RENDERING] = "rendering", [CLIP_ENCODING] = "encoding"};

/* A clip under construction. */
struct making {
    const struct clip_order *order;
    struct clip *clip;
    clip_watch watch;
    void *context;
    int bake_frames;
    int percent; /* told last */
    struct arena arena;
    struct source_plan plan;
    struct reel *reel; /* one of these three draws */
    struct i2v *i2v;
    struct regrade *regrade;
    struct encoder *encoder;
    struct captions *captions;
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
    int longest = order->purpose == CLIP_EDIT ? CLIP_EDIT_SECONDS_MAX : CLIP_SECONDS_MAX;

    if (order->seconds < CLIP_SECONDS_MIN || order->seconds > longest)
        return err_set_param(err, ERR_INVALID, "seconds", "a clip lasts %d to %d seconds",
                             CLIP_SECONDS_MIN, longest);
    if (!side_is_ok(order->width) || !side_is_ok(order->height))
        return err_set_param(err, ERR_INVALID, "size", "sides must be even, %d to %d pixels",
                             CLIP_SIDE_MIN, CLIP_SIDE_MAX);
    if (order->fps != 24 && order->fps != 30)
        return err_set_param(err, ERR_INVALID, "fps", "fps must be 24 or 30");
    return true;
}

/* `done` frames' worth of work is behind us. An extension bakes more than once, which is not
 * foreseen: then the percents wait. */
static bool report(struct making *making, enum clip_phase phase, double done)
{
    double all = making->bake_frames + making->clip->frames + FINISH_FRAMES;
    int percent = (int)(99 * done / all);

    if (percent > making->percent)
        making->percent = percent;
    return making->watch(making->context, phase, making->percent);
}

static bool report_bake(void *context, float done)
{
    struct making *making = context;

    return report(making, CLIP_BAKING, (double)done * making->bake_frames);
}

static bool give_up(struct err *err)
{
    return err_set(err, ERR_GONE, "the clip was given up");
}

static bool bake_image(struct making *making, const struct image *image)
{
    const struct clip *clip = making->clip;
    const struct prompt_reading *reading = &clip->reading;
    struct renderer_options options = {.width = clip->width,
                                       .height = clip->height,
                                       .fps = clip->fps,
                                       .frames = clip->frames,
                                       .threads = making->order->threads};

    making->bake_frames = 1;
    making->i2v =
        i2v_open(image, &reading->scene,
                 reading->names.weather ? reading->scene.weather : WEATHER_CLEAR, &options);
    making->clip->reading.moves_image = true;
    return true;
}

static bool bake_frame(struct making *making, int index, struct err *err)
{
    return reel_prepare(making->reel, index, report_bake, making) || give_up(err);
}

/* Draws the scenes of the plan. */
static bool bake_plan(struct making *making, struct err *err)
{
    const struct source_plan *plan = &making->plan;
    const struct clip *clip = making->clip;
    struct reel_plan reel = {.parts = plan->parts,
                             .part_count = plan->part_count,
                             .origin = plan->has_origin ? &plan->origin : NULL,
                             .width = clip->width,
                             .height = clip->height,
                             .fps = clip->fps,
                             .threads = making->order->threads};

    making->clip->reading = plan->reading;
    making->reel = reel_open(&reel);
    return bake_frame(making, plan->first, err);
}

/* The scene of the source is made again and must show what the source ends with; where it does
 * not, the recipe is of no use. */
static bool bake_extension(struct making *making, const struct image *last, struct err *err)
{
    bool is_alike;

    if (!source_plan_again(making->order, &making->arena, &making->plan))
        return bake_image(making, last);
    if (!bake_plan(making, err))
        return false;
    reel_draw(making->reel, making->plan.first, &making->picture);
    is_alike = source_is_alike(&making->picture, last);
    making->clip->is_remade = is_alike;
    if (is_alike)
        return bake_frame(making, making->plan.first + 1, err);
    reel_close(making->reel);
    making->reel = NULL;
    return bake_image(making, last);
}

static bool extend(struct making *making, struct err *err)
{
    const struct clip_order *order = making->order;
    struct image last;
    bool ok;

    if (!order->first_frame && !order->source_video)
        return err_set_param(err, ERR_INVALID, "first_frame", "an extension needs its source");
    ok = order->first_frame ? image_read_ppm(&last, order->first_frame, err)
                            : source_last_picture(order, &last, err);
    if (!ok)
        return false;
    ok = bake_extension(making, &last, err);
    image_fini(&last);
    return ok;
}

static bool edit(struct making *making, struct err *err)
{
    const struct clip_order *order = making->order;
    struct regrade_options options = {order->source_video, order->width,         order->height,
                                      order->fps,          making->clip->frames, order->threads};

    if (!order->source_video)
        return err_set_param(err, ERR_INVALID, "source_video", "an edit needs its source");
    making->clip->is_remade = source_plan_again(order, &making->arena, &making->plan);
    if (making->clip->is_remade)
        return bake_plan(making, err);
    making->bake_frames = 1;
    return regrade_open(&making->regrade, &options, &making->clip->reading, err);
}

static bool create(struct making *making, uint64_t seed, struct err *err)
{
    struct image image;

    if (making->order->first_frame) {
        if (!image_read_ppm(&image, making->order->first_frame, err))
            return false;
        bake_image(making, &image);
        image_fini(&image);
        return true;
    }
    source_plan_new(making->order, seed, &making->plan);
    return bake_plan(making, err);
}

static bool bake(struct making *making, uint64_t seed, struct err *err)
{
    bool ok = false;

    switch (making->order->purpose) {
    case CLIP_EXTEND:
        return extend(making, err);
    case CLIP_EDIT:
        return edit(making, err);
    case CLIP_CREATE:
    case CLIP_PURPOSES:
        ok = create(making, seed, err);
        break;
    }
    if (ok && making->order->source_video)
        prompt_leave_out(&making->clip->reading, STR("the source video"));
    return ok;
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

static void caption(struct making *making, const struct talk *talk)
{
    struct clip *clip = making->clip;
    bool is_lacking;

    making->captions = captions_open(talk, clip->width, clip->height, &is_lacking);
    if (is_lacking)
        prompt_leave_out(&clip->reading, STR("captions in letters that no font here has"));
}

static bool find_subject(void *context, int subject, int number, float at_s,
                         struct whereabouts *where)
{
    const struct making *making = context;

    return reel_find(making->reel, (int)(at_s * (float)making->clip->fps + 0.5f), subject, number,
                     where);
}

/* The encoder takes all the sound at once and uses it as the pictures come. */
static bool add_sound(struct making *making, struct err *err)
{
    int count = making->clip->seconds * SOUND_RATE;
    float first_s = making->reel ? (float)making->plan.first / (float)making->clip->fps : 0;
    float *samples = malloc((size_t)count * 2 * sizeof(*samples));
    struct talk talk;
    struct sound_order order = {.scene = &making->clip->reading.scene,
                                .first_s = first_s,
                                .count = count,
                                .talk = &talk,
                                .where = making->reel ? find_subject : NULL,
                                .where_context = making};
    bool ok;

    if (!samples)
        die("out of memory for sound");
    lines_say(making->clip, making->reel ? &making->plan : NULL, &talk);
    caption(making, &talk);
    sound_make(&order, samples);
    talk_fini(&talk);
    ok = !making->regrade || regrade_sound(making->regrade, count, samples, err);
    ok = ok && encoder_sound(making->encoder, samples, count, err);
    free(samples);
    return ok;
}

/* One by one: x264 encodes in threads of its own while the next picture is drawn, so the two
 * already share the CPUs. */
static bool draw(struct making *making, int index, struct err *err)
{
    if (making->regrade)
        return regrade_draw(making->regrade, index, &making->picture, err);
    if (making->reel)
        reel_draw(making->reel, making->plan.first + index, &making->picture);
    else
        i2v_draw(making->i2v, index, &making->picture);
    return true;
}

static bool add_pictures(struct making *making, struct err *err)
{
    const struct picture *picture = &making->picture;
    const uint8_t *const planes[3] = {picture->plane[0], picture->plane[1], picture->plane[2]};

    for (int i = 0; i < making->clip->frames; i++) {
        if (!report(making, CLIP_RENDERING, making->bake_frames + i))
            return give_up(err);
        if (!draw(making, i, err))
            return false;
        captions_draw(making->captions, (float)i / (float)making->clip->fps, &making->picture);
        if (!encoder_picture(making->encoder, planes, picture->stride, err))
            return false;
    }
    return true;
}

static bool open_file(struct making *making, struct err *err)
{
    const struct clip_order *order = making->order;
    struct encoder_options options = {order->width, order->height, order->fps, order->threads,
                                      recipe_origin};
    struct buf comment;
    bool ok;

    buf_init(&comment, 2 * RECIPE_BYTES_MAX);
    if (making->reel) {
        recipe_write(&making->plan.recipe, &comment);
        options.comment = buf_cstr(&comment);
    }
    ok = encoder_open(&making->encoder, order->temporary, &options, err);
    buf_fini(&comment);
    return ok;
}

static bool fill_file(struct making *making, struct err *err)
{
    if (!report(making, CLIP_BAKING, making->bake_frames))
        return give_up(err);
    if (!open_file(making, err))
        return false;
    if (!add_sound(making, err) || !add_pictures(making, err))
        return false;
    if (!report(making, CLIP_ENCODING, making->bake_frames + making->clip->frames))
        return give_up(err);
    return encoder_finish(making->encoder, err);
}

static void making_fini(struct making *making)
{
    reel_close(making->reel);
    i2v_close(making->i2v);
    regrade_close(making->regrade);
    captions_close(making->captions);
    encoder_close(making->encoder);
    arena_fini(&making->arena);
    free(making->pixels);
    free(making);
}

bool clip_make(const struct clip_order *order, clip_watch watch, void *context, struct clip *clip,
               struct err *err)
{
    uint64_t seed = order->seed >= 0 ? (uint64_t)order->seed : prompt_seed(order->prompt);
    struct making *making;
    bool ok, has_file;

    if (!check_order(order, err))
        return false;
    making = calloc(1, sizeof(*making));
    if (!making)
        die("out of memory for a clip");
    *making = (struct making){.order = order, .clip = clip, .watch = watch, .context = context};
    making->bake_frames = bake_frames(order);
    arena_init(&making->arena, 0);
    *clip = (struct clip){.seconds = order->seconds,
                          .width = order->width,
                          .height = order->height,
                          .fps = order->fps,
                          .frames = order->seconds * order->fps};
    prompt_read(order->prompt, seed, &clip->reading);
    make_picture(making);
    ok = bake(making, seed, err) && fill_file(making, err);
    has_file = making->encoder;
    making_fini(making);
    if (ok && rename(order->temporary, order->output) != 0)
        ok = err_set(err, ERR_IO, "cannot move the clip to its place: %s", strerror(errno));
    if (!ok && has_file)
        unlink(order->temporary);
    return ok;
}
