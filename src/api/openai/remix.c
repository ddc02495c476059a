/* SPDX-License-Identifier: Apache-2.0 */
#include "api/openai/openai.h"

static void refuse_unfinished(struct create *create, const struct job *source)
{
    if (source->state != JOB_COMPLETED)
        openai_refuse(&create->faults, "invalid_value", "video_id",
                      "Only a completed video can be remixed; this one is %s.",
                      job_is_over(source->state) ? "failed" : "not ready yet");
}

static void join_prompts(struct create *create, const struct job *source)
{
    struct str now = create->submit.render.prompt, before = source->render.prompt;
    struct str joined =
        arena_printf(create->call->arena, STR_FMT "\n\n" STR_FMT, STR_ARG(now), STR_ARG(before));

    if (str_utf8_count(joined) > OPENAI_PROMPT_CHARS_MAX)
        openai_refuse(&create->faults, "string_above_max_length", "prompt",
                      "Invalid 'prompt': string too long. Together with the prompt of the video it "
                      "may have at most %d characters.",
                      OPENAI_PROMPT_CHARS_MAX);
    create->submit.render.prompt = joined;
}

static void found(struct call *call, const struct job *found)
{
    struct create *create = call->state;
    struct job source = job_copy(call->arena, found);

    refuse_unfinished(create, &source);
    create->submit.model = source.model;
    create->submit.render.seconds = source.render.seconds;
    create->submit.render.width = source.render.width;
    create->submit.render.height = source.render.height;
    create->submit.render.fps = source.render.fps;
    create->submit.render.seed = source.render.seed;
    create->submit.first_frame = source.first_frame;
    create->submit.source = source.id;
    join_prompts(create, &source);
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
