/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/camera.h"

#include <math.h>
#include <string.h>

#include "workers/diorama/body/cast.h"
#include "workers/diorama/land/terrain.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/sea/reef.h"
#include "workers/diorama/sea/sea.h"

#define DEGREE 0.01745329252f
#define HORIZON_RISE 0.06f /* a far coast across the water is no more */
#define GLIDE_S 1.6f       /* how long the speed of a leg lasts into the next */
#define WAY_SHARE 0.6f     /* of the free way that is left, for one leg */
#define STROLL_M_S 2.0f    /* forward, of a camera in the hand; slower where moves are small */
#define STROLL_MOVES_MIN 0.05f
#define STROLL_S_MAX 10.0f

enum { SAND_TOP_M = 4, CLOSE_M = 260, CANDIDATES = 420, COLUMNS = 21, FOLLOW_TAPS = 13 };

/* What a candidate sees, by a fan of rays. Slopes are heights at distance 1. */
struct glimpse {
    float skyline[COLUMNS];
    float mean, spread; /* of the skyline */
    float close;        /* share of the picture that is land too near to look good */
    float near, middle, far, water, land, sand; /* shares of the picture below the skyline */
    float sun_gap;   /* how far the sun stands over the skyline, or -1 if out of frame */
    float layers;    /* ridges behind ridges, a column */
    float open;      /* share of the skyline that is nearly level */
    float closest_m; /* the least clear distance ahead */
};

static float view_half_height(const struct camera *camera)
{
    return camera->half_width * (float)camera->height / (float)camera->width;
}

/* Adds a strip of the picture to the shares: how far it is, and what it is. */
static void tally(const struct world *world, struct glimpse *glimpse, float shown, float distance,
                  float ground)
{
    if (distance < CLOSE_M && ground > SAND_TOP_M)
        glimpse->close += shown;
    if (distance < 900)
        glimpse->near += shown;
    else if (distance < 3500)
        glimpse->middle += shown;
    else
        glimpse->far += shown;
    if (ground <= world->terrain.water_m + 0.01f)
        glimpse->water += shown;
    else
        glimpse->land += shown;
    if (ground > 0.1f && ground < SAND_TOP_M && distance < 900)
        glimpse->sand += shown;
}

/* One column of the fan: walks out, and notes each part of the ground that shows. */
static float look_along(const struct world *world, const struct camera *camera, float across,
                        struct glimpse *glimpse)
{
    const struct terrain *terrain = &world->terrain;
    float fx = sinf(camera->heading), fz = cosf(camera->heading), top = -10;
    float bottom = camera->shift - view_half_height(camera), last = 25;

    for (float s = 25; s < 16000; s = s * 1.07f + 4.0f) {
        float x = camera->start[0] + s * (fx + across * fz);
        float z = camera->start[2] + s * (fz - across * fx);
        float ground = terrain_height_at(terrain, x, z);
        float slope = (ground - camera->start[1]) / s, shown = 0;

        if (slope <= top)
            continue;
        shown = fminf(slope, camera->shift + 1) - fmaxf(top, bottom);
        top = slope;
        if (s > last * 1.5f && s > 500 && slope > bottom)
            glimpse->layers += 1.0f / COLUMNS;
        last = s;
        if (slope > -0.12f && s < glimpse->closest_m)
            glimpse->closest_m = s;
        if (shown <= 0)
            continue;
        tally(world, glimpse, shown, s, ground);
    }
    return top;
}

static void look(const struct world *world, const struct camera *camera, struct glimpse *glimpse)
{
    float sun_at = tanf(world->scene->sun_azimuth_deg * DEGREE), total = 0, variance = 0;
    float sun_up = tanf(fmaxf(world->scene->sun_elevation_deg, 0) * DEGREE);

    memset(glimpse, 0, sizeof(*glimpse));
    glimpse->closest_m = 16000;
    glimpse->sun_gap = -1;
    for (int i = 0; i < COLUMNS; i++) {
        float across = camera->half_width * (2.0f * (float)i / (COLUMNS - 1) - 1.0f);

        glimpse->skyline[i] = fmaxf(look_along(world, camera, across, glimpse), -0.3f);
        glimpse->mean += glimpse->skyline[i] / COLUMNS;
        glimpse->open += (glimpse->skyline[i] < HORIZON_RISE) / (float)COLUMNS;
    }
    for (int i = 0; i < COLUMNS; i++)
        variance += (glimpse->skyline[i] - glimpse->mean) * (glimpse->skyline[i] - glimpse->mean);
    glimpse->spread = sqrtf(variance / COLUMNS);
    if (fabsf(world->scene->sun_azimuth_deg) < 60 && fabsf(sun_at) < camera->half_width) {
        int i = (int)((sun_at / camera->half_width + 1.0f) * 0.5f * (COLUMNS - 1) + 0.5f);

        glimpse->sun_gap = fmaxf(sun_up - glimpse->skyline[i], 0);
    }
    total = glimpse->near + glimpse->middle + glimpse->far + 1e-3f;
    glimpse->close /= total;
    glimpse->near /= total;
    glimpse->middle /= total;
    glimpse->far /= total;
    glimpse->water /= total;
    glimpse->land /= total;
    glimpse->sand /= total;
}

/* 1 at `best`, falling to 0 at `tolerance` from it. */
static float close_to(float x, float best, float tolerance)
{
    float off = (x - best) / tolerance;

    return fmaxf(1.0f - off * off, -1.0f);
}

static float judge(const struct world *world, const struct camera *camera,
                   const struct glimpse *glimpse)
{
    bool coast = world->scene->place == PLACE_COAST;
    float score = 0;

    score += 1.0f * close_to(glimpse->spread, coast ? 0.05f : 0.085f, coast ? 0.06f : 0.07f);
    score += 0.9f * close_to(glimpse->near, coast ? 0.55f : 0.28f, 0.3f);
    score += 0.8f * close_to(glimpse->far, coast ? 0.15f : 0.34f, 0.25f);
    /* Half of a coast's skyline is the sea's, more where a beach is all that is before it. */
    if (coast)
        score += (world->scene->ground ? 4.0f : 1.8f) *
                 close_to(glimpse->open, world->scene->ground ? 0.9f : 0.5f, 0.5f);
    if (coast)
        score += 1.6f * close_to(glimpse->water, 0.42f, 0.28f) + fminf(8.0f * glimpse->sand, 1.6f);
    else
        score += 0.5f * close_to(glimpse->water, 0.10f, 0.25f);
    score += 1.3f * close_to(glimpse->layers, 3.2f, 2.2f);
    score -= 1.5f * (1.0f - smooth_f(200, 900, glimpse->closest_m));
    score -= (coast ? 2.5f : 4.0f) * glimpse->close;
    score -= 2.0f * smooth_f(0.22f, 0.4f, fabsf(glimpse->mean));
    /* The land should rise on both sides of the view rather than end in one wall. */
    for (int i = 0; i < COLUMNS; i++)
        score -= 0.12f * smooth_f(0.3f, 0.5f, glimpse->skyline[i]);
    if (glimpse->sun_gap >= 0)
        score += 1.0f * smooth_f(0.0f, 0.02f, glimpse->sun_gap) - 0.6f;
    return score + 0.2f * close_to(camera->shift, -0.1f, 0.3f);
}

/* Puts the skyline where it looks best: a third from the top, lower in a tall picture. */
static void frame_skyline(struct camera *camera, const struct world *world)
{
    struct glimpse glimpse;
    bool tall = camera->height > camera->width;
    float half = view_half_height(camera);

    camera->shift = -0.1f;
    look(world, camera, &glimpse);
    camera->shift = clamp_f(glimpse.mean - half * (tall ? 0.28f : 0.30f), -0.5f, 0.12f);
}

static void draw_candidate(struct camera *camera, const struct world *world, struct dice *dice)
{
    const struct terrain *terrain = &world->terrain;
    float size = terrain->cell_m * (float)(1 << terrain->log2_cells), ground = 0;
    bool coast = world->scene->place == PLACE_COAST;
    bool flies = world->scene->camera == CAMERA_DRONE || world->scene->camera == CAMERA_ORBIT;

    for (int tries = 0; tries < 60; tries++) {
        camera->start[0] = dice_between(dice, 0, size);
        camera->start[2] = dice_between(dice, 0, size);
        ground = terrain_height_at(terrain, camera->start[0], camera->start[2]);
        /* A coast is seen from over its beach, mountains from over their valleys and shoulders. */
        if (coast ? ground < (world->scene->tropical ? 3.0f : 45.0f)
                  : ground < 0.8f * terrain->high_m)
            break;
    }
    if (coast)
        camera->clearance_m = flies ? dice_between(dice, 28, 85) : dice_between(dice, 9, 40);
    else if (terrain_is_desert(world->scene))
        camera->clearance_m = flies ? dice_between(dice, 45, 130) : dice_between(dice, 14, 60);
    else
        camera->clearance_m = flies ? dice_between(dice, 90, 320) : dice_between(dice, 40, 220);
    camera->start[1] = fmaxf(ground, terrain->water_m) + camera->clearance_m;
    camera->heading = dice_between(dice, 0, 6.2831853f);
}

void camera_set_legs(struct camera *camera, const struct scene *scene,
                     const struct camera_options *options)
{
    camera->leg_count = 1;
    camera->legs[0] = (struct camera_leg){scene->camera, scene->camera_speed, options->frames};
    if (!options->legs)
        return;
    camera->leg_count = options->leg_count < CAMERA_LEGS_MAX ? options->leg_count : CAMERA_LEGS_MAX;
    memcpy(camera->legs, options->legs, (size_t)camera->leg_count * sizeof(*camera->legs));
}

void camera_compose(struct camera *camera, const struct world *world,
                    const struct camera_options *options)
{
    struct dice dice = {world->scene->seed ^ 0x5bd1e995u};
    struct camera best, try;
    float best_score = -1e9f;
    bool tall = options->height > options->width;

    memset(&try, 0, sizeof(try));
    try.width = options->width;
    try.height = options->height;
    try.fps = options->fps;
    camera_set_legs(&try, world->scene, options);
    try.half_width = tall ? 0.76f * (float)options->width / (float)options->height : 0.62f;
    try.pace_m_s = 48;
    try.scale = 1;
    best = try;
    if (world->scene->place == PLACE_SKY) {
        best.start[0] = dice_between(&dice, 0, 50000);
        best.start[1] = world->clouds.top_m + 40.0f;
        best.start[2] = dice_between(&dice, 0, 50000);
        best.heading = dice_between(&dice, 0, 6.2831853f);
        best.shift = tall ? -0.20f : -0.11f;
        best.pace_m_s = 70;
        best.target_m = 2000;
        *camera = best;
        return;
    }
    for (int i = 0; i < CANDIDATES; i++) {
        struct glimpse glimpse;
        float score = 0;

        draw_candidate(&try, world, &dice);
        frame_skyline(&try, world);
        look(world, &try, &glimpse);
        score = judge(world, &try, &glimpse);
        if (score <= best_score)
            continue;
        best_score = score;
        best = try;
    }
    best.target_m = world->scene->place == PLACE_COAST ? 260.0f : 1100.0f;
    best.pace_m_s = world->scene->place == PLACE_COAST ? 17.0f : 48.0f;
    best.scale = world->scene->place == PLACE_COAST ? 0.35f : 1.0f;
    *camera = best;
}

/* Ground around a point of the path, as a smooth ceiling: high ground counts more than low. */
static float follow_height(const struct camera *camera, const struct world *world,
                           const float at[3])
{
    const struct terrain *terrain = &world->terrain;
    float fx = sinf(camera->heading), fz = cosf(camera->heading), sum = 0, total = 0;
    float reach = world->scene->place == PLACE_COAST ? 90.0f : 420.0f;
    float lowest = terrain->low_m - 10.0f;

    for (int i = 0; i < FOLLOW_TAPS; i++) {
        float t = 2.0f * (float)i / (FOLLOW_TAPS - 1) - 1.0f, weight = expf(-3.0f * t * t);
        float along = reach * (t + 0.45f);
        float height = terrain_height_at(terrain, at[0] + along * fx, at[2] + along * fz) - lowest;

        sum += weight * height * height * height;
        total += weight;
    }
    return lowest + cbrtf(sum / total);
}

/* Where the camera went since the start of its leg: along and across the leg's first heading. */
struct move {
    float forward, side, up, turn, tilt; /* meters, radians, picture heights at distance 1 */
};

/* A sum of slow sines: the sway of a hand, repeatable from any frame. */
static float sway(float t, float phase)
{
    return 0.6f * sinf(1.9f * t + phase) + 0.3f * sinf(4.3f * t + 2.1f * phase) +
           0.12f * sinf(9.7f * t + 3.7f * phase);
}

/* How far a camera in the hand is carried in `seconds`: not far among small things. */
static float stroll(const struct camera *camera, float seconds, float t)
{
    if (camera->scale >= STROLL_MOVES_MIN)
        return STROLL_M_S * seconds * t;
    return 18.0f * camera->scale * fminf(seconds, STROLL_S_MAX) * t;
}

/* The move of leg `number` at `t` of its length, 0 to 1, or a little beyond at the path's end. */
static struct move plan_leg(const struct camera *camera, int number, float t)
{
    const struct camera_leg *leg = &camera->legs[number];
    float seconds = (float)leg->frames / (float)camera->fps, speed = leg->speed;
    float s = fminf(t, 1), eased = s * s * (3.0f - 2.0f * s), soft = 0.5f * (t + eased), angle = 0;
    float amount = speed * fminf(seconds / 4.0f, 2.5f);
    float scale = camera->scale;
    /* A pan or an orbit has its middle ahead; a later one goes on from where it is. */
    float middle = number > 0 ? 0.0f : 0.5f;
    struct move move = {0, 0, 0, 0, 0};

    switch (leg->move) {
    case CAMERA_PUSH_IN:
        move.forward = 70.0f * scale * amount * soft;
        break;
    case CAMERA_PULL_BACK:
        move.forward = 70.0f * scale * amount * (1.0f - soft);
        move.up = 12.0f * scale * amount * eased;
        break;
    case CAMERA_PAN_LEFT:
    case CAMERA_PAN_RIGHT:
        angle = 16.0f * DEGREE * amount * (eased - middle);
        move.turn = leg->move == CAMERA_PAN_LEFT ? -angle : angle;
        break;
    case CAMERA_TILT_UP:
        move.tilt = 0.30f * fminf(amount, 1.4f) * (eased - 0.7f);
        break;
    case CAMERA_TILT_DOWN:
        move.tilt = 0.30f * fminf(amount, 1.4f) * (0.7f - eased);
        break;
    case CAMERA_CRANE_UP:
        move.up = 90.0f * scale * amount * eased;
        move.tilt = -0.05f * eased;
        break;
    case CAMERA_ORBIT:
        angle = 22.0f * DEGREE * amount * (soft - middle);
        move.turn = -angle;
        move.side = camera->target_m * sinf(angle);
        move.forward = camera->target_m * (1.0f - cosf(angle));
        break;
    case CAMERA_DRONE:
        move.forward = camera->pace_m_s * speed * seconds * soft;
        move.turn = 2.0f * DEGREE * sinf(6.2831853f * (0.12f * seconds * t));
        break;
    case CAMERA_HANDHELD:
        move.turn = 0.008f * sway(seconds * t, 0.3f);
        move.tilt = 0.009f * sway(seconds * t, 1.7f);
        move.side = 0.5f * sway(0.6f * seconds * t, 4.1f);
        move.forward = speed * stroll(camera, seconds, t);
        break;
    case CAMERA_STATIC:
    case SCENE_CAMERAS:
        break;
    }
    return move;
}

/* Where the camera is and looks, from where it started. */
struct pose {
    float x, z, up, turn, tilt;
};

static struct pose pose_add(struct pose a, struct pose b, float times)
{
    return (struct pose){a.x + b.x * times, a.z + b.z * times, a.up + b.up * times,
                         a.turn + b.turn * times, a.tilt + b.tilt * times};
}

/* A leg being followed: where it starts, and what speed of the one before is left, a frame. */
struct following {
    const struct camera *camera;
    int number;
    struct pose start, carried;
};

static float glide_frames(const struct following *leg)
{
    float frames = (float)leg->camera->legs[leg->number].frames;

    return fminf(frames, GLIDE_S * (float)leg->camera->fps);
}

/* How far ahead of where a leg starts the subject stands. */
static float subject_ahead(const struct camera *camera, const struct pose *start)
{
    float x = camera->target_m * sinf(camera->heading) - start->x;
    float z = camera->target_m * cosf(camera->heading) - start->z;
    float heading = camera->heading + start->turn;

    return x * sinf(heading) + z * cosf(heading);
}

/* Free way ahead of where a leg starts, or behind it. */
static float way_left(const struct camera *camera, const struct pose *start, bool back)
{
    float along = start->x * sinf(camera->heading) + start->z * cosf(camera->heading), way = 1e9f;

    if (back)
        return camera->back_m > 0 ? fmaxf(camera->back_m + along, 0) : way;
    if (camera->way_m > 0)
        way = camera->way_m - along;
    if (camera->keep_m > 0)
        way = fminf(way, subject_ahead(camera, start) - camera->keep_m);
    return fmaxf(way, 0);
}

/* How much of its way forward a leg goes, so as not to run into something. */
static float forward_share(const struct following *leg)
{
    const struct camera *camera = leg->camera;
    float far = plan_leg(camera, leg->number, 1).forward - plan_leg(camera, leg->number, 0).forward;
    bool back = leg->number > 0 && far < 0;
    float way = WAY_SHARE * way_left(camera, &leg->start, back);

    if (camera->legs[leg->number].move == CAMERA_ORBIT || fabsf(far) <= way)
        return 1;
    return way / fabsf(far);
}

/* The place at `t` of the leg. */
static struct pose follow(const struct following *leg, float t)
{
    const struct camera *camera = leg->camera;
    float heading = camera->heading + (leg->number > 0 ? leg->start.turn : 0);
    float fx = sinf(heading), fz = cosf(heading), frames = glide_frames(leg), left = 0;
    struct move to = plan_leg(camera, leg->number, t), from = {0, 0, 0, 0, 0};
    struct pose pose;

    if (leg->number > 0)
        from = plan_leg(camera, leg->number, 0);
    to.forward = forward_share(leg) * (to.forward - from.forward);
    to.side -= from.side;
    pose = (struct pose){to.forward * fx + to.side * fz, to.forward * fz - to.side * fx,
                         to.up - from.up, to.turn - from.turn, to.tilt - from.tilt};
    /* The carried speed falls as (1 - s)^2: this is its integral. */
    left = 1.0f - fminf(t * (float)camera->legs[leg->number].frames / frames, 1);
    pose = pose_add(leg->start, pose, 1);
    return pose_add(pose, leg->carried, frames / 3 * (1 - left * left * left));
}

/* How far the camera goes in the frame that begins at `t`. */
static struct pose pace(const struct following *leg, float t)
{
    float step = 1.0f / (float)leg->camera->legs[leg->number].frames;

    return pose_add(follow(leg, t + step), follow(leg, t), -1);
}

/* Finds the leg that frame `index` is in, and what came before it. Returns `t` of that leg.
 * *drone gets the place where the first flight over the ground began. */
static float find_leg(struct following *leg, int index, struct pose *drone, bool *flies)
{
    const struct camera *camera = leg->camera;
    int first = 0;

    for (;; leg->number++) {
        const struct camera_leg *plan = &camera->legs[leg->number];
        bool is_last = leg->number == camera->leg_count - 1;
        struct pose last, start;

        if (!*flies && plan->move == CAMERA_DRONE) {
            *flies = true;
            *drone = leg->start;
        }
        /* The first leg begins on a frame, a later one on the last frame before it. */
        if (is_last || index < first + plan->frames) {
            if (leg->number > 0)
                return (float)(index - first + 1) / (float)plan->frames;
            return plan->frames > 1 ? (float)index / (float)(plan->frames - 1) : 0;
        }
        first += plan->frames;
        last = pace(leg, 1.0f - 1.0f / (float)plan->frames);
        leg->start = follow(leg, 1);
        leg->carried = (struct pose){0, 0, 0, 0, 0};
        leg->number++;
        start = pace(leg, 0);
        leg->number--;
        leg->carried = pose_add(last, start, -1);
    }
}

/* Half the picture's width at distance 1, against a normal lens. */
static float lens_width(const struct scene *scene)
{
    static const float widths[SCENE_LENSES] = {
        [LENS_NORMAL] = 1, [LENS_WIDE] = 1.26f, [LENS_TELEPHOTO] = 0.64f, [LENS_FISHEYE] = 2.1f};

    return widths[scene->lens];
}

void camera_view(const struct camera *camera, const struct world *world, int index,
                 struct view *view)
{
    struct following leg = {.camera = camera};
    struct pose drone = {0, 0, 0, 0, 0}, pose;
    bool flies = false;
    float heading = 0, travel = 0;
    float lens = lens_width(world->scene);

    pose = follow(&leg, find_leg(&leg, index, &drone, &flies));
    view->eye[0] = camera->start[0] + pose.x;
    view->eye[2] = camera->start[2] + pose.z;
    view->eye[1] = camera->start[1] + pose.up;
    travel = cast_travel(hypotf(camera->follow[0], camera->follow[1]), camera->follow_m,
                         cast_seconds(world->scene, (float)index / (float)camera->fps));
    view->eye[0] += travel * camera->follow[0];
    view->eye[2] += travel * camera->follow[1];
    if (world->terrain.heights) {
        const float from[3] = {camera->start[0] + drone.x, camera->start[1],
                               camera->start[2] + drone.z};
        float ground = terrain_height_at(&world->terrain, view->eye[0], view->eye[2]);
        float least = fmaxf(ground, world->terrain.water_m) +
                      fminf(camera->clearance_m, world->scene->place == PLACE_COAST ? 7.0f : 28.0f);

        if (flies)
            view->eye[1] +=
                follow_height(camera, world, view->eye) - follow_height(camera, world, from);
        view->eye[1] = fmaxf(view->eye[1], least);
    }
    if (camera->reef)
        view->eye[1] = reef_eye(camera->reef, view->eye);
    if (camera->sea)
        view->eye[1] += sea_lift(camera->sea, view->eye,
                                 sea_seconds(world->scene, (float)index / (float)camera->fps));
    heading = camera->heading + pose.turn;
    view->forward[0] = sinf(heading);
    view->forward[1] = cosf(heading);
    view->right[0] = cosf(heading);
    view->right[1] = -sinf(heading);
    view->pixel = lens * 2.0f * camera->half_width / (float)camera->width;
    view->shift = lens * (camera->shift + pose.tilt); /* the horizon stays where it was composed */
}

void camera_locate(const struct view *view, int width, const float place[3],
                   struct whereabouts *where)
{
    float x = place[0] - view->eye[0], z = place[2] - view->eye[2];
    float ahead = x * view->forward[0] + z * view->forward[1];
    float across = x * view->right[0] + z * view->right[1];
    float half_width = 0.5f * view->pixel * (float)width;

    where->away_m = hypotf(x, z);
    /* What is beside or behind the camera is as far outside as what it barely misses. */
    where->across = across / (half_width * fmaxf(ahead, fmaxf(0.2f * where->away_m, 0.01f)));
}
