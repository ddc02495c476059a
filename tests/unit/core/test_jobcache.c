/* SPDX-License-Identifier: Apache-2.0 */
#include "core/jobcache.h"

#include <stdlib.h>

#include "harness/tap.h"

static struct job new_job(enum job_state state)
{
    return (struct job){
        .id = id_new(),
        .account_id = 7,
        .request = STR("{\"a\":1}"),
        .model = STR("sora-2"),
        .render = {.prompt = STR("a prompt"), .seconds = 4},
        .state = state,
        .engine = STR("diorama"),
        .error = STR("none"),
    };
}

static struct id put_new(struct jobcache *cache, enum job_state state)
{
    struct job job = new_job(state);

    jobcache_put(cache, &job);
    return job.id;
}

static void put_state(struct jobcache *cache, struct id id, enum job_state state)
{
    struct job job = *jobcache_get(cache, id);

    job.state = state;
    jobcache_put(cache, &job);
}

TEST(what_was_put_comes_back_as_a_copy)
{
    struct jobcache *cache = jobcache_new(0, 0);
    char text[8][16] = {"request", "model", "prompt", "engine", "error", "url", "base", "[]"};
    struct job job = new_job(JOB_QUEUED);
    const struct job *got = NULL;

    job.request = str_from(text[0]);
    job.model = str_from(text[1]);
    job.render.prompt = str_from(text[2]);
    job.engine = str_from(text[3]);
    job.error = str_from(text[4]);
    job.callback.url = str_from(text[5]);
    job.callback.base = str_from(text[6]);
    job.characters = str_from(text[7]);
    jobcache_put(cache, &job);
    memset(text, 'x', sizeof(text));
    got = jobcache_get(cache, job.id);
    CHECK(got && got != &job);
    CHECK_INT(got->account_id, 7);
    CHECK(str_eq_c(got->request, "request"));
    CHECK(str_eq_c(got->model, "model"));
    CHECK(str_eq_c(got->render.prompt, "prompt"));
    CHECK(str_eq_c(got->engine, "engine"));
    CHECK(str_eq_c(got->error, "error"));
    CHECK(str_eq_c(got->callback.url, "url"));
    CHECK(str_eq_c(got->callback.base, "base"));
    CHECK(str_eq_c(got->characters, "[]"));
    CHECK(!jobcache_get(cache, id_new()));
    jobcache_free(cache);
    jobcache_free(NULL);
}

TEST(a_job_of_the_cache_can_be_changed_and_put_back)
{
    struct jobcache *cache = jobcache_new(0, 0);
    struct id id = put_new(cache, JOB_QUEUED);

    put_state(cache, id, JOB_RUNNING);
    CHECK_INT(jobcache_get(cache, id)->state, JOB_RUNNING);
    CHECK(str_eq_c(jobcache_get(cache, id)->render.prompt, "a prompt"));
    CHECK_INT(jobcache_count(cache), 1);
    jobcache_put(cache, jobcache_get(cache, id));
    CHECK(str_eq_c(jobcache_get(cache, id)->request, "{\"a\":1}"));
    jobcache_free(cache);
}

TEST(progress_only_rises_and_only_while_running)
{
    struct jobcache *cache = jobcache_new(0, 0);
    struct id id = put_new(cache, JOB_QUEUED);

    jobcache_progress(cache, id, 10);
    CHECK_INT(jobcache_get(cache, id)->progress, 0);
    put_state(cache, id, JOB_RUNNING);
    jobcache_progress(cache, id, 40);
    jobcache_progress(cache, id, 30);
    CHECK_INT(jobcache_get(cache, id)->progress, 40);
    {
        struct job job = *jobcache_get(cache, id);

        job.progress = 0;
        jobcache_put(cache, &job);
    }
    CHECK_INT(jobcache_get(cache, id)->progress, 40);
    jobcache_progress(cache, id, 1000);
    CHECK_INT(jobcache_get(cache, id)->progress, 100);
    jobcache_progress(cache, id_new(), 50);
    {
        struct job job = *jobcache_get(cache, id);

        job.state = JOB_QUEUED;
        job.progress = 0;
        jobcache_put(cache, &job);
    }
    CHECK_INT(jobcache_get(cache, id)->progress, 0);
    jobcache_free(cache);
}

TEST(live_jobs_stay_and_the_least_asked_for_ended_ones_go)
{
    struct jobcache *cache = jobcache_new(3, 0);
    struct id live[50], ended[4];

    for (int i = 0; i < 50; i++)
        live[i] = put_new(cache, i % 2 ? JOB_QUEUED : JOB_RUNNING);
    for (int i = 0; i < 3; i++)
        ended[i] = put_new(cache, JOB_COMPLETED);
    CHECK(jobcache_get(cache, ended[0]));
    ended[3] = put_new(cache, JOB_FAILED);
    CHECK(jobcache_get(cache, ended[0]));
    CHECK(!jobcache_get(cache, ended[1]));
    CHECK(jobcache_get(cache, ended[2]));
    CHECK(jobcache_get(cache, ended[3]));
    for (int i = 0; i < 50; i++)
        CHECK(jobcache_get(cache, live[i]));
    CHECK_INT(jobcache_count(cache), 53);
    CHECK_INT(jobcache_live_count(cache), 50);
    put_state(cache, live[0], JOB_COMPLETED);
    CHECK_INT(jobcache_count(cache), 52);
    CHECK_INT(jobcache_live_count(cache), 49);
    jobcache_free(cache);
}

TEST(ended_jobs_are_bounded_in_bytes_too)
{
    enum { BIG = 10000 };
    struct jobcache *cache = jobcache_new(1000, 5 * BIG);
    char *request = calloc(1, BIG);
    struct job job;

    for (int i = 0; i < 100; i++) {
        job = new_job(JOB_COMPLETED);
        job.request = str_from_bytes(request, BIG);
        jobcache_put(cache, &job);
        CHECK(jobcache_get(cache, job.id));
    }
    CHECK_INT(jobcache_count(cache), 4);
    job.id = id_new();
    job.request = str_from_bytes(calloc(1, 10 * BIG), 10 * BIG);
    jobcache_put(cache, &job);
    CHECK_INT(jobcache_count(cache), 0);
    free((void *)(uintptr_t)job.request.ptr);
    free(request);
    jobcache_free(cache);
}

TEST(removing_forgets_whatever_the_state)
{
    struct jobcache *cache = jobcache_new(0, 0);
    struct id live = put_new(cache, JOB_RUNNING), ended = put_new(cache, JOB_CANCELED);

    jobcache_remove(cache, live);
    jobcache_remove(cache, ended);
    jobcache_remove(cache, ended);
    CHECK(!jobcache_get(cache, live));
    CHECK(!jobcache_get(cache, ended));
    CHECK_INT(jobcache_count(cache), 0);
    CHECK_INT(jobcache_live_count(cache), 0);
    jobcache_free(cache);
}

TEST(ten_thousand_jobs_are_all_found)
{
    enum { MANY = 10000 };
    struct jobcache *cache = jobcache_new(0, 0);
    struct id *ids = calloc(MANY, sizeof(*ids));

    for (int i = 0; i < MANY; i++)
        ids[i] = put_new(cache, (enum job_state)(i % JOB_STATES));
    for (int i = 0; i < MANY; i++)
        CHECK(jobcache_get(cache, ids[i]));
    for (int i = 0; i < MANY; i += 2)
        jobcache_remove(cache, ids[i]);
    for (int i = 0; i < MANY; i++)
        CHECK_INT(jobcache_get(cache, ids[i]) != NULL, i % 2);
    CHECK_INT(jobcache_count(cache), MANY / 2);
    free(ids);
    jobcache_free(cache);
}

static int changes;
static enum job_state changed_to;

static void note_change(void *context, const struct job *job)
{
    CHECK(context == &changes);
    changes++;
    changed_to = job->state;
}

TEST(a_watcher_sees_what_is_put_until_it_is_taken_away)
{
    struct jobcache *cache = jobcache_new(0, 0);
    struct id id;

    changes = 0;
    jobcache_watch(cache, note_change, &changes);
    id = put_new(cache, JOB_QUEUED);
    CHECK_INT(changes, 1);
    CHECK_INT(changed_to, JOB_QUEUED);
    put_state(cache, id, JOB_FAILED);
    CHECK_INT(changes, 2);
    CHECK_INT(changed_to, JOB_FAILED);
    jobcache_watch(cache, NULL, NULL);
    put_new(cache, JOB_QUEUED);
    CHECK_INT(changes, 2);
    jobcache_free(cache);
}
