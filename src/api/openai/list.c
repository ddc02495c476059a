/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/videos, DELETE /v1/videos/:id */
#include "api/openai/openai.h"

struct list {
    struct job_filter filter;
    int shown_max; /* the caller's limit: 0 is one too */
    const struct job_page *page;
};

static struct str param_of(const struct call *call, const char *name)
{
    const struct str *value = url_params_get(&call->exchange->params, name);

    return value ? *value : (struct str){0};
}

static bool read_limit(struct call *call, struct list *list, struct err *err)
{
    struct str text = param_of(call, "limit");
    int64_t limit = OPENAI_LIST_DEFAULT;

    if (text.ptr && (!str_to_int(text, &limit) || limit < 0 || limit > OPENAI_LIST_MAX))
        return err_set_param(err, ERR_INVALID, "limit",
                             "Invalid 'limit': expected an integer from 0 to %d, but got '" STR_FMT
                             "' instead.",
                             OPENAI_LIST_MAX, STR_ARG(openai_shown(text)));
    list->shown_max = (int)limit;
    list->filter.limit = limit ? (int)limit : 1;
    return true;
}

static bool read_order(struct call *call, struct list *list, struct err *err)
{
    struct str text = param_of(call, "order");

    list->filter.oldest_first = str_eq_c(text, "asc");
    if (!text.ptr || list->filter.oldest_first || str_eq_c(text, "desc"))
        return true;
    return err_set_param(err, ERR_INVALID, "order",
                         "Invalid value: '" STR_FMT "'. Supported values are: 'asc' and 'desc'.",
                         STR_ARG(openai_shown(text)));
}

static bool read_after(struct call *call, struct list *list, struct err *err)
{
    struct str text = param_of(call, "after");

    if (!text.ptr || call_parse_id(text, &list->filter.cursor))
        return true;
    return err_set_param(err, ERR_INVALID, "after",
                         "Invalid 'after': '" STR_FMT "' is not the id of a video.",
                         STR_ARG(openai_shown(text)));
}

static void write_id_at(struct jsonw *w, const char *key, const struct list *list, int index)
{
    char id[OPENAI_ID_BYTES];

    jsonw_key(w, key);
    if (index < 0 || index >= list->page->count) {
        jsonw_null(w);
        return;
    }
    openai_id(list->page->jobs[index].id, id);
    jsonw_cstr(w, id);
}

static void write_list(struct call *call, const void *data, struct jsonw *w)
{
    const struct list *list = data;
    int count = list->page->count < list->shown_max ? list->page->count : list->shown_max;

    jsonw_object(w);
    jsonw_key(w, "object");
    jsonw_cstr(w, "list");
    jsonw_key(w, "data");
    jsonw_array(w);
    for (int i = 0; i < count; i++)
        openai_write_video(call, &list->page->jobs[i], w);
    jsonw_end(w);
    write_id_at(w, "first_id", list, count ? 0 : -1);
    write_id_at(w, "last_id", list, count - 1);
    jsonw_key(w, "has_more");
    jsonw_bool(w, count < list->page->count || !id_is_zero(list->page->next));
    jsonw_end(w);
}

static void listed(void *user, const struct job_page *page, const struct err *err)
{
    struct call *call = user;
    struct list *list = call->state;

    if (!page) {
        call_fail(call, err);
        return;
    }
    list->page = page;
    call_reply(call, 200, write_list, list);
}

void openai_videos_list(struct call *call)
{
    struct list *list = ARENA_NEW(call->arena, struct list);
    struct err err;

    list->filter.account_id = call->key.account_id;
    list->filter.dialect = DIALECT_OPENAI;
    call->state = list;
    if (read_limit(call, list, &err) && read_order(call, list, &err) &&
        read_after(call, list, &err))
        service_jobs_list(call->service, call->arena, &list->filter, listed, call);
    else
        call_fail(call, &err);
}

static void write_deleted(struct call *call, const void *data, struct jsonw *w)
{
    char text[OPENAI_ID_BYTES];

    (void)call;
    openai_id(*(const struct id *)data, text);
    jsonw_object(w);
    jsonw_key(w, "id");
    jsonw_cstr(w, text);
    jsonw_key(w, "object");
    jsonw_cstr(w, "video.deleted");
    jsonw_key(w, "deleted");
    jsonw_bool(w, true);
    jsonw_end(w);
}

static void deleted(void *user, const struct err *err)
{
    struct call *call = user;
    struct err told;

    if (!err) {
        call_reply(call, 200, write_deleted, call->state);
        return;
    }
    told = *err;
    if (err->kind == ERR_NOT_FOUND)
        err_set_param(&told, ERR_NOT_FOUND, "id", "no such video");
    call_fail(call, &told);
}

void openai_video_delete(struct call *call)
{
    struct id *id = ARENA_NEW(call->arena, struct id);
    struct err err;

    call->state = id;
    if (call_parse_id(call->params[0], id)) {
        service_job_delete(call->service, call->arena, call->key.account_id, *id, deleted, call);
        return;
    }
    err_set_param(&err, ERR_NOT_FOUND, "id", "no such video");
    call_fail(call, &err);
}
