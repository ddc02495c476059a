/* SPDX-License-Identifier: Apache-2.0 */
/*
 * admin: /vitascope/admin, for keys with the scope admin: all accounts, their keys and money.
 *
 * Errors are {"error": {"message", "code": HTTP status, "param"?: the member at fault}}. Unknown
 * members are refused: a limit that is mistyped must not be silently none.
 *
 * Included only inside api/. Thread: loop.
 */
#ifndef VITASCOPE_API_ADMIN_ADMIN_H
#define VITASCOPE_API_ADMIN_ADMIN_H

#include "api/call.h"

extern const struct dialect_ops dialect_admin;

enum { ADMIN_LIST_DEFAULT = 50, ADMIN_LIST_MAX = 200, ADMIN_GRACE_HOURS_MAX = 24 * 90 };

/* GET, POST /vitascope/admin/keys; GET, PATCH, DELETE …/:id; POST …/:id/rotate|disable|enable */
void admin_keys_list(struct call *call);
void admin_key_create(struct call *call);
void admin_key_get(struct call *call);
void admin_key_update(struct call *call);
void admin_key_delete(struct call *call);
void admin_key_rotate(struct call *call);
void admin_key_disable(struct call *call);
void admin_key_enable(struct call *call);

/* GET, POST /vitascope/admin/accounts; GET …/:id; POST …/:id/grants|adjustments;
 * GET …/:id/statement|usage */
void admin_accounts_list(struct call *call);
void admin_account_create(struct call *call);
void admin_account_get(struct call *call);
void admin_grant(struct call *call);
void admin_adjust(struct call *call);
void admin_statement(struct call *call);
void admin_usage(struct call *call);

/* ---- reading: each answers the call and returns false when it cannot ---- */

/* The route's number; what is none is not there: 404. */
MUST_CHECK bool admin_read_id(struct call *call, int64_t *id);

/* The body, with no member but those (NULL at the end). An empty body is an empty object. */
MUST_CHECK bool admin_read_body(struct call *call, const char *const *known, struct jsonv *root);

/* A number in the query, or the fallback. */
MUST_CHECK bool admin_read_query(struct call *call, const char *name, int64_t min, int64_t max,
                                 int64_t *number);

/* Dollars as a number or as text ("0.5"); exact to the micro-dollar. Negative ones too. */
MUST_CHECK bool admin_usd(struct jsonv value, const char *name, int64_t *micro, struct err *err);

/* ---- writing ---- */

void admin_write_usd(struct jsonw *w, const char *key, int64_t micro);
void admin_write_time(struct jsonw *w, const char *key, int64_t ms); /* 0: null */

#endif
