/* SPDX-License-Identifier: Apache-2.0 */
/* Spoken lines in the air of their place, and how all else makes way for them. */
#include <math.h>

#include "workers/diorama/sound/sound_impl.h"

#define DUCK_BEFORE_S 0.25f
#define DUCK_AFTER_S 0.5f

/* What a place does to a voice. */
static struct hall hall_of(const struct scene *scene)
{
    static const struct hall halls[SCENE_PLACES] = {
        [PLACE_MOUNTAINS] = {2.4f, 1.5f, 2200, 0.07f}, [PLACE_COAST] = {1.5f, 0.5f, 2600, 0.04f},
        [PLACE_SKY] = {1.5f, 0.8f, 3000, 0.06f},       [PLACE_STREET] = {1.4f, 0.9f, 3800, 0.11f},
        [PLACE_SKYLINE] = {2, 1, 3000, 0.06f},         [PLACE_SPACE] = {0.5f, 0.5f, 3500, 0.12f},
        [PLACE_FOREST] = {1.3f, 0.55f, 2400, 0.07f},   [PLACE_SEA] = {1, 0.3f, 2600, 0.03f},
        [PLACE_UNDERWATER] = {1, 1.2f, 1400, 0.16f},   [PLACE_VILLAGE] = {1.3f, 0.6f, 3000, 0.08f},
        [PLACE_ROOM] = {0.32f, 0.4f, 4500, 0.24f},
    };

    return halls[scene->place];
}

void sound_talk(struct bed *bed, const struct scene *scene, const struct talk *talk)
{
    struct hall hall = hall_of(scene);

    for (int k = 0; k < talk->cue_count; k++) {
        const struct talk_cue *cue = &talk->cues[k];
        float gains[SOUND_CHANNELS];

        pan_gains(cue->place, gains);
        for (int i = 0; cue->samples && i < cue->count; i++) {
            int at = cue->start + i;

            if (at < 0 || at >= bed->count)
                continue;
            for (int c = 0; c < SOUND_CHANNELS; c++) {
                bed->dry[c][at] += gains[c] * cue->samples[i];
                bed->wet[c][at] += gains[c] * cue->samples[i];
            }
        }
    }
    sound_hall(bed, &hall);
}

void sound_duck(struct bed *bed, const struct talk *talk, float least)
{
    for (int i = 0; i < bed->count; i++) {
        float down = 0, gain;

        for (int k = 0; k < talk->cue_count; k++) {
            const struct talk_cue *cue = &talk->cues[k];
            float before_s = (float)(cue->start - i) / SOUND_RATE;
            float after_s = (float)(i - cue->start - cue->count) / SOUND_RATE;

            if (cue->samples)
                down = fmaxf(down, fminf(sound_ease(1 - before_s / DUCK_BEFORE_S),
                                         sound_ease(1 - after_s / DUCK_AFTER_S)));
        }
        gain = 1 - (1 - least) * down;
        bed->dry[SOUND_LEFT][i] *= gain;
        bed->dry[SOUND_RIGHT][i] *= gain;
    }
}
