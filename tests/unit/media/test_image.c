/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/tap.h"
#include "media/image.h"
#include "media/resample.h"

static const char path[] = "test_image.ppm";

/* Smooth enough to survive any resizing: two waves and a ramp. */
static void paint(struct image *image)
{
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            double u = (x + 0.5) / image->width, v = (y + 0.5) / image->height;
            uint8_t *rgb = image->rgb + 3 * (y * image->width + x);

            rgb[0] = (uint8_t)lround(128 + 100 * sin(6 * u));
            rgb[1] = (uint8_t)lround(128 + 100 * cos(5 * v));
            rgb[2] = (uint8_t)lround(255 * u);
        }
}

static void write_text(const char *text, size_t len)
{
    FILE *file = fopen(path, "wb");

    fwrite(text, 1, len, file);
    fclose(file);
}

TEST(a_picture_written_as_ppm_reads_back_the_same)
{
    struct image image, back;
    struct err err = {0};

    image_init(&image, 33, 17);
    paint(&image);
    CHECK_OK(image_write_ppm(&image, path, &err));
    CHECK_OK(image_read_ppm(&back, path, &err));
    CHECK_INT(back.width, 33);
    CHECK_INT(back.height, 17);
    CHECK(memcmp(image.rgb, back.rgb, 33 * 17 * 3) == 0);
    image_fini(&image);
    image_fini(&back);
    unlink(path);
}

TEST(a_ppm_header_may_have_comments)
{
    struct image image;
    struct err err = {0};

    write_text("P6 # by hand\n2\t1\n255\nabcdef", 27);
    CHECK_OK(image_read_ppm(&image, path, &err));
    CHECK_INT(image.width, 2);
    CHECK(memcmp(image.rgb, "abcdef", 6) == 0);
    image_fini(&image);
    unlink(path);
}

TEST(damaged_and_oversized_ppm_files_are_refused)
{
    static const char *const bad[] = {
        "",
        "P5\n2 1\n255\nab",
        "P6\n2 1\n65535\nabcdefabcdef",
        "P6\n2 1\n255\nabc",
        "P6\n0 1\n255\n",
        "P6\n16385 1\n255\n",
        "P6\n16384 16384\n255\n",
        "P6\n99999999999 1\n255\n",
        "P6\n-2 1\n255\nabcdef",
        "P6",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct image image = {0};
        struct err err = {0};

        write_text(bad[i], strlen(bad[i]));
        CHECK(!image_read_ppm(&image, path, &err));
        CHECK_INT(err.kind, ERR_INVALID);
        CHECK(!image.rgb);
    }
    unlink(path);
}

TEST(a_missing_ppm_is_an_io_error)
{
    struct image image = {0};
    struct err err = {0};

    CHECK(!image_read_ppm(&image, "no_such_file.ppm", &err));
    CHECK_INT(err.kind, ERR_IO);
}

TEST(covering_the_same_size_copies_exactly)
{
    struct image image, same;

    image_init(&image, 64, 40);
    paint(&image);
    resample_cover(&image, 64, 40, &same);
    CHECK(memcmp(image.rgb, same.rgb, 64 * 40 * 3) == 0);
    image_fini(&image);
    image_fini(&same);
}

TEST(covering_keeps_the_picture_when_it_gets_smaller_or_larger)
{
    static const int sizes[][2] = {{320, 180}, {64, 36}, {1280, 720}, {17, 10}};

    for (int i = 0; i < 4; i++) {
        struct image image, scaled, want;
        int worst = 0;

        image_init(&image, 640, 360);
        paint(&image);
        image_init(&want, sizes[i][0], sizes[i][1]);
        paint(&want);
        resample_cover(&image, sizes[i][0], sizes[i][1], &scaled);
        for (int j = 0; j < want.width * want.height * 3; j++)
            worst =
                abs(want.rgb[j] - scaled.rgb[j]) > worst ? abs(want.rgb[j] - scaled.rgb[j]) : worst;
        CHECK(worst <= 12); /* the edge of the smallest */
        image_fini(&image);
        image_fini(&scaled);
        image_fini(&want);
    }
}

TEST(covering_another_shape_cuts_both_sides_equally)
{
    struct image image, tall;

    image_init(&image, 300, 100);
    for (int i = 0; i < 300 * 100; i++)
        memset(image.rgb + 3 * i, i % 300 < 100 ? 10 : i % 300 < 200 ? 120 : 240, 3);
    resample_cover(&image, 100, 100, &tall);
    CHECK_INT(tall.rgb[3 * (50 * 100 + 50)], 120);
    CHECK_INT(tall.rgb[3 * (50 * 100 + 5)], 120);
    CHECK_INT(tall.rgb[3 * (50 * 100 + 94)], 120);
    image_fini(&image);
    image_fini(&tall);
}

TEST(a_fine_checkerboard_shrinks_to_gray_without_aliasing)
{
    struct image image, small;

    image_init(&image, 1000, 1000);
    for (int y = 0; y < 1000; y++)
        for (int x = 0; x < 1000; x++)
            memset(image.rgb + 3 * (y * 1000 + x), (x + y) % 2 ? 255 : 0, 3);
    resample_cover(&image, 130, 130, &small);
    for (int i = 0; i < 130 * 130 * 3; i++)
        CHECK(abs(small.rgb[i] - 127) <= 3);
    image_fini(&image);
    image_fini(&small);
}

TEST(extreme_shapes_are_covered)
{
    struct image image, out;

    image_init(&image, 16384, 1);
    memset(image.rgb, 77, 16384 * 3);
    resample_cover(&image, 64, 64, &out);
    CHECK_INT(out.rgb[0], 77);
    CHECK_INT(out.rgb[64 * 64 * 3 - 1], 77);
    image_fini(&image);
    image_fini(&out);
}
