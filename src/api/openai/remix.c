/* SPDX-License-Identifier: Apache-2.0 */
#include "api/openai/openai.h"

static void join_prompts(struct create *create, struct str before)
{
    struct str now = create->submit.render.prompt;
    struct str joined =
        arena_printf(create->call->arena, STR_FMT "\n\n" STR_FMT, STR_ARG(now), STR_ARG(before));
    bool fits = str_utf8_count(joined) <= OPENAI_PROMPT_CHARS_MAX;
    bool extends = create->submit.render.purpose == RENDER_EXTEND;

    if (fits)
        create->submit.render.prompt = joined;
    else if (!extends)
        openai_refuse(&create->faults, "string_above_max_length", "prompt",
                      "Invalid 'prompt': string too long. Together with the prompt of the video it "
                      "may have at most %d characters.",
                      OPENAI_PROMPT_CHARS_MAX);
}

void openai_take_source(struct create *create, const struct job *source, const char *field,
                        const char *done)
{
    struct service_submit *submit = &create->submit;

    if (source->state != JOB_COMPLETED)
        openai_refuse(&create->faults, "invalid_value", field,
                      "Only a completed video can be %s; this one is %s.", done,
                      job_is_over(source->state) ? "failed" : "not ready yet");
    submit->model = source->model;
    submit->render.width = source->render.width;
    submit->render.height = source->render.height;
    submit->render.fps = source->render.fps;
    submit->render.seed = source->render.seed;
    submit->source = source->id;
    join_prompts(create, source->render.prompt);
}

void openai_take_seconds(struct create *create, int seconds, const char *field, const char *done)
{
    if (seconds > RENDER_SECONDS_MAX)
        openai_refuse(&create->faults, "invalid_value", field,
                      "Only a video of at most %d seconds can be %s; this one has %d.",
                      RENDER_SECONDS_MAX, done, seconds);
    create->submit.render.seconds = seconds;
}

static void found(struct call *call, const struct job *found)
{
    struct create *create = call->state;
    struct job source = job_copy(call->arena, found);

    openai_take_source(create, &source, "video_id", "remixed");
    openai_take_seconds(create, job_seconds(&source), "video_id", "remixed");
    create->submit.first_frame = source.first_frame;
    create->submit.characters = source.characters;
    create_run(call);
}

void openai_remix(struct call *call)
{
    static const char *const known[] = {"prompt", NULL};
    struct create *create = NULL;
    struct openai_body body;

    if (!openai_read_body(call, &body))
        return;
    create = create_new(call, &openai_create);
    openai_read_prompt(create, body.root);
    openai_refuse_file(create, &body);
    openai_refuse_unknown(&create->faults, body.root, "", known);
    create->submit.body = arena_printf(call->arena, STR_FMT "\n" STR_FMT,
                                       STR_ARG(call->exchange->path), STR_ARG(body.said));
    if (create->faults.count)
        create_run(call);
    else
        call_find_job(call, found);
}
