/* SPDX-License-Identifier: Apache-2.0 */
/* Subjects are heard from where the pictures show them. */
#include <math.h>

#include "workers/diorama/sound/sound_impl.h"

enum { POINT = SOUND_RATE / 20 }; /* samples from one place that is asked for to the next */

#define EDGE_PLACE 0.7f  /* of what is at the picture's edge */
#define FAINT 0.3f       /* what is left of a level far away */
#define FADE_POWER 0.75f /* level by distance; 1 would be a point in open air */

static bool ask(const struct heard *heard, float at_s, struct whereabouts *where)
{
    const struct sound_order *order = heard->order;

    return order->where && order->where(order->where_context, heard->subject, heard->number,
                                        order->first_s + at_s, where);
}

float heard_place(const struct heard *heard, float at_s, float otherwise)
{
    struct whereabouts where;

    if (!ask(heard, at_s, &where))
        return otherwise;
    return fmaxf(-0.95f, fminf(0.95f, EDGE_PLACE * where.across));
}

void heard_begin(struct heard *heard, const struct sound_order *order, int subject, int number)
{
    struct whereabouts where;

    *heard = (struct heard){.order = order, .subject = subject, .number = number};
    for (int at = 0; at < order->count; at += POINT) {
        float at_s = (float)at / SOUND_RATE;

        if (!ask(heard, at_s, &where) || (heard->is_known && where.away_m >= heard->nearest_m))
            continue;
        heard->is_known = true;
        heard->nearest_s = at_s;
        heard->nearest_m = where.away_m;
    }
}

float heard_level(const struct heard *heard, float at_s)
{
    struct whereabouts where;
    float near;

    if (!heard->is_known || !ask(heard, at_s, &where))
        return 1;
    near = fminf(1, (heard->nearest_m + 1) / (where.away_m + 1));
    return fmaxf(FAINT, powf(near, FADE_POWER));
}

bool heard_passing(const struct heard *heard, float *at_s, float *side)
{
    struct whereabouts before, after;

    if (!heard->is_known || !ask(heard, heard->nearest_s - 0.25f, &before) ||
        !ask(heard, heard->nearest_s + 0.25f, &after))
        return false;
    *at_s = heard->nearest_s;
    *side = after.across < before.across ? -1 : 1;
    return true;
}

/* Gains of both channels, 1 in the middle. */
static void gains_at(const struct heard *heard, int at, float gains[SOUND_CHANNELS])
{
    float at_s = (float)at / SOUND_RATE, level = sqrtf(2) * heard_level(heard, at_s);

    pan_gains(heard_place(heard, at_s, 0), gains);
    for (int c = 0; c < SOUND_CHANNELS; c++)
        gains[c] *= level;
}

void heard_add(const struct heard *heard, struct bed *bed, const struct bed *own)
{
    float from[SOUND_CHANNELS], to[SOUND_CHANNELS];

    gains_at(heard, 0, to);
    for (int start = 0; start < bed->count; start += POINT) {
        int end = start + POINT < bed->count ? start + POINT : bed->count;

        from[SOUND_LEFT] = to[SOUND_LEFT];
        from[SOUND_RIGHT] = to[SOUND_RIGHT];
        gains_at(heard, start + POINT, to);
        for (int c = 0; c < SOUND_CHANNELS; c++)
            for (int i = start; i < end; i++) {
                float gain = from[c] + (to[c] - from[c]) * (float)(i - start) / POINT;

                bed->dry[c][i] += gain * own->dry[c][i];
                bed->wet[c][i] += gain * own->wet[c][i];
            }
    }
}
