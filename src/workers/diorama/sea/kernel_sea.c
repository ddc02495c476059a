/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels that settle the waves of an ocean, and draw it. */
#include <math.h>

#include "workers/diorama/kernel_table.h"
#include "workers/diorama/land/walk_simd.h"
#include "workers/diorama/sea/sea_simd.h"

#define FAR_OFF 1e9f

enum { SETTLE_ROUNDS = 4, MARCH_STEPS = 6000 };

/* Between the four values around a place in cells of a band's own grid. */
struct between {
    vi at[4];
    vf u, v;
};

SIMD void between_begin(vf x, vf z, struct between *between)
{
    const int mask = OCEAN_SIDE - 1;
    vf fx = floor_v(x), fz = floor_v(z);
    vi ix = to_int(fx) & mask, iz = (to_int(fz) & mask) << OCEAN_LOG2;
    vi jx = (ix + 1) & mask, jz = ((to_int(fz) + 1) & mask) << OCEAN_LOG2;

    between->u = x - fx;
    between->v = z - fz;
    between->at[0] = iz | ix;
    between->at[1] = iz | jx;
    between->at[2] = jz | ix;
    between->at[3] = jz | jx;
}

SIMD vf between_of(const struct between *b, const float *from)
{
    return lerp_v(lerp_v(gather(from, b->at[0]), gather(from, b->at[1]), b->u),
                  lerp_v(gather(from, b->at[2]), gather(from, b->at[3]), b->u), b->v);
}

/* Finds the water that has been shifted to each place of a row. */
void KERNEL(ocean_settle_row)(struct ocean_band *band, int row)
{
    float per_m = (float)OCEAN_SIDE / band->size_m;

    for (int column = 0; column < OCEAN_SIDE; column += VW) {
        size_t at = (size_t)row * OCEAN_SIDE + (size_t)column;
        vf x = lane_index() + (float)column, z = splat((float)row), dx, dz, fresh, stale;
        vf px = x, pz = z;
        struct between between;
        vi cells;

        for (int i = 0; i < SETTLE_ROUNDS; i++) {
            between_begin(px, pz, &between);
            dx = between_of(&between, band->shift[0]);
            dz = between_of(&between, band->shift[1]);
            px = lerp_v(px, x - dx * per_m, splat(i ? 0.75f : 1.0f));
            pz = lerp_v(pz, z - dz * per_m, splat(i ? 0.75f : 1.0f));
        }
        between_begin(px, pz, &between);
        store(band->level + at, between_of(&between, band->height));
        store(band->drift[0] + at, (x - px) * (1.0f / per_m));
        store(band->drift[1] + at, (z - pz) * (1.0f / per_m));
        fresh = between_of(&between, band->fresh);
        stale = between_of(&between, band->stale);
        cells = to_int(fresh * 255.0f) | (to_int(stale * 255.0f) << 16);
        memcpy(band->foam_cells + at, &cells, sizeof(cells));
    }
}

/* The vertical plane of each lane's column of samples. */
struct lane {
    vf x, z; /* world step per unit of depth */
    vf flat; /* its length */
};

SIMD void lane_begin(const struct frame *frame, int group, struct lane *lane)
{
    const struct view *view = &frame->view;
    float pixel = view->pixel * (float)frame->out_width / (float)frame->width;
    vf x = lane_index() + (float)(group * VW);
    vf across = (x + (0.5f - 0.5f * (float)frame->width)) * pixel;

    lane->x = view->forward[0] + across * view->right[0];
    lane->z = view->forward[1] + across * view->right[1];
    lane->flat = sqrt_v(lane->x * lane->x + lane->z * lane->z);
}

/* Depths of a group of columns, from the bottom up; they hold a miss everywhere. */
SIMD void walk_columns(const struct frame *frame, const struct lane *lane, float *depths)
{
    const struct ocean *ocean = &frame->sea->ocean;
    const float *eye = frame->view.eye;
    float far = frame->world->air.far_m, crest = ocean->crest_m;
    float pixel = frame->view.pixel * (float)frame->out_width / (float)frame->width;
    float plain_m = __builtin_fmaxf(crest, 0.4f) * 0.45f / pixel;
    struct walk walk = {.row = splat((float)(frame->height - 1)), .depth = splat(0.05f)};

    walk.active = walk.row >= 0.0f;
    walk.rise = row_rise(frame, walk.row);
    walk.gap = splat(eye[1]);
    for (int i = 0; i < MARCH_STEPS; i++) {
        vf step = max_v(walk.gap * 0.5f, walk.depth * 0.0035f + 0.03f), depth, level, enter;
        vi plain;

        /* Above all crests a ray may go on to where it comes down to them. */
        enter = (eye[1] + walk.depth * walk.rise - crest) / max_v(-walk.rise, splat(1e-6f));
        step = choose(enter > 0.0f, max_v(step, min_v(enter, walk.depth * 0.5f + 4.0f)), step);
        depth = walk.depth + step;
        walk.active &= (depth < far) & ((walk.rise < 0.0f) | (eye[1] + depth * walk.rise < crest));
        if (!any(walk.active))
            break;
        plain = depth > plain_m;
        level = splat(0);
        if (any(~plain & walk.active))
            level = ocean_level(ocean, eye[0] + depth * lane->x, eye[2] + depth * lane->z,
                                depth * pixel);
        level = level * (1.0f - smooth_v(0.6f * plain_m, plain_m, depth));
        walk_on(frame, &walk, depth, eye[1] + depth * walk.rise - level, splat(0), depths);
    }
}

/* What makes up the light of a bit of sea. */
struct water {
    struct v3 place, view; /* view: unit, from the eye */
    vf distance, grain, sun;
    struct ripple ripple;
    struct v3 normal;
    vf facing; /* cosine to the eye */
    vf spread; /* variance of slopes */
};

/* Mean mirroring of a rough surface (Bruneton, Neyret and Holzschuch 2010). */
SIMD vf water_mirror(vf facing, vf spread)
{
    vf sigma = sqrt_v(spread), graze = 1.0f - facing, base = graze * graze;

    base = base * base * graze;
    /* (1 - cos)^(5 exp(-2.69 sigma)), by its logarithm. */
    base = exp2_v(log2_v(max_v(graze, splat(1e-6f))) * 5.0f * exp_v(sigma * -2.69f));
    return 0.02f + 0.98f * base / (1.0f + 22.7f * sigma * sqrt_v(sigma) * sigma);
}

/* The sun's light thrown back by the slopes that happen to face right. */
SIMD vf water_glitter(const struct sky *sky, const struct water *water)
{
    struct v3 half = unit3(vec3(sky->sun[0] - water->view.x, sky->sun[1] - water->view.y,
                                sky->sun[2] - water->view.z));
    vf up = max_v(half.y, splat(0.05f)), dx, dz, spread = water->spread + 0.00003f, cosine, mirror;
    vf shine;

    dx = -half.x / up - water->ripple.sx;
    dz = -half.z / up - water->ripple.sz;
    shine = exp_v((dx * dx + dz * dz) * -0.5f / spread) * 0.15915494f / spread;
    cosine = saturate(-dot3(half, water->view));
    mirror = 1.0f - cosine;
    mirror = 0.02f + 0.98f * mirror * mirror * mirror * mirror * mirror;
    shine *= mirror * 0.25f / (up * up * up * up * max_v(water->facing, splat(0.09f)));
    return min_v(shine, splat(25.0f)) * water->sun;
}

/* Light out of the water: the deep, and thin crests that the sun shines through. */
SIMD struct v3 water_depth_light(const struct frame *frame, const struct water *water)
{
    const struct sea *sea = frame->sea;
    const struct sky *sky = &frame->world->sky;
    float tall = __builtin_fmaxf(sea->ocean.plan.height_m, 0.25f);
    struct v3 up = vec3(splat(0), splat(1), splat(0));
    struct v3 light = light_on(frame, up, water->sun, splat(1)), deep;
    vf high = saturate(water->ripple.height * (0.75f / tall) + 0.25f), behind, thin, tilt;

    deep = mul3(splat3(sea->deep), light);
    /* Toward the sun a wave's near face is lit from behind, the more the steeper it stands. */
    behind = saturate(water->view.x * sky->sun[0] + water->view.z * sky->sun[2]);
    tilt =
        saturate(-(water->view.x * -water->ripple.sx + water->view.z * -water->ripple.sz) * 1.6f);
    thin = high * high * (0.15f + tilt);
    deep = add3(deep, mul3(splat3(sea->glow), scale3(light, thin * 0.55f)));
    deep = mad3(deep, mul3(splat3(sea->glow), splat3(sky->sun_color)),
                thin * behind * behind * behind * water->sun * 0.45f);
    /* Bubbles under old foam. */
    return add3(deep, mul3(splat3(sea->glow), scale3(light, water->ripple.stale * 0.5f)));
}

/* Foam on the water: how much of it there is, and how it is lit. */
struct froth {
    vf white, shade, tilt[2];
};

/* A height of the lace at a scale, 0 to 1, and its slopes added to the froth's. */
SIMD vf lace_at(const struct sea *sea, vf x, vf z, vf grain, const float scale[2],
                struct froth *froth)
{
    struct quad quad;

    tile_quad(&sea->lace, x * scale[0], z * scale[0], tile_level(&sea->lace, grain * scale[0]),
              &quad);
    froth->tilt[0] += (quad_byte(&quad, 1) - 128.0f) * sea->lace.slope_scale * scale[1];
    froth->tilt[1] += (quad_byte(&quad, 2) - 128.0f) * sea->lace.slope_scale * scale[1];
    return quad_byte(&quad, 0) * (1.0f / 255.0f);
}

/* Streaks that a storm draws along the wind. */
SIMD vf streaks(const struct sea *sea, const struct ripple *ripple, vf grain, vf fine)
{
    vf along = ripple->x * sea->wind[0] + ripple->z * sea->wind[1];
    vf off = ripple->x * sea->wind[1] - ripple->z * sea->wind[0], streak;
    struct quad quad;

    off += 5.0f * noise_v(along * 0.021f, off * 0.05f);
    tile_quad(&sea->lace, along * 0.22f, off * 1.9f, tile_level(&sea->lace, grain * 1.3f), &quad);
    streak = quad_byte(&quad, 0) * (0.6f / 255.0f) + 0.4f * fine;
    tile_quad(&sea->lace, along * 0.05f + 3.0f, off * 0.3f, tile_level(&sea->lace, grain * 0.3f),
              &quad);
    return smooth_v(0.30f, 0.75f, streak) *
           smooth_v(0.35f, 0.75f, quad_byte(&quad, 3) * (1.0f / 255.0f)) * sea->storm * 0.6f;
}

/* Bubbles that thin out with age: of a breaking crest nearly all stand, later their walls alone. */
SIMD void water_froth(const struct sea *sea, const struct water *water, struct froth *froth)
{
    static const float tiny[2] = {17.0f, 0.35f}, small[2] = {5.3f, 0.5f}, large[2] = {1.3f, 0.3f};
    const struct ripple *ripple = &water->ripple;
    vf grain = water->grain * 1.4f, a, b, c, texture, stale, fresh;

    froth->tilt[0] = froth->tilt[1] = splat(0);
    a = lace_at(sea, ripple->x, ripple->z, grain, tiny, froth);
    b = lace_at(sea, ripple->z + 3.0f, ripple->x, grain, small, froth);
    c = lace_at(sea, ripple->x + 9.0f, ripple->z, grain, large, froth);
    texture = 0.28f * a + 0.37f * b + 0.35f * c;
    stale = smooth_v(0.0f, 0.26f, ripple->stale * 0.72f - (1.0f - texture) * 0.95f + 0.05f) * 0.8f;
    fresh = smooth_v(0.0f, 0.42f, ripple->fresh * 1.15f - (1.0f - texture) * 0.85f);
    if (sea->storm > 0)
        stale = max_v(stale, streaks(sea, ripple, grain, a));
    froth->white = saturate(max_v(stale, fresh * 0.96f));
    froth->shade = 0.50f + 0.30f * a + 0.22f * b + 0.16f * c;
}

SIMD struct v3 sea_light(const struct frame *frame, struct water *water)
{
    const struct sea *sea = frame->sea;
    const struct world *world = frame->world;
    struct v3 dir, seen, body, foam;
    vf mirror, sigma, graze, tilt, sink, length, dip;
    vf flat = sqrt_v(water->view.x * water->view.x + water->view.z * water->view.z) + 1e-5f;

    dip = max_v(-water->view.y, splat(0.003f));
    look_up_ripple(sea, water->place.x, water->place.z, water->grain,
                   water->grain / max_v(dip, splat(0.02f)), &water->ripple);
    water->sun = cloud_shadow(frame, water->place);
    water->spread = max_v(water->ripple.lost, splat(1e-5f));
    sigma = sqrt_v(water->spread);
    /* Of slopes too small to see, those that lean toward the eye show most at a low angle. */
    graze = saturate(1.0f - dip / flat / (1.6f * sigma + 1e-4f));
    tilt = sigma * graze * 1.1f;
    water->normal = vec3(-water->ripple.sx - water->view.x / flat * tilt, splat(1),
                         -water->ripple.sz - water->view.z / flat * tilt);
    length = 1.0f / sqrt_v(dot3(water->normal, water->normal));
    water->normal = scale3(water->normal, length);
    water->facing = max_v(-dot3(water->normal, water->view), splat(0.015f));
    mirror = water_mirror(water->facing, water->spread);
    dir = mad3(water->view, water->normal, 2.0f * water->facing);
    body = water_depth_light(frame, water);
    /* A mirrored ray that goes down meets another wave, which mirrors what is higher up. */
    sink = saturate(0.5f - dir.y * 6.0f);
    dir.y = abs_v(dir.y) + 0.02f + sigma * 0.25f;
    dir = unit3(dir);
    seen = dome_light(&sea->dome, dir);
    seen = lerp3(seen, mad3(scale3(body, splat(0.9f)), seen, splat(0.25f)), sink * 0.6f);
    seen =
        mad3(scale3(seen, mirror), splat3(world->sky.sun_color), water_glitter(&world->sky, water));
    body = add3(scale3(body, 1.0f - mirror), seen);
    if (sea->ocean.plan.whitecaps > 0) {
        struct froth froth;
        struct v3 normal;

        water_froth(sea, water, &froth);
        normal = unit3(vec3(water->normal.x - froth.tilt[0], water->normal.y + 0.25f,
                            water->normal.z - froth.tilt[1]));
        foam = scale3(light_on(frame, normal, water->sun, splat(1)), froth.shade * 0.95f);
        body = lerp3(body, foam, froth.white);
    }
    return body;
}

/* Light toward the eye from where the rays of a row end. */
SIMD struct v3 sea_seen(const struct frame *frame, const struct lane *lane,
                        const struct sky_parts *low, vf rise, vf depth)
{
    const struct view *view = &frame->view;
    float pixel = view->pixel * (float)frame->out_width / (float)frame->width;
    struct water water;
    struct haze haze;
    struct v3 light;

    water.view = unit3(vec3(lane->x, rise, lane->z));
    water.place = vec3(view->eye[0] + depth * lane->x, view->eye[1] + depth * rise,
                       view->eye[2] + depth * lane->z);
    water.distance = depth * sqrt_v(lane->flat * lane->flat + rise * rise);
    water.grain = depth * pixel;
    light = sea_light(frame, &water);
    haze_begin(frame, low, water.view, &haze);
    return through_air(frame, light, water.place, water.distance, &haze);
}

SIMD void sea_shade(const struct frame *frame, const struct lane *lane, const struct sky_parts *low,
                    int row, size_t at)
{
    vf depth = load(frame->depth + at);
    vi hit = depth >= 0.0f;
    struct v3 light;

    store(frame->depth + at, choose(hit, depth * lane->flat, splat(FAR_OFF)));
    if (!any(hit))
        return;
    light = sea_seen(frame, lane, low, row_rise(frame, splat((float)row)),
                     choose(hit, depth, splat(1000.0f)));
    store(frame->plane[0] + at, choose(hit, light.x, load(frame->plane[0] + at)));
    store(frame->plane[1] + at, choose(hit, light.y, load(frame->plane[1] + at)));
    store(frame->plane[2] + at, choose(hit, light.z, load(frame->plane[2] + at)));
}

void KERNEL(sea_columns)(const struct frame *frame, int group)
{
    size_t first = (size_t)group * VW, stride = (size_t)frame->stride;
    struct sky_parts low;
    struct lane lane;

    lane_begin(frame, group, &lane);
    low = sky_parts(&frame->world->sky, unit3(vec3(lane.x, lane.flat * 0.035f, lane.z)));
    for (int row = 0; row < frame->height; row++)
        store(frame->depth + first + (size_t)row * stride, splat(-1));
    walk_columns(frame, &lane, frame->depth + first);
    for (int row = 0; row < frame->height; row++)
        sea_shade(frame, &lane, &low, row, first + (size_t)row * stride);
}
