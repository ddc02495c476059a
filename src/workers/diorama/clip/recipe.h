/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe: what a clip was made from, kept in the comment tag of its MP4, so that an edit or an
 * extension can make the same scene again.
 *
 * A recipe has parts: the clip as it was first made, and each extension. A part's words are those
 * of its own request; its whole prompt is these, and below them, as older paragraphs, those of the
 * parts before it. A clip made of an image has no recipe.
 *
 * Strings are borrowed or the arena's. Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_CLIP_RECIPE_H
#define VITASCOPE_WORKERS_DIORAMA_CLIP_RECIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "workers/diorama/camera.h"

enum {
    RECIPE_EDITION = 1, /* to be raised when the same words no longer give the same land and view */
    RECIPE_PARTS_MAX = CAMERA_LEGS_MAX,
    RECIPE_BYTES_MAX = 128 * 1024 /* of the comment; a longer one is left out */
};

struct recipe_part {
    struct str words;
    int frames;
};

struct recipe {
    uint64_t seed;
    int width, height, fps;
    int part_count;
    struct recipe_part parts[RECIPE_PARTS_MAX];
};

/* What every clip's comment begins with, a recipe or not. */
extern const char recipe_origin[];

/* Writes a whole comment. Over RECIPE_BYTES_MAX the recipe is left out. */
void recipe_write(const struct recipe *recipe, struct buf *comment);

/* False when the comment holds no recipe that this edition can follow. */
bool recipe_read(struct str comment, struct arena *arena, struct recipe *recipe);

int recipe_frames(const struct recipe *recipe);

/* The whole prompt of a part. */
struct str recipe_prompt(const struct recipe *recipe, int part, struct arena *arena);

/* What is new in a prompt that may repeat those of the recipe below its own words. */
struct str recipe_new_words(const struct recipe *recipe, struct str prompt, struct arena *arena);

#endif
