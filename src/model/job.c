/* SPDX-License-Identifier: Apache-2.0 */
#include "model/job.h"

#include <assert.h>

#include "base/macros.h"

static const struct {
    const char *name;
    unsigned next;
} states[JOB_STATES] = {
    [JOB_QUEUED] = {"queued", BIT(JOB_RUNNING) | BIT(JOB_FAILED) | BIT(JOB_CANCELED)},
    [JOB_RUNNING] = {"running",
                     BIT(JOB_QUEUED) | BIT(JOB_COMPLETED) | BIT(JOB_FAILED) | BIT(JOB_CANCELED)},
    [JOB_COMPLETED] = {"completed", 0},
    [JOB_FAILED] = {"failed", 0},
    [JOB_CANCELED] = {"canceled", 0},
};

static const char *const faults[JOB_FAULTS] = {
    [JOB_FAULT_NONE] = "none", [JOB_FAULT_INVALID] = "invalid", [JOB_FAULT_REFUSED] = "refused",
    [JOB_FAULT_LOST] = "lost", [JOB_FAULT_BROKEN] = "broken",   [JOB_FAULT_TIMEOUT] = "timeout",
};

static const char *const events[JOB_EVENTS] = {
    [JOB_EVENT_PROGRESS] = "progress",
    [JOB_EVENT_COMPLETED] = "completed",
    [JOB_EVENT_FAILED] = "failed",
    [JOB_EVENT_CANCELED] = "canceled",
};

bool job_state_may(enum job_state from, enum job_state to)
{
    assert(from < JOB_STATES && to < JOB_STATES);
    return states[from].next & BIT(to);
}

bool job_is_over(enum job_state state)
{
    assert(state < JOB_STATES);
    return states[state].next == 0;
}

const char *job_state_name(enum job_state state)
{
    assert(state < JOB_STATES);
    return states[state].name;
}

const char *job_fault_name(enum job_fault fault)
{
    assert(fault < JOB_FAULTS);
    return faults[fault];
}

const char *job_event_name(enum job_event event)
{
    assert(event < JOB_EVENTS);
    return events[event];
}

enum job_event job_event_of_end(enum job_state state)
{
    assert(job_is_over(state));
    if (state == JOB_COMPLETED)
        return JOB_EVENT_COMPLETED;
    return state == JOB_FAILED ? JOB_EVENT_FAILED : JOB_EVENT_CANCELED;
}

enum job_callback_state job_callback_shown(const struct job *job)
{
    if (job_is_over(job->state) && !(job->callback.events & BIT(job_event_of_end(job->state))))
        return JOB_CALLBACK_NONE;
    return job->callback.state;
}

unsigned job_states_before(enum job_state to)
{
    unsigned before = 0;

    for (int from = 0; from < JOB_STATES; from++) {
        if (job_state_may((enum job_state)from, to))
            before |= BIT(from);
    }
    return before;
}

int job_seconds(const struct job *job)
{
    return job->base_seconds + job->render.seconds;
}

unsigned job_needs(const struct job *job)
{
    switch (job->render.purpose) {
    case RENDER_EDIT:
        return BIT(RENDER_SOURCE_VIDEO);
    case RENDER_EXTEND:
        return BIT(RENDER_FIRST_FRAME);
    case RENDER_CREATE:
    case RENDER_PURPOSES:
        break;
    }
    return id_is_zero(job->first_frame) ? 0 : BIT(RENDER_FIRST_FRAME);
}

struct job job_copy(struct arena *arena, const struct job *job)
{
    struct job copy = *job;

    copy.request = arena_str(arena, job->request);
    copy.model = arena_str(arena, job->model);
    copy.render.prompt = arena_str(arena, job->render.prompt);
    copy.engine = arena_str(arena, job->engine);
    copy.error = arena_str(arena, job->error);
    copy.characters = arena_str(arena, job->characters);
    copy.callback.url = arena_str(arena, job->callback.url);
    copy.callback.base = arena_str(arena, job->callback.base);
    return copy;
}

struct job job_without_texts(const struct job *job)
{
    struct job copy = *job;

    copy.request = copy.model = copy.render.prompt = copy.engine = copy.error = copy.characters =
        copy.callback.url = copy.callback.base = (struct str){0};
    return copy;
}
