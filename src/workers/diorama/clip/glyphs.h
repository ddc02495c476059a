/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glyphs: letters of the machine's fonts as coverage, by FreeType.
 *
 * Fonts are looked for in a fixed list of Debian's, and a letter is taken from the first one that
 * has it. Scripts whose letters join or change order (Arabic, Hebrew, Devanagari, Thai and the
 * like) are left out rather than drawn wrong.
 *
 * Thread: one at a time.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_CLIP_GLYPHS_H
#define VITASCOPE_WORKERS_DIORAMA_CLIP_GLYPHS_H

#include <stdbool.h>
#include <stdint.h>

struct glyphs;

/* Letters of that height, from the top of the tallest to the bottom of the lowest. NULL where no
 * font is installed. */
struct glyphs *glyphs_open(int em_pixels);
void glyphs_close(struct glyphs *glyphs);

bool glyphs_has(const struct glyphs *glyphs, uint32_t rune);

/* Pixels from a letter to the next; 0 for one that glyphs_has() not. */
float glyphs_advance(struct glyphs *glyphs, uint32_t rune);

/* Coverage, 0 to 255, of a picture's part. */
struct coverage {
    int width, height;
    uint8_t *pixels; /* `width` a row */
};

/* Adds a letter whose origin is at x, on the base line y. What lies outside is cut off. */
void glyphs_draw(struct glyphs *glyphs, uint32_t rune, float x, int y, struct coverage *coverage);

#endif
