/* SPDX-License-Identifier: Apache-2.0 */
/* A city seen from the height of its roofs: blocks, setbacks, towers and spires. */
#include <math.h>
#include <stddef.h>

#include "workers/diorama/town/town_impl.h"

#define BLOCK_M 62.0f
#define STREET_M 18.0f
#define REACH_M 2300.0f

/* A glass tower of slices that step or turn inward, with a lit crown. */
static void add_tower(struct town_plan *plan, float x, float z, float wide, float tall)
{
    struct dice *dice = &plan->dice;
    int slices = (int)dice_between(dice, 2, plan->scene->futuristic ? 6.9f : 4.9f);
    float y = 0, size = wide, dark = dice_between(dice, 0.6f, 1.2f);
    bool glass = plan->scene->futuristic || dice_between(dice, 0, 1) < 0.5f;

    for (int i = 0; i < slices; i++) {
        float next = tall * sqrtf((float)(i + 1) / (float)slices);
        float off = plan->scene->futuristic ? dice_between(dice, -0.1f, 0.1f) * wide : 0;
        struct town_box *box =
            town_add(plan, glass ? TOWN_TOWER : TOWN_HOUSE,
                     (struct town_span){x - 0.5f * size + off, x + 0.5f * size + off, y, next,
                                        z - 0.5f * size, z + 0.5f * size});

        town_windows(plan, box);
        box->floor_m = 3.6f;
        for (int k = 0; k < 3; k++)
            box->color[k] *= dark;
        if (i > 0 && plan->scene->futuristic) {
            struct town_box *ring = town_add(
                plan, TOWN_LAMP,
                (struct town_span){x - 0.52f * size + off, x + 0.52f * size + off, y - 0.4f,
                                   y + 0.5f, z - 0.52f * size, z + 0.52f * size});

            town_paint(ring->glow, 0.25f, 0.75f, 1.0f);
            if (plan->town->night > 0.5f)
                town_paint(ring->glow, 0.5f, 1.4f, 2.0f);
        }
        y = next;
        size *= dice_between(dice, 0.72f, 0.92f);
    }
    if (tall > 120)
        town_add(plan, TOWN_PLAIN,
                 (struct town_span){x - 0.6f, x + 0.6f, tall,
                                    tall * dice_between(dice, 1.1f, 1.35f), z - 0.6f, z + 0.6f});
}

static void add_block(struct town_plan *plan, float x, float z)
{
    struct dice *dice = &plan->dice;
    float far = sqrtf(x * x + (z - 900) * (z - 900)), center = expf(-far * far / 420000.0f);
    float limit = z < 420 && fabsf(x) < 40.0f + 0.12f * z ? 60.0f : 1e9f;
    int split = dice_between(dice, 0, 1) < 0.5f ? 2 : 1;
    float size = (BLOCK_M - 4) / (float)split;

    for (int i = 0; i < split * split; i++) {
        float cx = x + (BLOCK_M / (float)split) * ((float)(i % split) + 0.5f);
        float cz = z + (BLOCK_M / (float)split) * ((float)(i / split) + 0.5f);
        float tall = dice_between(dice, 14, 45) + center * dice_between(dice, 0, 120);
        struct town_box *box = NULL;

        if (dice_between(dice, 0, 1) < 0.10f + 0.25f * center)
            tall += dice_between(dice, 40, plan->scene->futuristic ? 300 : 190);
        tall = fminf(tall, limit);
        if (tall > 70) {
            add_tower(plan, cx, cz, size * dice_between(dice, 0.6f, 0.9f), tall);
            continue;
        }
        box = town_add(plan, TOWN_HOUSE,
                       (struct town_span){cx - 0.5f * size, cx + 0.5f * size, 0, tall,
                                          cz - 0.5f * size, cz + 0.5f * size});
        town_windows(plan, box);
        if (tall > 30)
            town_add(plan, TOWN_PLAIN,
                     (struct town_span){cx - 0.25f * size, cx + 0.2f * size, tall, tall + 3.5f,
                                        cz - 0.2f * size, cz + 0.25f * size});
    }
}

void town_build_skyline(struct town_plan *plan)
{
    struct town *town = plan->town;

    town->road_m = 8;
    town->walls_m = 9;
    town->from_m = 0;
    town->to_m = 1;
    for (float z = 90; z < REACH_M; z += BLOCK_M + STREET_M)
        for (float x = -1600; x < 1600; x += BLOCK_M + STREET_M)
            if (fabsf(x + 0.5f * BLOCK_M) < 130.0f + 0.72f * z)
                add_block(plan, x, z);
}
