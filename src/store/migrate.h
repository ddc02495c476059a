/* SPDX-License-Identifier: Apache-2.0 */
/*
 * migrate: brings the schema up to what this program knows, step by step, each step in a
 * transaction of its own together with its number.
 *
 * Times are integer milliseconds since 1970, money is integer micro-dollars, ids are 16 bytes,
 * enums are stored by number.
 */
#ifndef VITASCOPE_STORE_MIGRATE_H
#define VITASCOPE_STORE_MIGRATE_H

#include "base/err.h"

struct db;

/* Does nothing when the schema is current. ERR_CONFLICT: the store was written by a newer
 * program. */
MUST_CHECK bool migrate(struct db *db, struct err *err);

/* The newest schema that this program knows; steps are numbered from 1. */
int migrate_newest(void);

/* Only up to the given step: for tests of steps. */
MUST_CHECK bool migrate_to(struct db *db, int version, struct err *err);

#endif
