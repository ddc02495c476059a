/* SPDX-License-Identifier: Apache-2.0 */
#include "core/courier.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/rand.h"
#include "core/courier_impl.h"
#include "core/jobcache.h"
#include "net/url.h"

enum { RETRY_MS = 1000 };

/* A claimed delivery on its way. */
struct flight {
    struct op op; /* marks it */
    struct courier *courier;
    struct flight *next;
    struct arena arena;
    struct delivery delivery; /* strings in the arena */
    struct str host;
    struct callback_request request; /* in the arena */
    struct http_fetch *fetch;        /* NULL: waiting, or answered */
    int64_t claimed_ms;
    struct delivery_result result;
    char error[DELIVERY_ERROR_BYTES_MAX + 1];
};

static void look(struct courier *courier);
static void launch_waiting(struct courier *courier);

/* ---- shared ---- */

bool courier_submit(struct courier *courier, struct op *op)
{
    if (!executor_submit(courier->config.executor, op))
        return false;
    courier->ops++;
    return true;
}

static void timer_closed(uv_handle_t *handle)
{
    struct courier *courier = handle->data;

    if (--courier->closing > 0)
        return;
    courier->timers_open = false;
    courier->stopped(courier->stopped_user);
}

void courier_maybe_stopped(struct courier *courier)
{
    if (!courier->stopping || courier->closing || courier->flying || courier->trials ||
        courier->ops)
        return;
    courier->closing = 2;
    uv_close((uv_handle_t *)&courier->due_timer, timer_closed);
    uv_close((uv_handle_t *)&courier->tick_timer, timer_closed);
}

void courier_answered(struct courier *courier)
{
    courier->ops--;
    courier_maybe_stopped(courier);
}

bool courier_send(struct courier *courier, const struct courier_send *send,
                  struct http_fetch **fetch, struct err *err)
{
    struct http_request request = {.method = "POST",
                                   .url = send->url,
                                   .headers = send->request.headers,
                                   .header_count = send->request.header_count,
                                   .body = send->request.body,
                                   .trust = HTTP_TRUST_PUBLIC,
                                   .connect_timeout_ms = COURIER_CONNECT_MS,
                                   .timeout_ms = send->timeout_ms,
                                   .stall_timeout_ms = send->timeout_ms,
                                   .bytes_max = COURIER_ANSWER_BYTES_MAX,
                                   .on_head = send->on_head,
                                   .on_done = send->on_done,
                                   .context = send->context};

    return http_fetch_start(courier->config.client, &request, fetch, err);
}

/* The host part of a URL, or empty. Borrowed from it. */
static struct str host_of(struct str text)
{
    struct url url;
    struct err err;

    return url_parse(text, &url, &err) ? url.host : (struct str){0};
}

/* ---- timer ---- */

static void due(uv_timer_t *timer)
{
    look(timer->data);
}

/* Looks again at that time, or earlier if that was settled before. */
static void arm(struct courier *courier, int64_t at_ms)
{
    int64_t wait_ms = at_ms - clock_now_ms();

    if (courier->stopping)
        return;
    if (wait_ms < 0)
        wait_ms = 0;
    if (wait_ms > COURIER_POLL_MS)
        wait_ms = COURIER_POLL_MS;
    if (!uv_is_active((uv_handle_t *)&courier->due_timer) ||
        uv_timer_get_due_in(&courier->due_timer) > (uint64_t)wait_ms)
        uv_timer_start(&courier->due_timer, due, (uint64_t)wait_ms, 0);
}

/* ---- flights ---- */

static void flight_free(struct flight *flight)
{
    arena_fini(&flight->arena);
    free(flight);
}

static void list_remove(struct flight **list, struct flight *flight)
{
    while (*list != flight)
        list = &(*list)->next;
    *list = flight->next;
    flight->next = NULL;
}

static bool is_for_endpoint(const struct flight *flight)
{
    return !id_is_zero(flight->delivery.endpoint);
}

/* An endpoint is a receiver of its own, also where several are on one host; and nobody waits for
 * what another account sends to the same host. */
static bool same_receiver(const struct flight *a, const struct flight *b)
{
    if (a->delivery.account_id != b->delivery.account_id)
        return false;
    if (is_for_endpoint(a) || is_for_endpoint(b))
        return id_eq(a->delivery.endpoint, b->delivery.endpoint);
    return str_eq_nocase(a->host, b->host);
}

/* Flights like one: to its receiver, those of them that repeat what was in vain, for its account.
 */
struct counts {
    int receiver, repeats, account;
};

static struct counts count_flights(const struct flight *list, const struct flight *like)
{
    struct counts counts = {0};

    for (const struct flight *at = list; at; at = at->next) {
        bool same = same_receiver(at, like);

        counts.receiver += same;
        counts.repeats += same && at->delivery.attempts > 0;
        counts.account += at->delivery.account_id == like->delivery.account_id;
    }
    return counts;
}

/* Each endpoint of an account has room for one request, whatever its other ones do. Repetitions
 * have less room than what is new, so that dead receivers do not fill the room of all. */
static bool may_launch(const struct courier *courier, const struct flight *flight)
{
    struct counts out = count_flights(courier->flights, flight);

    if (courier->flying >= COURIER_FLIGHTS_MAX || out.receiver >= COURIER_RECEIVER_FLIGHTS_MAX)
        return false;
    if (flight->delivery.attempts && out.repeats >= COURIER_RECEIVER_REPEATS_MAX)
        return false;
    return out.account < COURIER_ACCOUNT_FLIGHTS_MAX ||
           (is_for_endpoint(flight) && out.receiver == 0);
}

static bool may_wait(const struct courier *courier, const struct flight *flight)
{
    struct counts waiting = count_flights(courier->waiting, flight);

    return courier->waiting_count < COURIER_WAITING_MAX &&
           waiting.receiver < COURIER_RECEIVER_WAITING_MAX &&
           waiting.account < COURIER_ACCOUNT_WAITING_MAX;
}

static bool is_known(const struct courier *courier, struct id id)
{
    const struct flight *lists[] = {courier->flights, courier->waiting};

    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        for (const struct flight *at = lists[i]; at; at = at->next) {
            if (id_eq(at->delivery.id, id))
                return true;
        }
    }
    return false;
}

static void log_attempt(const struct flight *flight)
{
    const struct delivery_result *result = &flight->result;
    enum log_level level = result->state == DELIVERY_FAILED ? LOG_WARN : LOG_DEBUG;
    char job[ID_TEXT_LEN + 1];

    id_to_text(flight->delivery.job_id, job);
    log_event(level, "delivery", "job=%s event=%s state=%s attempt=%d status=%d ms=%lld reason=%s",
              job, job_event_name(flight->delivery.event), delivery_state_name(result->state),
              flight->delivery.attempts + 1, result->status, (long long)result->took_ms,
              result->error.len ? log_quote(result->error) : "-");
}

static bool mark_run(struct op *op, struct db *db, struct err *err)
{
    const struct flight *flight = (const struct flight *)op;

    return deliveries_mark(db, &flight->result, err);
}

/* The copy of the job in memory shows how far its callback came. */
static void show_in_cache(const struct flight *flight)
{
    struct jobcache *cache = flight->courier->config.cache;
    const struct job *known = jobcache_get(cache, flight->delivery.job_id);
    struct job job;

    if (!known || !str_eq(known->callback.url, flight->delivery.url))
        return;
    job = *known;
    job.callback.state =
        flight->result.state == DELIVERY_DELIVERED ? JOB_CALLBACK_DELIVERED : JOB_CALLBACK_FAILED;
    jobcache_put(cache, &job);
}

static void mark_done(struct op *op, bool ok, const struct err *err)
{
    struct flight *flight = (struct flight *)op;
    struct courier *courier = flight->courier;

    /* If that failed, it is sent again when the claim ends. */
    if (!ok)
        log_warn("delivery.mark", "reason=%s", log_quote(str_from(err->text)));
    else if (flight->result.state == DELIVERY_PENDING)
        arm(courier, flight->result.next_ms);
    else
        show_in_cache(flight);
    flight_free(flight);
    courier_answered(courier);
}

/* The flight is out of `flights`; its result but for the times is there. */
static void mark(struct flight *flight)
{
    struct courier *courier = flight->courier;
    int64_t now_ms = clock_now_ms();

    flight->result.id = flight->delivery.id;
    flight->result.error = str_from(flight->error);
    flight->result.took_ms = now_ms - flight->result.began_ms;
    flight->op = (struct op){.run = mark_run, .done = mark_done};
    log_attempt(flight);
    if (!courier_submit(courier, &flight->op))
        flight_free(flight);
}

/* In vain: when to try again, or never. */
static void judge_failure(struct flight *flight)
{
    const struct courier *courier = flight->courier;
    int64_t wait_ms = deliveries_wait_ms(flight->delivery.dialect, flight->delivery.attempts + 1);

    flight->result.state = wait_ms < 0 ? DELIVERY_FAILED : DELIVERY_PENDING;
    if (wait_ms < 0)
        return;
    wait_ms = (int64_t)((double)wait_ms * (courier->config.scale > 0 ? courier->config.scale : 1));
    wait_ms += (int64_t)(rand_u64() % (uint64_t)(wait_ms / 10 + 1));
    flight->result.next_ms = clock_now_ms() + wait_ms;
}

/* A whole head is an answer, whatever comes of its body. */
static bool head_came(void *context, const struct http_response *response)
{
    struct flight *flight = context;

    flight->result.status = response->status;
    return true;
}

static void judge(struct flight *flight, const struct http_response *response)
{
    int status = flight->result.status;

    if (status / 100 == 2) {
        flight->result.state = DELIVERY_DELIVERED;
        return;
    }
    if (status)
        snprintf(flight->error, sizeof(flight->error), "The receiver answered %d%s", status,
                 status / 100 == 3 ? "; redirects are not followed" : "");
    else
        snprintf(flight->error, sizeof(flight->error), "No answer: %s",
                 http_fetch_fault_text(response->fault));
    if (response->fault == HTTP_FETCH_REFUSED_ADDRESS)
        flight->result.state = DELIVERY_FAILED;
    else
        judge_failure(flight);
}

static void answered(void *context, const struct http_response *response)
{
    struct flight *flight = context;
    struct courier *courier = flight->courier;

    flight->fetch = NULL;
    list_remove(&courier->flights, flight);
    courier->flying--;
    judge(flight, response);
    mark(flight);
    launch_waiting(courier);
    courier_maybe_stopped(courier);
}

static void launch(struct flight *flight)
{
    struct courier *courier = flight->courier;
    struct courier_send send = {.url = flight->delivery.url,
                                .request = flight->request,
                                .timeout_ms = COURIER_ANSWER_MS,
                                .on_head = head_came,
                                .on_done = answered,
                                .context = flight};
    struct err err;

    track_end(courier, flight->delivery.job_id);
    flight->result.began_ms = clock_now_ms();
    if (courier_send(courier, &send, &flight->fetch, &err)) {
        flight->next = courier->flights;
        courier->flights = flight;
        courier->flying++;
    } else if (err.kind == ERR_INVALID) {
        str_copy(str_from(err.text), flight->error, sizeof(flight->error));
        flight->result.state = DELIVERY_FAILED;
        mark(flight);
    } else {
        flight_free(flight); /* it is due again when its claim ends */
    }
}

static bool is_stale(const struct flight *flight)
{
    return clock_now_ms() > flight->claimed_ms + COURIER_CLAIM_MS - 2 * COURIER_ANSWER_MS;
}

/* Those that have waited so long that their claim may end under way are due again by then. */
static void launch_waiting(struct courier *courier)
{
    struct flight *flight = courier->waiting;

    while (flight && courier->flying < COURIER_FLIGHTS_MAX && !courier->stopping) {
        struct flight *next = flight->next;
        bool stale = is_stale(flight);

        if (stale || may_launch(courier, flight)) {
            list_remove(&courier->waiting, flight);
            courier->waiting_count--;
            if (stale)
                flight_free(flight);
            else
                launch(flight);
        }
        flight = next;
    }
}

static void forget_waiting(struct courier *courier)
{
    while (courier->waiting) {
        struct flight *flight = courier->waiting;

        courier->waiting = flight->next;
        flight_free(flight);
    }
    courier->waiting_count = 0;
}

/* ---- looks into the outbox ---- */

struct look {
    struct op op;
    struct courier *courier;
    struct arena arena;
    bool take_over;
    struct delivery_claim claim;
    struct delivery_dues dues;
    struct id *parked; /* in the arena */
    int parked_count;
    int64_t park_ms;
};

static void look_end(struct look *look)
{
    struct courier *courier = look->courier;

    arena_fini(&look->arena);
    free(look);
    courier_answered(courier);
}

static bool park_run(struct op *op, struct db *db, struct err *err)
{
    struct look *look = (struct look *)op;

    for (int i = 0; i < look->parked_count; i++) {
        if (!deliveries_park(db, look->parked[i], look->park_ms, err))
            return false;
    }
    return true;
}

static void park_done(struct op *op, bool ok, const struct err *err)
{
    struct look *look = (struct look *)op;

    (void)err;
    if (ok)
        arm(look->courier, look->park_ms);
    look_end(look);
}

/* Where the same rows come back again and again, they stay away for longer: each look at them costs
 * the executor something. */
static void adapt_parking(struct courier *courier, int parked, int64_t now_ms)
{
    if (now_ms < courier->parking_since_ms + courier->parking_ms)
        return;
    if (2 * parked >= DELIVERIES_CLAIM_MAX && courier->parking_ms < COURIER_PARK_MS_MAX)
        courier->parking_ms *= 2;
    else if (parked == 0 && courier->parking_ms > COURIER_PARK_MS)
        courier->parking_ms /= 2;
    else
        return;
    courier->parking_since_ms = now_ms;
}

/* What there is no room for is in nobody's way for a while. */
static void park(struct look *look)
{
    int64_t now_ms = clock_now_ms();

    adapt_parking(look->courier, look->parked_count, now_ms);
    look->park_ms = now_ms + look->courier->parking_ms +
                    (int64_t)(rand_u64() % (uint64_t)(2 * look->courier->parking_ms));
    look->op = (struct op){.run = park_run, .done = park_done};
    if (look->parked_count == 0 || !courier_submit(look->courier, &look->op))
        look_end(look);
    else
        courier_answered(look->courier); /* of the look itself */
}

static struct callback_request copy_request(struct arena *arena,
                                            const struct callback_request *from)
{
    struct http_header *headers =
        ARENA_ARRAY(arena, struct http_header, (size_t)from->header_count);

    for (int i = 0; i < from->header_count; i++) {
        headers[i].name = arena_str(arena, from->headers[i].name);
        headers[i].value = arena_str(arena, from->headers[i].value);
    }
    return (struct callback_request){headers, from->header_count, arena_str(arena, from->body)};
}

/* Of what is claimed only the words are kept. */
static struct flight *flight_new(struct courier *courier, struct arena *arena,
                                 const struct delivery_due *due)
{
    const struct delivery *delivery = &due->delivery;
    struct hash secrets[ENDPOINT_SECRETS_MAX];
    struct callback callback = {.job = &due->job,
                                .event = delivery->event,
                                .delivery = delivery->id,
                                .now_ms = clock_now_ms(),
                                .key_hash = &due->key_hash};
    struct callback_request request = {0};
    struct flight *flight = calloc(1, sizeof(*flight));

    if (!flight)
        die("out of memory");
    callback.secrets = secrets;
    if (!id_is_zero(delivery->endpoint))
        callback.secret_count = endpoint_secrets(&courier->config.webhook_key, &due->endpoint,
                                                 callback.now_ms, secrets);
    courier->writers[delivery->dialect].write(courier->writers[delivery->dialect].context, arena,
                                              &callback, &request);
    flight->courier = courier;
    flight->claimed_ms = callback.now_ms;
    flight->delivery = *delivery;
    flight->delivery.url = arena_str(&flight->arena, delivery->url);
    flight->delivery.last_error = (struct str){0};
    flight->host = host_of(flight->delivery.url);
    flight->request = copy_request(&flight->arena, &request);
    return flight;
}

static void wait_for_room(struct flight *flight)
{
    struct flight **end = &flight->courier->waiting;

    while (*end)
        end = &(*end)->next;
    *end = flight;
    flight->courier->waiting_count++;
}

static void dispatch(struct look *look, const struct delivery_due *due)
{
    struct courier *courier = look->courier;
    struct flight *flight = NULL;

    if (is_known(courier, due->delivery.id) || !courier->writers[due->delivery.dialect].write)
        return;
    flight = flight_new(courier, &look->arena, due);
    if (may_launch(courier, flight)) {
        launch(flight);
    } else if (may_wait(courier, flight)) {
        wait_for_room(flight);
    } else {
        look->parked[look->parked_count++] = due->delivery.id;
        flight_free(flight);
    }
}

static bool look_run(struct op *op, struct db *db, struct err *err)
{
    struct look *look = (struct look *)op;

    look->claim.now_ms = clock_now_ms();
    look->claim.until_ms = look->claim.now_ms + COURIER_CLAIM_MS;
    if (look->take_over && !deliveries_unclaim(db, look->claim.now_ms, err))
        return false;
    return deliveries_claim(db, &look->arena, &look->claim, &look->dues, err);
}

static void look_done(struct op *op, bool ok, const struct err *err)
{
    struct look *look = (struct look *)op;
    struct courier *courier = look->courier;

    courier->looking = false;
    if (!ok) {
        log_warn("delivery.look", "reason=%s", log_quote(str_from(err->text)));
        arm(courier, clock_now_ms() + RETRY_MS);
        look_end(look);
        return;
    }
    courier->taken_over = true;
    courier->expects_endpoints = look->dues.has_endpoints;
    look->parked = ARENA_ARRAY(&look->arena, struct id, DELIVERIES_CLAIM_MAX);
    for (int i = 0; i < look->dues.count && !courier->stopping; i++)
        dispatch(look, &look->dues.dues[i]);
    arm(courier, look->dues.next_ms >= 0 ? look->dues.next_ms : clock_now_ms() + COURIER_POLL_MS);
    park(look);
    if (courier->look_again)
        courier_wake(courier);
}

static void look(struct courier *courier)
{
    struct look *look = NULL;

    courier->look_again = courier->looking;
    if (courier->looking || courier->stopping)
        return;
    if (courier->waiting_count >= COURIER_WAITING_MAX) {
        arm(courier, clock_now_ms() + RETRY_MS);
        return;
    }
    look = calloc(1, sizeof(*look));
    if (!look)
        die("out of memory");
    look->op = (struct op){.run = look_run, .done = look_done};
    look->courier = courier;
    look->take_over = !courier->taken_over;
    look->claim.limit = DELIVERIES_CLAIM_MAX;
    if (!courier_submit(courier, &look->op)) {
        free(look);
        arm(courier, clock_now_ms() + RETRY_MS);
        return;
    }
    courier->looking = true;
}

/* ---- life ---- */

static void follow_progress(struct courier *courier, const struct job *job)
{
    if (!job->callback.url.len)
        return;
    if (job->state == JOB_RUNNING && (job->callback.events & BIT(JOB_EVENT_PROGRESS)))
        track_start(courier, job);
    else
        track_end(courier, job->id);
}

/* The cache has a job's new state. */
static void job_changed(void *context, const struct job *job)
{
    struct courier *courier = context;
    bool may_have_endpoint = courier->expects_endpoints && job->dialect == DIALECT_OPENAI;

    if (courier->stopping)
        return;
    follow_progress(courier, job);
    if (job_is_over(job->state) &&
        (may_have_endpoint || job_callback_shown(job) == JOB_CALLBACK_PENDING))
        courier_wake(courier);
}

struct courier *courier_new(const struct courier_config *config)
{
    struct courier *courier = calloc(1, sizeof(*courier));

    if (!courier)
        die("out of memory");
    courier->config = *config;
    courier->parking_ms = COURIER_PARK_MS;
    return courier;
}

void courier_free(struct courier *courier)
{
    free(courier);
}

void courier_set_writer(struct courier *courier, enum dialect dialect, callback_writer *write,
                        void *context)
{
    courier->writers[dialect].write = write;
    courier->writers[dialect].context = context;
}

void courier_start(struct courier *courier)
{
    uv_timer_init(courier->config.loop, &courier->due_timer);
    uv_timer_init(courier->config.loop, &courier->tick_timer);
    courier->due_timer.data = courier->tick_timer.data = courier;
    courier->timers_open = true;
    jobcache_watch(courier->config.cache, job_changed, courier);
    look(courier);
}

void courier_wake(struct courier *courier)
{
    if (courier->timers_open)
        look(courier);
}

void courier_expect_endpoints(struct courier *courier)
{
    courier->expects_endpoints = true;
}

static void grace_over(uv_timer_t *timer)
{
    struct courier *courier = timer->data;

    while (courier->flights) {
        struct flight *flight = courier->flights;

        courier->flights = flight->next;
        http_fetch_cancel(flight->fetch);
        flight_free(flight);
    }
    courier->flying = 0;
    courier_maybe_stopped(courier);
}

void courier_stop(struct courier *courier, int grace_ms, void (*stopped)(void *user), void *user)
{
    courier->stopping = true;
    courier->stopped = stopped;
    courier->stopped_user = user;
    jobcache_watch(courier->config.cache, NULL, NULL);
    track_end_all(courier);
    trial_end_all(courier);
    forget_waiting(courier);
    uv_timer_start(&courier->due_timer, grace_over, (uint64_t)grace_ms, 0);
    courier_maybe_stopped(courier);
}
