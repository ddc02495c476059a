/* SPDX-License-Identifier: Apache-2.0 */
/* schema_impl: the steps of one store's schema. Included only inside store/. */
#ifndef VITASCOPE_STORE_SCHEMA_IMPL_H
#define VITASCOPE_STORE_SCHEMA_IMPL_H

struct schema {
    const char *dialect;
    const char *sql_has_version; /* 1 when the table schema_version is there, else 0 */
    const char *const *steps;    /* step 1 first; never changed once released */
    int steps_count;
};

extern const struct schema schema_sqlite;

#endif
