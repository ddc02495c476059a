/* SPDX-License-Identifier: Apache-2.0 */
/*
 * extras: what a request may ask of Vitascope beyond its dialect, in an object of our own name:
 *
 *   "vitascope": {"seconds": 6, "size": "640x360", "fps": 24, "seed": 7}
 *
 * Each member is optional and replaces what the dialect's own fields came to. Thread: any.
 */
#ifndef VITASCOPE_API_EXTRAS_H
#define VITASCOPE_API_EXTRAS_H

#include "api/faults.h"
#include "base/jsonr.h"
#include "model/render.h"

enum { EXTRAS_SIDE_MIN = 64, EXTRAS_SIDE_MAX = 1920 };

void extras_apply(struct jsonv object, struct render_request *render, struct faults *faults);

#endif
