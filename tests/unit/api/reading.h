/* SPDX-License-Identifier: Apache-2.0 */
/* reading: what a dialect makes of a body, without a server. Each test program has one. */
#ifndef VITASCOPE_TESTS_UNIT_API_READING_H
#define VITASCOPE_TESTS_UNIT_API_READING_H

#include <string.h>

#include "api/create.h"
#include "base/macros.h"
#include "harness/tap.h"

static struct arena reading_arena;
static struct http_exchange reading_exchange;
static struct call reading_call;

/* Reads a body, with ' for ", as the dialect does. Valid until the next one. */
static inline struct create *read_body(const char *text, const struct create_ops *ops,
                                       void (*read)(struct create *create, struct jsonv root))
{
    struct create *create = NULL;
    struct err err;
    char *json = NULL;

    jsonr_fini(&reading_call.json);
    arena_fini(&reading_arena);
    json = arena_cstr(&reading_arena, str_from(text));
    for (char *c = json; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    reading_exchange = (struct http_exchange){.body = str_from(json), .arena = &reading_arena};
    reading_call = (struct call){
        .exchange = &reading_exchange, .arena = &reading_arena, .base_url = STR("http://here")};
    if (!jsonr_parse(&reading_call.json, str_from(json), &err))
        tap_fail(__FILE__, __LINE__, "%s in %s", err.text, json);
    create = create_new(&reading_call, ops);
    read(create, jsonr_root(&reading_call.json));
    return create;
}

/* The sentence of the first fault, or "". */
static inline const char *first_sentence(struct create *create)
{
    return create->faults.count ? faults_sentence(&reading_arena, &create->faults.list[0]).ptr : "";
}

struct reading {
    const char *body;
    const char *sentence; /* of the first fault */
};

/* Each body must have one fault, with that sentence. */
static inline void check_faults(const struct reading *readings, size_t count,
                                const struct create_ops *ops,
                                void (*read)(struct create *create, struct jsonv root))
{
    for (size_t i = 0; i < count; i++) {
        struct create *create = read_body(readings[i].body, ops, read);

        if (create->faults.count != 1)
            tap_fail(__FILE__, __LINE__, "%zu faults in %s", create->faults.count,
                     readings[i].body);
        if (strcmp(first_sentence(create), readings[i].sentence) != 0)
            tap_fail(__FILE__, __LINE__, "\"%s\" for %s", first_sentence(create), readings[i].body);
    }
}

#endif
