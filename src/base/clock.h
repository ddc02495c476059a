/* SPDX-License-Identifier: Apache-2.0 */
/* clock: the time of day and the time that only goes forward. Thread: any. */
#ifndef VITASCOPE_BASE_CLOCK_H
#define VITASCOPE_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { CLOCK_ISO_BYTES = 25 };

#define CLOCK_ISO_MS_MAX INT64_C(253402300799999) /* the last of the year 9999 */

int64_t clock_now_ms(void);  /* Unix time */
int64_t clock_mono_ns(void); /* since some start; for durations */

/* "2026-11-21T16:20:00.123Z" and a NUL. Years 1970 to 9999. */
void clock_iso(int64_t unix_ms, char out[CLOCK_ISO_BYTES]);

/* The same read again; seconds and what is behind them may be missing, and the whole time
 * ("2026-11-21" is its midnight). False: another form, or no such time. */
bool clock_parse(struct str text, int64_t *unix_ms);

#endif
