/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts, keys, assets and the ledger by itself. */
#include "base/macros.h"
#include "core/accounts.h"
#include "core/assets.h"
#include "core/keys.h"
#include "core/ledger.h"
#include "harness/tap.h"
#include "world.h"

static const struct ledger_note note = {
    .reason = {"a reason", 8}, .author = {"an author", 9}, .now_ms = WORLD_NOW_MS};

static bool grant(struct world *world, int64_t account_id, int64_t amount, struct err *err_out)
{
    struct err err;
    bool ok = WORLD_DO(world, ledger_grant(world->db, account_id, amount, &note, &err));

    *err_out = err;
    return ok;
}

static bool adjust(struct world *world, int64_t amount, const struct ledger_note *why,
                   struct err *err_out)
{
    struct err err;
    bool ok = WORLD_DO(world, ledger_adjust(world->db, world->account_id, amount, why, &err));

    *err_out = err;
    return ok;
}

TEST(an_account_reads_back_and_starts_with_nothing)
{
    struct world world;
    struct account made, got;
    struct err err;

    world_open(&world);
    CHECK_OK(WORLD_DO(&world, accounts_create(world.db, STR("Zoë"), 77, &made, &err)));
    CHECK_OK(accounts_get(world.db, made.id, &got, &err));
    CHECK_INT(got.id, world.other_account_id + 1);
    CHECK_STR(got.name, "Zoë");
    CHECK_INT(got.created_ms, 77);
    CHECK_INT(got.available_micro, 0);
    CHECK(!accounts_get(world.db, 999, &got, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK(!WORLD_DO(&world, accounts_create(world.db, STR(""), 77, &made, &err)));
    CHECK_INT(err.kind, ERR_INVALID);
    world_close(&world);
}

TEST(accounts_are_listed_in_pages)
{
    struct world world;
    struct account_list list;
    struct err err;

    world_open(&world);
    CHECK_OK(accounts_list(world.db, &world.arena, 0, 1, &list, &err));
    CHECK_INT(list.count, 1);
    CHECK_STR(list.accounts[0].name, "first");
    CHECK_OK(accounts_list(world.db, &world.arena, list.accounts[0].id, 9, &list, &err));
    CHECK_INT(list.count, 1);
    CHECK_STR(list.accounts[0].name, "second");
    world_close(&world);
}

static struct key new_key(const struct world *world, const char *name)
{
    char secret[KEY_TEXT_BYTES];
    struct key key = {.account_id = world->account_id, .created_ms = 5, .expires_ms = 6};

    key_generate(secret, &key);
    CHECK(str_copy(str_from(name), key.name, sizeof(key.name)));
    return key;
}

TEST(a_key_is_found_by_its_hash_only)
{
    struct world world;
    struct key key, got, unknown;
    struct err err;

    world_open(&world);
    key = new_key(&world, "laptop");
    key.scopes = SCOPES_ALL;
    unknown = new_key(&world, "");
    CHECK_OK(WORLD_DO(&world, keys_create(world.db, &key, &err)));
    CHECK_OK(keys_find(world.db, &key.hash, &got, &err));
    CHECK_INT(got.id, key.id);
    CHECK_INT(got.account_id, world.account_id);
    CHECK(hash_eq(&got.hash, &key.hash));
    CHECK_STR(got.name, "laptop");
    CHECK_STR(got.prefix, key.prefix);
    CHECK(got.scopes == SCOPES_ALL && !got.disabled);
    CHECK_INT(got.created_ms, 5);
    CHECK_INT(got.expires_ms, 6);
    CHECK(!keys_find(world.db, &unknown.hash, &got, &err));
    CHECK_INT(err.kind, ERR_UNAUTHORIZED);
    CHECK(!WORLD_DO(&world, keys_create(world.db, &key, &err)));
    CHECK_INT(err.kind, ERR_CONFLICT);
    unknown.account_id = 999;
    CHECK(!WORLD_DO(&world, keys_create(world.db, &unknown, &err)));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    world_close(&world);
}

TEST(keys_are_listed_by_account_and_can_be_disabled)
{
    struct world world;
    struct key mine, others, got;
    struct key_filter filter = {.limit = 9};
    struct key_list list;
    struct err err;

    world_open(&world);
    mine = new_key(&world, "mine");
    others = new_key(&world, "others");
    others.account_id = world.other_account_id;
    CHECK_OK(WORLD_DO(&world, keys_create(world.db, &mine, &err)));
    CHECK_OK(WORLD_DO(&world, keys_create(world.db, &others, &err)));
    CHECK_OK(keys_list(world.db, &world.arena, &filter, &list, &err));
    CHECK_INT(list.count, 2);
    filter.account_id = world.other_account_id;
    CHECK_OK(keys_list(world.db, &world.arena, &filter, &list, &err));
    CHECK_INT(list.count, 1);
    CHECK_STR(list.keys[0].name, "others");
    CHECK_OK(WORLD_DO(&world, keys_set_disabled(world.db, mine.id, true, &err)));
    CHECK_OK(keys_find(world.db, &mine.hash, &got, &err));
    CHECK(got.disabled);
    CHECK_OK(WORLD_DO(&world, keys_set_disabled(world.db, mine.id, false, &err)));
    CHECK_OK(keys_find(world.db, &mine.hash, &got, &err));
    CHECK(!got.disabled);
    CHECK(!WORLD_DO(&world, keys_set_disabled(world.db, 999, true, &err)));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    world_close(&world);
}

TEST(grants_and_adjustments_change_what_is_available)
{
    struct world world;
    struct err err;

    world_open(&world);
    CHECK_OK(grant(&world, world.account_id, 5, &err));
    CHECK_OK(adjust(&world, 7, &note, &err));
    CHECK_OK(adjust(&world, -3, &note, &err));
    CHECK_INT(world_account(&world, world.account_id).available_micro, WORLD_GRANT_MICRO + 9);
    world_check_ledger(&world);
    world_close(&world);
}

TEST(a_move_with_a_reference_happens_once)
{
    struct ledger_note once = note, other = note;
    struct world world;
    struct err err;

    world_open(&world);
    once.ref = other.ref = id_new();
    other.reason = STR("something else");
    for (int i = 0; i < 3; i++)
        CHECK_OK(WORLD_DO(&world, ledger_grant(world.db, world.account_id, 5, &once, &err)));
    CHECK_INT(world_account(&world, world.account_id).available_micro, WORLD_GRANT_MICRO + 5);
    CHECK(!WORLD_DO(&world, ledger_grant(world.db, world.account_id, 6, &once, &err)));
    CHECK_INT(err.kind, ERR_CONFLICT);
    CHECK(!WORLD_DO(&world, ledger_grant(world.db, world.account_id, 5, &other, &err)));
    CHECK(!WORLD_DO(&world, ledger_adjust(world.db, world.account_id, 5, &once, &err)));
    CHECK(!WORLD_DO(&world, ledger_grant(world.db, world.other_account_id, 5, &once, &err)));
    CHECK_INT(err.kind, ERR_CONFLICT);
    once.ref = id_new();
    for (int i = 0; i < 2; i++)
        CHECK_OK(WORLD_DO(&world, ledger_adjust(world.db, world.account_id, -5, &once, &err)));
    CHECK(!WORLD_DO(&world, ledger_adjust(world.db, world.account_id, 5, &once, &err)));
    CHECK_INT(world_account(&world, world.account_id).available_micro, WORLD_GRANT_MICRO);
    world_check_ledger(&world);
    world_close(&world);
}

TEST(money_that_is_not_there_cannot_be_taken)
{
    struct world world;
    struct err err;

    world_open(&world);
    CHECK(!adjust(&world, -WORLD_GRANT_MICRO - 1, &note, &err));
    CHECK_INT(err.kind, ERR_FUNDS);
    CHECK_OK(adjust(&world, -WORLD_GRANT_MICRO, &note, &err));
    CHECK_INT(world_account(&world, world.account_id).available_micro, 0);
    CHECK(!grant(&world, 999, 5, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    world_check_ledger(&world);
    world_close(&world);
}

TEST(amounts_and_balances_have_limits)
{
    static const int64_t wrong[] = {0, -1, INT64_MIN, INT64_MAX, LEDGER_AMOUNT_MICRO_MAX + 1};
    struct world world;
    struct err err = {0};
    int grants = 0;

    world_open(&world);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        CHECK(!grant(&world, world.account_id, wrong[i], &err));
        CHECK_INT(err.kind, ERR_INVALID);
    }
    CHECK(!adjust(&world, INT64_MIN, &note, &err));
    CHECK_INT(err.kind, ERR_INVALID);
    while (grants < 2000 && grant(&world, world.account_id, LEDGER_AMOUNT_MICRO_MAX, &err))
        grants++;
    CHECK_INT(grants, LEDGER_BALANCE_MICRO_MAX / LEDGER_AMOUNT_MICRO_MAX - 1);
    CHECK_INT(err.kind, ERR_INVALID);
    world_check_ledger(&world);
    world_close(&world);
}

TEST(an_adjustment_says_why_and_who)
{
    static char long_text[LEDGER_REASON_BYTES_MAX + 1];
    struct ledger_note no_reason = note, no_author = note, endless = note;
    struct world world;
    struct err err;

    world_open(&world);
    no_reason.reason.len = 0;
    no_author.author.len = 0;
    memset(long_text, 'x', sizeof(long_text));
    endless.reason = str_from_bytes(long_text, sizeof(long_text));
    CHECK(!adjust(&world, 5, &no_reason, &err));
    CHECK_INT(err.kind, ERR_INVALID);
    CHECK(!adjust(&world, 5, &no_author, &err));
    CHECK_INT(err.kind, ERR_INVALID);
    CHECK(!adjust(&world, 5, &endless, &err));
    CHECK_INT(err.kind, ERR_INVALID);
    world_check_ledger(&world);
    world_close(&world);
}

TEST(a_hold_is_settled_once_by_either_kind)
{
    struct world world;
    struct err err;
    struct id id;

    world_open(&world);
    id = world_submit(&world);
    CHECK_OK(WORLD_DO(&world, ledger_capture(world.db, id, WORLD_NOW_MS, &err)));
    CHECK(!WORLD_DO(&world, ledger_capture(world.db, id, WORLD_NOW_MS, &err)));
    CHECK_INT(err.kind, ERR_CONFLICT);
    CHECK(!WORLD_DO(&world, ledger_release(world.db, id, WORLD_NOW_MS, &err)));
    CHECK_INT(err.kind, ERR_CONFLICT);
    CHECK(!WORLD_DO(&world, ledger_release(world.db, id_new(), WORLD_NOW_MS, &err)));
    CHECK_INT(err.kind, ERR_CONFLICT);
    CHECK_INT(world_account(&world, world.account_id).spent_micro, WORLD_PRICE_MICRO);
    world_close(&world);
}

/* Falsifies the store behind the ledger's back and expects to be told. */
static struct ledger_report report_after(const char *falsify)
{
    struct ledger_report report;
    struct world world;
    struct err err;

    world_open(&world);
    world_submit(&world);
    world_check_ledger(&world);
    CHECK_OK(db_script(world.db, falsify, &err));
    CHECK_OK(ledger_verify(world.db, &report, &err));
    CHECK_INT(report.accounts, 2);
    world_close(&world);
    return report;
}

TEST(verifying_finds_what_was_falsified)
{
    struct ledger_report report;

    report = report_after("UPDATE accounts SET available_micro = available_micro + 1 WHERE id = 1");
    CHECK_INT(report.differences, 1);
    CHECK_INT(report.first[0].account_id, 1);
    CHECK_STR(report.first[0].what, "available_micro");
    CHECK_INT(report.first[0].stored - report.first[0].computed, 1);
    report = report_after("UPDATE accounts SET spent_micro = 9, held_micro = 8 WHERE id = 2");
    CHECK_INT(report.differences, 2);
    report = report_after("UPDATE jobs SET state = 2");
    CHECK_INT(report.differences, 1);
    CHECK(strstr(report.first[0].what, "settlement"));
    report = report_after("UPDATE jobs SET price_micro = price_micro + 1");
    CHECK_INT(report.differences, 1);
    report = report_after("DELETE FROM jobs");
    CHECK_INT(report.differences, 1);
    CHECK(strstr(report.first[0].what, "no job"));
    report = report_after("DROP TRIGGER ledger_stays; DELETE FROM ledger WHERE kind = 2");
    CHECK_INT(report.differences, 3);
    report = report_after("INSERT INTO ledger SELECT ref, 1, 4, account_id, 2, 1, amount_micro, 0,"
                          " '', '' FROM ledger WHERE kind = 2;"
                          "UPDATE accounts SET available_micro = available_micro + held_micro,"
                          " held_micro = 0 WHERE id = 1");
    CHECK_INT(report.differences, 1);
}

static void create_asset(struct world *world, const struct asset *asset)
{
    struct err err;

    CHECK_OK(WORLD_DO(world, assets_create(world->db, asset, &err)));
}

TEST(an_asset_is_its_owners_until_its_time_is_over)
{
    struct world world;
    struct asset asset = world_asset(), got;
    struct err err;

    world_open(&world);
    asset.account_id = world.account_id;
    asset.kind = ASSET_REFERENCE;
    asset.type = ASSET_PNG;
    create_asset(&world, &asset);
    CHECK_OK(assets_get(world.db, world.account_id, asset.id, asset.expires_ms - 1, &got, &err));
    CHECK_INT(got.kind, ASSET_REFERENCE);
    CHECK_INT(got.type, ASSET_PNG);
    CHECK_INT(got.bytes, asset.bytes);
    CHECK_INT(got.created_ms, asset.created_ms);
    CHECK_INT(got.expires_ms, asset.expires_ms);
    CHECK(id_is_zero(got.job_id));
    CHECK_OK(assets_get(world.db, 0, asset.id, WORLD_NOW_MS, &got, &err));
    CHECK(!assets_get(world.db, world.other_account_id, asset.id, WORLD_NOW_MS, &got, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK(!assets_get(world.db, world.other_account_id, asset.id, INT64_MAX, &got, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK(!assets_get(world.db, world.account_id, asset.id, asset.expires_ms, &got, &err));
    CHECK_INT(err.kind, ERR_GONE);
    CHECK(!WORLD_DO(&world, assets_create(world.db, &asset, &err)));
    CHECK_INT(err.kind, ERR_CONFLICT);
    world_close(&world);
}

TEST(expired_assets_are_marked_then_deleted_and_nobody_gets_them_between)
{
    struct world world;
    struct asset old = world_asset(), fresh = world_asset(), got;
    struct id *ids = NULL;
    struct err err;
    int count = 0;

    world_open(&world);
    old.account_id = fresh.account_id = world.account_id;
    fresh.expires_ms = old.expires_ms + 1;
    create_asset(&world, &old);
    create_asset(&world, &fresh);
    for (int round = 0; round < 2; round++) {
        CHECK_OK(WORLD_DO(
            &world, assets_expired(world.db, &world.arena, old.expires_ms, &ids, &count, &err)));
        CHECK_INT(count, 1);
        CHECK(id_eq(ids[0], old.id));
    }
    /* Also not when the clock was set back. */
    CHECK(!assets_get(world.db, world.account_id, old.id, WORLD_NOW_MS, &got, &err));
    CHECK_INT(err.kind, ERR_GONE);
    CHECK_OK(WORLD_DO(&world, assets_delete(world.db, fresh.id, &err)));
    CHECK_OK(WORLD_DO(&world, assets_delete(world.db, old.id, &err)));
    CHECK_OK(WORLD_DO(&world, assets_delete(world.db, old.id, &err)));
    CHECK_OK(assets_get(world.db, world.account_id, fresh.id, WORLD_NOW_MS, &got, &err));
    CHECK(!assets_get(world.db, world.account_id, old.id, WORLD_NOW_MS, &got, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    world_close(&world);
}

TEST(one_step_expires_a_bounded_number)
{
    struct world world;
    struct id *ids = NULL;
    struct err err;
    int count = 0;

    world_open(&world);
    for (int i = 0; i < ASSETS_EXPIRED_MAX + 5; i++) {
        struct asset asset = world_asset();

        asset.account_id = world.account_id;
        create_asset(&world, &asset);
    }
    CHECK_OK(
        WORLD_DO(&world, assets_expired(world.db, &world.arena, INT64_MAX, &ids, &count, &err)));
    CHECK_INT(count, ASSETS_EXPIRED_MAX);
    world_close(&world);
}
