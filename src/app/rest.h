/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rest: calls to a Vitascope server for commands: one after the other, waiting for each.
 *
 * SIGINT and SIGTERM end the waiting: the call fails with ERR_CONFLICT and rest_interrupted()
 * tells.
 *
 * Thread: one.
 */
#ifndef VITASCOPE_APP_REST_H
#define VITASCOPE_APP_REST_H

#include <stdbool.h>

#include "base/err.h"
#include "base/jsonr.h"
#include "base/str.h"

enum {
    REST_ANSWER_BYTES_MAX = 1 << 20,
    REST_TIMEOUT_MS = 60000,
    REST_DOWNLOAD_TIMEOUT_MS = 30 * 60 * 1000,
};

struct rest;

enum rest_signals {
    REST_CATCHES, /* SIGINT and SIGTERM: as said above */
    REST_DIES,    /* they end the process, as they do without a rest */
};

/* base is "http://host:port", without a slash at the end. Copies both; key may be empty. */
MUST_CHECK bool rest_open(struct rest **rest, struct str base, struct str key,
                          enum rest_signals signals, struct err *err);
void rest_close(struct rest *rest); /* accepts NULL */

struct rest_answer {
    int status;
    struct jsonr json; /* root NULL when the body was no JSON */
};

/* Calls base + path. body empty: GET, else POST of JSON. Caller ends with rest_answer_fini().
 * ERR_IO: no answer; the text says why. */
MUST_CHECK bool rest_call(struct rest *rest, struct str path, struct str body,
                          struct rest_answer *answer, struct err *err);
void rest_answer_fini(struct rest_answer *answer);

/* Saves what an absolute URL gives, whole or not at all. */
MUST_CHECK bool rest_download(struct rest *rest, struct str url, const char *path, struct err *err);

/* Waits, or until interrupted. */
void rest_sleep(struct rest *rest, int ms);

bool rest_interrupted(const struct rest *rest);

/* While patient, a call goes on after the first interruption and ends at the second: for what must
 * not be left in doubt. */
void rest_be_patient(struct rest *rest, bool patient);

/* From here on a second signal is needed to interrupt again. */
void rest_resume(struct rest *rest);

#endif
