/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "harness/tap.h"
#include "workers/diorama/i2v/i2v.h"

enum { WIDTH = 320, HEIGHT = 180, FRAMES = 30, BYTES = WIDTH * HEIGHT * 3 / 2 };

/* Red rises from left to right, green from top to bottom with some texture on it. */
static struct image paint(void)
{
    struct image image;

    image_init(&image, WIDTH, HEIGHT);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            uint8_t *rgb = image.rgb + 3 * (y * WIDTH + x);

            rgb[0] = (uint8_t)(20 + 200 * x / WIDTH);
            rgb[1] = (uint8_t)(20 + 150 * y / HEIGHT + x * 7 % 48);
            rgb[2] = (uint8_t)(x * 7 % 64 + y * 5 % 64);
        }
    return image;
}

static struct i2v *open_clip(enum scene_camera camera, int threads)
{
    struct image image = paint();
    struct scene scene = {.camera = camera, .camera_speed = 1.5f, .seed = 3};
    struct renderer_options options = {
        .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = FRAMES, .threads = threads};
    struct i2v *i2v = i2v_open(&image, &scene, &options);

    image_fini(&image);
    return i2v;
}

static void draw(struct i2v *i2v, int index, uint8_t *bytes)
{
    struct picture picture = {{bytes, bytes + WIDTH * HEIGHT, bytes + WIDTH * HEIGHT * 5 / 4},
                              {WIDTH, WIDTH / 2, WIDTH / 2}};

    memset(bytes, 0, BYTES);
    i2v_draw(i2v, index, &picture);
}

TEST(the_first_frame_is_the_image)
{
    struct image image = paint();
    uint8_t bytes[BYTES];

    for (int camera = 0; camera < SCENE_CAMERAS; camera++) {
        struct i2v *i2v = open_clip((enum scene_camera)camera, 1);

        draw(i2v, 0, bytes);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            const uint8_t *rgb = image.rgb + 3 * i;
            double y = 16 + 219.0 / 255 * (0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]);

            CHECK(fabs(y - bytes[i]) <= 0.51);
        }
        i2v_close(i2v);
    }
    image_fini(&image);
}

TEST(gray_stays_gray_and_in_range)
{
    struct image image;
    struct scene scene = {.camera = CAMERA_ORBIT, .camera_speed = 1, .seed = 3};
    struct renderer_options options = {
        .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = FRAMES, .threads = 1};
    struct i2v *i2v;
    uint8_t bytes[BYTES];

    image_init(&image, WIDTH, HEIGHT);
    memset(image.rgb, 255, WIDTH * HEIGHT * 3);
    i2v = i2v_open(&image, &scene, &options);
    for (int frame = 0; frame < FRAMES; frame += 7) {
        draw(i2v, frame, bytes);
        for (int i = 0; i < BYTES; i++)
            CHECK(i < WIDTH * HEIGHT ? bytes[i] <= 235 && bytes[i] > 220 : bytes[i] == 128);
    }
    i2v_close(i2v);
    image_fini(&image);
}

TEST(every_camera_moves_but_the_static_one)
{
    uint8_t first[BYTES], last[BYTES];

    for (int camera = 0; camera < SCENE_CAMERAS; camera++) {
        struct i2v *i2v = open_clip((enum scene_camera)camera, 1);
        int64_t moved = 0;

        draw(i2v, 0, first);
        draw(i2v, FRAMES - 1, last);
        for (int i = 0; i < WIDTH * HEIGHT; i++)
            moved += abs(first[i] - last[i]) > 4;
        if (camera == CAMERA_STATIC)
            CHECK(moved < WIDTH * HEIGHT / 20);
        else
            CHECK(moved > WIDTH * HEIGHT / 5);
        i2v_close(i2v);
    }
}

TEST(a_pan_drifts_to_its_side_and_shows_nothing_beyond_the_edge)
{
    uint8_t first[BYTES], last[BYTES];
    const int row = HEIGHT / 2 * WIDTH;
    struct i2v *i2v = open_clip(CAMERA_PAN_RIGHT, 1);
    const uint8_t *cr_first = first + WIDTH * HEIGHT * 5 / 4 + HEIGHT / 4 * WIDTH / 2;
    const uint8_t *cr_last = last + WIDTH * HEIGHT * 5 / 4 + HEIGHT / 4 * WIDTH / 2;

    draw(i2v, 0, first);
    draw(i2v, FRAMES - 1, last);
    CHECK(cr_last[2] > cr_first[2] + 4);                               /* the left went out */
    CHECK(abs(cr_last[WIDTH / 2 - 3] - cr_first[WIDTH / 2 - 3]) <= 4); /* the right stays */
    for (int x = 1; x < WIDTH; x++) /* no black, no repeated block */
        CHECK(last[row + x] > 40);
    i2v_close(i2v);
}

TEST(pictures_do_not_depend_on_order_or_threads)
{
    uint8_t a[BYTES], b[BYTES];
    struct i2v *one = open_clip(CAMERA_HANDHELD, 1), *three = open_clip(CAMERA_HANDHELD, 3);

    for (int frame = 0; frame < FRAMES; frame += 9) {
        draw(one, frame, a);
        draw(three, FRAMES - 1 - frame, b);
        draw(three, frame, b);
        CHECK(memcmp(a, b, BYTES) == 0);
    }
    i2v_close(one);
    i2v_close(three);
}

TEST(images_of_other_sizes_and_tiny_ones_are_fitted)
{
    static const int sizes[][2] = {{1, 1}, {2, 300}, {999, 77}, {640, 360}};

    for (int i = 0; i < 4; i++) {
        struct image image;
        struct scene scene = {.camera = CAMERA_PUSH_IN, .camera_speed = 2.5f, .seed = 1};
        struct renderer_options options = {
            .width = 70, .height = 66, .fps = 24, .frames = 24, .threads = 2}; /* not whole cells */
        uint8_t bytes[70 * 66 * 3 / 2];
        struct picture picture = {{bytes, bytes + 70 * 66, bytes + 70 * 66 * 5 / 4}, {70, 35, 35}};
        struct i2v *i2v;

        image_init(&image, sizes[i][0], sizes[i][1]);
        memset(image.rgb, 90, (size_t)(sizes[i][0] * sizes[i][1] * 3));
        i2v = i2v_open(&image, &scene, &options);
        image_fini(&image);
        i2v_draw(i2v, 23, &picture);
        for (int j = 0; j < 70 * 66; j++)
            CHECK(abs(bytes[j] - (16 + 219 * 90 / 255)) <= 4);
        i2v_close(i2v);
    }
}
