/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lockfile: keeps two servers from owning one data folder. The kernel drops the lock when its
 * process ends, however it ends; the file itself stays.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_STORE_LOCKFILE_H
#define VITASCOPE_STORE_LOCKFILE_H

#include "base/err.h"
#include "base/str.h"

struct lockfile;

/* ERR_BUSY: another process holds it; the text names its pid. Caller closes. */
MUST_CHECK bool lockfile_open(struct lockfile **lock, struct str path, struct err *err);
void lockfile_close(struct lockfile *lock);

#endif
