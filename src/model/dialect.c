/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dialect.h"

#include <assert.h>

const char *dialect_name(enum dialect dialect)
{
    static const char *const names[DIALECTS] = {
        [DIALECT_OPENAI] = "openai",
        [DIALECT_APIFRAME] = "apiframe",
        [DIALECT_AIVIDEOAPI] = "aivideoapi",
        [DIALECT_UNIALL] = "uniall",
    };

    assert(dialect < DIALECTS);
    return names[dialect];
}
