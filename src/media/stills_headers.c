/* SPDX-License-Identifier: Apache-2.0 */
#include "media/stills_impl.h"

#include <string.h>

enum {
    JPEG_EOI = 0xd9,
    JPEG_SOS = 0xda,
    JPEG_APP1 = 0xe1,
    EXIF_ORIENTATION = 0x0112,
    EXIF_ENTRIES_MAX = 512
};

static unsigned byte_at(struct str bytes, size_t at)
{
    return (unsigned char)bytes.ptr[at];
}

static unsigned big16(struct str bytes, size_t at)
{
    return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}

static int64_t big32(struct str bytes, size_t at)
{
    return (int64_t)big16(bytes, at) << 16 | big16(bytes, at + 2);
}

static unsigned little16(struct str bytes, size_t at)
{
    return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8;
}

static int64_t little24(struct str bytes, size_t at)
{
    return little16(bytes, at) | (int64_t)byte_at(bytes, at + 2) << 16;
}

/* Steps over the next marker segment before the picture data. *marker gets its kind and *body its
 * content. False at the start of the picture data or at damage. */
static bool next_segment(struct str bytes, size_t *at, unsigned *marker, struct str *body)
{
    size_t len;

    while (*at + 1 < bytes.len && byte_at(bytes, *at) == 0xff && byte_at(bytes, *at + 1) == 0xff)
        ++*at; /* fill bytes */
    if (*at + 4 > bytes.len || byte_at(bytes, *at) != 0xff)
        return false;
    *marker = byte_at(bytes, *at + 1);
    len = big16(bytes, *at + 2);
    if (*marker == JPEG_SOS || *marker == JPEG_EOI || len < 2 || *at + 2 + len > bytes.len)
        return false;
    *body = str_from_bytes(bytes.ptr + *at + 4, len - 2);
    *at += 2 + len;
    return true;
}

static bool is_frame_header(unsigned marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

bool stills_jpeg_size(struct str bytes, int64_t *width, int64_t *height)
{
    size_t at = 2;
    unsigned marker;
    struct str body;

    while (next_segment(bytes, &at, &marker, &body)) {
        if (!is_frame_header(marker))
            continue;
        if (body.len < 6)
            return false;
        *height = big16(body, 1);
        *width = big16(body, 3);
        return true;
    }
    return false;
}

bool stills_jpeg_is_complete(struct str bytes)
{
    for (size_t at = bytes.len; at >= 2; at--)
        if (byte_at(bytes, at - 2) == 0xff && byte_at(bytes, at - 1) == JPEG_EOI)
            return true;
    return false;
}

/* Orientation from a TIFF structure, in either byte order. */
static int tiff_orientation(struct str tiff)
{
    bool little = tiff.len >= 8 && memcmp(tiff.ptr, "II*\0", 4) == 0;
    unsigned (*read16)(struct str, size_t) = little ? little16 : big16;
    size_t at;
    unsigned entries;

    if (tiff.len < 8 || (!little && memcmp(tiff.ptr, "MM\0*", 4) != 0))
        return 1;
    at = (size_t)(little ? little24(tiff, 4) | (int64_t)byte_at(tiff, 7) << 24 : big32(tiff, 4));
    if (at > tiff.len - 2)
        return 1;
    entries = read16(tiff, at);
    at += 2;
    for (unsigned i = 0; i < entries && i < EXIF_ENTRIES_MAX && at + 12 <= tiff.len; i++, at += 12)
        if (read16(tiff, at) == EXIF_ORIENTATION) {
            unsigned value = read16(tiff, at + 8);

            return value >= 1 && value <= 8 ? (int)value : 1;
        }
    return 1;
}

int stills_jpeg_orientation(struct str bytes)
{
    size_t at = 2;
    unsigned marker;
    struct str body;

    while (next_segment(bytes, &at, &marker, &body))
        if (marker == JPEG_APP1 && body.len > 6 && memcmp(body.ptr, "Exif\0", 6) == 0)
            return tiff_orientation(str_skip(body, 6));
    return 1;
}

bool stills_png_size(struct str bytes, int64_t *width, int64_t *height)
{
    if (bytes.len < 33 || memcmp(bytes.ptr + 12, "IHDR", 4) != 0)
        return false;
    *width = big32(bytes, 16);
    *height = big32(bytes, 20);
    return true;
}

bool stills_webp_size(struct str bytes, int64_t *width, int64_t *height, bool *is_animated)
{
    *is_animated = false;
    if (bytes.len < 30)
        return false;
    if (memcmp(bytes.ptr + 12, "VP8X", 4) == 0) {
        *is_animated = byte_at(bytes, 20) & 2;
        *width = little24(bytes, 24) + 1;
        *height = little24(bytes, 27) + 1;
        return true;
    }
    if (memcmp(bytes.ptr + 12, "VP8L", 4) == 0 && byte_at(bytes, 20) == 0x2f) {
        int64_t sizes = little16(bytes, 21) | (int64_t)little16(bytes, 23) << 16;

        *width = (sizes & 0x3fff) + 1;
        *height = (sizes >> 14 & 0x3fff) + 1;
        return true;
    }
    if (memcmp(bytes.ptr + 12, "VP8 ", 4) == 0 && memcmp(bytes.ptr + 23, "\x9d\x01\x2a", 3) == 0) {
        *width = little16(bytes, 26) & 0x3fff;
        *height = little16(bytes, 28) & 0x3fff;
        return true;
    }
    return false;
}
