/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "harness/tap.h"
#include "workers/diorama/clip/recipe.h"

static struct recipe two_parts(void)
{
    return (struct recipe){
        .seed = 9223372036854775807u,
        .width = 1280,
        .height = 720,
        .fps = 30,
        .part_count = 2,
        .parts = {{STR("a \"calm\" sea\nat dawn \xc3\xa9"), 120}, {STR("a storm comes"), 60}}};
}

TEST(a_recipe_comes_back_from_the_comment_that_it_is_written_to)
{
    struct recipe recipe = two_parts(), back;
    struct arena arena;
    struct buf comment;

    arena_init(&arena, 0);
    buf_init(&comment, 2 * RECIPE_BYTES_MAX);
    recipe_write(&recipe, &comment);
    CHECK(str_starts(buf_str(&comment), str_from(recipe_origin)));
    CHECK(recipe_read(buf_str(&comment), &arena, &back));
    CHECK(back.seed == recipe.seed);
    CHECK_INT(back.width, 1280);
    CHECK_INT(back.height, 720);
    CHECK_INT(back.fps, 30);
    CHECK_INT(back.part_count, 2);
    CHECK_INT(recipe_frames(&back), 180);
    for (int i = 0; i < 2; i++)
        CHECK(str_eq(back.parts[i].words, recipe.parts[i].words));
    buf_fini(&comment);
    arena_fini(&arena);
}

TEST(what_is_no_recipe_of_this_edition_is_not_followed)
{
    static const char *const tails[] = {
        "",
        "; recipe: ",
        "; recipe: {",
        "; recipe: []",
        "; recipe: {\"edition\":0,\"seed\":1,\"width\":64,\"height\":64,\"fps\":30,"
        "\"parts\":[{\"words\":\"\",\"frames\":1}]}",
        "; recipe: {\"edition\":1,\"seed\":-1,\"width\":64,\"height\":64,\"fps\":30,"
        "\"parts\":[{\"words\":\"\",\"frames\":1}]}",
        "; recipe: {\"edition\":1,\"seed\":1,\"width\":64,\"height\":64,\"fps\":30,\"parts\":[]}",
        "; recipe: {\"edition\":1,\"seed\":1,\"width\":64,\"height\":64,\"fps\":30,"
        "\"parts\":[{\"words\":7,\"frames\":1}]}",
        "; recipe: {\"edition\":1,\"seed\":1,\"width\":64,\"height\":64,\"fps\":30,"
        "\"parts\":[{\"words\":\"\",\"frames\":0}]}",
    };
    static struct recipe recipe;
    struct arena arena;

    arena_init(&arena, 0);
    CHECK(!recipe_read(STR("made by somebody else"), &arena, &recipe));
    for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
        struct str comment = arena_printf(&arena, "%s%s", recipe_origin, tails[i]);

        CHECK(!recipe_read(comment, &arena, &recipe));
    }
    arena_fini(&arena);
}

TEST(a_recipe_that_gets_too_long_is_left_out)
{
    struct recipe recipe = two_parts();
    struct arena arena;
    struct buf comment;
    char *words;

    arena_init(&arena, 0);
    words = arena_alloc(&arena, RECIPE_BYTES_MAX);
    memset(words, 'a', RECIPE_BYTES_MAX);
    recipe.parts[1].words = str_from_bytes(words, RECIPE_BYTES_MAX);
    buf_init(&comment, 2 * RECIPE_BYTES_MAX);
    recipe_write(&recipe, &comment);
    CHECK(str_eq_c(buf_str(&comment), recipe_origin));
    buf_fini(&comment);
    arena_fini(&arena);
}

TEST(the_newest_words_come_first_in_a_parts_prompt)
{
    struct recipe recipe = two_parts();
    struct arena arena;
    struct str prompt;

    arena_init(&arena, 0);
    prompt = recipe_prompt(&recipe, 1, &arena);
    CHECK(str_starts(prompt, STR("a storm comes\n\na \"calm\"")));
    /* A request may repeat what the source was made from; that is not new. */
    CHECK(str_eq_c(recipe_new_words(&recipe, STR("at night"), &arena), "at night"));
    CHECK_INT(recipe_new_words(&recipe, prompt, &arena).len, 0);
    prompt = arena_printf(&arena, "at night\n\n" STR_FMT, STR_ARG(prompt));
    CHECK(str_eq_c(recipe_new_words(&recipe, prompt, &arena), "at night"));
    prompt = arena_printf(&arena, "at night\n\n" STR_FMT, STR_ARG(recipe.parts[0].words));
    CHECK(str_eq_c(recipe_new_words(&recipe, prompt, &arena), "at night"));
    arena_fini(&arena);
}
