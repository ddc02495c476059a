/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/noise.h"
#include "workers/diorama/parallel.h"
#include "workers/diorama/sea/reef.h"

#define NEAREST_M 0.12f
#define FARTHEST_M 45.0f

enum { BAND_ROWS = 32 };

/* Makes room for one more; returns the array. */
static void *grow(void *array, int count, int *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room ? 2 * *room : 1024;
    array = realloc(array, (size_t)*room * size);
    if (!array)
        abort();
    return array;
}

struct reef_object *reef_object_new(struct reef_mesh *mesh, enum reef_coat coat)
{
    struct reef_object *object;

    mesh->objects = grow(mesh->objects, mesh->object_count, &mesh->object_room, sizeof(*object));
    object = &mesh->objects[mesh->object_count++];
    *object = (struct reef_object){
        .first_vertex = mesh->vertex_count, .first_face = mesh->face_count, .coat = coat};
    return object;
}

int reef_vertex_add(struct reef_mesh *mesh, const struct reef_vertex *vertex)
{
    mesh->vertices = grow(mesh->vertices, mesh->vertex_count, &mesh->vertex_room, sizeof(*vertex));
    mesh->vertices[mesh->vertex_count] = *vertex;
    mesh->objects[mesh->object_count - 1].vertices++;
    return mesh->vertex_count++;
}

void reef_face_add(struct reef_mesh *mesh, int a, int b, int c)
{
    mesh->faces = grow(mesh->faces, mesh->face_count, &mesh->face_room, sizeof(*mesh->faces));
    mesh->faces[mesh->face_count++] = (struct reef_face){{a, b, c}};
    mesh->objects[mesh->object_count - 1].faces++;
}

void reef_mesh_bound(struct reef_mesh *mesh)
{
    for (int i = 0; i < mesh->object_count; i++) {
        struct reef_object *object = &mesh->objects[i];
        float low[3] = {1e9f, 1e9f, 1e9f}, high[3] = {-1e9f, -1e9f, -1e9f}, square = 0;

        for (int k = 0; k < object->vertices; k++)
            for (int a = 0; a < 3; a++) {
                float at = mesh->vertices[object->first_vertex + k].at[a];

                low[a] = fminf(low[a], at);
                high[a] = fmaxf(high[a], at);
            }
        for (int a = 0; a < 3; a++) {
            object->middle[a] = 0.5f * (low[a] + high[a]);
            square += 0.25f * (high[a] - low[a]) * (high[a] - low[a]);
        }
        object->radius = sqrtf(square) + 0.3f;
    }
}

void reef_mesh_clear(struct reef_mesh *mesh)
{
    mesh->vertex_count = mesh->face_count = mesh->object_count = 0;
}

void reef_mesh_free(struct reef_mesh *mesh)
{
    free(mesh->vertices);
    free(mesh->faces);
    free(mesh->objects);
    memset(mesh, 0, sizeof(*mesh));
}

/* A vertex on the picture: place in samples, one over its depth, and how it is lit. */
struct shown {
    float x, y, inverse, flat;
    float light[3];
};

struct drawing {
    const struct reef *reef;
    const struct reef_mesh *mesh;
    struct frame *frame;
    struct shown *shown;
    float (*rows)[2]; /* of each object: the first and the last; none: the other way round */
    float (*veil)[6]; /* of each object: what water leaves of its light, and adds */
    float pixel[2];
};

/* The net of light at a place. */
static float caustic_at(const struct reef *reef, const float at[3])
{
    const struct tile *tile = &reef->caustic;
    const int level = 1, mask = (OCEAN_SIDE >> 1) - 1;
    float down = (at[1] + reef->depth_m) / reef->beam[1];
    float scale = 0.5f * tile->texels_per_m;
    int x = (int)floorf((at[0] - down * reef->beam[0]) * scale) & mask;
    int z = (int)floorf((at[2] - down * reef->beam[2]) * scale) & mask;

    return (float)tile->texels[tile->level_start[level] + (uint32_t)(z << (OCEAN_LOG2 - 1) | x)] /
           48.0f;
}

static float toward_beam(const struct reef *reef, const float dir[3])
{
    return dir[0] * reef->beam[0] + dir[1] * reef->beam[1] + dir[2] * reef->beam[2];
}

/* As water_toward() of the kernels. */
static void water_toward(const struct reef *reef, const float dir[3], float color[3])
{
    float up = smooth_f(-0.55f, 0.85f, dir[1]), g = 0.68f;
    float d = fmaxf(1 + g * g - 2 * g * toward_beam(reef, dir), 1e-4f);
    float phase = (1 - g * g) * 0.0795775f / (d * sqrtf(d));

    for (int k = 0; k < 3; k++)
        color[k] = lerp_f(reef->deep[k], reef->high[k], up * up) + reef->glow[k] * phase;
}

static void show_vertex(const struct drawing *drawing, int number, int index)
{
    const struct reef *reef = drawing->reef;
    const struct reef_vertex *vertex = &drawing->mesh->vertices[index];
    const struct frame *frame = drawing->frame;
    const struct view *view = &frame->view;
    float t = frame->wave_time_s, at[3], ahead, across, facing, lit, back;
    struct shown *shown = &drawing->shown[index];
    float push = 0.7f * sinf(0.9f * t + 0.35f * vertex->at[0] + 0.2f * vertex->at[2]) +
                 0.3f * sinf(2.1f * t + 1.3f * vertex->at[2] + 1.7f * vertex->at[1]);

    at[0] = vertex->at[0] + vertex->sway * push * reef->way[1];
    at[1] = vertex->at[1] - 0.25f * vertex->sway * push * push;
    at[2] = vertex->at[2] - vertex->sway * push * reef->way[0];
    ahead = (at[0] - view->eye[0]) * view->forward[0] + (at[2] - view->eye[2]) * view->forward[1];
    across = (at[0] - view->eye[0]) * view->right[0] + (at[2] - view->eye[2]) * view->right[1];
    shown->inverse = ahead > NEAREST_M ? 1 / ahead : -1;
    shown->x = 0.5f * (float)frame->width + across * shown->inverse / drawing->pixel[0];
    shown->y = 0.5f * (float)frame->height -
               ((at[1] - view->eye[1]) * shown->inverse - view->shift) / drawing->pixel[1];
    shown->flat = sqrtf(ahead * ahead + across * across);
    facing = toward_beam(reef, vertex->normal);
    lit = fmaxf(facing, 0) * (0.18f + 0.82f * caustic_at(reef, at));
    back = fmaxf(-facing, 0) * 0.12f;
    for (int k = 0; k < 3; k++)
        shown->light[k] = vertex->color[k] * drawing->veil[number][k] *
                          (reef->ambient[k] * (0.62f + 0.38f * vertex->normal[1]) +
                           1.9f * reef->sun[k] * (lit + back));
}

static void show_object(void *context, int number)
{
    const struct drawing *drawing = context;
    const struct reef *reef = drawing->reef;
    const struct reef_object *object = &drawing->mesh->objects[number];
    const struct view *view = &drawing->frame->view;
    float dir[3], distance = 0, ahead = 0, across = 0, edge = 0, *rows = drawing->rows[number];

    for (int k = 0; k < 3; k++) {
        dir[k] = object->middle[k] - view->eye[k];
        distance += dir[k] * dir[k];
    }
    distance = sqrtf(distance) + 1e-3f;
    ahead = dir[0] * view->forward[0] + dir[2] * view->forward[1];
    across = dir[0] * view->right[0] + dir[2] * view->right[1];
    edge = 0.5f * (float)drawing->frame->width * drawing->pixel[0] + 0.05f;
    rows[0] = 1e9f;
    rows[1] = -1e9f;
    if (ahead <= -object->radius || distance >= FARTHEST_M ||
        fabsf(across) >= (fmaxf(ahead, 0) + object->radius) * edge + 1.5f * object->radius)
        return;
    for (int k = 0; k < 3; k++)
        dir[k] /= distance;
    water_toward(reef, dir, drawing->veil[number] + 3);
    for (int k = 0; k < 3; k++) {
        float through = expf(-reef->murk[k] * distance);

        drawing->veil[number][k] = through;
        drawing->veil[number][3 + k] *= 1 - through;
    }
    for (int i = object->first_vertex; i < object->first_vertex + object->vertices; i++) {
        show_vertex(drawing, number, i);
        if (drawing->shown[i].inverse <= 0)
            continue;
        rows[0] = fminf(rows[0], drawing->shown[i].y);
        rows[1] = fmaxf(rows[1], drawing->shown[i].y);
    }
}

/* What a coat makes of the vertices' color where u goes from snout to tail and v from belly, -1,
 * over the side, 0, to the back, 1. */
static void paint(enum reef_coat coat, float u, float v, float color[3])
{
    float white = 0, black = 0;

    switch (coat) {
    case COAT_SILVER: {
        float back = smooth_f(0.15f, 0.6f, v), line = fabsf(v - 0.22f) < 0.05f ? 0.5f : 0;

        for (int k = 0; k < 3; k++)
            color[k] *= lerp_f(1, k == 2 ? 0.38f : 0.24f, back) * (1 - line * 0.4f);
        break;
    }
    case COAT_BARS:
        for (int i = 0; i < 3; i++) {
            float off = fabsf(u - (0.20f + 0.28f * (float)i) + 0.03f * v * v);

            white = fmaxf(white, 1 - smooth_f(0.042f, 0.056f, off));
            black = fmaxf(black, 1 - smooth_f(0.060f, 0.074f, off));
        }
        break;
    case COAT_BANDS:
        black = 0.85f * smooth_f(0.1f, 0.5f, sinf(v * 8.5f + 0.8f * sinf(u * 5)));
        break;
    case COAT_SHARK: {
        float low = 1 - smooth_f(-0.25f, 0.0f, v);

        for (int k = 0; k < 3; k++)
            color[k] *= 1 + 1.6f * low;
        break;
    }
    case COAT_CORAL: { /* polyps */
        float dots =
            sinf(9.4247780f * u) * sinf(v) + 0.5f * sinf(21.991149f * u + v) * sinf(2.3f * v);

        for (int k = 0; k < 3; k++)
            color[k] *= 0.92f + 0.34f * dots;
        return;
    }
    case COAT_PLAIN:
    case COAT_GLASS:
    case REEF_COATS:
        return;
    }
    if (u > 0 && u < 0.2f) { /* an eye */
        float du = (u - 0.105f) * 2.4f, dv = (v - 0.22f) * 0.55f, off = sqrtf(du * du + dv * dv);

        black = fmaxf(black * smooth_f(0.1f, 0.13f, off), 1 - smooth_f(0.055f, 0.07f, off));
        white = fmaxf(white * smooth_f(0.1f, 0.13f, off),
                      (1 - smooth_f(0.09f, 0.11f, off)) * smooth_f(0.055f, 0.07f, off));
    }
    for (int k = 0; k < 3; k++)
        color[k] = lerp_f(color[k] * (1 - 0.95f * black),
                          1.7f * (color[0] + color[1] + color[2]) / 3, white);
}

/* A face being filled. */
struct filling {
    const struct drawing *drawing;
    const struct shown *corner[3];
    const struct reef_vertex *vertex[3];
    const float *veil;
    enum reef_coat coat;
};

static void fill_sample(const struct filling *filling, const float weight[3], size_t at)
{
    struct frame *frame = filling->drawing->frame;
    float flat = 0, color[3] = {0, 0, 0}, u = 0, v = 0;

    for (int k = 0; k < 3; k++)
        flat += weight[k] * filling->corner[k]->flat;
    if (flat >= frame->depth[at])
        return;
    for (int k = 0; k < 3; k++) {
        u += weight[k] * filling->vertex[k]->u;
        v += weight[k] * filling->vertex[k]->v;
        for (int a = 0; a < 3; a++)
            color[a] += weight[k] * filling->corner[k]->light[a];
    }
    if (filling->coat != COAT_PLAIN)
        paint(filling->coat, u, v, color);
    for (int a = 0; a < 3; a++) {
        float behind = filling->coat == COAT_GLASS ? 0.62f * frame->plane[a][at] : 0;

        frame->plane[a][at] = color[a] + filling->veil[3 + a] * (behind > 0 ? 0.3f : 1) + behind;
    }
    frame->depth[at] = flat;
}

static void fill_face(const struct filling *filling, int first_row, int end_row)
{
    const struct shown *a = filling->corner[0], *b = filling->corner[1], *c = filling->corner[2];
    const struct frame *frame = filling->drawing->frame;
    float area = (b->x - a->x) * (c->y - a->y) - (c->x - a->x) * (b->y - a->y);
    int left = (int)fmaxf(fminf(a->x, fminf(b->x, c->x)), 0);
    int right = (int)fminf(fmaxf(a->x, fmaxf(b->x, c->x)) + 1, (float)frame->width);
    int top = (int)fmaxf(fminf(a->y, fminf(b->y, c->y)), (float)first_row);
    int bottom = (int)fminf(fmaxf(a->y, fmaxf(b->y, c->y)) + 1, (float)end_row);

    if (fabsf(area) < 1e-4f || left >= right)
        return;
    area = 1 / area;
    for (int y = top; y < bottom; y++) {
        float py = (float)y + 0.5f, weight[3], step[3], from = (float)left, to = (float)right;

        weight[1] = ((0.5f - a->x) * (c->y - a->y) - (c->x - a->x) * (py - a->y)) * area;
        weight[2] = ((b->x - a->x) * (py - a->y) - (0.5f - a->x) * (b->y - a->y)) * area;
        weight[0] = 1 - weight[1] - weight[2];
        step[1] = (c->y - a->y) * area;
        step[2] = (a->y - b->y) * area;
        step[0] = -step[1] - step[2];
        /* The part of the row where no weight is below zero. */
        for (int k = 0; k < 3; k++)
            if (step[k] > 0)
                from = fmaxf(from, ceilf(-weight[k] / step[k]));
            else if (step[k] < 0)
                to = fminf(to, floorf(-weight[k] / step[k]) + 1);
        for (int x = (int)from; x < (int)to; x++) {
            const float here[3] = {weight[0] + step[0] * (float)x, weight[1] + step[1] * (float)x,
                                   weight[2] + step[2] * (float)x};

            fill_sample(filling, here, (size_t)y * (size_t)frame->stride + (size_t)x);
        }
    }
}

/* All faces, in one band of rows. */
static void draw_band(void *context, int band)
{
    const struct drawing *drawing = context;
    const struct reef_mesh *mesh = drawing->mesh;
    int first = band * BAND_ROWS, end = first + BAND_ROWS;

    if (end > drawing->frame->height)
        end = drawing->frame->height;
    for (int i = 0; i < mesh->object_count; i++) {
        const struct reef_object *object = &mesh->objects[i];
        struct filling filling = {
            .drawing = drawing, .veil = drawing->veil[i], .coat = object->coat};

        if (drawing->rows[i][1] < (float)first || drawing->rows[i][0] >= (float)end)
            continue;
        for (int f = 0; f < object->faces; f++) {
            const int *corner = mesh->faces[object->first_face + f].corner;
            bool is_ahead = true;
            float low = 1e9f, high = -1e9f;

            for (int k = 0; k < 3; k++) {
                filling.corner[k] = &drawing->shown[corner[k]];
                filling.vertex[k] = &mesh->vertices[corner[k]];
                is_ahead = is_ahead && filling.corner[k]->inverse > 0;
                low = fminf(low, filling.corner[k]->y);
                high = fmaxf(high, filling.corner[k]->y);
            }
            if (is_ahead && high >= (float)first && low < (float)end)
                fill_face(&filling, first, end);
        }
    }
}

void reef_mesh_draw(const struct reef *reef, const struct reef_mesh *mesh,
                    const struct place_job *job, struct frame *frame)
{
    struct drawing drawing = {.reef = reef, .mesh = mesh, .frame = frame};

    if (mesh->object_count == 0)
        return;
    drawing.shown = malloc((size_t)mesh->vertex_count * sizeof(*drawing.shown));
    drawing.rows = malloc((size_t)mesh->object_count * sizeof(*drawing.rows));
    drawing.veil = malloc((size_t)mesh->object_count * sizeof(*drawing.veil));
    if (!drawing.shown || !drawing.rows || !drawing.veil)
        abort();
    drawing.pixel[0] = frame->view.pixel * (float)frame->out_width / (float)frame->width;
    drawing.pixel[1] = frame->view.pixel * (float)frame->out_height / (float)frame->height;
    parallel_run(job->threads, mesh->object_count, show_object, &drawing);
    parallel_run(job->threads, (frame->height + BAND_ROWS - 1) / BAND_ROWS, draw_band, &drawing);
    free(drawing.shown);
    free(drawing.rows);
    free(drawing.veil);
}
