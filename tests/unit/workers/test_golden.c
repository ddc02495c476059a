/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stills of a dozen scenes against the ones that somebody looked at and kept in tests/golden/.
 * They may differ a little, as by the compiler; what changes a scene on purpose renews them:
 * scripts/golden draws all of them again.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "harness/tap.h"
#include "media/stills.h"
#include "workers/diorama/prompt/prompt.h"
#include "workers/diorama/renderer.h"

enum { WIDTH = 256, HEIGHT = 144, FRAME = 40, FRAMES = 120, CELLS = 8, BYTES_MAX = 1 << 20 };

#define MEAN_MAX 5.0  /* of 255: of the whole picture */
#define CELL_MAX 16.0 /* of the mean color of a cell of 8x8 */

static const struct {
    const char *name, *prompt;
} scenes[] = {
    {"mountains", "snowy mountains at sunset"},
    {"desert", "sand dunes at golden hour"},
    {"meadow", "wildflower meadow on a summer morning"},
    {"tropics", "tropical beach at noon"},
    {"coast", "rocky coast under an overcast sky"},
    {"clouds", "above the clouds at sunrise"},
    {"neon", "neon street at night in the rain"},
    {"cafe", "cafe terrace in the morning sun"},
    {"skyline", "futuristic skyline at dusk"},
    {"planet", "planet earth from space"},
    {"nebula", "colorful nebula in deep space"},
    {"snowfield", "snowfield in the arctic at blue hour"},
};

enum { SCENES = sizeof(scenes) / sizeof(scenes[0]) };

static uint8_t to_byte(float x)
{
    return (uint8_t)(x < 0 ? 0 : x > 255 ? 255 : x + 0.5f);
}

static void to_rgb(const struct picture *picture, struct image *image)
{
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            int at = y / 2 * picture->stride[1] + x / 2;
            float luma = ((float)picture->plane[0][y * picture->stride[0] + x] - 16) / 219;
            float blue = luma + ((float)picture->plane[1][at] - 128) / 224 * 1.8556f;
            float red = luma + ((float)picture->plane[2][at] - 128) / 224 * 1.5748f;
            uint8_t *to = image->rgb + 3 * (y * WIDTH + x);

            to[0] = to_byte(255 * red);
            to[1] = to_byte(255 * (luma - 0.2126f * red - 0.0722f * blue) / 0.7152f);
            to[2] = to_byte(255 * blue);
        }
}

static void draw(const char *prompt, struct image *image)
{
    struct renderer_options options = {
        .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = FRAMES, .threads = 2};
    uint8_t *pixels = malloc(WIDTH * HEIGHT * 3 / 2);
    struct picture picture = {{pixels, pixels + WIDTH * HEIGHT, pixels + WIDTH * HEIGHT * 5 / 4},
                              {WIDTH, WIDTH / 2, WIDTH / 2}};
    struct prompt_reading reading;
    struct renderer *renderer;

    prompt_read(str_from(prompt), 1, &reading);
    renderer = renderer_open(&reading.scene, &options, NULL, NULL);
    renderer_draw(renderer, FRAME, &picture);
    renderer_close(renderer);
    image_init(image, WIDTH, HEIGHT);
    to_rgb(&picture, image);
    free(pixels);
}

/* False where there is none. */
static bool read_golden(const char *name, struct image *image)
{
    struct still_info info;
    struct err err = {0};
    struct buf bytes;
    char path[256];
    FILE *file;
    bool ok;

    snprintf(path, sizeof(path), "%s/%s.png", getenv("VITASCOPE_GOLDEN"), name);
    file = fopen(path, "rb");
    if (!file)
        return false;
    buf_init(&bytes, BYTES_MAX);
    buf_added(&bytes, fread(buf_reserve(&bytes, BYTES_MAX), 1, BYTES_MAX, file));
    fclose(file);
    ok = stills_decode(buf_str(&bytes), &info, image, &err);
    buf_fini(&bytes);
    return ok;
}

/* Mean differences: of pixels, and the largest of cells. */
static void compare(const struct image *a, const struct image *b, double *mean, double *worst)
{
    double sum = 0;

    *worst = 0;
    for (int y = 0; y < HEIGHT; y += CELLS)
        for (int x = 0; x < WIDTH; x += CELLS) {
            double cell[3] = {0};

            for (int i = 0; i < CELLS * CELLS * 3; i++) {
                int at = 3 * ((y + i / 3 / CELLS) * WIDTH + x + i / 3 % CELLS) + i % 3;
                int difference = a->rgb[at] - b->rgb[at];

                sum += abs(difference);
                cell[i % 3] += (double)difference / (CELLS * CELLS);
            }
            for (int k = 0; k < 3; k++)
                *worst = cell[k] > *worst ? cell[k] : -cell[k] > *worst ? -cell[k] : *worst;
        }
    *mean = sum / (WIDTH * HEIGHT * 3);
}

static void write_new(const struct image *image, const char *folder, const char *name)
{
    struct err err = {0};
    char path[256];

    snprintf(path, sizeof(path), "%s/%s.ppm", folder, name);
    if (!image_write_ppm(image, path, &err))
        tap_fail(__FILE__, __LINE__, "%s", err.text);
}

static void check_scene(int number)
{
    const char *folder = getenv("VITASCOPE_GOLDEN_OUT");
    struct image drawn, golden = {0};
    double mean = 0, worst = 0;

    draw(scenes[number].prompt, &drawn);
    if (folder) {
        write_new(&drawn, folder, scenes[number].name);
        image_fini(&drawn);
        return;
    }
    if (!read_golden(scenes[number].name, &golden))
        tap_fail(__FILE__, __LINE__, "%s: no golden picture", scenes[number].name);
    CHECK(golden.width == WIDTH && golden.height == HEIGHT);
    compare(&drawn, &golden, &mean, &worst);
    image_fini(&drawn);
    image_fini(&golden);
    if (mean > MEAN_MAX || worst > CELL_MAX)
        tap_fail(__FILE__, __LINE__, "%s differs by %.1f, a cell by %.1f: look at it, then renew",
                 scenes[number].name, mean, worst);
}

TEST(scenes_look_as_they_did)
{
    for (int i = 0; i < SCENES; i++)
        check_scene(i);
}

TEST(another_scene_would_be_noticed)
{
    struct image drawn, golden;
    double mean, worst;

    if (getenv("VITASCOPE_GOLDEN_OUT"))
        tap_skip("golden pictures are being drawn");
    draw("snowy mountains in the morning", &drawn); /* the same land in another light */
    CHECK(read_golden("mountains", &golden));
    compare(&drawn, &golden, &mean, &worst);
    CHECK(mean > MEAN_MAX || worst > CELL_MAX);
    image_fini(&drawn);
    image_fini(&golden);
}
