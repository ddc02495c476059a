/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "core/accounts.h"
#include "core/idempotency.h"
#include "core/jobs.h"
#include "core/meter.h"
#include "core/service_impl.h"

struct replay {
    struct op op;
    struct service *service;
    struct arena *arena;
    struct idempotency use;
    struct service_submitted out;
    service_submit_done *done;
    void *user;
};

static bool replay_run(struct op *op, struct db *db, struct err *err)
{
    struct replay *replay = (struct replay *)op;
    struct id earlier;
    bool found = false;

    if (!idempotency_find(db, &replay->use, &earlier, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "No earlier request");
    return jobs_get(db, replay->arena, 0, earlier, &replay->out.job, err);
}

static void replay_done(struct op *op, bool ok, const struct err *err)
{
    struct replay *replay = (struct replay *)op;
    const struct job *known = NULL;

    if (ok) {
        known = jobcache_get(replay->service->cache, replay->out.job.id);
        replay->out.replayed = true;
    }
    if (known)
        replay->out.job = job_copy(replay->arena, known);
    replay->done(replay->user, &replay->out, ok ? NULL : err);
}

void service_replay(struct service *service, struct arena *arena, const struct service_submit *in,
                    service_submit_done *done, void *user)
{
    struct replay *replay = ARENA_NEW(arena, struct replay);
    struct err err;

    replay->op = (struct op){.run = replay_run, .done = replay_done, .reads_only = true};
    replay->service = service;
    replay->arena = arena;
    replay->use = (struct idempotency){.account_id = in->account_id,
                                       .key = in->idempotency_key,
                                       .request_hash = service_request_hash(in),
                                       .now_ms = clock_now_ms()};
    replay->done = done;
    replay->user = user;
    if (!service_run(service, &replay->op, &err))
        done(user, &replay->out, &err);
}

struct afford {
    struct op op;
    struct job job; /* as far as it matters */
    const struct key_limits *limits;
    struct service_submitted out;
    service_submit_done *done;
    void *user;
};

static bool afford_run(struct op *op, struct db *db, struct err *err)
{
    struct afford *afford = (struct afford *)op;
    struct meter_refusal refusal = {0};
    struct account account;

    if (!accounts_get(db, afford->job.account_id, &account, err))
        return false;
    if (afford->limits && key_is_metered(afford->limits) &&
        !meter_preview(db, &afford->job, afford->limits, &refusal, err)) {
        afford->out.retry_after_s = refusal.retry_after_s;
        afford->out.available_micro = refusal.left_micro;
        return false;
    }
    afford->out.available_micro = account.available_micro;
    if (account.available_micro < afford->job.price_micro)
        return err_set(err, ERR_FUNDS, "the balance is too low");
    return true;
}

static void afford_done(struct op *op, bool ok, const struct err *err)
{
    struct afford *afford = (struct afford *)op;

    afford->done(afford->user, &afford->out, ok ? NULL : err);
}

void service_afford(struct service *service, struct arena *arena, const struct service_submit *in,
                    service_submit_done *done, void *user)
{
    struct afford *afford = ARENA_NEW(arena, struct afford);
    struct err err;

    afford->op = (struct op){.run = afford_run, .done = afford_done, .reads_only = true};
    afford->limits = in->limits;
    afford->done = done;
    afford->user = user;
    if (!service_price(service, in, &afford->out.required_micro, &err)) {
        done(user, &afford->out, &err);
        return;
    }
    afford->job = (struct job){.account_id = in->account_id,
                               .key_id = in->key_id,
                               .price_micro = afford->out.required_micro,
                               .created_ms = clock_now_ms()};
    if (!service_run(service, &afford->op, &err))
        done(user, &afford->out, &err);
}
