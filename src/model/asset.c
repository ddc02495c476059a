/* SPDX-License-Identifier: Apache-2.0 */
#include "model/asset.h"

#include <assert.h>

static const struct {
    const char *mime, *extension;
} types[ASSET_TYPES] = {
    [ASSET_MP4] = {"video/mp4", "mp4"},
    [ASSET_JPEG] = {"image/jpeg", "jpg"},
    [ASSET_PNG] = {"image/png", "png"},
    [ASSET_WEBP] = {"image/webp", "webp"},
};

const char *asset_type_mime(enum asset_type type)
{
    assert(type < ASSET_TYPES);
    return types[type].mime;
}

const char *asset_type_extension(enum asset_type type)
{
    assert(type < ASSET_TYPES);
    return types[type].extension;
}
