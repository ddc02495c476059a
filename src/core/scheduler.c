/* SPDX-License-Identifier: Apache-2.0 */
#include "core/scheduler.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/jobcache.h"
#include "core/scheduler_impl.h"

enum {
    BREAKER_FAULTS_DEFAULT = 3,
    BREAKER_MS_DEFAULT = 10 * 1000,
    RETRY_MS_DEFAULT = 1000,
    OUTPUT_TTL_HOURS_DEFAULT = 24,
};

/* Reads what an earlier server left, page by page. */
struct recovery {
    struct op op;
    struct scheduler *scheduler;
    struct arena arena;
    bool sorted; /* jobs_recover() is committed */
    struct id cursor;
    struct job_recovered recovered;
    struct job_page page;
};

int64_t scheduler_now_ms(const struct scheduler *scheduler)
{
    return (int64_t)uv_now(scheduler->config.loop);
}

const struct route *entry_route(const struct entry *entry)
{
    return &entry->scheduler->routes[entry->item.route / SCHEDULER_LANES];
}

struct scheduler_engine *entry_engine(const struct entry *entry)
{
    return &entry->scheduler->engines[entry_route(entry)->engines[entry->position]];
}

static struct entry **find_entry(struct scheduler *scheduler, struct id id)
{
    struct entry **at = NULL;
    uint64_t hash = 0;

    /* The last bytes of an id are random. */
    memcpy(&hash, id.bytes + ID_BYTES - sizeof(hash), sizeof(hash));
    at = &scheduler->entries[hash & (scheduler->buckets_n - 1)];

    while (*at && !id_eq((*at)->job.id, id))
        at = &(*at)->next_in_bucket;
    return at;
}

struct entry *scheduler_find(struct scheduler *scheduler, struct id id)
{
    return *find_entry(scheduler, id);
}

void entry_drop(struct entry *entry)
{
    struct scheduler *scheduler = entry->scheduler;

    assert(!entry->has_slot);
    fairqueue_remove(&scheduler->queue, &entry->item);
    if (entry->retry_ms)
        scheduler->retries--;
    *find_entry(scheduler, entry->job.id) = entry->next_in_bucket;
    scheduler->entries_n--;
    arena_fini(&entry->arena);
    free(entry->room);
    free(entry);
}

static void grow(struct scheduler *scheduler, size_t buckets_n)
{
    struct entry **old = scheduler->entries;
    size_t old_n = scheduler->buckets_n;

    scheduler->entries = calloc(buckets_n, sizeof(struct entry *));
    if (!scheduler->entries)
        die("out of memory");
    scheduler->buckets_n = buckets_n;
    for (size_t i = 0; i < old_n; i++)
        for (struct entry *entry = old[i], *next = NULL; entry; entry = next) {
            struct entry **at = find_entry(scheduler, entry->job.id);

            next = entry->next_in_bucket;
            entry->next_in_bucket = NULL;
            *at = entry;
        }
    free(old);
}

/* ---- its life ---- */

bool scheduler_new(const struct scheduler_config *config, struct scheduler **scheduler_out,
                   struct err *err)
{
    char folder[SCHEDULER_PATH_BYTES_MAX];

    if (!str_copy(config->scratch, folder, sizeof folder) || folder[0] != '/')
        return err_set(err, ERR_INVALID, "the scratch folder needs an absolute path");
    if (config->output_ttl_ms < 0 || config->breaker_faults < 0 || config->breaker_ms < 0 ||
        config->retry_ms < 0)
        return err_set(err, ERR_INVALID, "a limit of the scheduler is negative");
    if (!files_empty_folder(folder, err))
        return false;

    struct scheduler *scheduler = calloc(1, sizeof *scheduler);

    if (!scheduler || !(scheduler->tick = calloc(1, sizeof *scheduler->tick)))
        die("out of memory");
    grow(scheduler, SCHEDULER_BUCKETS_MIN);
    scheduler->config = *config;
    scheduler->config.scratch = arena_str(&scheduler->arena, config->scratch);
    if (!config->breaker_faults)
        scheduler->config.breaker_faults = BREAKER_FAULTS_DEFAULT;
    if (!config->breaker_ms)
        scheduler->config.breaker_ms = BREAKER_MS_DEFAULT;
    if (!config->retry_ms)
        scheduler->config.retry_ms = RETRY_MS_DEFAULT;
    if (!config->output_ttl_ms)
        scheduler->config.output_ttl_ms = (int64_t)OUTPUT_TTL_HOURS_DEFAULT * 3600 * 1000;
    uv_timer_init(config->loop, scheduler->tick);
    scheduler->tick->data = scheduler;
    *scheduler_out = scheduler;
    return true;
}

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

static void close_tick(struct scheduler *scheduler)
{
    if (scheduler->tick)
        uv_close((uv_handle_t *)scheduler->tick, free_handle);
    scheduler->tick = NULL;
}

void scheduler_free(struct scheduler *scheduler)
{
    if (!scheduler)
        return;
    for (int i = 0; i < scheduler->engines_n; i++)
        engine_close(scheduler->engines[i].engine, NULL, NULL);
    for (size_t i = 0; i < scheduler->buckets_n; i++)
        while (scheduler->entries[i])
            entry_drop(scheduler->entries[i]);
    fairqueue_fini(&scheduler->queue);
    if (scheduler->recovery)
        arena_fini(&scheduler->recovery->arena);
    free(scheduler->recovery);
    close_tick(scheduler);
    arena_fini(&scheduler->arena);
    free(scheduler->entries);
    free(scheduler);
}

static int find_engine(const struct scheduler *scheduler, struct str name)
{
    for (int i = 0; i < scheduler->engines_n; i++)
        if (str_eq(name, scheduler->engines[i].name))
            return i;
    return -1;
}

bool scheduler_add_engine(struct scheduler *scheduler, const struct engine_config *config,
                          struct err *err)
{
    struct scheduler_engine *engine = &scheduler->engines[scheduler->engines_n];
    struct engine_config full = *config;

    assert(!scheduler->started);
    if (scheduler->engines_n == SCHEDULER_ENGINES_MAX)
        return err_set(err, ERR_INVALID, "there can be %d engines", SCHEDULER_ENGINES_MAX);
    if (find_engine(scheduler, config->name) >= 0)
        return err_set(err, ERR_CONFLICT, "there are two engines of the name " STR_FMT,
                       STR_ARG(config->name));
    full.loop = scheduler->config.loop;
    if (!engine_open(&full, &scheduler_engine_events, scheduler, &engine->engine, err))
        return false;
    engine->name = arena_str(&scheduler->arena, config->name);
    engine->can = config->can;
    breaker_init(&engine->breaker, scheduler->config.breaker_faults, scheduler->config.breaker_ms);
    scheduler->engines_n++;
    return true;
}

static int find_route(const struct scheduler *scheduler, struct str model)
{
    for (int i = 0; i < scheduler->routes_n; i++)
        if (str_eq(model, scheduler->routes[i].model))
            return i;
    return -1;
}

bool scheduler_add_route(struct scheduler *scheduler, struct str model, const struct str *engines,
                         size_t count, struct err *err)
{
    struct route route = {.model = model, .count = (int)count};

    assert(!scheduler->started);
    if (find_route(scheduler, model) >= 0)
        return err_set(err, ERR_CONFLICT, "model " STR_FMT " has two routes", STR_ARG(model));
    if (scheduler->routes_n == SCHEDULER_ROUTES_MAX || !count || count > ROUTE_ENGINES_MAX)
        return err_set(err, ERR_INVALID,
                       "there can be %d routes, each with 1 to %d engines (model " STR_FMT ")",
                       SCHEDULER_ROUTES_MAX, ROUTE_ENGINES_MAX, STR_ARG(model));
    for (size_t i = 0; i < count; i++) {
        route.engines[i] = find_engine(scheduler, engines[i]);
        if (route.engines[i] < 0)
            return err_set(err, ERR_NOT_FOUND, "model " STR_FMT ": no engine is called " STR_FMT,
                           STR_ARG(model), STR_ARG(engines[i]));
    }
    route.model = arena_str(&scheduler->arena, model);
    scheduler->routes[scheduler->routes_n++] = route;
    return true;
}

unsigned route_able(const struct scheduler *scheduler, const struct route *route, unsigned needs)
{
    unsigned able = 0;

    for (int i = 0; i < route->count; i++) {
        if ((scheduler->engines[route->engines[i]].can & needs) == needs)
            able |= BIT(i);
    }
    return able;
}

bool scheduler_can(const struct scheduler *scheduler, struct str model, unsigned needs)
{
    int index = find_route(scheduler, model);

    return index >= 0 && route_able(scheduler, &scheduler->routes[index], needs);
}

/* ---- choosing ---- */

static bool engine_is_open(struct scheduler *scheduler, int index)
{
    struct scheduler_engine *engine = &scheduler->engines[index];
    int64_t now_ms = scheduler_now_ms(scheduler);

    return engine->engine && now_ms >= engine->busy_until_ms &&
           engine_free_slots(engine->engine) > engine->claimed &&
           breaker_may_try(&engine->breaker, now_ms, engine->claimed + engine->running);
}

static bool may_lane(void *context, int lane)
{
    struct scheduler *scheduler = context;
    const struct route *route = &scheduler->routes[lane / SCHEDULER_LANES];
    unsigned able = route_able(scheduler, route, (unsigned)lane % SCHEDULER_LANES);

    for (int i = 0; i < route->count; i++)
        if ((able & BIT(i)) && engine_is_open(scheduler, route->engines[i]))
            return true;
    return false;
}

/* Of the engines of the route that can do this job, the first that is open and has not failed at
 * it; when all have, the first open one that is local. -1: none. */
static int choose_position(const struct entry *entry)
{
    struct scheduler *scheduler = entry->scheduler;
    const struct route *route = entry_route(entry);
    unsigned able = route_able(scheduler, route, job_needs(&entry->job));
    bool all_failed = (entry->failed_on & able) == able;

    for (int i = 0; i < route->count; i++) {
        if (!(able & BIT(i)))
            continue;

        bool may = all_failed ? engine_is_local(scheduler->engines[route->engines[i]].engine)
                              : !(entry->failed_on & BIT(i));

        if (may && engine_is_open(scheduler, route->engines[i]))
            return i;
    }
    return -1;
}

static bool may_item(void *context, const struct fairqueue_item *item)
{
    (void)context;
    return choose_position((const struct entry *)item) >= 0;
}

/* Whether something waits for a time and not for an event. */
static bool must_tick(const struct scheduler *scheduler)
{
    int64_t now_ms = scheduler_now_ms(scheduler);

    if (scheduler->retries || scheduler->recover_ms || scheduler->stopping)
        return true;
    for (int i = 0; scheduler->queue.count && i < scheduler->engines_n; i++)
        if (scheduler->engines[i].busy_until_ms > now_ms ||
            scheduler->engines[i].breaker.state == BREAKER_OPEN)
            return true;
    return false;
}

static void stop_step(struct scheduler *scheduler);

void scheduler_pump(struct scheduler *scheduler)
{
    const struct fairqueue_filter filter = {may_lane, may_item, scheduler};
    struct fairqueue_item *item = NULL;

    if (scheduler->stopping) {
        stop_step(scheduler);
        return;
    }
    while (scheduler->recovered && (item = fairqueue_pick(&scheduler->queue, &filter))) {
        struct entry *entry = (struct entry *)item;

        entry_claim(entry, choose_position(entry));
    }
    if (must_tick(scheduler))
        scheduler_arm(scheduler);
}

static struct entry *find_due(struct scheduler *scheduler, int64_t now_ms)
{
    for (size_t i = 0; i < scheduler->buckets_n; i++)
        for (struct entry *entry = scheduler->entries[i]; entry; entry = entry->next_in_bucket)
            if (entry->retry_ms && entry->retry_ms <= now_ms)
                return entry;
    return NULL;
}

static void recover(struct scheduler *scheduler);

static void tick_passed(uv_timer_t *tick)
{
    struct scheduler *scheduler = tick->data;
    int64_t now_ms = scheduler_now_ms(scheduler);
    struct entry *entry = NULL;

    while (scheduler->retries && (entry = find_due(scheduler, now_ms))) {
        entry->retry_ms = 0;
        scheduler->retries--;
        entry->retry(entry);
    }
    if (scheduler->recover_ms && scheduler->recover_ms <= now_ms)
        recover(scheduler);
    scheduler_pump(scheduler);
}

void scheduler_arm(struct scheduler *scheduler)
{
    if (scheduler->tick && !uv_is_active((uv_handle_t *)scheduler->tick))
        uv_timer_start(scheduler->tick, tick_passed, SCHEDULER_TICK_MS, 0);
}

/* ---- jobs come and go ---- */

static void add_job(struct scheduler *scheduler, const struct job *job)
{
    struct entry *entry = calloc(1, sizeof *entry);
    int route = find_route(scheduler, job->model);

    if (!entry)
        die("out of memory");
    entry->scheduler = scheduler;
    entry->has_no_texts = jobcache_get(scheduler->config.cache, job->id) != NULL;
    entry->job = entry->has_no_texts ? job_without_texts(job) : job_copy(&entry->arena, job);
    id_to_hex(job->id, entry->ticket);
    if (scheduler->entries_n == scheduler->buckets_n)
        grow(scheduler, scheduler->buckets_n * 2);
    *find_entry(scheduler, job->id) = entry;
    scheduler->entries_n++;
    if (route < 0 || !route_able(scheduler, &scheduler->routes[route], job_needs(job))) {
        entry_fail(entry, JOB_FAULT_LOST,
                   route < 0 ? STR("This server has no engine for this model.")
                             : STR("This server has no engine that could make this."));
        return;
    }
    entry->item.account_id = job->account_id;
    entry->item.route = route * SCHEDULER_LANES + (int)job_needs(job);
    fairqueue_push(&scheduler->queue, &entry->item);
}

void scheduler_submit(struct scheduler *scheduler, const struct job *job)
{
    if (job->state != JOB_QUEUED || scheduler_find(scheduler, job->id))
        return;
    add_job(scheduler, job);
    scheduler_pump(scheduler);
}

void scheduler_cancel(struct scheduler *scheduler, struct id job)
{
    struct entry *entry = scheduler_find(scheduler, job);

    if (!entry || entry->over)
        return;
    if (entry->phase == ENTRY_QUEUED) {
        entry_drop(entry);
        return;
    }
    entry->over = true;
    if (entry->phase == ENTRY_RUNNING)
        engine_cancel(entry_engine(entry)->engine, str_from(entry->ticket));
}

/* ---- recovery ---- */

/* Executor's thread: engines are added before the start, and keep name and kind. */
static bool name_is_local(void *context, struct str engine)
{
    const struct scheduler *scheduler = context;
    int index = find_engine(scheduler, engine);

    return index >= 0 && engine_is_local(scheduler->engines[index].engine);
}

/* Executor's thread. */
static bool sort_running(struct recovery *recovery, struct db *db, struct err *err)
{
    const struct job_failure lost = {JOB_FAULT_LOST,
                                     STR("The server was restarted and could not ask on.")};
    struct job_recovery how = {clock_now_ms(), name_is_local, recovery->scheduler};

    if (!jobs_recover(db, &recovery->arena, &how, &recovery->recovered, err))
        return false;
    for (int i = 0; i < recovery->recovered.resumable_count; i++)
        if (!jobs_fail(db, recovery->recovered.resumable[i].id, &lost, how.now_ms, err))
            return false;
    return true;
}

/* Executor's thread. */
static bool recovery_run(struct op *op, struct db *db, struct err *err)
{
    struct recovery *recovery = (struct recovery *)op;

    return (recovery->sorted || sort_running(recovery, db, err)) &&
           jobs_live(db, &recovery->arena, recovery->cursor, &recovery->page, err);
}

static void recovery_done(struct op *op, bool ok, const struct err *err)
{
    struct recovery *recovery = (struct recovery *)op;
    struct scheduler *scheduler = recovery->scheduler;

    if (!ok) {
        log_error("jobs.recovery", "kind=%s reason=%s", err_kind_name(err->kind),
                  log_quote(str_from(err->text)));
        scheduler->recover_ms = scheduler_now_ms(scheduler) + scheduler->config.retry_ms;
        scheduler_arm(scheduler);
        return;
    }
    if (!recovery->sorted)
        log_info("jobs.recovered", "requeued=%d failed=%d", recovery->recovered.requeued,
                 recovery->recovered.failed + recovery->recovered.resumable_count);
    recovery->sorted = true;
    for (int i = 0; i < recovery->page.count; i++) {
        const struct job *job = &recovery->page.jobs[i];

        if (scheduler_find(scheduler, job->id))
            continue;
        jobcache_put(scheduler->config.cache, job);
        add_job(scheduler, job);
    }
    recovery->cursor = recovery->page.next;
    if (!id_is_zero(recovery->cursor) && !scheduler->stopping) {
        recover(scheduler);
        return;
    }
    arena_fini(&recovery->arena);
    free(recovery);
    scheduler->recovery = NULL;
    scheduler->recovered = true;
    scheduler_pump(scheduler);
}

static void recover(struct scheduler *scheduler)
{
    struct recovery *recovery = scheduler->recovery;

    if (!recovery) {
        recovery = scheduler->recovery = calloc(1, sizeof *recovery);
        if (!recovery)
            die("out of memory");
        recovery->scheduler = scheduler;
    }
    scheduler->recover_ms = 0;
    arena_reset(&recovery->arena);
    recovery->op = (struct op){.run = recovery_run, .done = recovery_done};
    if (executor_submit(scheduler->config.executor, &recovery->op))
        return;
    scheduler->recover_ms = scheduler_now_ms(scheduler) + scheduler->config.retry_ms;
    scheduler_arm(scheduler);
}

void scheduler_start(struct scheduler *scheduler)
{
    assert(!scheduler->started);
    scheduler->started = true;
    recover(scheduler);
}

/* ---- stopping ---- */

static void engine_gone(void *user)
{
    struct scheduler *scheduler = user;

    scheduler->engines_open--;
    scheduler_pump(scheduler);
}

/* Takes every attempt from its engine, and the engines down. */
static void close_engines(struct scheduler *scheduler)
{
    scheduler->engines_closed = true;
    for (size_t i = 0; i < scheduler->buckets_n; i++)
        for (struct entry *entry = scheduler->entries[i], *next = NULL; entry; entry = next) {
            next = entry->next_in_bucket;
            if (entry->phase == ENTRY_RUNNING)
                entry_take_back(entry);
        }
    for (int i = 0; i < scheduler->engines_n; i++) {
        struct engine *engine = scheduler->engines[i].engine;

        scheduler->engines[i].engine = NULL;
        scheduler->engines_open++;
        engine_close(engine, engine_gone, scheduler);
    }
}

static bool entry_keeps(const struct entry *entry, struct id blob)
{
    const struct entry_op *op = &entry->op;

    for (int i = 0; i < ENTRY_PREVIEWS; i++)
        if (id_eq(op->previews[i].id, blob))
            return true;
    return id_eq(op->output.id, blob);
}

static void leave_kept(const struct entry *entry, struct id *blobs, int *count)
{
    int left = 0;

    for (int i = 0; i < *count; i++)
        if (!entry_keeps(entry, blobs[i]))
            blobs[left++] = blobs[i];
    *count = left;
}

void scheduler_leave_kept(const struct scheduler *scheduler, struct id *blobs, int *count)
{
    for (size_t i = 0; i < scheduler->buckets_n; i++)
        for (struct entry *entry = scheduler->entries[i]; entry; entry = entry->next_in_bucket)
            if (entry->phase == ENTRY_STORING || entry->phase == ENTRY_ENDING)
                leave_kept(entry, blobs, count);
}

static void count_phases(const struct scheduler *scheduler, size_t counts[ENTRY_PHASES])
{
    memset(counts, 0, ENTRY_PHASES * sizeof *counts);
    for (size_t i = 0; i < scheduler->buckets_n; i++)
        for (struct entry *entry = scheduler->entries[i]; entry; entry = entry->next_in_bucket)
            counts[entry->phase]++;
}

static void stop_step(struct scheduler *scheduler)
{
    size_t counts[ENTRY_PHASES];

    if (!scheduler->tick) /* stopped already */
        return;
    count_phases(scheduler, counts);
    if (scheduler->recovery && !scheduler->recover_ms) /* the executor's thread reads the engines */
        return;
    if (!scheduler->engines_closed && !counts[ENTRY_CLAIMING] && !counts[ENTRY_PREPARING] &&
        (!counts[ENTRY_RUNNING] || scheduler_now_ms(scheduler) >= scheduler->grace_end_ms)) {
        close_engines(scheduler);
        count_phases(scheduler, counts);
    }
    if (scheduler->engines_closed && !scheduler->engines_open && !scheduler->works &&
        counts[ENTRY_QUEUED] == scheduler->entries_n) {
        close_tick(scheduler);
        scheduler->stopped(scheduler->stopped_user);
        return;
    }
    scheduler_arm(scheduler);
}

void scheduler_stop(struct scheduler *scheduler, int grace_ms, void (*stopped)(void *user),
                    void *user)
{
    assert(!scheduler->stopping);
    scheduler->stopping = true;
    scheduler->stopped = stopped;
    scheduler->stopped_user = user;
    scheduler->grace_end_ms = scheduler_now_ms(scheduler) + grace_ms;
    scheduler_arm(scheduler);
}

/* ---- what is there ---- */

bool scheduler_engine_info(const struct scheduler *scheduler, size_t index,
                           struct scheduler_engine_info *info)
{
    if (index >= (size_t)scheduler->engines_n || !scheduler->engines[index].engine)
        return false;

    const struct scheduler_engine *engine = &scheduler->engines[index];

    *info = (struct scheduler_engine_info){
        .name = engine->name,
        .ready = engine_is_ready(engine->engine),
        .free_slots = engine_free_slots(engine->engine),
        .running = engine->running,
        .breaker = engine->breaker.state,
        .started = engine->started,
        .finished = engine->finished,
        .faults = engine->faults,
    };
    return true;
}

size_t scheduler_queued(const struct scheduler *scheduler)
{
    return scheduler->queue.count;
}

size_t scheduler_running(const struct scheduler *scheduler)
{
    return scheduler->entries_n - scheduler->queue.count;
}
