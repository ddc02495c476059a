/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode_alone: how long the encoder by itself takes for the frames of the demo clip.
 *
 *   encode_alone [THREADS]
 *
 * Draws all frames of the demo prompt, 4 s of 1280x720 at 30 fps, keeps them in memory and
 * encodes them with their sound three times as vitascope-diorama does. Prints seconds, to be put
 * beside the time of the whole clip from the same run of the bench.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "media/avlog.h"
#include "media/encode.h"
#include "workers/diorama/clip/clip.h"
#include "workers/diorama/renderer.h"
#include "workers/diorama/sound/sound.h"

enum { WIDTH = 1280, HEIGHT = 720, FPS = 30, SECONDS = 4, FRAMES = FPS * SECONDS, ROUNDS = 3 };
enum { FRAME_BYTES = WIDTH * HEIGHT * 3 / 2 };

static const char prompt[] = "A drone shot flying over mountains at sunset, cinematic lighting";

struct footage {
    uint8_t *frames;
    float sound[SECONDS * SOUND_RATE * 2];
};

static double now_s(void)
{
    return (double)clock_mono_ns() / 1e9;
}

static struct picture frame_at(const struct footage *footage, int index)
{
    uint8_t *luma = footage->frames + (size_t)index * FRAME_BYTES;

    return (struct picture){{luma, luma + WIDTH * HEIGHT, luma + WIDTH * HEIGHT * 5 / 4},
                            {WIDTH, WIDTH / 2, WIDTH / 2}};
}

static void draw(struct footage *footage, int threads)
{
    struct renderer_options options = {
        .width = WIDTH, .height = HEIGHT, .fps = FPS, .frames = FRAMES, .threads = threads};
    struct prompt_reading reading;
    struct renderer *renderer;

    prompt_read(str_from(prompt), prompt_seed(str_from(prompt)), &reading);
    renderer = renderer_open(&reading.scene, &options, NULL, NULL);
    for (int i = 0; i < FRAMES; i++) {
        struct picture picture = frame_at(footage, i);

        renderer_draw(renderer, i, &picture);
    }
    renderer_close(renderer);
    sound_make(&(struct sound_order){.scene = &reading.scene, .count = SECONDS * SOUND_RATE},
               footage->sound);
}

static bool encode(const struct footage *footage, int threads, const char *path, struct err *err)
{
    struct encoder_options options = {WIDTH, HEIGHT, FPS, threads, "bench"};
    struct encoder *encoder;
    bool ok;

    if (!encoder_open(&encoder, path, &options, err))
        return false;
    ok = encoder_sound(encoder, footage->sound, SECONDS * SOUND_RATE, err);
    for (int i = 0; i < FRAMES && ok; i++) {
        struct picture picture = frame_at(footage, i);
        const uint8_t *const planes[3] = {picture.plane[0], picture.plane[1], picture.plane[2]};

        ok = encoder_picture(encoder, planes, picture.stride, err);
    }
    ok = ok && encoder_finish(encoder, err);
    encoder_close(encoder);
    return ok;
}

int main(int argc, char **argv)
{
    char path[] = "/tmp/encode_alone_XXXXXX";
    struct footage *footage = calloc(1, sizeof(*footage));
    int threads = argc > 1 ? (int)strtol(argv[1], NULL, 10) : clip_threads_default();
    int file = mkstemp(path);
    double start, best = 0;
    struct err err = {0};

    if (!footage || !(footage->frames = malloc((size_t)FRAMES * FRAME_BYTES)) || file < 0)
        die("no memory or no file");
    close(file);
    avlog_init();
    start = now_s();
    draw(footage, threads);
    printf("draw    %.2f s (bake, %d frames, sound; nothing encoded)\n", now_s() - start, FRAMES);
    for (int round = 0; round < ROUNDS; round++) {
        double took;

        start = now_s();
        if (!encode(footage, threads, path, &err))
            die("%s", err.text);
        took = now_s() - start;
        best = round == 0 || took < best ? took : best;
        printf("encode  %.2f s\n", took);
    }
    printf("best    %.2f s, %.1f frames/s, %d threads\n", best, FRAMES / best, threads);
    unlink(path);
    free(footage->frames);
    free(footage);
    return EXIT_SUCCESS;
}
