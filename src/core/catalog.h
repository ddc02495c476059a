/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog: the models that a caller may name: what they cost, which engines make them.
 *
 * A model's price is a list of steps by picture size: a request costs the first step whose
 * pixels are at least its own, times its seconds. A size above the last step is refused, and so
 * is a model without steps: nothing is free by omission.
 *
 * Built once from the configuration, then read-only. Copies what it is given.
 *
 * Thread: any, after the last catalog_add().
 */
#ifndef VITASCOPE_CORE_CATALOG_H
#define VITASCOPE_CORE_CATALOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { CATALOG_MODELS_MAX = 64, CATALOG_STEPS_MAX = 8, CATALOG_ROUTE_MAX = 8 };

struct catalog_step {
    int64_t pixels_max; /* width * height */
    int64_t micro_per_second;
};

struct catalog_model {
    struct str name;  /* as callers write it */
    struct str label; /* for people */
    struct catalog_step steps[CATALOG_STEPS_MAX];
    size_t step_count;
    struct str route[CATALOG_ROUTE_MAX]; /* engine names, in the order of trial */
    size_t route_len;
};

struct catalog;

struct catalog *catalog_new(void);
void catalog_free(struct catalog *catalog);

/* ERR_INVALID: no name, no price, no route, steps not ascending, a name twice, too many. */
MUST_CHECK bool catalog_add(struct catalog *catalog, const struct catalog_model *model,
                            struct err *err);

/* NULL when there is none of that name. Borrowed. */
const struct catalog_model *catalog_find(const struct catalog *catalog, struct str name);

size_t catalog_len(const struct catalog *catalog);
const struct catalog_model *catalog_at(const struct catalog *catalog, size_t index);

/* ERR_INVALID with param "size" when the model does not make pictures of that size. */
MUST_CHECK bool catalog_price(const struct catalog_model *model, int width, int height, int seconds,
                              int64_t *price_micro, struct err *err);

#endif
