/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels that bake the light of a set: distances on a grid, the sun's map, the probes. */
#include <math.h>

#include "workers/diorama/kernel_table.h"
#include "workers/diorama/set/bake.h"
#include "workers/diorama/set/light_simd.h"
#include "workers/diorama/set/solid_simd.h"

enum { MARCH_STEPS = 26 };

#define BAND_CELLS 12.0f

/* How far the box of a solid reaches along an axis of the world. */
SIMD float reach_of(const struct set_solid *solid, int axis)
{
    float sum = 0;

    for (int k = 0; k < 3; k++)
        sum += fabsf(solid->axes[k][axis]) * solid->half[k];
    return sum;
}

/* The cells along an axis that a solid comes near to. */
SIMD void span_of(const struct set_field *field, const struct set_solid *solid, int axis,
                  int span[2])
{
    float reach = reach_of(solid, axis) + BAND_CELLS * field->cell_m;
    float low = (solid->middle[axis] - reach - field->low[axis]) / field->cell_m;
    float high = (solid->middle[axis] + reach - field->low[axis]) / field->cell_m;

    span[0] = low < 0 ? 0 : (int)low;
    span[1] = high > (float)(field->size[axis] - 1) ? field->size[axis] - 1 : (int)high;
}

SIMD void own_cells(uint16_t *owner, vi nearer, int index)
{
    for (int lane = 0; lane < VW; lane++)
        owner[lane] = nearer[lane] ? (uint16_t)index : owner[lane];
}

SIMD void field_solid(const struct set_bake_job *job, int index, int z)
{
    const struct set_field *field = &job->set->field;
    const struct set_solid *solid = &job->set->solids[index];
    int x[2], y[2], wide = field->size[0];

    span_of(field, solid, 0, x);
    span_of(field, solid, 1, y);
    for (int row = y[0]; row <= y[1]; row++)
        for (int column = x[0] / VW * VW; column <= x[1]; column += VW) {
            size_t at =
                ((size_t)z * (size_t)field->size[1] + (size_t)row) * (size_t)wide + (size_t)column;
            vf d = load(field->scratch + at), own;
            vi nearer;

            own = solid_distance(
                solid,
                solid_local(solid,
                            vec3(field->low[0] + (lane_index() + (float)column) * field->cell_m,
                                 splat(field->low[1] + (float)row * field->cell_m),
                                 splat(field->low[2] + (float)z * field->cell_m))),
                0);
            nearer = own < d;
            store(field->scratch + at, min_v(d, own));
            own_cells(field->owner + at, nearer, index);
        }
}

/* Distances of one slice across z. */
void KERNEL(set_field_slice)(const struct set_bake_job *job, int z)
{
    const struct set_field *field = &job->set->field;

    for (int i = 0; i < job->set->solid_count; i++) {
        int span[2];

        span_of(field, &job->set->solids[i], 2, span);
        if (z >= span[0] && z <= span[1])
            field_solid(job, i, z);
    }
}

/* The solids that may cast a shadow on some rows of the sun's map. */
struct sun_strip {
    int count;
    short solids[SET_SOLIDS_MAX];
    float across[SET_SOLIDS_MAX], reach[SET_SOLIDS_MAX]; /* where on the rows */
};

SIMD void sun_strip_begin(const struct set *set, float middle, struct sun_strip *strip)
{
    const struct set_sun *sun = &set->sun;

    strip->count = 0;
    for (int i = 0; i < set->solid_count; i++) {
        const struct set_solid *solid = &set->solids[i];
        float up = 0, across = 0, tall = SET_SUN_ROWS * sun->texel_m, wide = VW * sun->texel_m;

        for (int k = 0; k < 3; k++) {
            up += solid->middle[k] * sun->up[k];
            across += solid->middle[k] * sun->across[k];
        }
        for (int axis = 0; axis < 3; axis++) {
            const float *a = solid->axes[axis];

            tall += solid->half[axis] *
                    fabsf(a[0] * sun->up[0] + a[1] * sun->up[1] + a[2] * sun->up[2]);
            wide += solid->half[axis] * fabsf(a[0] * sun->across[0] + a[2] * sun->across[2]);
        }
        if (fabsf(up - middle) >= tall)
            continue;
        strip->solids[strip->count] = (short)i;
        strip->across[strip->count] = across;
        strip->reach[strip->count++] = wide;
    }
}

SIMD void sun_strip_trace(const struct set *set, const struct sun_strip *strip, float across,
                          const struct set_ray *ray, struct set_hit *hit)
{
    for (int i = 0; i < strip->count; i++) {
        int solid = strip->solids[i];

        if (fabsf(strip->across[i] - across) < strip->reach[i])
            trace_solid(&set->solids[solid], solid, ray, splat(0), hit);
    }
}

/* Eight rows of the sun's map. */
void KERNEL(set_sun_rows)(const struct set_bake_job *job, int piece)
{
    const struct set *set = job->set;
    const struct set_sun *sun = &set->sun;
    const float *dir = job->world->sky.sun;
    int first = piece * SET_SUN_ROWS;
    struct sun_strip strip;

    sun_strip_begin(set, sun->low[1] + ((float)first + 0.5f * SET_SUN_ROWS) * sun->texel_m, &strip);
    for (int row = first; row < first + SET_SUN_ROWS && row < sun->size[1]; row++)
        for (int x = 0; x < sun->size[0]; x += VW) {
            float left = sun->low[0] + (float)x * sun->texel_m;
            vf u = left + (lane_index() + 0.5f) * sun->texel_m;
            float v = sun->low[1] + ((float)row + 0.5f) * sun->texel_m;
            struct set_hit hit = {splat(2 * SET_SUN_FAR_M), splat_int(-1)};
            struct set_ray ray = {.dir = vec3(splat(-dir[0]), splat(-dir[1]), splat(-dir[2])),
                                  .length = splat(1),
                                  .grain = 1e-6f};

            ray.eye = mad3(scale3(splat3(sun->across), u), splat3(sun->up), splat(v));
            ray.eye = mad3(ray.eye, splat3(dir), splat(SET_SUN_FAR_M));
            sun_strip_trace(set, &strip, left, &ray, &hit);
            store(sun->depth + (size_t)row * (size_t)sun->size[0] + (size_t)x,
                  hit.depth - SET_SUN_FAR_M);
        }
}

/* A vector of probes along x, and what they gather: light toward +x -x +y -y +z -z. */
struct gathered {
    struct v3 place;
    struct v3 side[6];
};

SIMD void gather_from(struct gathered *probe, struct v3 light, struct v3 dir, vf share)
{
    const vf to[3] = {dir.x, dir.y, dir.z};

    for (int k = 0; k < 3; k++) {
        probe->side[2 * k] = mad3(probe->side[2 * k], light, max_v(to[k], splat(0)) * share);
        probe->side[2 * k + 1] =
            mad3(probe->side[2 * k + 1], light, max_v(-to[k], splat(0)) * share);
    }
}

/* Follows a direction to what is met; lanes that leave the field keep it unmet. */
SIMD vi march_field(const struct set_field *field, struct v3 from, struct v3 dir, vf most, vf *far)
{
    vf t = splat(0.6f * field->cell_m);
    vi active = most > t, met = active & ~active;

    for (int i = 0; i < MARCH_STEPS && any(active); i++) {
        vf d = field_at(field, mad3(from, dir, t));
        vi here = active & (d < 0.45f * field->cell_m);

        met |= here;
        active &= ~here;
        t = choose(active, t + max_v(d * 0.95f, splat(0.4f * field->cell_m)), t);
        active &= t < most;
    }
    *far = t;
    return met;
}

SIMD struct v3 field_normal(const struct set_field *field, struct v3 p)
{
    float e = field->cell_m;
    vf x = field_at(field, vec3(p.x + e, p.y, p.z)) - field_at(field, vec3(p.x - e, p.y, p.z));
    vf y = field_at(field, vec3(p.x, p.y + e, p.z)) - field_at(field, vec3(p.x, p.y - e, p.z));
    vf z = field_at(field, vec3(p.x, p.y, p.z + e)) - field_at(field, vec3(p.x, p.y, p.z - e));

    return unit3(vec3(x, y + 1e-6f, z));
}

/* What the solids at `p` send on of the light that falls on them. */
SIMD struct v3 sent_on(const struct set_bake_job *job, struct v3 p)
{
    const struct set *set = job->set;
    const struct set_field *field = &set->field;
    const float *sun = job->world->sky.sun;
    struct v3 n = field_normal(field, p), light, off = mad3(p, n, splat(0.8f * field->cell_m));
    vf facing = saturate(dot3(n, splat3(sun))) * 0.318f, at[3];
    vi cell = splat_int(0), packed;
    int stride = 1;

    for (int k = 0; k < 3; k++) {
        at[k] = ((k == 0 ? p.x : k == 1 ? p.y : p.z) - field->low[k]) * (1 / field->cell_m) + 0.5f;
        cell += to_int(clamp_v(at[k], 0, (float)field->size[k] - 1.01f)) * stride;
        stride *= field->size[k];
    }
    packed = gather_int((const uint32_t *)(const void *)field->owner, cell >> 1);
    packed = (vi)((vu)packed >> ((vu)(cell & 1) * 16u)) & 0xffff;
    if (set->sun.shines && set->is_outdoors)
        facing *= sun_touch(&set->sun, sun, off);
    else
        facing = splat(0);
    light = scale3(splat3(job->world->sky.sun_color), facing);
    light = add3(light, lamps_light(set, off, n, 0, 0));
    if (job->pass > 0)
        light = add3(light, probe_light(&set->probes, off, n));
    return mul3(light, vec3(gather(job->albedo[0], packed), gather(job->albedo[1], packed),
                            gather(job->albedo[2], packed)));
}

/* The sky and the land outside, seen through a window from a probe. */
SIMD void gather_window(const struct set_bake_job *job, const struct set_window *window,
                        struct gathered *probe)
{
    float area = 4 * window->half[0] * window->half[1] / (SET_PANES * SET_PANES);

    for (int i = 0; i < SET_PANES * SET_PANES; i++) {
        float u = window->half[0] * (((float)(i % SET_PANES) + 0.5f) * (2.0f / SET_PANES) - 1);
        float v = window->half[1] * (((float)(i / SET_PANES) + 0.5f) * (2.0f / SET_PANES) - 1);
        struct v3 to = vec3(window->middle[0] + u * window->across[0] - probe->place.x,
                            window->middle[1] + v - probe->place.y,
                            window->middle[2] + u * window->across[2] - probe->place.z);
        vf square = dot3(to, to) + 1e-4f, far = sqrt_v(square), facing, met_at;
        struct v3 dir = scale3(to, 1.0f / far);
        vi met;

        facing = saturate(dot3(dir, splat3(window->out)));
        met = march_field(&job->set->field, probe->place, dir, far - 0.12f, &met_at);
        facing = choose(met, splat(0), facing * (area * 0.318f) / max_v(square, splat(area)));
        gather_from(probe, window_radiance(window, dir.y), dir, facing);
    }
}

/* What sunlit patches send on. */
SIMD void gather_patches(const struct set_bake_job *job, struct gathered *probe)
{
    for (int i = 0; i < job->patch_count; i++) {
        const struct set_patch *patch = &job->patches[i];
        struct v3 to = vec3(patch->place[0] - probe->place.x, patch->place[1] - probe->place.y,
                            patch->place[2] - probe->place.z);
        vf square = dot3(to, to) + 1e-4f, far = sqrt_v(square), facing, met_at;
        struct v3 dir = scale3(to, 1.0f / far);
        vi met;

        facing = saturate(-dot3(dir, splat3(patch->normal)));
        met = march_field(&job->set->field, probe->place, dir, far - 0.14f, &met_at);
        facing = choose(met, splat(0), facing / (square + 0.12f));
        gather_from(probe, splat3(patch->power), dir, facing);
    }
}

/* Directions spread evenly over the sphere. */
SIMD void direction_of(int i, int count, float dir[3])
{
    float y = 1 - (2 * (float)i + 1) / (float)count, turn = 2.3999632f * (float)i + 0.4f;
    float flat = sqrtf(fmaxf(1 - y * y, 0));

    dir[0] = flat * cosf(turn);
    dir[1] = y;
    dir[2] = flat * sinf(turn);
}

SIMD void gather_around(const struct set_bake_job *job, struct gathered *probe)
{
    const struct set *set = job->set;
    int count = job->pass ? SET_RAYS : SET_RAYS_FIRST;

    for (int i = 0; i < count; i++) {
        float way[3];
        struct v3 dir, light = color(0, 0, 0);
        vf far;
        vi met;

        direction_of(i, count, way);
        dir = splat3(way);
        met = march_field(&set->field, probe->place, dir, splat(job->reach_m), &far);
        if (any(met))
            light = choose3(met, sent_on(job, mad3(probe->place, dir, far)), light);
        if (set->is_outdoors && any(~met))
            light = choose3(met, light,
                            lerp3(sky_radiance(&job->world->sky, dir),
                                  splat3(job->world->air.veil_color), splat(job->world->air.veil)));
        gather_from(probe, light, dir, splat(4.0f / (float)count));
    }
}

/* One row of probes along x: what they gather goes to `sum`. */
void KERNEL(set_probe_row)(const struct set_bake_job *job, int row)
{
    const struct set *set = job->set;
    const struct set_probes *probes = &set->probes;
    int wide = probes->size[0], y = row % probes->size[1], z = row / probes->size[1];

    for (int x = 0; x < wide; x += VW) {
        struct gathered probe;
        vf at = min_v(lane_index() + (float)x, splat((float)wide - 1));

        memset(&probe, 0, sizeof(probe));
        probe.place = vec3(probes->low[0] + at * probes->step_m[0],
                           splat(probes->low[1] + (float)y * probes->step_m[1]),
                           splat(probes->low[2] + (float)z * probes->step_m[2]));
        for (int i = 0; i < set->window_count; i++)
            gather_window(job, &set->windows[i], &probe);
        gather_patches(job, &probe);
        gather_around(job, &probe);
        for (int lane = 0; lane < VW && x + lane < wide; lane++) {
            float *to = probes->sum + ((size_t)row * (size_t)wide + (size_t)(x + lane)) * 18;

            for (int side = 0; side < 6; side++) {
                to[side * 3] = probe.side[side].x[lane];
                to[side * 3 + 1] = probe.side[side].y[lane];
                to[side * 3 + 2] = probe.side[side].z[lane];
            }
        }
    }
}
