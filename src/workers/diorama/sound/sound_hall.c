/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "workers/diorama/sound/sound_impl.h"

enum { LINES = 8, LINE_MAX = 9000 };

#define SILENT_FALL 0.001f /* -60 dB, after struct hall.decay_s */

/* A delay line that loses its highs and a little of its level each time around. */
struct line {
    float *samples;
    int length, at;
    float gain, dull, state;
};

static void line_init(struct line *line, float *memory, int number, const struct hall *hall)
{
    static const int lengths[LINES] = {1123, 1361, 1531, 1783, 2011, 2251, 2473, 2803};
    int length = (int)((float)lengths[number] * hall->size);

    memset(line, 0, sizeof(*line));
    line->samples = memory + (size_t)number * LINE_MAX;
    line->length = length < 32 ? 32 : length > LINE_MAX ? LINE_MAX : length;
    line->gain = powf(SILENT_FALL, (float)line->length / SOUND_RATE / hall->decay_s);
    line->dull = 1 - expf(-2 * (float)M_PI * hall->dull_hz / SOUND_RATE);
}

void sound_hall(struct bed *bed, const struct hall *hall)
{
    struct line lines[LINES];
    float *memory = calloc((size_t)LINES * LINE_MAX, sizeof(*memory));

    if (!memory)
        die("out of memory for sound");
    for (int k = 0; k < LINES; k++)
        line_init(&lines[k], memory, k, hall);
    for (int i = 0; i < bed->count; i++) {
        float out[LINES], sum = 0;

        for (int k = 0; k < LINES; k++) {
            struct line *line = &lines[k];

            line->state += line->dull * (line->gain * line->samples[line->at] - line->state);
            out[k] = line->state;
            sum += out[k];
        }
        sum *= 2.0f / LINES; /* a Householder matrix: it keeps the power */
        for (int k = 0; k < LINES; k++) {
            struct line *line = &lines[k];

            line->samples[line->at] = bed->wet[k % 2][i] + out[k] - sum;
            line->at = line->at + 1 < line->length ? line->at + 1 : 0;
        }
        bed->dry[SOUND_LEFT][i] += hall->level * (out[0] + out[2] - out[4] + out[6]);
        bed->dry[SOUND_RIGHT][i] += hall->level * (out[1] - out[3] + out[5] + out[7]);
    }
    free(memory);
}
