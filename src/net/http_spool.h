/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_spool: a large request body on its way, in a file without a name instead of in memory.
 *
 * Blocks are written one after the other in the thread pool, so the loop never waits for the disk;
 * at the end the file is mapped, and its pages are the kernel's to keep or drop.
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_NET_HTTP_SPOOL_H
#define VITASCOPE_NET_HTTP_SPOOL_H

#include <stdbool.h>
#include <uv.h>

#include "base/buf.h"

struct http_spool;

/* ok: what was handed over so far is in the file. Never called from inside http_spool_write(). */
typedef void http_spool_done(void *user, bool ok);

/* The folder is copied; the file is made with the first block. */
struct http_spool *http_spool_new(uv_loop_t *loop, const char *folder, http_spool_done *done,
                                  void *user);

/* Takes the bytes out of *block, which is empty then. Not while one is on its way. The last block
 * may be empty. */
void http_spool_write(struct http_spool *spool, struct buf *block, bool is_last);

bool http_spool_is_busy(const struct http_spool *spool);

/* All bytes, once the last block is written; they live until http_spool_free(). */
struct str http_spool_bytes(const struct http_spool *spool);

/* Accepts NULL. While a block is on its way the memory goes later; done() is not called again. */
void http_spool_free(struct http_spool *spool);

#endif
