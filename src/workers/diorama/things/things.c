/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/things/things.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/body/cast.h"
#include "workers/diorama/land/terrain.h"
#include "workers/diorama/parallel.h"
#include "workers/diorama/things/things_impl.h"

#define WAY_SHARE 0.55f    /* of the distance of the first thing, that the camera may go */
#define THING_CHANGE 0.12f /* they roll, and their wheels turn */

typedef void (*thing_staging)(struct thing_stage *stage, const struct subject *subject);

static const thing_staging stagings[SUBJECT_KINDS] = {
    [SUBJECT_BALLOONS] = stage_balloons, [SUBJECT_BOAT] = stage_boats,
    [SUBJECT_TRAIN] = stage_trains,      [SUBJECT_PLANE] = stage_planes,
    [SUBJECT_DRONE] = stage_drones,      [SUBJECT_KITE] = stage_kites,
};

bool things_have(enum subject_kind kind)
{
    return stagings[kind] != NULL;
}

struct thing_actor *thing_add(struct thing_stage *stage, enum thing_kind kind,
                              const struct subject *subject)
{
    struct things *things = stage->things;
    struct thing_actor *actor =
        &things->actors[things->count < THINGS_MAX ? things->count : THINGS_MAX - 1];

    if (things->count < THINGS_MAX)
        things->count++;
    *actor = (struct thing_actor){.kind = kind,
                                  .subject = subject,
                                  .phase = dice_between(&stage->dice, 0, 1),
                                  .look = (unsigned)(dice_next(&stage->dice) >> 11)};
    return actor;
}

void thing_spot(const struct thing_stage *stage, const float uv[2], float distance, float spot[3])
{
    const struct camera *camera = stage->camera;
    float fx = sinf(camera->heading), fz = cosf(camera->heading);
    float across = uv[0] * camera->half_width * distance;

    spot[0] = camera->start[0] + distance * fx + across * fz;
    spot[1] = camera->start[1] + distance * (camera->shift + uv[1] * stage->tall);
    spot[2] = camera->start[2] + distance * fz - across * fx;
}

float thing_ground(const struct thing_stage *stage, const float place[3])
{
    if (!stage->world->terrain.heights)
        return 0;
    return terrain_height_at(&stage->world->terrain, place[0], place[2]);
}

/* No move goes past what the picture is about. */
static void keep_before(const struct thing_actor *actor, struct camera *camera)
{
    float ahead = (actor->start[0] - camera->start[0]) * sinf(camera->heading) +
                  (actor->start[2] - camera->start[2]) * cosf(camera->heading);

    if (ahead > 0 && (camera->way_m <= 0 || camera->way_m > WAY_SHARE * ahead))
        camera->way_m = WAY_SHARE * ahead;
}

void things_plan(struct things *things, const struct world *world, const struct stage *place,
                 struct camera *camera)
{
    const struct scene *scene = world->scene;
    struct thing_stage stage = {.things = things,
                                .world = world,
                                .town = place->town,
                                .has_ground = place->knoll != NULL,
                                .ground_m = place->knoll ? place->knoll->base_m : 0,
                                .camera = camera,
                                .dice = {scene->seed * 977 + 5}};

    stage.tall = camera->half_width * (float)camera->height / (float)camera->width;
    stage.side = dice_between(&stage.dice, 0, 1) < 0.5f ? -1.0f : 1.0f;
    for (int i = 0; i < scene->subject_count; i++)
        if (things_have(scene->subjects[i].kind))
            stagings[scene->subjects[i].kind](&stage, &scene->subjects[i]);
    if (things->count > 0)
        keep_before(&things->actors[0], camera);
    if (things->count > 0)
        things->shapes = calloc((size_t)things->count, sizeof(*things->shapes));
    if (things->count > 0 && !things->shapes)
        abort();
}

void things_free(struct things *things)
{
    free(things->shapes);
    things->shapes = NULL;
    things->count = 0;
}

typedef void (*thing_shape)(struct thing *thing, const struct thing_actor *actor,
                            const struct thing_moment *moment);

static const thing_shape shapes[THING_KINDS] = {
    [THING_BALLOON] = shape_balloon,   [THING_TOY_BALLOONS] = shape_toys,
    [THING_SAILBOAT] = shape_boat,     [THING_ROWBOAT] = shape_boat,
    [THING_FISHING_BOAT] = shape_boat, [THING_CRUISE_SHIP] = shape_boat,
    [THING_FREIGHTER] = shape_boat,    [THING_AIRLINER] = shape_plane,
    [THING_SMALL_PLANE] = shape_plane, [THING_TRACK] = shape_track,
    [THING_VIADUCT] = shape_track,     [THING_EXPRESS] = shape_train,
    [THING_COACH] = shape_train,       [THING_STEAM_ENGINE] = shape_train,
    [THING_WAGON] = shape_train,       [THING_DRONE] = shape_drone,
    [THING_KITE] = shape_kite,
};

static float distance_of(const struct thing *thing, const float eye[3])
{
    float middle[3], own[3], square = 0;

    for (int k = 0; k < 3; k++)
        own[k] = 0.5f * (thing->low[k] + thing->high[k]);
    thing_to_world(thing, own, middle);
    for (int k = 0; k < 3; k++)
        square += (middle[k] - eye[k]) * (middle[k] - eye[k]);
    return square;
}

static void sort(struct things *things, const float eye[3])
{
    for (int i = 0; i < things->count; i++) {
        float far = distance_of(&things->shapes[i], eye);
        int at = i;

        for (; at > 0 && distance_of(&things->shapes[things->order[at - 1]], eye) < far; at--)
            things->order[at] = things->order[at - 1];
        things->order[at] = (short)i;
    }
}

static void begin_moment(struct thing_moment *moment, const struct frame *frame, float clip_s)
{
    const struct sky *sky = &frame->world->sky;
    float light = 0;

    for (int k = 0; k < 3; k++)
        light += (sky->ambient_sun[k] + sky->ambient_away[k]) / 6;
    *moment = (struct thing_moment){
        .world = frame->world,
        .sea = frame->sea,
        .wave_s = frame->wave_time_s - (frame->clip_time_s - clip_s),
        .seconds = cast_seconds(frame->world->scene, clip_s),
        .night = smooth_f(6, -5, frame->world->scene->sun_elevation_deg),
        .ambient = light,
    };
}

static void find_place(const struct thing_actor *actor, float seconds, float place[3])
{
    for (int k = 0; k < 3; k++)
        place[k] = actor->start[k] + seconds * actor->speed[k];
}

bool things_find(const struct things *things, const struct subject *subject, int number,
                 float seconds, float place[3])
{
    for (int i = 0; i < things->count; i++)
        if (things->actors[i].subject == subject && number-- == 0) {
            find_place(&things->actors[i], seconds, place);
            return true;
        }
    return false;
}

static void pose(struct thing *thing, const struct thing_actor *actor,
                 const struct thing_moment *moment)
{
    *thing = (struct thing){.kind = actor->kind, .look = actor->look};
    find_place(actor, moment->seconds, thing->place);
    thing_turn(thing, &actor->attitude);
    shapes[actor->kind](thing, actor, moment);
}

void things_pose(struct things *things, const struct frame *frame)
{
    const struct sky *sky = &frame->world->sky;
    struct thing_moment moment;

    begin_moment(&moment, frame, frame->clip_time_s);
    for (int i = 0; i < things->count; i++) {
        struct thing *thing = &things->shapes[i];
        float middle[3];

        pose(thing, &things->actors[i], &moment);
        for (int k = 0; k < 3; k++)
            thing->sun_own[k] = thing->axes[k][0] * sky->sun[0] + thing->axes[k][1] * sky->sun[1] +
                                thing->axes[k][2] * sky->sun[2];
        thing_to_world(thing, (const float[]){0, 0.5f * (thing->low[1] + thing->high[1]), 0},
                       middle);
        cast_light(middle, frame->world, frame->town, thing->light, thing->sun);
    }
    sort(things, frame->view.eye);
}

void things_list_movers(struct things *things, struct frame *frame)
{
    struct thing_moment moment;

    begin_moment(&moment, frame, frame->clip_time_s - frame->step_s);
    for (int i = 0; i < things->count; i++) {
        struct thing *thing = &things->shapes[i];
        struct mover *mover = &frame->movers[frame->mover_count];
        struct thing before;
        float turn;

        if (thing->is_ground || frame->mover_count == MOVERS_MAX)
            continue;
        thing->mover = frame->mover_count++;
        pose(&before, &things->actors[i], &moment);
        turn = atan2f(thing->axes[2][0], thing->axes[2][2]) -
               atan2f(before.axes[2][0], before.axes[2][2]);
        *mover = (struct mover){.sine = sinf(turn), .cosine = cosf(turn), .change = THING_CHANGE};
        memcpy(mover->now, thing->place, sizeof(mover->now));
        memcpy(mover->before, before.place, sizeof(mover->before));
    }
}

struct thing_pass {
    const struct frame *frame;
    const struct canvas *canvas;
    const struct thing *thing;
    const struct thing_area *area;
    void (*run)(const struct frame *frame, const struct canvas *canvas, const struct thing *thing,
                const struct thing_area *area, int tile);
};

static void draw_tile(void *context, int tile)
{
    const struct thing_pass *pass = context;

    pass->run(pass->frame, pass->canvas, pass->thing, pass->area, tile);
}

void things_draw(struct things *things, const struct kernels *kernels, const struct frame *frame,
                 const struct canvas *canvas, int threads)
{
    struct thing_area area;
    struct thing_pass pass = {
        .frame = frame, .canvas = canvas, .area = &area, .run = kernels->thing_water_tile};

    for (int i = 0; i < things->count; i++) {
        struct thing under = things->shapes[things->order[i]];

        pass.thing = &things->shapes[things->order[i]];
        if (!under.floats)
            continue;
        /* Its picture in the water, and its wake. */
        under.low[1] = under.water_m - under.place[1] - 1.1f * under.high[1];
        under.high[1] = under.water_m - under.place[1] + 0.5f;
        under.low[0] = fminf(under.low[0], -4 * under.wake[1] - 0.4f * under.high[1]);
        under.high[0] = fmaxf(under.high[0], -under.low[0]);
        under.low[2] -= 5 * under.wake[0];
        if (thing_area_of(&under, &frame->view, canvas, &area))
            parallel_run(threads, area.columns * area.rows, draw_tile, &pass);
    }
    pass.run = kernels->thing_trail_tile;
    for (int i = 0; i < things->count; i++) {
        struct thing behind = things->shapes[things->order[i]];

        pass.thing = &things->shapes[things->order[i]];
        behind.low[2] -= behind.trail.length_m;
        behind.high[1] += (0.03f + behind.trail.rise) * behind.trail.length_m;
        behind.low[1] -= 0.03f * behind.trail.length_m;
        for (int k = 0; k < 3; k += 2)
            behind.high[k] += 6 * behind.trail.wide_m;
        behind.low[0] -= 6 * behind.trail.wide_m;
        if (behind.trail_count > 0 && thing_area_of(&behind, &frame->view, canvas, &area))
            parallel_run(threads, area.columns * area.rows, draw_tile, &pass);
    }
    pass.run = kernels->thing_tile;

    for (int i = 0; i < things->count; i++) {
        pass.thing = &things->shapes[things->order[i]];
        if (thing_area_of(pass.thing, &frame->view, canvas, &area))
            parallel_run(threads, area.columns * area.rows, draw_tile, &pass);
    }
}
