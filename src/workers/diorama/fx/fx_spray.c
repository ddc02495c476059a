/* SPDX-License-Identifier: Apache-2.0 */
/* What a gale blows off the crests of a sea: puffs of spray, and drops before the lens. */
#include <math.h>

#include "workers/diorama/fx/fx_impl.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/sea/sea.h"

#define REACH_M 230.0f
#define NEAREST_M 3.0f
#define APART_M 1.7f      /* of the places that are looked at */
#define FRESH_LEAST 0.35f /* foam of a crest that breaks */
#define WIND_M_S 15.0f
#define SHUTTER_S 0.016f

enum { PUFFS = 3, DROPS = 3, DROPS_WITHIN_M = 45 };

/* A bit of a crest that breaks. */
struct crest {
    float place[3];
    float fresh, far_m;
    int number;
};

/* Between the four cells of a band around where water comes from. */
static float cells_at(const struct ocean_band *band, const float *cells, const float from[2])
{
    float per_m = (float)OCEAN_SIDE / band->size_m, x = from[0] * per_m, z = from[1] * per_m;
    int ix = (int)floorf(x), iz = (int)floorf(z), mask = OCEAN_SIDE - 1;
    const float *low = cells + (size_t)(iz & mask) * OCEAN_SIDE;
    const float *high = cells + (size_t)((iz + 1) & mask) * OCEAN_SIDE;

    x -= (float)ix;
    z -= (float)iz;
    return lerp_f(lerp_f(low[ix & mask], low[(ix + 1) & mask], x),
                  lerp_f(high[ix & mask], high[(ix + 1) & mask], x), z);
}

/* The crest at a knot of a net over the water, if one breaks there. */
static bool find_crest(const struct fx_pass *pass, const int knot[2], struct crest *crest)
{
    const struct ocean_band *bands = pass->frame->sea->ocean.bands;
    const struct view *view = &pass->frame->view;
    const float from[2] = {((float)knot[0] + noise_hash(knot[0], knot[1], 21)) * APART_M,
                           ((float)knot[1] + noise_hash(knot[0], knot[1], 22)) * APART_M};
    float ahead, across;

    crest->fresh = fmaxf(cells_at(&bands[0], bands[0].fresh, from),
                         0.8f * cells_at(&bands[1], bands[1].fresh, from));
    if (crest->fresh < FRESH_LEAST)
        return false;
    crest->number = knot[0] * 7919 + knot[1];
    crest->place[1] = 0;
    for (int a = 0; a < 2; a++)
        crest->place[a * 2] = from[a];
    for (int b = 0; b < 2; b++) {
        crest->place[1] += cells_at(&bands[b], bands[b].height, from);
        for (int a = 0; a < 2; a++)
            crest->place[a * 2] += cells_at(&bands[b], bands[b].shift[a], from);
    }
    /* The wind gets at what stands up. */
    crest->fresh *= smooth_f(0, 0.25f, crest->place[1] / pass->frame->sea->ocean.plan.height_m);
    across = crest->place[0] - view->eye[0];
    ahead = crest->place[2] - view->eye[2];
    crest->far_m = hypotf(across, ahead);
    ahead = across * view->forward[0] + ahead * view->forward[1];
    return ahead > NEAREST_M && crest->far_m < REACH_M && crest->fresh > FRESH_LEAST;
}

/* What blows by `age` seconds after it left a crest. */
static void blown(const struct splats *splats, const struct crest *crest, int i, float age,
                  float place[3])
{
    const float *wind = splats->pass->frame->sea->wind;
    float a = noise_hash(crest->number, i, 11), b = noise_hash(crest->number, i, 12);
    float run = WIND_M_S * (0.55f + 0.7f * a) * age + 2.5f * (a - 0.5f), aside = 3.0f * (b - 0.5f);

    place[0] = crest->place[0] + wind[0] * run + wind[1] * aside;
    place[1] = crest->place[1] + 0.1f + (0.4f + 2.0f * b * b) * age - 1.4f * age * age;
    place[2] = crest->place[2] + wind[1] * run - wind[0] * aside;
}

static void add_puffs(struct splats *splats, const struct crest *crest, const float light[3])
{
    float time_s = splats->pass->frame->wave_time_s;
    float near = smooth_f(NEAREST_M, 8 * NEAREST_M, crest->far_m);
    float thin = near * (1 - smooth_f(0.6f * REACH_M, REACH_M, crest->far_m));

    for (int i = 0; i < PUFFS; i++) {
        float life = 0.8f + 0.9f * noise_hash(crest->number, i, 13), turns, age, from[3], to[3];
        struct splat_look look = {.is_soft = true};

        turns = time_s / life + noise_hash(crest->number, i, 14);
        age = (turns - floorf(turns)) * life;
        look.radius_m = 0.22f + 0.75f * age;
        look.cover = 0.17f * thin * smooth_f(FRESH_LEAST, 0.9f, crest->fresh) *
                     sinf(3.1416f * sqrtf(age / life));
        for (int k = 0; k < 3; k++)
            look.color[k] = light[k];
        blown(splats, crest, i, age, from);
        blown(splats, crest, i, age + 0.06f + 0.16f * age, to);
        if (look.cover > 0.01f)
            splats_add(splats, from, to, &look);
    }
}

static void add_drops(struct splats *splats, const struct crest *crest, const float light[3])
{
    float time_s = splats->pass->frame->wave_time_s;

    for (int i = PUFFS; i < PUFFS + DROPS; i++) {
        float life = 0.9f, turns = time_s / life + noise_hash(crest->number, i, 14);
        float age = (turns - floorf(turns)) * life, from[3], to[3];
        struct splat_look look = {.radius_m = 0.022f + 0.03f * noise_hash(crest->number, i, 15),
                                  .cover = 0.8f * smooth_f(FRESH_LEAST, 0.7f, crest->fresh) *
                                           sinf(3.1416f * age / life),
                                  .is_soft = true};

        for (int k = 0; k < 3; k++)
            look.color[k] = 1.25f * light[k];
        blown(splats, crest, i, age, from);
        blown(splats, crest, i, age + SHUTTER_S, to);
        from[1] += 1.3f * noise_hash(crest->number, i, 16) * age;
        to[1] += 1.3f * noise_hash(crest->number, i, 16) * (age + SHUTTER_S);
        if (look.cover > 0.02f)
            splats_add(splats, from, to, &look);
    }
}

bool fx_has_spray(const struct frame *frame)
{
    return frame->sea && frame->sea->storm > 0.2f;
}

void fx_add_spray(struct splats *splats)
{
    const struct frame *frame = splats->pass->frame;
    const struct sky *sky = &frame->world->sky;
    const int middle[2] = {(int)floorf(frame->view.eye[0] / APART_M),
                           (int)floorf(frame->view.eye[2] / APART_M)};
    const int side = (int)(REACH_M / APART_M);
    float toward = frame->view.forward[0] * sky->sun[0] + frame->view.forward[1] * sky->sun[2];
    /* Drops throw light on forward: bright against the sun. */
    float sun = 0.10f + 0.22f * fmaxf(toward, 0) * toward, light[3];

    for (int k = 0; k < 3; k++)
        light[k] = 0.5f * (sky->ambient_sun[k] + sky->ambient_away[k]) + sun * sky->sun_color[k];
    for (int z = -side; z <= side; z++)
        for (int x = -side; x <= side; x++) {
            const int knot[2] = {middle[0] + x, middle[1] + z};
            struct crest crest;

            if (!find_crest(splats->pass, knot, &crest))
                continue;
            add_puffs(splats, &crest, light);
            if (crest.far_m < DROPS_WITHIN_M)
                add_drops(splats, &crest, light);
        }
}
