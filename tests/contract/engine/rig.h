/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rig: a loop, one engine with the stub worker behind it, and a record of its events.
 *
 * rig_close() is part of each test: it checks that no child and no handle is left.
 */
#ifndef VITASCOPE_TESTS_ENGINE_RIG_H
#define VITASCOPE_TESTS_ENGINE_RIG_H

#include <uv.h>

#include "engine/engine.h"

enum { RIG_EVENTS_MAX = 512, RIG_PIDS_MAX = 64, RIG_WAIT_MS = 60000 };

enum rig_event_type { RIG_PROGRESS, RIG_FINISHED, RIG_FAILED };

struct rig_event {
    enum rig_event_type type;
    char ticket[ENGINE_TICKET_BYTES_MAX + 1];
    int percent;
    char phase[ENGINE_PHASE_BYTES_MAX + 1];
    enum engine_fault fault;
    char text[ENGINE_TEXT_BYTES_MAX + 1];
    char notes[4096];
    int64_t output_bytes, frames;
    double seconds;
    uint64_t at_ms;
};

struct rig {
    uv_loop_t loop;
    uv_timer_t alarm;
    bool alarmed;
    struct engine *engine;
    char folder[64];
    char journal[128];
    struct engine_config config;
    const char *argv[8];
    struct rig_event events[RIG_EVENTS_MAX];
    int events_n;
    int ends_n; /* finished and failed */
    int rooms_n;
    bool closed;
};

/* Short limits and one process; change rig->config before rig_open(). */
void rig_init(struct rig *rig, const char *mode);
void rig_open(struct rig *rig);

/* Starts a request; the prompt may be "mode:NAME". Fails the test unless that works. */
void rig_start(struct rig *rig, const char *ticket, const char *prompt);

/* Runs the loop until so many requests have ended, or fails the test. */
void rig_wait_ends(struct rig *rig, int ends);

/* Runs the loop until a progress event of that ticket, or fails the test. */
void rig_wait_progress(struct rig *rig, const char *ticket);

void rig_run_ms(struct rig *rig, int ms);

/* The end of a ticket; fails the test if there is none or more than one. */
const struct rig_event *rig_end(struct rig *rig, const char *ticket);

/* Ids of all processes that the stub noted, in order. */
int rig_pids(const struct rig *rig, int pids[RIG_PIDS_MAX]);
bool rig_pid_is_alive(int pid);

/* How many lines of the journal contain this. */
int rig_journal_count(const struct rig *rig, const char *part);

/* Closes the engine, checks that nothing is left and removes the folder. */
void rig_close(struct rig *rig);

#endif
