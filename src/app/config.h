/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config: what the owner may decide, read from a YAML file with a schema (docs/CONFIGURATION.md).
 *
 * What the file leaves out keeps its default; a list it gives (engines, models) replaces the
 * default list whole. An unknown key is an error, so that a mistyped one is not silently idle.
 *
 * Thread: any; a plain value. Strings belong to the config.
 */
#ifndef VITASCOPE_APP_CONFIG_H
#define VITASCOPE_APP_CONFIG_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { CONFIG_STOP_GRACE_S_MAX = 3600 };

struct config_engine {
    char *name;
    char *kind;     /* "worker" */
    char **command; /* of a worker: program and arguments; a bare name is looked for beside us */
    unsigned command_count;
    char **can; /* "first_frame", "source_video", "nothing"; NULL: the first of them */
    unsigned can_count;
    int concurrency;
    int job_timeout_s;
    int idle_timeout_s;
    int memory_mib; /* 0 = no limit */
};

struct config_price {
    char *up_to; /* "1280x720": pictures of at most as many pixels */
    char *usd_per_second;
};

struct config_model {
    char *name;
    char *label;
    char **engines;
    unsigned engines_count;
    struct config_price *prices;
    unsigned prices_count;
};

struct config_fetch {
    char **allow; /* host, host:port or CIDR that user-named URLs may reach though private */
    unsigned allow_count;
};

struct config_webhooks {
    double schedule_scale; /* of the waits between attempts, for tests; 0 = 1 */
};

struct config {
    char *listen;     /* ADDRESS:PORT */
    char *data;       /* folder */
    char *public_url; /* how links to results begin; NULL: from the request's Host */
    char *log;        /* debug, info, warn, error */
    char *first_grant_usd;
    int output_hours;       /* life of a result */
    int stop_grace_s;       /* for running jobs and open requests when stopping */
    char **trusted_proxies; /* addresses and ranges whose X-Forwarded-For is believed */
    unsigned trusted_proxies_count;
    struct config_fetch fetch;
    struct config_webhooks webhooks;
    struct config_engine *engines;
    unsigned engines_count;
    struct config_model *models;
    unsigned models_count;
};

/* path NULL: the defaults alone. ERR_INVALID: what is wrong and where. Caller frees. */
MUST_CHECK bool config_load(const char *path, struct config **config, struct err *err);
void config_free(struct config *config);

/* "1280x720" */
MUST_CHECK bool config_size_parse(struct str text, int *width, int *height, struct err *err);

/* "127.0.0.1:8787", "[::1]:8787". host takes host_size bytes. */
MUST_CHECK bool config_listen_parse(struct str text, char *host, size_t host_size, int *port,
                                    struct err *err);

#endif
