/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire: joins the parts of a server as the configuration says, and takes them apart again.
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_APP_WIRE_H
#define VITASCOPE_APP_WIRE_H

#include <uv.h>

#include "app/config.h"
#include "app/home.h"

struct wire;

/* Everything but listening: store, engines, models. */
MUST_CHECK bool wire_open(uv_loop_t *loop, const struct config *config, const struct home *home,
                          struct wire **wire, struct err *err);

/* Starts the work and listens on `listen` (ADDRESS:PORT). *url is where, in the wire's arena. */
MUST_CHECK bool wire_listen(struct wire *wire, struct str listen, struct str *url, struct err *err);

/* Stops listening, lets what runs finish within config.stop_grace_s, then calls stopped(user). */
void wire_stop(struct wire *wire, void (*stopped)(void *user), void *user);

/* After stopped(), or after wire_open() without wire_listen(). Accepts NULL. */
void wire_free(struct wire *wire);

#endif
