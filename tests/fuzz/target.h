/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target: what a fuzz target is: any bytes in, and no check may fail.
 *
 * Each fuzz_NAME.c is built twice: with libFuzzer (`make fuzz`), and in every build with
 * replay.c, which runs it over tests/fuzz/corpus/NAME and over spoilt copies of that.
 */
#ifndef VITASCOPE_TESTS_FUZZ_TARGET_H
#define VITASCOPE_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

/* libFuzzer's name for it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* A copy of its own for each input: a read past its end is a read past the memory. Caller frees
 * the pointer. */
static inline struct str fuzz_copy(const uint8_t *data, size_t size)
{
    char *copy = malloc(size ? size : 1);

    if (!copy)
        abort();
    for (size_t i = 0; i < size; i++)
        copy[i] = (char)data[i];
    return str_from_bytes(copy, size);
}

#endif
