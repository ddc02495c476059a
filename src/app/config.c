/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config.h"

#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/config_numbers.h"
#include "base/macros.h"

enum { CONFIG_TEXT_BYTES_MAX = 4096, CONFIG_LIST_MAX = 256, SIDE_MAX = 16384 };

#define OPTIONAL_STRING(key, type, member)                                                         \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_OPTIONAL, type, member, 1, CONFIG_TEXT_BYTES_MAX)
#define REQUIRED_STRING(key, type, member)                                                         \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_DEFAULT, type, member, 1, CONFIG_TEXT_BYTES_MAX)
#define LIST(key, flags, type, member, entry, min)                                                 \
    CYAML_FIELD_SEQUENCE(key, (flags) | CYAML_FLAG_POINTER, type, member, entry, min,              \
                         CONFIG_LIST_MAX)

static const cyaml_schema_value_t text_entry = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, CONFIG_TEXT_BYTES_MAX)};

static const cyaml_schema_field_t engine_fields[] = {
    REQUIRED_STRING("name", struct config_engine, name),
    REQUIRED_STRING("kind", struct config_engine, kind),
    LIST("command", CYAML_FLAG_OPTIONAL, struct config_engine, command, &text_entry, 1),
    LIST("can", CYAML_FLAG_OPTIONAL, struct config_engine, can, &text_entry, 1),
    CYAML_FIELD_INT("concurrency", CYAML_FLAG_OPTIONAL, struct config_engine, concurrency),
    CYAML_FIELD_INT("job_timeout_s", CYAML_FLAG_OPTIONAL, struct config_engine, job_timeout_s),
    CYAML_FIELD_INT("idle_timeout_s", CYAML_FLAG_OPTIONAL, struct config_engine, idle_timeout_s),
    CYAML_FIELD_INT("memory_mib", CYAML_FLAG_OPTIONAL, struct config_engine, memory_mib),
    CYAML_FIELD_END};
static const cyaml_schema_value_t engine_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_engine, engine_fields)};

static const cyaml_schema_field_t price_fields[] = {
    REQUIRED_STRING("up_to", struct config_price, up_to),
    REQUIRED_STRING("usd_per_second", struct config_price, usd_per_second), CYAML_FIELD_END};
static const cyaml_schema_value_t price_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_price, price_fields)};

static const cyaml_schema_field_t model_fields[] = {
    REQUIRED_STRING("name", struct config_model, name),
    OPTIONAL_STRING("label", struct config_model, label),
    LIST("engines", CYAML_FLAG_DEFAULT, struct config_model, engines, &text_entry, 1),
    LIST("prices", CYAML_FLAG_DEFAULT, struct config_model, prices, &price_entry, 1),
    CYAML_FIELD_END};
static const cyaml_schema_value_t model_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_model, model_fields)};

static const cyaml_schema_field_t fetch_fields[] = {
    LIST("allow", CYAML_FLAG_OPTIONAL, struct config_fetch, allow, &text_entry, 0),
    CYAML_FIELD_END};

static const cyaml_schema_field_t webhooks_fields[] = {
    CYAML_FIELD_FLOAT("schedule_scale", CYAML_FLAG_OPTIONAL, struct config_webhooks,
                      schedule_scale),
    CYAML_FIELD_END};

static const cyaml_schema_field_t config_fields[] = {
    OPTIONAL_STRING("listen", struct config, listen),
    OPTIONAL_STRING("data", struct config, data),
    OPTIONAL_STRING("public_url", struct config, public_url),
    OPTIONAL_STRING("log", struct config, log),
    OPTIONAL_STRING("first_grant_usd", struct config, first_grant_usd),
    CYAML_FIELD_INT("output_hours", CYAML_FLAG_OPTIONAL, struct config, output_hours),
    CYAML_FIELD_INT("stop_grace_s", CYAML_FLAG_OPTIONAL, struct config, stop_grace_s),
    LIST("trusted_proxies", CYAML_FLAG_OPTIONAL, struct config, trusted_proxies, &text_entry, 0),
    CYAML_FIELD_MAPPING("fetch", CYAML_FLAG_OPTIONAL, struct config, fetch, fetch_fields),
    CYAML_FIELD_MAPPING("webhooks", CYAML_FLAG_OPTIONAL, struct config, webhooks, webhooks_fields),
    LIST("engines", CYAML_FLAG_OPTIONAL, struct config, engines, &engine_entry, 1),
    LIST("models", CYAML_FLAG_OPTIONAL, struct config, models, &model_entry, 1),
    CYAML_FIELD_END};
static const cyaml_schema_value_t config_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct config, config_fields)};

/* The prices of the dialects' own pages: $0.125 a second is 1 Apiframe credit and 25 credits of
 * AI Video API; sora-2-pro costs 3 and 5 Apiframe credits a second, standard and high. UniAll's
 * articles of 2026-05 say $0.068 for sora2 (the six names with a shape and length are sora2 under
 * other names: what answers them says so) and $0.204, $0.340 and $0.476 for three pro models. */
static const char default_yaml[] =
    "listen: 127.0.0.1:8787\n"
    "data: ./vitascope-data\n"
    "log: info\n"
    "first_grant_usd: 1000\n"
    "output_hours: 24\n"
    "stop_grace_s: 5\n"
    "engines:\n"
    "  - {name: diorama, kind: worker, command: [vitascope-diorama],\n"
    "     can: [first_frame, source_video]}\n"
    "models:\n"
    "  - name: sora-2\n"
    "    label: Sora 2\n"
    "    engines: [diorama]\n"
    "    prices:\n"
    "      - {up_to: 1280x720, usd_per_second: 0.125}\n"
    "  - name: sora-2-pro\n"
    "    label: Sora 2 Pro\n"
    "    engines: [diorama]\n"
    "    prices:\n"
    "      - {up_to: 1280x720, usd_per_second: 0.375}\n"
    "      - {up_to: 1792x1024, usd_per_second: 0.625}\n"
    "      - {up_to: 1920x1080, usd_per_second: 0.875}\n"
    "  - {name: sora2, label: Sora 2, engines: [diorama],\n"
    "     prices: [{up_to: 1280x720, usd_per_second: 0.068}]}\n"
    "  - {name: sora2-landscape-4s, label: Sora 2 landscape 4 s, engines: [diorama],\n"
    "     prices: [{up_to: 1280x720, usd_per_second: 0.068}]}\n"
    "  - {name: sora2-landscape-8s, label: Sora 2 landscape 8 s, engines: [diorama],\n"
    "     prices: [{up_to: 1280x720, usd_per_second: 0.068}]}\n"
    "  - {name: sora2-landscape-12s, label: Sora 2 landscape 12 s, engines: [diorama],\n"
    "     prices: [{up_to: 1280x720, usd_per_second: 0.068}]}\n"
    "  - {name: sora2-portrait-4s, label: Sora 2 portrait 4 s, engines: [diorama],\n"
    "     prices: [{up_to: 1280x720, usd_per_second: 0.068}]}\n"
    "  - {name: sora2-portrait-8s, label: Sora 2 portrait 8 s, engines: [diorama],\n"
    "     prices: [{up_to: 1280x720, usd_per_second: 0.068}]}\n"
    "  - {name: sora2-portrait-12s, label: Sora 2 portrait 12 s, engines: [diorama],\n"
    "     prices: [{up_to: 1280x720, usd_per_second: 0.068}]}\n"
    "  - {name: sora2-pro-720p, label: Sora 2 Pro 720p, engines: [diorama],\n"
    "     prices: [{up_to: 1280x720, usd_per_second: 0.204}]}\n"
    "  - {name: sora2-pro-1080p, label: Sora 2 Pro 1080p, engines: [diorama],\n"
    "     prices: [{up_to: 1792x1024, usd_per_second: 0.340}]}\n"
    "  - {name: sora2-pro-true-1080p, label: Sora 2 Pro true 1080p, engines: [diorama],\n"
    "     prices: [{up_to: 1920x1080, usd_per_second: 0.476}]}\n"
    "  - {name: sora-2-2025-10-06, label: Sora 2 of October 2025, engines: [diorama],\n"
    "     prices: [{up_to: 1280x720, usd_per_second: 0.125}]}\n"
    "  - {name: sora-2-2025-12-08, label: Sora 2 of December 2025, engines: [diorama],\n"
    "     prices: [{up_to: 1280x720, usd_per_second: 0.125}]}\n"
    "  - {name: sora-2-pro-2025-10-06, label: Sora 2 Pro of October 2025, engines: [diorama],\n"
    "     prices: [{up_to: 1280x720, usd_per_second: 0.375},\n"
    "              {up_to: 1792x1024, usd_per_second: 0.625},\n"
    "              {up_to: 1920x1080, usd_per_second: 0.875}]}\n";

/* libcyaml tells its reasons only to a log function, the first line being the cause. */
static PRINTF_LIKE(3, 0) void keep_reason(cyaml_log_t level, void *context, const char *fmt,
                                          va_list args)
{
    char *reason = context;

    if (level >= CYAML_LOG_ERROR && reason[0] == '\0')
        vsnprintf(reason, ERR_TEXT_BYTES_MAX, fmt, args);
}

static cyaml_config_t cyaml_options(char *reason)
{
    return (cyaml_config_t){.log_fn = keep_reason,
                            .log_ctx = reason,
                            .mem_fn = cyaml_mem,
                            .log_level = CYAML_LOG_ERROR};
}

static bool load(const char *path, struct config **config, struct err *err)
{
    char reason[ERR_TEXT_BYTES_MAX] = "";
    cyaml_config_t options = cyaml_options(reason);
    cyaml_err_t status = CYAML_OK;
    void *loaded = NULL;

    if (path)
        status = cyaml_load_file(path, &options, &config_schema, &loaded, NULL);
    else
        status = cyaml_load_data((const uint8_t *)default_yaml, sizeof(default_yaml) - 1, &options,
                                 &config_schema, &loaded, NULL);
    if (status != CYAML_OK)
        return err_set(err, ERR_INVALID, "configuration %s: %s", path ? path : "(default)",
                       reason[0] ? reason : cyaml_strerror(status));
    if (path && !config_numbers_check(path, &config_schema, err)) {
        config_free(loaded);
        return false;
    }
    *config = loaded;
    return true;
}

static void take_text(char **own, char **other)
{
    if (!*own) {
        *own = *other;
        *other = NULL;
    }
}

/* Moves into `own` what it lacks. */
static void take_defaults(struct config *own, struct config *other)
{
    take_text(&own->listen, &other->listen);
    take_text(&own->data, &other->data);
    take_text(&own->log, &other->log);
    take_text(&own->first_grant_usd, &other->first_grant_usd);
    if (own->output_hours == 0)
        own->output_hours = other->output_hours;
    if (own->stop_grace_s == 0)
        own->stop_grace_s = other->stop_grace_s;
    if (!own->engines) {
        own->engines = other->engines;
        own->engines_count = other->engines_count;
        other->engines = NULL;
        other->engines_count = 0;
    }
    if (!own->models) {
        own->models = other->models;
        own->models_count = other->models_count;
        other->models = NULL;
        other->models_count = 0;
    }
}

static bool check_numbers(const struct config *config, struct err *err)
{
    if (config->output_hours < 1 || config->output_hours > 24 * 366)
        return err_set(err, ERR_INVALID, "output_hours must be 1 to %d", 24 * 366);
    if (config->stop_grace_s < 1 || config->stop_grace_s > CONFIG_STOP_GRACE_S_MAX)
        return err_set(err, ERR_INVALID, "stop_grace_s must be 1 to %d", CONFIG_STOP_GRACE_S_MAX);
    return true;
}

bool config_load(const char *path, struct config **config, struct err *err)
{
    struct config *defaults = NULL, *own = NULL;

    if (!load(NULL, &defaults, err))
        return false;
    if (!path) {
        *config = defaults;
        return true;
    }
    if (!load(path, &own, err)) {
        config_free(defaults);
        return false;
    }
    if (!own) { /* an empty file decides nothing */
        *config = defaults;
        return true;
    }
    take_defaults(own, defaults);
    config_free(defaults);
    if (!check_numbers(own, err)) {
        config_free(own);
        return false;
    }
    *config = own;
    return true;
}

void config_free(struct config *config)
{
    char reason[ERR_TEXT_BYTES_MAX] = "";
    cyaml_config_t options = cyaml_options(reason);

    if (config)
        cyaml_free(&options, &config_schema, config, 0);
}

bool config_size_parse(struct str text, int *width, int *height, struct err *err)
{
    struct str left = {0}, right = str_cut(text, 'x', &left);
    int64_t w = 0, h = 0;

    if (!str_to_int(left, &w) || !str_to_int(right, &h) || w < 1 || h < 1 || w > SIDE_MAX ||
        h > SIDE_MAX)
        return err_set(err, ERR_INVALID, "a size is written WIDTHxHEIGHT, not \"" STR_FMT "\"",
                       STR_ARG(text));
    *width = (int)w;
    *height = (int)h;
    return true;
}

bool config_listen_parse(struct str text, char *host, size_t host_size, int *port, struct err *err)
{
    size_t colon = text.len;
    int64_t number = 0;

    while (colon > 0 && text.ptr[colon - 1] != ':')
        colon--;
    if (colon == 0 || !str_to_int(str_skip(text, colon), &number) || number < 0 || number > 65535)
        return err_set(err, ERR_INVALID, "listen is written ADDRESS:PORT, not \"" STR_FMT "\"",
                       STR_ARG(text));
    text = str_head(text, colon - 1);
    if (str_starts(text, STR("[")) && str_ends(text, STR("]")))
        text = str_head(str_skip(text, 1), text.len - 2);
    if (text.len == 0 || !str_copy(text, host, host_size))
        return err_set(err, ERR_INVALID, "listen needs an address before the port");
    *port = (int)number;
    return true;
}
