/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job: one accepted request to make a video, and the only table of its states.
 *
 *     queued -> running -> completed | failed | canceled
 *     queued -> failed | canceled
 *     running -> queued      (requeued: its attempt surely left nothing behind)
 *
 * A job exists if and only if its price has been held; a job that is over has had that hold
 * captured (completed) or released (failed, canceled), exactly once.
 *
 * A plain value whose strings are borrowed; job_copy() makes one that lives in an arena.
 * Thread: any.
 */
#ifndef VITASCOPE_MODEL_JOB_H
#define VITASCOPE_MODEL_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/str.h"
#include "model/dialect.h"
#include "model/render.h"

/* Stored by number: append only. */
enum job_state { JOB_QUEUED, JOB_RUNNING, JOB_COMPLETED, JOB_FAILED, JOB_CANCELED, JOB_STATES };

/* Why a job failed. Stored by number: append only. */
enum job_fault {
    JOB_FAULT_NONE,
    JOB_FAULT_INVALID, /* the engine cannot make this, whatever is tried */
    JOB_FAULT_REFUSED, /* content that the engine will not make */
    JOB_FAULT_LOST,    /* the engine no longer knows it, or was killed */
    JOB_FAULT_BROKEN,  /* the engine failed at it */
    JOB_FAULT_TIMEOUT, /* not finished within the engine's deadline */
    JOB_FAULTS
};

/* What a callback may tell of; sets of them are of BIT(event). Stored by number: append only. */
enum job_event {
    JOB_EVENT_PROGRESS,
    JOB_EVENT_COMPLETED,
    JOB_EVENT_FAILED,
    JOB_EVENT_CANCELED,
    JOB_EVENTS
};

/* How far the telling of a job's end has come. Stored by number: append only. */
enum job_callback_state {
    JOB_CALLBACK_NONE,      /* nobody asked for it */
    JOB_CALLBACK_PENDING,   /* the job is not over, or its end is still to be told */
    JOB_CALLBACK_DELIVERED, /* the receiver took it */
    JOB_CALLBACK_FAILED,    /* given up */
    JOB_CALLBACK_STATES
};

enum {
    JOB_REQUEST_BYTES_MAX = 256 * 1024, /* the request as accepted, images taken out */
    JOB_ERROR_BYTES_MAX = 500,
    JOB_ATTEMPTS_MAX = 3, /* starts of a job before it is given up */
    JOB_CALLBACK_BYTES_MAX = 2048,
    JOB_EXTENSIONS_MAX = 6, /* in a row, and how long they may get: Sora's own limits */
    JOB_EXTENDED_SECONDS_MAX = 120,
    JOB_CHARACTERS_MAX = 2, /* likewise */
};

/* Whom to tell of a job, as its request named it. */
struct job_callback {
    struct str url;  /* http(s), at most JOB_CALLBACK_BYTES_MAX; empty = nobody */
    struct str base; /* how links of ours begin for that receiver: "https://host" */
    unsigned events; /* set of BIT(event) */
    enum job_callback_state state;
};

struct job {
    struct id id;
    int64_t account_id;
    int64_t key_id;
    enum dialect dialect;
    struct str request; /* JSON as accepted, for the dialect to show again */
    struct str model;   /* public name, as asked for */
    struct render_request render;
    struct id first_frame;  /* asset, or zero */
    struct id source;       /* the job whose video this one is made from, or zero */
    struct id source_video; /* asset: the video of render.purpose, or zero */
    int base_seconds;       /* of an extension: the length of its source; else 0 */
    int extensions;         /* in a row that led to its video, it included; 0: it is none */
    struct str characters;  /* JSON: [{"id", "name"}], or empty */
    int64_t price_micro;    /* held, captured or released */
    enum job_state state;
    int progress;      /* 0 to 100, monotone while running */
    int attempts;      /* starts so far */
    struct str engine; /* of the latest attempt, or empty */
    struct id output;  /* asset, or zero */
    enum job_fault fault;
    struct str error; /* one sentence for the owner, or empty */
    int64_t created_ms;
    int64_t started_ms; /* 0 = not yet; of the latest attempt */
    int64_t ended_ms;   /* 0 = not over */
    struct job_callback callback;
};

bool job_state_may(enum job_state from, enum job_state to);
bool job_is_over(enum job_state state);
const char *job_state_name(enum job_state state);
const char *job_fault_name(enum job_fault fault); /* "invalid", "refused", … */
const char *job_event_name(enum job_event event); /* "progress", "completed", … */

/* The event of a state in which a job is over. */
enum job_event job_event_of_end(enum job_state state);

/* callback.state, but none once the job is over in a way that nobody asked to be told of. */
enum job_callback_state job_callback_shown(const struct job *job);

/* The states from which `to` can be reached, as a set of BIT(state): for a compare-and-set. */
unsigned job_states_before(enum job_state to);

/* Of its finished video: what is made, and what it continues. */
int job_seconds(const struct job *job);

/* What an engine must be able to look at for this job, a set of BIT(enum render_ability). */
unsigned job_needs(const struct job *job);

struct job job_copy(struct arena *arena, const struct job *job);

/* A copy whose strings are empty, so that it borrows nothing. */
struct job job_without_texts(const struct job *job);

#endif
