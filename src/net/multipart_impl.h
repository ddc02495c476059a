/* SPDX-License-Identifier: Apache-2.0 */
/* multipart_impl: the texts around the parts. Included only inside net/. Thread: any; pure. */
#ifndef VITASCOPE_NET_MULTIPART_IMPL_H
#define VITASCOPE_NET_MULTIPART_IMPL_H

#include "net/multipart.h"

/* The boundary that a request's Content-Type names. Borrowed from it. */
MUST_CHECK bool multipart_boundary(struct str content_type, struct str *boundary, struct err *err);

/* Reads a part's header block, which ends with an empty line. Strings are borrowed or in the
 * arena. */
MUST_CHECK bool multipart_headers(struct arena *arena, struct str block,
                                  struct multipart_part *part, struct err *err);

#endif
