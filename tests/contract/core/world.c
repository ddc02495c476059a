/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/macros.h"
#include "core/accounts.h"
#include "core/assets.h"
#include "core/keys.h"
#include "core/ledger.h"
#include "harness/tap.h"
#include "store/migrate.h"

static bool furnish(struct world *world, struct err *err)
{
    struct ledger_note note = {
        .reason = STR("for tests"), .author = STR("world"), .now_ms = WORLD_NOW_MS};
    struct account account, other;

    if (!accounts_create(world->db, STR("first"), WORLD_NOW_MS, &account, err) ||
        !accounts_create(world->db, STR("second"), WORLD_NOW_MS, &other, err) ||
        !ledger_grant(world->db, account.id, WORLD_GRANT_MICRO, &note, err) ||
        !ledger_grant(world->db, other.id, WORLD_GRANT_MICRO, &note, err))
        return false;
    world->account_id = account.id;
    world->other_account_id = other.id;
    return true;
}

static void open_at(struct world *world, const char *url)
{
    struct err err;

    CHECK_OK(db_open(&world->db, str_from(url), &err));
    CHECK_OK(migrate(world->db, &err));
    CHECK_OK(WORLD_DO(world, furnish(world, &err)));
}

void world_open(struct world *world)
{
    *world = (struct world){0};
    open_at(world, "sqlite::memory:");
}

void world_open_on_disk(struct world *world)
{
    const char *base = getenv("TMPDIR");
    char folder[64];

    snprintf(folder, sizeof(folder), "%s/vitascope-XXXXXX", base ? base : "/tmp");
    CHECK(mkdtemp(folder));
    world_open_at(world, folder);
}

void world_open_at(struct world *world, const char *folder)
{
    *world = (struct world){0};
    snprintf(world->folder, sizeof(world->folder), "%s", folder);
    snprintf(world->url, sizeof(world->url), "sqlite:%s/store.db", world->folder);
    open_at(world, world->url);
}

void world_close(struct world *world)
{
    DIR *folder = world->folder[0] ? opendir(world->folder) : NULL;
    struct dirent *found = NULL;

    db_close(world->db);
    arena_fini(&world->arena);
    if (!folder)
        return;
    while ((found = readdir(folder)))
        unlinkat(dirfd(folder), found->d_name, 0);
    closedir(folder);
    rmdir(world->folder);
}

struct job world_job(const struct world *world)
{
    return (struct job){
        .id = id_new(),
        .account_id = world->account_id,
        .key_id = 1,
        .dialect = DIALECT_APIFRAME,
        .request = STR("{\"model\":\"sora-2\",\"prompt\":\"a drone shot over mountains\"}"),
        .model = STR("sora-2"),
        .render = {.prompt = STR("a drone shot over mountains"),
                   .seconds = 4,
                   .width = 1280,
                   .height = 720,
                   .fps = 30,
                   .seed = 42},
        .price_micro = WORLD_PRICE_MICRO,
        .created_ms = WORLD_NOW_MS,
    };
}

static struct id submit(struct world *world, const struct job *job)
{
    struct job_submit submit = {.job = job};
    struct job_submit_result result;
    struct err err;

    CHECK_OK(WORLD_DO(world, jobs_submit(world->db, &world->arena, &submit, &result, &err)));
    return job->id;
}

struct id world_submit(struct world *world)
{
    struct job job = world_job(world);

    return submit(world, &job);
}

struct id world_submit_told(struct world *world, const char *url)
{
    struct job job = world_job(world);

    job.callback.url = str_from(url);
    job.callback.base = STR("http://vitascope.example");
    job.callback.events = BIT(JOB_EVENTS) - 1;
    return submit(world, &job);
}

struct key world_key(struct world *world)
{
    struct key key = {.account_id = world->account_id, .created_ms = WORLD_NOW_MS};
    char secret[KEY_TEXT_BYTES];
    struct key_list list = {0};
    struct key_filter filter = {.limit = 1};
    struct err err;

    CHECK_OK(keys_list(world->db, &world->arena, &filter, &list, &err));
    if (list.count)
        return list.keys[0];
    key_generate(secret, &key);
    CHECK_OK(WORLD_DO(world, keys_create(world->db, &key, &err)));
    CHECK_INT(key.id, 1);
    return key;
}

struct account world_account(struct world *world, int64_t id)
{
    struct account account = {0};
    struct err err;

    CHECK_OK(accounts_get(world->db, id, &account, &err));
    return account;
}

struct job world_get(struct world *world, struct id id)
{
    struct job job = {0};
    struct err err;

    CHECK_OK(jobs_get(world->db, &world->arena, 0, id, &job, &err));
    return job;
}

struct asset world_asset(void)
{
    return (struct asset){
        .id = id_new(),
        .kind = ASSET_OUTPUT,
        .type = ASSET_MP4,
        .bytes = 123456,
        .created_ms = WORLD_NOW_MS,
        .expires_ms = WORLD_NOW_MS + 86400000,
    };
}

struct id world_keep(struct world *world, enum asset_kind kind)
{
    struct asset asset = world_asset();
    struct err err;

    asset.account_id = world->account_id;
    asset.kind = kind;
    CHECK_OK(WORLD_DO(world, assets_create(world->db, &asset, &err)));
    return asset.id;
}

void world_check_ledger(struct world *world)
{
    struct ledger_report report;
    struct err err;

    CHECK_OK(ledger_verify(world->db, &report, &err));
    if (report.differences)
        tap_fail(__FILE__, __LINE__,
                 "ledger: %s of account %" PRId64 " is %" PRId64 ", want %" PRId64,
                 report.first[0].what, report.first[0].account_id, report.first[0].stored,
                 report.first[0].computed);
}
