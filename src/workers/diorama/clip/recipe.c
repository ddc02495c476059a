/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/clip/recipe.h"

#include <string.h>

#include "base/jsonr.h"
#include "base/jsonw.h"

enum { FRAMES_MAX = 120 * 60, SIDE_MAX = 4096 };

const char recipe_origin[] = "made by Vitascope diorama, a procedural renderer";

static const char separator[] = "; recipe: ";

static void write_int(struct jsonw *json, const char *key, int64_t value)
{
    jsonw_key(json, key);
    jsonw_int(json, value);
}

void recipe_write(const struct recipe *recipe, struct buf *comment)
{
    struct jsonw json;

    buf_printf(comment, "%s%s", recipe_origin, separator);
    jsonw_init(&json, comment);
    jsonw_object(&json);
    write_int(&json, "edition", RECIPE_EDITION);
    write_int(&json, "seed", (int64_t)recipe->seed);
    write_int(&json, "width", recipe->width);
    write_int(&json, "height", recipe->height);
    write_int(&json, "fps", recipe->fps);
    jsonw_key(&json, "parts");
    jsonw_array(&json);
    for (int i = 0; i < recipe->part_count; i++) {
        jsonw_object(&json);
        jsonw_key(&json, "words");
        jsonw_str(&json, recipe->parts[i].words);
        write_int(&json, "frames", recipe->parts[i].frames);
        jsonw_end(&json);
    }
    jsonw_end(&json);
    jsonw_end(&json);
    if (!buf_is_over(comment) && comment->len <= RECIPE_BYTES_MAX)
        return;
    buf_clear(comment);
    buf_printf(comment, "%s", recipe_origin);
}

static bool read_whole(struct jsonv root, const char *key, int64_t least, int64_t most,
                       int64_t *value)
{
    *value = jsonv_int(jsonv_get(root, key), -1);
    return *value >= least && *value <= most;
}

static bool read_parts(struct jsonv parts, struct arena *arena, struct recipe *recipe)
{
    size_t count = jsonv_len(parts);

    if (jsonv_type(parts) != JSONR_ARRAY || count < 1 || count > RECIPE_PARTS_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct jsonv words = jsonv_get(jsonv_at(parts, i), "words");
        int64_t frames;

        if (jsonv_type(words) != JSONR_STR ||
            !read_whole(jsonv_at(parts, i), "frames", 1, FRAMES_MAX, &frames))
            return false;
        recipe->parts[i] =
            (struct recipe_part){arena_str(arena, jsonv_str(words, STR(""))), (int)frames};
    }
    recipe->part_count = (int)count;
    return true;
}

static bool read_root(struct jsonv root, struct arena *arena, struct recipe *recipe)
{
    int64_t edition, seed, width, height, fps;

    if (!read_whole(root, "edition", RECIPE_EDITION, RECIPE_EDITION, &edition) ||
        !read_whole(root, "seed", 0, INT64_MAX, &seed) ||
        !read_whole(root, "width", 1, SIDE_MAX, &width) ||
        !read_whole(root, "height", 1, SIDE_MAX, &height) || !read_whole(root, "fps", 1, 120, &fps))
        return false;
    recipe->seed = (uint64_t)seed;
    recipe->width = (int)width;
    recipe->height = (int)height;
    recipe->fps = (int)fps;
    return read_parts(jsonv_get(root, "parts"), arena, recipe);
}

bool recipe_read(struct str comment, struct arena *arena, struct recipe *recipe)
{
    struct str lead = arena_printf(arena, "%s%s", recipe_origin, separator);
    struct jsonr doc;
    struct err err;
    bool ok;

    memset(recipe, 0, sizeof(*recipe));
    if (!str_starts(comment, lead) || comment.len > RECIPE_BYTES_MAX)
        return false;
    ok = jsonr_parse(&doc, str_skip(comment, lead.len), &err) &&
         read_root(jsonr_root(&doc), arena, recipe);
    jsonr_fini(&doc);
    return ok;
}

int recipe_frames(const struct recipe *recipe)
{
    int frames = 0;

    for (int i = 0; i < recipe->part_count; i++)
        frames += recipe->parts[i].frames;
    return frames;
}

struct str recipe_prompt(const struct recipe *recipe, int part, struct arena *arena)
{
    struct buf text;
    struct str prompt;

    buf_init(&text, 4 * RECIPE_BYTES_MAX);
    for (int i = part; i >= 0; i--) {
        if (recipe->parts[i].words.len == 0)
            continue;
        if (text.len > 0)
            buf_add_str(&text, STR("\n\n"));
        buf_add_str(&text, recipe->parts[i].words);
    }
    prompt = arena_str(arena, buf_str(&text));
    buf_fini(&text);
    return prompt;
}

/* Takes an older prompt off the end, if it is there. */
static struct str without(struct str prompt, struct str old)
{
    struct str rest;

    if (old.len == 0 || !str_ends(prompt, old))
        return prompt;
    rest = str_head(prompt, prompt.len - old.len);
    if (rest.len == 0)
        return rest; /* nothing new was said */
    return str_ends(rest, STR("\n\n")) ? str_trim(rest) : prompt;
}

struct str recipe_new_words(const struct recipe *recipe, struct str prompt, struct arena *arena)
{
    int last = recipe->part_count - 1;
    struct str words = without(prompt, recipe_prompt(recipe, last, arena));

    if (words.len == prompt.len)
        words = without(prompt, recipe->parts[last].words);
    if (words.len == prompt.len)
        words = without(prompt, recipe->parts[0].words);
    return words;
}
