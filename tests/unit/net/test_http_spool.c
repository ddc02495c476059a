/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_spool.h"

#include <stdlib.h>
#include <unistd.h>

#include "harness/tap.h"

enum { BLOCK_BYTES = 100 * 1000 };

static struct {
    uv_loop_t loop;
    int done_n;
    bool ok;
} rig;

static void on_done(void *user, bool ok)
{
    (void)user;
    rig.done_n++;
    rig.ok = ok;
}

static struct http_spool *open_rig(const char *folder)
{
    memset(&rig, 0, sizeof(rig));
    uv_loop_init(&rig.loop);
    return http_spool_new(&rig.loop, folder, on_done, NULL);
}

static void close_rig(struct http_spool *spool)
{
    http_spool_free(spool);
    uv_run(&rig.loop, UV_RUN_DEFAULT);
    CHECK_INT(uv_loop_close(&rig.loop), 0);
}

static struct buf block_of(char c, size_t bytes)
{
    struct buf block;

    buf_init(&block, BLOCK_BYTES);
    for (size_t i = 0; i < bytes; i++)
        buf_add_char(&block, c);
    return block;
}

static void write_block(struct http_spool *spool, char c, size_t bytes, bool is_last)
{
    struct buf block = block_of(c, bytes);
    int before = rig.done_n;

    http_spool_write(spool, &block, is_last);
    CHECK_INT(block.len, 0);
    CHECK(!block.ptr);
    CHECK(http_spool_is_busy(spool));
    CHECK_INT(rig.done_n, before);
    uv_run(&rig.loop, UV_RUN_DEFAULT);
    CHECK(!http_spool_is_busy(spool));
    CHECK_INT(rig.done_n, before + 1);
}

static const char *folder(void)
{
    const char *base = getenv("TMPDIR");

    return base ? base : "/tmp";
}

TEST(blocks_come_back_in_their_order)
{
    struct http_spool *spool = open_rig(folder());
    struct str bytes;

    write_block(spool, 'a', BLOCK_BYTES, false);
    write_block(spool, 'b', 1, false);
    write_block(spool, 'c', 4097, true);
    CHECK(rig.ok);
    bytes = http_spool_bytes(spool);
    CHECK_INT(bytes.len, BLOCK_BYTES + 1 + 4097);
    CHECK(bytes.ptr[0] == 'a' && bytes.ptr[BLOCK_BYTES - 1] == 'a');
    CHECK(bytes.ptr[BLOCK_BYTES] == 'b');
    CHECK(bytes.ptr[BLOCK_BYTES + 1] == 'c' && bytes.ptr[bytes.len - 1] == 'c');
    close_rig(spool);
}

TEST(a_last_block_may_be_empty_and_a_whole_body_too)
{
    struct http_spool *spool = open_rig(folder());

    write_block(spool, 'a', 10, false);
    write_block(spool, 'b', 0, true);
    CHECK(rig.ok);
    CHECK(str_eq_c(http_spool_bytes(spool), "aaaaaaaaaa"));
    close_rig(spool);
    spool = open_rig(folder());
    write_block(spool, 'b', 0, true);
    CHECK(rig.ok);
    CHECK_INT(http_spool_bytes(spool).len, 0);
    close_rig(spool);
}

TEST(a_folder_that_is_not_there_fails_every_block)
{
    struct http_spool *spool = open_rig("/nonexistent/folder");

    write_block(spool, 'a', 10, false);
    CHECK(!rig.ok);
    write_block(spool, 'a', 10, true);
    CHECK(!rig.ok);
    close_rig(spool);
}

TEST(one_that_is_freed_while_it_writes_says_no_more)
{
    struct http_spool *spool = open_rig(folder());
    struct buf block = block_of('a', BLOCK_BYTES);

    http_spool_write(spool, &block, false);
    close_rig(spool);
    CHECK_INT(rig.done_n, 0);
    spool = open_rig(folder());
    close_rig(spool);
    close_rig(open_rig(folder()));
    http_spool_free(NULL);
}
