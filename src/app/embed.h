/* SPDX-License-Identifier: Apache-2.0 */
/*
 * embed: a server for the length of one command: the one that runs on the data folder already,
 * or a child of ours that ends with us, however we end.
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

enum { EMBED_START_MS = 30000, EMBED_STOP_MS = 15000, EMBED_KEY_HOURS = 24 };

struct embed {
    struct str url; /* in the arena given */
    char key[KEY_TEXT_BYTES];
    bool is_ours;
    pid_t pid; /* of our child */
    int input; /* its standard input: closing it ends it */
};

/* Finds or starts the server of that folder and makes a key for it. ERR_IO: it does not start;
 * what it said is on standard error. */
MUST_CHECK bool embed_open(struct arena *arena, struct str data, struct embed *embed,
                           struct err *err);

/* Ends our child and waits for it; a server that was there before goes on. */
void embed_close(struct embed *embed);

#endif
