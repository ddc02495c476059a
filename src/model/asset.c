/* SPDX-License-Identifier: Apache-2.0 */
#include "model/asset.h"

#include <assert.h>

#include "base/macros.h"

static const struct {
    const char *mime, *extension;
    enum asset_medium medium;
} types[ASSET_TYPES] = {
    [ASSET_MP4] = {"video/mp4", "mp4", ASSET_VIDEO},
    [ASSET_JPEG] = {"image/jpeg", "jpg", ASSET_IMAGE},
    [ASSET_PNG] = {"image/png", "png", ASSET_IMAGE},
    [ASSET_WEBP] = {"image/webp", "webp", ASSET_IMAGE},
    [ASSET_GIF] = {"image/gif", "gif", ASSET_IMAGE},
    [ASSET_WEBM] = {"video/webm", "webm", ASSET_VIDEO},
    [ASSET_MOV] = {"video/quicktime", "mov", ASSET_VIDEO},
    [ASSET_MP3] = {"audio/mpeg", "mp3", ASSET_AUDIO},
    [ASSET_WAV] = {"audio/wav", "wav", ASSET_AUDIO},
    [ASSET_OGG] = {"audio/ogg", "ogg", ASSET_AUDIO},
    [ASSET_M4A] = {"audio/mp4", "m4a", ASSET_AUDIO},
};

/* A file begins with `magic`, and has `more` at an offset, if there is more. First match. */
#define MAGIC(text)                                                                                \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
static const struct {
    struct str magic;
    size_t offset;
    struct str more;
    enum asset_type type;
} magics[] = {
    {MAGIC("\xFF\xD8\xFF"), 0, MAGIC(""), ASSET_JPEG},
    {MAGIC("\x89PNG\r\n\x1A\n"), 0, MAGIC(""), ASSET_PNG},
    {MAGIC("RIFF"), 8, MAGIC("WEBP"), ASSET_WEBP},
    {MAGIC("RIFF"), 8, MAGIC("WAVE"), ASSET_WAV},
    {MAGIC("GIF87a"), 0, MAGIC(""), ASSET_GIF},
    {MAGIC("GIF89a"), 0, MAGIC(""), ASSET_GIF},
    {MAGIC("OggS"), 0, MAGIC(""), ASSET_OGG},
    {MAGIC("ID3"), 0, MAGIC(""), ASSET_MP3},
    {MAGIC("\xFF\xFB"), 0, MAGIC(""), ASSET_MP3},
    {MAGIC("\xFF\xF3"), 0, MAGIC(""), ASSET_MP3},
    {MAGIC("\xFF\xF2"), 0, MAGIC(""), ASSET_MP3},
    {MAGIC(""), 4, MAGIC("ftypM4A"), ASSET_M4A},
    {MAGIC(""), 4, MAGIC("ftypqt  "), ASSET_MOV},
    {MAGIC(""), 4, MAGIC("ftypiso"), ASSET_MP4},
    {MAGIC(""), 4, MAGIC("ftypmp4"), ASSET_MP4},
    {MAGIC(""), 4, MAGIC("ftypavc1"), ASSET_MP4},
    {MAGIC(""), 4, MAGIC("ftypM4V"), ASSET_MP4},
    {MAGIC(""), 4, MAGIC("ftypdash"), ASSET_MP4},
    {MAGIC(""), 4, MAGIC("moov"), ASSET_MOV},
    {MAGIC(""), 4, MAGIC("mdat"), ASSET_MOV},
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

enum asset_medium asset_type_medium(enum asset_type type)
{
    assert(type < ASSET_TYPES);
    return types[type].medium;
}

/* WebM is Matroska whose header names it; plain Matroska is not taken. */
static bool is_webm(struct str bytes)
{
    struct str head =
        str_head(bytes, bytes.len < ASSET_SNIFF_BYTES ? bytes.len : ASSET_SNIFF_BYTES);

    return str_starts(head, STR("\x1A\x45\xDF\xA3")) && str_find(head, STR("webm")) >= 0;
}

bool asset_type_sniff(struct str bytes, enum asset_type *type)
{
    for (size_t i = 0; i < ARRAY_LEN(magics); i++) {
        if (bytes.len >= magics[i].offset && str_starts(bytes, magics[i].magic) &&
            str_starts(str_skip(bytes, magics[i].offset), magics[i].more)) {
            *type = magics[i].type;
            return true;
        }
    }
    *type = ASSET_WEBM;
    return is_webm(bytes);
}
