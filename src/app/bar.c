/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

enum { CELLS_MAX = 40, CELLS_MIN = 10, TEXT_COLUMNS = 36, LINE_STEP = 10 };

void bar_begin(struct bar *bar, bool quiet)
{
    const char *term = getenv("TERM");
    bool dumb = term && strcmp(term, "dumb") == 0;

    *bar = (struct bar){.is_terminal = isatty(STDERR_FILENO) && !dumb,
                        .quiet = quiet,
                        .started_ns = clock_mono_ns(),
                        .shown_percent = -1};
}

static double seconds_of(const struct bar *bar)
{
    return (double)(clock_mono_ns() - bar->started_ns) / 1e9;
}

static int cells(void)
{
    struct winsize size;
    int columns = 80;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
        columns = size.ws_col;
    columns -= TEXT_COLUMNS;
    return columns > CELLS_MAX ? CELLS_MAX : columns < CELLS_MIN ? CELLS_MIN : columns;
}

/* Eighths of a cell, so that the bar moves at every percent. */
static void draw(struct bar *bar, const char *what, int percent)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    static const char *const spinner[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
    int width = cells(), eighth = width * 8 * percent / 100;

    fprintf(stderr, "\r\033[K%s %-10s ▕", spinner[bar->ticks++ % 10], what);
    for (int i = 0; i < width; i++) {
        int left = eighth - i * 8;

        fputs(left >= 8 ? "█" : left > 0 ? eighths[left] : " ", stderr);
    }
    fprintf(stderr, "▏%3d%%  %.1f s", percent, seconds_of(bar));
    fflush(stderr);
}

void bar_show(struct bar *bar, const char *what, int percent)
{
    bool news = bar->shown_percent < 0 || bar->shown_what != what ||
                percent / LINE_STEP > bar->shown_percent / LINE_STEP;

    if (bar->quiet)
        return;
    if (bar->is_terminal)
        draw(bar, what, percent);
    else if (news)
        fprintf(stderr, "%s %d%% after %.1f s\n", what, percent, seconds_of(bar));
    bar->shown_percent = percent;
    bar->shown_what = what;
}

void bar_end(struct bar *bar, bool keep)
{
    if (!bar->quiet && bar->is_terminal && bar->shown_percent >= 0)
        fputs(keep ? "\n" : "\r\033[K", stderr);
}
