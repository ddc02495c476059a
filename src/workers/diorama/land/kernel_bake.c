/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels that bake the terrain: fine relief from the eroded one, and the light on it. */
#include <math.h>

#include "workers/diorama/kernel_table.h"
#include "workers/diorama/land/terrain_simd.h"

/* Catmull-Rom weights, and those of the derivative, at `t` of a cell. */
SIMD void cubic(vf t, vf weight[4], vf slope[4])
{
    weight[0] = ((-0.5f * t + 1.0f) * t - 0.5f) * t;
    weight[1] = (1.5f * t - 2.5f) * t * t + 1.0f;
    weight[2] = ((-1.5f * t + 2.0f) * t + 0.5f) * t;
    weight[3] = (0.5f * t - 0.5f) * t * t;
    slope[0] = (-1.5f * t + 2.0f) * t - 0.5f;
    slope[1] = (4.5f * t - 5.0f) * t;
    slope[2] = (-4.5f * t + 4.0f) * t + 0.5f;
    slope[3] = (1.5f * t - 1.0f) * t;
}

/* Height (x) and slopes (y along x, z along z), bicubic; position in coarse cells. */
SIMD struct v3 relief_coarse(const struct relief_job *job, vf x, vf z)
{
    vf fx = floor_v(x), fz = floor_v(z), wx[4], wz[4], sx[4], sz[4];
    vi ix = to_int(fx), iz = to_int(fz);
    int mask = (1 << job->log2_coarse) - 1;
    struct v3 sum = color(0, 0, 0);

    cubic(x - fx, wx, sx);
    cubic(z - fz, wz, sz);
    for (int j = 0; j < 4; j++) {
        vi row = ((iz + (j - 1)) & mask) << job->log2_coarse;

        for (int i = 0; i < 4; i++) {
            vf h = gather(job->coarse, row | ((ix + (i - 1)) & mask));

            sum.x += h * wx[i] * wz[j];
            sum.y += h * sx[i] * wz[j];
            sum.z += h * wx[i] * sz[j];
        }
    }
    return sum;
}

/*
 * Gullies: around random points of a lattice, cosine stripes that run down the slope, blended.
 * `x` and `z` in lattice cells, `dx` and `dz` the unit vector across the slope.
 * Returns height (x) and its slope per lattice cell (y, z).
 */
SIMD struct v3 gullies(vf x, vf z, vf dx, vf dz, int salt, int mask)
{
    vf fx = floor_v(x), fz = floor_v(z), total = splat(1e-4f);
    vi ix = to_int(fx), iz = to_int(fz);
    struct v3 sum = color(0, 0, 0);

    for (int k = 0; k < 9; k++) {
        vi cx = ix + (k % 3 - 1), cz = iz + (k / 3 - 1);
        vi wx = cx & mask, wz = cz & mask;
        vf px = x - to_float(cx) - hash_v(wx + salt, wz);
        vf pz = z - to_float(cz) - hash_v(wx, wz + (salt + 71));
        vf weight = max_v(1.0f - (px * px + pz * pz) * 0.55f, splat(0));
        vf phase = (px * dx + pz * dz) * 5.2f;
        vf wave = cos_v(phase), bend = sin_v(phase) * -5.2f;

        weight = weight * weight;
        weight = weight * weight;
        total += weight;
        sum.x += weight * wave;
        sum.y += weight * bend * dx;
        sum.z += weight * bend * dz;
    }
    return scale3(sum, 1.0f / total);
}

SIMD struct v3 carve(const struct relief_job *job, vf x, vf z, struct v3 coarse)
{
    float cell = job->fine_cell_m * (float)(1 << (job->log2_fine - job->log2_coarse));
    vf height = coarse.x, sx = coarse.y * (1.0f / cell), sz = coarse.z * (1.0f / cell);
    vf above = smooth_v(0.0f, 60.0f, height - job->floor_m);
    float depth = 7.5f * job->gully;

    for (int octave = 0; octave < 4; octave++) {
        /* Lattice cells per coarse cell: wavelengths from about 150 m down to 20 m. */
        int shift = job->log2_coarse + octave - 2;
        float per_coarse = (float)(1 << shift) / (float)(1 << job->log2_coarse);
        vf steep = sqrt_v(sx * sx + sz * sz) + 1e-4f;
        vf amount = smooth_v(0.10f, 0.75f, steep) * above * depth;
        struct v3 gully = gullies(x * per_coarse, z * per_coarse, -sz / steep, sx / steep,
                                  (int)(job->salt & 0xffff) + 977 * octave, (1 << shift) - 1);
        float per_m = per_coarse / cell;

        height += amount * gully.x;
        sx += amount * gully.y * per_m;
        sz += amount * gully.z * per_m;
        depth *= 0.55f;
    }
    return vec3(height, sx, sz);
}

void KERNEL(relief_row)(const struct relief_job *job, int row)
{
    int cells = 1 << job->log2_fine, finer = job->log2_fine - job->log2_coarse;
    float scale = 1.0f / (float)(1 << finer);
    float *to = job->fine + ((size_t)row << job->log2_fine);
    vf z = splat(((float)row + 0.5f) * scale - 0.5f);

    for (int column = 0; column < cells; column += VW) {
        vf x = (lane_index() + ((float)column + 0.5f)) * scale - 0.5f;
        struct v3 carved = carve(job, x, z, relief_coarse(job, x, z));
        vi hx = to_int(lane_index()) + column;
        vf grain = hash_v(hx + (int)(job->salt & 0xfff), splat_int(row)) - 0.5f;
        vf above = smooth_v(2.0f, 30.0f, carved.x - job->floor_m);

        store(to + column, carved.x + grain * above * job->rough);
    }
}

/* How much of the sun is seen from a point: 0 to 1, soft at the edge. Position in cells. */
SIMD vf sun_visible(const struct world *world, vf x, vf z, vf height)
{
    const struct terrain *terrain = &world->terrain;
    const float *sun = world->sky.sun;
    float flat = sqrtf(sun[0] * sun[0] + sun[2] * sun[2]) + 1e-6f;
    float dx = sun[0] / flat / terrain->cell_m, dz = sun[2] / flat / terrain->cell_m;
    float rise = fmaxf(sun[1] / flat, 0.012f);
    float reach = (terrain->high_m + 40.0f - terrain->low_m) / rise, t = terrain->cell_m * 1.5f;
    vf seen = splat(1);

    for (int i = 0; i < 110 && t < reach; i++) {
        vf gap = height + (1.5f + t * rise) - terrain_height(terrain, x + t * dx, z + t * dz);

        seen = min_v(seen, 0.5f + gap * (26.0f / t));
        if (!any(seen > 0.0f))
            break;
        t = t * 1.04f + terrain->cell_m * 0.7f;
    }
    seen = saturate(seen);
    return seen * seen * (3.0f - 2.0f * seen);
}

/* The part of the sky that is open above a point, by its horizon in eight directions. */
SIMD vf sky_open(const struct terrain *terrain, vf x, vf z, vf height)
{
    vf open = splat(0);

    for (int k = 0; k < 8; k++) {
        float angle = (float)k * 0.785398f + 0.2f, dx = cosf(angle), dz = sinf(angle), t = 1.6f;
        vf horizon = splat(0);

        for (int i = 0; i < 8; i++) {
            vf rise = terrain_height(terrain, x + dx * t, z + dz * t) - height;

            horizon = max_v(horizon, rise * (1.0f / (terrain->cell_m * t)));
            t *= 1.9f;
        }
        open += 1.0f - horizon / sqrt_v(1.0f + horizon * horizon);
    }
    return open * 0.125f;
}

/* Sun and sky that reach every second point of every second row. */
void KERNEL(reach_row)(const struct light_job *job, int row)
{
    const struct terrain *terrain = &job->world->terrain;
    int cells = 1 << (terrain->log2_cells - 1);
    uint32_t *to = job->reach + ((size_t)row << (terrain->log2_cells - 1));
    vf z = splat(2.0f * (float)row + 0.5f);

    for (int column = 0; column < cells; column += VW) {
        vf x = (lane_index() + (float)column) * 2.0f + 0.5f;
        vf height = max_v(terrain_height(terrain, x, z), splat(terrain->water_m));
        vi packed = to_int(sun_visible(job->world, x, z, height) * 255.0f + 0.5f);

        packed |= to_int(sky_open(terrain, x, z, height) * 255.0f + 0.5f) << 8;
        memcpy(to + column, &packed, sizeof(packed));
    }
}

/* Normals, and what reach_row() found, enlarged. */
void KERNEL(light_row)(const struct light_job *job, int row)
{
    const struct terrain *terrain = &job->world->terrain;
    int cells = 1 << terrain->log2_cells, log2_reach = terrain->log2_cells - 1;
    int mask = (cells >> 1) - 1, first = ((row - 1) >> 1) & mask, last = (first + 1) & mask;
    const uint32_t *upper = job->reach + ((size_t)first << log2_reach);
    const uint32_t *lower = job->reach + ((size_t)last << log2_reach);
    uint32_t *to = terrain->light + ((size_t)row << terrain->log2_cells);
    vf z = splat((float)row);

    for (int column = 0; column < cells; column += VW) {
        vf x = lane_index() + (float)column;
        vf west = terrain_height(terrain, x - 1.0f, z), east = terrain_height(terrain, x + 1.0f, z);
        vf south = terrain_height(terrain, x, z - 1.0f),
           north = terrain_height(terrain, x, z + 1.0f);
        struct v3 normal = unit3(vec3(west - east, splat(2.0f * terrain->cell_m), south - north));
        vi left = ((to_int(x) - 1) >> 1) & mask, right = (left + 1) & mask, packed;
        struct quad quad = {.texel = {gather_int(upper, left), gather_int(upper, right),
                                      gather_int(lower, left), gather_int(lower, right)}};

        quad.u = choose((to_int(x) & 1) != 0, splat(0.25f), splat(0.75f));
        quad.v = splat(row & 1 ? 0.25f : 0.75f);
        packed = to_int(normal.x * 127.0f + 128.5f);
        packed |= to_int(normal.z * 127.0f + 128.5f) << 8;
        packed |= to_int(quad_byte(&quad, 0) + 0.5f) << 16;
        packed |= to_int(quad_byte(&quad, 1) + 0.5f) << 24;
        memcpy(to + column, &packed, sizeof(packed));
    }
}
