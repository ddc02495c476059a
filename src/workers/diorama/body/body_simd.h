/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body_simd: how far a place is from a body, and what its surface is there.
 *
 * Parts are looked at through a list of those that matter to a tile. Which ones do never depends
 * on the number of lanes.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_BODY_BODY_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_BODY_BODY_SIMD_H

#include <math.h>

#include "workers/diorama/body/body.h"
#include "workers/diorama/body/car_simd.h"
#include "workers/diorama/near_simd.h"

/* Distances to bodies may be too large: this share of one is free of them. */
#define BODY_CAUTION 0.85f

enum { BODY_SUN_STEPS = 10 };

struct part_list {
    int count;
    float near, far; /* distances from the eye between which its parts lie */
    short index[BODY_PARTS_MAX];
};

/* cos(8 angle) of a cosine. */
SIMD vf eightfold(vf cosine)
{
    for (int i = 0; i < 3; i++)
        cosine = 2.0f * cosine * cosine - 1.0f;
    return cosine;
}

/* The cloth hangs in eight panels between the ribs, which shorten it and scallop its rim. */
SIMD vf canopy_distance(const struct body_part *part, struct v3 q, vf *along)
{
    float tall = __builtin_sqrtf(1.0f / part->inverse), thin = 0.005f;
    vf down = (q.x * part->span[0] + q.y * part->span[1] + q.z * part->span[2]) / tall, u, rho, sag;
    vf edge, sheet, slope;

    q = mad3(q, splat3(part->span), down * (-1.0f / tall));
    rho = sqrt_v(dot3(q, q)) + 1e-5f;
    sag = 0.5f - 0.5f * eightfold(dot3(q, splat3(part->flat)) / rho);
    u = rho / (part->rb * (1.0f - 0.075f * sag));
    slope = u * (2.0f * tall / part->rb);
    sheet = abs_v(down - tall * u * u) / sqrt_v(1.0f + slope * slope) - thin;
    edge = (u - (1.0f - 0.05f * sag)) * (0.85f * part->rb);
    *along = saturate(u);
    return max_v(sheet, edge) * 0.9f;
}

SIMD vf capped_distance(const struct body_part *part, struct v3 q, vf *along)
{
    float tall = __builtin_sqrtf(1.0f / part->inverse), lean = (part->ra - part->rb) / tall;
    vf s = (q.x * part->span[0] + q.y * part->span[1] + q.z * part->span[2]) * part->inverse, rho;
    vf t = saturate(s), side, cap, out, h, r = part->ra + (part->rb - part->ra) * t;

    q = mad3(q, splat3(part->span), -s);
    out = dot3(q, splat3(part->flat));
    q = mad3(q, splat3(part->flat), out * part->flatness);
    rho = sqrt_v(dot3(q, q)) + 1e-5f;
    if (part->folds > 0)
        r += eightfold(dot3(q, splat3(part->flat)) / rho) * t * part->folds;
    q = mad3(q, splat3(part->flat), out * ((1.0f + part->flatness) * part->flatness));
    side = (rho - r) * rho / (sqrt_v(dot3(q, q)) * __builtin_sqrtf(1.0f + lean * lean) + 1e-5f);
    cap = (abs_v(s - 0.5f) - 0.5f) * tall;
    /* A rounded edge where both meet. */
    h = max_v(0.02f - abs_v(side - cap), splat(0));
    *along = t;
    return max_v(side, cap) + h * h * (0.25f / 0.02f);
}

SIMD vf part_distance(const struct body_part *part, struct v3 p, vf *along)
{
    struct v3 q = vec3(p.x - part->a[0], p.y - part->a[1], p.z - part->a[2]), slope;
    vf t, length;

    if (part->shape == SHAPE_CANOPY)
        return canopy_distance(part, q, along);
    if (part->shape == SHAPE_CAPPED)
        return capped_distance(part, q, along);
    if (part->flatness != 0)
        q = mad3(q, splat3(part->flat), dot3(q, splat3(part->flat)) * part->flatness);
    t = saturate((q.x * part->span[0] + q.y * part->span[1] + q.z * part->span[2]) * part->inverse);
    q = vec3(q.x - part->span[0] * t, q.y - part->span[1] * t, q.z - part->span[2] * t);
    *along = t;
    length = sqrt_v(dot3(q, q));
    t = part->ra + (part->rb - part->ra) * t;
    if (part->flatness == 0)
        return length - t;
    /* Distances across are stretched: divided by how fast this one changes. */
    slope = mad3(q, splat3(part->flat), dot3(q, splat3(part->flat)) * part->flatness);
    return (length - t) * (length + 1e-6f) / (sqrt_v(dot3(slope, slope)) + 1e-6f);
}

/* Joins a part to what its group has so far. */
SIMD vf join_part(const struct body_part *part, vf nearest, vf d)
{
    vf h;

    if (part->mode == PART_CARVE) {
        h = max_v(part->blend - abs_v(nearest + d), splat(0));
        return max_v(nearest, -d) + h * h * (0.25f / (part->blend + 1e-6f));
    }
    h = max_v(part->blend - abs_v(nearest - d), splat(0));
    return min_v(nearest, d) - h * h * (0.25f / (part->blend + 1e-6f));
}

SIMD vf body_distance(const struct body *body, const struct part_list *list, struct v3 p)
{
    vf whole = splat(1e3f), nearest = splat(1e3f), along;
    int group = 0;

    if (body->is_car)
        return car_distance(&body->car, p) * 0.9f;
    for (int i = 0; i < list->count; i++) {
        const struct body_part *part = &body->parts[list->index[i]];

        if (part->mode == PART_PAINT)
            continue;
        if (part->group != group) {
            whole = min_v(whole, nearest);
            nearest = splat(1e3f);
            group = part->group;
        }
        nearest = join_part(part, nearest, part_distance(part, p, &along));
    }
    return min_v(whole, nearest);
}

/* Lists the parts near the cone of rays through a tile. */
SIMD void list_parts(const struct body *body, const float eye[3], const float dir[3], float spread,
                     struct part_list *list)
{
    *list = (struct part_list){.count = body->is_car, .near = 1e9f};
    if (body->is_car) {
        float square = 0;

        for (int k = 0; k < 3; k++)
            square += (body->middle[k] - eye[k]) * (body->middle[k] - eye[k]);
        list->near = sqrtf(square) - body->radius;
        list->far = sqrtf(square) + body->radius;
    }
    for (int i = 0; i < body->count && !body->is_car; i++) {
        const struct body_part *part = &body->parts[i];
        float to[3], along = 0, square = 0, reach, distance;

        for (int k = 0; k < 3; k++) {
            to[k] = part->middle[k] - eye[k];
            along += to[k] * dir[k];
        }
        for (int k = 0; k < 3; k++)
            square += (to[k] - along * dir[k]) * (to[k] - along * dir[k]);
        reach = part->reach + body->hair_m + fmaxf(along, 0) * spread;
        if (square >= reach * reach)
            continue;
        list->index[list->count++] = (short)i;
        if (part->mode != PART_SOLID)
            continue;
        distance = sqrtf(square + along * along);
        list->near = fminf(list->near, distance - part->reach);
        list->far = fmaxf(list->far, distance + part->reach);
    }
}

/* A ball around places: those of a tile that meet something. */
struct spot {
    struct v3 low, high;
};

SIMD void spot_add(struct spot *spot, struct v3 p, vi which)
{
    spot->low = choose3(
        which, vec3(min_v(spot->low.x, p.x), min_v(spot->low.y, p.y), min_v(spot->low.z, p.z)),
        spot->low);
    spot->high = choose3(
        which, vec3(max_v(spot->high.x, p.x), max_v(spot->high.y, p.y), max_v(spot->high.z, p.z)),
        spot->high);
}

SIMD void spot_ball(const struct spot *spot, float middle[3], float *radius)
{
    const vf *low[3] = {&spot->low.x, &spot->low.y, &spot->low.z};
    const vf *high[3] = {&spot->high.x, &spot->high.y, &spot->high.z};
    float square = 0;

    for (int k = 0; k < 3; k++) {
        float least = (*low[k])[0], most = (*high[k])[0];

        for (int lane = 1; lane < VW; lane++) {
            least = fminf(least, (*low[k])[lane]);
            most = fmaxf(most, (*high[k])[lane]);
        }
        middle[k] = 0.5f * (least + most);
        square += 0.25f * (most - least) * (most - least);
    }
    *radius = sqrtf(square);
}

/* Lists the parts that may stand between a spot and the sun, or are as near to it as `near`.
 * Without a sun only the latter. */
SIMD void list_about(const struct body *body, const struct spot *spot, const float sun[3],
                     float near, struct part_list *list)
{
    float middle[3], radius = 0;

    *list = (struct part_list){.count = body->is_car};
    if (body->is_car)
        return;
    spot_ball(spot, middle, &radius);
    for (int i = 0; i < body->count; i++) {
        const struct body_part *part = &body->parts[i];
        float along = 0, square = 0, reach;

        if (part->mode == PART_PAINT)
            continue;
        for (int k = 0; k < 3; k++) {
            along += sun ? (part->middle[k] - middle[k]) * sun[k] : 0;
            square += (part->middle[k] - middle[k]) * (part->middle[k] - middle[k]);
        }
        reach = part->reach + radius + 0.12f * fmaxf(along, 0);
        if (square < (part->reach + radius + near) * (part->reach + radius + near) ||
            (sun && along > -reach && square - along * along < reach * reach))
            list->index[list->count++] = (short)i;
    }
}

/* How much of the sun gets past the body to a place, 0 to 1, with a soft edge. */
SIMD vf sun_past(const struct body *body, const struct part_list *all, struct v3 p,
                 const float sun[3])
{
    float top = body->middle[1] + body->radius;
    vf far = splat(0.03f * body->radius), seen = splat(1);
    vi active = p.y < top;

    for (int i = 0; i < BODY_SUN_STEPS && any(active); i++) {
        vf d = body_distance(body, all, mad3(p, splat3(sun), far));

        seen = choose(active, min_v(seen, d * 9.0f / far + 0.15f), seen);
        far += max_v(d * 0.9f, splat(0.05f * body->radius));
        active &= (seen > 0.0f) & (p.y + far * sun[1] < top);
    }
    return saturate(seen);
}

/* What the surface is at a place: mixed of the parts that meet there. */
struct skin {
    struct v3 color, under;
    struct v3 own; /* the place as the main part has it, so that its pattern moves along */
    struct v3 lay; /* the way that hair lies: along the parts */
    vf round;      /* radius of the main part */
    vf most;       /* weight of that part */
    vf grain;      /* size of a sample there */
    vf stripes, offset, gloss, glow, fur, flesh, cloth, thin;
};

/* How near each part of a list is, and the group that the surface at a place is of. */
SIMD vi group_at(const struct body *body, const struct part_list *list, struct v3 p, vf *apart)
{
    vf best = splat(1e9f), nearest = splat(1e3f), along;
    vi winner = splat_int(-1);
    int group = -1;

    for (int i = 0; i < list->count; i++) {
        const struct body_part *part = &body->parts[list->index[i]];

        apart[i] = part_distance(part, p, &along);
        if (part->group != group) {
            winner = ((nearest < best) & group) | (~(nearest < best) & winner);
            best = min_v(best, nearest);
            nearest = splat(1e3f);
            group = part->group;
        }
        if (part->mode != PART_PAINT)
            nearest = join_part(part, nearest, apart[i]);
    }
    return ((nearest < best) & group) | (~(nearest < best) & winner);
}

SIMD void add_to_skin(const struct body_part *part, struct v3 p, vf weight, struct skin *skin)
{
    vi is_main = (weight > skin->most) & (part->mode == PART_SOLID ? -1 : 0);
    vf along;

    skin->color = mad3(skin->color, splat3(part->color), weight);
    skin->under = mad3(skin->under, splat3(part->under), weight);
    skin->gloss += weight * (part->stuff == STUFF_GLOSS ? 1.0f : 0.0f);
    skin->glow += weight * (part->stuff == STUFF_GLOW ? 1.0f : 0.0f);
    skin->fur += weight * (part->stuff == STUFF_FUR ? 1.0f : 0.0f);
    skin->flesh += weight * (part->stuff == STUFF_SKIN ? 1.0f : 0.0f);
    skin->cloth += weight * (part->stuff == STUFF_CLOTH ? 1.0f : 0.0f);
    skin->thin += weight * (part->stuff == STUFF_THIN ? 1.0f : 0.0f);
    skin->own = choose3(is_main, vec3(p.x - part->own[0], p.y - part->own[1], p.z - part->own[2]),
                        skin->own);
    skin->round = choose(is_main, splat(fmaxf(part->ra, part->rb)), skin->round);
    if (part->stuff == STUFF_FUR && part->mode == PART_SOLID) {
        vf to = dot3(skin->lay, splat3(part->span));

        to = choose(to < 0.0f, -weight, weight) * __builtin_sqrtf(part->inverse);
        skin->lay = mad3(skin->lay, splat3(part->span), to);
    }
    skin->most = choose(is_main, weight, skin->most);
    if (part->stripes <= 0)
        return;
    part_distance(part, p, &along);
    skin->stripes += weight * part->stripes;
    skin->offset =
        choose(is_main, part->offset + along * __builtin_sqrtf(1.0f / part->inverse), skin->offset);
}

SIMD void scale_skin(struct skin *skin, vf by)
{
    skin->color = scale3(skin->color, by);
    skin->under = scale3(skin->under, by);
    skin->stripes *= by;
    skin->gloss *= by;
    skin->glow *= by;
    skin->fur *= by;
    skin->flesh *= by;
    skin->cloth *= by;
    skin->thin *= by;
}

SIMD void look_up_skin(const struct body *body, const struct part_list *list, struct v3 p,
                       struct skin *skin)
{
    vf total = splat(1e-6f), nearest = splat(1e3f), apart[BODY_PARTS_MAX];
    vi group = group_at(body, list, p, apart);

    memset(skin, 0, sizeof(*skin));
    for (int i = 0; i < list->count; i++) {
        const struct body_part *part = &body->parts[list->index[i]];

        if (part->mode == PART_SOLID)
            nearest = choose(group == part->group, min_v(nearest, apart[i]), nearest);
    }
    for (int i = 0; i < list->count; i++) {
        const struct body_part *part = &body->parts[list->index[i]];
        float wide = 0.30f * part->blend + 0.0012f;
        vf weight = max_v(1.0f - (apart[i] - nearest) * (1.0f / wide), splat(0));

        weight = choose(group == part->group, weight * weight, splat(0));
        if (part->mode != PART_SOLID || !any(weight > 0.0f))
            continue;
        total += weight;
        add_to_skin(part, p, weight, skin);
    }
    scale_skin(skin, 1.0f / total);
    for (int i = 0; i < list->count; i++) {
        const struct body_part *part = &body->parts[list->index[i]];
        vf weight;

        if (part->mode != PART_PAINT)
            continue;
        weight = saturate(0.5f - apart[i] * (1.0f / (part->blend + 1e-4f)));
        weight = choose(group == part->group, weight, splat(0));
        if (!any(weight > 0.0f))
            continue;
        scale_skin(skin, 1.0f - weight);
        add_to_skin(part, p, weight, skin);
    }
}

#endif
