/* SPDX-License-Identifier: Apache-2.0 */
#include "core/keyindex.h"

#include "harness/tap.h"

enum { ROWS = 20000 };

/* Many rows share few hashes, and many hashes one part and one place. */
static uint64_t hash_of(int64_t row)
{
    uint64_t crowded = (uint64_t)(row % 3) << 56 | (uint64_t)(row / 5 % 1000);

    return row % 2 ? crowded : (uint64_t)row * UINT64_C(0x9E3779B97F4A7C15);
}

TEST(what_was_added_and_not_removed_is_found_under_its_hash_and_no_other)
{
    struct keyindex *index = keyindex_new();
    size_t kept = 0;

    for (int64_t row = 1; row <= ROWS; row++) {
        keyindex_add(index, hash_of(row), row);
        keyindex_add(index, hash_of(row), row);
    }
    CHECK_INT(keyindex_count(index), ROWS);
    for (int64_t row = 1; row <= ROWS; row++)
        if (row % 7 && row % 4)
            keyindex_remove(index, hash_of(row), row);
    keyindex_remove(index, hash_of(1), 1);
    keyindex_remove(index, 42, 42);
    for (int64_t row = 1; row <= ROWS; row++) {
        bool stays = row % 7 == 0 || row % 4 == 0;

        kept += stays;
        CHECK_INT(keyindex_has(index, hash_of(row), row), stays);
        CHECK(!keyindex_has(index, hash_of(row) + 1, row));
    }
    CHECK_INT(keyindex_count(index), kept);
    keyindex_free(index);
}

TEST(all_rows_of_a_hash_are_walked_once)
{
    struct keyindex *index = keyindex_new();
    int64_t row = 0, sum = 0;
    size_t cursor = 0;
    int count = 0;

    CHECK_INT(keyindex_next(index, 7, &cursor), 0);
    for (row = 1; row <= 100; row++)
        keyindex_add(index, 7 + (uint64_t)(row % 2), row);
    for (cursor = 0; (row = keyindex_next(index, 7, &cursor)); count++)
        sum += row;
    CHECK_INT(count, 50);
    CHECK_INT(sum, 50 * 51);
    keyindex_free(index);
    keyindex_free(NULL);
}

TEST(an_index_that_is_emptied_can_be_filled_again)
{
    struct keyindex *index = keyindex_new();

    for (int round = 0; round < 3; round++) {
        for (int64_t row = 1; row <= ROWS; row++)
            keyindex_add(index, hash_of(row), row);
        for (int64_t row = ROWS; row >= 1; row--)
            keyindex_remove(index, hash_of(row), row);
        CHECK_INT(keyindex_count(index), 0);
    }
    keyindex_free(index);
}
