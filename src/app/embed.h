/* SPDX-License-Identifier: Apache-2.0 */
/*
 * embed: a server for the length of one command: the one that runs on the data folder already,
 * or a child of ours that ends with us, however we end.
 *
 * Of commands that begin at once on one folder the first starts the server and the others find
 * it: who looks for one or starts one holds a lock on the folder meanwhile. A server that is about
 * to end is waited for. It may be another command's and end before we do: see embed_is_lost().
 *
 * Thread: one.
 */
#ifndef VITASCOPE_APP_EMBED_H
#define VITASCOPE_APP_EMBED_H

#include <stdbool.h>
#include <sys/types.h>

#include "app/home.h"
#include "base/err.h"
#include "model/account.h"

enum { EMBED_START_MS = 30000, EMBED_LOOK_MS = 50, EMBED_STOP_MS = 15000, EMBED_KEY_HOURS = 24 };

struct embed {
    struct str url; /* in the arena given */
    char key[KEY_TEXT_BYTES];
    bool is_ours;
    pid_t pid; /* of our child */
    int input; /* its standard input: closing it ends it */
};

/* Finds or starts the server of that folder and makes a key for it. ERR_IO: it does not start;
 * what it said is on standard error. ERR_BUSY: one holds the folder and answers nobody. */
MUST_CHECK bool embed_open(struct arena *arena, struct str data, struct embed *embed,
                           struct err *err);

/* Whether it was another command's server and answers no more. What it was to do waits in the
 * folder for the next one: embed_close(), embed_open(). */
bool embed_is_lost(const struct embed *embed);

/* Ends our child and waits for it; a server that was there before goes on. */
void embed_close(struct embed *embed);

#endif
