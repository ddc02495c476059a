/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/sound/talk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "workers/diorama/sound/sound_impl.h"

enum { NAME_BYTES = 32, TRIES = 4, ELLIPSIS_BYTES = 3, LOOKS = 2 };

#define LEAD_S 0.55f /* before the first word */
#define TAIL_S 0.45f /* after the last */
#define GAP_S 0.35f  /* between two lines */
#define SILENT_PEAK 0.004f
#define SPEAKING_S_A_BYTE 0.062f /* of what can only be read */

static const struct {
    const char *variant;
    int pitch;
} voices[SCENE_VOICES][LOOKS] = {
    [VOICE_ANY] = {{"m3", 42}, {"f3", 52}},
    [VOICE_FEMALE] = {{"f3", 52}, {"f2", 48}},
    [VOICE_MALE] = {{"m3", 42}, {"m7", 36}},
    [VOICE_CHILD] = {{"f2", 88}, {"f3", 92}},
};

/* The lines of a window on their way. */
struct script {
    int count;
    struct talk_cue *cues;
    const struct talk_line *lines;
    bool is_mute[TALK_CUES_MAX];
    int gap;
    bool is_absent;
};

/* Leaves off the silence around what is said. */
static void trim(struct talk_cue *cue)
{
    int first = 0, last = cue->count - 1;

    while (first < cue->count && fabsf(cue->samples[first]) < SILENT_PEAK)
        first++;
    while (last > first && fabsf(cue->samples[last]) < SILENT_PEAK)
        last--;
    cue->count = last - first + 1;
    memmove(cue->samples, cue->samples + first, (size_t)cue->count * sizeof(float));
}

/* Takes the edge off: no hum below a throat, no hiss above it, no click at the ends. */
static void polish(struct talk_cue *cue)
{
    struct filter low = {0}, high = {0};
    struct tuning floor = tune(90, 0.7f), roof = tune(7200, 0.6f);
    int edge = SOUND_RATE / 200;

    for (int i = 0; i < cue->count; i++) {
        float x = filter_low(&high, &roof, filter_high(&low, &floor, cue->samples[i]));
        int left = cue->count - 1 - i, near = i < left ? i : left;

        cue->samples[i] = near < edge ? x * (float)near / (float)edge : x;
    }
}

/* Says a cue again at another rate; one that cannot be said keeps the time to read it. */
static void say(struct script *script, int number, int words_per_minute)
{
    struct talk_cue *cue = &script->cues[number];
    const struct talk_line *line = &script->lines[number];
    const char *language = talk_language(str_from(cue->text));
    char name[NAME_BYTES];
    unsigned look = line->look % LOOKS;
    struct voice voice = {name, voices[line->voice][look].pitch, words_per_minute};
    struct voice_take take;
    struct err err = {0};

    free(cue->samples);
    cue->samples = NULL;
    snprintf(name, sizeof(name), "%s+%s", language ? language : "",
             voices[line->voice][look].variant);
    script->is_mute[number] = !language || !voice_speak(&voice, str_from(cue->text), &take, &err);
    script->is_absent |= err.kind == ERR_UNSUPPORTED;
    if (script->is_mute[number]) {
        float seconds = SPEAKING_S_A_BYTE * (float)strlen(cue->text) * TALK_WORDS_PER_MINUTE;

        cue->count = (int)(fmaxf(0.5f, seconds / (float)words_per_minute) * SOUND_RATE);
        return;
    }
    cue->samples = take.samples;
    cue->count = take.count;
    trim(cue);
    polish(cue);
}

static int say_all(struct script *script, int words_per_minute)
{
    int total = 0;

    for (int i = 0; i < script->count; i++) {
        say(script, i, words_per_minute);
        total += script->cues[i].count + (i > 0 ? script->gap : 0);
    }
    return total;
}

/* Keeps so many bytes of a text or a little less, up to the end of a word. */
static void cut_text(char *text, size_t bytes)
{
    struct str head = str_utf8_head(str_from(text), bytes);
    size_t length = head.len, word;

    for (word = length; word > 0 && text[word] != ' '; word--)
        ;
    if (word > 0)
        length = word; /* else one long word, or a language without spaces */
    while (length > 0 && strchr(" ,;:.-", text[length - 1]))
        length--;
    memcpy(text + length, "…", ELLIPSIS_BYTES + 1);
}

/* Shortens the script to about so many bytes, from its end. */
static void cut_script(struct script *script, size_t bytes)
{
    for (int i = 0; i < script->count; i++) {
        size_t length = strlen(script->cues[i].text);

        if (length <= bytes) {
            bytes -= length;
            continue;
        }
        if (bytes > 0 || i == 0) {
            cut_text(script->cues[i].text, bytes > ELLIPSIS_BYTES ? bytes - ELLIPSIS_BYTES : 1);
            i++;
        }
        for (int k = i; k < script->count; k++)
            free(script->cues[k].samples);
        script->count = i;
        return;
    }
}

static size_t script_bytes(const struct script *script)
{
    size_t bytes = 0;

    for (int i = 0; i < script->count; i++)
        bytes += strlen(script->cues[i].text);
    return bytes;
}

/* Says all in the room that there is; returns whether it had to cut. */
static bool fit(struct script *script, int room)
{
    int rate = TALK_WORDS_PER_MINUTE, total = say_all(script, rate);
    bool is_cut = false;

    for (int i = 0; i < TRIES && total > room && script->count > 0; i++) {
        float over = (float)total / (float)room;

        if (rate == TALK_WORDS_PER_MINUTE_MAX) {
            cut_script(script, (size_t)(0.97f * (float)script_bytes(script) / over));
            is_cut = true;
        }
        rate = (int)(1.04f * over * (float)rate);
        if (rate > TALK_WORDS_PER_MINUTE_MAX)
            rate = TALK_WORDS_PER_MINUTE_MAX;
        total = say_all(script, rate);
    }
    return is_cut;
}

/* What cannot be pronounced is shown as it is, control characters apart. */
static bool open_cue(struct talk_cue *cue, struct str text)
{
    memset(cue, 0, sizeof(*cue));
    voice_clean(text, cue->text, sizeof(cue->text) - ELLIPSIS_BYTES);
    return str_trim(str_from(cue->text)).len > 0;
}

/* The last picture of the window is left free: an extension may begin with it. */
static void place_cues(struct script *script, int start, int end, int last)
{
    for (int i = 0; i < script->count; i++) {
        struct talk_cue *cue = &script->cues[i];

        cue->start = start < end ? start : end;
        if (cue->start + cue->count > end) /* as it was cut in vain */
            cue->count = end - cue->start;
        cue->place = script->count > 1 ? (i % 2 ? 0.25f : -0.25f) : 0;
        start += cue->count + script->gap;
        cue->until = i + 1 < script->count ? start : last - SOUND_RATE / 20;
    }
}

void talk_add(struct talk *talk, const struct talk_line *lines, int line_count,
              struct talk_window window)
{
    struct talk_line used[TALK_CUES_MAX];
    struct script script = {.cues = talk->cues + talk->cue_count, .lines = used};
    int lead = (int)fminf(LEAD_S * SOUND_RATE, 0.14f * (float)window.count);
    int tail = (int)fminf(TAIL_S * SOUND_RATE, 0.1f * (float)window.count);
    int room = window.count - lead - tail;

    for (int i = 0; i < line_count && talk->cue_count + script.count < TALK_CUES_MAX; i++)
        if (open_cue(&script.cues[script.count], lines[i].text))
            used[script.count++] = lines[i];
    if (script.count == 0 || room <= 0)
        return;
    script.gap = (int)fminf(GAP_S * SOUND_RATE, 0.1f * (float)room / (float)script.count);
    talk->is_cut |= fit(&script, room);
    place_cues(&script, window.first + lead, window.first + lead + room,
               window.first + window.count);
    for (int i = 0; i < script.count; i++)
        talk->is_silent |= script.is_mute[i];
    talk->is_absent |= script.is_absent;
    talk->cue_count += script.count;
}

void talk_fini(struct talk *talk)
{
    for (int i = 0; i < talk->cue_count; i++)
        free(talk->cues[i].samples);
    memset(talk, 0, sizeof(*talk));
}
