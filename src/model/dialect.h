/* SPDX-License-Identifier: Apache-2.0 */
/* dialect: the four APIs that we speak. Stored in the database by number: append only. */
#ifndef VITASCOPE_MODEL_DIALECT_H
#define VITASCOPE_MODEL_DIALECT_H

enum dialect { DIALECT_OPENAI, DIALECT_APIFRAME, DIALECT_AIVIDEOAPI, DIALECT_UNIALL, DIALECTS };

/* "openai", "apiframe", "aivideoapi", "uniall": also the base-path prefixes that pin one. */
const char *dialect_name(enum dialect dialect);

#endif
