/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codes: what AI Video API's error table says of an error; UniAll documents none and says the
 * same. Thread: any.
 *
 * Whoever refuses says in err->param which of several rows it means: "model" or "id" for what was
 * not found; "spend_limit" (of an hour or a day) and "spend_total" for limits of money and not of
 * requests or jobs; "ip" and "model" for what a key is not good for, and not a scope.
 */
#ifndef VITASCOPE_API_CODES_H
#define VITASCOPE_API_CODES_H

#include "api/create.h"

struct codes {
    const char *code; /* "invalid_request" */
    const char *type; /* "invalid_request_error" */
};

struct codes codes_of(const struct err *err);

/* The sentence for the caller: of the first fault, if there are any. */
struct str codes_message(struct call *call, const struct err *err);

#endif
