/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "base/macros.h"
#include "store/schema_impl.h"

static const char has_version[] =
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'";

/*
 * Submitting a job writes accounts, ledger and jobs, so these are lean: every key there begins
 * with, or is, an id that grows with time, and so every insert lands at the right edge of its
 * tree. Random keys cost more than all the rest together.
 *
 * jobs.state is tested by number in jobs_live: 0 queued, 1 running (model/job.h).
 * ledger.settles is 1 for what ends a hold (capture, release): the primary key then allows a
 * reference one beginning and one end, of whatever kind.
 */
static const char step_1[] =
    "CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;"
    "INSERT INTO schema_version VALUES (0);"

    "CREATE TABLE accounts ("
    "  id INTEGER PRIMARY KEY,"
    "  name TEXT NOT NULL,"
    "  available_micro INTEGER NOT NULL DEFAULT 0 CHECK (available_micro >= 0),"
    "  held_micro INTEGER NOT NULL DEFAULT 0 CHECK (held_micro >= 0),"
    "  spent_micro INTEGER NOT NULL DEFAULT 0 CHECK (spent_micro >= 0),"
    "  created_ms INTEGER NOT NULL) STRICT;"

    "CREATE TABLE keys ("
    "  id INTEGER PRIMARY KEY,"
    "  account_id INTEGER NOT NULL REFERENCES accounts,"
    "  hash BLOB NOT NULL UNIQUE,"
    "  prefix TEXT NOT NULL,"
    "  name TEXT NOT NULL,"
    "  disabled INTEGER NOT NULL,"
    "  admin INTEGER NOT NULL,"
    "  created_ms INTEGER NOT NULL,"
    "  expires_ms INTEGER NOT NULL) STRICT;"

    "CREATE TABLE ledger ("
    "  ref BLOB NOT NULL,"
    "  settles INTEGER NOT NULL,"
    "  kind INTEGER NOT NULL,"
    "  account_id INTEGER NOT NULL REFERENCES accounts,"
    "  from_bucket INTEGER NOT NULL,"
    "  to_bucket INTEGER NOT NULL,"
    "  amount_micro INTEGER NOT NULL CHECK (amount_micro >= 0),"
    "  created_ms INTEGER NOT NULL,"
    "  reason TEXT NOT NULL,"
    "  author TEXT NOT NULL,"
    "  PRIMARY KEY (ref, settles),"
    "  CHECK (settles = (kind IN (3, 4)))) STRICT, WITHOUT ROWID;"

    "CREATE TRIGGER ledger_keeps BEFORE UPDATE ON ledger BEGIN"
    "  SELECT RAISE(ABORT, 'the ledger is append-only'); END;"
    "CREATE TRIGGER ledger_stays BEFORE DELETE ON ledger BEGIN"
    "  SELECT RAISE(ABORT, 'the ledger is append-only'); END;"

    "CREATE TABLE jobs ("
    "  id BLOB NOT NULL,"
    "  account_id INTEGER NOT NULL REFERENCES accounts,"
    "  key_id INTEGER NOT NULL,"
    "  dialect INTEGER NOT NULL,"
    "  state INTEGER NOT NULL,"
    "  attempts INTEGER NOT NULL DEFAULT 0,"
    "  price_micro INTEGER NOT NULL,"
    "  created_ms INTEGER NOT NULL,"
    "  started_ms INTEGER NOT NULL DEFAULT 0,"
    "  ended_ms INTEGER NOT NULL DEFAULT 0,"
    "  fault INTEGER NOT NULL DEFAULT 0,"
    "  seconds INTEGER NOT NULL,"
    "  width INTEGER NOT NULL,"
    "  height INTEGER NOT NULL,"
    "  fps INTEGER NOT NULL,"
    "  seed INTEGER NOT NULL,"
    "  model TEXT NOT NULL,"
    "  engine TEXT NOT NULL DEFAULT '',"
    "  error TEXT NOT NULL DEFAULT '',"
    "  first_frame BLOB,"
    "  output BLOB,"
    "  prompt TEXT NOT NULL,"
    "  request TEXT NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX jobs_id ON jobs (id);"
    "CREATE INDEX jobs_account ON jobs (account_id, id);"
    "CREATE INDEX jobs_live ON jobs (id) WHERE state IN (0, 1);"

    "CREATE TABLE attempts ("
    "  job_id BLOB NOT NULL,"
    "  number INTEGER NOT NULL,"
    "  started_ms INTEGER NOT NULL,"
    "  ended_ms INTEGER NOT NULL DEFAULT 0,"
    "  fault INTEGER NOT NULL DEFAULT 0,"
    "  engine TEXT NOT NULL,"
    "  upstream TEXT NOT NULL DEFAULT '',"
    "  error TEXT NOT NULL DEFAULT '',"
    "  notes TEXT NOT NULL DEFAULT '',"
    "  PRIMARY KEY (job_id, number)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE idempotency ("
    "  account_id INTEGER NOT NULL,"
    "  key_hash BLOB NOT NULL,"
    "  request_hash BLOB NOT NULL,"
    "  job_id BLOB NOT NULL,"
    "  created_ms INTEGER NOT NULL,"
    "  PRIMARY KEY (account_id, key_hash)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX idempotency_created ON idempotency (created_ms);"

    "CREATE TABLE assets ("
    "  id BLOB NOT NULL,"
    "  account_id INTEGER NOT NULL REFERENCES accounts,"
    "  job_id BLOB,"
    "  kind INTEGER NOT NULL,"
    "  type INTEGER NOT NULL,"
    "  bytes INTEGER NOT NULL,"
    "  created_ms INTEGER NOT NULL,"
    "  expires_ms INTEGER NOT NULL,"
    "  expired INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE UNIQUE INDEX assets_id ON assets (id);"
    "CREATE INDEX assets_expires ON assets (expires_ms);";

/*
 * Callbacks. deliveries.state is tested by number: 0 pending (core/deliveries.h); a row that is
 * being sent is claimed, and its next_ms is when the claim ends by itself.
 */
static const char step_2[] =
    "ALTER TABLE jobs ADD COLUMN callback_url TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE jobs ADD COLUMN callback_base TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE jobs ADD COLUMN callback_events INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE jobs ADD COLUMN callback_state INTEGER NOT NULL DEFAULT 0;"

    "CREATE TABLE deliveries ("
    "  id BLOB NOT NULL,"
    "  job_id BLOB NOT NULL,"
    "  account_id INTEGER NOT NULL,"
    "  key_id INTEGER NOT NULL,"
    "  dialect INTEGER NOT NULL,"
    "  event INTEGER NOT NULL,"
    "  state INTEGER NOT NULL DEFAULT 0,"
    "  attempts INTEGER NOT NULL DEFAULT 0,"
    "  claimed INTEGER NOT NULL DEFAULT 0,"
    "  created_ms INTEGER NOT NULL,"
    "  next_ms INTEGER NOT NULL,"
    "  ended_ms INTEGER NOT NULL DEFAULT 0,"
    "  last_ms INTEGER NOT NULL DEFAULT 0,"
    "  last_took_ms INTEGER NOT NULL DEFAULT 0,"
    "  last_status INTEGER NOT NULL DEFAULT 0,"
    "  last_error TEXT NOT NULL DEFAULT '',"
    "  url TEXT NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX deliveries_id ON deliveries (id);"
    "CREATE INDEX deliveries_job ON deliveries (job_id);"
    "CREATE INDEX deliveries_account ON deliveries (account_id, id);"
    "CREATE INDEX deliveries_due ON deliveries (next_ms) WHERE state = 0;"
    "CREATE INDEX deliveries_ended ON deliveries (ended_ms) WHERE state > 0;";

/* A deleted job is out of its owner's sight; the ledger still refers to it. */
static const char step_3[] = "ALTER TABLE jobs ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;";

/* The job whose video this one is made from. */
static const char step_4[] = "ALTER TABLE jobs ADD COLUMN source BLOB;";

/*
 * Endpoints for webhooks, and which one a delivery is for (NULL: the job's request named its URL).
 * `secret` and `retired` are ids, no secrets (model/endpoint.h).
 */
static const char step_5[] = "CREATE TABLE endpoints ("
                             "  id BLOB NOT NULL,"
                             "  account_id INTEGER NOT NULL REFERENCES accounts,"
                             "  name TEXT NOT NULL,"
                             "  url TEXT NOT NULL,"
                             "  events INTEGER NOT NULL,"
                             "  secret BLOB NOT NULL,"
                             "  retired BLOB,"
                             "  retired_until_ms INTEGER NOT NULL DEFAULT 0,"
                             "  created_ms INTEGER NOT NULL,"
                             "  updated_ms INTEGER NOT NULL) STRICT;"
                             "CREATE UNIQUE INDEX endpoints_id ON endpoints (id);"
                             "CREATE INDEX endpoints_account ON endpoints (account_id, id);"
                             "ALTER TABLE deliveries ADD COLUMN endpoint BLOB;";

/* What a job is to make of a source video, and for whom; jobs.purpose as in model/render.h. */
static const char step_6[] = "ALTER TABLE jobs ADD COLUMN purpose INTEGER NOT NULL DEFAULT 0;"
                             "ALTER TABLE jobs ADD COLUMN source_video BLOB;"
                             "ALTER TABLE jobs ADD COLUMN base_seconds INTEGER NOT NULL DEFAULT 0;"
                             "ALTER TABLE jobs ADD COLUMN extensions INTEGER NOT NULL DEFAULT 0;"
                             "ALTER TABLE jobs ADD COLUMN characters TEXT NOT NULL DEFAULT '';"

                             "CREATE TABLE characters ("
                             "  id BLOB NOT NULL,"
                             "  account_id INTEGER NOT NULL REFERENCES accounts,"
                             "  created_ms INTEGER NOT NULL,"
                             "  asset BLOB NOT NULL,"
                             "  name TEXT NOT NULL) STRICT;"
                             "CREATE UNIQUE INDEX characters_id ON characters (id);"
                             "CREATE INDEX characters_account ON characters (account_id, id);";

/*
 * Scopes and limits of keys; the scope admin is the column admin. A key that has been rotated is
 * known by its old hash until old_until_ms. key_use counts for keys with limits (core/meter.h);
 * jobs.metered is 1 for jobs that are counted there, so that the index costs other jobs nothing.
 * ledger_moves finds an account's entries but for holds, which lie where their jobs do.
 */
static const char step_7[] =
    "ALTER TABLE keys ADD COLUMN scopes INTEGER NOT NULL DEFAULT 3;"
    "ALTER TABLE keys ADD COLUMN deleted_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE keys ADD COLUMN old_hash BLOB;"
    "ALTER TABLE keys ADD COLUMN old_until_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE keys ADD COLUMN hour_max_micro INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE keys ADD COLUMN day_max_micro INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE keys ADD COLUMN total_max_micro INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE keys ADD COLUMN requests_per_minute INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE keys ADD COLUMN jobs_max INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE keys ADD COLUMN queued_max INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE keys ADD COLUMN ranges TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE keys ADD COLUMN models TEXT NOT NULL DEFAULT '';"
    "CREATE UNIQUE INDEX keys_old_hash ON keys (old_hash) WHERE old_hash IS NOT NULL;"

    "CREATE TABLE key_use ("
    "  key_id INTEGER PRIMARY KEY,"
    "  base_micro INTEGER NOT NULL,"
    "  total_micro INTEGER NOT NULL,"
    "  hour INTEGER NOT NULL,"
    "  hour_micro INTEGER NOT NULL,"
    "  day INTEGER NOT NULL,"
    "  day_micro INTEGER NOT NULL) STRICT;"

    "ALTER TABLE jobs ADD COLUMN metered INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX jobs_metered ON jobs (key_id, state) WHERE metered = 1 AND state IN (0, 1);"
    "CREATE INDEX ledger_moves ON ledger (account_id, created_ms) WHERE kind <> 2;";

/* Thumbnails and sprite sheets, found by their job. */
static const char step_8[] =
    "CREATE INDEX assets_previews ON assets (job_id, kind) WHERE kind IN (4, 5);";

/* Keys of clients are random: an index of them on disk cost more than all the rest of a submit.
 * Now the rows only ever append, and core/idempotency.c finds them through an index in memory. */
static const char step_9[] =
    "CREATE TABLE idempotency_rows ("
    "  id INTEGER PRIMARY KEY,"
    "  account_id INTEGER NOT NULL,"
    "  key_hash BLOB NOT NULL,"
    "  request_hash BLOB NOT NULL,"
    "  job_id BLOB NOT NULL,"
    "  created_ms INTEGER NOT NULL) STRICT;"
    "INSERT INTO idempotency_rows (account_id, key_hash, request_hash, job_id, created_ms)"
    "  SELECT account_id, key_hash, request_hash, job_id, created_ms FROM idempotency"
    "  ORDER BY created_ms;"
    "DROP TABLE idempotency;"
    "ALTER TABLE idempotency_rows RENAME TO idempotency;";

/* What is said of an asset that was uploaded: a row of the same id. */
static const char step_10[] = "CREATE TABLE uploads ("
                              "  id BLOB NOT NULL,"
                              "  name TEXT NOT NULL,"
                              "  purpose TEXT NOT NULL) STRICT;"
                              "CREATE UNIQUE INDEX uploads_id ON uploads (id);";

/* What jobs that are not over need, for the sweep of assets: without these it read all that wait.
 */
static const char step_11[] = "CREATE INDEX jobs_films ON jobs (source_video)"
                              " WHERE state IN (0, 1) AND source_video IS NOT NULL;"
                              "CREATE INDEX jobs_frames ON jobs (first_frame)"
                              " WHERE state IN (0, 1) AND first_frame IS NOT NULL;";

static const char *const steps[] = {step_1, step_2, step_3, step_4,  step_5, step_6,
                                    step_7, step_8, step_9, step_10, step_11};

const struct schema schema_sqlite = {
    .dialect = "sqlite",
    .sql_has_version = has_version,
    .steps = steps,
    .steps_count = ARRAY_LEN(steps),
};
