/* SPDX-License-Identifier: Apache-2.0 */
/* Statements and usage: what they say adds up, whatever the period. */
#include "core/reports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/jsonr.h"
#include "core/ledger.h"
#include "harness/tap.h"
#include "model/money.h"
#include "world.h"

static const struct job_failure broken = {JOB_FAULT_BROKEN, {"the engine broke", 16}};

static struct world world;
static int64_t now;

static void open_world(void)
{
    world_open(&world);
    now = clock_now_ms();
}

static void close_world(void)
{
    world_check_ledger(&world);
    world_close(&world);
}

/* The report as text; the caller frees. */
static char *write_report(struct report report)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    struct err err;

    report.account_id = world.account_id;
    CHECK_OK(report_write(world.db, &report, file, &err));
    fclose(file);
    return text;
}

static struct id submit(int64_t price)
{
    struct job job = world_job(&world);
    struct job_submit submit = {.job = &job};
    struct job_submit_result result;
    struct err err;

    job.price_micro = price;
    job.created_ms = clock_now_ms();
    CHECK_OK(WORLD_DO(&world, jobs_submit(world.db, &world.arena, &submit, &result, &err)));
    return job.id;
}

static void end(struct id id, bool well)
{
    struct asset asset = world_asset();
    int attempt = 0;
    struct err err;

    CHECK_OK(WORLD_DO(&world, jobs_start(world.db, id, STR("x"), clock_now_ms(), &attempt, &err)));
    if (well)
        CHECK_OK(WORLD_DO(&world, jobs_complete(world.db, id, &asset, clock_now_ms(), &err)));
    else
        CHECK_OK(WORLD_DO(&world, jobs_fail(world.db, id, &broken, clock_now_ms(), &err)));
}

static void move_money(int64_t micro, const char *reason, int64_t at_ms)
{
    struct ledger_note note = {
        .reason = str_from(reason), .author = STR("an author"), .now_ms = at_ms};
    struct err err;

    CHECK_OK(WORLD_DO(&world, ledger_adjust(world.db, world.account_id, micro, &note, &err)));
}

static int64_t micro(struct jsonv object, const char *key)
{
    double value = jsonv_real(jsonv_get(object, key), -1);

    return (int64_t)(value * (double)MONEY_USD + (value < 0 ? -0.5 : 0.5));
}

/* Checks that each entry follows from the one before and returns how many there are. */
static size_t check_statement(struct report report, int64_t opening[3], int64_t closing[3])
{
    static const char *const names[] = {"available_usd", "held_usd", "spent_usd"};
    struct jsonv root, entries, before;
    struct jsonr doc = {0};
    char *text = NULL;
    size_t count = 0;
    struct err err;

    report.format = REPORT_JSON;
    text = write_report(report);
    CHECK_OK(jsonr_parse(&doc, str_from(text), &err));
    root = jsonr_root(&doc);
    entries = jsonv_get(root, "entries");
    before = jsonv_get(root, "opening");
    for (size_t i = 0; i < jsonv_len(entries); i++) {
        struct jsonv entry = jsonv_at(entries, i);
        struct str kind = jsonv_str(jsonv_get(entry, "kind"), STR(""));
        int64_t amount = micro(entry, "amount_usd"), sum = 0;

        for (int bucket = 0; bucket < 3; bucket++)
            sum += micro(entry, names[bucket]) - micro(before, names[bucket]);
        CHECK_INT(sum, str_eq_c(kind, "adjust") || str_eq_c(kind, "grant") ? amount : 0);
        if (str_eq_c(kind, "hold"))
            CHECK_INT(micro(before, "available_usd") - micro(entry, "available_usd"), amount);
        if (str_eq_c(kind, "capture"))
            CHECK_INT(micro(entry, "spent_usd") - micro(before, "spent_usd"), amount);
        before = entry;
    }
    for (int bucket = 0; bucket < 3; bucket++) {
        opening[bucket] = micro(jsonv_get(root, "opening"), names[bucket]);
        closing[bucket] = micro(jsonv_get(root, "closing"), names[bucket]);
        CHECK_INT(closing[bucket], micro(before, names[bucket]));
    }
    count = jsonv_len(entries);
    jsonr_fini(&doc);
    free(text);
    return count;
}

TEST(a_statement_goes_from_opening_to_closing)
{
    int64_t opening[3], closing[3];
    struct account account;

    open_world();
    end(submit(500000), true);
    end(submit(250000), false);
    submit(125000);
    move_money(-3, "a correction", now);
    CHECK_INT(check_statement((struct report){.from_ms = now - 1000, .to_ms = now + 60000}, opening,
                              closing),
              6);
    account = world_account(&world, world.account_id);
    CHECK_INT(opening[0], WORLD_GRANT_MICRO);
    CHECK_INT(opening[1] + opening[2], 0);
    CHECK_INT(closing[0], account.available_micro);
    CHECK_INT(closing[1], account.held_micro);
    CHECK_INT(closing[2], account.spent_micro);
    close_world();
}

TEST(periods_that_meet_close_and_open_alike)
{
    int64_t opening[3], middle[3], again[3], closing[3], whole_open[3], whole_close[3];
    int64_t cut = 0;
    size_t first = 0, second = 0;

    open_world();
    for (int i = 0; i < 50; i++)
        end(submit(1000 + i), i % 3 > 0);
    cut = clock_now_ms();
    for (int i = 0; i < 50; i++)
        end(submit(2000 + i), i % 2 > 0);
    submit(7);
    first = check_statement((struct report){.from_ms = now - 1000, .to_ms = cut}, opening, middle);
    second =
        check_statement((struct report){.from_ms = cut, .to_ms = now + 600000}, again, closing);
    CHECK_INT(first + second,
              check_statement((struct report){.from_ms = now - 1000, .to_ms = now + 600000},
                              whole_open, whole_close));
    CHECK_INT(first + second, 201);
    CHECK(memcmp(middle, again, sizeof(again)) == 0);
    CHECK(memcmp(opening, whole_open, sizeof(opening)) == 0);
    CHECK(memcmp(closing, whole_close, sizeof(closing)) == 0);
    close_world();
}

TEST(more_entries_than_one_piece_are_all_told)
{
    int64_t opening[3], closing[3];
    struct err err;

    open_world();
    CHECK_OK(db_begin(world.db, &err));
    for (int i = 0; i < 2500; i++) {
        struct job job = world_job(&world);
        struct job_submit submit = {.job = &job};
        struct job_submit_result result;

        job.price_micro = 10;
        job.created_ms = clock_now_ms();
        CHECK_OK(jobs_submit(world.db, &world.arena, &submit, &result, &err));
        if (i % 2)
            CHECK_OK(jobs_cancel(world.db, job.id, 0, clock_now_ms(), &err));
    }
    CHECK_OK(db_commit(world.db, &err));
    CHECK_INT(check_statement((struct report){.from_ms = now - 1000, .to_ms = now + 600000},
                              opening, closing),
              3750);
    CHECK_INT(closing[1], 12500);
    close_world();
}

TEST(a_period_before_everything_is_empty)
{
    int64_t opening[3], closing[3];

    open_world();
    submit(5);
    CHECK_INT(check_statement((struct report){.from_ms = 1000, .to_ms = 2000}, opening, closing),
              0);
    CHECK_INT(opening[0] + opening[1] + opening[2], 0);
    close_world();
}

TEST(csv_is_quoted_where_it_must_be)
{
    char *text = NULL, *line = NULL;

    open_world();
    move_money(1250000, "paid, \"in full\"\nand late", now);
    text = write_report(
        (struct report){.format = REPORT_CSV, .from_ms = now - 1000, .to_ms = now + 1000});
    line = strstr(text, "\r\n");
    CHECK(strncmp(text,
                  "time,kind,amount_usd,available_usd,held_usd,spent_usd,job,model,key_id,"
                  "reason,author\r\n",
                  (size_t)(line + 2 - text)) == 0);
    CHECK(strstr(text, ",opening,,1000,0,0,,,,,\r\n"));
    CHECK(strstr(text, ",adjust,1.25,1001.25,0,0,,,,\"paid, \"\"in full\"\"\nand late\",an author"
                       "\r\n"));
    CHECK(strstr(text, ",closing,,1001.25,0,0,,,,,\r\n"));
    free(text);
    close_world();
}

TEST(usage_is_told_by_key_model_and_day)
{
    struct jsonv row;
    struct jsonr doc = {0};
    char *text = NULL;
    struct err err;

    open_world();
    world_key(&world);
    end(submit(500000), true);
    end(submit(250000), true);
    end(submit(9), false);
    submit(125000);
    text = write_report((struct report){
        .kind = REPORT_USAGE, .from_ms = now - 3 * INT64_C(86400000), .to_ms = now + 600000});
    CHECK_OK(jsonr_parse(&doc, str_from(text), &err));
    row = jsonv_at(jsonv_get(jsonr_root(&doc), "usage"), 0);
    if (jsonv_len(jsonv_get(jsonr_root(&doc), "usage")) == 1) { /* else it is midnight */
        CHECK_INT(jsonv_int(jsonv_get(row, "key_id"), 0), 1);
        CHECK(str_eq_c(jsonv_str(jsonv_get(row, "model"), STR("")), "sora-2"));
        CHECK_INT(jsonv_int(jsonv_get(row, "jobs"), 0), 4);
        CHECK_INT(jsonv_int(jsonv_get(row, "completed"), 0), 2);
        CHECK_INT(jsonv_int(jsonv_get(row, "failed"), 0), 1);
        CHECK_INT(jsonv_int(jsonv_get(row, "seconds"), 0), 8);
        CHECK_INT(micro(row, "spent_usd"), 750000);
        CHECK_INT(micro(row, "held_usd"), 125000);
    }
    jsonr_fini(&doc);
    free(text);
    text = write_report((struct report){
        .kind = REPORT_USAGE, .format = REPORT_CSV, .from_ms = now - 1000, .to_ms = now + 600000});
    CHECK(strstr(text, ",1,,sora-2,4,2,1,0,8,0.75,0.125\r\n"));
    free(text);
    close_world();
}

TEST(a_report_needs_an_account_and_a_period)
{
    struct report report = {.account_id = 999, .from_ms = 1, .to_ms = 2};
    struct err err;

    open_world();
    CHECK(!report_write(world.db, &report, stderr, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    report = (struct report){.account_id = 1, .from_ms = 2, .to_ms = 2};
    CHECK(!report_write(world.db, &report, stderr, &err));
    CHECK_STR(err.param, "to");
    report.to_ms = report.from_ms + REPORT_PERIOD_MS_MAX + 1;
    CHECK(!report_check(&report, &err));
    report.to_ms--;
    CHECK_OK(report_check(&report, &err));
    close_world();
}
