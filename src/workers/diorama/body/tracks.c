/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/body/tracks.h"

#include <math.h>

#include "workers/diorama/body/beast.h"

#define CAME_M 60.0f  /* how far back a way is seen */
#define STANCE 0.28f  /* of a round: from where a foot lands to where the body is over it */
#define TREAD_M 0.72f /* half a car's track */

/* A person's soles, or the paws or hooves of an animal. */
static void shape_prints(const struct actor *actor, struct knoll_track *track)
{
    float scale = actor->subject ? body_scale(actor->subject->form) : 1;
    enum subject_form form = actor->subject ? actor->subject->form : FORM_USUAL;
    struct build build;

    if (actor->kind == SUBJECT_PERSON) {
        track->size[0] = 0.155f * scale;
        track->size[1] = 0.062f * scale;
        for (int foot = 0; foot < track->feet; foot++)
            track->side[foot] = foot ? 0.09f : -0.09f;
        return;
    }
    beast_build(actor->kind, form, &build);
    track->size[0] = 1.7f * build.foot;
    track->size[1] = 1.35f * build.foot;
    for (int foot = 0; foot < track->feet; foot++) {
        bool is_left = foot % 2 == 0, is_fore = foot < 2;

        track->side[foot] = (is_left ? -0.75f : 0.75f) * build.spread;
        track->along[foot] += (is_fore ? 0.5f : -0.5f) * build.body;
    }
}

static bool lay_track(const struct actor *actor, float travel, struct knoll_track *track)
{
    bool is_car = actor->kind == SUBJECT_CAR || actor->kind == SUBJECT_VINTAGE_CAR;
    struct body_gait gait;

    *track = (struct knoll_track){.dir = {sinf(actor->heading), cosf(actor->heading)}};
    for (int k = 0; k < 2; k++)
        track->from[k] = actor->start[2 * k] - CAME_M * track->dir[k];
    track->length = CAME_M + travel;
    if (is_car) {
        track->feet = 2;
        track->size[0] = 1;
        track->size[1] = 0.12f;
        track->side[0] = -TREAD_M;
        track->side[1] = TREAD_M;
        return true;
    }
    if (!actor->subject || actor->speed_m_s <= 0 || !body_gait(actor->subject, &gait))
        return false;
    track->stride = actor->speed_m_s * gait.seconds;
    track->feet = gait.feet < KNOLL_FEET_MAX ? gait.feet : KNOLL_FEET_MAX;
    for (int foot = 0; foot < track->feet; foot++)
        track->along[foot] = CAME_M + track->stride * (gait.lands[foot] + STANCE - actor->phase);
    shape_prints(actor, track);
    return true;
}

void tracks_lay(struct knoll *knoll, const struct cast *cast, const struct scene *scene,
                float clip_seconds)
{
    float seconds = cast_seconds(scene, clip_seconds);

    knoll->track_count = 0;
    if (knoll->ground != GROUND_SNOW && knoll->ground != GROUND_SAND)
        return;
    for (int i = 0; i < cast->count && knoll->track_count < KNOLL_TRACKS_MAX; i++) {
        const struct actor *actor = &cast->actors[i];
        float travel = cast_travel(actor->speed_m_s, actor->limit_m, seconds) * actor->speed_m_s;

        knoll->track_count += lay_track(actor, travel, &knoll->tracks[knoll->track_count]);
    }
}
