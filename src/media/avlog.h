/* SPDX-License-Identifier: Apache-2.0 */
/*
 * avlog: what libav* says, and its error numbers as sentences.
 *
 * Thread: any after avlog_init().
 */
#ifndef VITASCOPE_MEDIA_AVLOG_H
#define VITASCOPE_MEDIA_AVLOG_H

#include <stdbool.h>

#include "base/err.h"

/* Sends warnings and errors of libav* to standard error, one line each, and drops the rest.
 * Needs no terminal and no locale, so that it also works inside the probe's sandbox. */
void avlog_init(void);

/* Fills *err with "<what>: <libav's text for code>" and returns false. */
bool avlog_err(struct err *err, enum err_kind kind, const char *what, int code);

#endif
