/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/clip/glyphs.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include <stdlib.h>

#include "base/err.h"

enum { FACES_MAX = 4, UNIT = 64 /* of FreeType, a pixel */ };

/* The first that is there of each row: Latin, Greek and Cyrillic; more of them; Chinese, Japanese
 * and Korean. */
static const char *const files[FACES_MAX][3] = {
    {"/usr/share/fonts/truetype/open-sans/OpenSans-Semibold.ttf",
     "/usr/share/fonts/truetype/noto/NotoSans-SemiBold.ttf",
     "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf"},
    {"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
     "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
     "/usr/share/fonts/truetype/freefont/FreeSans.ttf"},
    {"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
     "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
     "/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf"},
    {"/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
     "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", NULL},
};

struct glyphs {
    FT_Library library;
    FT_Face faces[FACES_MAX];
    int face_count;
};

static void open_face(struct glyphs *glyphs, const char *const names[3], int em_pixels)
{
    FT_Face face;

    for (int i = 0; i < 3 && names[i]; i++) {
        if (FT_New_Face(glyphs->library, names[i], 0, &face))
            continue;
        if (FT_Set_Pixel_Sizes(face, 0, (FT_UInt)em_pixels) == 0) {
            glyphs->faces[glyphs->face_count++] = face;
            return;
        }
        FT_Done_Face(face);
    }
}

struct glyphs *glyphs_open(int em_pixels)
{
    struct glyphs *glyphs = calloc(1, sizeof(*glyphs));

    if (!glyphs || FT_Init_FreeType(&glyphs->library))
        die("out of memory for letters");
    for (int i = 0; i < FACES_MAX; i++)
        open_face(glyphs, files[i], em_pixels);
    if (glyphs->face_count > 0)
        return glyphs;
    glyphs_close(glyphs);
    return NULL;
}

void glyphs_close(struct glyphs *glyphs)
{
    if (!glyphs)
        return;
    for (int i = 0; i < glyphs->face_count; i++)
        FT_Done_Face(glyphs->faces[i]);
    FT_Done_FreeType(glyphs->library);
    free(glyphs);
}

/* Whether letters of its script stand side by side as they come. */
static bool is_plain(uint32_t rune)
{
    return (rune >= 0x20 && rune < 0x590) || (rune >= 0x10a0 && rune < 0x1200) ||
           (rune >= 0x1e00 && rune < 0x2c00) || (rune >= 0x2e80 && rune < 0xa000) ||
           (rune >= 0xac00 && rune < 0xd7b0) || (rune >= 0xf900 && rune < 0xfb07) ||
           (rune >= 0xfe30 && rune < 0xffe0);
}

/* The face that has a letter, or NULL. */
static FT_Face face_of(const struct glyphs *glyphs, uint32_t rune, FT_UInt *index)
{
    for (int i = 0; i < glyphs->face_count && is_plain(rune); i++) {
        *index = FT_Get_Char_Index(glyphs->faces[i], rune);
        if (*index)
            return glyphs->faces[i];
    }
    return NULL;
}

bool glyphs_has(const struct glyphs *glyphs, uint32_t rune)
{
    FT_UInt index;

    return face_of(glyphs, rune, &index);
}

float glyphs_advance(struct glyphs *glyphs, uint32_t rune)
{
    FT_UInt index;
    FT_Face face = face_of(glyphs, rune, &index);

    if (!face || FT_Load_Glyph(face, index, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP))
        return 0;
    return (float)face->glyph->linearHoriAdvance / 65536;
}

static void add_bitmap(const FT_Bitmap *bitmap, int left, int top, struct coverage *coverage)
{
    for (int y = 0; y < (int)bitmap->rows; y++)
        for (int x = 0; x < (int)bitmap->width; x++) {
            int to_x = left + x, to_y = top + y;
            uint8_t *to = coverage->pixels + to_y * coverage->width + to_x;
            uint8_t value = bitmap->buffer[y * bitmap->pitch + x];

            if (to_x >= 0 && to_x < coverage->width && to_y >= 0 && to_y < coverage->height &&
                value > *to)
                *to = value;
        }
}

void glyphs_draw(struct glyphs *glyphs, uint32_t rune, float x, int y, struct coverage *coverage)
{
    int whole = (int)x;
    FT_UInt index;
    FT_Face face = face_of(glyphs, rune, &index);
    FT_GlyphSlot slot;

    if (!face || FT_Load_Glyph(face, index, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP))
        return;
    slot = face->glyph;
    if (slot->format != FT_GLYPH_FORMAT_OUTLINE)
        return;
    FT_Outline_Translate(&slot->outline, (FT_Pos)((x - (float)whole) * UNIT), 0);
    if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) == 0 &&
        slot->bitmap.pixel_mode == FT_PIXEL_MODE_GRAY)
        add_bitmap(&slot->bitmap, whole + slot->bitmap_left, y - slot->bitmap_top, coverage);
}
