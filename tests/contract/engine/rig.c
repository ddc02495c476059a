/* SPDX-License-Identifier: Apache-2.0 */
#include "rig.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/tap.h"

static struct rig_event *add_event(struct rig *rig, enum rig_event_type type, struct str ticket)
{
    CHECK(rig->events_n < RIG_EVENTS_MAX);

    struct rig_event *event = &rig->events[rig->events_n++];

    *event = (struct rig_event){.type = type, .at_ms = uv_now(&rig->loop)};
    str_copy(ticket, event->ticket, sizeof event->ticket);
    rig->ends_n += type != RIG_PROGRESS;
    uv_stop(&rig->loop); /* or uv_run() would wait for another event before it looks */
    return event;
}

static void on_progress(void *user, struct str ticket, int percent, struct str phase)
{
    struct rig_event *event = add_event(user, RIG_PROGRESS, ticket);

    event->percent = percent;
    CHECK(str_copy(phase, event->phase, sizeof event->phase));
}

static void on_finished(void *user, struct str ticket, const struct engine_result *result)
{
    struct rig_event *event = add_event(user, RIG_FINISHED, ticket);

    CHECK(str_copy(result->notes, event->notes, sizeof event->notes));
    event->output_bytes = result->output_bytes;
    event->frames = result->frames;
    event->seconds = result->seconds;
}

static void on_failed(void *user, struct str ticket, enum engine_fault fault, struct str text)
{
    struct rig_event *event = add_event(user, RIG_FAILED, ticket);

    event->fault = fault;
    CHECK(str_copy(text, event->text, sizeof event->text));
}

static void on_room(void *user)
{
    struct rig *rig = user;

    rig->rooms_n++;
}

static const struct engine_events rig_events = {on_progress, on_finished, on_failed, on_room};

static void on_alarm(uv_timer_t *timer)
{
    struct rig *rig = timer->data;

    rig->alarmed = true;
}

void rig_init(struct rig *rig, const char *mode)
{
    *rig = (struct rig){0};
    signal(SIGPIPE, SIG_IGN);
    CHECK_INT(uv_loop_init(&rig->loop), 0);
    uv_timer_init(&rig->loop, &rig->alarm);
    rig->alarm.data = rig;
    snprintf(rig->folder, sizeof rig->folder, "/tmp/vitascope-engine-XXXXXX");
    CHECK(mkdtemp(rig->folder));
    snprintf(rig->journal, sizeof rig->journal, "%s/journal", rig->folder);
    rig->argv[0] = "/usr/bin/python3";
    rig->argv[1] = STUB_WORKER;
    rig->argv[2] = mode;
    rig->argv[3] = rig->journal;
    rig->config = (struct engine_config){
        .loop = &rig->loop,
        .name = STR("stub"),
        .kind = STR("worker"),
        .argv = rig->argv,
        .launcher = str_from(LAUNCHER),
        .ready_ms = 120000,
        .job_ms = 120000,
        .idle_ms = 120000,
        .grace_ms = 300,
        .backoff_ms = 20,
        .backoff_max_ms = 100,
    };
}

void rig_open(struct rig *rig)
{
    struct err err = {0};

    CHECK_OK(engine_open(&rig->config, &rig_events, rig, &rig->engine, &err));
}

void rig_start(struct rig *rig, const char *ticket, const char *prompt)
{
    struct err err = {0};
    char scratch[128], output[160];

    snprintf(scratch, sizeof scratch, "%s/%s", rig->folder, ticket);
    snprintf(output, sizeof output, "%s/output.mp4", scratch);
    mkdir(scratch, 0700);

    struct engine_request request = {
        .render = {str_from(prompt), 4, 1280, 720, 30, 123, RENDER_CREATE},
        .scratch = str_from(scratch),
        .output = str_from(output),
    };

    CHECK_OK(engine_start(rig->engine, str_from(ticket), &request, &err));
}

static void set_alarm(struct rig *rig, int ms)
{
    rig->alarmed = false;
    uv_update_time(&rig->loop);
    uv_timer_start(&rig->alarm, on_alarm, (uint64_t)ms, 0);
}

void rig_wait_ends(struct rig *rig, int ends)
{
    set_alarm(rig, RIG_WAIT_MS);
    while (rig->ends_n < ends && !rig->alarmed)
        uv_run(&rig->loop, UV_RUN_ONCE);
    CHECK_INT(rig->ends_n, ends);
}

void rig_wait_progress(struct rig *rig, const char *ticket)
{
    set_alarm(rig, RIG_WAIT_MS);
    for (int seen = 0; !rig->alarmed;) {
        for (; seen < rig->events_n; seen++)
            if (rig->events[seen].type == RIG_PROGRESS &&
                strcmp(rig->events[seen].ticket, ticket) == 0)
                return;
        uv_run(&rig->loop, UV_RUN_ONCE);
    }
    tap_fail(__FILE__, __LINE__, "no progress of %s", ticket);
}

void rig_run_ms(struct rig *rig, int ms)
{
    set_alarm(rig, ms);
    while (!rig->alarmed)
        uv_run(&rig->loop, UV_RUN_ONCE);
}

const struct rig_event *rig_end(struct rig *rig, const char *ticket)
{
    const struct rig_event *end = NULL;

    for (int i = 0; i < rig->events_n; i++) {
        const struct rig_event *event = &rig->events[i];

        if (event->type == RIG_PROGRESS || strcmp(event->ticket, ticket) != 0)
            continue;
        if (end)
            tap_fail(__FILE__, __LINE__, "%s ended twice", ticket);
        end = event;
    }
    if (!end)
        tap_fail(__FILE__, __LINE__, "%s did not end", ticket);
    return end;
}

int rig_pids(const struct rig *rig, int pids[RIG_PIDS_MAX])
{
    FILE *file = fopen(rig->journal, "r");
    char line[512];
    int n = 0;

    while (file && fgets(line, sizeof line, file)) {
        int pid = (int)strtol(line, NULL, 10);
        bool known = false;

        for (int i = 0; i < n; i++)
            known = known || pids[i] == pid;
        if (!known && n < RIG_PIDS_MAX)
            pids[n++] = pid;
    }
    if (file)
        fclose(file);
    return n;
}

/* A zombie that waits for its parent counts as dead. */
bool rig_pid_is_alive(int pid)
{
    char path[64], state = 'Z';

    snprintf(path, sizeof path, "/proc/%d/stat", pid);

    FILE *file = fopen(path, "r");

    if (!file)
        return false;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'Z';
    fclose(file);
    return state != 'Z' && state != 'X';
}

int rig_journal_count(const struct rig *rig, const char *part)
{
    FILE *file = fopen(rig->journal, "r");
    char line[512];
    int n = 0;

    while (file && fgets(line, sizeof line, file))
        n += strstr(line, part) != NULL;
    if (file)
        fclose(file);
    return n;
}

static void on_closed(void *user)
{
    struct rig *rig = user;

    rig->closed = true;
    uv_stop(&rig->loop);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)type;
    (void)ftw;
    return remove(path);
}

void rig_close(struct rig *rig)
{
    int pids[RIG_PIDS_MAX], events = rig->events_n;

    if (rig->engine) {
        engine_close(rig->engine, on_closed, rig);
        set_alarm(rig, RIG_WAIT_MS);
        while (!rig->closed && !rig->alarmed)
            uv_run(&rig->loop, UV_RUN_ONCE);
        CHECK(rig->closed);
        CHECK_INT(rig->events_n, events); /* none after engine_close() */
    }
    for (int i = rig_pids(rig, pids); i-- > 0;)
        if (rig_pid_is_alive(pids[i]))
            tap_fail(__FILE__, __LINE__, "process %d is alive", pids[i]);
    uv_close((uv_handle_t *)&rig->alarm, NULL);
    uv_run(&rig->loop, UV_RUN_DEFAULT);
    CHECK_INT(uv_loop_close(&rig->loop), 0);
    nftw(rig->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
