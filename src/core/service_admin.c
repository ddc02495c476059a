/* SPDX-License-Identifier: Apache-2.0 */
/* What operators ask and change: keys, accounts, money, reports. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"
#include "core/service_impl.h"
#include "store/db.h"

struct admin {
    struct op op;
    struct service *service;
    struct arena *arena;
    struct service_admin *request;
    service_admin_done *done;
    void *user;
};

static bool key_list(struct admin *admin, struct db *db, struct err *err)
{
    struct service_admin *request = admin->request;

    return keys_list(db, admin->arena, &request->key_filter, &request->keys, err);
}

static bool key_get(struct admin *admin, struct db *db, struct err *err)
{
    struct service_admin *request = admin->request;

    return keys_get(db, request->id, &request->key, err) &&
           meter_get(db, request->id, clock_now_ms(), &request->use, err);
}

static bool key_create(struct admin *admin, struct db *db, struct err *err)
{
    struct service_admin *request = admin->request;

    request->use = (struct meter_use){0};
    return keys_create(db, &request->key, err);
}

static bool key_update(struct admin *admin, struct db *db, struct err *err)
{
    struct service_admin *request = admin->request;

    return keys_get(db, request->id, &request->key, err) &&
           request->patch(request->patch_data, &request->key, err) &&
           keys_update(db, &request->key, clock_now_ms(), err) && key_get(admin, db, err);
}

static bool key_rotate(struct admin *admin, struct db *db, struct err *err)
{
    struct service_admin *request = admin->request;
    struct key fresh = request->key; /* the batch may run this twice */

    if (keys_rotate(db, request->id, &fresh, request->old_until_ms, err) && key_get(admin, db, err))
        return true;
    request->key = fresh;
    return false;
}

static bool key_delete(struct admin *admin, struct db *db, struct err *err)
{
    return keys_delete(db, admin->request->id, clock_now_ms(), err);
}

static bool account_list(struct admin *admin, struct db *db, struct err *err)
{
    struct service_admin *request = admin->request;

    return accounts_list(db, admin->arena, request->after, request->limit, &request->accounts, err);
}

static bool account_get(struct admin *admin, struct db *db, struct err *err)
{
    return accounts_get(db, admin->request->id, &admin->request->account, err);
}

static bool grant(struct admin *admin, struct db *db, struct err *err)
{
    struct service_admin *request = admin->request;

    return ledger_grant(db, request->id, request->amount_micro, &request->note, err) &&
           account_get(admin, db, err);
}

static bool account_create(struct admin *admin, struct db *db, struct err *err)
{
    struct service_admin *request = admin->request;
    bool ok = ledger_find(db, request->note.ref, &request->id, err);

    if (ok && request->id && (ok = account_get(admin, db, err)) &&
        !str_eq_c(request->name, request->account.name))
        return err_set_param(err, ERR_CONFLICT, "Idempotency-Key",
                             "this idempotency key was used for another request");
    if (ok && !request->id) {
        ok = accounts_create(db, request->name, request->note.now_ms, &request->account, err);
        request->id = request->account.id;
    }
    return ok && (!request->amount_micro || grant(admin, db, err));
}

static bool adjust(struct admin *admin, struct db *db, struct err *err)
{
    struct service_admin *request = admin->request;

    return ledger_adjust(db, request->id, request->amount_micro, &request->note, err) &&
           account_get(admin, db, err);
}

static const struct {
    bool (*run)(struct admin *admin, struct db *db, struct err *err);
    bool reads_only;
} kinds[] = {
    [ADMIN_KEY_LIST] = {key_list, true},
    [ADMIN_KEY_GET] = {key_get, true},
    [ADMIN_KEY_CREATE] = {key_create, false},
    [ADMIN_KEY_UPDATE] = {key_update, false},
    [ADMIN_KEY_ROTATE] = {key_rotate, false},
    [ADMIN_KEY_DELETE] = {key_delete, false},
    [ADMIN_ACCOUNT_LIST] = {account_list, true},
    [ADMIN_ACCOUNT_GET] = {account_get, true},
    [ADMIN_ACCOUNT_CREATE] = {account_create, false},
    [ADMIN_GRANT] = {grant, false},
    [ADMIN_ADJUST] = {adjust, false},
};

static bool admin_run(struct op *op, struct db *db, struct err *err)
{
    struct admin *admin = (struct admin *)op;

    return kinds[admin->request->kind].run(admin, db, err);
}

static void admin_done(struct op *op, bool ok, const struct err *err)
{
    struct admin *admin = (struct admin *)op;
    enum service_admin_kind kind = admin->request->kind;

    if (!op->reads_only)
        service_saw(admin->service, ok, err);
    if (kind == ADMIN_KEY_UPDATE || kind == ADMIN_KEY_ROTATE || kind == ADMIN_KEY_DELETE)
        service_keys_forget(admin->service, admin->request->id);
    admin->done(admin->user, ok ? NULL : err);
}

void service_admin(struct service *service, struct arena *arena, struct service_admin *request,
                   service_admin_done *done, void *user)
{
    struct admin *admin = ARENA_NEW(arena, struct admin);
    struct err err;

    admin->op = (struct op){
        .run = admin_run, .done = admin_done, .reads_only = kinds[request->kind].reads_only};
    admin->service = service;
    admin->arena = arena;
    admin->request = request;
    admin->done = done;
    admin->user = user;
    request->note.now_ms = clock_now_ms();
    if (!service_run(service, &admin->op, &err))
        done(user, &err);
}

/* ---- reports ---- */

struct report_work {
    uv_work_t work;
    struct service *service;
    struct report report;
    const char *path;
    int fd; /* -1: failed, and err says why */
    uint64_t bytes;
    struct err err;
    service_report_done *done;
    void *user;
};

static bool write_file(struct report_work *work, FILE *file, struct err *err)
{
    struct db *db = NULL;
    struct stat stat;
    bool ok = db_open(&db, work->service->database_url, err) &&
              report_write(db, &work->report, file, err);

    db_close(db);
    if (ok && fstat(fileno(file), &stat) != 0)
        ok = err_set(err, ERR_IO, "cannot write a report: %s", strerror(errno));
    if (ok)
        work->bytes = (uint64_t)stat.st_size;
    return ok;
}

static void report_work(uv_work_t *uv)
{
    struct report_work *work = uv->data;
    char *path = strdup(work->path);
    FILE *file = NULL;
    int fd = -1;

    if (!path)
        die("out of memory");
    fd = mkstemp(path);
    if (fd >= 0) {
        unlink(path);
        file = fdopen(dup(fd), "w");
    }
    free(path);
    if (!file)
        err_set(&work->err, ERR_IO, "cannot make a file: %s", strerror(errno));
    else if (write_file(work, file, &work->err))
        work->fd = fd;
    if (file)
        fclose(file);
    if (work->fd < 0 && fd >= 0)
        close(fd);
}

static void report_done(uv_work_t *uv, int status)
{
    struct report_work *work = uv->data;

    (void)status;
    work->service->reports--;
    work->done(work->user, work->fd, work->bytes, work->fd >= 0 ? NULL : &work->err);
}

void service_report(struct service *service, struct arena *arena, const struct report *report,
                    service_report_done *done, void *user)
{
    struct report_work *work = ARENA_NEW(arena, struct report_work);
    struct err err;

    if (!report_check(report, &err)) {
        done(user, -1, 0, &err);
        return;
    }
    if (service->reports == SERVICE_REPORTS_MAX) {
        err_set(&err, ERR_BUSY, "Other reports are being written; try again");
        done(user, -1, 0, &err);
        return;
    }
    work->service = service;
    work->report = *report;
    work->path = arena_printf(arena, STR_FMT "/report-XXXXXX", STR_ARG(service->uploads)).ptr;
    work->fd = -1;
    work->done = done;
    work->user = user;
    work->work.data = work;
    service->reports++;
    uv_queue_work(service->loop, &work->work, report_work, report_done);
}
