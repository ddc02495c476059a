/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/clip/caption.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "workers/diorama/clip/glyphs.h"
#include "workers/diorama/sound/sound.h"

enum {
    RUNES_MAX = VOICE_BYTES_MAX,
    EM_PIXELS_MIN = 9,
    WIDTH_STEPS = 24, /* tries to make rows equally long */
    BLURS = 3,        /* boxes that make a soft shadow */
    WHITE = 226,      /* of luma's 16 to 235: paper, not lamps */
    BLACK = 18,
    GRAY = 128
};

#define EM 0.052f /* of the picture's shorter side */
#define EM_NARROW 0.058f
#define ROW_EM 1.32f
#define WIDE_WIDTH 0.66f /* of the picture: how long a row may be */
#define TALL_WIDTH 0.84f
#define WIDE_BASE 0.905f /* of the height: where the last row stands */
#define TALL_BASE 0.79f  /* a phone draws over what is lower */
#define FADE_IN_S 0.10f
#define FADE_OUT_S 0.22f
#define LINGER_S 0.35f /* after the last word */

/* The letters of a cue, in order, and where rows may be broken. */
struct typeset {
    struct glyphs *glyphs;
    int count;
    uint32_t runes[RUNES_MAX];
    float advance[RUNES_MAX];
    bool may_break[RUNES_MAX]; /* before it */
};

struct row {
    int first, end; /* letters */
    float width;
};

/* Two rows as a picture: where it goes, how white, how dark around it. */
struct page {
    float from_s, until_s;
    int left, top;
    struct coverage letters, shadow;
};

struct captions {
    int width, height, em;
    int page_count;
    struct page pages[CAPTION_PAGES_MAX];
};

static bool is_ideographic(uint32_t rune)
{
    return (rune >= 0x3040 && rune < 0xa000) || (rune >= 0xac00 && rune < 0xd7b0);
}

static void add_rune(struct typeset *set, uint32_t rune, bool *is_lacking)
{
    int at = set->count;
    uint32_t before = at > 0 ? set->runes[at - 1] : 0;

    if (!glyphs_has(set->glyphs, rune)) {
        *is_lacking = true;
        return;
    }
    if (at == RUNES_MAX || (rune == ' ' && (at == 0 || before == ' ')))
        return;
    set->runes[at] = rune;
    set->advance[at] = glyphs_advance(set->glyphs, rune);
    set->may_break[at] = at > 0 && (before == ' ' || (is_ideographic(rune) && before != '('));
    set->count++;
}

/* The text is valid UTF-8. */
static void set_text(struct typeset *set, const char *text, bool *is_lacking)
{
    set->count = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        int more = *c < 0xc0 ? 0 : *c < 0xe0 ? 1 : *c < 0xf0 ? 2 : 3;
        uint32_t rune = more ? *c & (0x3fu >> more) : *c;

        for (c++; more > 0 && *c; more--)
            rune = rune << 6 | (*c++ & 0x3f);
        add_rune(set, rune, is_lacking);
    }
}

static float width_of(const struct typeset *set, int first, int end)
{
    float width = 0;

    while (end > first && set->runes[end - 1] == ' ')
        end--;
    for (int i = first; i < end; i++)
        width += set->advance[i];
    return width;
}

/* Breaks the text into rows of at most so many pixels; returns how many. A word that is longer is
 * broken. */
static int break_rows(const struct typeset *set, float widest, struct row *rows, int rows_max)
{
    int first = 0, count = 0;

    while (first < set->count && count < rows_max) {
        int end = first + 1, fits = first + 1;

        while (end < set->count && width_of(set, first, end) <= widest) {
            end++;
            if (end == set->count || set->may_break[end])
                fits = width_of(set, first, end) <= widest ? end : fits;
        }
        if (fits == first + 1 && end > first + 1 && !(fits < set->count && set->may_break[fits]))
            fits = end - (end < set->count);
        rows[count++] = (struct row){first, fits, width_of(set, first, fits)};
        first = fits;
    }
    return count;
}

/* As few rows as possible, and these about equally long. */
static int set_rows(const struct typeset *set, float widest, struct row *rows, int rows_max)
{
    int count = break_rows(set, widest, rows, rows_max);
    float width = widest;

    for (int i = 0; i < WIDTH_STEPS; i++) {
        struct row tried[2 * CAPTION_PAGES_MAX];
        int now = break_rows(set, 0.96f * width, tried, rows_max);

        if (now != count)
            break;
        width *= 0.96f;
        memcpy(rows, tried, (size_t)count * sizeof(*rows));
    }
    return count;
}

/* One pass of a box along rows or columns: `step` from pixel to pixel, `count` of them. */
static void blur_line(uint8_t *pixels, int count, int step, int radius, uint8_t *memory)
{
    int sum = 0, length = 2 * radius + 1;

    for (int i = 0; i < count; i++)
        memory[i] = pixels[(size_t)i * (size_t)step];
    for (int i = -radius; i < count; i++) {
        sum += i + radius < count ? memory[i + radius] : 0;
        sum -= i - radius - 1 >= 0 ? memory[i - radius - 1] : 0;
        if (i >= 0)
            pixels[(size_t)i * (size_t)step] = (uint8_t)(sum / length);
    }
}

static void blur(struct coverage *coverage, int radius)
{
    int longest = coverage->width > coverage->height ? coverage->width : coverage->height;
    uint8_t *memory = malloc((size_t)longest);

    if (!memory)
        die("out of memory for a caption");
    for (int pass = 0; pass < BLURS; pass++) {
        for (int y = 0; y < coverage->height; y++)
            blur_line(coverage->pixels + (size_t)y * (size_t)coverage->width, coverage->width, 1,
                      radius, memory);
        for (int x = 0; x < coverage->width; x++)
            blur_line(coverage->pixels + x, coverage->height, coverage->width, radius, memory);
    }
    free(memory);
}

static void coverage_init(struct coverage *coverage, int width, int height)
{
    *coverage = (struct coverage){width, height, calloc((size_t)width, (size_t)height)};
    if (!coverage->pixels)
        die("out of memory for a caption");
}

/* A dark rim for the edges of the letters, and a wide soft one for bright pictures behind. */
static void cast_shadow(struct page *page, int em)
{
    size_t count = (size_t)page->letters.width * (size_t)page->letters.height;
    int down = em / 24;
    struct coverage wide;

    coverage_init(&page->shadow, page->letters.width, page->letters.height);
    coverage_init(&wide, page->letters.width, page->letters.height);
    for (size_t i = (size_t)(down * wide.width); i < count; i++)
        page->shadow.pixels[i] = page->letters.pixels[i - (size_t)(down * wide.width)];
    memcpy(wide.pixels, page->letters.pixels, count);
    blur(&page->shadow, em / 26 > 0 ? em / 26 : 1);
    blur(&wide, em / 5 > 0 ? em / 5 : 1);
    for (size_t i = 0; i < count; i++) {
        int dark = page->shadow.pixels[i] * 3 / 2 + wide.pixels[i] * 6 / 5;

        page->shadow.pixels[i] = (uint8_t)(dark < 215 ? dark : 215);
    }
    free(wide.pixels);
}

static void draw_page(const struct captions *captions, struct typeset *set, const struct row *rows,
                      int row_count, struct page *page)
{
    int em = captions->em, tall = (int)(ROW_EM * (float)em);
    bool is_wide = captions->width >= captions->height;
    int base = (int)((is_wide ? WIDE_BASE : TALL_BASE) * (float)captions->height);
    float widest = row_count > 1 ? fmaxf(rows[0].width, rows[1].width) : rows[0].width;
    int width = ((int)widest + 2 * em + 3) & ~1, height = (tall * row_count + 2 * em + 3) & ~1;

    page->left = (captions->width - width) / 2 & ~1;
    page->top = (base - tall * (row_count - 1) - 2 * em) & ~1;
    coverage_init(&page->letters, width, height);
    for (int r = 0; r < row_count; r++) {
        float x = ((float)width - rows[r].width) / 2;

        for (int i = rows[r].first; i < rows[r].end; i++) {
            glyphs_draw(set->glyphs, set->runes[i], x,
                        base - page->top - tall * (row_count - 1 - r), &page->letters);
            x += set->advance[i];
        }
    }
    cast_shadow(page, em);
}

/* Time goes by letters. */
static void add_cue(struct captions *captions, struct typeset *set, const struct talk_cue *cue)
{
    float share = captions->width >= captions->height ? WIDE_WIDTH : TALL_WIDTH;
    struct row rows[2 * CAPTION_PAGES_MAX];
    float from_s = (float)cue->start / SOUND_RATE, lasts_s = (float)cue->count / SOUND_RATE;
    int count = set_rows(set, share * (float)captions->width, rows, 2 * CAPTION_PAGES_MAX);

    for (int r = 0; r < count && captions->page_count < CAPTION_PAGES_MAX; r += CAPTION_ROWS) {
        struct page *page = &captions->pages[captions->page_count++];
        int here = count - r < CAPTION_ROWS ? count - r : CAPTION_ROWS;
        int end = rows[r + here - 1].end;

        page->from_s = from_s + lasts_s * (float)rows[r].first / (float)set->count;
        page->until_s = from_s + lasts_s * (float)end / (float)set->count;
        if (end == set->count)
            page->until_s = fminf(page->until_s + LINGER_S, (float)cue->until / SOUND_RATE);
        draw_page(captions, set, rows + r, here, page);
    }
}

static void add_cues(struct captions *captions, struct glyphs *glyphs, const struct talk *talk,
                     bool *is_lacking)
{
    struct typeset *set = calloc(1, sizeof(*set));

    if (!set)
        die("out of memory for a caption");
    set->glyphs = glyphs;
    for (int i = 0; i < talk->cue_count; i++) {
        set_text(set, talk->cues[i].text, is_lacking);
        if (set->count > 0)
            add_cue(captions, set, &talk->cues[i]);
    }
    free(set);
}

struct captions *captions_open(const struct talk *talk, int width, int height, bool *is_lacking)
{
    struct captions *captions = calloc(1, sizeof(*captions));
    float side = (float)(width < height ? width : height);
    struct glyphs *glyphs;

    if (!captions)
        die("out of memory for a caption");
    captions->width = width;
    captions->height = height;
    captions->em = (int)((width < height ? EM_NARROW : EM) * side + 0.5f);
    if (captions->em < EM_PIXELS_MIN)
        captions->em = EM_PIXELS_MIN;
    glyphs = glyphs_open(captions->em);
    *is_lacking = !glyphs && talk->cue_count > 0;
    if (glyphs)
        add_cues(captions, glyphs, talk, is_lacking);
    glyphs_close(glyphs);
    return captions;
}

void captions_close(struct captions *captions)
{
    if (!captions)
        return;
    for (int i = 0; i < captions->page_count; i++) {
        free(captions->pages[i].letters.pixels);
        free(captions->pages[i].shadow.pixels);
    }
    free(captions);
}

/* 0 to 256: `over` shows of `to`, so much of it as the page is faded in. */
static uint8_t mix(uint8_t from, int to, int over)
{
    return (uint8_t)((from * (256 - over) + to * over + 128) >> 8);
}

static void draw_luma(const struct page *page, int shown, struct picture *picture,
                      const int size[2])
{
    for (int y = 0; y < page->letters.height; y++)
        for (int x = 0; x < page->letters.width; x++) {
            int to_x = page->left + x, to_y = page->top + y, at = y * page->letters.width + x;
            uint8_t *to = picture->plane[0] + (ptrdiff_t)to_y * picture->stride[0] + to_x;

            if (to_x < 0 || to_x >= size[0] || to_y < 0 || to_y >= size[1])
                continue;
            *to = mix(*to, BLACK, page->shadow.pixels[at] * shown >> 8);
            *to = mix(*to, WHITE, page->letters.pixels[at] * shown * 257 >> 16);
        }
}

/* How little color is left in a pixel of the smaller planes, 0 to 255. */
static int paleness(const struct page *page, int x, int y)
{
    int sum = 0;

    for (int k = 0; k < 4; k++) {
        int at = (2 * y + k / 2) * page->letters.width + 2 * x + k % 2;
        int letters = page->letters.pixels[at], shadow = page->shadow.pixels[at];

        sum += 255 - (255 - letters) * (255 - shadow) / 255;
    }
    return sum / 4;
}

static void draw_chroma(const struct page *page, int shown, struct picture *picture,
                        const int size[2])
{
    for (int y = 0; y < page->letters.height / 2; y++)
        for (int x = 0; x < page->letters.width / 2; x++) {
            int to_x = page->left / 2 + x, to_y = page->top / 2 + y;

            if (to_x < 0 || to_x >= size[0] / 2 || to_y < 0 || to_y >= size[1] / 2)
                continue;
            for (int k = 1; k < 3; k++) {
                uint8_t *to = picture->plane[k] + (ptrdiff_t)to_y * picture->stride[k] + to_x;

                *to = mix(*to, GRAY, paleness(page, x, y) * shown >> 8);
            }
        }
}

void captions_draw(const struct captions *captions, float seconds, struct picture *picture)
{
    const int size[2] = {captions->width, captions->height};

    for (int i = 0; i < captions->page_count; i++) {
        const struct page *page = &captions->pages[i];
        float in = (seconds - page->from_s) / FADE_IN_S + 1;
        float out = (page->until_s - seconds) / FADE_OUT_S;
        int shown = (int)(256 * fminf(1, fminf(in, out)));

        if (shown <= 0)
            continue;
        draw_luma(page, shown, picture, size);
        draw_chroma(page, shown, picture, size);
    }
}
