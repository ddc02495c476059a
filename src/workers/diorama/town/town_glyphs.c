/* SPDX-License-Identifier: Apache-2.0 */
/* The letters of signs: drawn as strokes between points of a 10 by 10 grid, y down. */
#include <math.h>
#include <string.h>

#include "workers/diorama/town/town_impl.h"

/* Points of a stroke without spaces, strokes with a space between. */
static const char *const glyphs[TOWN_GLYPHS] = {
    "195189 3666",
    "191161836515 65876919",
    "8261311317396988",
    "11518486591911",
    "81111989 1565",
    "811119 1565",
    "82613113173969888555",
    "1119 8189 1585",
    "5159 3171 3979",
    "7177593917",
    "1119 8115 3589",
    "111989",
    "1911558189",
    "19118981",
    "316183876939171331",
    "191161836515",
    "191161836515 5589",
    "82613113356587693918",
    "1181 5159",
    "111739698781",
    "1139546981",
    "1189 8119",
    "115581 5559",
    "11811989",
    "123161831989",
    "79711686",
    /* Katakana and a few kanji. */
    "2171 14847739",
    "7129 2488",
    "1234 195783",
    "13838779 4129",
    "12827639",
    "2272 5258 1888",
    "1383 5159 3518 6588",
    "2171 1484 544729",
    "323619 515986",
    "22725619 5689",
    "1233 1536 195883",
    "3319 5389",
    "4149 4478",
    "1383 5159 5318 5388 3767",
    "2171792921 2575",
    "1484 5154 5419 5489",
};

/* Letters by the order above. */
static const char latin[] = "ABCDEFGHIJKLMNOPRSTUWXYZ24";

static const char *const latin_words[] = {"BAR",   "HOTEL", "NOODLE", "SUSHI", "CLUB",  "JAZZ",
                                          "RAMEN", "PIZZA", "DISCO",  "SALON", "MOTEL", "TEA",
                                          "PIANO", "FILMS", "SHOES",  "BOOKS", "LIDO",  "DELI"};

enum { KATAKANA = 26, LATIN_WORDS = sizeof(latin_words) / sizeof(latin_words[0]) };

/* Distance from a point to a segment. */
static float segment_distance(float x, float y, const float from[2], const float to[2])
{
    float bx = to[0] - from[0], by = to[1] - from[1], px = x - from[0], py = y - from[1];
    float t = clamp_f((px * bx + py * by) / (bx * bx + by * by + 1e-9f), 0, 1);

    return hypotf(px - t * bx, py - t * by);
}

static float glyph_distance(const char *strokes, float x, float y)
{
    float nearest = 1, last[2] = {0, 0};
    bool has_last = false;

    for (const char *at = strokes; *at; at++) {
        float next[2];

        if (*at == ' ') {
            has_last = false;
            continue;
        }
        next[0] = (float)(at[0] - '0') * 0.1f + 0.03f;
        next[1] = (float)(at[1] - '0') * 0.1f;
        at++;
        if (has_last)
            nearest = fminf(nearest, segment_distance(x, y, last, next));
        memcpy(last, next, sizeof(last));
        has_last = true;
    }
    return nearest;
}

void town_draw_glyphs(float *texels)
{
    for (int i = 0; i < TOWN_GLYPHS; i++)
        for (int y = 0; y < TOWN_GLYPH_TEXELS; y++)
            for (int x = 0; x < TOWN_GLYPH_TEXELS; x++)
                *texels++ = glyph_distance(glyphs[i], ((float)x + 0.5f) / TOWN_GLYPH_TEXELS,
                                           ((float)y + 0.5f) / TOWN_GLYPH_TEXELS);
}

int town_word(struct dice *dice, bool asian, int room, float word[TOWN_WORD_MAX])
{
    bool katakana = asian && dice_between(dice, 0, 1) < 0.65f;
    const char *text = latin_words[(int)dice_between(dice, 0, LATIN_WORDS - 0.01f)];
    int count = 0;

    if (room > TOWN_WORD_MAX)
        room = TOWN_WORD_MAX;
    for (int i = 0; i < 5 && !katakana && (int)strlen(text) > room; i++)
        text = latin_words[(int)dice_between(dice, 0, LATIN_WORDS - 0.01f)];
    if (!katakana && (int)strlen(text) > room)
        text = room > 2 ? latin_words[0] : "24";
    if (katakana) {
        count = room < 4 ? room : (int)dice_between(dice, 3, (float)room + 0.99f);
        for (int i = 0; i < count; i++)
            word[i] = floorf(dice_between(dice, KATAKANA, TOWN_GLYPHS - 0.01f));
        return count;
    }
    for (; text[count]; count++) {
        const char *found = strchr(latin, text[count]);

        word[count] = found ? (float)(found - latin) : 0;
    }
    return count;
}
