/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/kernels.h"
#include "workers/diorama/parallel.h"
#include "workers/diorama/set/bake.h"

enum {
    FIELD_CELLS_MOST = 620000,
    PROBES_MOST = 9000,
    MAP_SIDE_MOST = 640,
    MAP_SIDE_OUTDOORS = 1536,
    REPAIR_ROUNDS = 3
};

#define ROOM_CELL_M 0.06f
#define ROOM_PROBE_M 0.24f
#define MAP_TEXEL_M 0.009f

static void *zeroed(size_t count, size_t bytes)
{
    void *memory = calloc(count, bytes);

    if (!memory)
        abort();
    return memory;
}

static float volume_of(const struct set *set)
{
    float volume = 1;

    for (int k = 0; k < 3; k++)
        volume *= set->high[k] - set->low[k];
    return volume;
}

struct bake_pass {
    const struct set_bake_job *job;
    void (*run)(const struct set_bake_job *job, int piece);
};

static void run_piece(void *context, int piece)
{
    const struct bake_pass *pass = context;

    pass->run(pass->job, piece);
}

static void run_pass(const struct set_bake_job *job, int threads,
                     void (*run)(const struct set_bake_job *job, int piece), int pieces)
{
    struct bake_pass pass = {job, run};

    parallel_run(threads, pieces, run_piece, &pass);
}

static void init_field(struct set *set)
{
    struct set_field *field = &set->field;
    size_t cells = 1;

    field->cell_m = fmaxf(ROOM_CELL_M, cbrtf(volume_of(set) / FIELD_CELLS_MOST));
    for (int k = 0; k < 3; k++) {
        field->low[k] = set->low[k] - 2 * field->cell_m;
        field->size[k] = (int)ceilf((set->high[k] - set->low[k]) / field->cell_m) + 5;
        if (k == 0)
            field->size[k] =
                (field->size[k] + KERNEL_LANES_MAX - 1) / KERNEL_LANES_MAX * KERNEL_LANES_MAX;
        cells *= (size_t)field->size[k];
    }
    field->cells = zeroed(cells, sizeof(*field->cells));
    field->owner = zeroed(cells + 2, sizeof(*field->owner));
    field->scratch = zeroed(cells, sizeof(*field->scratch));
    for (size_t i = 0; i < cells; i++) {
        field->scratch[i] = FIELD_SPAN * field->cell_m;
        field->owner[i] = SET_SOLIDS_MAX;
    }
}

static uint32_t field_byte(const struct set_field *field, int x, int y, size_t slice)
{
    int column = x < field->size[0] ? x : field->size[0] - 1;
    int row = y < field->size[1] ? y : field->size[1] - 1;
    float d = field->scratch[slice + (size_t)row * (size_t)field->size[0] + (size_t)column];

    return (uint32_t)(clamp_f((d / field->cell_m + FIELD_BELOW) / FIELD_SPAN, 0, 1) * 255 + 0.5f);
}

static void pack_slice(void *context, int z)
{
    struct set_field *field = context;
    size_t slice = (size_t)z * (size_t)field->size[0] * (size_t)field->size[1];

    for (int y = 0; y < field->size[1]; y++)
        for (int x = 0; x < field->size[0]; x++)
            field->cells[slice + (size_t)y * (size_t)field->size[0] + (size_t)x] =
                field_byte(field, x, y, slice) | field_byte(field, x + 1, y, slice) << 8 |
                field_byte(field, x, y + 1, slice) << 16 |
                field_byte(field, x + 1, y + 1, slice) << 24;
}

/* Where the sun comes in: the corners of the windows, or of all outdoors, on its map. */
static void bound_sun(const struct set *set, const struct set_sun *sun, float low[2], float high[2])
{
    int corners = set->is_outdoors ? 8 : 4 * set->window_count;

    for (int i = 0; i < corners; i++) {
        const struct set_window *window = &set->windows[i / 4 % SET_WINDOWS_MAX];
        float p[3], u = 0, v = 0;

        for (int k = 0; k < 3; k++)
            p[k] = set->is_outdoors
                       ? (i >> k & 1 ? set->high : set->low)[k]
                       : window->middle[k] + window->across[k] * window->half[0] * (i & 1 ? 1 : -1);
        if (!set->is_outdoors)
            p[1] += window->half[1] * (i & 2 ? 1 : -1);
        for (int k = 0; k < 3; k++) {
            u += p[k] * sun->across[k];
            v += p[k] * sun->up[k];
        }
        low[0] = fminf(low[0], u);
        low[1] = fminf(low[1], v);
        high[0] = fmaxf(high[0], u);
        high[1] = fmaxf(high[1], v);
    }
}

static void aim_sun(struct set *set, const struct world *world)
{
    struct set_sun *sun = &set->sun;
    const float *dir = world->sky.sun;
    float flat = sqrtf(dir[0] * dir[0] + dir[2] * dir[2]) + 1e-6f;
    float low[2] = {1e9f, 1e9f}, high[2] = {-1e9f, -1e9f}, wide = 0;
    float bright = world->air.veil < 0.6f ? world->sky.sun_color[1] : 0; /* else overcast */

    sun->shines = dir[1] > 0.02f && bright > 0.002f && (set->is_outdoors || set->window_count > 0);
    sun->is_open = set->is_outdoors;
    if (!sun->shines)
        return;
    sun->across[0] = dir[2] / flat;
    sun->across[1] = 0;
    sun->across[2] = -dir[0] / flat;
    sun->up[0] = -dir[0] / flat * dir[1];
    sun->up[1] = flat;
    sun->up[2] = -dir[2] / flat * dir[1];
    bound_sun(set, sun, low, high);
    for (int k = 0; k < 2; k++) {
        low[k] -= 0.08f;
        high[k] += 0.08f;
        wide = fmaxf(wide, high[k] - low[k]);
    }
    sun->texel_m =
        fmaxf(set->is_outdoors ? 0.03f : MAP_TEXEL_M,
              wide / (set->is_outdoors ? (float)MAP_SIDE_OUTDOORS : (float)MAP_SIDE_MOST));
    for (int k = 0; k < 2; k++) {
        sun->low[k] = low[k];
        sun->size[k] = (int)((high[k] - low[k]) / sun->texel_m) + 1;
    }
    sun->size[0] = (sun->size[0] + KERNEL_LANES_MAX - 1) / KERNEL_LANES_MAX * KERNEL_LANES_MAX;
    sun->depth = zeroed((size_t)sun->size[0] * (size_t)sun->size[1], sizeof(*sun->depth));
}

/* The middle of the cell of the field that a place lies in. */
static size_t cell_of(const struct set_field *field, const float place[3])
{
    size_t at = 0;

    for (int k = 2; k >= 0; k--) {
        int cell = (int)clamp_f((place[k] - field->low[k]) / field->cell_m + 0.5f, 1,
                                (float)(field->size[k] - 2));

        at = at * (size_t)field->size[k] + (size_t)cell;
    }
    return at;
}

/* One bit of `area` across the sun's light where it meets the set. */
static void light_patch(struct set_bake_job *job, const float place[3], float area)
{
    const struct set_field *field = &job->set->field;
    const struct sky *sky = &job->world->sky;
    struct set_patch *patch = &job->patches[job->patch_count++];
    size_t at = cell_of(field, place), step = 1;
    float length = 1e-6f;

    for (int k = 0; k < 3; k++) {
        patch->place[k] = place[k];
        patch->normal[k] = field->scratch[at + step] - field->scratch[at - step];
        length += patch->normal[k] * patch->normal[k];
        step *= (size_t)field->size[k];
    }
    for (int k = 0; k < 3; k++) {
        patch->normal[k] /= sqrtf(length);
        patch->power[k] = sky->sun_color[k] * area * job->albedo[k][field->owner[at]] * 0.101f;
    }
}

/* Picks bits of what the sun shines on in a room, all over its map. */
static void light_patches(struct set_bake_job *job)
{
    enum { STRIDE = 6, LIT_MOST = MAP_SIDE_MOST * MAP_SIDE_MOST / STRIDE / STRIDE + 1 };
    const struct set *set = job->set;
    const struct set_sun *sun = &set->sun;
    float *lit = zeroed(LIT_MOST, 3 * sizeof(*lit)), cell = sun->texel_m * STRIDE;
    int count = 0;

    for (int i = 0; i < (sun->size[0] / STRIDE) * (sun->size[1] / STRIDE) && count < LIT_MOST;
         i++) {
        int x = i % (sun->size[0] / STRIDE) * STRIDE, y = i / (sun->size[0] / STRIDE) * STRIDE;
        float depth = sun->depth[(size_t)y * (size_t)sun->size[0] + (size_t)x],
              *place = lit + 3 * count;
        bool inside = true;

        for (int k = 0; k < 3; k++) {
            place[k] = sun->across[k] * (sun->low[0] + (float)x * sun->texel_m) +
                       sun->up[k] * (sun->low[1] + (float)y * sun->texel_m) -
                       depth * job->world->sky.sun[k];
            inside &= place[k] > set->low[k] - 0.02f && place[k] < set->high[k] + 0.02f;
        }
        count += inside;
    }
    for (int i = 0; i < SET_PATCHES && count > 0; i++)
        light_patch(job, lit + 3 * (size_t)((long)i * count / SET_PATCHES),
                    cell * cell * (float)count / SET_PATCHES);
    free(lit);
}

static void init_probes(struct set *set)
{
    struct set_probes *probes = &set->probes;
    float step = fmaxf(ROOM_PROBE_M, cbrtf(volume_of(set) / PROBES_MOST));
    float inset = set->is_outdoors ? 0 : 0.07f;
    size_t count = 1;

    for (int k = 0; k < 3; k++) {
        float wide = set->high[k] - set->low[k] - 2 * inset;

        probes->size[k] = (int)(wide / step) + 2;
        probes->step_m[k] = wide / (float)(probes->size[k] - 1);
        probes->low[k] = set->low[k] + inset;
        count *= (size_t)probes->size[k];
    }
    probes->sum = zeroed(count * 18, sizeof(*probes->sum));
    probes->light = zeroed(count * 6, sizeof(*probes->light));
}

/* Whether a probe lies inside a solid, where it sees nothing. */
static bool is_buried(const struct set *set, int x, int y, int z)
{
    const struct set_probes *probes = &set->probes;
    const struct set_field *field = &set->field;
    const int index[3] = {x, y, z};
    size_t at = 0;

    for (int k = 2; k >= 0; k--) {
        float place = probes->low[k] + (float)index[k] * probes->step_m[k];
        int cell = (int)clamp_f((place - field->low[k]) / field->cell_m + 0.5f, 0,
                                (float)(field->size[k] - 1));

        at = at * (size_t)field->size[k] + (size_t)cell;
    }
    return field->scratch[at] < 0.25f * field->cell_m;
}

/* Gives a buried probe what its free neighbors have; false when there is none. */
static bool repair_probe(struct set *set, const uint8_t *bad, int index)
{
    struct set_probes *probes = &set->probes;
    int x = index % probes->size[0], y = index / probes->size[0] % probes->size[1];
    int z = index / probes->size[0] / probes->size[1], found = 0;
    float sum[18] = {0};

    for (int k = 0; k < 27; k++) {
        int nx = x + k % 3 - 1, ny = y + k / 3 % 3 - 1, nz = z + k / 9 - 1;
        int at = (nz * probes->size[1] + ny) * probes->size[0] + nx;

        if (nx < 0 || ny < 0 || nz < 0 || nx >= probes->size[0] || ny >= probes->size[1] ||
            nz >= probes->size[2] || bad[at])
            continue;
        found++;
        for (int i = 0; i < 18; i++)
            sum[i] += probes->sum[(size_t)at * 18 + (size_t)i];
    }
    for (int i = 0; i < 18 && found; i++)
        probes->sum[(size_t)index * 18 + (size_t)i] = sum[i] / (float)found;
    return found > 0;
}

static void repair_probes(struct set *set)
{
    struct set_probes *probes = &set->probes;
    int count = probes->size[0] * probes->size[1] * probes->size[2];
    uint8_t *bad = zeroed((size_t)count, 2), *next = bad + count;

    for (int i = 0; i < count; i++)
        bad[i] = is_buried(set, i % probes->size[0], i / probes->size[0] % probes->size[1],
                           i / probes->size[0] / probes->size[1]);
    for (int round = 0; round < REPAIR_ROUNDS; round++) {
        memcpy(next, bad, (size_t)count);
        for (int i = 0; i < count; i++)
            if (bad[i] && repair_probe(set, bad, i))
                next[i] = 0;
        memcpy(bad, next, (size_t)count);
    }
    free(bad);
}

static void pack_probes(struct set *set)
{
    struct set_probes *probes = &set->probes;
    int count = probes->size[0] * probes->size[1] * probes->size[2] * 6;

    probes->scale = 1e-4f;
    for (int i = 0; i < count * 3; i++)
        probes->scale = fmaxf(probes->scale, probes->sum[i]);
    for (int i = 0; i < count; i++) {
        uint32_t packed = 0;

        for (int k = 0; k < 3; k++)
            packed |= (uint32_t)(sqrtf(probes->sum[i * 3 + k] / probes->scale) * 1023 + 0.5f)
                      << (10 * k);
        probes->light[i] = packed;
    }
}

static void scatter_motes(struct set *set)
{
    struct dice dice = {(uint64_t)set->salt * 977 + 5};

    if (!set->sun.shines || set->is_outdoors)
        return;
    set->mote_count = SET_MOTES;
    set->motes = zeroed(4 * SET_MOTES, sizeof(*set->motes));
    for (int i = 0; i < SET_MOTES; i++) {
        for (int k = 0; k < 3; k++)
            set->motes[4 * i + k] = dice_between(&dice, set->low[k], set->high[k]);
        set->motes[4 * i + 3] = dice_between(&dice, 0, 1);
    }
}

void set_bake(struct set *set, const struct world *world, const struct kernels *kernels,
              int threads)
{
    struct set_bake_job job = {.set = set, .world = world};
    float *albedo = zeroed(3 * (SET_SOLIDS_MAX + 1), sizeof(*albedo));

    for (int k = 0; k < 3; k++) {
        job.albedo[k] = albedo + k * (SET_SOLIDS_MAX + 1);
        job.reach_m += set->high[k] - set->low[k];
        for (int i = 0; i < set->solid_count; i++)
            job.albedo[k][i] = 0.5f * (set->solids[i].color[k] + set->solids[i].other[k]);
    }
    init_field(set);
    run_pass(&job, threads, kernels->set_field_slice, set->field.size[2]);
    parallel_run(threads, set->field.size[2], pack_slice, &set->field);
    aim_sun(set, world);
    if (set->sun.shines)
        run_pass(&job, threads, kernels->set_sun_rows,
                 (set->sun.size[1] + SET_SUN_ROWS - 1) / SET_SUN_ROWS);
    if (set->sun.shines && !set->is_outdoors)
        light_patches(&job);
    init_probes(set);
    for (job.pass = 0; job.pass < 2; job.pass++) {
        run_pass(&job, threads, kernels->set_probe_row, set->probes.size[1] * set->probes.size[2]);
        repair_probes(set);
        pack_probes(set);
    }
    scatter_motes(set);
    free(albedo);
    free(set->field.scratch);
    free(set->field.owner);
    free(set->probes.sum);
    set->field.scratch = NULL;
    set->field.owner = NULL;
    set->probes.sum = NULL;
}
