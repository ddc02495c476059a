/* SPDX-License-Identifier: Apache-2.0 */
#include "app/wire.h"

#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "base/log.h"
#include "base/macros.h"
#include "core/service.h"
#include "model/money.h"
#include "net/http_client.h"
#include "net/http_server.h"

enum { HOST_BYTES = 64, ENGINE_SECONDS_MAX = 7 * 24 * 3600, ENGINE_MIB_MAX = 1 << 20 };

struct wire {
    uv_loop_t *loop;
    const struct config *config;
    struct arena arena;
    struct catalog *catalog;
    struct http_client *client;
    struct service *service;
    struct api *api;
    struct http_server *server;
    const char *scratch;
    uv_timer_t drain_timer;
    bool server_closed, service_stopped;
    void (*stopped)(void *user);
    void *stopped_user;
};

static bool add_model(struct wire *wire, const struct config_model *from, struct err *err)
{
    struct catalog_model model = {.name = str_from(from->name), .label = str_from(from->label)};

    if (from->prices_count > CATALOG_STEPS_MAX || from->engines_count > CATALOG_ROUTE_MAX)
        return err_set(err, ERR_INVALID, "model %s has too many prices or engines", from->name);
    for (unsigned i = 0; i < from->prices_count; i++) {
        struct catalog_step *step = &model.steps[model.step_count++];
        int width = 0, height = 0;

        if (!config_size_parse(str_from(from->prices[i].up_to), &width, &height, err))
            return false;
        step->pixels_max = (int64_t)width * height;
        if (!money_parse(str_from(from->prices[i].usd_per_second), &step->micro_per_second))
            return err_set(err, ERR_INVALID, "model %s: \"%s\" is not an amount of dollars",
                           from->name, from->prices[i].usd_per_second);
    }
    for (unsigned i = 0; i < from->engines_count; i++)
        model.route[model.route_len++] = str_from(from->engines[i]);
    return catalog_add(wire->catalog, &model, err);
}

static bool check_engine(const struct config_engine *engine, struct err *err)
{
    const struct {
        const char *name;
        int value, max;
    } limits[] = {{"job_timeout_s", engine->job_timeout_s, ENGINE_SECONDS_MAX},
                  {"idle_timeout_s", engine->idle_timeout_s, ENGINE_SECONDS_MAX},
                  {"memory_mib", engine->memory_mib, ENGINE_MIB_MAX}};

    for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
        if (limits[i].value < 0 || limits[i].value > limits[i].max)
            return err_set(err, ERR_INVALID, "engine %s: %s must be 0 to %d", engine->name,
                           limits[i].name, limits[i].max);
    }
    return true;
}

/* Whoever says nothing takes pictures, as every engine once had to. */
static bool read_can(const struct config_engine *engine, unsigned *can, struct err *err)
{
    enum render_ability ability = RENDER_FIRST_FRAME;

    *can = engine->can ? 0 : BIT(RENDER_FIRST_FRAME);
    for (unsigned i = 0; i < engine->can_count; i++) {
        struct str word = str_from(engine->can[i]);

        if (str_eq_c(word, "nothing"))
            continue;
        if (!render_ability_parse(word, &ability))
            return err_set(err, ERR_INVALID,
                           "engine %s: can is a list of first_frame and source_video, or nothing",
                           engine->name);
        *can |= BIT(ability);
    }
    return true;
}

static bool add_engine(struct wire *wire, const struct config_engine *from, struct err *err)
{
    struct str launcher = home_program(&wire->arena, STR("vitascope-launch"));
    const char **argv = ARENA_ARRAY(&wire->arena, const char *, from->command_count + 1);
    struct engine_config engine = {.loop = wire->loop,
                                   .name = str_from(from->name),
                                   .kind = str_from(from->kind),
                                   .argv = argv,
                                   .launcher = launcher,
                                   .concurrency = from->concurrency,
                                   .job_ms = from->job_timeout_s * 1000,
                                   .idle_ms = from->idle_timeout_s * 1000,
                                   .memory_bytes_max = (int64_t)from->memory_mib << 20};

    if (!read_can(from, &engine.can, err))
        return false;
    for (unsigned i = 0; i < from->command_count; i++)
        argv[i] = i ? from->command[i] : home_program(&wire->arena, str_from(from->command[0])).ptr;
    return service_add_engine(wire->service, &engine, err);
}

static bool open_client(struct wire *wire, struct err *err)
{
    const struct config_fetch *fetch = &wire->config->fetch;
    struct str *allowed = ARENA_ARRAY(&wire->arena, struct str, fetch->allow_count);
    struct http_client_options options = {.allowed = allowed,
                                          .allowed_count = (int)fetch->allow_count};

    for (unsigned i = 0; i < fetch->allow_count; i++)
        allowed[i] = str_from(fetch->allow[i]);
    return http_client_open(&wire->client, wire->loop, &options, err);
}

static bool open_service(struct wire *wire, const struct home *home, struct err *err)
{
    wire->scratch = arena_cstr(&wire->arena, home->scratch);

    struct service_config config = {
        .loop = wire->loop,
        .database_url = home->database_url,
        .blob_folder = home->blobs,
        .scratch_folder = home->scratch,
        .probe_program = home_program(&wire->arena, STR("vitascope-probe")),
        .launcher = home_program(&wire->arena, STR("vitascope-launch")),
        .catalog = wire->catalog,
        .client = wire->client,
        .output_ttl_ms = (int64_t)wire->config->output_hours * 3600 * 1000,
        .callback_scale = wire->config->webhooks.schedule_scale};

    return home_link_secret(home, &config.link_secret, err) &&
           home_webhook_key(home, &config.webhook_key, err) &&
           service_open(&config, &wire->service, err);
}

static bool fill(struct wire *wire, const struct home *home, struct err *err)
{
    for (unsigned i = 0; i < wire->config->models_count; i++) {
        if (!add_model(wire, &wire->config->models[i], err))
            return false;
    }
    if (!open_client(wire, err) || !open_service(wire, home, err))
        return false;
    for (unsigned i = 0; i < wire->config->engines_count; i++) {
        if (!check_engine(&wire->config->engines[i], err) ||
            !add_engine(wire, &wire->config->engines[i], err))
            return false;
    }
    return true;
}

bool wire_open(uv_loop_t *loop, const struct config *config, const struct home *home,
               struct wire **out, struct err *err)
{
    struct wire *wire = calloc(1, sizeof(*wire));

    if (!wire)
        die("out of memory");
    wire->loop = loop;
    wire->config = config;
    wire->catalog = catalog_new();
    if (fill(wire, home, err)) {
        *out = wire;
        return true;
    }
    wire_free(wire);
    return false;
}

static bool read_proxies(struct wire *wire, struct api_config *api, struct err *err)
{
    const struct config *config = wire->config;
    struct netaddr_range *ranges =
        ARENA_ARRAY(&wire->arena, struct netaddr_range, config->trusted_proxies_count);

    for (unsigned i = 0; i < config->trusted_proxies_count; i++) {
        if (!netaddr_range_parse(str_from(config->trusted_proxies[i]), &ranges[i], err))
            return err_set(err, ERR_INVALID, "trusted_proxies: \"%s\" is not an address or range",
                           config->trusted_proxies[i]);
    }
    api->trusted = ranges;
    api->trusted_count = config->trusted_proxies_count;
    return true;
}

bool wire_listen(struct wire *wire, struct str listen, struct str *url, struct err *err)
{
    struct api_config api = {
        .service = wire->service, .user = wire, .public_url = str_from(wire->config->public_url)};
    struct http_handlers handlers = api_handlers();
    struct http_server_options options = {0};
    char host[HOST_BYTES];

    if (!config_listen_parse(listen, host, sizeof(host), &options.port, err))
        return false;
    if (!read_proxies(wire, &api, err))
        return false;
    options.host = host;
    options.spool_folder = wire->scratch;
    wire->api = api_new(&api);
    if (!http_server_open(&wire->server, wire->loop, &options, &handlers, wire->api, err))
        return false;
    if (!service_start(wire->service, err))
        return false;
    *url = arena_printf(&wire->arena, strchr(host, ':') ? "http://[%s]:%d" : "http://%s:%d", host,
                        http_server_port(wire->server));
    return true;
}

static void maybe_stopped(struct wire *wire)
{
    if (wire->server_closed && wire->service_stopped)
        wire->stopped(wire->stopped_user);
}

static void close_server(struct wire *wire)
{
    if (wire->server_closed)
        return;
    wire->server_closed = true;
    http_server_close(wire->server);
    wire->server = NULL;
    uv_close((uv_handle_t *)&wire->drain_timer, NULL);
    maybe_stopped(wire);
}

/* The server gives its handlers' context: the api. */
static void drained(void *user)
{
    close_server(api_user(user));
}

static void drain_timeout(uv_timer_t *timer)
{
    close_server(timer->data);
}

static void service_stopped(void *user)
{
    struct wire *wire = user;

    wire->service_stopped = true;
    maybe_stopped(wire);
}

void wire_stop(struct wire *wire, void (*stopped)(void *user), void *user)
{
    int grace_ms = wire->config->stop_grace_s * 1000;

    wire->stopped = stopped;
    wire->stopped_user = user;
    uv_timer_init(wire->loop, &wire->drain_timer);
    wire->drain_timer.data = wire;
    uv_timer_start(&wire->drain_timer, drain_timeout, (uint64_t)grace_ms, 0);
    api_drain(wire->api);
    http_server_drain(wire->server, drained);
    service_stop(wire->service, grace_ms, service_stopped, wire);
}

void wire_free(struct wire *wire)
{
    if (!wire)
        return;
    http_server_close(wire->server);
    service_free(wire->service);
    http_client_close(wire->client);
    api_free(wire->api);
    catalog_free(wire->catalog);
    arena_fini(&wire->arena);
    free(wire);
}
