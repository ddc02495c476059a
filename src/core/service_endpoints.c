/* SPDX-License-Identifier: Apache-2.0 */
#include "core/service_endpoints.h"

#include "base/clock.h"
#include "core/service_impl.h"
#include "net/http_client.h"

bool service_endpoint_may_have(const struct service *service, struct str text, struct err *err)
{
    enum http_reach reach = HTTP_REACH_PUBLIC;
    struct url url;

    if (text.len > ENDPOINT_URL_BYTES_MAX)
        return err_set(err, ERR_INVALID, "the URL is longer than %d bytes", ENDPOINT_URL_BYTES_MAX);
    if (!url_parse(text, &url, err))
        return false;
    reach = http_client_reach(service->client, &url);
    if (reach == HTTP_REACH_PRIVATE)
        return err_set(err, ERR_INVALID, "the URL leads to a private address");
    if (reach != HTTP_REACH_ALLOWED && !url.is_https)
        return err_set(err, ERR_INVALID, "the URL must begin with https://");
    return true;
}

/* ---- one endpoint ---- */

struct one {
    struct op op;
    struct service *service;
    struct arena *arena;
    struct service_endpoint_request request;
    struct endpoint found;
    service_endpoint_done *done;
    void *user;

    /* Of a delete, of a trial. */
    service_deleted_done *deleted;
    service_endpoint_tried *tried;
    enum job_event event;
};

static bool find(struct one *one, struct db *db, struct err *err)
{
    return endpoints_get(db, one->arena, one->request.id, one->request.account_id, &one->found,
                         err);
}

static bool get_run(struct op *op, struct db *db, struct err *err)
{
    return find((struct one *)op, db, err);
}

static bool create_run(struct op *op, struct db *db, struct err *err)
{
    struct one *one = (struct one *)op;
    int64_t now_ms = clock_now_ms();

    one->found = (struct endpoint){.id = id_new(),
                                   .account_id = one->request.account_id,
                                   .name = one->request.name,
                                   .url = one->request.url,
                                   .events = one->request.events,
                                   .secret = id_new(),
                                   .created_ms = now_ms,
                                   .updated_ms = now_ms};
    return endpoints_create(db, &one->found, err);
}

/* What changes nothing is no update. */
static bool update_run(struct op *op, struct db *db, struct err *err)
{
    struct one *one = (struct one *)op;
    const struct service_endpoint_request *request = &one->request;
    struct endpoint next;

    if (!find(one, db, err))
        return false;
    next = one->found;
    if (request->name.ptr)
        next.name = request->name;
    if (request->url.ptr)
        next.url = request->url;
    if (request->events)
        next.events = request->events;
    if (str_eq(next.name, one->found.name) && str_eq(next.url, one->found.url) &&
        next.events == one->found.events)
        return true;
    next.updated_ms = clock_now_ms();
    one->found = next;
    return endpoints_update(db, &one->found, err);
}

static bool rotate_run(struct op *op, struct db *db, struct err *err)
{
    struct one *one = (struct one *)op;
    int64_t now_ms = clock_now_ms();
    struct endpoint *endpoint = &one->found;

    if (!find(one, db, err))
        return false;
    endpoint->retired = one->request.keep_secret ? endpoint->secret : (struct id){{0}};
    endpoint->retired_until_ms = one->request.keep_secret ? now_ms + ENDPOINT_OLD_SECRET_MS : 0;
    endpoint->secret = id_new();
    endpoint->updated_ms = now_ms;
    return endpoints_update(db, endpoint, err);
}

static bool delete_run(struct op *op, struct db *db, struct err *err)
{
    struct one *one = (struct one *)op;

    return endpoints_delete(db, one->request.id, one->request.account_id, err);
}

static struct service_endpoint with_secret(const struct service *service,
                                           const struct endpoint *endpoint)
{
    return (struct service_endpoint){*endpoint,
                                     endpoint_secret(&service->webhook_key, endpoint->secret)};
}

static void one_done(struct op *op, bool ok, const struct err *err)
{
    struct one *one = (struct one *)op;
    struct service_endpoint shown;

    if (!one->op.reads_only)
        service_saw(one->service, ok, err);
    if (!ok) {
        one->done(one->user, NULL, err);
        return;
    }
    shown = with_secret(one->service, &one->found);
    one->done(one->user, &shown, NULL);
}

static void create_done(struct op *op, bool ok, const struct err *err)
{
    if (ok)
        courier_expect_endpoints(((struct one *)op)->service->courier);
    one_done(op, ok, err);
}

static struct one *one_new(struct service *service, struct arena *arena,
                           const struct service_endpoint_request *request, void *user)
{
    struct one *one = ARENA_NEW(arena, struct one);

    one->service = service;
    one->arena = arena;
    one->request = *request;
    one->user = user;
    return one;
}

static void submit(struct one *one, service_endpoint_done *done)
{
    struct err err;

    one->done = done;
    if (!service_run(one->service, &one->op, &err))
        done(one->user, NULL, &err);
}

void service_endpoint_create(struct service *service, struct arena *arena,
                             const struct service_endpoint_request *request,
                             service_endpoint_done *done, void *user)
{
    struct one *one = one_new(service, arena, request, user);

    one->op = (struct op){.run = create_run, .done = create_done};
    submit(one, done);
}

void service_endpoint_get(struct service *service, struct arena *arena,
                          const struct service_endpoint_request *request,
                          service_endpoint_done *done, void *user)
{
    struct one *one = one_new(service, arena, request, user);

    one->op = (struct op){.run = get_run, .done = one_done, .reads_only = true};
    submit(one, done);
}

void service_endpoint_update(struct service *service, struct arena *arena,
                             const struct service_endpoint_request *request,
                             service_endpoint_done *done, void *user)
{
    struct one *one = one_new(service, arena, request, user);

    one->op = (struct op){.run = update_run, .done = one_done};
    submit(one, done);
}

void service_endpoint_rotate(struct service *service, struct arena *arena,
                             const struct service_endpoint_request *request,
                             service_endpoint_done *done, void *user)
{
    struct one *one = one_new(service, arena, request, user);

    one->op = (struct op){.run = rotate_run, .done = one_done};
    submit(one, done);
}

static void delete_done(struct op *op, bool ok, const struct err *err)
{
    struct one *one = (struct one *)op;

    service_saw(one->service, ok, err);
    one->deleted(one->user, ok ? NULL : err);
}

void service_endpoint_delete(struct service *service, struct arena *arena,
                             const struct service_endpoint_request *request,
                             service_deleted_done *done, void *user)
{
    struct one *one = one_new(service, arena, request, user);
    struct err err;

    one->op = (struct op){.run = delete_run, .done = delete_done};
    one->deleted = done;
    if (!service_run(service, &one->op, &err))
        done(user, &err);
}

/* ---- trial ---- */

static void try_done(struct op *op, bool ok, const struct err *err)
{
    struct one *one = (struct one *)op;
    struct courier_trial trial = {.dialect = DIALECT_OPENAI,
                                  .event = one->event,
                                  .endpoint = &one->found,
                                  .done = one->tried,
                                  .context = one->user};

    if (ok)
        courier_try(one->service->courier, &trial);
    else
        one->tried(one->user, 0, err);
}

void service_endpoint_try(struct service *service, struct arena *arena,
                          const struct service_endpoint_request *request, enum job_event event,
                          service_endpoint_tried *done, void *user)
{
    struct one *one = one_new(service, arena, request, user);
    struct err err;

    one->op = (struct op){.run = get_run, .done = try_done, .reads_only = true};
    one->tried = done;
    one->event = event;
    if (!service_run(service, &one->op, &err))
        done(user, 0, &err);
}

/* ---- list ---- */

struct list {
    struct op op;
    struct service *service;
    struct arena *arena;
    struct endpoint_filter filter;
    struct endpoint_page page;
    service_endpoints_done *done;
    void *user;
};

static bool list_run(struct op *op, struct db *db, struct err *err)
{
    struct list *list = (struct list *)op;

    return endpoints_list(db, list->arena, &list->filter, &list->page, err);
}

static void list_done(struct op *op, bool ok, const struct err *err)
{
    struct list *list = (struct list *)op;
    struct service_endpoint *shown = NULL;
    struct service_endpoints endpoints;

    if (!ok) {
        list->done(list->user, NULL, err);
        return;
    }
    shown = ARENA_ARRAY(list->arena, struct service_endpoint, (size_t)list->page.count);
    for (int i = 0; i < list->page.count; i++)
        shown[i] = with_secret(list->service, &list->page.endpoints[i]);
    endpoints = (struct service_endpoints){shown, list->page.count, list->page.has_more};
    list->done(list->user, &endpoints, NULL);
}

void service_endpoints_list(struct service *service, struct arena *arena,
                            const struct endpoint_filter *filter, service_endpoints_done *done,
                            void *user)
{
    struct list *list = ARENA_NEW(arena, struct list);
    struct err err;

    list->op = (struct op){.run = list_run, .done = list_done, .reads_only = true};
    list->service = service;
    list->arena = arena;
    list->filter = *filter;
    list->done = done;
    list->user = user;
    if (!service_run(service, &list->op, &err))
        done(user, NULL, &err);
}
