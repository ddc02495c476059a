/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine_impl: what a kind of engine provides. Included inside engine/ only.
 *
 * engine.c owns the state: state_size zeroed bytes that open() fills and that are freed after
 * engine_closed(). engine.c has applied the defaults and checked names, ranges and tickets
 * before any call; a kind checks what only it knows. Strings of the config live as long as the
 * call.
 *
 * A kind reports through engine_progress(), engine_finished(), engine_failed() and
 * engine_room(), never from inside start() or cancel().
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_ENGINE_ENGINE_IMPL_H
#define VITASCOPE_ENGINE_ENGINE_IMPL_H

#include "engine/engine.h"

struct engine_ops {
    const char *kind;
    size_t state_size;
    bool is_local; /* engine_is_local() */

    /* Mandatory. On failure nothing is left open and close() is not called. */
    bool (*open)(void *state, struct engine *engine, const struct engine_config *config,
                 struct err *err);

    /* Mandatory. Begins to end everything and calls engine_closed() once, when no handle and no
     * child is left; never from within. The state is gone when that returns. */
    void (*close)(void *state);

    /* Mandatory, as engine_start(). */
    bool (*start)(void *state, struct str ticket, const struct engine_request *request,
                  struct err *err);

    /* Optional: without it a request runs to its end and the event tells how. */
    void (*cancel)(void *state, struct str ticket);

    /* Mandatory, as engine_free_slots() and engine_is_ready(). */
    int (*free_slots)(const void *state);
    bool (*is_ready)(const void *state);
};

void engine_progress(struct engine *engine, struct str ticket, int percent, struct str phase);
void engine_finished(struct engine *engine, struct str ticket, const struct engine_result *result);
void engine_failed(struct engine *engine, struct str ticket, enum engine_fault fault,
                   struct str text);
void engine_room(struct engine *engine);
void engine_closed(struct engine *engine);

extern const struct engine_ops engine_worker;

#endif
