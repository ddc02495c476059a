/* SPDX-License-Identifier: Apache-2.0 */
#include "scheduler_rig.h"

#include <dirent.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/tap.h"

static void on_alarm(uv_timer_t *timer)
{
    struct rig *rig = timer->data;

    rig->alarmed = true;
}

static void set_alarm(struct rig *rig, int ms)
{
    rig->alarmed = false;
    uv_update_time(&rig->loop);
    uv_timer_start(&rig->alarm, on_alarm, (uint64_t)ms, 0);
}

void rig_run_ms(struct rig *rig, int ms)
{
    set_alarm(rig, ms);
    while (!rig->alarmed)
        uv_run(&rig->loop, UV_RUN_ONCE);
}

void rig_init(struct rig *rig)
{
    *rig = (struct rig){0};
    signal(SIGPIPE, SIG_IGN);
    world_open_on_disk(&rig->world);
    snprintf(rig->folder, sizeof rig->folder, "/tmp/vitascope-jobs-XXXXXX");
    CHECK(mkdtemp(rig->folder));
    snprintf(rig->journal, sizeof rig->journal, "%s/journal", rig->folder);
    snprintf(rig->database, sizeof rig->database, "%s", rig->world.url);
    rig->config = (struct scheduler_config){.retry_ms = 20, .breaker_faults = 100};
}

void rig_boot(struct rig *rig)
{
    char blobs[128], scratch[128];
    struct db *db = NULL;
    struct err err = {0};

    CHECK_INT(uv_loop_init(&rig->loop), 0);
    uv_timer_init(&rig->loop, &rig->alarm);
    rig->alarm.data = rig;
    rig->stopped = rig->probe_closed = false;
    snprintf(blobs, sizeof blobs, "dir:%s/blobs", rig->folder);
    snprintf(scratch, sizeof scratch, "%s/scratch", rig->folder);
    CHECK_OK(db_open(&db, str_from(rig->database), &err));
    CHECK_OK(executor_open(&rig->executor, &rig->loop, db, &err));
    CHECK_OK(blob_open(&rig->blob, str_from(blobs), &err));
    rig->cache = jobcache_new(0, 0);

    struct probe_config probe = {
        .loop = &rig->loop, .program = str_from(STUB_PROBE), .launcher = str_from(LAUNCHER)};

    CHECK_OK(probe_open(&probe, &rig->probe, &err));
    rig->config.loop = &rig->loop;
    rig->config.executor = rig->executor;
    rig->config.cache = rig->cache;
    rig->config.blob = rig->blob;
    rig->config.probe = rig->probe;
    rig->config.scratch = str_from(scratch);
    CHECK_OK(scheduler_new(&rig->config, &rig->scheduler, &err));
}

void rig_engine_with(struct rig *rig, const char *name, const char *mode,
                     struct engine_config config)
{
    const char *argv[] = {"/usr/bin/python3", STUB_WORKER, mode, rig->journal, NULL};
    struct err err = {0};

    config.name = str_from(name);
    config.kind = STR("worker");
    config.argv = argv;
    config.launcher = str_from(LAUNCHER);
    if (!config.can)
        config.can = BIT(RENDER_ABILITIES) - 1;
    if (!config.grace_ms)
        config.grace_ms = 200;
    config.backoff_ms = 5;
    config.backoff_max_ms = 20;
    CHECK_OK(scheduler_add_engine(rig->scheduler, &config, &err));
}

void rig_engine(struct rig *rig, const char *name, const char *mode, int concurrency)
{
    rig_engine_with(rig, name, mode, (struct engine_config){.concurrency = concurrency});
}

void rig_route(struct rig *rig, const char *model, const char *first, const char *second)
{
    struct str engines[] = {str_from(first), str_from(second)};
    struct err err = {0};

    CHECK_OK(scheduler_add_route(rig->scheduler, str_from(model), engines, second ? 2 : 1, &err));
}

void rig_boot_simple(struct rig *rig, const char *mode)
{
    rig_boot(rig);
    rig_engine(rig, "stub", mode, 1);
    rig_route(rig, "sora-2", "stub", NULL);
    scheduler_start(rig->scheduler);
}

struct id rig_submit_job(struct rig *rig, const struct job *job)
{
    struct job_submit submit = {.job = job};
    struct job_submit_result result;
    struct err err = {0};
    struct world *world = &rig->world;

    CHECK_OK(WORLD_DO(world, jobs_submit(world->db, &world->arena, &submit, &result, &err)));
    jobcache_put(rig->cache, &result.job);
    scheduler_submit(rig->scheduler, &result.job);
    return job->id;
}

struct id rig_submit_as(struct rig *rig, int64_t account_id, const char *model, const char *prompt)
{
    struct job job = world_job(&rig->world);

    job.account_id = account_id;
    job.model = str_from(model);
    job.render.prompt = str_from(prompt);
    return rig_submit_job(rig, &job);
}

struct id rig_submit(struct rig *rig, const char *prompt)
{
    return rig_submit_as(rig, rig->world.account_id, "sora-2", prompt);
}

void rig_cancel(struct rig *rig, struct id id)
{
    struct world *world = &rig->world;
    struct err err = {0};
    struct job job = {0};

    if (!WORLD_DO(world, jobs_cancel(world->db, id, 0, WORLD_NOW_MS, &err))) {
        CHECK_INT(err.kind, ERR_CONFLICT);
        return;
    }
    job = world_get(world, id);
    jobcache_put(rig->cache, &job);
    scheduler_cancel(rig->scheduler, id);
}

static void wait_state(struct rig *rig, struct id id, bool over)
{
    const struct job *job = NULL;

    set_alarm(rig, RIG_WAIT_MS);
    while (!rig->alarmed) {
        job = jobcache_get(rig->cache, id);
        if (job && (over ? job_is_over(job->state) : job->state == JOB_RUNNING && job->progress))
            return;
        uv_run(&rig->loop, UV_RUN_ONCE);
    }
    tap_fail(__FILE__, __LINE__, "the job is %s", job ? job_state_name(job->state) : "unknown");
}

/* What the cache says of a job that is over, the store says too. */
struct job rig_wait_over(struct rig *rig, struct id id)
{
    struct job job;
    const struct job *cached = NULL;

    wait_state(rig, id, true);
    job = world_get(&rig->world, id);
    cached = jobcache_get(rig->cache, id);
    CHECK_STR(job_state_name(cached->state), job_state_name(job.state));
    CHECK_INT(cached->fault, job.fault);
    CHECK_INT(cached->attempts, job.attempts);
    CHECK_INT(cached->ended_ms, job.ended_ms);
    CHECK(str_eq(cached->error, job.error));
    CHECK(str_eq(cached->engine, job.engine));
    CHECK(id_eq(cached->output, job.output));
    return job;
}

void rig_wait_running(struct rig *rig, struct id id)
{
    wait_state(rig, id, false);
}

void rig_wait_idle(struct rig *rig)
{
    set_alarm(rig, RIG_WAIT_MS);
    while (scheduler_running(rig->scheduler) && !rig->alarmed)
        uv_run(&rig->loop, UV_RUN_ONCE);
    CHECK_INT(scheduler_running(rig->scheduler), 0);
}

void rig_journal(const struct rig *rig, char *out, size_t size)
{
    FILE *file = fopen(rig->journal, "r");
    char line[512], *prompt = NULL;
    size_t len = 0;

    out[0] = '\0';
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        prompt = strchr(line, ' ');
        prompt = prompt ? strchr(prompt + 1, ' ') : NULL;
        if (prompt)
            len += (size_t)snprintf(out + len, size - len, "%s%s", len ? "," : "", prompt + 1);
        CHECK(len < size);
    }
    if (file)
        fclose(file);
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

static int files_n;

static int count_file(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)path;
    (void)status;
    (void)ftw;
    files_n += type == FTW_F;
    return 0;
}

int rig_blobs(const struct rig *rig)
{
    char path[128];

    snprintf(path, sizeof path, "%s/blobs", rig->folder);
    files_n = 0;
    nftw(path, count_file, 16, FTW_PHYS);
    return files_n;
}

static void check_scratch(const struct rig *rig)
{
    char path[128];
    DIR *folder = NULL;
    struct dirent *found = NULL;

    snprintf(path, sizeof path, "%s/scratch", rig->folder);
    folder = opendir(path);
    CHECK(folder);
    while ((found = readdir(folder)))
        if (found->d_name[0] != '.')
            tap_fail(__FILE__, __LINE__, "scratch folder %s is left", found->d_name);
    closedir(folder);
}

/* A zombie that waits for its parent counts as dead. */
static bool is_alive(int pid)
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

static void check_processes(const struct rig *rig)
{
    FILE *file = fopen(rig->journal, "r");
    char line[512];

    while (file && fgets(line, sizeof line, file))
        if (is_alive((int)strtol(line, NULL, 10)))
            tap_fail(__FILE__, __LINE__, "a process is left: %s", line);
    if (file)
        fclose(file);
}

static void on_stopped(void *user)
{
    struct rig *rig = user;

    rig->stopped = true;
}

static void on_probe_closed(void *user)
{
    struct rig *rig = user;

    rig->probe_closed = true;
}

void rig_stop(struct rig *rig, int grace_ms)
{
    uv_update_time(&rig->loop);
    scheduler_stop(rig->scheduler, grace_ms, on_stopped, rig);
    set_alarm(rig, RIG_WAIT_MS);
    while (!rig->stopped && !rig->alarmed)
        uv_run(&rig->loop, UV_RUN_ONCE);
    CHECK(rig->stopped);
    probe_close(rig->probe, on_probe_closed, rig);
    while (!rig->probe_closed && !rig->alarmed)
        uv_run(&rig->loop, UV_RUN_ONCE);
    CHECK(rig->probe_closed);
    scheduler_free(rig->scheduler);
    executor_close(rig->executor);
    blob_close(rig->blob);
    jobcache_free(rig->cache);
    rig->scheduler = NULL;
    uv_close((uv_handle_t *)&rig->alarm, NULL);
    uv_run(&rig->loop, UV_RUN_DEFAULT);
    CHECK_INT(uv_loop_close(&rig->loop), 0);
    check_scratch(rig);
    check_processes(rig);
    world_check_ledger(&rig->world);
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
    if (rig->scheduler)
        rig_stop(rig, 0);
    world_close(&rig->world);
    nftw(rig->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
