/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

enum { QUOTE_RING = 8, QUOTE_BYTES = 320 };

static const char *const names[LOG_LEVELS] = {"debug", "info", "warn", "error"};
static _Atomic int threshold = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&threshold, level);
}

bool log_is_on(enum log_level level)
{
    return (int)level >= atomic_load_explicit(&threshold, memory_order_relaxed);
}

bool log_level_parse(struct str name, enum log_level *level)
{
    for (int i = 0; i < LOG_LEVELS; i++) {
        if (str_eq_c(name, names[i])) {
            *level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

void log_event(enum log_level level, const char *event, const char *fmt, ...)
{
    char line[LOG_LINE_BYTES_MAX], when[CLOCK_ISO_BYTES];
    int len = 0, more = 0;
    va_list args;

    if (!log_is_on(level))
        return;
    clock_iso(clock_now_ms(), when);
    len = snprintf(line, sizeof(line), "%s %s %s ", when, names[level], event);
    va_start(args, fmt);
    more = vsnprintf(line + len, sizeof(line) - (size_t)len - 1, fmt, args);
    va_end(args);
    len += more < 0 ? 0 : more;
    if (len > LOG_LINE_BYTES_MAX - 2)
        len = LOG_LINE_BYTES_MAX - 2;
    for (int i = 0; i < len; i++) {
        if ((unsigned char)line[i] < ' ')
            line[i] = ' ';
    }
    line[len++] = '\n';
    if (write(STDERR_FILENO, line, (size_t)len) < 0)
        return; /* nowhere left to say so */
}

static bool is_plain(struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];

        if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c == 0x7F)
            return false;
    }
    return value.len > 0;
}

const char *log_quote(struct str value)
{
    static _Thread_local char ring[QUOTE_RING][QUOTE_BYTES];
    static _Thread_local unsigned next;
    char *out = ring[next++ % QUOTE_RING];
    size_t len = 0;

    if (is_plain(value) && str_copy(value, out, QUOTE_BYTES))
        return out;
    out[len++] = '"';
    for (size_t i = 0; i < value.len && len < QUOTE_BYTES - 8; i++) {
        unsigned char c = (unsigned char)value.ptr[i];

        if (c < ' ' || c == 0x7F)
            len += (size_t)snprintf(out + len, 5, "\\x%02x", c);
        else if (c == '"' || c == '\\')
            len += (size_t)snprintf(out + len, 3, "\\%c", c);
        else
            out[len++] = (char)c;
    }
    out[len++] = '"';
    out[len] = '\0';
    return out;
}
