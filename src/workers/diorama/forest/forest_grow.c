/* SPDX-License-Identifier: Apache-2.0 */
/* Grows the models of a wood: trees by their habit, and the plants beneath them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/forest/forest_impl.h"

#define GOLDEN_ANGLE 2.3999632f

enum { LIMBS_MAX = 900, LEAVES_MAX = 5000, TRUNK_PIECES = 8 };

/* A model in the making. */
struct sprout {
    struct forest_model *model;
    const struct habit *habit;
    struct dice *dice;
    struct forest_limb limbs[LIMBS_MAX];
    struct forest_leaf leaves[LEAVES_MAX];
    float height, trunk_m, leaf_share;
    bool is_bare; /* in winter */
};

static float any_of(struct sprout *sprout, float low, float high)
{
    return dice_between(sprout->dice, low, high);
}

static void add_limb(struct sprout *sprout, const float a[3], const float b[3],
                     const float radii[2], float along)
{
    struct forest_limb *limb = &sprout->limbs[sprout->model->limb_count];

    if (sprout->model->limb_count == LIMBS_MAX)
        return;
    sprout->model->limb_count++;
    *limb = (struct forest_limb){.ra = radii[0], .rb = radii[1], .along = along};
    memcpy(limb->a, a, sizeof(limb->a));
    memcpy(limb->b, b, sizeof(limb->b));
}

static struct forest_leaf *add_leaf(struct sprout *sprout, const float at[3], const float axis[3],
                                    enum forest_picture picture)
{
    struct forest_leaf *leaf = &sprout->leaves[sprout->model->leaf_count];

    if (sprout->model->leaf_count == LEAVES_MAX)
        return leaf - 1;
    sprout->model->leaf_count++;
    *leaf = (struct forest_leaf){.picture = (int)picture, .hue = any_of(sprout, 0, 1)};
    memcpy(leaf->at, at, sizeof(leaf->at));
    memcpy(leaf->axis, axis, sizeof(leaf->axis));
    leaf->open = 1;
    leaf->out[1] = 1;
    return leaf;
}

static void trunk_at(const struct sprout *sprout, float share, float to[3])
{
    const struct forest_limb *limbs = sprout->limbs;
    float height = share * sprout->height;
    int i = 0;

    while (i < TRUNK_PIECES - 1 && limbs[i].b[1] < height)
        i++;
    for (int k = 0; k < 3; k++)
        to[k] = lerp_f(limbs[i].a[k], limbs[i].b[k],
                       clamp_f((height - limbs[i].a[1]) / (limbs[i].b[1] - limbs[i].a[1]), 0, 1));
}

static float trunk_radius(const struct sprout *sprout, float share)
{
    return sprout->trunk_m * powf(1.0f - 0.94f * share, 0.75f);
}

static void grow_trunk(struct sprout *sprout)
{
    /* Close together at the foot, where the trunk flares. */
    static const float shares[TRUNK_PIECES + 1] = {-0.012f, 0.014f, 0.05f, 0.14f, 0.28f,
                                                   0.45f,   0.63f,  0.82f, 1.0f};
    float lean[2] = {0, 0}, a[3] = {0, shares[0] * sprout->height, 0};

    for (int i = 0; i < TRUNK_PIECES; i++) {
        float step = (shares[i + 1] - shares[i]) * sprout->height, b[3];
        float flare[2] = {i == 0 ? 1.75f : i == 1 ? 1.22f : 1.0f, i == 0 ? 1.22f : 1.0f};
        float radii[2] = {trunk_radius(sprout, fmaxf(shares[i], 0)) * flare[0],
                          trunk_radius(sprout, shares[i + 1]) * flare[1]};

        if (i == 0 && sprout->habit->roots == 0)
            radii[0] = radii[1];
        for (int k = 0; k < 2 && i > 0; k++)
            lean[k] += sprout->habit->bend * any_of(sprout, -1, 1);
        b[0] = a[0] + lean[0] * step;
        b[1] = a[1] + step;
        b[2] = a[2] + lean[1] * step;
        add_limb(sprout, a, b, radii, a[1]);
        sprout->limbs[i].is_trunk = true;
        memcpy(a, b, sizeof(a));
    }
}

static void grow_roots(struct sprout *sprout)
{
    int count = sprout->habit->roots;
    float tall = count > 7 ? 3.4f : 1.5f; /* buttresses */

    for (int i = 0; i < count; i++) {
        float turn = 6.2831853f * ((float)i + any_of(sprout, -0.3f, 0.3f)) / (float)count;
        float r = sprout->trunk_m, far = r * any_of(sprout, 2.0f, 3.4f);
        float a[3] = {0.72f * r * cosf(turn), tall * r * any_of(sprout, 0.7f, 1.2f),
                      0.72f * r * sinf(turn)};
        float b[3] = {0.5f * far * cosf(turn), 0.32f * r, 0.5f * far * sinf(turn)};
        float c[3] = {far * cosf(turn + 0.2f), -0.12f, far * sinf(turn + 0.2f)};
        const float upper[2] = {0.10f * r, 0.30f * r}, lower[2] = {0.30f * r, 0.06f * r};

        add_limb(sprout, a, b, upper, a[1]);
        add_limb(sprout, b, c, lower, b[1]);
    }
}

/* Leaves, or bare twigs, from a place outward. */
static void bear(struct sprout *sprout, const float at[3], const float dir[3], float size)
{
    const struct habit *habit = sprout->habit;
    int pick = (int)any_of(sprout, 0, (float)habit->pictures - 0.01f);
    enum forest_picture picture = (enum forest_picture)((int)habit->picture + pick);
    float axis[3], length = size * any_of(sprout, 0.75f, 1.2f), axle[3], out = 0;
    struct forest_leaf *leaf = NULL;

    if (sprout->is_bare)
        picture = (enum forest_picture)((int)PICTURE_BARE + (pick & 1));
    axis[0] = length * (dir[0] + any_of(sprout, -0.35f, 0.35f));
    axis[1] = length * (dir[1] + any_of(sprout, -0.3f, 0.3f) - habit->droop);
    axis[2] = length * (dir[2] + any_of(sprout, -0.35f, 0.35f));
    leaf = add_leaf(sprout, at, axis, picture);
    leaf->wide = length * habit->wide * any_of(sprout, 0.8f, 1.2f);
    leaf->flat = habit->flat;
    trunk_at(sprout, clamp_f(at[1] / sprout->height - 0.06f, 0, 1), axle);
    for (int k = 0; k < 3; k++) {
        leaf->out[k] = at[k] - axle[k];
        out += leaf->out[k] * leaf->out[k];
    }
    out = sqrtf(out) + 1e-3f;
    for (int k = 0; k < 3; k++)
        leaf->out[k] /= out;
    leaf->open = clamp_f(0.22f + 0.95f * out / (habit->crown * sprout->height), 0, 1);
}

/* How far boughs reach at a height of the crown, 0 to 1. */
static float profile(const struct habit *habit, float up)
{
    float dome = sqrtf(fmaxf(1.0f - (up - 0.33f) * (up - 0.33f) * 2.1f, 0.05f));
    float cone = 0.08f + 0.92f * (1.0f - up);

    return lerp_f(dome, cone, habit->cone);
}

/* A side shoot and what it bears. */
static void grow_shoot(struct sprout *sprout, const float from[3], const float dir[3], float length)
{
    const struct habit *habit = sprout->habit;
    const float radii[2] = {0.012f + 0.006f * length, 0.005f};
    float to[3];

    for (int k = 0; k < 3; k++)
        to[k] = from[k] + dir[k] * length;
    to[1] -= 0.15f * habit->sag * length;
    add_limb(sprout, from, to, radii, 0);
    for (int i = 0; i < habit->twigs; i++) {
        float t = ((float)i + any_of(sprout, 0.3f, 1.0f)) / (float)habit->twigs;
        float side = any_of(sprout, -0.9f, 0.9f), at[3], out[3];

        for (int k = 0; k < 3; k++)
            at[k] = lerp_f(from[k], to[k], t);
        out[0] = dir[0] - side * dir[2];
        out[1] = dir[1] * 0.6f;
        out[2] = dir[2] + side * dir[0];
        bear(sprout, at, out, habit->leaf_m);
    }
}

/* Sprays on both sides of a bough that has no shoots. */
static void fledge(struct sprout *sprout, const float at[3], const float dir[3], float t, int i)
{
    const struct habit *habit = sprout->habit;
    float side = i % 2 ? 0.85f : -0.85f;
    const float out[3] = {dir[0] - side * dir[2], dir[1], dir[2] + side * dir[0]};

    bear(sprout, at, i % 5 == 4 ? dir : out, habit->leaf_m * (1.05f - 0.35f * t));
}

static void grow_bough(struct sprout *sprout, int number)
{
    const struct habit *habit = sprout->habit;
    float up = ((float)number + any_of(sprout, 0.2f, 0.8f)) / (float)habit->boughs;
    float share = lerp_f(habit->bare, 0.99f, up), turn = GOLDEN_ANGLE * (float)number;
    float length = habit->crown * sprout->height * profile(habit, up) * any_of(sprout, 0.7f, 1.15f);
    float slope = lerp_f(habit->rise[0], habit->rise[1], up) + any_of(sprout, -0.12f, 0.12f);
    float at[3], thick = fminf(0.45f * trunk_radius(sprout, share), 0.028f * length + 0.004f);
    int pieces = 4, borne = 0;

    turn += any_of(sprout, -0.5f, 0.5f);
    trunk_at(sprout, share, at);
    for (int i = 0; i < pieces; i++) {
        float t = (float)(i + 1) / (float)pieces, step = length / (float)pieces;
        const float radii[2] = {thick * (1.05f - (float)i / (float)pieces),
                                thick * (1.05f - t) + 0.003f};
        float dir[3] = {cosf(turn), slope - habit->sag * t * t, sinf(turn)}, to[3];
        float norm = sqrtf(1 + dir[1] * dir[1]);

        turn += any_of(sprout, -0.16f, 0.16f);
        for (int k = 0; k < 3; k++) {
            dir[k] /= norm;
            to[k] = at[k] + step * dir[k];
        }
        add_limb(sprout, at, to, radii, step * (float)i);
        for (int k = 0; k < habit->shoots && t * (float)habit->shoots > (float)k && i > 0; k++) {
            float side = (k + i) % 2 ? any_of(sprout, 0.4f, 1.1f) : -any_of(sprout, 0.4f, 1.1f);
            const float out[3] = {dir[0] - side * dir[2], dir[1] + any_of(sprout, -0.1f, 0.3f),
                                  dir[2] + side * dir[0]};

            grow_shoot(sprout, to, out, length * 0.30f * any_of(sprout, 0.6f, 1.1f));
        }
        for (; habit->shoots == 0 && borne < (int)(t * (float)habit->twigs); borne++) {
            float part = ((float)borne + 0.5f) / (float)habit->twigs * (float)pieces - (float)i;
            const float place[3] = {lerp_f(at[0], to[0], part), lerp_f(at[1], to[1], part),
                                    lerp_f(at[2], to[2], part)};

            fledge(sprout, place, dir, t, borne);
        }
        memcpy(at, to, sizeof(at));
        if (i == pieces - 1)
            bear(sprout, at, dir, habit->leaf_m);
    }
}

/* Leaves all over a crown that is lumpy and rounded below, most of them at its rim. */
static void fill_crown(struct sprout *sprout)
{
    const struct habit *habit = sprout->habit;
    uint32_t salt = (uint32_t)dice_next(sprout->dice);

    for (int i = 0; i < habit->fill; i++) {
        float up = any_of(sprout, 0, 1), turn = any_of(sprout, 0, 6.2831853f), at[3];
        float lump = 1.0f + 0.34f * noise_tiled(turn * (6 / 6.2831853f), up * 4, 6, salt);
        float far = sqrtf(any_of(sprout, 0.25f, 1)) * lump * profile(habit, up);
        const float out[3] = {0.8f * cosf(turn), 0.7f * (up - 0.25f), 0.8f * sinf(turn)};

        far *= habit->crown * sprout->height * (0.62f + 0.38f * smooth_f(0, 0.22f, up));
        trunk_at(sprout, lerp_f(habit->bare, 0.99f, up), at);
        at[0] += far * cosf(turn);
        at[2] += far * sinf(turn);
        bear(sprout, at, out, habit->leaf_m);
    }
}

/* Dead branches below the crown. */
static void grow_stubs(struct sprout *sprout)
{
    const struct habit *habit = sprout->habit;

    for (int i = 0; i < habit->stubs; i++) {
        float share = habit->bare * any_of(sprout, 0.18f, 1.05f), turn = any_of(sprout, 0, 6.28f);
        float length = any_of(sprout, 0.25f, 1.3f), a[3], b[3];
        const float radii[2] = {0.02f, 0.006f};

        trunk_at(sprout, share, a);
        b[0] = a[0] + length * cosf(turn);
        b[1] = a[1] + length * any_of(sprout, -0.35f, 0.15f);
        b[2] = a[2] + length * sinf(turn);
        add_limb(sprout, a, b, radii, 0);
        if (length > 0.6f) {
            const float axis[3] = {0.7f * cosf(turn), -0.12f, 0.7f * sinf(turn)};
            struct forest_leaf *leaf = add_leaf(sprout, b, axis, PICTURE_BARE);

            leaf->wide = 0.55f;
            leaf->flat = 0.5f;
            leaf->open = 0.6f;
        }
    }
}

/* A climber that hangs from the crown to the ground. */
static void grow_liana(struct sprout *sprout)
{
    float turn = any_of(sprout, 0, 6.28f), far = any_of(sprout, 0.6f, 3.4f), a[3];
    float top = sprout->height * any_of(sprout, 0.4f, 0.6f), thick = any_of(sprout, 0.012f, 0.035f);
    const float radii[2] = {thick, thick};

    trunk_at(sprout, 0.5f, a);
    a[0] += far * cosf(turn);
    a[1] = top;
    a[2] += far * sinf(turn);
    for (int i = 0; i < 7; i++) {
        float b[3] = {a[0] + any_of(sprout, -0.35f, 0.35f), a[1] - top / 7,
                      a[2] + any_of(sprout, -0.35f, 0.35f)};
        const float axis[3] = {any_of(sprout, -0.3f, 0.3f), -0.45f, any_of(sprout, -0.3f, 0.3f)};

        add_limb(sprout, a, b, radii, 0);
        if (i % 2)
            add_leaf(sprout, b, axis, PICTURE_LEAVES)->wide = 0.4f;
        memcpy(a, b, sizeof(a));
    }
}

static void grow_tree(struct sprout *sprout)
{
    const struct habit *habit = sprout->habit;

    sprout->height = any_of(sprout, habit->height_m[0], habit->height_m[1]);
    sprout->trunk_m = habit->girth * sprout->height * any_of(sprout, 0.75f, 1.25f);
    grow_trunk(sprout);
    grow_roots(sprout);
    grow_stubs(sprout);
    for (int i = 0; i < habit->boughs; i++)
        grow_bough(sprout, i);
    fill_crown(sprout);
    for (int i = 0; habit == &forest_habits[KIND_GIANT] && i < 5; i++)
        grow_liana(sprout);
    if (habit == &forest_habits[KIND_CANE] || habit->cone > 0.8f) { /* ends in a tip */
        const float up[3] = {0, habit == &forest_habits[KIND_CANE] ? 0.4f : 0.9f + habit->droop, 0};
        float top[3];

        trunk_at(sprout, 0.97f, top);
        bear(sprout, top, up, habit->leaf_m);
    }
}

/* A ring of leaves of two halves each, which arch outward. */
static void grow_fronds(struct sprout *sprout, float base_m, float length, int count)
{
    for (int i = 0; i < count; i++) {
        float turn = 6.2831853f * ((float)i + any_of(sprout, -0.3f, 0.3f)) / (float)count;
        float rise = any_of(sprout, 0.75f, 1.35f), size = length * any_of(sprout, 0.75f, 1.1f);
        float at[3] = {0.05f * cosf(turn), base_m, 0.05f * sinf(turn)};
        float axis[3] = {0.5f * size * cosf(turn), 0.5f * size * rise, 0.5f * size * sinf(turn)};
        struct forest_leaf *leaf = add_leaf(sprout, at, axis, PICTURE_FROND);

        leaf->wide = 0.36f * size;
        leaf->flat = 0.5f;
        leaf->open = 0.75f;
        for (int k = 0; k < 3; k++)
            at[k] += axis[k];
        axis[0] *= 1.25f;
        axis[1] *= any_of(sprout, -0.35f, 0.25f);
        axis[2] *= 1.25f;
        leaf = add_leaf(sprout, at, axis, PICTURE_FROND_TIP);
        leaf->wide = 0.36f * size;
        leaf->flat = 0.55f;
    }
}

/* Pictures that stand on the ground, turned every way. */
static void grow_tuft(struct sprout *sprout, enum forest_picture picture, int count, float tall)
{
    for (int i = 0; i < count; i++) {
        float turn = any_of(sprout, 0, 6.28f), far = any_of(sprout, 0, 0.45f) * tall;
        const float at[3] = {far * cosf(turn), -0.02f, far * sinf(turn)};
        const float axis[3] = {0.25f * tall * cosf(turn), tall * any_of(sprout, 0.7f, 1.1f),
                               0.25f * tall * sinf(turn)};
        int pick = picture == PICTURE_GRASS ? i % 2 : 0;
        struct forest_leaf *leaf =
            add_leaf(sprout, at, axis, (enum forest_picture)((int)picture + pick));

        leaf->wide = tall * any_of(sprout, 0.8f, 1.2f);
        leaf->open = 0.85f;
    }
}

/* Great leaves on stalks. */
static void grow_blades(struct sprout *sprout)
{
    for (int i = 0; i < 9; i++) {
        float turn = GOLDEN_ANGLE * (float)i, size = any_of(sprout, 0.7f, 1.5f);
        float rise = any_of(sprout, 0.8f, 2.0f), tall = any_of(sprout, 0.3f, 0.9f);
        const float foot[3] = {0, 0, 0}, radii[2] = {0.018f, 0.010f};
        const float top[3] = {0.4f * tall * cosf(turn), tall * rise, 0.4f * tall * sinf(turn)};
        const float axis[3] = {size * cosf(turn), size * any_of(sprout, -0.35f, 0.55f),
                               size * sinf(turn)};
        struct forest_leaf *leaf = add_leaf(sprout, top, axis, PICTURE_BLADE);

        leaf->wide = 0.55f * size;
        leaf->flat = 0.55f;
        add_limb(sprout, foot, top, radii, 0);
    }
}

static void grow_log(struct sprout *sprout)
{
    float length = any_of(sprout, 3.5f, 8.0f), r = any_of(sprout, 0.13f, 0.27f);
    float a[3] = {-0.5f * length, 0.8f * r, 0}, b[3] = {0, 0.75f * r, any_of(sprout, -0.2f, 0.2f)};
    const float c[3] = {0.5f * length, 0.6f * r, 0};
    const float thick[2] = {r, 0.88f * r}, thin[2] = {0.88f * r, 0.62f * r};

    add_limb(sprout, a, b, thick, 0);
    add_limb(sprout, b, c, thin, 0.5f * length);
    for (int i = 0; i < 4; i++) {
        float x = any_of(sprout, -0.4f, 0.5f) * length;
        const float from[3] = {x, r, 0}, stub[2] = {0.035f, 0.012f};
        const float to[3] = {x + any_of(sprout, 0.1f, 0.5f), r + any_of(sprout, 0.1f, 0.6f),
                             any_of(sprout, -0.5f, 0.5f)};

        add_limb(sprout, from, to, stub, 0);
    }
    sprout->height = 2 * r;
}

static void grow_kind(struct sprout *sprout, enum forest_kind kind)
{
    sprout->height = 1;
    switch (kind) {
    case KIND_FERN:
        grow_fronds(sprout, 0, any_of(sprout, 0.55f, 0.85f), 10);
        return;
    case KIND_TREE_FERN: {
        const float foot[3] = {0, -0.1f, 0}, top[3] = {0.1f, any_of(sprout, 1.6f, 3.4f), 0};
        const float radii[2] = {0.13f, 0.09f};

        add_limb(sprout, foot, top, radii, 0);
        grow_fronds(sprout, top[1], any_of(sprout, 2.0f, 2.8f), 12);
        sprout->height = top[1] + 1;
        return;
    }
    case KIND_GRASS:
        grow_tuft(sprout, PICTURE_GRASS, 5, any_of(sprout, 0.28f, 0.5f));
        return;
    case KIND_HERB:
        grow_tuft(sprout, PICTURE_HERB, 5, any_of(sprout, 0.2f, 0.38f));
        return;
    case KIND_FLOWER:
        grow_tuft(sprout, PICTURE_FLOWER, 4, any_of(sprout, 0.16f, 0.26f));
        return;
    case KIND_BLADES:
        grow_blades(sprout);
        return;
    case KIND_LOG:
        grow_log(sprout);
        return;
    case KIND_BEECH:
    case KIND_OAK:
    case KIND_BIRCH:
    case KIND_SPRUCE:
    case KIND_PINE:
    case KIND_GIANT:
    case KIND_CANE:
    case KIND_SAPLING:
    case KIND_YOUNG_SPRUCE:
    case KIND_SHRUB:
    case KIND_LONE_OAK:
    case KIND_BLOSSOM:
    case KIND_FRUIT:
    case KIND_OLIVE:
    case KIND_CYPRESS:
    case KIND_WILLOW:
    case KIND_ACACIA:
    case KIND_LONE_BIRCH:
    case KIND_LONE_PINE:
    case KIND_LONE_SPRUCE:
    case KIND_BUSH:
    case FOREST_KINDS:
        grow_tree(sprout);
        return;
    }
}

/* Leaves in an order in which the first few look like the whole. */
static void shuffle(struct sprout *sprout)
{
    for (int i = sprout->model->leaf_count - 1; i > 0; i--) {
        int j = (int)any_of(sprout, 0, (float)i + 0.99f);
        struct forest_leaf swap = sprout->leaves[i];

        sprout->leaves[i] = sprout->leaves[j];
        sprout->leaves[j] = swap;
    }
}

static void measure(struct forest_model *model)
{
    model->crown_m[0] = model->leaf_count ? 1e9f : 0;
    model->crown_m[1] = 0;
    for (int i = 0; i < model->leaf_count; i++) {
        const struct forest_leaf *leaf = &model->leaves[i];
        float x = leaf->at[0] + leaf->axis[0], z = leaf->at[2] + leaf->axis[2];

        model->radius_m = fmaxf(model->radius_m, sqrtf(x * x + z * z) + 0.3f * leaf->wide);
        model->crown_m[0] = fminf(model->crown_m[0], leaf->at[1]);
        model->crown_m[1] = fmaxf(model->crown_m[1], leaf->at[1] + fmaxf(leaf->axis[1], 0));
    }
    for (int i = 0; i < model->limb_count; i++) {
        const float *b = model->limbs[i].b;

        model->radius_m = fmaxf(model->radius_m, hypotf(b[0], b[2]) + model->limbs[i].rb);
        model->height_m = fmaxf(model->height_m, b[1]);
    }
    model->height_m = fmaxf(model->height_m, model->crown_m[1]);
}

static void *copy_of(const void *from, size_t bytes)
{
    void *copy = malloc(bytes + 1);

    if (!copy)
        abort();
    memcpy(copy, from, bytes);
    return copy;
}

int forest_grow(struct forest *forest, enum forest_kind kind, struct dice *dice)
{
    static const float reach_m[FOREST_KINDS] = {
        [KIND_FERN] = 34,   [KIND_TREE_FERN] = 60, [KIND_GRASS] = 30, [KIND_HERB] = 26,
        [KIND_FLOWER] = 24, [KIND_BLADES] = 45,    [KIND_LOG] = 60};
    struct forest_model *model = &forest->models[forest->model_count];
    struct sprout *sprout = NULL;

    if (forest->model_count == MODELS_MAX)
        return forest->model_count - 1;
    sprout = calloc(1, sizeof(*sprout));
    if (!sprout)
        abort();
    *model = (struct forest_model){.reach_m = reach_m[kind], .bark = BARK_SMOOTH};
    sprout->model = model;
    sprout->dice = dice;
    sprout->habit = &forest_habits[kind < KIND_FERN ? kind : KIND_BEECH];
    sprout->is_bare = forest->season == SEASON_WINTER && !sprout->habit->needles;
    if (kind < KIND_FERN) {
        model->reach_m = sprout->habit->reach_m;
        model->bark = sprout->habit->bark;
        model->is_tree = true;
    }
    if (kind == KIND_LOG || kind == KIND_TREE_FERN)
        model->bark = BARK_FURROWED;
    grow_kind(sprout, kind);
    shuffle(sprout);
    model->limbs = copy_of(sprout->limbs, (size_t)model->limb_count * sizeof(*model->limbs));
    model->leaves = copy_of(sprout->leaves, (size_t)model->leaf_count * sizeof(*model->leaves));
    measure(model);
    forest_color(forest, model, kind);
    free(sprout);
    return forest->model_count++;
}
