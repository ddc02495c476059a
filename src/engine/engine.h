/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine: makes videos. One face for every kind: a worker is a child process of ours, an
 * upstream is a service over HTTP.
 *
 * A request is started under a ticket, a name of the caller's choice that is unique among those
 * now running on that engine. Each started ticket gets any number of `progress` events and then
 * exactly one `finished` or `failed`, never from inside the engine_start() or engine_cancel()
 * that it belongs to; after engine_close() no event comes. Engines know no jobs, keys or money.
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_ENGINE_ENGINE_H
#define VITASCOPE_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/err.h"
#include "base/str.h"
#include "model/render.h"

enum {
    ENGINE_NAME_BYTES_MAX = 64,
    ENGINE_TICKET_BYTES_MAX = 64,
    ENGINE_PATH_BYTES_MAX = 4096,
    ENGINE_ARGS_MAX = 64, /* of a command, its program included */
    ENGINE_CONCURRENCY_MAX = 256,
    ENGINE_PHASE_BYTES_MAX = 64,
    ENGINE_TEXT_BYTES_MAX = 500,        /* of a failure, cut at a character */
    ENGINE_NOTES_BYTES_MAX = 16 * 1024, /* longer notes are replaced by {} */
};

#define ENGINE_OUTPUT_BYTES_MAX ((int64_t)1 << 40)

/* Why a request came to nothing, by whose fault it is. */
enum engine_fault {
    ENGINE_INVALID,  /* the caller's: it will never work, on this engine or another */
    ENGINE_REFUSED,  /* the caller's: content that the engine will not make */
    ENGINE_BUSY,     /* nobody's: the engine has no room now, and nothing was begun */
    ENGINE_LOST,     /* the engine's: it died, hung or no longer knows the request */
    ENGINE_BROKEN,   /* the engine's: it failed at it, or broke its protocol */
    ENGINE_TIMEOUT,  /* not finished within job_ms */
    ENGINE_CANCELED, /* by engine_cancel() */
    ENGINE_FAULTS
};

/* Strings are borrowed: the engine copies what it keeps. Zero means the default in brackets. */
struct engine_config {
    uv_loop_t *loop;
    struct str name;          /* in routes, logs and job records; [A-Za-z0-9_.-]+ */
    struct str kind;          /* "worker" */
    const char *const *argv;  /* of a worker: program and arguments, NULL at the end */
    const char *const *env;   /* of a worker: "NAME=value" beyond the few it always gets, or NULL */
    struct str launcher;      /* of a worker: path of vitascope-launch */
    struct str url;           /* of an upstream */
    int concurrency;          /* requests at a time [1]; of a worker: processes */
    int ready_ms;             /* from start of a process to its `ready` [30 s] */
    int job_ms;               /* for one request [30 min] */
    int idle_ms;              /* of a request without news before it counts as hung [3 min] */
    int grace_ms;             /* between asking to stop, SIGTERM and SIGKILL [2 s] */
    int backoff_ms;           /* before the first restart [500 ms]; doubles up to the next */
    int backoff_max_ms;       /* [60 s] */
    int64_t memory_bytes_max; /* address space of a process [no limit] */
    int cpu_seconds_max;      /* processor time of one request [no limit] */
    int files_max;            /* open files of a process [256] */
    int64_t output_bytes_max; /* [2 GiB] */
    bool may_use_network;     /* of a worker: otherwise it cannot make sockets */
    unsigned can;             /* set of BIT(enum render_ability): for whoever starts requests */
};

/* Paths are absolute. The engine writes inside `scratch` only. */
struct engine_request {
    struct render_request render;
    struct str first_frame;  /* a binary PPM of the asked width and height, or empty */
    struct str source_video; /* an MP4, what for says render.purpose; or empty */
    struct str scratch;      /* an empty folder of the request's own; the caller removes it */
    struct str output;       /* where the MP4 must be when it is done */
};

/* What was made. Borrowed for the length of the event. */
struct engine_result {
    struct str output; /* the path that was asked for: a regular file, not empty */
    int64_t output_bytes;
    double seconds; /* as the engine says, here and below; 0 when it did not */
    int width, height, fps;
    int64_t frames;
    struct str notes; /* a JSON object: what the engine wants to be known, or "{}" */
};

/* Events. They may call any function here. */
struct engine_events {
    /* percent 0 to 100, never falling for a ticket. */
    void (*progress)(void *user, struct str ticket, int percent, struct str phase);
    void (*finished)(void *user, struct str ticket, const struct engine_result *result);
    /* text is one sentence for the log and, of the caller's faults, for the owner. */
    void (*failed)(void *user, struct str ticket, enum engine_fault fault, struct str text);
    /* engine_free_slots() may have grown: a request ended or a back-off is over. */
    void (*room)(void *user);
};

struct engine;

/* Checks the configuration and makes the engine; its processes start with the first request
 * and are kept. ERR_INVALID: the configuration is wrong, the text says where. Events and user
 * must outlive the engine. */
MUST_CHECK bool engine_open(const struct engine_config *config, const struct engine_events *events,
                            void *user, struct engine **engine, struct err *err);

/* Ends everything that runs, at once, and takes the engine back; no event follows. When its
 * processes are reaped and its handles closed (some turns of the loop later), calls
 * closed(user), which may be NULL. NULL engine: nothing happens, closed is not called. */
void engine_close(struct engine *engine, void (*closed)(void *user), void *user);

/* Starts a request and returns. Copies what it keeps.
 * ERR_BUSY: no free slot. ERR_INVALID: it will never work. ERR_CONFLICT: ticket in use. */
MUST_CHECK bool engine_start(struct engine *engine, struct str ticket,
                             const struct engine_request *request, struct err *err);

/* Asks a request to end; its event is then failed(ENGINE_CANCELED), after at most twice
 * grace_ms, or finished if that came first. Unknown tickets are ignored. */
void engine_cancel(struct engine *engine, struct str ticket);

/* Requests that engine_start() would take now; none during a back-off. */
int engine_free_slots(const struct engine *engine);

/* Whether the engine is well: it runs or may be started; false while all of it backs off. */
bool engine_is_ready(const struct engine *engine);

/* Whether a lost request may be started again without paying or waiting for it twice: its
 * processes are ours and surely dead. */
bool engine_is_local(const struct engine *engine);

/* "invalid", "refused", "busy", "lost", "broken", "timeout", "canceled". */
const char *engine_fault_name(enum engine_fault fault);
bool engine_fault_parse(struct str name, enum engine_fault *fault);

/* Whether it speaks against the engine: lost and broken. */
bool engine_fault_is_engines(enum engine_fault fault);

#endif
