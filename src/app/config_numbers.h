/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_numbers: refuses in a YAML file what libcyaml reads as a number though it is none: it
 * takes "12abc" as 12.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_APP_CONFIG_NUMBERS_H
#define VITASCOPE_APP_CONFIG_NUMBERS_H

#include <cyaml/cyaml.h>

#include "base/err.h"

/* The file fits the schema, as libcyaml found. ERR_INVALID: where the schema wants a number there
 * is something else; names the key. */
MUST_CHECK bool config_numbers_check(const char *path, const cyaml_schema_value_t *schema,
                                     struct err *err);

#endif
