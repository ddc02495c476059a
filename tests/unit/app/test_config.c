/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/config.h"
#include "base/macros.h"
#include "harness/tap.h"

static struct config *config;
static struct err err;

static bool load_text(const char *yaml)
{
    char path[] = "/tmp/vitascope-config-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");
    bool ok = false;

    fputs(yaml, file);
    fclose(file);
    ok = config_load(path, &config, &err);
    unlink(path);
    return ok;
}

TEST(defaults_stand_without_a_file)
{
    CHECK_OK(config_load(NULL, &config, &err));
    CHECK_STR(config->listen, "127.0.0.1:8787");
    CHECK_STR(config->engines[0].command[0], "vitascope-diorama");
    CHECK_STR(config->models[0].name, "sora-2");
    CHECK_STR(config->models[0].prices[0].usd_per_second, "0.125");
    CHECK_INT(config->models_count, 15);
    CHECK_STR(config->models[8].name, "sora2-portrait-12s");
    CHECK_STR(config->models[8].prices[0].usd_per_second, "0.068");
    CHECK_STR(config->models[12].name, "sora-2-2025-10-06");
    config_free(config);
}

TEST(a_file_replaces_what_it_names_and_nothing_else)
{
    CHECK_OK(load_text("listen: 127.0.0.1:9000\n"
                       "fetch: {allow: [127.0.0.1, 10.0.0.0/8]}\n"
                       "models:\n"
                       "  - name: mine\n"
                       "    engines: [diorama]\n"
                       "    prices: [{up_to: 640x360, usd_per_second: 0.01}]\n"));
    CHECK_STR(config->listen, "127.0.0.1:9000");
    CHECK_STR(config->data, "./vitascope-data");
    CHECK_INT(config->models_count, 1);
    CHECK_INT(config->engines_count, 1);
    CHECK_INT(config->fetch.allow_count, 2);
    CHECK_INT(config->output_hours, 24);
    CHECK_INT(config->stop_grace_s, 5);
    config_free(config);
}

TEST(an_empty_file_decides_nothing)
{
    CHECK_OK(load_text("# nothing\n"));
    CHECK_STR(config->listen, "127.0.0.1:8787");
    config_free(config);
}

TEST(mistakes_are_named)
{
    static const char *const bad[] = {
        "lisen: 127.0.0.1:1\n", /* unknown key */
        "listen: [1]\n",        /* wrong type */
        "output_hours: many\n", /* no number */
        "output_hours: -1\n",   /* out of range */
        "stop_grace_s: -1\n",   /* likewise */
        "stop_grace_s: 3601\n",
        "engines: [{kind: worker}]\n",                                 /* no name */
        "models: [{name: a, engines: [], prices: []}]\n",              /* empty lists */
        "models: [{name: a, engines: [b], prices: [{up_to: 1x1}]}]\n", /* no price */
        "listen: \"unclosed\n",                                        /* not YAML */
        "output_hours: 12abc\n",                                       /* half a number */
        "output_hours: 0x10\n",                                        /* not decimal */
        "output_hours: 1.5\n",                                         /* not whole */
        "webhooks: {schedule_scale: 1.5x}\n",
        "engines: [{name: a, kind: worker, concurrency: 2 jobs}]\n",
        "engines: [{name: a, kind: worker}, {name: b, kind: worker, memory_mib: 5M}]\n",
    };

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (load_text(bad[i]))
            tap_fail(__FILE__, __LINE__, "accepted: %s", bad[i]);
        CHECK_INT(err.kind, ERR_INVALID);
        CHECK(strlen(err.text) > 20);
    }
    CHECK(!config_load("/nonexistent/vitascope.yaml", &config, &err));
}

TEST(sizes_and_addresses_are_read_strictly)
{
    int width = 0, height = 0, port = 0;
    char host[64];

    CHECK_OK(config_size_parse(STR("1280x720"), &width, &height, &err));
    CHECK(width == 1280 && height == 720);
    CHECK(!config_size_parse(STR("1280"), &width, &height, &err));
    CHECK(!config_size_parse(STR("0x720"), &width, &height, &err));
    CHECK(!config_size_parse(STR("99999x2"), &width, &height, &err));
    CHECK_OK(config_listen_parse(STR("127.0.0.1:0"), host, sizeof(host), &port, &err));
    CHECK(strcmp(host, "127.0.0.1") == 0 && port == 0);
    CHECK_OK(config_listen_parse(STR("[::1]:8787"), host, sizeof(host), &port, &err));
    CHECK(strcmp(host, "::1") == 0 && port == 8787);
    CHECK(!config_listen_parse(STR("8787"), host, sizeof(host), &port, &err));
    CHECK(!config_listen_parse(STR(":8787"), host, sizeof(host), &port, &err));
    CHECK(!config_listen_parse(STR("127.0.0.1:70000"), host, sizeof(host), &port, &err));
}

TEST(what_an_engine_can_is_never_an_empty_list)
{
    CHECK(!load_text("engines: [{name: a, kind: worker, command: [a], can: []}]\n"));
    CHECK_OK(load_text("engines:\n"
                       "  - {name: b, kind: worker, command: [b], can: [source_video]}\n"
                       "  - {name: c, kind: worker, command: [c]}\n"));
    CHECK_STR(config->engines[0].can[0], "source_video");
    CHECK(!config->engines[1].can);
    config_free(config);
}

TEST(numbers_are_read_wherever_they_stand)
{
    CHECK_OK(load_text("output_hours: 36\n"
                       "webhooks: {schedule_scale: 2.5e-1}\n"
                       "engines:\n"
                       "  - &first {name: a, kind: worker, concurrency: 2, memory_mib: 512}\n"
                       "  - {name: 12abc, kind: worker, concurrency: 3}\n"));
    CHECK_INT(config->output_hours, 36);
    CHECK(config->webhooks.schedule_scale == 0.25);
    CHECK_INT(config->engines[0].memory_mib, 512);
    CHECK_INT(config->engines[1].concurrency, 3);
    CHECK_STR(config->engines[1].name, "12abc");
    config_free(config);
}
