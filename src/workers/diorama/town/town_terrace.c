/* SPDX-License-Identifier: Apache-2.0 */
/* The terrace of a cafe: tables, chairs, parasols, planters, a string of lights, a board. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/macros.h"
#include "workers/diorama/town/town_impl.h"

enum { TABLES = 8, BULBS_A_SPAN = 10 };

#define CURB_M 0.15f
#define FIRST_M 4.6f
#define TABLE_M 2.5f /* from table to table */
#define SEAT_M 0.47f

static void add_painted(struct town_plan *plan, const struct town_span *parts, int count,
                        const float color[3])
{
    for (int i = 0; i < count; i++)
        memcpy(town_add(plan, TOWN_PLAIN, parts[i])->color, color, 3 * sizeof(*color));
}

static void add_chair(struct town_plan *plan, float x, float z, float s, const float wood[3])
{
    struct town *town = plan->town;
    const float y = CURB_M + SEAT_M;
    const struct town_span parts[] = {
        {x - 0.21f, x + 0.21f, y - 0.03f, y, z - 0.2f, z + 0.2f},
        {x - 0.21f, x + 0.21f, y + 0.24f, y + 0.42f, z + s * 0.19f, z + s * 0.21f},
        {x - 0.21f, x - 0.18f, CURB_M, y + 0.42f, z + s * 0.18f, z + s * 0.21f},
        {x + 0.18f, x + 0.21f, CURB_M, y + 0.42f, z + s * 0.18f, z + s * 0.21f},
        {x - 0.21f, x - 0.18f, CURB_M, y, z - s * 0.2f, z - s * 0.17f},
        {x + 0.18f, x + 0.21f, CURB_M, y, z - s * 0.2f, z - s * 0.17f},
    };

    add_painted(plan, parts, ARRAY_LEN(parts), wood);
    if (town->seat_count < TOWN_SEATS_MAX)
        town->seats[town->seat_count++] =
            (struct town_seat){{x, CURB_M, z}, s < 0 ? 0 : 3.14159f, SEAT_M};
}

/* A table with two chairs, and what is on it. */
static void add_table(struct town_plan *plan, float x, float z)
{
    static const float wood[3] = {0.24f, 0.13f, 0.06f}, china[3] = {0.70f, 0.68f, 0.64f},
                       iron[3] = {0.03f, 0.03f, 0.032f}, seat[3] = {0.20f, 0.10f, 0.045f};
    float turn = dice_between(&plan->dice, -0.06f, 0.06f);
    const struct town_span top[] = {
        {x - 0.34f, x + 0.34f, 0.86f, 0.89f, z - 0.26f, z + 0.26f},
        {x - 0.26f, x + 0.26f, 0.861f, 0.891f, z - 0.34f, z + 0.34f},
    };
    const struct town_span foot[] = {
        {x - 0.03f, x + 0.03f, CURB_M, 0.86f, z - 0.03f, z + 0.03f},
        {x - 0.22f, x + 0.22f, CURB_M, CURB_M + 0.03f, z - 0.05f, z + 0.05f},
        {x - 0.05f, x + 0.05f, CURB_M, CURB_M + 0.03f, z - 0.22f, z + 0.22f},
    };
    const struct town_span cups[] = {
        {x - 0.17f, x - 0.05f, 0.89f, 0.90f, z - 0.20f, z - 0.08f},
        {x - 0.14f, x - 0.08f, 0.90f, 0.97f, z - 0.17f, z - 0.11f},
        {x + 0.03f, x + 0.15f, 0.89f, 0.90f, z + 0.10f, z + 0.22f},
        {x + 0.06f, x + 0.12f, 0.90f, 0.97f, z + 0.13f, z + 0.19f},
    };

    add_painted(plan, top, ARRAY_LEN(top), wood);
    add_painted(plan, foot, ARRAY_LEN(foot), iron);
    add_painted(plan, cups, ARRAY_LEN(cups), china);
    add_chair(plan, x + turn, z - 0.64f, -1, seat);
    add_chair(plan, x - turn, z + 0.64f, 1, seat);
}

static void add_parasol(struct town_plan *plan, float x, float z, bool red)
{
    town_add(plan, TOWN_PLAIN,
             (struct town_span){x - 0.025f, x + 0.025f, 0.9f, 2.75f, z - 0.025f, z + 0.025f});
    for (int layer = 0; layer < 12; layer++) {
        float half = 1.25f - 0.10f * (float)layer, y = 2.30f + 0.040f * (float)layer;
        struct town_box *cloth =
            town_add(plan, TOWN_PLAIN,
                     (struct town_span){x - half, x + half, y, y + 0.04f, z - half, z + half});

        if (red)
            town_paint(cloth->color, 0.50f, 0.09f, 0.06f);
        else
            town_paint(cloth->color, 0.56f, 0.50f, 0.40f);
    }
}

/* A box of leaves and flowers between the tables and the passers-by. */
static void add_planter(struct town_plan *plan, float x, float z)
{
    struct town_box *box =
        town_add(plan, TOWN_PLAIN,
                 (struct town_span){x - 0.16f, x + 0.16f, CURB_M, 0.58f, z - 0.62f, z + 0.62f});

    town_paint(box->color, 0.085f, 0.075f, 0.065f);
    box = town_add(plan, TOWN_LEAVES,
                   (struct town_span){x - 0.19f, x + 0.19f, 0.56f, 0.88f, z - 0.64f, z + 0.64f});
    town_paint(box->color, 0.075f, 0.14f, 0.035f);
    box = town_add(plan, TOWN_LEAVES,
                   (struct town_span){x - 0.12f, x + 0.12f, 0.86f, 0.99f, z - 0.52f, z + 0.5f});
    town_paint(box->color, 0.085f, 0.15f, 0.035f);
}

/* Bulbs on a wire that sags between posts. */
static void add_lights(struct town_plan *plan, float x, float from, float to)
{
    bool night = plan->town->night > 0.5f;
    float step = (to - from) / BULBS_A_SPAN;

    town_add(plan, TOWN_PLAIN,
             (struct town_span){x - 0.03f, x + 0.03f, CURB_M, 3.0f, to - 0.03f, to + 0.03f});
    for (int i = 0; i < BULBS_A_SPAN; i++) {
        float t = ((float)i + 0.5f) / BULBS_A_SPAN, z = from + t * (to - from);
        float y = 2.95f - 1.3f * t * (1.0f - t), power[3] = {0.55f, 0.36f, 0.17f};
        struct town_box *bulb = town_add(plan, TOWN_LAMP,
                                         (struct town_span){x - 0.032f, x + 0.032f, y - 0.11f,
                                                            y - 0.035f, z - 0.032f, z + 0.032f});

        town_paint(bulb->glow, night ? 7.0f : 1.5f, night ? 4.6f : 1.1f, night ? 2.0f : 0.55f);
        town_add(plan, TOWN_PLAIN,
                 (struct town_span){x - 0.008f, x + 0.008f, y - 0.04f, y - 0.02f, z - 0.5f * step,
                                    z + 0.5f * step});
        if (night && i % 4 == 2)
            town_lamp(plan, (const float[]){x, y, z}, power);
    }
}

/* A board with the day's dishes in chalk, facing those who come. */
static void add_board(struct town_plan *plan, float x, float z)
{
    struct town_box *board =
        town_add(plan, TOWN_BOARD,
                 (struct town_span){x - 0.30f, x + 0.30f, CURB_M + 0.08f, 1.12f, z, z + 0.05f});

    town_paint(board->color, 0.16f, 0.085f, 0.035f);
}

void town_add_terrace(struct town_plan *plan)
{
    struct dice *dice = &plan->dice;

    for (int i = 0; i < 2 * TABLES; i++) { /* the seats of both sides, nearest first */
        float s = i % 2 ? 1.0f : -1.0f, z = FIRST_M + TABLE_M * (float)(i / 2);
        float x = s * (plan->town->walls_m - dice_between(dice, 1.0f, 1.3f));
        float edge = s * (plan->town->walls_m - 2.15f);

        add_table(plan, x, z);
        if (i / 2 % 2)
            add_parasol(plan, x, z, i / 2 % 4 == 1);
        else
            add_lights(plan, edge, z - 0.5f * TABLE_M, z + 1.5f * TABLE_M);
        add_planter(plan, edge, z);
        if (i / 2 == 0 || i / 2 == TABLES - 1)
            add_board(plan, edge, z + 0.5f * TABLE_M);
    }
}
