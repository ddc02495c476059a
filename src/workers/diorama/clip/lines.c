/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/clip/lines.h"

#include "workers/diorama/sound/sound.h"

static int to_samples(const struct clip *clip, int frames)
{
    return (int)((int64_t)frames * SOUND_RATE / clip->fps);
}

/* Frames of the clip, from `first` to before `end`, in which a scene's lines are said. */
static void say(const struct clip *clip, const struct scene *scene, int first, int end,
                struct talk *talk)
{
    struct talk_line lines[SPEECH_LINES_MAX];
    struct talk_window window = {to_samples(clip, first), to_samples(clip, end - first)};

    for (int i = 0; i < scene->speech_count; i++)
        lines[i] = (struct talk_line){str_from(scene->speech[i].text), scene->speech[i].voice,
                                      (unsigned)(scene->seed >> 7) + (unsigned)i};
    if (scene->speech_count > 0 && end > first)
        talk_add(talk, lines, scene->speech_count, window);
}

static void say_parts(const struct clip *clip, const struct source_plan *plan, struct talk *talk)
{
    int start = -plan->first; /* of the part, counted in frames of the clip */

    for (int i = 0; i < plan->recipe.part_count; i++) {
        const struct recipe_part *part = &plan->recipe.parts[i];
        int end = start + part->frames;
        struct prompt_reading reading;

        if (start >= -1 && start < clip->frames) {
            prompt_read(part->words, plan->recipe.seed, &reading);
            say(clip, &reading.scene, start < 0 ? 0 : start,
                end < clip->frames ? end : clip->frames, talk);
        }
        start = end;
    }
}

void lines_say(struct clip *clip, const struct source_plan *plan, struct talk *talk)
{
    *talk = (struct talk){0};
    if (plan)
        say_parts(clip, plan, talk);
    else
        say(clip, &clip->reading.scene, 0, clip->frames, talk);
    if (talk->is_absent)
        prompt_leave_out(&clip->reading, STR("the voice: espeak-ng is not installed"));
    else if (talk->is_silent)
        prompt_leave_out(&clip->reading, STR("the voice of some lines"));
    if (talk->is_cut)
        prompt_leave_out(&clip->reading, STR("the end of what is said"));
}
