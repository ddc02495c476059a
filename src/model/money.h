/* SPDX-License-Identifier: Apache-2.0 */
/*
 * money: integer micro-dollars and how people and dialects write them.
 *
 * Thread: any; pure.
 */
#ifndef VITASCOPE_MODEL_MONEY_H
#define VITASCOPE_MODEL_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define MONEY_USD INT64_C(1000000)                        /* one dollar */
#define MONEY_MICRO_MAX (INT64_C(1000000000) * MONEY_USD) /* a billion: far from overflow */

enum { MONEY_TEXT_BYTES = 32 };

/* "12", "0.125", "1000.000001": no sign, at most 6 decimals, at most MONEY_MICRO_MAX. */
bool money_parse(struct str text, int64_t *micro);

/* "$0.125", "-$3": as few decimals as are exact, at least none. */
void money_print(int64_t micro, char out[MONEY_TEXT_BYTES]);

/* Whole credits of a unit worth unit_micro: a price is rounded up, a balance down, so that what
 * is shown as affordable is. */
int64_t money_credits_of_price(int64_t micro, int64_t unit_micro);
int64_t money_credits_of_balance(int64_t micro, int64_t unit_micro);

#endif
