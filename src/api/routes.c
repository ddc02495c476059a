/* SPDX-License-Identifier: Apache-2.0 */
#include "base/macros.h"

#include "api/admin/admin.h"
#include "api/aivideoapi/aivideoapi.h"
#include "api/api_impl.h"
#include "api/apiframe/apiframe.h"
#include "api/openai/openai.h"
#include "api/uniall/uniall.h"

/* In the order in which they are asked: AI Video API first, or its /v1/videos/generations would be
 * taken for /v1/videos/:id; OpenAI before UniAll, whose /v1/videos/:id it hands over. The last one
 * also answers for unknown paths. */
static const struct dialect_ops *const dialects[] = {
    &dialect_aivideoapi, &dialect_openai, &dialect_apiframe, &dialect_uniall,
    &dialect_files,      &dialect_admin,  &dialect_system};

const struct dialect_ops *dialect_of(enum dialect dialect)
{
    static const struct dialect_ops *const by_number[DIALECTS] = {
        [DIALECT_OPENAI] = &dialect_openai,
        [DIALECT_APIFRAME] = &dialect_apiframe,
        [DIALECT_AIVIDEOAPI] = &dialect_aivideoapi,
        [DIALECT_UNIALL] = &dialect_uniall,
    };

    return by_number[dialect];
}

/* Whether the path fits the pattern, segment by segment; fills params. */
static bool matches(const char *pattern, struct str path, struct str params[ROUTE_PARAMS_MAX])
{
    struct str want = str_from(pattern), want_part, part;
    int count = 0;

    while (want.ptr && path.ptr) {
        want = str_cut(want, '/', &want_part);
        path = str_cut(path, '/', &part);
        if (want_part.len && want_part.ptr[0] == ':') {
            if (part.len == 0 || count == ROUTE_PARAMS_MAX)
                return false;
            params[count++] = part;
        } else if (!str_eq(want_part, part)) {
            return false;
        }
    }
    return !want.ptr && !path.ptr;
}

/* Tells most routes from the path at a glance: up to the pattern's first parameter they must be
 * equal. */
static bool begins_alike(const char *pattern, struct str path)
{
    for (size_t i = 0; pattern[i] && pattern[i] != ':'; i++)
        if (i == path.len || pattern[i] != path.ptr[i])
            return false;
    return true;
}

static bool same_method(enum http_method wanted, enum http_method got)
{
    return wanted == got || (wanted == HTTP_GET && got == HTTP_HEAD);
}

static void list_method(struct call *call, enum http_method method, struct str *methods)
{
    struct str name = str_from(http_method_name(method));

    if (str_find(*methods, name) < 0)
        *methods = arena_printf(call->arena, STR_FMT "%s" STR_FMT, STR_ARG(*methods),
                                methods->len ? ", " : "", STR_ARG(name));
}

/* Finds the route among one dialect's. */
static enum route_found find_in(struct call *call, const struct dialect_ops *dialect,
                                struct str path, struct str *methods)
{
    enum route_found found = ROUTE_NO_PATH;

    for (size_t i = 0; i < dialect->route_count; i++) {
        const struct route *route = &dialect->routes[i];
        struct str params[ROUTE_PARAMS_MAX] = {{0}};

        if (!begins_alike(route->path, path) || !matches(route->path, path, params))
            continue;
        if (same_method(route->method, call->exchange->method)) {
            call->route = route;
            for (int k = 0; k < ROUTE_PARAMS_MAX; k++)
                call->params[k] = params[k];
            return ROUTE_FOUND;
        }
        list_method(call, route->method, methods);
        found = ROUTE_NO_METHOD;
    }
    return found;
}

/* Finds the route among all: the first that fits, else the first whose path does. */
static enum route_found find_in_all(struct call *call, struct str path, struct str *methods)
{
    enum route_found found = ROUTE_NO_PATH;

    for (size_t i = 0; i < ARRAY_LEN(dialects) && found != ROUTE_FOUND; i++) {
        enum route_found here = find_in(call, dialects[i], path, methods);

        if (here == ROUTE_FOUND || (here == ROUTE_NO_METHOD && found == ROUTE_NO_PATH)) {
            call->dialect = dialects[i];
            found = here;
        }
    }
    return found;
}

/* The dialect that a prefix pins, and the path behind it; else NULL. */
static const struct dialect_ops *pinned(struct str path, struct str *rest)
{
    for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
        struct str prefix = str_from(dialects[i]->prefix);

        if (prefix.len && str_starts(path, prefix) && path.len > prefix.len &&
            path.ptr[prefix.len] == '/') {
            *rest = str_skip(path, prefix.len);
            return dialects[i];
        }
    }
    return NULL;
}

/* A path below /v1/ is spoken to in OpenAI's form, one below /v2/ in Apiframe's, also when we do
 * not know it. */
static const struct dialect_ops *dialect_of_unknown(struct str path)
{
    if (str_starts(path, STR("/v1/")))
        return &dialect_openai;
    return str_starts(path, STR("/v2/")) ? &dialect_apiframe : &dialect_system;
}

static void write_route(const struct route *route, struct jsonw *w)
{
    static const char *const access[] = {
        [ACCESS_KEY] = "key", [ACCESS_ADMIN] = "admin", [ACCESS_PUBLIC] = "public"};

    jsonw_object(w);
    jsonw_key(w, "method");
    jsonw_cstr(w, http_method_name(route->method));
    jsonw_key(w, "path");
    jsonw_cstr(w, route->path);
    jsonw_key(w, "access");
    jsonw_cstr(w, access[route->access]);
    jsonw_key(w, "body_bytes_max");
    jsonw_int(w, (int64_t)route->body_bytes_max);
    jsonw_end(w);
}

void api_write_routes(struct jsonw *w)
{
    jsonw_array(w);
    for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
        jsonw_object(w);
        jsonw_key(w, "prefix");
        jsonw_cstr(w, dialects[i]->prefix);
        jsonw_key(w, "routes");
        jsonw_array(w);
        for (size_t k = 0; k < dialects[i]->route_count; k++)
            write_route(&dialects[i]->routes[k], w);
        jsonw_end(w);
        jsonw_end(w);
    }
    jsonw_end(w);
}

/* Of a path that cannot be decoded, its beginning still tells the dialect that says so. */
static struct str path_of(const struct http_exchange *exchange)
{
    struct str path = exchange->path;

    if (!path.len)
        str_cut(exchange->target, '?', &path);
    return path;
}

enum route_found route_find(struct call *call, struct str *methods)
{
    struct str path = path_of(call->exchange);
    const struct dialect_ops *dialect = pinned(path, &path);

    *methods = (struct str){0};
    call->pinned = dialect != NULL;
    call->dialect = dialect ? dialect : dialect_of_unknown(path);
    return dialect ? find_in(call, dialect, path, methods) : find_in_all(call, path, methods);
}
