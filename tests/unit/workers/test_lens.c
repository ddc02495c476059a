/* SPDX-License-Identifier: Apache-2.0 */
/* Depth of field and motion blur, on a picture made by hand: a red square at 4 m before a gray
 * checkerboard at 200 m. */
#include <math.h>
#include <stdlib.h>

#include "harness/tap.h"
#include "workers/diorama/post/fisheye.h"
#include "workers/diorama/post/lens.h"

enum {
    WIDTH = 640,
    HEIGHT = 352,
    SPARE = 1, /* rows: kernels read whole vectors */
    VALUES = WIDTH * (HEIGHT + SPARE),
    LEFT = 256,
    RIGHT = 384,
    TOP = 112,
    BOTTOM = 240,
    CHECK_SIZE = 4
};

#define SQUARE_M 4.0f
#define BACK_M 200.0f

static float red[VALUES], green[VALUES], blue[VALUES], distance[VALUES], across[VALUES],
    down[VALUES];

static bool is_square(int x, int y)
{
    return x >= LEFT && x < RIGHT && y >= TOP && y < BOTTOM;
}

static struct frame paint(void)
{
    struct frame frame = {.out_width = WIDTH, .out_height = HEIGHT, .out_stride = WIDTH};
    float *const planes[3] = {red, green, blue};

    for (int i = 0; i < VALUES; i++) {
        int x = i % WIDTH, y = i / WIDTH;
        float check = (x / CHECK_SIZE + y / CHECK_SIZE) % 2 ? 0.8f : 0.2f;

        red[i] = is_square(x, y) ? check : 0;
        green[i] = blue[i] = is_square(x, y) ? 0 : check;
        distance[i] = is_square(x, y) ? SQUARE_M : BACK_M;
        across[i] = down[i] = 0;
    }
    for (int k = 0; k < 3; k++)
        frame.out[k] = planes[k];
    frame.distance = distance;
    frame.motion[0] = across;
    frame.motion[1] = down;
    return frame;
}

static void shoot(const struct scene *scene, struct frame *frame, float subject_m, float progress)
{
    struct lens *lens = lens_open(scene, frame);

    lens_draw(
        lens, frame,
        &(struct lens_shot){
            .kernels = kernels_best(), .threads = 2, .subject_m = subject_m, .progress = progress});
    lens_close(lens);
}

/* How much neighbors differ, in a part of a plane. */
static double detail(const float *plane, int left, int top, int right, int bottom)
{
    double sum = 0;

    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++)
            sum += fabsf(plane[y * WIDTH + x + 1] - plane[y * WIDTH + x]);
    return sum / ((right - left) * (bottom - top));
}

static double mean(const float *plane, int left, int top, int right, int bottom)
{
    double sum = 0;

    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++)
            sum += plane[y * WIDTH + x];
    return sum / ((right - left) * (bottom - top));
}

TEST(what_is_behind_the_subject_becomes_soft_and_the_subject_stays)
{
    static const enum scene_focus focuses[] = {FOCUS_SHALLOW, FOCUS_MACRO};

    for (int i = 0; i < 2; i++) {
        struct frame frame = paint();
        double before = detail(green, 40, 40, 200, 300);
        double square = detail(red, LEFT + 2, TOP + 2, RIGHT - 3, BOTTOM - 3);
        double light = mean(green, 40, 40, 200, 300);

        shoot(&(struct scene){.focus = focuses[i]}, &frame, SQUARE_M, 0);
        CHECK(detail(green, 40, 40, 200, 300) < before / 4);
        CHECK(fabs(mean(green, 40, 40, 200, 300) - light) < 0.01);
        CHECK(fabs(detail(red, LEFT + 2, TOP + 2, RIGHT - 3, BOTTOM - 3) - square) < 1e-6);
        CHECK(mean(red, LEFT - 12, TOP + 8, LEFT - 3, BOTTOM - 8) < 0.02); /* it does not glow */
        CHECK(mean(green, LEFT + 3, TOP + 8, LEFT + 12, BOTTOM - 8) < 0.02);
    }
}

TEST(a_rack_of_focus_goes_from_near_to_far)
{
    struct scene scene = {.focus = FOCUS_RACK};
    struct frame frame = paint();
    double behind = detail(green, 40, 40, 200, 300);
    double square = detail(red, LEFT + 20, TOP + 20, RIGHT - 20, BOTTOM - 20);

    shoot(&scene, &frame, SQUARE_M, 0);
    CHECK(detail(green, 40, 40, 200, 300) < behind / 3);
    CHECK(detail(red, LEFT + 20, TOP + 20, RIGHT - 20, BOTTOM - 20) > 0.95 * square);
    frame = paint();
    shoot(&scene, &frame, SQUARE_M, 1);
    CHECK(detail(green, 40, 40, 200, 300) > 0.95 * behind);
    CHECK(detail(red, LEFT + 20, TOP + 20, RIGHT - 20, BOTTOM - 20) < square / 3);
    CHECK(mean(red, LEFT - 4, TOP + 8, LEFT - 1, BOTTOM - 8) > 0.05); /* it spreads */
}

TEST(without_a_subject_focus_lies_in_the_middle)
{
    struct frame frame = paint();
    double square = detail(red, LEFT + 2, TOP + 2, RIGHT - 3, BOTTOM - 3);

    shoot(&(struct scene){.focus = FOCUS_SHALLOW}, &frame, 0, 0);
    CHECK(detail(red, LEFT + 2, TOP + 2, RIGHT - 3, BOTTOM - 3) > 0.95 * square);
    CHECK(detail(green, 40, 40, 200, 300) < 0.05);
}

TEST(tilt_and_shift_leaves_a_band_sharp)
{
    struct frame frame = paint();
    double before = detail(green, 20, 190, 200, 215);

    shoot(&(struct scene){.focus = FOCUS_TILT_SHIFT}, &frame, SQUARE_M, 0);
    CHECK(detail(green, 20, 190, 200, 215) > 0.99 * before);
    CHECK(detail(green, 20, 4, 200, 24) < before / 3);
}

/* The square moves to the right. */
static void push(float pixels)
{
    for (int i = 0; i < VALUES; i++)
        across[i] = is_square(i % WIDTH, i / WIDTH) ? pixels : 0;
}

TEST(what_moves_smears_along_its_way_and_the_rest_stays_sharp)
{
    struct scene scene = {.motion_blur = 3}; /* a long shutter: past what a usual one shows */
    struct frame frame = paint();
    double behind = detail(green, 40, 40, 200, 300), whole = mean(red, 200, 60, 440, 300);
    double square = detail(red, LEFT + 20, TOP + 20, RIGHT - 20, BOTTOM - 20);

    push(8);
    shoot(&scene, &frame, 0, 0);
    CHECK(detail(red, LEFT + 20, TOP + 20, RIGHT - 20, BOTTOM - 20) < square / 2);
    CHECK(mean(red, RIGHT + 1, TOP + 8, RIGHT + 5, BOTTOM - 8) > 0.03);    /* over the edge */
    CHECK(mean(red, RIGHT + 14, TOP + 8, RIGHT + 20, BOTTOM - 8) < 0.001); /* no farther */
    CHECK(mean(red, LEFT, TOP - 8, RIGHT, TOP - 1) < 0.001);               /* not up */
    CHECK(fabs(detail(green, 40, 40, 200, 300) - behind) < 1e-6);
    CHECK(fabs(mean(red, 200, 60, 440, 300) / whole - 1) < 0.05);
}

TEST(what_runs_by_is_no_stripe)
{
    struct frame frame = paint();

    push(60);
    shoot(&(struct scene){.motion_blur = 1}, &frame, 0, 0);
    CHECK(mean(red, RIGHT + 1, TOP + 8, RIGHT + 2, BOTTOM - 8) > 0.03);
    CHECK(mean(red, RIGHT + 5, TOP + 8, RIGHT + 12, BOTTOM - 8) < 0.001);
}

TEST(a_slow_thing_and_a_shut_shutter_change_nothing)
{
    static float before[VALUES];
    struct frame frame = paint();

    memcpy(before, red, sizeof before);
    push(1);
    shoot(&(struct scene){.motion_blur = 1}, &frame, 0, 0);
    CHECK(memcmp(before, red, sizeof before) == 0);
    push(24);
    shoot(&(struct scene){.motion_blur = 0}, &frame, 0, 0);
    CHECK(memcmp(before, red, sizeof before) == 0);
}

TEST(all_widths_give_the_same_picture)
{
    static const char *const widths[] = {"sse4", "avx2", "avx512"};
    static float first[VALUES];

    for (int i = 0; i < 3; i++) {
        struct frame frame = paint();

        push(24);
        setenv("VITASCOPE_DIORAMA_ISA", widths[i], 1);
        shoot(&(struct scene){.motion_blur = 1, .focus = FOCUS_SHALLOW}, &frame, 40, 0);
        if (i == 0)
            memcpy(first, red, sizeof first);
        CHECK(memcmp(first, red, WIDTH * HEIGHT * sizeof *red) == 0);
    }
    unsetenv("VITASCOPE_DIORAMA_ISA");
}

/* The brightest column of a row of the right half. */
static int brightest(int row)
{
    int best = WIDTH / 2;

    for (int x = WIDTH / 2; x < WIDTH; x++)
        if (red[row * WIDTH + x] > red[row * WIDTH + best])
            best = x;
    return best;
}

TEST(a_fisheye_swells_the_middle_and_bends_upright_lines_outward)
{
    struct frame frame = paint();

    frame.view.pixel = 2 * 1.4f / WIDTH;
    for (int i = 0; i < VALUES; i++)
        red[i] = green[i] = blue[i] = i % WIDTH / 3 == WIDTH * 5 / 8 / 3 ? 1 : 0;
    fisheye_bend(&frame, 2);
    CHECK(brightest(HEIGHT / 2) > WIDTH * 5 / 8 + 20);
    CHECK(brightest(HEIGHT / 2) > brightest(2) + 5);
    CHECK(brightest(2) > WIDTH * 5 / 8);
}
