/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asset: stored bytes that belong to an account: an output video, a reference image,
 * an uploaded file, the clip of a character.
 *
 * Row and bytes expire together. Strings are static.
 */
#ifndef VITASCOPE_MODEL_ASSET_H
#define VITASCOPE_MODEL_ASSET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"
#include "base/str.h"

/* Stored by number: append only. */
enum asset_kind {
    ASSET_OUTPUT,
    ASSET_REFERENCE,
    ASSET_UPLOAD,
    ASSET_CHARACTER,
    ASSET_THUMBNAIL,
    ASSET_SPRITESHEET,
    ASSET_KINDS
};

/* Stored by number: append only. */
enum asset_type {
    ASSET_MP4,
    ASSET_JPEG,
    ASSET_PNG,
    ASSET_WEBP,
    ASSET_GIF,
    ASSET_WEBM,
    ASSET_MOV,
    ASSET_MP3,
    ASSET_WAV,
    ASSET_OGG,
    ASSET_M4A,
    ASSET_TYPES
};

enum asset_medium { ASSET_IMAGE, ASSET_VIDEO, ASSET_AUDIO };

enum { ASSET_SNIFF_BYTES = 64 }; /* enough of a file's beginning to know its type */

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
enum asset_medium asset_type_medium(enum asset_type type);

/* What a file is by its first bytes, whatever it is called. False: none of the types. */
bool asset_type_sniff(struct str bytes, enum asset_type *type);

#endif
