/* SPDX-License-Identifier: Apache-2.0 */
/* What grows on the ground: corals of several kinds, sponges, kelp, sea grass. */
#include <math.h>
#include <string.h>

#include "workers/diorama/noise.h"
#include "workers/diorama/sea/reef.h"

enum { RING = 7, CORALS = 150, TUFTS = 70, KELPS = 28, BLADES = 14, BUSH_BRANCHES = 80 };

/* A ring of vertices around `at`, across `along`; returns the first of them. */
struct ring {
    float at[3], along[3], radius;
    float color[3], sway;
};

static void across_of(const float along[3], float side[3], float other[3])
{
    float x = fabsf(along[1]) < 0.9f ? 0.0f : 1.0f, y = fabsf(along[1]) < 0.9f ? 1.0f : 0.0f;
    float cross[3] = {y * along[2], -x * along[2], x * along[1] - y * along[0]}, length;

    length = sqrtf(cross[0] * cross[0] + cross[1] * cross[1] + cross[2] * cross[2]) + 1e-6f;
    for (int k = 0; k < 3; k++)
        side[k] = cross[k] / length;
    other[0] = along[1] * side[2] - along[2] * side[1];
    other[1] = along[2] * side[0] - along[0] * side[2];
    other[2] = along[0] * side[1] - along[1] * side[0];
}

static int ring_add(struct reef_mesh *mesh, const struct ring *ring)
{
    float side[3], other[3];
    int first = mesh->vertex_count;

    across_of(ring->along, side, other);
    for (int i = 0; i < RING; i++) {
        float c = cosf(6.2831853f * (float)i / RING), s = sinf(6.2831853f * (float)i / RING);
        struct reef_vertex vertex = {.sway = ring->sway};

        vertex.u = (float)(i < RING - i ? i : RING - i) / 3.0f;
        vertex.v = 55.0f * (ring->at[0] + ring->at[1] + ring->at[2]);

        for (int k = 0; k < 3; k++) {
            vertex.normal[k] = c * side[k] + s * other[k];
            vertex.at[k] = ring->at[k] + ring->radius * vertex.normal[k];
            vertex.color[k] = ring->color[k];
        }
        reef_vertex_add(mesh, &vertex);
    }
    return first;
}

static void rings_join(struct reef_mesh *mesh, int low, int high)
{
    for (int i = 0; i < RING; i++) {
        int j = (i + 1) % RING;

        reef_face_add(mesh, low + i, low + j, high + i);
        reef_face_add(mesh, high + i, low + j, high + j);
    }
}

/* A tube from one ring to another, closed at its end where `tip` is true. */
static void tube(struct reef_mesh *mesh, const struct ring *from, const struct ring *to, bool tip)
{
    int low = ring_add(mesh, from), high = ring_add(mesh, to), top;
    struct reef_vertex end = {.sway = to->sway};

    rings_join(mesh, low, high);
    if (!tip)
        return;
    for (int k = 0; k < 3; k++) {
        end.at[k] = to->at[k] + to->radius * 0.8f * to->along[k];
        end.normal[k] = to->along[k];
        end.color[k] = to->color[k] * 1.25f;
    }
    top = reef_vertex_add(mesh, &end);
    for (int i = 0; i < RING; i++)
        reef_face_add(mesh, high + i, high + (i + 1) % RING, top);
}

static void unit(float v[3])
{
    float length = sqrtf(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]) + 1e-6f;

    for (int k = 0; k < 3; k++)
        v[k] /= length;
}

/* What a plant is to be. */
struct seedling {
    float at[3], size;
    float color[3];
    struct dice *dice;
    float turn; /* of flat things */
};

/* Antlers: each branch splits in two, as long as there are branches left. */
static void plant_antlers(struct reef_mesh *mesh, const struct seedling *seed, bool flat)
{
    struct branch {
        float at[3], along[3], radius, length;
        int order;
    } heap[BUSH_BRANCHES];
    int count = 0, starts = flat ? 2 : 5;
    float fx = cosf(seed->turn), fz = sinf(seed->turn);

    for (int i = 0; i < starts; i++) {
        float lean = dice_between(seed->dice, -0.9f, 0.9f),
              other = dice_between(seed->dice, -0.9f, 0.9f);
        struct branch *branch = &heap[count++];

        *branch = (struct branch){.radius = 0.055f * seed->size, .length = 0.27f * seed->size};
        memcpy(branch->at, seed->at, sizeof(branch->at));
        branch->along[0] = lean * fx + (flat ? 0 : other * fz);
        branch->along[1] = 1;
        branch->along[2] = lean * fz - (flat ? 0 : other * fx);
        unit(branch->along);
    }
    for (int i = 0; i < count; i++) {
        const struct branch branch = heap[i];
        struct ring from = {.radius = branch.radius}, to = {.radius = branch.radius * 0.78f};
        bool splits = branch.order < 4 && count + 2 <= BUSH_BRANCHES;

        for (int k = 0; k < 3; k++) {
            from.at[k] = branch.at[k];
            from.along[k] = to.along[k] = branch.along[k];
            to.at[k] = branch.at[k] + branch.along[k] * branch.length;
            from.color[k] = seed->color[k] * (0.55f + 0.15f * (float)branch.order);
            to.color[k] = seed->color[k] * (0.70f + 0.15f * (float)branch.order);
        }
        tube(mesh, &from, &to, !splits);
        for (int s = 0; s < 2 && splits; s++) {
            float bend = (s ? 1.0f : -1.0f) * dice_between(seed->dice, 0.35f, 0.75f);
            float other = flat ? 0 : dice_between(seed->dice, -0.6f, 0.6f);
            struct branch *next = &heap[count++];

            *next = branch;
            memcpy(next->at, to.at, sizeof(next->at));
            next->along[0] += bend * fx + other * fz;
            next->along[1] += 0.18f;
            next->along[2] += bend * fz - other * fx;
            unit(next->along);
            next->radius = branch.radius * 0.78f;
            next->length = branch.length * dice_between(seed->dice, 0.68f, 0.92f);
            next->order++;
        }
    }
}

/* A dome, round or flat; its furrows wind like those of a brain. */
static void plant_dome(struct reef_mesh *mesh, const struct seedling *seed, float flatness)
{
    enum { RINGS = 12, AROUND = 22 };
    int first = mesh->vertex_count;

    for (int j = 0; j <= RINGS; j++)
        for (int i = 0; i < AROUND; i++) {
            float a = 6.2831853f * (float)i / AROUND, b = 1.75f * (float)j / RINGS;
            float furrow =
                sinf(9 * b + 3 * sinf(a * 2 + seed->turn)) * sinf(7 * a + 3 * sinf(b * 3));
            float radius = seed->size * (0.5f + 0.018f * furrow + 0.05f * sinf(3 * a + seed->turn));
            struct reef_vertex vertex = {.normal = {sinf(b) * cosf(a), cosf(b), sinf(b) * sinf(a)}};

            vertex.at[0] = seed->at[0] + radius * vertex.normal[0];
            vertex.at[1] = seed->at[1] + radius * flatness * vertex.normal[1] + 0.05f * seed->size;
            vertex.at[2] = seed->at[2] + radius * vertex.normal[2];
            for (int k = 0; k < 3; k++)
                vertex.color[k] = seed->color[k] * (0.72f + 0.38f * furrow);
            vertex.u = (float)i / 3.0f;
            vertex.v = 5.0f * (float)j;
            reef_vertex_add(mesh, &vertex);
        }
    for (int j = 0; j < RINGS; j++)
        for (int i = 0; i < AROUND; i++) {
            int here = first + j * AROUND + i, next = first + j * AROUND + (i + 1) % AROUND;

            reef_face_add(mesh, here, next, here + AROUND);
            reef_face_add(mesh, next, next + AROUND, here + AROUND);
        }
}

/* A table: a wide plate on a stalk. */
static void plant_table(struct reef_mesh *mesh, const struct seedling *seed)
{
    struct seedling plate = *seed;
    struct ring from = {.along = {0, 1, 0}, .radius = 0.10f * seed->size};
    struct ring to = {.along = {0, 1, 0}, .radius = 0.30f * seed->size};

    for (int k = 0; k < 3; k++) {
        from.at[k] = to.at[k] = seed->at[k];
        from.color[k] = to.color[k] = 0.5f * seed->color[k];
    }
    to.at[1] += 0.42f * seed->size;
    tube(mesh, &from, &to, false);
    plate.at[1] = to.at[1] - 0.04f * seed->size;
    plate.size *= 1.5f;
    plant_dome(mesh, &plate, 0.13f);
}

/* A bundle of sponges: tubes open at their top. */
static void plant_sponge(struct reef_mesh *mesh, const struct seedling *seed)
{
    for (int i = 0; i < 6; i++) {
        float lean[2] = {dice_between(seed->dice, -0.3f, 0.3f),
                         dice_between(seed->dice, -0.3f, 0.3f)};
        float tall = seed->size * dice_between(seed->dice, 0.4f, 1.0f);
        struct ring from = {.radius = 0.07f * seed->size, .along = {lean[0], 1, lean[1]}};
        struct ring to, inside;

        unit(from.along);
        to = from;
        to.radius = 0.105f * seed->size;
        for (int k = 0; k < 3; k++) {
            from.at[k] = seed->at[k] + (k == 1 ? 0 : 0.35f * lean[k / 2] * seed->size);
            to.at[k] = from.at[k] + tall * from.along[k];
            from.color[k] = 0.5f * seed->color[k];
            to.color[k] = seed->color[k];
        }
        tube(mesh, &from, &to, false);
        inside = to;
        inside.radius *= 0.72f;
        for (int k = 0; k < 3; k++) {
            inside.at[k] -= 0.12f * seed->size * inside.along[k];
            inside.color[k] *= 0.12f;
        }
        tube(mesh, &to, &inside, true);
    }
}

/* A flat blade that narrows to its tip, of `parts` pieces; gives way the more the higher up. */
static void blade(struct reef_mesh *mesh, const struct seedling *seed, float wide, float sway)
{
    enum { PARTS = 5 };
    float fx = cosf(seed->turn), fz = sinf(seed->turn),
          lean = dice_between(seed->dice, -0.35f, 0.35f);
    int first = mesh->vertex_count;

    for (int j = 0; j <= PARTS; j++)
        for (int s = -1; s <= 1; s += 2) {
            float t = (float)j / PARTS, half = 0.5f * wide * (1 - 0.9f * t * t) * (float)s;
            struct reef_vertex vertex = {.normal = {-fz * 0.7f, 0.7f, fx * 0.7f},
                                         .sway = sway * t * t};

            vertex.at[0] = seed->at[0] + half * fx - lean * t * t * seed->size * fz;
            vertex.at[1] = seed->at[1] + seed->size * t * (1 - 0.12f * t);
            vertex.at[2] = seed->at[2] + half * fz + lean * t * t * seed->size * fx;
            for (int k = 0; k < 3; k++)
                vertex.color[k] = seed->color[k] * (0.45f + 0.75f * t);
            reef_vertex_add(mesh, &vertex);
        }
    for (int j = 0; j < PARTS; j++) {
        int at = first + 2 * j;

        reef_face_add(mesh, at, at + 1, at + 2);
        reef_face_add(mesh, at + 1, at + 3, at + 2);
    }
}

static void plant_grass(struct reef_mesh *mesh, struct seedling seed)
{
    const float at[3] = {seed.at[0], seed.at[1], seed.at[2]};
    float size = seed.size;

    for (int i = 0; i < BLADES; i++) {
        seed.at[0] = at[0] + dice_between(seed.dice, -0.28f, 0.28f);
        seed.at[2] = at[2] + dice_between(seed.dice, -0.28f, 0.28f);
        seed.turn = dice_between(seed.dice, 0, 6.28f);
        seed.size = size * dice_between(seed.dice, 0.6f, 1.1f);
        blade(mesh, &seed, 0.022f, 0.28f * seed.size);
    }
}

/* A stalk up toward the light with a leaf at every step. */
static void plant_kelp(struct reef_mesh *mesh, struct seedling seed)
{
    enum { STEPS = 16 };
    const float root[3] = {seed.at[0], seed.at[1], seed.at[2]};
    float tall = seed.size, step = tall / STEPS;

    for (int i = 0; i < STEPS; i++) {
        float t = (float)i / STEPS, next = (float)(i + 1) / STEPS;
        struct ring from = {.along = {0, 1, 0}, .radius = 0.016f, .sway = 0.5f * t * t};
        struct ring to = {.along = {0, 1, 0}, .radius = 0.014f, .sway = 0.5f * next * next};
        struct seedling leaf = seed;
        int first = 0;

        for (int k = 0; k < 3; k++) {
            from.at[k] = root[k] + (k == 1 ? tall * t : 0.10f * sinf(5 * t + seed.turn + (float)k));
            to.at[k] =
                root[k] + (k == 1 ? tall * next : 0.10f * sinf(5 * next + seed.turn + (float)k));
            from.color[k] = to.color[k] = 0.6f * seed.color[k];
        }
        tube(mesh, &from, &to, false);
        memcpy(leaf.at, from.at, sizeof(leaf.at));
        leaf.size = dice_between(seed.dice, 0.35f, 0.6f);
        leaf.turn = seed.turn + 2.4f * (float)i;
        first = mesh->vertex_count;
        blade(mesh, &leaf, 0.11f, 0.12f);
        /* Leaves hang out from the stalk and go along with it. */
        for (int k = first; k < mesh->vertex_count; k++) {
            struct reef_vertex *vertex = &mesh->vertices[k];
            float up = (vertex->at[1] - leaf.at[1]) / leaf.size;

            vertex->at[0] += 0.8f * up * leaf.size * -sinf(leaf.turn);
            vertex->at[2] += 0.8f * up * leaf.size * cosf(leaf.turn);
            vertex->at[1] = leaf.at[1] + 0.35f * up * leaf.size - 0.25f * up * up * leaf.size;
            vertex->sway += from.sway;
        }
        (void)step;
    }
}

static void pick_color(struct seedling *seed)
{
    static const float colors[][3] = {
        {0.62f, 0.10f, 0.20f}, {0.70f, 0.26f, 0.05f}, {0.46f, 0.15f, 0.50f}, {0.66f, 0.50f, 0.10f},
        {0.60f, 0.30f, 0.26f}, {0.20f, 0.34f, 0.44f}, {0.36f, 0.42f, 0.14f}, {0.68f, 0.55f, 0.40f}};
    const float *color = colors[dice_next(seed->dice) >> 13 & 7];

    for (int k = 0; k < 3; k++)
        seed->color[k] = color[k] * dice_between(seed->dice, 0.95f, 1.35f);
}

static void plant_coral(struct reef_mesh *mesh, struct seedling *seed)
{
    int kind = (int)(dice_next(seed->dice) >> 11 & 7);

    pick_color(seed);
    reef_object_new(mesh, COAT_CORAL);
    switch (kind) {
    case 0:
        plant_dome(mesh, seed, 0.75f);
        break;
    case 1:
        plant_table(mesh, seed);
        break;
    case 2:
        plant_sponge(mesh, seed);
        break;
    case 3:
    case 4:
        seed->size *= 1.2f;
        plant_antlers(mesh, seed, true);
        break;
    default:
        plant_antlers(mesh, seed, false);
        break;
    }
}

/* A place ahead in the channel's frame, on the ground. */
static void settle(const struct reef *reef, struct seedling *seed, float ahead, float off)
{
    seed->at[0] = reef->axis[0] + ahead * reef->way[0] + off * reef->way[1];
    seed->at[2] = reef->axis[1] + ahead * reef->way[1] - off * reef->way[0];
    seed->at[1] = reef_ground(reef, seed->at[0], seed->at[2]) - 0.03f;
    seed->turn = dice_between(seed->dice, 0, 6.2831853f);
}

void reef_plant(struct reef *reef, const struct scene *scene)
{
    struct dice dice = {scene->seed ^ 0x6a4de4u};
    struct reef_mesh *mesh = &reef->garden;
    bool kelpy = dice_between(&dice, 0, 1) < 0.4f;

    for (int i = 0; i < CORALS; i++) {
        struct seedling seed = {.dice = &dice, .size = dice_between(&dice, 0.40f, 1.15f)};
        float far = dice_between(&dice, 0, 1), side = i % 2 ? 1.0f : -1.0f;

        settle(reef, &seed, 1.3f + 19 * far * far,
               side * dice_between(&dice, 0.9f + 0.4f * far, 2.6f + 8 * far));
        seed.size *= 0.6f + 0.6f * far;
        plant_coral(mesh, &seed);
    }
    for (int i = 0; i < TUFTS; i++) {
        struct seedling seed = {.dice = &dice,
                                .size = dice_between(&dice, 0.25f, 0.6f),
                                .color = {0.10f, 0.24f, 0.05f}};

        settle(reef, &seed, dice_between(&dice, 1.2f, 16), dice_between(&dice, -7, 7));
        reef_object_new(mesh, COAT_PLAIN);
        plant_grass(mesh, seed);
    }
    for (int i = 0; i < (kelpy ? KELPS : KELPS / 4); i++) {
        struct seedling seed = {.dice = &dice, .color = {0.24f, 0.20f, 0.04f}};
        float side = i % 2 ? 1.0f : -1.0f;

        settle(reef, &seed, dice_between(&dice, 4, 18), side * dice_between(&dice, 2.2f, 8));
        seed.size = fminf(dice_between(&dice, 3.0f, 6.5f), -seed.at[1] - 0.3f);
        reef_object_new(mesh, COAT_PLAIN);
        plant_kelp(mesh, seed);
    }
    reef_mesh_bound(mesh);
}
