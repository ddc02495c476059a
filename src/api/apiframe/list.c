/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "api/apiframe/apiframe.h"
#include "api/create.h"
#include "base/hash.h"
#include "base/macros.h"

enum { LIMIT_DEFAULT = 20, LIMIT_MAX = 100 };

struct list {
    struct call *call;
    struct create refusal; /* write_error() finds the faults in it */
    struct job_filter filter;
    bool searches;
    struct id search;
    bool shows_models;
    const struct job_page *page;
};

static struct str param(const struct list *list, const char *name)
{
    const struct str *value = url_params_get(&list->call->exchange->params, name);

    return value ? *value : (struct str){0};
}

static struct faults *faults(struct list *list)
{
    return &list->refusal.faults;
}

/* ---- query ---- */

static void read_status(struct list *list)
{
    struct str wanted = param(list, "status");

    if (!wanted.ptr)
        return;
    for (int state = 0; state < JOB_STATES; state++) {
        if (str_eq_c(wanted, apiframe_status((enum job_state)state)))
            list->filter.states = BIT(state);
    }
    if (!list->filter.states)
        faults_add(faults(list), "status",
                   "Expected 'QUEUED', 'PROCESSING', 'COMPLETED', 'FAILED' or 'CANCELLED'");
}

static void read_limit(struct list *list)
{
    struct str wanted = param(list, "limit");
    int64_t limit = LIMIT_DEFAULT;

    if (wanted.ptr && (!str_to_int(wanted, &limit) || limit < 1 || limit > LIMIT_MAX))
        faults_add(faults(list), "limit", "Expected a whole number from 1 to %d", LIMIT_MAX);
    list->filter.limit = (int)limit;
}

/* A cursor is the id of the last job shown, in letters that nobody takes for an id. */
static struct str cursor_text(struct arena *arena, struct id id)
{
    return hash_base64url(arena, str_from_bytes((const char *)id.bytes, ID_BYTES));
}

static void read_cursor(struct list *list)
{
    struct str wanted = param(list, "cursor"), bytes = {0};

    if (!wanted.ptr)
        return;
    if (wanted.len > 2 * ID_BYTES || !hash_unbase64(list->call->arena, wanted, &bytes) ||
        bytes.len != ID_BYTES)
        faults_add(faults(list), "cursor", "Invalid cursor");
    else
        memcpy(list->filter.cursor.bytes, bytes.ptr, ID_BYTES);
}

static bool read_flag(struct list *list, const char *name)
{
    struct str value = param(list, name);

    if (value.ptr && !str_eq_c(value, "true") && !str_eq_c(value, "false"))
        faults_add(faults(list), name, "Expected 'true' or 'false'");
    return value.ptr && str_eq_c(value, "true");
}

static void read_search(struct list *list)
{
    struct str wanted = param(list, "search");

    list->searches = wanted.ptr != NULL;
    if (wanted.ptr && !call_parse_id(wanted, &list->search))
        faults_add(faults(list), "search", "Expected a job id");
}

/* An account is what Apiframe calls a team: its keys see all of its jobs. What is left of scope
 * is who may ask for the team's. */
static bool read_scope(struct list *list, struct err *err)
{
    struct str scope = param(list, "scope");

    if (scope.ptr && !str_eq_c(scope, "user") && !str_eq_c(scope, "team"))
        faults_add(faults(list), "scope", "Expected 'user' or 'team'");
    if (scope.ptr && str_eq_c(scope, "team") && !(list->call->key.scopes & SCOPE_ADMIN))
        return err_set(err, ERR_FORBIDDEN, "Only admins may list the jobs of the team");
    return true;
}

static bool read_query(struct list *list, struct err *err)
{
    list->filter.account_id = list->call->key.account_id;
    list->filter.dialect = -1;
    list->filter.model = param(list, "model");
    read_status(list);
    read_limit(list);
    read_cursor(list);
    read_search(list);
    list->shows_models = read_flag(list, "include_models");
    if (!read_scope(list, err))
        return false;
    if (faults(list)->count)
        return err_set(err, ERR_INVALID, "Invalid query: %s: " STR_FMT, faults(list)->list[0].field,
                       STR_ARG(faults(list)->list[0].text));
    return true;
}

/* ---- answer ---- */

static void write_models(struct call *call, struct jsonw *w)
{
    const struct catalog *catalog = service_catalog(call->service);

    jsonw_key(w, "models");
    jsonw_array(w);
    for (size_t i = 0; i < catalog_len(catalog); i++)
        jsonw_str(w, catalog_at(catalog, i)->name);
    jsonw_end(w);
}

static void write_list(struct call *call, const void *data, struct jsonw *w)
{
    const struct list *list = data;
    const struct job_page *page = list->page;
    bool has_more = !id_is_zero(page->next);

    jsonw_object(w);
    jsonw_key(w, "jobs");
    jsonw_array(w);
    for (int i = 0; i < page->count; i++)
        apiframe_write_listed(call, &page->jobs[i], w);
    jsonw_end(w);
    jsonw_key(w, "nextCursor");
    if (has_more)
        jsonw_str(w, cursor_text(call->arena, page->next));
    else
        jsonw_null(w);
    jsonw_key(w, "hasMore");
    jsonw_bool(w, has_more);
    if (list->shows_models)
        write_models(call, w);
    jsonw_end(w);
}

static void listed(void *user, const struct job_page *page, const struct err *err)
{
    struct list *list = user;

    list->page = page;
    if (page)
        call_reply(list->call, 200, write_list, list);
    else
        call_fail(list->call, err);
}

static bool fits(const struct job_filter *filter, const struct job *job)
{
    return (!filter->states || (filter->states & BIT(job->state))) &&
           (!filter->model.len || str_eq(filter->model, job->model));
}

/* A search finds one job or none. */
static void found(void *user, const struct job *job, const struct err *err)
{
    struct list *list = user;
    struct job copy;
    struct job_page page = {.jobs = &copy};

    if (!job && err->kind != ERR_NOT_FOUND) {
        call_fail(list->call, err);
        return;
    }
    if (job && fits(&list->filter, job)) {
        copy = *job;
        page.count = 1;
    }
    listed(list, &page, NULL);
}

void apiframe_jobs_list(struct call *call)
{
    struct list *list = ARENA_NEW(call->arena, struct list);
    struct err err;

    list->call = call;
    list->refusal.faults.arena = call->arena;
    call->fail_data = &list->refusal;
    if (!read_query(list, &err))
        call_fail(call, &err);
    else if (list->searches)
        service_job_get(call->service, call->arena, call->key.account_id, list->search, found,
                        list);
    else
        service_jobs_list(call->service, call->arena, &list->filter, listed, list);
}
