/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bar: progress on standard error: a line that redraws itself on a terminal, plain lines at
 * every tenth elsewhere.
 *
 * Thread: one.
 */
#ifndef VITASCOPE_APP_BAR_H
#define VITASCOPE_APP_BAR_H

#include <stdbool.h>
#include <stdint.h>

struct bar {
    bool is_terminal;
    bool quiet;
    int64_t started_ns;
    int shown_percent; /* -1: none yet */
    int ticks;
    const char *shown_what;
};

void bar_begin(struct bar *bar, bool quiet);

/* `what` is a static word or two: "queued", "rendering". */
void bar_show(struct bar *bar, const char *what, int percent);

/* Ends the line, leaving the last state on it when `keep`, else removing it. */
void bar_end(struct bar *bar, bool keep);

#endif
