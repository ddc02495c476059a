/* SPDX-License-Identifier: Apache-2.0 */
#include "core/catalog.h"

#include <stdlib.h>

#include "base/arena.h"

/* $1000 a second: a guard against a mistyped unit, and against overflow. */
static const int64_t micro_per_second_max = 1000000000;

struct catalog {
    struct arena arena;
    struct catalog_model models[CATALOG_MODELS_MAX];
    size_t len;
};

struct catalog *catalog_new(void)
{
    struct catalog *catalog = calloc(1, sizeof(*catalog));

    if (!catalog)
        die("out of memory");
    return catalog;
}

void catalog_free(struct catalog *catalog)
{
    if (!catalog)
        return;
    arena_fini(&catalog->arena);
    free(catalog);
}

static bool check_steps(const struct catalog_model *model, struct err *err)
{
    int64_t pixels = 0;

    if (model->step_count == 0)
        return err_set(err, ERR_INVALID, "model " STR_FMT " has no price", STR_ARG(model->name));
    for (size_t i = 0; i < model->step_count; i++) {
        const struct catalog_step *step = &model->steps[i];

        if (step->pixels_max <= pixels)
            return err_set(err, ERR_INVALID, "prices of model " STR_FMT " must ascend by pixels",
                           STR_ARG(model->name));
        if (step->micro_per_second < 1 || step->micro_per_second > micro_per_second_max)
            return err_set(err, ERR_INVALID, "a price of model " STR_FMT " is out of range",
                           STR_ARG(model->name));
        pixels = step->pixels_max;
    }
    return true;
}

bool catalog_add(struct catalog *catalog, const struct catalog_model *model, struct err *err)
{
    struct catalog_model *own = &catalog->models[catalog->len];

    if (model->name.len == 0)
        return err_set(err, ERR_INVALID, "a model needs a name");
    if (catalog->len == CATALOG_MODELS_MAX)
        return err_set(err, ERR_INVALID, "more than %d models", CATALOG_MODELS_MAX);
    if (catalog_find(catalog, model->name))
        return err_set(err, ERR_INVALID, "model " STR_FMT " is there twice", STR_ARG(model->name));
    if (model->route_len == 0)
        return err_set(err, ERR_INVALID, "model " STR_FMT " has no engine", STR_ARG(model->name));
    if (!check_steps(model, err))
        return false;
    *own = *model;
    own->name = arena_str(&catalog->arena, model->name);
    own->label = arena_str(&catalog->arena, model->label.len ? model->label : model->name);
    for (size_t i = 0; i < model->route_len; i++)
        own->route[i] = arena_str(&catalog->arena, model->route[i]);
    catalog->len++;
    return true;
}

const struct catalog_model *catalog_find(const struct catalog *catalog, struct str name)
{
    for (size_t i = 0; i < catalog->len; i++) {
        if (str_eq(catalog->models[i].name, name))
            return &catalog->models[i];
    }
    return NULL;
}

size_t catalog_len(const struct catalog *catalog)
{
    return catalog->len;
}

const struct catalog_model *catalog_at(const struct catalog *catalog, size_t index)
{
    return &catalog->models[index];
}

bool catalog_price(const struct catalog_model *model, int width, int height, int seconds,
                   int64_t *price_micro, struct err *err)
{
    int64_t pixels = (int64_t)width * height;

    for (size_t i = 0; i < model->step_count; i++) {
        if (pixels <= model->steps[i].pixels_max) {
            *price_micro = model->steps[i].micro_per_second * seconds;
            return true;
        }
    }
    return err_set_param(err, ERR_INVALID, "size", "%dx%d is not a size of model " STR_FMT, width,
                         height, STR_ARG(model->name));
}
