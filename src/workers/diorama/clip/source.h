/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source: what an edit or an extension can know of the video it starts from.
 *
 * A video that diorama made carries its recipe: its scene can be made again, and then changed or
 * continued. Of any other video only the pictures are known.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_CLIP_SOURCE_H
#define VITASCOPE_WORKERS_DIORAMA_CLIP_SOURCE_H

#include "media/image.h"
#include "workers/diorama/clip/clip.h"
#include "workers/diorama/clip/recipe.h"
#include "workers/diorama/clip/reel.h"

/* A clip of scenes: what to draw, and the recipe to keep with it. */
struct source_plan {
    struct recipe recipe;
    int part_count;
    struct reel_part parts[RECIPE_PARTS_MAX];
    struct scene origin;           /* whose land and view it has */
    bool has_origin;               /* else they are the first part's own */
    int first;                     /* frame of the parts that the clip begins with */
    struct prompt_reading reading; /* of the last part's whole prompt */
};

/* Plans a clip of its own. */
void source_plan_new(const struct clip_order *order, uint64_t seed, struct source_plan *plan);

/* Plans an edit or an extension by the source's recipe; false when it has none that fits the
 * order. Strings of the plan live in the arena. */
bool source_plan_again(const struct clip_order *order, struct arena *arena,
                       struct source_plan *plan);

/* The last picture of a video, in the size of the order. ERR_INVALID, ERR_IO. Caller calls
 * image_fini(). */
MUST_CHECK bool source_last_picture(const struct clip_order *order, struct image *image,
                                    struct err *err);

/* Whether a picture shows what the image does, but for what coding changed. */
bool source_is_alike(const struct picture *picture, const struct image *image);

#endif
