/* SPDX-License-Identifier: Apache-2.0 */
/* A sample of an event, for whoever sets up an endpoint: see courier.h. */
#include <stdlib.h>

#include "base/clock.h"
#include "core/courier_impl.h"

struct trial {
    struct courier *courier;
    struct trial *next;
    struct http_fetch *fetch;
    int64_t account_id;
    int status; /* 0: no answer yet */
    void (*done)(void *context, int status, const struct err *err);
    void *context;
};

static void end(struct trial *trial, const struct err *err)
{
    struct courier *courier = trial->courier;
    struct trial **at = &courier->trials;

    while (*at != trial)
        at = &(*at)->next;
    *at = trial->next;
    trial->done(trial->context, err ? 0 : trial->status, err);
    free(trial);
}

static bool head_came(void *context, const struct http_response *response)
{
    struct trial *trial = context;

    trial->status = response->status;
    return true;
}

static void answered(void *context, const struct http_response *response)
{
    struct trial *trial = context;
    struct courier *courier = trial->courier;
    struct err err;

    if (!trial->status)
        err_set(&err, ERR_INVALID, "No answer came from the endpoint: %s",
                http_fetch_fault_text(response->fault));
    end(trial, trial->status ? NULL : &err);
    courier_maybe_stopped(courier);
}

/* A job that nobody has asked for and nobody can find. */
static struct job sample(const struct courier_trial *wanted, int64_t now_ms)
{
    bool completed = wanted->event == JOB_EVENT_COMPLETED;

    return (struct job){.id = id_new(),
                        .account_id = wanted->endpoint->account_id,
                        .dialect = wanted->dialect,
                        .state = completed ? JOB_COMPLETED : JOB_FAILED,
                        .progress = completed ? 100 : 0,
                        .fault = completed ? JOB_FAULT_NONE : JOB_FAULT_BROKEN,
                        .created_ms = now_ms,
                        .started_ms = now_ms,
                        .ended_ms = now_ms};
}

static bool post(struct trial *trial, const struct courier_trial *wanted, struct err *err)
{
    struct courier *courier = trial->courier;
    int64_t now_ms = clock_now_ms();
    struct job job = sample(wanted, now_ms);
    struct hash key_hash = {{0}}, secrets[ENDPOINT_SECRETS_MAX];
    struct callback callback = {.job = &job,
                                .event = wanted->event,
                                .delivery = id_new(),
                                .now_ms = now_ms,
                                .key_hash = &key_hash,
                                .secrets = secrets};
    struct courier_send letter = {.url = wanted->endpoint->url,
                                  .timeout_ms = COURIER_ANSWER_MS,
                                  .on_head = head_came,
                                  .on_done = answered,
                                  .context = trial};
    struct arena arena = {0};
    bool ok = false;

    callback.secret_count =
        endpoint_secrets(&courier->config.webhook_key, wanted->endpoint, now_ms, secrets);
    courier->writers[wanted->dialect].write(courier->writers[wanted->dialect].context, &arena,
                                            &callback, &letter.request);
    ok = courier_send(courier, &letter, &trial->fetch, err);
    arena_fini(&arena);
    return ok;
}

static int count_of(const struct courier *courier, int64_t account_id)
{
    int count = 0;

    for (const struct trial *at = courier->trials; at; at = at->next)
        count += at->account_id == account_id;
    return count;
}

static bool may_try(const struct courier *courier, const struct courier_trial *wanted,
                    struct err *err)
{
    if (courier->stopping)
        return err_set(err, ERR_BUSY, "The server is stopping; try again");
    if (!courier->writers[wanted->dialect].write)
        return err_set(err, ERR_UNSUPPORTED, "this dialect has no callbacks");
    if (count_of(courier, wanted->endpoint->account_id) >= COURIER_TRIALS_MAX)
        return err_set(err, ERR_RATE, "%d tests of endpoints are under way; wait for one to end",
                       COURIER_TRIALS_MAX);
    return true;
}

void courier_try(struct courier *courier, const struct courier_trial *wanted)
{
    struct trial *trial = NULL;
    struct err err;

    if (!may_try(courier, wanted, &err)) {
        wanted->done(wanted->context, 0, &err);
        return;
    }
    trial = calloc(1, sizeof(*trial));
    if (!trial)
        die("out of memory");
    *trial = (struct trial){.courier = courier,
                            .next = courier->trials,
                            .account_id = wanted->endpoint->account_id,
                            .done = wanted->done,
                            .context = wanted->context};
    courier->trials = trial;
    if (!post(trial, wanted, &err))
        end(trial, &err);
}

void trial_end_all(struct courier *courier)
{
    struct err err;

    err_set(&err, ERR_BUSY, "The server is stopping; try again");
    while (courier->trials) {
        http_fetch_cancel(courier->trials->fetch);
        end(courier->trials, &err);
    }
}
