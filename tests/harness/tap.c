/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

enum tap_end { TAP_PASSED, TAP_FAILED, TAP_SKIPPED };

static struct tap_test *first;
static struct tap_test **last = &first;
static jmp_buf end_of_test;
static const char *skip_reason;

void tap_register(struct tap_test *test)
{
    *last = test;
    last = &test->next;
}

void tap_fail(const char *file, int line, const char *fmt, ...)
{
    va_list args;

    printf("# %s:%d: ", file, line);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    printf("\n");
    longjmp(end_of_test, TAP_FAILED);
}

void tap_skip(const char *reason)
{
    skip_reason = reason;
    longjmp(end_of_test, TAP_SKIPPED);
}

int main(int argc, char **argv)
{
    const char *only = argc > 1 ? argv[1] : "";
    volatile int count = 0, failed = 0;

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (struct tap_test *volatile test = first; test; test = test->next) {
        int end = TAP_PASSED;

        if (!strstr(test->name, only))
            continue;
        count++;
        end = setjmp(end_of_test);
        if (end == TAP_PASSED)
            test->run();
        failed += end == TAP_FAILED;
        printf("%s %d - %s%s%s\n", end == TAP_FAILED ? "not ok" : "ok", count, test->name,
               end == TAP_SKIPPED ? " # SKIP " : "", end == TAP_SKIPPED ? skip_reason : "");
    }
    printf("1..%d\n", count);
    return failed ? 1 : 0;
}
