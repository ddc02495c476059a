/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_client.h"

#include <stdlib.h>

#include "net/http_client_impl.h"

/* A socket of libcurl that the loop watches. */
struct watched {
    uv_poll_t poll;
    struct curl_group *group;
    curl_socket_t socket;
};

void client_unref(struct http_client *client)
{
    if (--client->refs > 0)
        return;
    arena_fini(&client->arena);
    free(client);
}

static void collect_done(struct curl_group *group)
{
    CURLMsg *message = NULL;
    int left = 0;

    while ((message = curl_multi_info_read(group->multi, &left))) {
        struct http_fetch *fetch = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&fetch);
        fetch_transfer_done(fetch, message->data.result);
        if (group->client->is_closed)
            return;
    }
}

/* Callbacks may close the client, so its memory is held until the end of the step. */
static void act(struct curl_group *group, curl_socket_t socket, int events)
{
    struct http_client *client = group->client;
    int running = 0;

    client->refs++;
    curl_multi_socket_action(group->multi, socket, events, &running);
    if (!client->is_closed)
        collect_done(group);
    client_unref(client);
}

static void on_timer(uv_timer_t *timer)
{
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct watched *watched = poll->data;
    int actions = status < 0 ? CURL_CSELECT_ERR : 0;

    if (events & UV_READABLE)
        actions |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        actions |= CURL_CSELECT_OUT;
    act(watched->group, watched->socket, actions);
}

static int set_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct curl_group *group = context;

    (void)multi;
    /* The loop's clock is cached and in whole milliseconds. A timer that fires before libcurl's
     * own clock agrees does nothing there and is not set again. */
    uv_update_time(group->client->loop);
    if (timeout_ms < 0)
        uv_timer_stop(&group->timer);
    else
        uv_timer_start(&group->timer, on_timer, timeout_ms ? (uint64_t)timeout_ms + 1 : 0, 0);
    return 0;
}

static void on_watched_closed(uv_handle_t *handle)
{
    struct watched *watched = handle->data;
    struct http_client *client = watched->group->client;

    free(watched);
    client_unref(client);
}

static struct watched *watch(struct curl_group *group, curl_socket_t socket)
{
    struct watched *watched = calloc(1, sizeof(*watched));

    if (!watched)
        die("out of memory");
    watched->group = group;
    watched->socket = socket;
    watched->poll.data = watched;
    if (uv_poll_init_socket(group->client->loop, &watched->poll, socket) != 0) {
        free(watched);
        return NULL;
    }
    group->client->refs++;
    curl_multi_assign(group->multi, socket, watched);
    return watched;
}

static int set_socket(CURL *easy, curl_socket_t socket, int wanted, void *context, void *assigned)
{
    struct curl_group *group = context;
    struct watched *watched = assigned;
    int events = 0;

    (void)easy;
    if (wanted == CURL_POLL_REMOVE) {
        if (watched) {
            curl_multi_assign(group->multi, socket, NULL);
            uv_close((uv_handle_t *)&watched->poll, on_watched_closed);
        }
        return 0;
    }
    if (!watched)
        watched = watch(group, socket);
    if (!watched)
        return -1;
    if (wanted & CURL_POLL_IN)
        events |= UV_READABLE;
    if (wanted & CURL_POLL_OUT)
        events |= UV_WRITABLE;
    uv_poll_start(&watched->poll, events, on_poll);
    return 0;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct curl_group *group = handle->data;

    client_unref(group->client);
}

static void open_group(struct http_client *client, struct curl_group *group)
{
    group->client = client;
    group->multi = curl_multi_init();
    if (!group->multi)
        die("out of memory");
    uv_timer_init(client->loop, &group->timer);
    group->timer.data = group;
    client->refs++;
    curl_multi_setopt(group->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
    curl_multi_setopt(group->multi, CURLMOPT_SOCKETDATA, group);
    curl_multi_setopt(group->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(group->multi, CURLMOPT_TIMERDATA, group);
    curl_multi_setopt(group->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                      (long)HTTP_CONNECTIONS_PER_HOST_MAX);
}

static void close_group(struct curl_group *group)
{
    curl_multi_cleanup(group->multi);
    group->multi = NULL;
    uv_close((uv_handle_t *)&group->timer, on_timer_closed);
}

/* Cuts ":port" off the end; an IPv6 address without brackets has no port. */
static bool cut_port(struct str *text, uint16_t *port)
{
    ptrdiff_t bracket = str_find_char(*text, ']');
    size_t from = bracket < 0 ? 0 : (size_t)bracket;
    ptrdiff_t colon = str_find_char(str_skip(*text, from), ':');
    struct str digits = {0};
    uint64_t number = 0;

    *port = 0;
    if (colon < 0)
        return true;
    digits = str_skip(*text, from + (size_t)colon + 1);
    if (bracket < 0 && str_find_char(digits, ':') >= 0)
        return true;
    if (!str_to_uint(digits, &number) || number == 0 || number > UINT16_MAX)
        return false;
    *port = (uint16_t)number;
    *text = str_head(*text, from + (size_t)colon);
    return true;
}

/* A name is what a URL could have as its host. */
static bool is_host_name(struct arena *arena, struct str name)
{
    struct err ignored = {0};
    struct url url = {0};
    struct str text = arena_printf(arena, "http://" STR_FMT "/", STR_ARG(name));

    return url_parse(text, &url, &ignored) && str_eq(url.host, name) && url.port == 80;
}

static bool parse_allowed(struct http_client *client, struct str text, struct err *err)
{
    struct allowed *entry = &client->allowed[client->allowed_count];
    struct err ignored = {0};
    struct str host = text;

    *entry = (struct allowed){0};
    if (netaddr_range_parse(text, &entry->range, &ignored)) {
        client->allowed_count++;
        return true;
    }
    if (!cut_port(&host, &entry->port))
        return err_set(err, ERR_INVALID, "an allowed host's port is wrong");
    if (!netaddr_range_parse(host, &entry->range, &ignored)) {
        if (!is_host_name(&client->arena, host))
            return err_set(err, ERR_INVALID,
                           "an allowed host must be a name, an address or a "
                           "range of addresses");
        entry->name = arena_str(&client->arena, host);
    }
    client->allowed_count++;
    return true;
}

bool client_allows_name(const struct http_client *client, const struct url *url)
{
    for (int i = 0; i < client->allowed_count; i++) {
        const struct allowed *entry = &client->allowed[i];

        if (entry->name.len && str_eq_nocase(entry->name, url->host) &&
            (entry->port == 0 || entry->port == url->port))
            return true;
    }
    return false;
}

bool client_allows_address(const struct http_client *client, const struct netaddr *addr)
{
    for (int i = 0; i < client->allowed_count; i++) {
        const struct allowed *entry = &client->allowed[i];

        if (entry->name.len == 0 && netaddr_range_has(&entry->range, addr) &&
            (entry->port == 0 || entry->port == addr->port))
            return true;
    }
    return false;
}

/* RFC 6761, 6.3: these are never another machine. */
static bool is_localhost(struct str host)
{
    struct str suffix = STR(".localhost");

    if (str_eq_nocase(host, STR("localhost")))
        return true;
    return host.len >= suffix.len && str_eq_nocase(str_skip(host, host.len - suffix.len), suffix);
}

enum http_reach http_client_reach(const struct http_client *client, const struct url *url)
{
    struct netaddr addr;
    struct err ignored;

    if (client_allows_name(client, url))
        return HTTP_REACH_ALLOWED;
    if (!netaddr_parse(url->host, &addr, &ignored))
        return is_localhost(url->host) ? HTTP_REACH_PRIVATE : HTTP_REACH_PUBLIC;
    addr.port = url->port;
    if (client_allows_address(client, &addr))
        return HTTP_REACH_ALLOWED;
    return netaddr_is_public(&addr) ? HTTP_REACH_PUBLIC : HTTP_REACH_PRIVATE;
}

bool http_client_open(struct http_client **client_out, uv_loop_t *loop,
                      const struct http_client_options *options, struct err *err)
{
    struct http_client *client = NULL;

    if (options->allowed_count > HTTP_ALLOWED_MAX)
        return err_set(err, ERR_INVALID, "at most %d allowed hosts", HTTP_ALLOWED_MAX);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(err, ERR_INTERNAL, "libcurl cannot start");
    client = calloc(1, sizeof(*client));
    if (!client)
        die("out of memory");
    client->loop = loop;
    client->refs = 1;
    client->allowed = ARENA_ARRAY(&client->arena, struct allowed, (size_t)options->allowed_count);
    for (int i = 0; i < options->allowed_count; i++) {
        if (!parse_allowed(client, options->allowed[i], err)) {
            client_unref(client);
            return false;
        }
    }
    for (int i = 0; i < TRUST_KINDS; i++)
        open_group(client, &client->groups[i]);
    *client_out = client;
    return true;
}

void http_client_close(struct http_client *client)
{
    if (!client || client->is_closed)
        return;
    while (client->fetches)
        http_fetch_cancel(client->fetches);
    client->is_closed = true;
    for (int i = 0; i < TRUST_KINDS; i++)
        close_group(&client->groups[i]);
    client_unref(client);
}
