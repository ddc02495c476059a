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

unsigned job_states_before(enum job_state to)
{
    unsigned before = 0;

    for (int from = 0; from < JOB_STATES; from++) {
        if (job_state_may((enum job_state)from, to))
            before |= BIT(from);
    }
    return before;
}

struct job job_copy(struct arena *arena, const struct job *job)
{
    struct job copy = *job;

    copy.request = arena_str(arena, job->request);
    copy.model = arena_str(arena, job->model);
    copy.render.prompt = arena_str(arena, job->render.prompt);
    copy.engine = arena_str(arena, job->engine);
    copy.error = arena_str(arena, job->error);
    return copy;
}
