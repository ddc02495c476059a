/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log: one line an event on standard error: time, level, event name, key=value pairs.
 *
 *   2026-11-21T16:20:00.123Z info job.completed id=… engine=diorama seconds=8.1
 *
 * Values with spaces or quotes are quoted and escaped, so a line stays a line whatever a peer
 * sends. Keys, tokens and URLs' queries are never given to it.
 *
 * Thread: any; a line is one write.
 */
#ifndef VITASCOPE_BASE_LOG_H
#define VITASCOPE_BASE_LOG_H

#include <stdbool.h>

#include "base/macros.h"
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_LEVELS };

enum { LOG_LINE_BYTES_MAX = 2048 };

/* Lines below it are dropped. Starts as LOG_INFO. */
void log_set_level(enum log_level level);
bool log_level_parse(struct str name, enum log_level *level);

/* fmt is "key=%s key=%d": each %s value is quoted as needed by log_quote() at the call, where
 * it comes from outside. */
void log_event(enum log_level level, const char *event, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Whether such a line is not dropped: to ask before its values are made. */
bool log_is_on(enum log_level level);

/* Most are dropped: then their values are not made. */
#define log_debug(event, ...)                                                                      \
    (log_is_on(LOG_DEBUG) ? log_event(LOG_DEBUG, event, __VA_ARGS__) : (void)0)
#define log_info(event, ...) log_event(LOG_INFO, event, __VA_ARGS__)
#define log_warn(event, ...) log_event(LOG_WARN, event, __VA_ARGS__)
#define log_error(event, ...) log_event(LOG_ERROR, event, __VA_ARGS__)

/* A value from outside, made safe for a line. Uses a small ring of buffers of the thread:
 * valid for the next few calls only. */
const char *log_quote(struct str value);

#endif
