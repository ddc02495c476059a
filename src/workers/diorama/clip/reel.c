/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/clip/reel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 2 };

#define FADE_S 2.0f

/* A part, and what it shares with those before it. */
struct stretch {
    struct scene scene;
    int frames, first; /* its first frame, counted over all parts */
    int base;          /* the part whose land this one stands on */
    int like;          /* the earliest part since when the scene is the same */
};

struct slot {
    struct renderer *renderer;
    int part; /* struct stretch.like of what it draws */
};

struct reel {
    struct scene origin;
    bool has_origin;
    int width, height, fps, threads, part_count;
    struct stretch parts[REEL_PARTS_MAX];
    struct camera_leg legs[REEL_PARTS_MAX];
    struct slot slots[SLOTS];
    uint8_t *pixels; /* of the part that is faded out */
};

static bool is_same_land(const struct scene *a, const struct scene *b)
{
    return a->place == b->place && a->vista == b->vista && a->tropical == b->tropical &&
           a->seed == b->seed;
}

/* Whether only the camera differs, and what is heard. */
static bool is_same_scene(const struct scene *a, const struct scene *b)
{
    struct scene turned = *a;

    turned.camera = b->camera;
    turned.camera_speed = b->camera_speed;
    turned.mood = b->mood;
    turned.music = b->music;
    turned.speech_count = b->speech_count;
    memcpy(turned.speech, b->speech, sizeof(turned.speech));
    return memcmp(&turned, b, sizeof(turned)) == 0;
}

struct reel *reel_open(const struct reel_plan *plan)
{
    struct reel *reel = calloc(1, sizeof(*reel));
    int first = 0;

    if (!reel)
        abort();
    reel->width = plan->width;
    reel->height = plan->height;
    reel->fps = plan->fps;
    reel->threads = plan->threads;
    reel->part_count = plan->part_count;
    for (int i = 0; i < plan->part_count; i++) {
        struct stretch *part = &reel->parts[i], *before = part - 1;

        part->scene = plan->parts[i].scene;
        part->frames = plan->parts[i].frames;
        part->first = first;
        first += part->frames;
        part->base = part->like = i;
        if (i > 0 && is_same_land(&part->scene, &reel->parts[before->base].scene))
            part->base = before->base;
        if (i > 0 && part->base != i && is_same_scene(&part->scene, &before->scene))
            part->like = before->like;
        reel->legs[i] =
            (struct camera_leg){part->scene.camera, part->scene.camera_speed, part->frames};
    }
    reel->has_origin = plan->origin && is_same_land(plan->origin, &plan->parts[0].scene);
    if (reel->has_origin)
        reel->origin = *plan->origin;
    return reel;
}

void reel_close(struct reel *reel)
{
    if (!reel)
        return;
    for (int i = 0; i < SLOTS; i++)
        renderer_close(reel->slots[i].renderer);
    free(reel->pixels);
    free(reel);
}

static int part_of(const struct reel *reel, int index)
{
    int part = 0;

    while (part + 1 < reel->part_count && index >= reel->parts[part + 1].first)
        part++;
    return part;
}

/* How much of the part shows at a frame: below 1 while it is faded in. */
static float shown(const struct reel *reel, int number, int index)
{
    const struct stretch *part = &reel->parts[number];
    float fade = fminf(FADE_S * (float)reel->fps, 0.5f * (float)part->frames);
    float t = (float)(index - part->first + 1) / (fade + 1);

    if (number == 0 || part->like == reel->parts[number - 1].like || t >= 1)
        return 1;
    return t * t * (3 - 2 * t);
}

/* The renderer of a part, which may first have to be made. NULL when the caller gave up. */
static struct renderer *renderer_of(struct reel *reel, int number, renderer_progress progress,
                                    void *context)
{
    const struct stretch *part = &reel->parts[reel->parts[number].like];
    const struct stretch *base = &reel->parts[part->base];
    struct slot *slot = &reel->slots[0];
    struct renderer_options options = {.width = reel->width,
                                       .height = reel->height,
                                       .fps = reel->fps,
                                       .frames = base->frames,
                                       .threads = reel->threads,
                                       .origin = &base->scene,
                                       .legs = reel->legs + part->base,
                                       .leg_count = reel->part_count - part->base};

    for (int i = 0; i < SLOTS; i++)
        if (reel->slots[i].renderer && reel->slots[i].part == (int)(part - reel->parts))
            return reel->slots[i].renderer;
    if (part->base == 0 && reel->has_origin)
        options.origin = &reel->origin;
    /* The one of an earlier part makes room. */
    if (slot->renderer && (!reel->slots[1].renderer || reel->slots[1].part < slot->part))
        slot = &reel->slots[1];
    renderer_close(slot->renderer);
    slot->part = (int)(part - reel->parts);
    slot->renderer = renderer_open(&part->scene, &options, progress, context);
    return slot->renderer;
}

bool reel_prepare(struct reel *reel, int index, renderer_progress progress, void *context)
{
    int part = part_of(reel, index);

    if (shown(reel, part, index) < 1 && !renderer_of(reel, part - 1, progress, context))
        return false;
    return renderer_of(reel, part, progress, context);
}

bool reel_find(const struct reel *reel, int index, int subject, int number,
               struct whereabouts *where)
{
    const struct stretch *part = &reel->parts[part_of(reel, index)];

    for (int i = 0; i < SLOTS; i++)
        if (reel->slots[i].renderer && reel->slots[i].part == part->like)
            return renderer_find(reel->slots[i].renderer, index - reel->parts[part->base].first,
                                 subject, number, where);
    return false;
}

static void draw_part(struct reel *reel, int number, int index, struct picture *picture)
{
    const struct stretch *part = &reel->parts[number];

    renderer_draw(renderer_of(reel, number, NULL, NULL), index - reel->parts[part->base].first,
                  picture);
}

/* Mixes `under` below the picture. */
static void mix(struct reel *reel, struct picture *picture, const struct picture *under, float over)
{
    int weight = (int)(over * 256 + 0.5f);

    for (int k = 0; k < 3; k++) {
        int width = k ? reel->width / 2 : reel->width, height = k ? reel->height / 2 : reel->height;

        for (int y = 0; y < height; y++) {
            uint8_t *to = picture->plane[k] + (size_t)y * (size_t)picture->stride[k];
            const uint8_t *from = under->plane[k] + (size_t)y * (size_t)under->stride[k];

            for (int x = 0; x < width; x++)
                to[x] = (uint8_t)((to[x] * weight + from[x] * (256 - weight) + 128) >> 8);
        }
    }
}

static struct picture second_picture(struct reel *reel)
{
    size_t luma = (size_t)reel->width * (size_t)reel->height;

    if (!reel->pixels)
        reel->pixels = malloc(luma * 3 / 2);
    if (!reel->pixels)
        abort();
    return (struct picture){{reel->pixels, reel->pixels + luma, reel->pixels + luma + luma / 4},
                            {reel->width, reel->width / 2, reel->width / 2}};
}

/* Lets go of renderers that only earlier parts need. */
static void tidy(struct reel *reel, int part)
{
    for (int i = 0; i < SLOTS; i++)
        if (reel->slots[i].renderer && reel->slots[i].part < reel->parts[part].like) {
            renderer_close(reel->slots[i].renderer);
            reel->slots[i].renderer = NULL;
        }
}

void reel_draw(struct reel *reel, int index, struct picture *picture)
{
    int part = part_of(reel, index);
    float over = shown(reel, part, index);

    if (over < 1) {
        struct picture under = second_picture(reel);

        draw_part(reel, part - 1, index, &under);
        draw_part(reel, part, index, picture);
        mix(reel, picture, &under, over);
        return;
    }
    tidy(reel, part);
    draw_part(reel, part, index, picture);
}
