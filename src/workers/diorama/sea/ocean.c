/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/sea/ocean.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/land/tiles.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/pages.h"
#include "workers/diorama/parallel.h"
#include "workers/diorama/sea/fft.h"

#define GRAVITY 9.81f
#define BAND_RATIO 7.73f /* of sizes, no whole number: their repetitions never meet */
#define TICK_S 0.5f
#define STALE_S 4.5f /* foam fades to a third in this */
#define FRESH_S 0.5f

/* Waves of a band fit the square between these times; the square's first is left out of later
 * bands, as the band before has them. */
enum { WAVES_HIGH = 56, WAVES_MAX = 12000, MASK = OCEAN_SIDE - 1 };

static float *floats_new(void)
{
    return pages_new((OCEAN_CELLS + OCEAN_SIDE) * sizeof(float));
}

/* Energy of waves of this number (radians a meter), not scaled. */
static float energy(const struct ocean_plan *plan, float k)
{
    float omega = sqrtf(GRAVITY * k), peak = sqrtf(GRAVITY * 6.2831853f / plan->length_m);
    float ratio = peak / omega, wide = omega > peak ? 0.09f : 0.07f;
    float off = (omega - peak) / (wide * peak), high = omega / peak;
    float jonswap = powf(omega, -5) * expf(-1.25f * ratio * ratio * ratio * ratio) *
                    powf(2.6f, expf(-0.5f * off * off));

    /* Short waves take less part the calmer it is. */
    if (high > 3)
        jonswap *= powf(high / 3, 2.0f * (plan->ripple - 1));
    return jonswap * GRAVITY / (2 * omega) / k;
}

/* Share of the energy that goes this far off the wind, 0 to 1 of the greatest. */
static float spreading(const struct ocean_plan *plan, float k, float cosine)
{
    float peak = 6.2831853f / plan->length_m;
    float narrow = lerp_f(26, 5, plan->spread) / (0.6f + 0.5f * powf(k / peak, 0.55f));

    return cosine > 0 ? powf(cosine, fmaxf(narrow, 1.2f)) * sqrtf(fmaxf(narrow, 1.2f)) : 0;
}

static float gauss(struct dice *dice)
{
    float u = fmaxf(dice_between(dice, 0, 1), 1e-7f);

    return sqrtf(-2 * logf(u)) * cosf(dice_between(dice, 0, 6.2831853f));
}

static void draw_band(struct ocean_band *band, const struct ocean_plan *plan, float low, float high,
                      struct dice *dice)
{
    float step = 6.2831853f / band->size_m, dx = sinf(plan->heading), dz = cosf(plan->heading);

    for (int m = -WAVES_HIGH; m <= WAVES_HIGH; m++)
        for (int n = -WAVES_HIGH; n <= WAVES_HIGH; n++) {
            float kx = step * (float)n, kz = step * (float)m, k = sqrtf(kx * kx + kz * kz);
            float real = gauss(dice), imaginary = gauss(dice), power = 0;
            struct ocean_wave *wave = &band->waves[band->count];

            if (k <= low || k > high || band->count >= WAVES_MAX)
                continue;
            power = energy(plan, k) * spreading(plan, k, (kx * dx + kz * dz) / k) * step * step;
            if (power <= 0)
                continue;
            *wave = (struct ocean_wave){.k = {kx, kz},
                                        .omega = sqrtf(GRAVITY * k),
                                        .amplitude =
                                            sqrtf(power * (real * real + imaginary * imaginary)),
                                        .phase = atan2f(imaginary, real),
                                        .n = (int16_t)n,
                                        .m = (int16_t)m};
            band->count++;
        }
}

/* A long swell from elsewhere, of a few waves about one direction. */
static void add_swell(struct ocean_band *band, const struct ocean_plan *plan, struct dice *dice)
{
    float step = 6.2831853f / band->size_m, turn = plan->heading + dice_between(dice, -0.7f, 0.7f);
    float long_m = fminf(fmaxf(2.2f * plan->length_m, 70), band->size_m / 3.5f);

    for (int i = 0; i < 7; i++) {
        float k = 6.2831853f / long_m * dice_between(dice, 0.8f, 1.25f);
        float way = turn + dice_between(dice, -0.16f, 0.16f);
        int n = (int)roundf(k * sinf(way) / step), m = (int)roundf(k * cosf(way) / step);
        float kx = step * (float)n, kz = step * (float)m;

        if (n == 0 && m == 0)
            continue;
        band->waves[band->count++] =
            (struct ocean_wave){.k = {kx, kz},
                                .omega = sqrtf(GRAVITY * hypotf(kx, kz)),
                                .amplitude = 0.5f * plan->swell_m / sqrtf(7),
                                .phase = dice_between(dice, 0, 6.2831853f),
                                .n = (int16_t)n,
                                .m = (int16_t)m};
    }
}

static int by_amplitude(const void *a, const void *b)
{
    float x = ((const struct ocean_wave *)a)->amplitude,
          y = ((const struct ocean_wave *)b)->amplitude;

    return x < y ? 1 : x > y ? -1 : 0;
}

/* Keeps the strongest waves apart, for ocean_height(). */
static void keep_strong(struct ocean *ocean)
{
    int total = ocean->bands[0].count + ocean->bands[1].count;
    struct ocean_wave *all = malloc((size_t)total * sizeof(*all));

    if (!all)
        abort();
    memcpy(all, ocean->bands[0].waves, (size_t)ocean->bands[0].count * sizeof(*all));
    memcpy(all + ocean->bands[0].count, ocean->bands[1].waves,
           (size_t)ocean->bands[1].count * sizeof(*all));
    qsort(all, (size_t)total, sizeof(*all), by_amplitude);
    ocean->strong_count = total < OCEAN_SCALAR_WAVES ? total : OCEAN_SCALAR_WAVES;
    memcpy(ocean->strong, all, (size_t)ocean->strong_count * sizeof(*all));
    free(all);
}

static void band_new(struct ocean_band *band, float size_m)
{
    band->size_m = size_m;
    band->waves = pages_new(WAVES_MAX * sizeof(*band->waves));
    band->height = floats_new();
    band->level = floats_new();
    band->fresh = floats_new();
    band->stale = floats_new();
    band->foam_cells = pages_new(OCEAN_CELLS * sizeof(uint32_t));
    band->scratch = pages_new((size_t)OCEAN_CELLS * 8 * sizeof(float));
    for (int k = 0; k < 2; k++) {
        band->shift[k] = floats_new();
        band->drift[k] = floats_new();
    }
    tile_begin(&band->heights, OCEAN_LOG2, size_m);
    tile_begin(&band->slopes, OCEAN_LOG2, size_m);
    tile_begin(&band->foam, OCEAN_LOG2, size_m);
}

/* Sums the waves of a time: heights and shifts of band->height and band->shift. */
static void sum_waves(struct ocean_band *band, float choppy, float time_s)
{
    float *first = band->scratch, *second = band->scratch + 2 * OCEAN_CELLS;
    float *scratch = band->scratch + 4 * OCEAN_CELLS;

    memset(first, 0, (size_t)OCEAN_CELLS * 4 * sizeof(float));
    for (int i = 0; i < band->count; i++) {
        const struct ocean_wave *wave = &band->waves[i];
        float angle = wave->phase - fmodf(wave->omega * time_s, 6.2831853f);
        float re = 0.5f * wave->amplitude * cosf(angle), im = 0.5f * wave->amplitude * sinf(angle);
        float inverse = choppy / sqrtf(wave->k[0] * wave->k[0] + wave->k[1] * wave->k[1]);
        float ux = wave->k[0] * inverse, uz = wave->k[1] * inverse;
        int here = fft_row(wave->n & MASK) * OCEAN_SIDE + (wave->m & MASK);
        int there = fft_row(-wave->n & MASK) * OCEAN_SIDE + (-wave->m & MASK);

        /* The first field carries the height in its real part and the shift along x in its
         * imaginary one; the second the shift along z. */
        first[here] += (1 - ux) * re;
        first[OCEAN_CELLS + here] += (1 - ux) * im;
        first[there] += (1 + ux) * re;
        first[OCEAN_CELLS + there] -= (1 + ux) * im;
        second[here] -= uz * im;
        second[OCEAN_CELLS + here] += uz * re;
        second[there] -= uz * im;
        second[OCEAN_CELLS + there] -= uz * re;
    }
    fft_square(first, scratch, WAVES_HIGH + 1);
    fft_square(second, scratch, WAVES_HIGH + 1);
    memcpy(band->height, first, OCEAN_CELLS * sizeof(float));
    memcpy(band->shift[0], first + OCEAN_CELLS, OCEAN_CELLS * sizeof(float));
    memcpy(band->shift[1], second, OCEAN_CELLS * sizeof(float));
}

/* How little a cell of the surface is left of by the shifts: below 0 it is folded over. */
static float spread_at(const struct ocean_band *band, int x, int z)
{
    float per_m = 0.5f * (float)OCEAN_SIDE / band->size_m;
    int row = z * OCEAN_SIDE, above = ((z + 1) & MASK) * OCEAN_SIDE,
        below = ((z - 1) & MASK) * OCEAN_SIDE, right = (x + 1) & MASK, left = (x - 1) & MASK;
    float xx = (band->shift[0][row + right] - band->shift[0][row + left]) * per_m;
    float zz = (band->shift[1][above + x] - band->shift[1][below + x]) * per_m;
    float xz = (band->shift[0][above + x] - band->shift[0][below + x]) * per_m;

    return (1 + xx) * (1 + zz) - xz * xz;
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return x < y ? -1 : x > y ? 1 : 0;
}

/* The fold that this share of the surface exceeds. */
static float fold_of_share(struct ocean_band *band, float share)
{
    int count = 0;
    float *values = band->scratch;

    for (int z = 0; z < OCEAN_SIDE; z += 2)
        for (int x = 0; x < OCEAN_SIDE; x += 2)
            values[count++] = spread_at(band, x, z);
    qsort(values, (size_t)count, sizeof(*values), by_value);
    return values[(int)(clamp_f(share, 0, 1) * (float)(count - 1))];
}

static float folded_at(const struct ocean_band *band, int x, int z)
{
    return clamp_f((band->fold - spread_at(band, x, z)) * 6.0f, 0, 1);
}

static void band_scale(struct ocean_band *band, float scale)
{
    for (int i = 0; i < band->count; i++)
        band->waves[i].amplitude *= scale;
}

void ocean_init(struct ocean *ocean, const struct ocean_plan *plan)
{
    struct dice dice = {plan->seed ^ 0x0cea0u};
    float size = fmaxf(16 * plan->length_m, 120), low = 0;
    double sum = 0;

    memset(ocean, 0, sizeof(*ocean));
    ocean->plan = *plan;
    ocean->time_s = -1e9f;
    for (int b = 0; b < OCEAN_BANDS; b++) {
        struct ocean_band *band = &ocean->bands[b];
        float high = 6.2831853f / size * WAVES_HIGH;

        band_new(band, size);
        draw_band(band, plan, low, high, &dice);
        for (int i = 0; i < band->count; i++)
            sum += 0.5 * (double)(band->waves[i].amplitude * band->waves[i].amplitude);
        low = high;
        size /= BAND_RATIO;
    }
    for (int b = 0; b < OCEAN_BANDS; b++)
        band_scale(&ocean->bands[b], plan->height_m / (4.0f * sqrtf((float)sum)));
    if (plan->swell_m > 0)
        add_swell(&ocean->bands[0], plan, &dice);
    for (int b = 0; b < OCEAN_BANDS; b++) {
        struct ocean_band *band = &ocean->bands[b];
        double square = 1e-8;

        for (int i = 0; i < band->count; i++)
            square += 0.5 * (double)(band->waves[i].amplitude * band->waves[i].amplitude);
        band->range_m = 6.5f * sqrtf((float)square) * fmaxf(plan->choppy, 1);
        for (int i = 0; i < OCEAN_TICKS; i++)
            band->ticks[i].tick = -1000000;
        if (b < OCEAN_FOAM_BANDS && plan->whitecaps > 0) {
            for (int i = 0; i < OCEAN_TICKS; i++)
                band->ticks[i].folded = pages_new(OCEAN_CELLS);
            sum_waves(band, plan->choppy, 0);
            band->fold = fold_of_share(band, plan->whitecaps);
        }
    }
    ocean->crest_m = 1.15f * plan->height_m + 0.6f * plan->swell_m;
    keep_strong(ocean);
}

void ocean_fini(struct ocean *ocean)
{
    for (int b = 0; b < OCEAN_BANDS; b++) {
        struct ocean_band *band = &ocean->bands[b];
        void *const memory[] = {band->waves,         band->height,     band->level,
                                band->fresh,         band->stale,      band->foam_cells,
                                band->scratch,       band->shift[0],   band->shift[1],
                                band->drift[0],      band->drift[1],   band->heights.texels,
                                band->slopes.texels, band->foam.texels};

        for (size_t i = 0; i < sizeof(memory) / sizeof(memory[0]); i++)
            pages_free(memory[i]);
        for (int i = 0; i < OCEAN_TICKS; i++)
            pages_free(band->ticks[i].folded);
    }
    memset(ocean, 0, sizeof(*ocean));
}

/* The folds of a tick, made if they are not at hand. */
static const uint8_t *folds_of(struct ocean_band *band, float choppy, int tick)
{
    struct ocean_tick *slot = &band->ticks[((tick % OCEAN_TICKS) + OCEAN_TICKS) % OCEAN_TICKS];

    if (slot->tick == tick)
        return slot->folded;
    slot->tick = tick;
    sum_waves(band, choppy, (float)tick * TICK_S);
    for (int z = 0; z < OCEAN_SIDE; z++)
        for (int x = 0; x < OCEAN_SIDE; x++)
            slot->folded[z * OCEAN_SIDE + x] = (uint8_t)(folded_at(band, x, z) * 255.0f);
    return slot->folded;
}

/* Foam that the folds of the last ticks have left; those of the moment come from add_folds(). */
static void age_foam(struct ocean_band *band, float choppy, float time_s)
{
    int newest = (int)floorf(time_s / TICK_S);

    memset(band->fresh, 0, OCEAN_CELLS * sizeof(float));
    memset(band->stale, 0, OCEAN_CELLS * sizeof(float));
    for (int i = 0; i < OCEAN_TICKS - 1; i++) {
        const uint8_t *folded = folds_of(band, choppy, newest - i);
        float age = time_s - (float)(newest - i) * TICK_S;
        float come = fminf(age / TICK_S, 1), last = (OCEAN_TICKS - 2) * TICK_S;
        float stale = come * expf(-age / STALE_S) * (1 - smooth_f(0.6f * last, last, age)) / 255.0f;
        float fresh = come * expf(-age / FRESH_S) / 255.0f;

        for (int k = 0; k < OCEAN_CELLS; k++) {
            band->fresh[k] = fmaxf(band->fresh[k], fresh * (float)folded[k]);
            band->stale[k] = fmaxf(band->stale[k], stale * (float)folded[k]);
        }
    }
}

static void add_folds(struct ocean_band *band)
{
    for (int z = 0; z < OCEAN_SIDE; z++)
        for (int x = 0; x < OCEAN_SIDE; x++) {
            float *fresh = &band->fresh[z * OCEAN_SIDE + x];

            *fresh = fmaxf(*fresh, folded_at(band, x, z));
        }
}

static void begin_band(void *context, int number)
{
    struct ocean *ocean = context;
    struct ocean_band *band = &ocean->bands[number];
    bool foams = number < OCEAN_FOAM_BANDS && ocean->plan.whitecaps > 0;

    if (foams)
        age_foam(band, ocean->plan.choppy, ocean->time_s);
    sum_waves(band, ocean->plan.choppy, ocean->time_s);
    if (foams)
        add_folds(band);
}

void ocean_begin(struct ocean *ocean, float time_s, int threads)
{
    ocean->time_s = time_s;
    parallel_run(threads, OCEAN_BANDS, begin_band, ocean);
}

static uint32_t half_from(float x)
{
    return (uint32_t)clamp_f(32768.5f + x, 0, 65535);
}

static void pack_heights(struct ocean_band *band)
{
    float scale = 32767.0f / band->range_m, fine = 127.0f / band->range_m;

    for (int i = 0; i < OCEAN_CELLS; i++)
        band->heights.texels[i] =
            half_from(band->level[i] * scale) |
            (uint32_t)clamp_f(128.5f + band->drift[0][i] * fine, 0, 255) << 16 |
            (uint32_t)clamp_f(128.5f + band->drift[1][i] * fine, 0, 255) << 24;
}

static void pack_slopes(struct ocean_band *band, const float *sx, const float *sz, int level)
{
    uint32_t *to = band->slopes.texels + band->slopes.level_start[level];
    int cells = OCEAN_CELLS >> (2 * level);

    for (int i = 0; i < cells; i++)
        to[i] = half_from(sx[i] * (1 / OCEAN_SLOPE_STEP)) |
                half_from(sz[i] * (1 / OCEAN_SLOPE_STEP)) << 16;
}

/* Averages 2x2 cells in place. */
static void halve(float *cells, int side)
{
    for (int z = 0; z < side / 2; z++)
        for (int x = 0; x < side / 2; x++) {
            const float *from = cells + 2 * z * side + 2 * x;

            cells[z * (side / 2) + x] = 0.25f * (from[0] + from[1] + from[side] + from[side + 1]);
        }
}

static void make_slopes(struct ocean_band *band)
{
    float *sx = band->scratch, *sz = band->scratch + OCEAN_CELLS;
    float per_m = 0.5f * (float)OCEAN_SIDE / band->size_m;
    double all = 0;

    for (int z = 0; z < OCEAN_SIDE; z++) {
        const float *row = band->level + z * OCEAN_SIDE;
        const float *above = band->level + ((z + 1) & MASK) * OCEAN_SIDE;
        const float *below = band->level + ((z - 1) & MASK) * OCEAN_SIDE;

        for (int x = 0; x < OCEAN_SIDE; x++) {
            sx[z * OCEAN_SIDE + x] = (row[(x + 1) & MASK] - row[(x - 1) & MASK]) * per_m;
            sz[z * OCEAN_SIDE + x] = (above[x] - below[x]) * per_m;
        }
    }
    for (int level = 0; level < TILE_LEVELS; level++) {
        int side = OCEAN_SIDE >> level;
        double square = 0;

        pack_slopes(band, sx, sz, level);
        for (int i = 0; i < side * side; i++)
            square += (double)(sx[i] * sx[i] + sz[i] * sz[i]);
        square /= 2.0 * side * side;
        if (level == 0)
            all = square;
        band->lost[level] = (float)(all - square);
        halve(sx, side);
        halve(sz, side);
    }
}

static void make_foam(struct ocean_band *band)
{
    struct tile *tile = &band->foam;

    memcpy(tile->texels, band->foam_cells, OCEAN_CELLS * sizeof(uint32_t));
    for (int level = 1; level < TILE_LEVELS; level++) {
        const uint32_t *from = tile->texels + tile->level_start[level - 1];
        uint32_t *to = tile->texels + tile->level_start[level];
        int side = OCEAN_SIDE >> level;

        for (int z = 0; z < side; z++)
            for (int x = 0; x < side; x++) {
                const uint32_t *at = from + 4 * z * side + 2 * x;
                uint32_t low = 0x00010001;

                /* Two bytes at once; the sum of four fits. */
                low = (at[0] & 0xff00ffu) + (at[1] & 0xff00ffu) + (at[2 * side] & 0xff00ffu) +
                      (at[2 * side + 1] & 0xff00ffu) + 2 * low;
                to[z * side + x] = low >> 2 & 0xff00ffu;
            }
    }
}

static void end_band(void *context, int number)
{
    struct ocean *ocean = context;
    struct ocean_band *band = &ocean->bands[number];

    pack_heights(band);
    make_slopes(band);
    if (number < OCEAN_FOAM_BANDS && ocean->plan.whitecaps > 0)
        make_foam(band);
}

void ocean_end(struct ocean *ocean, int threads)
{
    parallel_run(threads, OCEAN_BANDS, end_band, ocean);
}

float ocean_height(const struct ocean *ocean, const float place[2], float time_s, float smooth_m,
                   float slope[2])
{
    float from[2] = {place[0], place[1]}, height = 0;

    /* The first look tells where the water here comes from. */
    for (int pass = 0; pass < 2; pass++) {
        float shift[2] = {0, 0}, tilt[2] = {0, 0};

        height = 0;
        for (int i = 0; i < ocean->strong_count; i++) {
            const struct ocean_wave *wave = &ocean->strong[i];
            float k = sqrtf(wave->k[0] * wave->k[0] + wave->k[1] * wave->k[1]);
            float felt = expf(-0.05f * k * k * smooth_m * smooth_m) * wave->amplitude;
            float angle = wave->k[0] * from[0] + wave->k[1] * from[1] -
                          fmodf(wave->omega * time_s, 6.2831853f) + wave->phase;
            float up = felt * cosf(angle), side = felt * sinf(angle);

            height += up;
            for (int a = 0; a < 2; a++) {
                shift[a] -= ocean->plan.choppy * wave->k[a] / k * side;
                tilt[a] -= wave->k[a] * side;
            }
        }
        for (int a = 0; a < 2; a++)
            from[a] = place[a] - shift[a];
        if (slope)
            memcpy(slope, tilt, sizeof(tilt));
    }
    return height;
}
