/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "harness/tap.h"
#include "workers/diorama/i2v/i2v.h"
#include "workers/diorama/i2v/i2v_depth.h"

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
    struct i2v *i2v = i2v_open(&image, &scene, WEATHER_CLEAR, &options);

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
    i2v = i2v_open(&image, &scene, WEATHER_CLEAR, &options);
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

enum { BALL_LEFT = 120, BALL_RIGHT = 200, BALL_TOP = 50, BALL_BOTTOM = 140 };

static bool is_ball(int x, int y)
{
    return x >= BALL_LEFT && x < BALL_RIGHT && y >= BALL_TOP && y < BALL_BOTTOM;
}

/* Luma rises from left to right alone; a red thing stands before grey. */
static struct image paint_ball(void)
{
    struct image image;

    image_init(&image, WIDTH, HEIGHT);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            uint8_t *rgb = image.rgb + 3 * (y * WIDTH + x);
            int gray = 30 + 130 * x / WIDTH;

            rgb[0] = (uint8_t)(gray + (is_ball(x, y) ? 90 : 0)); /* of the luma: 0.2126 * 90 */
            rgb[1] = (uint8_t)(gray - (is_ball(x, y) ? 26 : 0)); /* = 0.7152 * 26 + 0.0722 * 8 */
            rgb[2] = (uint8_t)(gray - (is_ball(x, y) ? 8 : 0));
        }
    return image;
}

TEST(what_stands_out_is_as_near_as_the_ground_that_it_stands_on)
{
    enum { COLUMNS = 64, ROWS = 36 };
    struct image image = paint_ball();
    float depth[COLUMNS * ROWS], head, beside, ground;

    i2v_depth(&image, COLUMNS, ROWS, depth);
    head = depth[(BALL_TOP / 5 + 2) * COLUMNS + 32];
    beside = depth[(BALL_TOP / 5 + 2) * COLUMNS + 8];
    ground = depth[BALL_BOTTOM / 5 * COLUMNS + 8];
    CHECK(head > beside + 0.25f);
    CHECK(fabsf(head - ground) < 0.2f);
    image_fini(&image);
}

TEST(the_near_passes_before_the_far_and_nothing_folds)
{
    static const enum scene_camera cameras[] = {CAMERA_ORBIT, CAMERA_PUSH_IN, CAMERA_DRONE,
                                                CAMERA_PAN_LEFT};
    struct renderer_options options = {
        .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = FRAMES, .threads = 2};
    struct image image = paint_ball();
    uint8_t bytes[BYTES];

    for (int i = 0; i < 4; i++) {
        struct scene scene = {.camera = cameras[i], .camera_speed = 2.5f, .seed = 3};
        struct i2v *i2v = i2v_open(&image, &scene, WEATHER_CLEAR, &options);
        const uint8_t *cr = bytes + WIDTH * HEIGHT * 5 / 4 + HEIGHT / 4 * WIDTH / 2;
        int red = 0, steps = 0;

        draw(i2v, FRAMES - 1, bytes);
        i2v_close(i2v);
        for (int x = 0; x < WIDTH / 2; x++)
            red += cr[x] > 150;
        CHECK(red > (BALL_RIGHT - BALL_LEFT) / 2 - 12 && red < (BALL_RIGHT - BALL_LEFT) / 2 + 30);
        for (int x = 1; x < WIDTH / 2; x++)
            steps += (cr[x] > 150) != (cr[x - 1] > 150);
        CHECK_INT(steps, 2); /* the ball is one piece */
        for (int j = 1; j < WIDTH * HEIGHT; j++)
            CHECK(j % WIDTH == 0 || bytes[j] + 1 >= bytes[j - 1]);
    }
    image_fini(&image);
}

TEST(weather_comes_up_over_the_image)
{
    static const enum scene_weather weathers[] = {WEATHER_RAIN, WEATHER_SNOW, WEATHER_FOG};
    struct renderer_options options = {
        .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = 60, .threads = 2};
    struct scene scene = {.camera = CAMERA_STATIC, .camera_speed = 1, .seed = 3};
    struct image image = paint_ball();
    uint8_t first[BYTES], dry[BYTES], wet[BYTES];

    for (int i = 0; i < 3; i++) {
        struct i2v *clear = i2v_open(&image, &scene, WEATHER_CLEAR, &options);
        struct i2v *i2v = i2v_open(&image, &scene, weathers[i], &options);
        int64_t changed = 0, light = 0;

        draw(clear, 0, dry);
        draw(i2v, 0, first);
        CHECK(memcmp(dry, first, BYTES) == 0);
        draw(clear, 59, dry);
        draw(i2v, 59, wet);
        for (int j = 0; j < WIDTH * HEIGHT; j++)
            changed += abs(dry[j] - wet[j]) > 4, light += wet[j] - dry[j];
        CHECK(changed > WIDTH * HEIGHT / 50);
        CHECK(llabs(light) < 60 * WIDTH * HEIGHT); /* the image is still there */
        i2v_close(clear);
        i2v_close(i2v);
    }
    image_fini(&image);
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
        i2v = i2v_open(&image, &scene, WEATHER_CLEAR, &options);
        image_fini(&image);
        i2v_draw(i2v, 23, &picture);
        for (int j = 0; j < 70 * 66; j++)
            CHECK(abs(bytes[j] - (16 + 219 * 90 / 255)) <= 4);
        i2v_close(i2v);
    }
}
