/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/clip/source.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "media/decode.h"

enum { GRID = 16 };

#define LENGTH_TOLERANCE_S 0.12 /* what a container may add to the frames of its pictures */
#define LUMA_TOLERANCE 3.0      /* mean over the grid, of 219 steps */

void source_plan_new(const struct clip_order *order, uint64_t seed, struct source_plan *plan)
{
    int frames = order->seconds * order->fps;

    memset(plan, 0, sizeof(*plan));
    prompt_read(order->prompt, seed, &plan->reading);
    plan->recipe = (struct recipe){.seed = seed,
                                   .width = order->width,
                                   .height = order->height,
                                   .fps = order->fps,
                                   .part_count = 1,
                                   .parts = {{order->prompt, frames}}};
    plan->part_count = 1;
    plan->parts[0] = (struct reel_part){plan->reading.scene, frames};
}

/* The recipe of the source if it fits the order and describes all of the file. */
static bool read_recipe(const struct clip_order *order, struct arena *arena, struct recipe *recipe)
{
    struct decoder *decoder;
    struct err err;
    double seconds;
    bool ok;

    if (!decoder_open(&decoder, order->source_video, 0, 0, &err))
        return false;
    seconds = decoder_info(decoder)->seconds;
    ok = recipe_read(str_from(decoder_info(decoder)->comment), arena, recipe);
    decoder_close(decoder);
    return ok && recipe->width == order->width && recipe->height == order->height &&
           recipe->fps == order->fps &&
           fabs(seconds - (double)recipe_frames(recipe) / recipe->fps) <
               LENGTH_TOLERANCE_S + (double)recipe->part_count / recipe->fps;
}

/* Reads the prompts of all parts. */
static void read_parts(struct source_plan *plan, struct arena *arena)
{
    plan->part_count = plan->recipe.part_count;
    for (int i = 0; i < plan->part_count; i++) {
        prompt_read(recipe_prompt(&plan->recipe, i, arena), plan->recipe.seed, &plan->reading);
        plan->parts[i] = (struct reel_part){plan->reading.scene, plan->recipe.parts[i].frames};
    }
}

static bool plan_edit(const struct clip_order *order, struct str words, struct arena *arena,
                      struct source_plan *plan)
{
    struct recipe *recipe = &plan->recipe;
    struct prompt_reading old;
    int missing = order->seconds * order->fps - recipe_frames(recipe);

    /* Each extension made the whole a frame shorter than its seconds. */
    if (missing < 0 || missing >= recipe->part_count)
        return false;
    recipe->parts[recipe->part_count - 1].frames += missing;
    prompt_read(recipe->parts[0].words, recipe->seed, &old);
    plan->origin = old.scene;
    plan->has_origin = true;
    for (int i = 0; i < recipe->part_count && words.len > 0; i++)
        recipe->parts[i].words = arena_printf(arena, STR_FMT "\n\n" STR_FMT, STR_ARG(words),
                                              STR_ARG(recipe->parts[i].words));
    read_parts(plan, arena);
    return true;
}

bool source_plan_again(const struct clip_order *order, struct arena *arena,
                       struct source_plan *plan)
{
    struct recipe *recipe = &plan->recipe;
    struct str words;

    memset(plan, 0, sizeof(*plan));
    if (!order->source_video || !read_recipe(order, arena, recipe))
        return false;
    words = recipe_new_words(recipe, order->prompt, arena);
    if (order->purpose == CLIP_EDIT)
        return plan_edit(order, words, arena, plan);
    if (recipe->part_count == RECIPE_PARTS_MAX)
        return false;
    /* It begins with the frame that the source ends with, as all extensions do; who joins the two
     * leaves one of them out. */
    plan->first = recipe_frames(recipe) - 1;
    recipe->parts[recipe->part_count++] =
        (struct recipe_part){words, order->seconds * order->fps - 1};
    read_parts(plan, arena);
    return true;
}

static uint8_t to_byte(float x)
{
    return (uint8_t)(x < 0 ? 0 : x > 255 ? 255 : x + 0.5f);
}

static void to_rgb(const struct decoded_picture *picture, struct image *image)
{
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            int at = y / 2 * picture->stride[1] + x / 2,
                chroma = y / 2 * picture->stride[2] + x / 2;
            float luma = ((float)picture->plane[0][y * picture->stride[0] + x] - 16) / 219;
            float blue = luma + ((float)picture->plane[1][at] - 128) / 224 * 1.8556f;
            float red = luma + ((float)picture->plane[2][chroma] - 128) / 224 * 1.5748f;
            float green = (luma - 0.2126f * red - 0.0722f * blue) / 0.7152f;
            uint8_t *to = image->rgb + 3 * ((size_t)y * (size_t)image->width + (size_t)x);

            to[0] = to_byte(255 * red);
            to[1] = to_byte(255 * green);
            to[2] = to_byte(255 * blue);
        }
}

/* Copies the planes, without padding, into memory for one picture. */
static void keep(const struct decoded_picture *from, int width, int height, uint8_t *memory)
{
    for (int k = 0; k < 3; k++) {
        int wide = k ? width / 2 : width, tall = k ? height / 2 : height;

        for (int y = 0; y < tall; y++, memory += wide)
            memcpy(memory, from->plane[k] + (ptrdiff_t)y * from->stride[k], (size_t)wide);
    }
}

bool source_last_picture(const struct clip_order *order, struct image *image, struct err *err)
{
    size_t luma = (size_t)order->width * (size_t)order->height;
    struct decoder *decoder;
    struct decoded_picture picture;
    uint8_t *last;
    bool has = true, ok = true;

    if (!decoder_open(&decoder, order->source_video, order->width, order->height, err))
        return false;
    last = malloc(luma * 3 / 2);
    if (!last)
        die("out of memory for a picture");
    while (ok && has) {
        ok = decoder_picture(decoder, &picture, &has, err);
        if (ok && has)
            keep(&picture, order->width, order->height, last);
    }
    decoder_close(decoder);
    if (ok) {
        image_init(image, order->width, order->height);
        picture = (struct decoded_picture){{last, last + luma, last + luma + luma / 4},
                                           {order->width, order->width / 2, order->width / 2},
                                           0};
        to_rgb(&picture, image);
    }
    free(last);
    return ok;
}

/* Mean luma, 16 to 235, of a part of each: what is in row `j` and column `i` of the grid. */
static double cell_difference(const struct picture *picture, const struct image *image, int i,
                              int j)
{
    int left = image->width * i / GRID, right = image->width * (i + 1) / GRID;
    int top = image->height * j / GRID, bottom = image->height * (j + 1) / GRID;
    double drawn = 0, given = 0;

    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++) {
            const uint8_t *rgb = image->rgb + 3 * ((size_t)y * (size_t)image->width + (size_t)x);

            drawn += picture->plane[0][y * picture->stride[0] + x];
            given += 16 + (0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]) * 219 / 255;
        }
    return fabs(drawn - given) / ((right - left) * (bottom - top));
}

bool source_is_alike(const struct picture *picture, const struct image *image)
{
    double sum = 0;

    for (int j = 0; j < GRID; j++)
        for (int i = 0; i < GRID; i++)
            sum += cell_difference(picture, image, i, j);
    return sum / (GRID * GRID) < LUMA_TOLERANCE;
}
