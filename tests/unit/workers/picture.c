/* SPDX-License-Identifier: Apache-2.0 */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

#include "harness/tap.h"

#define ISA_NAME "VITASCOPE_DIORAMA_ISA"

static int bytes_of(const struct renderer_options *options)
{
    return options->width * options->height * 3 / 2;
}

void picture_draw(struct renderer *renderer, const struct renderer_options *options, int index,
                  uint8_t *bytes)
{
    int width = options->width, luma = width * options->height;
    struct picture picture = {.plane = {bytes, bytes + luma, bytes + luma * 5 / 4},
                              .stride = {width, width / 2, width / 2}};

    memset(bytes, 0xee, (size_t)bytes_of(options)); /* so that what is not drawn shows */
    renderer_draw(renderer, index, &picture);
}

void picture_draw_frames(const struct scene *scene, const struct renderer_options *options,
                         int first, int step, int count, uint8_t *bytes)
{
    struct renderer *renderer = renderer_open(scene, options, NULL, NULL);

    CHECK(renderer != NULL);
    for (int i = 0; i < count; i++)
        picture_draw(renderer, options, first + i * step, bytes + i * bytes_of(options));
    renderer_close(renderer);
}

void picture_draw_scene(const struct scene *scene, const struct renderer_options *options,
                        int index, uint8_t *bytes)
{
    picture_draw_frames(scene, options, index, 1, 1, bytes);
}

bool picture_is_same_again(const struct scene *scene, const struct renderer_options *options,
                           int index, int other, uint8_t *bytes, double *moved)
{
    struct renderer *renderer = renderer_open(scene, options, NULL, NULL);
    int count = bytes_of(options);
    uint8_t *again = malloc((size_t)count);
    bool is_same;

    CHECK(renderer != NULL && again != NULL);
    picture_draw(renderer, options, index, bytes);
    picture_draw(renderer, options, other, again);
    if (moved)
        *moved = picture_difference(bytes, again, count);
    picture_draw(renderer, options, index, again);
    is_same = memcmp(bytes, again, (size_t)count) == 0;
    free(again);
    renderer_close(renderer);
    return is_same;
}

struct picture_widths picture_compare_widths(const struct scene *scene,
                                             const struct renderer_options *options, int index,
                                             const uint8_t *widest)
{
    static const char *const isas[] = {"avx2", "sse4"};
    struct picture_widths widths = {0, 0, 0};
    const char *usual = renderer_isa();
    int count = bytes_of(options);
    uint8_t *bytes = malloc((size_t)count);

    CHECK(bytes != NULL);
    for (int i = 0; i < 2; i++) {
        setenv(ISA_NAME, isas[i], 1);
        if (strcmp(isas[i], usual) != 0 && strcmp(renderer_isa(), isas[i]) == 0) {
            double mean;
            int greatest;

            picture_draw_scene(scene, options, index, bytes);
            mean = picture_difference(widest, bytes, count);
            greatest = picture_greatest_difference(widest, bytes, count);
            widths.mean = mean > widths.mean ? mean : widths.mean;
            widths.greatest = greatest > widths.greatest ? greatest : widths.greatest;
            widths.narrower++;
        }
        unsetenv(ISA_NAME);
    }
    free(bytes);
    return widths;
}

double picture_mean(const uint8_t *bytes, const struct renderer_options *options, int plane,
                    struct picture_part part)
{
    int wide = plane ? options->width / 2 : options->width;
    int tall = plane ? options->height / 2 : options->height, count = 0;
    const uint8_t *from = bytes + (plane ? options->width * options->height * (plane + 3) / 4 : 0);
    double sum = 0;

    for (int y = part.top * tall / 100; y < part.bottom * tall / 100; y++)
        for (int x = part.left * wide / 100; x < part.right * wide / 100; x++, count++)
            sum += from[y * wide + x];
    return sum / count;
}

double picture_roughness(const uint8_t *bytes, const struct renderer_options *options,
                         struct picture_part part)
{
    int width = options->width, count = 0;
    double sum = 0;

    for (int y = part.top * options->height / 100; y < part.bottom * options->height / 100; y++)
        for (int x = part.left * width / 100 + 1; x < part.right * width / 100; x++, count++)
            sum += abs(bytes[y * width + x] - bytes[y * width + x - 1]);
    return sum / count;
}

double picture_difference(const uint8_t *a, const uint8_t *b, int count)
{
    double sum = 0;

    for (int i = 0; i < count; i++)
        sum += abs(a[i] - b[i]);
    return sum / count;
}

int picture_greatest_difference(const uint8_t *a, const uint8_t *b, int count)
{
    int greatest = 0;

    for (int i = 0; i < count; i++)
        greatest = abs(a[i] - b[i]) > greatest ? abs(a[i] - b[i]) : greatest;
    return greatest;
}

int picture_differing(const uint8_t *a, const uint8_t *b, int count, int by)
{
    int differing = 0;

    for (int i = 0; i < count; i++)
        differing += abs(a[i] - b[i]) >= by;
    return differing;
}
