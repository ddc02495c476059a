/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skyline_simd: what a city looks like from the height of its roofs: glass that mirrors the sky,
 * roofs with gardens, haze that lies between the towers, streets and a river far below.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_TOWN_SKYLINE_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_TOWN_SKYLINE_SIMD_H

#include "workers/diorama/town/solid_trace_simd.h"
#include "workers/diorama/town/town_simd.h"

#define HAZE_HEIGHT_M 95.0f /* over which the haze of a city thins to a third */
#define SHADOW_CELL_M 34.0f

/* A face: where on it, and which way it looks. */
struct aspect {
    struct facade at;
    struct v3 normal, place;
};

/* Light of the haze in a direction: it glows about the sun. */
SIMD struct v3 haze_light(const struct frame *frame, const struct town *town, struct v3 dir)
{
    const struct sky *sky = &frame->world->sky;
    vf mu = max_v(dot3(dir, splat3(sky->sun)), splat(0)), wide = mu * mu, near;

    wide = wide * wide;
    near = wide * wide;
    near = near * near * near;
    return mad3(splat3(town->fog_color), splat3(sky->sun_color),
                (0.013f * wide + 0.055f * near) * (1.0f - 0.8f * town->night));
}

/* Haze between the eye and what is seen: dense over the streets, thin over the roofs. */
SIMD struct v3 skyline_air(const struct frame *frame, const struct town *town,
                           const struct ray *ray, vf distance, struct v3 light)
{
    struct v3 dir = scale3(ray->dir, 1.0f / ray->length);
    vf fall = distance * dir.y * (1.0f / HAZE_HEIGHT_M), mean, through;

    fall = clamp_v(choose(abs_v(fall) < 1e-3f, splat(1e-3f), fall), -8.0f, 60.0f);
    mean = (1.0f - exp_v(-fall)) / fall;
    mean *= __builtin_expf(-__builtin_fmaxf(ray->eye[1], 0) * (1.0f / HAZE_HEIGHT_M));
    through = exp_v(distance * -town->fog_per_m * (0.45f + 2.4f * mean));
    return lerp3(haze_light(frame, town, dir), light, through);
}

/* How high the shadow of the houses toward the sun reaches: theirs, drawn out along its rays. */
SIMD vf shadow_top(const struct town *town, const struct sky *sky, struct v3 place)
{
    vf q = (place.x * sky->sun[2] - place.z * sky->sun[0]) * (1.0f / SHADOW_CELL_M);
    vf cell = floor_v(q), tall = hash_v(to_int(cell), splat_int(17));

    return town->shade_m * (0.45f + 1.1f * tall * tall);
}

SIMD struct v3 skyline_light(const struct frame *frame, const struct town *town,
                             const struct aspect *aspect)
{
    const struct sky *sky = &frame->world->sky;
    struct v3 normal = aspect->normal, ambient, light;
    vf facing = max_v(dot3(normal, splat3(sky->sun)), splat(0)), up = 0.55f + 0.45f * normal.y;
    vf toward = normal.x * sky->sun[0] + normal.z * sky->sun[2], top, sun;
    vf open = 0.26f + 0.74f * smooth_v(0.0f, 110.0f, aspect->place.y), deep;

    ambient = lerp3(splat3(sky->ambient_away), splat3(sky->ambient_sun), 0.5f + 0.5f * toward);
    top = shadow_top(town, sky, aspect->place);
    sun = facing * 0.318f * saturate((aspect->place.y - top) * (1.0f / 14.0f) + 0.5f);
    light = mad3(scale3(ambient, open * up), splat3(sky->sun_color), sun);
    /* Streets shine up the walls at night. */
    deep = exp_v(aspect->place.y * (-1.0f / 38.0f)) * (1.0f - 0.6f * abs_v(normal.y));
    return mad3(light, color(0.95f, 0.60f, 0.34f), (0.05f + 0.50f * deep) * town->night);
}

/* The other towers as glass shows them, low in it: a skyline by direction. */
SIMD vf mirrored_city(struct v3 dir, vf high)
{
    vf way = dir.x / (abs_v(dir.x) + abs_v(dir.z) + 1e-3f) * 23.0f + mask_v(dir.z > 0.0f) * 40.0f;
    vf cell = floor_v(way), tall = hash_v(to_int(cell), splat_int(5));

    tall = (0.03f + 0.42f * tall * tall) * (1.0f - 0.75f * smooth_v(60.0f, 260.0f, high));
    return smooth_v(-0.02f, 0.02f, dir.y - tall);
}

/* What glass mirrors: sky, the sun itself, and the city before it. */
SIMD struct v3 glass_mirror(const struct frame *frame, const struct town *town, struct v3 dir,
                            const struct aspect *aspect, struct v3 light)
{
    const struct sky *sky = &frame->world->sky;
    vf mu = max_v(dot3(dir, splat3(sky->sun)), splat(0)), tight, open;
    struct v3 city = mad3(scale3(splat3(town->fog_color), splat(0.55f)), light, splat(0.10f));
    struct v3 high = lerp3(sky_radiance(sky, vec3(dir.x, max_v(dir.y, splat(0.01f)), dir.z)),
                           splat3(frame->world->air.veil_color), splat(frame->world->air.veil));

    open = mirrored_city(dir, aspect->place.y);
    tight = mu * mu;
    tight = tight * tight;
    tight = tight * tight;
    tight = tight * tight; /* 16 */
    tight = tight * tight * tight;
    high = mad3(high, splat3(sky->sun_color),
                (0.05f * tight + 0.30f * tight * tight * tight * tight) * (1.0f - town->night) *
                    (1.0f - frame->world->air.veil));
    return lerp3(city, high, open);
}

/* Gravel and plant, gardens between paths, or a lit pool, by the house. */
SIMD void roof_paint(const struct town *town, const struct town_box *box, const struct aspect *on,
                     struct paint *paint)
{
    vf x = on->place.x, z = on->place.z, rim, patch, green;
    float salt = (float)(box->salt & 511);

    rim = min_v(min_v(x - box->low[0], box->high[0] - x), min_v(z - box->low[2], box->high[2] - z));
    patch = noise_v(x * 0.13f + salt, z * 0.13f);
    green =
        mask_v(splat((float)(box->salt & 3)) < (box->style == TOWN_STYLE_MASONRY ? 1.0f : 3.0f));
    green *= smooth_v(0.42f, 0.50f, patch) * mask_v(rim > 2.5f);
    paint->albedo = scale3(color(0.20f, 0.19f, 0.18f), 0.6f + 0.5f * noise_v(x * 0.6f, z * 0.6f));
    paint->albedo = lerp3(
        paint->albedo, scale3(color(0.055f, 0.115f, 0.030f), 0.55f + 0.9f * noise_v(x, z)), green);
    paint->albedo = lerp3(paint->albedo, color(0.30f, 0.29f, 0.28f), mask_v(rim < 1.0f));
    if (box->style != TOWN_STYLE_MASONRY)
        paint->glow = scale3(splat3(box->glow),
                             mask_v((rim > 1.2f) & (rim < 2.0f)) * (0.10f + 0.5f * town->night));
}

/* How a tower's front is divided, by its style: posts and bands are 1, glass 0. */
SIMD vf front_frame(const struct town_box *box, vf fu, vf fv, const struct facade *at)
{
    float wide = box->bay_m, tall = box->floor_m;
    vf post = edge_v(0.09f - fu * wide, at->grain), band = edge_v(0.5f - fv * tall, at->grain);

    switch (box->style) {
    case TOWN_STYLE_BANDS:
        return max_v(post * 0.5f, edge_v(1.25f - fv * tall, at->grain));
    case TOWN_STYLE_FINS:
        return max_v(edge_v(0.55f - fu * wide, at->grain), band * 0.6f);
    case TOWN_STYLE_MESH: {
        vf a = abs_v(fract_v((at->u + at->v) * (1.0f / 18.0f)) - 0.5f) * 18.0f;
        vf b = abs_v(fract_v((at->u - at->v) * (1.0f / 18.0f)) - 0.5f) * 18.0f;

        return max_v(edge_v(0.55f - min_v(a, b), at->grain), max_v(post, band) * 0.45f);
    }
    case TOWN_STYLE_MASONRY:
    case TOWN_STYLE_PANES:
    default:
        return max_v(post * 0.8f, band * 0.55f);
    }
}

/* A front of glass: panes, posts and bands, rooms lit floor by floor, light along its edges. */
SIMD void glass_paint(const struct town *town, const struct town_box *box, const struct facade *at,
                      struct paint *paint)
{
    vf u = at->u * (1.0f / box->bay_m), v = at->v * (1.0f / box->floor_m), cu = floor_v(u);
    vf cv = floor_v(v), far = smooth_v(0.35f, 1.1f, at->grain * (1.0f / box->bay_m)), lit, warm;
    vi iu = to_int(cu) + box->salt, iv = to_int(cv) + box->salt * 3;
    vf bars = front_frame(box, u - cu, v - cv, at), each = hash_v(iu, iv), edge, storey;
    vf suite = hash_v(to_int(floor_v(cu * 0.34f)) + box->salt, iv);

    storey = hash_v(iv, splat_int(box->salt + 7));
    lit = mask_v(0.5f * suite + 0.5f * each < box->lit * (0.4f + 1.2f * storey * storey));
    lit = lerp_v(lit, splat(0.55f * box->lit), far) * (1.0f - bars) * town->window_glow;
    /* Ceilings are bright, and floors below the sills dark. */
    lit *= (0.30f + 0.45f * lerp_v(v - cv, splat(0.5f), far)) * (0.35f + 0.9f * each);
    warm = smooth_v(0.45f, 0.75f, hash_v(iv + 3, splat_int(box->salt)) * 0.6f + 0.4f * suite);
    paint->albedo =
        lerp3(scale3(color(0.020f, 0.027f, 0.034f), 0.7f + 0.6f * each), splat3(box->color), bars);
    paint->glow = scale3(lerp3(color(1.0f, 0.66f, 0.36f), color(0.80f, 0.90f, 1.0f), warm), lit);
    edge = min_v(at->u, at->wide - at->u);
    edge = edge_v(0.3f - edge, at->grain) * mask_v(splat(box->glow[0] + box->glow[2]) > 0.0f);
    paint->glow = mad3(paint->glow, splat3(box->glow), edge);
    paint->gloss = 1.0f - 0.85f * bars;
}

/* Of a side or the mantle of a solid. */
SIMD void aspect_of_side(const struct town_solid *solid, int face, struct aspect *on)
{
    vf x = on->place.x - solid->middle[0], z = on->place.z - solid->middle[1], out;
    float lean = 1.0f / __builtin_sqrtf(1.0f + solid->taper * solid->taper);

    if (face == FACE_ROUND) {
        out = 1.0f / sqrt_v(x * x + z * z + 1e-6f);
        on->normal = vec3(x * out, splat(solid->taper), z * out);
        on->at.wide = 6.2831853f * solid->reach_m;
        on->at.u = angle_v(x, z) * solid->reach_m + 0.5f * on->at.wide;
    } else {
        const float *normal = solid->normal[face - FACE_SIDES];

        on->normal = vec3(splat(normal[0]), splat(solid->taper), splat(normal[1]));
        on->at.wide = 2.0f * solid->reach_m * solid->half_side;
        on->at.u = z * normal[0] - x * normal[1] + 0.5f * on->at.wide;
    }
    on->normal = scale3(on->normal, splat(lean));
}

/* What is left of an aspect whose place is set, and whose grain is that of a wall straight on. */
SIMD void aspect_of(const struct town *town, const struct town_box *box, int face,
                    const struct ray *ray, struct aspect *on)
{
    struct facade *at = &on->at;
    vf along, into;

    at->v = on->place.y - box->low[1];
    at->tall = box->high[1] - box->low[1];
    if (face >= FACE_ROUND) {
        aspect_of_side(&town->solids[box->solid], face, on);
        along = ray->dir.z * on->normal.x - ray->dir.x * on->normal.z;
    } else {
        bool is_front = face != 0;
        vf way = face == 0 ? ray->dir.x : face == FACE_LEVEL ? ray->dir.y : ray->dir.z;
        vf turn = choose(way > 0.0f, splat(-1), splat(1)), none = splat(0);

        on->normal = face == 0            ? vec3(turn, none, none)
                     : face == FACE_LEVEL ? vec3(none, turn, none)
                                          : vec3(none, none, turn);
        at->u = is_front ? on->place.x - box->low[0] : on->place.z - box->low[2];
        at->wide = is_front ? box->high[0] - box->low[0] : box->high[2] - box->low[2];
        along = is_front ? ray->dir.x : ray->dir.z;
    }
    into = 1.0f / max_v(abs_v(dot3(ray->dir, on->normal)), splat(1e-3f));
    at->du = clamp_v(along * into, -20.0f, 20.0f);
    at->dv = clamp_v(ray->dir.y * into, -20.0f, 20.0f);
    at->grain *= min_v(0.6f + 0.25f * ray->length * into, splat(6.0f));
}

/* Light of a face of what stands in a skyline, along the rays that hit it. */
SIMD struct v3 shade_skyline(const struct frame *frame, const struct town *town,
                             const struct town_box *box, int face, const struct ray *ray, vf depth)
{
    struct paint paint = {splat3(box->color), color(0, 0, 0), splat(0)};
    struct aspect on;
    struct v3 light, seen;

    if (box->kind == TOWN_LAMP)
        return splat3(box->glow);
    on.place = ray_at(ray, depth);
    on.at.grain = depth * frame->view.pixel;
    aspect_of(town, box, face, ray, &on);
    if (face == FACE_LEVEL)
        roof_paint(town, box, &on, &paint);
    else if (box->kind == TOWN_TOWER)
        glass_paint(town, box, &on.at, &paint);
    else if (box->kind == TOWN_HOUSE) {
        paint.albedo = wall_color(box, &on.at);
        window_paint(town, box, &on.at, &paint);
    }
    if (town->snow && face == FACE_LEVEL)
        paint.albedo = color(0.80f, 0.83f, 0.88f);
    light = skyline_light(frame, town, &on);
    seen = mad3(mul3(paint.albedo, light), paint.glow, splat(1));
    if (any(paint.gloss > 0.0f)) {
        struct v3 dir = scale3(ray->dir, 1.0f / ray->length);
        vf facing = dot3(dir, on.normal), fresnel = 1.0f - abs_v(facing);

        fresnel *= fresnel;
        fresnel *= fresnel * (1.0f - abs_v(facing));
        fresnel = (box->kind == TOWN_TOWER ? 0.34f : 0.08f) +
                  (box->kind == TOWN_TOWER ? 0.60f : 0.70f) * fresnel;
        dir = mad3(dir, on.normal, -2.0f * facing);
        seen = lerp3(seen, glass_mirror(frame, town, dir, &on, light), fresnel * paint.gloss);
    }
    return seen;
}

/* How far from the bank of the river, in meters; above 0 on the water. */
SIMD vf river_inside(const struct town *town, struct v3 place)
{
    vf bend = sin_v(fract_v(place.z * TOWN_RIVER_TURNS_PER_M + town->river_phase) * 6.2831853f -
                    3.1415927f);

    return town->river_m - abs_v(place.x - TOWN_RIVER_BEND_M * bend);
}

/* Water between the banks: sky, the sun's glitter, and the lights of both sides drawn out. */
SIMD struct v3 river_water(const struct frame *frame, const struct town *town,
                           const struct ray *ray, struct v3 place, vf depth)
{
    const struct tile *detail = &frame->world->detail;
    struct v3 dir = scale3(ray->dir, 1.0f / ray->length), seen, city;
    struct aspect on = {.place = vec3(place.x, splat(40), place.z)};
    vf fresnel = 1.0f + dir.y, streak, slope;
    struct quad quad;
    float t = frame->wave_time_s;

    tile_quad(detail, place.x * 3.0f + 1.5f * t, place.z * 3.0f + 2.0f * t,
              tile_level(detail, depth * frame->view.pixel * 9.0f), &quad);
    slope = 0.0011f / (1.0f + depth * (1.0f / 500.0f));
    on.normal = unit3(vec3((quad_byte(&quad, 1) - 128.0f) * slope, splat(1),
                           (quad_byte(&quad, 2) - 128.0f) * slope));
    fresnel *= fresnel;
    fresnel = 0.03f + 0.90f * fresnel * fresnel;
    dir = mad3(dir, on.normal, -2.0f * dot3(dir, on.normal));
    dir.y = abs_v(dir.y);
    streak = hash_v(to_int(floor_v(angle_v(dir.x, dir.z) * 90.0f)), splat_int(3));
    city =
        scale3(lerp3(color(1.0f, 0.60f, 0.30f), color(0.35f, 0.75f, 1.0f), mask_v(streak > 0.9f)),
               0.35f * town->night * smooth_v(0.72f, 0.95f, streak) *
                   (1.0f - smooth_v(0.05f, 0.5f, dir.y)));
    seen = glass_mirror(frame, town, dir, &on, color(0.1f, 0.1f, 0.1f));
    seen = add3(seen, city);
    return lerp3(scale3(splat3(town->fog_color), splat(0.05f)), seen, fresnel);
}

/* A bay before the city, which mirrors it: waves draw the picture out, up and down. */
SIMD struct v3 bay_water(const struct frame *frame, const struct town *town,
                         const struct mirror *mirror, const struct ray *ray, struct v3 place,
                         vf depth)
{
    const struct view *view = &frame->view;
    const struct canvas *canvas = &mirror->canvas;
    const struct tile *detail = &frame->world->detail;
    vf fresnel = 1.0f + ray->dir.y / ray->length, ahead, side, across, x, y, fine;
    struct v3 seen;
    struct quad quad;
    float t = frame->wave_time_s;

    tile_quad(detail, place.x * 2.1f + 1.1f * t, place.z * 2.1f - 1.7f * t,
              tile_level(detail, depth * view->pixel * 5.0f), &quad);
    ahead = (quad_byte(&quad, 2) - 128.0f) * 0.00065f;
    side = (quad_byte(&quad, 1) - 128.0f) * 0.00012f;
    tile_quad(detail, place.x * 0.33f - 0.5f * t, place.z * 0.33f - 0.4f * t,
              tile_level(detail, depth * view->pixel), &quad);
    ahead += (quad_byte(&quad, 2) - 128.0f) * 0.00050f;
    across = ray->dir.x * view->right[0] + ray->dir.z * view->right[1] + side;
    x = across * (1.0f / canvas->pixel[0]) + (0.5f * (float)canvas->width - 0.5f);
    y = (0.5f * (float)canvas->height - 0.5f) -
        (ray->dir.y - abs_v(ahead) - view->shift) * (1.0f / canvas->pixel[1]);
    fine = smooth_v(60.0f, 420.0f, depth);
    seen = lerp3(mirror_read(mirror, canvas->plane, x, y), mirror_read(mirror, mirror->mixed, x, y),
                 0.35f + 0.25f * fine);
    fresnel *= fresnel;
    fresnel = 0.04f + 0.86f * fresnel * fresnel;
    return lerp3(scale3(splat3(town->fog_color), splat(0.10f)), seen, fresnel);
}

/* Streets deep between the blocks: dark by day, rivers of light by night; banks; water. */
SIMD struct v3 skyline_ground(const struct frame *frame, const struct town *town,
                              const struct mirror *mirror, const struct ray *ray, vf depth)
{
    struct aspect on = {.normal = color(0, 1, 0), .place = ray_at(ray, depth)};
    struct v3 place = on.place, light, albedo;
    vf x = fract_v((place.x + 1600.0f) * (1.0f / 80.0f)) * 80.0f,
       z = fract_v((place.z - 90.0f) * (1.0f / 80.0f)) * 80.0f;
    vf street = max_v(mask_v(x > 62.0f), mask_v(z > 62.0f)), inside = splat(-1e6f), bank;
    vf along = choose(x > 62.0f, place.z, place.x), lane = choose(x > 62.0f, x, z) - 71.0f;
    vf car = fract_v(along * 0.05f -
                     frame->clip_time_s * choose(lane > 0.0f, splat(0.5f), splat(-0.5f)));
    vf off = abs_v(lane) - 4.0f;
    vf shine = street * (0.05f + 0.75f * smooth_v(0.55f, 0.9f, car) * exp_v(off * off * -0.25f)) *
               town->night;

    if (town->river_m > 0)
        inside = river_inside(town, place);
    bank = smooth_v(-44.0f, -36.0f, inside);
    albedo = scale3(color(0.10f, 0.10f, 0.10f), 1.0f - 0.5f * street);
    albedo = lerp3(
        albedo,
        scale3(color(0.045f, 0.085f, 0.028f), 0.5f + noise_v(place.x * 0.16f, place.z * 0.16f)),
        bank);
    albedo = lerp3(albedo, color(0.26f, 0.25f, 0.23f),
                   max_v(edge_v(3.0f + min_v(inside, -inside), splat(0.5f)),
                         edge_v(2.0f - abs_v(inside + 22.0f), splat(0.5f))));
    light = mul3(albedo, skyline_light(frame, town, &on));
    light = mad3(light,
                 lerp3(color(1.0f, 0.55f, 0.22f), color(1.0f, 0.20f, 0.10f), mask_v(lane > 0.0f)),
                 shine * (1.0f - bank));
    light = mad3(light, color(1.0f, 0.72f, 0.42f),
                 (0.06f + 0.30f * town->night) * edge_v(0.6f - abs_v(inside + 1.2f), splat(0.6f)));
    if (any(inside > 0.0f))
        light = choose3(inside > 0.0f, river_water(frame, town, ray, place, depth), light);
    if (mirror && any(place.z < town->bay_m))
        light = choose3(place.z < town->bay_m, bay_water(frame, town, mirror, ray, place, depth),
                        light);
    return light;
}

#endif
