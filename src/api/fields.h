/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields: reads what requests of AI Video API and UniAll have in common, and says what is wrong
 * with it in AI Video API's words ("'model' is required."). Thread: any.
 */
#ifndef VITASCOPE_API_FIELDS_H
#define VITASCOPE_API_FIELDS_H

#include "api/create.h"

/* A string, or empty with ptr NULL where there is none. */
struct str fields_str(struct faults *faults, struct jsonv value, const char *field);

void fields_model(struct create *create, struct jsonv value);
void fields_prompt(struct create *create, struct jsonv value, int chars_max);

/* One of two words; *second tells which. False: it is not there, or a fault. */
bool fields_either(struct faults *faults, struct jsonv value, const char *field,
                   const char *const words[2], bool *second);

#endif
