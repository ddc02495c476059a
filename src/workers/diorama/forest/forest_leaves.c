/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pictures that leaves of models are: twigs with leaves, sprays of needles, parts of fronds.
 * Each is painted leaf by leaf at twice its size. It lies along u: from its root at -1 to its tip
 * at 1; v is up.
 */
#include <math.h>
#include <string.h>

#include "workers/diorama/forest/forest_impl.h"
#include "workers/diorama/pages.h"

enum { EASEL_LOG2 = PICTURE_LOG2 + 1, EASEL = 1 << EASEL_LOG2 };

struct easel {
    float alpha[EASEL * EASEL], bright[EASEL * EASEL], wood[EASEL * EASEL], top[EASEL * EASEL];
    struct dice dice;
};

/* A leaf from (x, y) toward (dx, dy), which is as long as it is. */
struct petal {
    float x, y, dx, dy, wide, bright, wood;
};

static float any_of(struct easel *easel, float low, float high)
{
    return dice_between(&easel->dice, low, high);
}

/* Where a coordinate lies on the easel, kept a texel off its rim. */
static int texel_of(float x)
{
    int i = (int)floorf((x * 0.5f + 0.5f) * EASEL);

    return i < 2 ? 2 : i > EASEL - 3 ? EASEL - 3 : i;
}

static void paint_petal(struct easel *easel, const struct petal *petal)
{
    float length = sqrtf(petal->dx * petal->dx + petal->dy * petal->dy) + 1e-4f;
    float ax = petal->dx / length, ay = petal->dy / length, room = 0.5f * petal->wide + 0.01f;
    int x0 = texel_of(fminf(petal->x, petal->x + petal->dx) - room);
    int x1 = texel_of(fmaxf(petal->x, petal->x + petal->dx) + room);
    int y0 = texel_of(fminf(petal->y, petal->y + petal->dy) - room);
    int y1 = texel_of(fmaxf(petal->y, petal->y + petal->dy) + room);
    float least = 0.7f / EASEL; /* the thinnest thing still leaves a mark */

    for (int j = y0; j <= y1; j++)
        for (int i = x0; i <= x1; i++) {
            float px = ((float)i + 0.5f) * (2.0f / EASEL) - 1 - petal->x;
            float py = ((float)j + 0.5f) * (2.0f / EASEL) - 1 - petal->y;
            float t = (px * ax + py * ay) / length, s = px * ay - py * ax, broad, off;
            int at = j * EASEL + i;

            if (t < 0 || t > 1)
                continue;
            broad = fmaxf(0.5f * petal->wide * sqrtf(sinf(3.1415927f * powf(t, 0.75f))), least);
            off = fabsf(s) / broad;
            if (off > 1)
                continue;
            easel->alpha[at] = 1;
            /* Halves lie at an angle, and the rib between them catches light. */
            easel->bright[at] = petal->bright * (s * ax > 0 ? 1.0f : 0.78f) *
                                (off < 0.12f && broad > 0.012f ? 1.2f : 1.0f);
            easel->wood[at] = petal->wood;
            easel->top[at] = clamp_f(0.55f + 0.45f * (ax < 0 ? s : -s) / broad, 0, 1);
        }
}

static void paint_stick(struct easel *easel, const float ends[4], float wide)
{
    struct petal stick = {ends[0], ends[1], ends[2] - ends[0], ends[3] - ends[1], wide, 0.55f, 1};
    float length = hypotf(stick.dx, stick.dy);
    int pieces = (int)(length / 0.10f) + 1;

    stick.dx /= (float)pieces;
    stick.dy /= (float)pieces;
    for (int i = 0; i < pieces; i++) {
        struct petal piece = stick;

        piece.x += stick.dx * ((float)i - 0.35f);
        piece.y += stick.dy * ((float)i - 0.35f);
        piece.dx *= 1.7f;
        piece.dy *= 1.7f;
        paint_petal(easel, &piece);
    }
}

/* What a shoot of a twig bears. */
struct shoot {
    float length, wide; /* of its leaves */
    float gap, spread;  /* from leaf to leaf, and their angle off the shoot */
    float hang;         /* 0 to 1: leaves droop */
};

static void paint_shoot(struct easel *easel, const float ends[4], const struct shoot *shoot)
{
    float dx = ends[2] - ends[0], dy = ends[3] - ends[1], length = hypotf(dx, dy);
    int count = (int)(length / shoot->gap) + 1;

    dx /= length;
    dy /= length;
    paint_stick(easel, ends, 0.018f);
    for (int i = 0; i <= count; i++) {
        float at = length * ((float)i + any_of(easel, -0.3f, 0.3f)) / (float)count;
        float side = i % 2 ? 1.0f : -1.0f, turn = side * shoot->spread * any_of(easel, 0.6f, 1.2f);
        float c = cosf(i == count ? 0 : turn), s = sinf(i == count ? 0 : turn);
        float size = shoot->length * any_of(easel, 0.7f, 1.15f);
        struct petal petal = {.x = ends[0] + dx * at, .y = ends[1] + dy * at};

        petal.dx = size * (dx * c - dy * s);
        petal.dy = size * (dx * s + dy * c - shoot->hang);
        petal.wide = shoot->wide * any_of(easel, 0.45f, 1.1f);
        petal.bright = any_of(easel, 0.25f, 1) * any_of(easel, 0.7f, 1);
        paint_petal(easel, &petal);
    }
}

/* A twig with side shoots, leaves on all. */
static void paint_twig(struct easel *easel, const struct shoot *shoot, int shoots, float hang)
{
    float bend = any_of(easel, -0.12f, 0.12f);
    float tip[2] = {0.70f, bend - hang};

    for (int i = 0; i < shoots; i++) {
        float t = ((float)i + 0.6f) / (float)shoots, side = i % 2 ? 1.0f : -1.0f;
        float reach = (0.62f - 0.35f * t) * any_of(easel, 0.75f, 1.15f);
        float x = -0.95f + t * (tip[0] + 0.95f), y = t * t * tip[1];
        float ends[4] = {x, y, x + 0.80f * reach, y + side * 0.95f * reach - hang * 0.5f};

        paint_shoot(easel, ends, shoot);
    }
    for (int i = 0; i < 3; i++) {
        float t = (float)i / 3, u = t + 1.0f / 3;
        float ends[4] = {-0.97f + t * (tip[0] + 0.97f), t * t * tip[1],
                         -0.97f + u * (tip[0] + 0.97f), u * u * tip[1]};

        paint_stick(easel, ends, 0.03f * (1 - 0.5f * t));
        if (i > 0)
            paint_shoot(easel, ends, shoot);
    }
}

/* Needles on both sides of a line. */
static void paint_needles(struct easel *easel, const float ends[4], float length, float spread)
{
    float dx = ends[2] - ends[0], dy = ends[3] - ends[1], run = hypotf(dx, dy);
    int count = (int)(run / 0.017f);

    dx /= run;
    dy /= run;
    paint_stick(easel, ends, 0.016f);
    for (int i = 0; i < 2 * count; i++) {
        float side = i % 2 ? 1.0f : -1.0f, at = run * (float)i / (float)(2 * count);
        float turn = side * spread * any_of(easel, 0.6f, 1.2f), c = cosf(turn), s = sinf(turn);
        float size = length * any_of(easel, 0.6f, 1.1f);
        struct petal needle = {.x = ends[0] + dx * at,
                               .y = ends[1] + dy * at,
                               .dx = size * (dx * c - dy * s),
                               .dy = size * (dx * s + dy * c),
                               .wide = 0.016f,
                               .bright = any_of(easel, 0.2f, 1) * (0.65f + 0.35f * at / run)};

        paint_petal(easel, &needle);
    }
}

static void paint_spray(struct easel *easel)
{
    const float axis[4] = {-0.96f, 0.02f, 0.82f, -0.04f};

    for (int i = 0; i < 15; i++) {
        float t = ((float)i + 0.8f) / 15.5f, side = i % 2 ? 1.0f : -1.0f;
        float reach = (0.78f - 0.50f * t) * any_of(easel, 0.8f, 1.1f) * smooth_f(-0.1f, 0.25f, t);
        float x = -0.96f + 1.78f * t;
        float ends[4] = {x, 0.02f - 0.06f * t, x + 0.72f * reach,
                         side * 0.72f * reach - 0.06f * any_of(easel, 0, 1)};

        paint_needles(easel, ends, 0.085f, 0.75f);
    }
    paint_needles(easel, axis, 0.09f, 0.7f);
}

/* Needles all around the ends of a twig. */
static void paint_tuft(struct easel *easel)
{
    for (int k = 0; k < 7; k++) {
        float x = k == 6 ? 0.35f : any_of(easel, -0.45f, 0.35f);
        float y = k == 6 ? 0.02f : any_of(easel, -0.5f, 0.5f);
        float ends[4] = {-0.95f, 0, x, y};

        paint_stick(easel, ends, 0.035f);
        for (int i = 0; i < 80; i++) {
            float turn = any_of(easel, -2.5f, 2.5f) * any_of(easel, 0.3f, 1);
            float size = 0.42f * any_of(easel, 0.7f, 1.1f), base = any_of(easel, -0.2f, 0.05f);
            struct petal needle = {.x = x + base,
                                   .y = y + 0.3f * base * y,
                                   .dx = size * cosf(turn),
                                   .dy = size * sinf(turn),
                                   .wide = 0.017f,
                                   .bright = any_of(easel, 0.15f, 1)};

            paint_petal(easel, &needle);
        }
    }
}

static void paint_bare(struct easel *easel, float x, float y, float turn, int depth)
{
    float reach =
        (depth == 3 ? 0.75f : 0.52f - 0.1f * (float)(2 - depth)) * any_of(easel, 0.7f, 1.1f);
    float ends[4] = {x, y, x + reach * cosf(turn), y + reach * sinf(turn)};

    paint_stick(easel, ends, 0.010f + 0.007f * (float)depth);
    if (depth == 0)
        return;
    for (int i = 0; i < 4; i++) {
        float t = 0.35f + 0.21f * (float)i, side = i % 2 ? 1.0f : -1.0f;

        paint_bare(easel, lerp_f(x, ends[2], t), lerp_f(y, ends[3], t),
                   turn + side * any_of(easel, 0.35f, 0.8f), depth - 1);
    }
}

static void paint_frond(struct easel *easel, bool is_tip)
{
    const float axis[4] = {-0.99f, 0, 0.99f, 0};
    int pairs = 21;

    for (int i = 0; i < 2 * pairs; i++) {
        float t = ((float)(i / 2) + 0.4f) / (float)pairs, side = i % 2 ? 1.0f : -1.0f;
        float full = is_tip ? 0.92f * powf(1 - t, 0.75f) : smooth_f(-0.25f, 0.5f, t) * 0.92f;
        float reach = fmaxf(full, 0.06f) * any_of(easel, 0.88f, 1.05f), x = -0.98f + 1.95f * t;

        float tone = any_of(easel, 0.55f, 1.0f);

        for (int k = 0; k < 9; k++) { /* each pinna is toothed itself */
            float along = (float)k / 9, tooth = 0.085f * (1 - 0.75f * along);
            struct petal petal = {.x = x + 0.30f * reach * along,
                                  .y = side * reach * along,
                                  .dx = 0.05f + 0.3f * reach / 9,
                                  .dy = side * (reach / 9 + 0.03f),
                                  .wide = tooth * 1.15f,
                                  .bright = (0.30f + 0.6f * along) * tone * any_of(easel, 0.7f, 1)};

            paint_petal(easel, &petal);
        }
    }
    paint_stick(easel, axis, is_tip ? 0.02f : 0.035f);
}

static void paint_grass(struct easel *easel)
{
    for (int i = 0; i < 46; i++) {
        float root = any_of(easel, -0.35f, 0.35f), lean = root + any_of(easel, -0.5f, 0.5f);
        float tall = any_of(easel, 0.7f, 1.85f), bend = any_of(easel, -0.30f, 0.30f);
        float bright = any_of(easel, 0.3f, 1), x = -0.97f, y = root;

        for (int k = 1; k <= 6; k++) {
            float t = (float)k / 6, nx = -0.97f + tall * (t - 0.22f * t * t * fabsf(lean)),
                  ny = root + lean * t * t * 0.8f + bend * t * t;
            struct petal piece = {x,
                                  y,
                                  1.5f * (nx - x),
                                  1.5f * (ny - y),
                                  0.034f * (1.1f - t),
                                  bright * (0.35f + 0.65f * t),
                                  0};

            paint_petal(easel, &piece);
            x = nx;
            y = ny;
        }
    }
}

/* Stalks from the root, each with what it bears. */
static void paint_herb(struct easel *easel, bool blooms)
{
    for (int i = 0; i < (blooms ? 26 : 22); i++) {
        float lean = any_of(easel, -0.85f, 0.85f), tall = any_of(easel, 0.5f, 1.5f);
        float x = -0.97f + tall, y = lean * (0.4f + 0.4f * tall);
        float ends[4] = {-0.97f, 0.2f * lean, x, y};
        bool head = blooms && i > 13;

        paint_stick(easel, ends, 0.014f);
        for (int k = 0; k < (head ? 6 : 3); k++) {
            float turn = head ? 1.047f * (float)k : any_of(easel, -1.3f, 1.3f);
            float size = head ? 0.085f : any_of(easel, 0.16f, 0.34f);
            struct petal petal = {x,
                                  y,
                                  size * cosf(turn),
                                  size * sinf(turn),
                                  head ? 0.075f : 0.5f * size,
                                  head ? any_of(easel, 0.8f, 1) : any_of(easel, 0.3f, 1),
                                  head ? 1 : 0};

            paint_petal(easel, &petal);
        }
    }
}

static void paint_cane(struct easel *easel)
{
    const float axis[4] = {-0.97f, 0.35f, 0.75f, 0.0f};

    paint_stick(easel, axis, 0.02f);
    for (int i = 0; i < 20; i++) {
        float t = any_of(easel, 0.1f, 1), turn = any_of(easel, -1.9f, 0.35f);
        float size = any_of(easel, 0.4f, 0.75f);
        struct petal petal = {-0.97f + 1.72f * t,
                              0.35f - 0.35f * t,
                              size * cosf(turn),
                              size * sinf(turn),
                              any_of(easel, 0.06f, 0.12f),
                              any_of(easel, 0.3f, 1),
                              0};

        paint_petal(easel, &petal);
    }
}

/* One great leaf, ribbed and torn at its rim. */
static void paint_blade(struct easel *easel)
{
    for (int i = 0; i < 64; i++) {
        float t = (float)(i / 2) / 31.0f, side = i % 2 ? 1.0f : -1.0f;
        float reach = 0.86f * sqrtf(sinf(3.1415927f * clamp_f(t * 0.94f + 0.04f, 0, 1)));
        float bright = (side > 0 ? 0.95f : 0.66f) * any_of(easel, 0.78f, 1);
        struct petal rib = {-0.92f + 1.70f * t,
                            0,
                            0.16f + 0.1f * reach,
                            side * reach * (t > 0.3f ? any_of(easel, 0.9f, 1.02f) : 1),
                            0.17f,
                            bright,
                            0};

        paint_petal(easel, &rib);
        rib.wide = 0.05f;
        rib.bright *= 0.8f;
        paint_petal(easel, &rib);
    }
    for (int k = 0; k < 9; k++) {
        struct petal mid = {-0.98f + 0.21f * (float)k, 0, 0.3f, 0, 0.045f, 1.0f, 0.15f};

        paint_petal(easel, &mid);
    }
}

static void paint_fallen(struct easel *easel)
{
    for (int k = 0; k < 5; k++) {
        float turn = 0.62f * (float)(k - 2);
        struct petal lobe = {
            -0.45f, 0, 1.25f * cosf(turn), 1.0f * sinf(turn), 0.5f, 0.7f + 0.3f * (float)(k % 2),
            0};

        paint_petal(easel, &lobe);
    }
}

static void paint(struct easel *easel, enum forest_picture picture)
{
    static const struct shoot broad = {0.235f, 0.140f, 0.074f, 0.95f, 0.08f};
    static const struct shoot small = {0.150f, 0.110f, 0.062f, 0.9f, 0.25f};

    switch (picture) {
    case PICTURE_LEAVES:
    case PICTURE_LEAVES_2:
    case PICTURE_LEAVES_3:
        paint_twig(easel, &broad, 6, 0.05f);
        return;
    case PICTURE_SMALL:
    case PICTURE_SMALL_2:
        paint_twig(easel, &small, 7, 0.2f);
        return;
    case PICTURE_NEEDLES:
    case PICTURE_NEEDLES_2:
        paint_spray(easel);
        return;
    case PICTURE_TUFT:
        paint_tuft(easel);
        return;
    case PICTURE_BARE:
    case PICTURE_BARE_2:
        paint_bare(easel, -0.97f, 0, 0.03f, 3);
        return;
    case PICTURE_FROND:
    case PICTURE_FROND_TIP:
        paint_frond(easel, picture == PICTURE_FROND_TIP);
        return;
    case PICTURE_GRASS:
    case PICTURE_GRASS_2:
        paint_grass(easel);
        return;
    case PICTURE_HERB:
    case PICTURE_FLOWER:
        paint_herb(easel, picture == PICTURE_FLOWER);
        return;
    case PICTURE_CANE:
    case PICTURE_CANE_2:
        paint_cane(easel);
        return;
    case PICTURE_BLADE:
        paint_blade(easel);
        return;
    case PICTURE_FALLEN:
    case FOREST_PICTURES:
        paint_fallen(easel);
        return;
    }
}

/* Averages four texels into one; what is not covered does not count for the tint. */
static void join_texels(struct easel *easel, const int from[4], int to)
{
    float *planes[3] = {easel->bright, easel->wood, easel->top}, alpha = 0;

    for (int i = 0; i < 4; i++)
        alpha += easel->alpha[from[i]];
    for (int p = 0; p < 3; p++) {
        float sum = 0;

        for (int i = 0; i < 4; i++)
            sum += easel->alpha[from[i]] * planes[p][from[i]];
        planes[p][to] = alpha > 0 ? sum / alpha : 0.5f;
    }
    easel->alpha[to] = 0.25f * alpha;
}

/* Half as many texels a side, in place. */
static void halve(struct easel *easel, int size)
{
    for (int y = 0; y < size / 2; y++)
        for (int x = 0; x < size / 2; x++) {
            int at = 2 * y * size + 2 * x;
            const int from[4] = {at, at + 1, at + size, at + size + 1};

            join_texels(easel, from, y * (size / 2) + x);
        }
}

static void pack(const struct easel *easel, int size, uint32_t *alpha, uint32_t *tint)
{
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++) {
            int right = x + 1 < size ? x + 1 : x, below = y + 1 < size ? y + 1 : y;
            int at = y * size + x;

            alpha[at] = byte_of_unit(easel->alpha[at]) |
                        byte_of_unit(easel->alpha[y * size + right]) << 8 |
                        byte_of_unit(easel->alpha[below * size + x]) << 16 |
                        byte_of_unit(easel->alpha[below * size + right]) << 24;
            tint[at] = byte_of_unit(easel->bright[at]) | byte_of_unit(easel->wood[at]) << 8 |
                       byte_of_unit(easel->top[at]) << 16;
        }
}

void forest_paint_pictures(struct forest_pictures *pictures, uint32_t salt)
{
    struct easel *easel = pages_new(sizeof(*easel));

    pictures->texels = 0;
    for (int level = 0; level <= PICTURE_LEVELS; level++) {
        pictures->level_start[level] = pictures->texels;
        if (level < PICTURE_LEVELS)
            pictures->texels += 1 << (2 * (PICTURE_LOG2 - level));
    }
    pictures->count = FOREST_PICTURES;
    pictures->alpha = pages_new((size_t)pictures->texels * FOREST_PICTURES * sizeof(uint32_t));
    pictures->tint = pages_new((size_t)pictures->texels * FOREST_PICTURES * sizeof(uint32_t));
    for (int i = 0; i < FOREST_PICTURES; i++) {
        memset(easel, 0, sizeof(*easel));
        easel->dice.state = salt + 1000u * (uint32_t)i;
        paint(easel, (enum forest_picture)i);
        for (int level = 0; level < PICTURE_LEVELS; level++) {
            int start = i * pictures->texels + pictures->level_start[level];

            halve(easel, EASEL >> level);
            pack(easel, EASEL >> (level + 1), pictures->alpha + start, pictures->tint + start);
        }
    }
    pages_free(easel);
}
