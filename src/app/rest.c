/* SPDX-License-Identifier: Apache-2.0 */
#include "app/rest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/arena.h"
#include "net/http_client.h"

struct rest {
    uv_loop_t loop;
    uv_signal_t on_int, on_term;
    uv_timer_t timer;
    struct http_client *client;
    struct arena arena;
    struct str base, key;
    int interruptions;
    bool patient, slept;
};

/* One call that is waited for. */
struct wait {
    struct rest *rest;
    bool done;
    enum http_fetch_fault fault;
    int status;
    struct buf body;
};

static void on_signal(uv_signal_t *handle, int number)
{
    struct rest *rest = handle->data;

    (void)number;
    rest->interruptions++;
    uv_stop(&rest->loop);
}

/* Until a callback stops the loop. A turn of UV_RUN_ONCE would not do: what is over when its
 * timers have run is not noticed before something else happens. */
static void run_until_stopped(struct rest *rest)
{
    uv_run(&rest->loop, UV_RUN_DEFAULT);
}

bool rest_open(struct rest **out, struct str base, struct str key, enum rest_signals signals,
               struct err *err)
{
    struct rest *rest = calloc(1, sizeof(*rest));
    struct http_client_options options = {0};

    if (!rest || uv_loop_init(&rest->loop) != 0)
        die("cannot make an event loop");
    rest->base = arena_str(&rest->arena, base);
    rest->key = arena_str(&rest->arena, key);
    while (str_ends(rest->base, STR("/")))
        rest->base.len--;
    uv_signal_init(&rest->loop, &rest->on_int);
    uv_signal_init(&rest->loop, &rest->on_term);
    uv_timer_init(&rest->loop, &rest->timer);
    rest->on_int.data = rest->on_term.data = rest->timer.data = rest;
    if (signals == REST_CATCHES) {
        uv_signal_start(&rest->on_int, on_signal, SIGINT);
        uv_signal_start(&rest->on_term, on_signal, SIGTERM);
    }
    *out = rest;
    if (http_client_open(&rest->client, &rest->loop, &options, err))
        return true;
    rest_close(rest);
    return false;
}

void rest_close(struct rest *rest)
{
    if (!rest)
        return;
    uv_close((uv_handle_t *)&rest->on_int, NULL);
    uv_close((uv_handle_t *)&rest->on_term, NULL);
    uv_close((uv_handle_t *)&rest->timer, NULL);
    http_client_close(rest->client);
    uv_run(&rest->loop, UV_RUN_DEFAULT);
    uv_loop_close(&rest->loop);
    explicit_bzero((void *)(uintptr_t)rest->key.ptr, rest->key.len);
    arena_fini(&rest->arena);
    free(rest);
}

bool rest_interrupted(const struct rest *rest)
{
    return rest->interruptions > 0;
}

void rest_be_patient(struct rest *rest, bool patient)
{
    rest->patient = patient;
}

void rest_resume(struct rest *rest)
{
    rest->interruptions = 0;
}

static void on_done(void *context, const struct http_response *response)
{
    struct wait *wait = context;

    wait->done = true;
    wait->fault = response->fault;
    wait->status = response->status;
    buf_add_str(&wait->body, response->body);
    uv_stop(&wait->rest->loop);
}

/* Runs the request to its end or to an interruption. */
static bool wait_for(struct rest *rest, struct http_request *request, struct wait *wait,
                     struct err *err)
{
    struct http_fetch *fetch = NULL;

    wait->rest = rest;
    request->on_done = on_done;
    request->context = wait;
    request->trust = HTTP_TRUST_OWNER;
    if (!http_fetch_start(rest->client, request, &fetch, err))
        return false;
    while (!wait->done && rest->interruptions <= rest->patient)
        run_until_stopped(rest);
    if (!wait->done) {
        http_fetch_cancel(fetch);
        return err_set(err, ERR_CONFLICT, "interrupted");
    }
    if (wait->fault != HTTP_FETCH_OK)
        return err_set(err, ERR_IO, STR_FMT ": %s", STR_ARG(rest->base),
                       http_fetch_fault_text(wait->fault));
    return true;
}

bool rest_call(struct rest *rest, struct str path, struct str body, struct rest_answer *answer,
               struct err *err)
{
    struct http_header headers[] = {{STR("Content-Type"), STR("application/json")},
                                    {STR("X-API-Key"), rest->key}};
    struct arena arena = {0};
    struct http_request request = {
        .method = body.len ? "POST" : "GET",
        .url = arena_printf(&arena, STR_FMT STR_FMT, STR_ARG(rest->base), STR_ARG(path)),
        .headers = headers,
        .header_count = rest->key.len ? 2 : 1,
        .body = body,
        .timeout_ms = REST_TIMEOUT_MS,
        .bytes_max = REST_ANSWER_BYTES_MAX};
    struct wait wait = {0};
    struct err no_json;
    bool ok = false;

    *answer = (struct rest_answer){0};
    buf_init(&wait.body, REST_ANSWER_BYTES_MAX);
    ok = wait_for(rest, &request, &wait, err);
    if (ok) {
        answer->status = wait.status;
        if (!jsonr_parse(&answer->json, buf_str(&wait.body), &no_json))
            answer->json.root = NULL;
    }
    buf_fini(&wait.body);
    arena_fini(&arena);
    return ok;
}

void rest_answer_fini(struct rest_answer *answer)
{
    jsonr_fini(&answer->json);
}

static bool download_to(struct rest *rest, struct str url, int fd, struct err *err)
{
    struct http_request request = {.url = url,
                                   .timeout_ms = REST_DOWNLOAD_TIMEOUT_MS,
                                   .bytes_max = UINT64_C(1) << 40,
                                   .has_fd = true,
                                   .fd = fd};
    struct wait wait = {0};
    bool ok = false;

    buf_init(&wait.body, REST_ANSWER_BYTES_MAX);
    ok = wait_for(rest, &request, &wait, err);
    buf_fini(&wait.body);
    if (ok && wait.status != 200)
        return err_set(err, ERR_IO, "the download answered with status %d", wait.status);
    return ok;
}

bool rest_download(struct rest *rest, struct str url, const char *path, struct err *err)
{
    struct arena arena = {0};
    struct str part = arena_printf(&arena, "%s.part", path);
    int fd = open(part.ptr, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool ok = false;

    if (fd < 0) {
        err_set(err, ERR_IO, "cannot write %s: %s", part.ptr, strerror(errno));
    } else {
        ok = download_to(rest, url, fd, err);
        close(fd);
        if (ok && rename(part.ptr, path) != 0)
            ok = err_set(err, ERR_IO, "cannot write %s: %s", path, strerror(errno));
        if (!ok)
            unlink(part.ptr);
    }
    arena_fini(&arena);
    return ok;
}

static void on_timer(uv_timer_t *timer)
{
    struct rest *rest = timer->data;

    rest->slept = true;
    uv_stop(&rest->loop);
}

void rest_sleep(struct rest *rest, int ms)
{
    rest->slept = false;
    uv_timer_start(&rest->timer, on_timer, (uint64_t)ms, 0);
    while (!rest->slept && !rest->interruptions)
        run_until_stopped(rest);
    uv_timer_stop(&rest->timer);
}
