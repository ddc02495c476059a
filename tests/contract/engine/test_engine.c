/* SPDX-License-Identifier: Apache-2.0 */
/* What every engine owes, whatever its kind. */
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "harness/tap.h"
#include "rig.h"

static struct rig rig;

TEST(a_request_has_progress_and_then_finishes_once)
{
    int last = -1;

    rig_init(&rig, "ok");
    rig_open(&rig);
    CHECK(engine_is_ready(rig.engine));
    CHECK_INT(engine_free_slots(rig.engine), 1);
    rig_start(&rig, "a", "a drone shot");
    CHECK_INT(engine_free_slots(rig.engine), 0);
    CHECK_INT(rig.events_n, 0); /* never from inside engine_start() */
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->type, RIG_FINISHED);
    CHECK_INT(rig_end(&rig, "a")->frames, 120);
    CHECK_STR(rig_end(&rig, "a")->notes, "{\"stub\":true}");
    CHECK(rig_end(&rig, "a")->output_bytes > 0);
    for (int i = 0; i < rig.events_n - 1; i++) {
        CHECK_INT(rig.events[i].type, RIG_PROGRESS);
        CHECK(rig.events[i].percent > last);
        CHECK_STR(rig.events[i].phase, "render");
        last = rig.events[i].percent;
    }
    CHECK_INT(engine_free_slots(rig.engine), 1);
    CHECK(rig.rooms_n > 0);
    rig_close(&rig);
}

TEST(requests_follow_each_other)
{
    char ticket[8];

    rig_init(&rig, "ok");
    rig_open(&rig);
    for (int i = 0; i < 5; i++) {
        snprintf(ticket, sizeof ticket, "t%d", i);
        rig_start(&rig, ticket, "again");
        rig_wait_ends(&rig, i + 1);
        CHECK_INT(rig_end(&rig, ticket)->type, RIG_FINISHED);
    }
    rig_close(&rig);
}

TEST(as_many_requests_run_as_there_are_slots)
{
    struct err err = {0};
    struct engine_request request = {
        .render = {STR("x"), 4, 1280, 720, 30, 1, RENDER_CREATE},
        .scratch = STR("/tmp"),
        .output = STR("/tmp/none.mp4"),
    };

    rig_init(&rig, "forever");
    rig.config.concurrency = 2;
    rig_open(&rig);
    rig_start(&rig, "a", "one");
    rig_start(&rig, "b", "two");
    CHECK_INT(engine_free_slots(rig.engine), 0);
    CHECK(!engine_start(rig.engine, STR("c"), &request, &err));
    CHECK_INT(err.kind, ERR_BUSY);
    CHECK(!engine_start(rig.engine, STR("a"), &request, &err));
    CHECK_INT(err.kind, ERR_CONFLICT);
    rig_wait_progress(&rig, "a");
    rig_wait_progress(&rig, "b");
    rig_close(&rig);
}

TEST(a_request_that_cannot_be_right_is_refused_at_once)
{
    struct err err = {0};
    struct engine_request request = {
        .render = {STR("x"), 4, 1280, 720, 30, 1, RENDER_CREATE},
        .scratch = STR("/tmp"),
        .output = STR("/tmp/none.mp4"),
    };
    static char prompt[RENDER_PROMPT_BYTES_MAX + 1];

    rig_init(&rig, "ok");
    rig_open(&rig);
    CHECK(!engine_start(rig.engine, STR(""), &request, &err));
    CHECK_INT(err.kind, ERR_INVALID);
    request.output = STR("relative.mp4");
    CHECK(!engine_start(rig.engine, STR("a"), &request, &err));
    CHECK_STR(err.text, "output is not an absolute path");
    request.output = STR("/tmp/none.mp4");
    request.render.prompt = (struct str){prompt, sizeof prompt};
    CHECK(!engine_start(rig.engine, STR("a"), &request, &err));
    CHECK_STR(err.text, "the prompt is longer than 128000 bytes");
    CHECK_INT(engine_free_slots(rig.engine), 1);
    rig_close(&rig);
}

TEST(every_class_of_failure_arrives_as_what_it_is)
{
    static const enum engine_fault faults[] = {ENGINE_INVALID, ENGINE_REFUSED, ENGINE_BUSY,
                                               ENGINE_LOST, ENGINE_BROKEN};

    rig_init(&rig, "ok");
    rig_open(&rig);
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        const char *name = engine_fault_name(faults[i]);
        char prompt[32], text[32];

        snprintf(prompt, sizeof prompt, "mode:%s", name);
        snprintf(text, sizeof text, "failed as %s", name);
        rig_start(&rig, name, prompt);
        rig_wait_ends(&rig, (int)i + 1);
        CHECK_INT(rig_end(&rig, name)->type, RIG_FAILED);
        CHECK_INT(rig_end(&rig, name)->fault, faults[i]);
        CHECK_STR(rig_end(&rig, name)->text, text);
    }
    CHECK(engine_is_ready(rig.engine));
    CHECK_INT(engine_free_slots(rig.engine), 1);
    rig_close(&rig);
}

TEST(a_canceled_request_fails_as_canceled_and_its_slot_is_free)
{
    rig_init(&rig, "forever");
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_progress(&rig, "a");
    engine_cancel(rig.engine, STR("a"));
    engine_cancel(rig.engine, STR("a"));
    CHECK_INT(rig.ends_n, 0); /* never from inside engine_cancel() */
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->fault, ENGINE_CANCELED);
    rig_start(&rig, "b", "mode:ok");
    rig_wait_ends(&rig, 2);
    CHECK_INT(rig_end(&rig, "b")->type, RIG_FINISHED);
    rig_close(&rig);
}

TEST(canceling_what_is_not_there_changes_nothing)
{
    rig_init(&rig, "ok");
    rig_open(&rig);
    engine_cancel(rig.engine, STR("nobody"));
    engine_cancel(rig.engine, STR(""));
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    engine_cancel(rig.engine, STR("a"));
    rig_run_ms(&rig, 50);
    CHECK_INT(rig_end(&rig, "a")->type, RIG_FINISHED);
    rig_close(&rig);
}

TEST(closing_ends_what_runs_without_an_event)
{
    rig_init(&rig, "ignore");
    rig.config.concurrency = 3;
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_start(&rig, "b", "x");
    rig_wait_progress(&rig, "a");
    rig_close(&rig); /* waits for less than a request may take, and checks the rest */
}

TEST(an_engine_that_was_never_used_closes)
{
    rig_init(&rig, "ok");
    rig_open(&rig);
    rig_close(&rig);
    engine_close(NULL, NULL, NULL);
}

TEST(a_wrong_configuration_is_refused_with_the_reason)
{
    struct engine *engine = NULL;
    struct engine_events events = {0};
    struct err err = {0};

    rig_init(&rig, "ok");
    rig.config.kind = STR("steam");
    CHECK(!engine_open(&rig.config, &events, NULL, &engine, &err));
    CHECK_STR(err.text, "engine stub: there is no kind \"steam\"");
    rig.config.kind = STR("worker");
    rig.config.name = STR("a b");
    CHECK(!engine_open(&rig.config, &events, NULL, &engine, &err));
    CHECK_INT(err.kind, ERR_INVALID);
    rig.config.name = STR("stub");
    rig.config.concurrency = ENGINE_CONCURRENCY_MAX + 1;
    CHECK(!engine_open(&rig.config, &events, NULL, &engine, &err));
    CHECK_STR(err.text, "engine stub: concurrency must be 1 to 256");
    rig.config.concurrency = 1;
    rig.config.idle_ms = -1;
    CHECK(!engine_open(&rig.config, &events, NULL, &engine, &err));
    CHECK_STR(err.text, "engine stub: a limit is negative");
    CHECK(!engine);
    rig_close(&rig);
}
