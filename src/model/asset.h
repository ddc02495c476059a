/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asset: stored bytes that belong to an account: an output video, a reference image.
 *
 * Row and bytes expire together. Strings are static.
 */
#ifndef VITASCOPE_MODEL_ASSET_H
#define VITASCOPE_MODEL_ASSET_H

#include <stdint.h>

#include "base/id.h"

/* Stored by number: append only. */
enum asset_kind { ASSET_OUTPUT, ASSET_REFERENCE, ASSET_KINDS };

/* Stored by number: append only. */
enum asset_type { ASSET_MP4, ASSET_JPEG, ASSET_PNG, ASSET_WEBP, ASSET_TYPES };

struct asset {
    struct id id;
    int64_t account_id;
    struct id job_id; /* zero for a reference that no job uses yet */
    enum asset_kind kind;
    enum asset_type type;
    int64_t bytes;
    int64_t created_ms;
    int64_t expires_ms;
};

const char *asset_type_mime(enum asset_type type);      /* "video/mp4" */
const char *asset_type_extension(enum asset_type type); /* "mp4" */

#endif
