/* SPDX-License-Identifier: Apache-2.0 */
/*
 * home: the data folder and where our other programs are.
 *
 *   vitascope-data/
 *     vitascope.db     jobs, money, keys (SQLite)
 *     blobs/           bytes of assets
 *     scratch/         work in progress; may be removed while no server runs
 *     link.key         signs links to results; whoever has it can make links
 *     webhook.key      the secrets of webhook endpoints are made from it (model/endpoint.h)
 *     server.json      while a server runs: its address
 *     lock             held by the running server
 *
 * Thread: any.
 */
#ifndef VITASCOPE_APP_HOME_H
#define VITASCOPE_APP_HOME_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

struct home {
    struct str path;         /* absolute; these all live in the arena, NUL-terminated */
    struct str database_url; /* for db_open() */
    struct str blobs;
    struct str scratch;
    struct str lock;
    struct str server_file;
};

/* Makes the folder (mode 0700) if it is missing. ERR_IO: it cannot be made or used. */
MUST_CHECK bool home_open(struct arena *arena, struct str path, struct home *home, struct err *err);

/* Read link.key and webhook.key, or make them. */
MUST_CHECK bool home_link_secret(const struct home *home, struct hash *secret, struct err *err);
MUST_CHECK bool home_webhook_key(const struct home *home, struct hash *key, struct err *err);

/* Says where a server listens, for `vitascope generate` beside it; and takes it back. */
MUST_CHECK bool home_announce(const struct home *home, struct str url, struct err *err);
void home_retract(const struct home *home);

/* The address that a server left there; empty when there is none. In the arena. */
struct str home_announced(struct arena *arena, const struct home *home);

/* "vitascope-diorama" -> its path beside this program, in ../libexec/vitascope, or the name
 * itself for the PATH to find. Anything with a slash stays. */
struct str home_program(struct arena *arena, struct str name);

#endif
