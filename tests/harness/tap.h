/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tap: the test harness. TEST(sentence_in_words) { ... } registers a test, main() runs all of
 * a program's tests in order and prints TAP. A failed CHECK ends its test and prints both values.
 *
 * `program name` runs only the tests whose name contains the argument.
 */
#ifndef VITASCOPE_TESTS_TAP_H
#define VITASCOPE_TESTS_TAP_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct tap_test {
    const char *name;
    void (*run)(void);
    struct tap_test *next;
};

void tap_register(struct tap_test *test);

/* Ends the running test as failed (longjmp) after printing the reason. */
_Noreturn void tap_fail(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Ends the running test as skipped. */
_Noreturn void tap_skip(const char *reason);

#define TEST(name)                                                                                 \
    static void name(void);                                                                        \
    static struct tap_test tap_##name = {#name, name, NULL};                                       \
    __attribute__((constructor)) static void tap_register_##name(void)                             \
    {                                                                                              \
        tap_register(&tap_##name);                                                                 \
    }                                                                                              \
    static void name(void)

#define CHECK(cond)                                                                                \
    do {                                                                                           \
        if (!(cond))                                                                               \
            tap_fail(__FILE__, __LINE__, "%s", #cond);                                             \
    } while (0)

#define CHECK_INT(got, want)                                                                       \
    do {                                                                                           \
        int64_t tap_got = (int64_t)(got), tap_want = (int64_t)(want);                              \
        if (tap_got != tap_want)                                                                   \
            tap_fail(__FILE__, __LINE__, "%s is %" PRId64 ", want %" PRId64, #got, tap_got,        \
                     tap_want);                                                                    \
    } while (0)

#define CHECK_STR(got, want)                                                                       \
    do {                                                                                           \
        const char *tap_got = (got), *tap_want = (want);                                           \
        if (!tap_got || strcmp(tap_got, tap_want) != 0)                                            \
            tap_fail(__FILE__, __LINE__, "%s is \"%s\", want \"%s\"", #got,                        \
                     tap_got ? tap_got : "(null)", tap_want);                                      \
    } while (0)

/* For a call that returns bool and fills `struct err err`. */
#define CHECK_OK(call)                                                                             \
    do {                                                                                           \
        if (!(call))                                                                               \
            tap_fail(__FILE__, __LINE__, "%s: %s", #call, err.text);                               \
    } while (0)

#endif
