/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker may do, and what becomes of its request then. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "harness/tap.h"
#include "rig.h"

static struct rig rig;

/* One of several requests in that mode must go well. A deadline that an engine has here may be too
 * short for it on a busy machine, but not every time. */
static void check_one_is_well(const char *prompt)
{
    enum rig_event_type type = RIG_FAILED;

    for (int i = 0; i < 20 && type != RIG_FINISHED; i++) {
        char ticket[16];

        for (int j = 0; j < 6000 && !engine_free_slots(rig.engine); j++)
            rig_run_ms(&rig, 10);
        snprintf(ticket, sizeof ticket, "good%d", i);
        rig_start(&rig, ticket, prompt);
        rig_wait_ends(&rig, rig.ends_n + 1);
        type = rig_end(&rig, ticket)->type;
    }
    CHECK_INT(type, RIG_FINISHED);
}

/* One request in that mode, that must fail so; then another that must go well in what the
 * engine has now. */
static void check_fails(const char *mode, enum engine_fault fault, const char *part)
{
    char prompt[64];

    snprintf(prompt, sizeof prompt, "mode:%s", mode);
    rig_open(&rig);
    rig_start(&rig, "bad", prompt);
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "bad")->type, RIG_FAILED);
    CHECK_STR(engine_fault_name(rig_end(&rig, "bad")->fault), engine_fault_name(fault));
    if (!strstr(rig_end(&rig, "bad")->text, part))
        CHECK_STR(rig_end(&rig, "bad")->text, part);
    check_one_is_well("mode:ok");
    rig_close(&rig);
}

static int only_pid(void)
{
    int pids[RIG_PIDS_MAX];

    CHECK_INT(rig_pids(&rig, pids), 1);
    return pids[0];
}

TEST(a_process_starts_with_the_first_request_and_is_kept)
{
    rig_init(&rig, "ok");
    rig_open(&rig);
    rig_run_ms(&rig, 50);
    CHECK_INT(rig_journal_count(&rig, "start"), 0);
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    rig_start(&rig, "b", "x");
    rig_wait_ends(&rig, 2);
    CHECK_INT(rig_journal_count(&rig, "start"), 1);
    CHECK(rig_pid_is_alive(only_pid()));
    rig_close(&rig);
}

TEST(the_request_arrives_as_it_was_given)
{
    char want[512];

    rig_init(&rig, "echo");
    rig_open(&rig);
    rig_start(&rig, "a", "\xc3\xa9t\xc3\xa9 \"quoted\"\n\x01 end");
    rig_wait_ends(&rig, 1);
    snprintf(want, sizeof want,
             "{\"id\":\"a\",\"purpose\":\"create\",\"prompt\":\"\xc3\xa9t\xc3\xa9 "
             "\\\"quoted\\\"\\n\\u0001 end\","
             "\"seconds\":4,\"width\":1280,\"height\":720,\"fps\":30,\"seed\":123,"
             "\"first_frame\":null,\"source_video\":null,\"scratch\":\"%s/a\","
             "\"output\":\"%s/a/output.mp4\"}",
             rig.folder, rig.folder);
    CHECK_STR(rig_end(&rig, "a")->notes, want);
    rig_close(&rig);
}

TEST(the_longest_prompt_fits_however_it_is_escaped)
{
    static char prompt[RENDER_PROMPT_BYTES_MAX + 1];

    memset(prompt, '\x01', RENDER_PROMPT_BYTES_MAX);
    rig_init(&rig, "ok");
    rig_open(&rig);
    rig_start(&rig, "a", prompt);
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->type, RIG_FINISHED);
    rig_close(&rig);
}

TEST(a_worker_runs_apart_with_a_clean_environment)
{
    char part[64];

    rig_init(&rig, "environment");
    rig.config.env = (const char *const[]){"STUB=1", NULL};
    setenv("VITASCOPE_SECRET", "nobody must see this", 1);
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    if (!strstr(rig_end(&rig, "a")->notes, "\"env\":[\"LANG\",\"PATH\",\"STUB\"],\"cwd\":\"/\""))
        CHECK_STR(rig_end(&rig, "a")->notes, "only LANG, PATH and STUB, in /");
    snprintf(part, sizeof part, "\"group\":%d,\"pid\":%d", only_pid(), only_pid());
    CHECK(strstr(rig_end(&rig, "a")->notes, part));
    CHECK(strstr(rig_end(&rig, "a")->notes, "\"files\":4")); /* the standard three and the list */
    rig_close(&rig);
}

TEST(a_worker_has_no_network_unless_it_is_given_one)
{
    rig_init(&rig, "network");
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->type, RIG_FINISHED);
    rig_close(&rig);

    rig_init(&rig, "network");
    rig.config.may_use_network = true;
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    CHECK_STR(rig_end(&rig, "a")->text, "there was a network");
    rig_close(&rig);
}

TEST(a_crash_in_a_request_loses_it_and_the_next_has_a_new_process)
{
    rig_init(&rig, "ok");
    check_fails("crash", ENGINE_LOST, "The worker was ended by signal 11 (Segmentation fault).");
}

TEST(leaving_in_a_request_with_an_error_loses_it)
{
    rig_init(&rig, "ok");
    check_fails("leave", ENGINE_LOST, "The worker ended with status 3.");
}

TEST(a_worker_that_leaves_after_its_request_is_started_again)
{
    char ticket[8];

    rig_init(&rig, "leave_after");
    rig_open(&rig);
    for (int i = 0; i < 4; i++) {
        snprintf(ticket, sizeof ticket, "t%d", i);
        rig_start(&rig, ticket, "x"); /* at once, while the last process may be still leaving */
        rig_wait_ends(&rig, i + 1);
        CHECK_INT(rig_end(&rig, ticket)->type, RIG_FINISHED);
    }
    CHECK_INT(rig_journal_count(&rig, "start"), 4);
    rig_close(&rig);
}

TEST(a_worker_that_leaves_without_a_word_is_tried_twice_only)
{
    rig_init(&rig, "vanish");
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->fault, ENGINE_LOST);
    CHECK_INT(rig_journal_count(&rig, " a x"), 2);
    rig_close(&rig);
}

TEST(a_crash_at_the_start_loses_the_request_and_backs_off)
{
    rig_init(&rig, "crash_at_start");
    rig.config.backoff_ms = 300;
    rig.config.backoff_max_ms = 300;
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->fault, ENGINE_LOST);
    CHECK_STR(rig_end(&rig, "a")->text,
              "The worker was ended by signal 6 (Aborted) before it was ready.");
    CHECK_INT(engine_free_slots(rig.engine), 0);
    CHECK(!engine_is_ready(rig.engine));

    int rooms = rig.rooms_n;

    for (int i = 0; i < 6000 && rig.rooms_n == rooms; i++)
        rig_run_ms(&rig, 10);
    CHECK(rig.rooms_n > rooms);
    CHECK_INT(engine_free_slots(rig.engine), 1);
    CHECK(engine_is_ready(rig.engine));
    rig_close(&rig);
}

static int64_t wait_for_a_slot(void)
{
    uint64_t from_ms = uv_now(&rig.loop);

    for (int j = 0; j < 60000 && !engine_free_slots(rig.engine); j++)
        rig_run_ms(&rig, 1);
    return (int64_t)(uv_now(&rig.loop) - from_ms);
}

TEST(the_back_off_doubles_up_to_its_maximum_and_a_success_ends_it)
{
    int64_t waits_ms[5], after_ms = 160;
    int ends = 5;

    rig_init(&rig, "ok");
    rig.config.backoff_ms = 40;
    rig.config.backoff_max_ms = 160;
    rig_open(&rig);
    for (int i = 0; i < 5; i++) {
        uint64_t from_ms = uv_now(&rig.loop); /* before the crash: it may be seen late */
        char ticket[8];

        snprintf(ticket, sizeof ticket, "t%d", i);
        rig_start(&rig, ticket, "mode:crash");
        rig_wait_ends(&rig, i + 1);
        wait_for_a_slot();
        waits_ms[i] = (int64_t)(uv_now(&rig.loop) - from_ms);
    }
    CHECK(waits_ms[0] >= 30 && waits_ms[1] >= 60); /* a quarter is left to chance */
    CHECK(waits_ms[2] >= 120 && waits_ms[3] >= 120 && waits_ms[4] >= 120);
    for (int i = 0; i < 20 && after_ms >= 120; i++) { /* it may be we who are slow */
        char ticket[8];

        snprintf(ticket, sizeof ticket, "g%d", i);
        rig_start(&rig, ticket, "mode:ok");
        rig_wait_ends(&rig, ++ends);
        snprintf(ticket, sizeof ticket, "b%d", i);
        rig_start(&rig, ticket, "mode:crash");
        rig_wait_ends(&rig, ++ends);
        after_ms = wait_for_a_slot();
    }
    CHECK(after_ms < 120);
    rig_close(&rig);
}

TEST(a_worker_that_is_never_ready_is_killed_at_its_deadline)
{
    rig_init(&rig, "never_ready");
    rig.config.ready_ms = 200;
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->fault, ENGINE_LOST);
    CHECK_STR(rig_end(&rig, "a")->text, "The worker was not ready within 200 ms.");
    rig_close(&rig);
}

TEST(a_worker_of_another_protocol_is_broken)
{
    rig_init(&rig, "protocol_9");
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->fault, ENGINE_BROKEN);
    CHECK_STR(rig_end(&rig, "a")->text, "The worker speaks protocol 9, not 1.");
    rig_close(&rig);
}

TEST(a_program_that_does_not_exist_is_refused_at_open_and_one_that_goes_is_lost)
{
    struct engine *engine = NULL;
    struct engine_events events = {0};
    struct err err = {0};

    rig_init(&rig, "ok");
    rig.argv[0] = "/nonexistent/worker";
    CHECK(!engine_open(&rig.config, &events, NULL, &engine, &err));
    CHECK_STR(err.text, "engine stub: /nonexistent/worker cannot be run");
    rig.argv[0] = "python3 of nowhere";
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    CHECK_STR(rig_end(&rig, "a")->text, "The worker ended with status 127 before it was ready.");
    rig_close(&rig);
}

TEST(a_hang_is_ended_after_the_idle_time_and_is_a_loss)
{
    rig_init(&rig, "ok");
    rig.config.idle_ms = 300;
    check_fails("hang", ENGINE_LOST, "The worker gave no news for 300 ms.");
}

TEST(news_do_not_save_a_request_from_its_deadline)
{
    rig_init(&rig, "ok");
    rig.config.job_ms = 400;
    check_fails("ignore", ENGINE_TIMEOUT, "The worker was not done within 400 ms.");
}

TEST(news_keep_a_slow_request_alive)
{
    rig_init(&rig, "slow");
    rig.config.idle_ms = 400;
    rig_open(&rig);
    check_one_is_well("mode:slow=1.2");
    rig_close(&rig);
}

TEST(a_worker_that_ignores_cancel_is_killed_after_two_graces)
{
    rig_init(&rig, "ignore");
    rig.config.grace_ms = 150;
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_progress(&rig, "a");

    uint64_t from_ms = uv_now(&rig.loop);

    engine_cancel(rig.engine, STR("a"));
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->fault, ENGINE_CANCELED);
    CHECK(uv_now(&rig.loop) - from_ms >= 290);
    CHECK(!rig_pid_is_alive(only_pid()));
    CHECK_INT(engine_free_slots(rig.engine), 1); /* our wish: no back-off */
    rig_close(&rig);
}

TEST(canceling_before_the_worker_is_ready_keeps_the_process)
{
    rig_init(&rig, "slow_ready");
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    engine_cancel(rig.engine, STR("a"));
    CHECK_INT(rig.ends_n, 0);
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->fault, ENGINE_CANCELED);
    CHECK_INT(engine_free_slots(rig.engine), 1);
    rig_start(&rig, "b", "mode:ok");
    rig_wait_ends(&rig, 2);
    CHECK_INT(rig_end(&rig, "b")->type, RIG_FINISHED);
    CHECK_INT(rig_journal_count(&rig, "start"), 1);
    CHECK_INT(rig_journal_count(&rig, " a x"), 0);
    rig_close(&rig);
}

TEST(canceling_what_just_broke_is_a_cancel)
{
    rig_init(&rig, "malformed");
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    /* The bad line comes with or right behind the progress: the worker cannot be reaped yet. */
    rig_wait_progress(&rig, "a");
    engine_cancel(rig.engine, STR("a"));
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->fault, ENGINE_CANCELED);
    rig_close(&rig);
}

TEST(lines_that_are_not_the_protocol_break_the_worker)
{
    rig_init(&rig, "ok");
    check_fails("malformed", ENGINE_BROKEN, "The worker sent a line that is not JSON");
    rig_init(&rig, "ok");
    check_fails("not_an_object", ENGINE_BROKEN, "sent a line that is no object with a type");
    rig_init(&rig, "ok");
    check_fails("no_id", ENGINE_BROKEN, "sent \"progress\" without an id");
}

TEST(a_line_over_the_limit_breaks_the_worker)
{
    rig_init(&rig, "ok");
    check_fails("long_line", ENGINE_BROKEN, "The worker wrote a line over 65536 bytes.");
    rig_init(&rig, "ok");
    check_fails("endless_line", ENGINE_BROKEN, "The worker wrote a line over 65536 bytes.");
}

TEST(a_flood_breaks_the_worker)
{
    rig_init(&rig, "ok");
    check_fails("flood", ENGINE_BROKEN, "The worker wrote over ");
}

TEST(a_flood_on_standard_error_only_slows_its_worker)
{
    rig_init(&rig, "chatter");
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->type, RIG_FINISHED);
    rig_close(&rig);
}

TEST(an_output_that_is_not_what_was_asked_for_is_broken)
{
    static const struct {
        const char *mode, *text;
    } cases[] = {
        {"other_path", "The worker named another output file than it was given."},
        {"no_output", "The worker said that it is done but left no output file."},
        {"empty_output", "The worker's output file is empty."},
        {"link_output", "The worker's output is not a regular file."},
        {"large_output", "The worker's output file is too large."},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        rig_init(&rig, "ok");
        rig.config.output_bytes_max = 100000;
        check_fails(cases[i].mode, ENGINE_BROKEN, cases[i].text);
    }
}

TEST(progress_is_held_to_0_to_100_and_never_falls)
{
    static const int want[] = {10, 100};

    rig_init(&rig, "huge_progress");
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->type, RIG_FINISHED);
    CHECK_INT(rig.events_n, 3);
    for (int i = 0; i < 2; i++)
        CHECK_INT(rig.events[i].percent, want[i]);
    rig_close(&rig);
}

TEST(messages_of_unknown_requests_and_types_are_ignored)
{
    rig_init(&rig, "strangers");
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->type, RIG_FINISHED);
    for (int i = 0; i < rig.events_n; i++)
        CHECK_STR(rig.events[i].ticket, "a");
    rig_close(&rig);
}

TEST(classes_that_a_worker_cannot_mean_are_its_own_faults)
{
    rig_init(&rig, "ok");
    rig_open(&rig);
    rig_start(&rig, "canceled", "mode:canceled");
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "canceled")->fault, ENGINE_LOST);
    rig_start(&rig, "timeout", "mode:timeout");
    rig_wait_ends(&rig, 2);
    CHECK_INT(rig_end(&rig, "timeout")->fault, ENGINE_BROKEN);
    rig_start(&rig, "odd", "mode:odd");
    rig_wait_ends(&rig, 3);
    CHECK_INT(rig_end(&rig, "odd")->fault, ENGINE_BROKEN);
    rig_close(&rig);
}

TEST(what_a_dead_worker_leaves_behind_dies_too)
{
    int pids[RIG_PIDS_MAX];

    rig_init(&rig, "child_left");
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    CHECK_INT(rig_end(&rig, "a")->fault, ENGINE_LOST);
    CHECK_INT(rig_journal_count(&rig, "orphan"), 1);
    CHECK_INT(rig_pids(&rig, pids), 2);
    for (int i = 0; i < 6000 && (rig_pid_is_alive(pids[0]) || rig_pid_is_alive(pids[1])); i++)
        rig_run_ms(&rig, 10);
    CHECK(!rig_pid_is_alive(pids[0]));
    CHECK(!rig_pid_is_alive(pids[1]));
    rig_close(&rig);
}

TEST(memory_has_a_limit)
{
    rig_init(&rig, "ok");
    rig.config.memory_bytes_max = 1 << 30;
    check_fails("memory", ENGINE_BROKEN, "no memory");
}

TEST(processor_time_has_a_limit_for_each_request)
{
    rig_init(&rig, "ok");
    rig.config.cpu_seconds_max = 1;
    check_fails("burn", ENGINE_LOST,
                "The worker was ended by signal 24 (CPU time limit exceeded).");
}

TEST(an_idle_process_that_dies_is_noticed_and_replaced)
{
    rig_init(&rig, "ok");
    rig_open(&rig);
    rig_start(&rig, "a", "x");
    rig_wait_ends(&rig, 1);
    kill(only_pid(), SIGKILL);
    for (int i = 0; i < 6000 && engine_free_slots(rig.engine); i++)
        rig_run_ms(&rig, 10);
    for (int i = 0; i < 6000 && !engine_free_slots(rig.engine); i++)
        rig_run_ms(&rig, 10);
    rig_start(&rig, "b", "x");
    rig_wait_ends(&rig, 2);
    CHECK_INT(rig_end(&rig, "b")->type, RIG_FINISHED);
    CHECK_INT(rig_journal_count(&rig, "start"), 2);
    rig_close(&rig);
}

/* A server of its own, killed like with kill -9 in the middle of a request. */
TEST(workers_die_with_a_server_that_is_killed)
{
    int pids[RIG_PIDS_MAX];

    rig_init(&rig, "ignore");

    int server = fork();

    if (!server) {
        uv_loop_fork(&rig.loop);
        rig_open(&rig);
        rig_start(&rig, "a", "x");
        rig_wait_progress(&rig, "a");
        raise(SIGKILL);
    }
    CHECK_INT(waitpid(server, NULL, 0), server);
    CHECK_INT(rig_pids(&rig, pids), 1);
    for (int i = 0; i < 6000 && rig_pid_is_alive(pids[0]); i++)
        rig_run_ms(&rig, 10);
    CHECK(!rig_pid_is_alive(pids[0]));
    rig_close(&rig);
}
