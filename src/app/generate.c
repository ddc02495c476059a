/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/bar.h"
#include "app/command.h"
#include "app/embed.h"
#include "app/rest.h"
#include "base/hash.h"
#include "base/jsonw.h"

enum { POLL_MS = 200, IMAGE_BYTES_MAX = 10 << 20, BODY_BYTES_MAX = 16 << 20 };

static const char help[] =
    "usage: vitascope generate PROMPT [-o FILE] [OPTIONS]\n"
    "\n"
    "Makes a video and saves it. Talks to the server given by --server or $VITASCOPE_URL with\n"
    "the key of --key or $VITASCOPE_API_KEY; without one, to the server that runs on the data\n"
    "folder, or to one of its own that ends with the command.\n"
    "\n"
    "  -o FILE              where to save (default clip.mp4)\n"
    "  --seconds N          length, 1 to 20 (default 4)\n"
    "  --size WxH           for example 720x1280 (default 1280x720)\n"
    "  --image FILE|URL     first frame: JPEG, PNG or WebP\n"
    "  --seed N             same prompt and seed, same video\n"
    "  --model NAME         default sora-2\n"
    "  --data DIR           data folder (default ./vitascope-data)\n"
    "  --server URL, --key KEY\n"
    "  --quiet              no progress, just the file's path\n";

struct generate {
    const char *prompt, *output, *size, *image, *model, *data, *server, *key;
    int64_t seconds, seed; /* 0 and -1: not given */
    bool quiet;
    struct arena arena;
    struct embed embed;
    bool embedded;
    bool in_doubt; /* a job was asked for and no answer came */
    struct rest *rest;
    struct bar bar;
    struct str job_id;
};

static bool take_option(struct generate *g, int option)
{
    switch (option) {
    case 'o':
        g->output = optarg;
        return true;
    case 's':
        return str_to_int(str_from(optarg), &g->seconds) && g->seconds > 0;
    case 'z':
        g->size = optarg;
        return true;
    case 'i':
        g->image = optarg;
        return true;
    case 'e':
        return str_to_int(str_from(optarg), &g->seed) && g->seed >= 0;
    case 'm':
        g->model = optarg;
        return true;
    case 'd':
        g->data = optarg;
        return true;
    case 'u':
        g->server = optarg;
        return true;
    case 'k':
        g->key = optarg;
        return true;
    case 'q':
        g->quiet = true;
        return true;
    default:
        return false;
    }
}

static bool parse(int argc, char **argv, struct generate *g)
{
    static const struct option known[] = {{"output", required_argument, NULL, 'o'},
                                          {"seconds", required_argument, NULL, 's'},
                                          {"size", required_argument, NULL, 'z'},
                                          {"image", required_argument, NULL, 'i'},
                                          {"seed", required_argument, NULL, 'e'},
                                          {"model", required_argument, NULL, 'm'},
                                          {"data", required_argument, NULL, 'd'},
                                          {"server", required_argument, NULL, 'u'},
                                          {"key", required_argument, NULL, 'k'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {NULL, 0, NULL, 0}};
    int option = 0;

    *g = (struct generate){.output = "clip.mp4",
                           .model = "sora-2",
                           .data = "./vitascope-data",
                           .server = getenv("VITASCOPE_URL"),
                           .key = getenv("VITASCOPE_API_KEY"),
                           .seed = -1};
    while ((option = getopt_long(argc, argv, "o:", known, NULL)) != -1) {
        if (!take_option(g, option))
            return false;
    }
    if (optind != argc - 1)
        return false;
    g->prompt = argv[optind];
    return true;
}

/* ---- the request ---- */

static bool read_file(struct generate *g, struct str *bytes, struct err *err)
{
    int fd = open(g->image, O_RDONLY | O_CLOEXEC);
    struct stat info;
    char *room = NULL;
    bool ok = false;

    if (fd < 0 || fstat(fd, &info) != 0) {
        err_set(err, ERR_INVALID, "cannot read %s: %s", g->image, strerror(errno));
    } else if (info.st_size > IMAGE_BYTES_MAX) {
        err_set(err, ERR_INVALID, "%s is larger than 10 MB", g->image);
    } else {
        room = arena_alloc(&g->arena, (size_t)info.st_size);
        ok = read(fd, room, (size_t)info.st_size) == info.st_size;
        if (!ok)
            err_set(err, ERR_INVALID, "cannot read %s", g->image);
        *bytes = str_from_bytes(room, (size_t)info.st_size);
    }
    if (fd >= 0)
        close(fd);
    return ok;
}

/* A URL as it is; a file as a data: URL (its real type is found by its bytes). */
static bool image_url(struct generate *g, struct str *url, struct err *err)
{
    struct str image = str_from(g->image), bytes;

    if (str_starts(image, STR("http://")) || str_starts(image, STR("https://"))) {
        *url = image;
        return true;
    }
    if (!read_file(g, &bytes, err))
        return false;
    *url = arena_printf(&g->arena, "data:image/*;base64," STR_FMT,
                        STR_ARG(hash_base64(&g->arena, bytes)));
    return true;
}

static void write_extras(const struct generate *g, struct jsonw *w)
{
    jsonw_key(w, "vitascope");
    jsonw_object(w);
    if (g->seconds) {
        jsonw_key(w, "seconds");
        jsonw_int(w, g->seconds);
    }
    if (g->size) {
        jsonw_key(w, "size");
        jsonw_cstr(w, g->size);
    }
    if (g->seed >= 0) {
        jsonw_key(w, "seed");
        jsonw_int(w, g->seed);
    }
    jsonw_end(w);
}

static bool write_request(struct generate *g, struct buf *body, struct err *err)
{
    struct str image = {0};
    struct jsonw w;

    if (g->image && !image_url(g, &image, err))
        return false;
    jsonw_init(&w, body);
    jsonw_object(&w);
    jsonw_key(&w, "model");
    jsonw_cstr(&w, g->model);
    jsonw_key(&w, "prompt");
    jsonw_cstr(&w, g->prompt);
    if (image.len) {
        jsonw_key(&w, "soraParams");
        jsonw_object(&w);
        jsonw_key(&w, "start_image");
        jsonw_str(&w, image);
        jsonw_end(&w);
    }
    write_extras(g, &w);
    jsonw_end(&w);
    return true;
}

/* ---- the calls ---- */

/* Turns an error answer into an err. */
static bool refused(const struct rest_answer *answer, struct err *err)
{
    struct str text = jsonv_str(jsonv_get(jsonr_root(&answer->json), "error"), STR(""));

    return err_set(err, ERR_INVALID, STR_FMT " (status %d)",
                   STR_ARG(text.len ? text : STR("the server refused")), answer->status);
}

/* Interrupted here, we still wait for the answer: without it nobody knows whether a job is left. */
static bool submit(struct generate *g, struct err *err)
{
    struct rest_answer answer = {0};
    struct buf body;
    bool ok = false;

    buf_init(&body, BODY_BYTES_MAX);
    rest_be_patient(g->rest, true);
    if (write_request(g, &body, err) &&
        rest_call(g->rest, STR("/v2/videos/generate"), buf_str(&body), &answer, err)) {
        struct str id = jsonv_str(jsonv_get(jsonr_root(&answer.json), "jobId"), STR(""));

        ok = answer.status == 202 && id.len ? true : refused(&answer, err);
        g->job_id = arena_str(&g->arena, id);
    } else {
        g->in_doubt = err->kind == ERR_CONFLICT;
    }
    rest_be_patient(g->rest, false);
    rest_answer_fini(&answer);
    buf_fini(&body);
    return ok;
}

/* One look at the job. *url is set when it is completed. */
static bool poll_job(struct generate *g, struct str *url, struct err *err)
{
    struct str path = arena_printf(&g->arena, "/v2/jobs/" STR_FMT, STR_ARG(g->job_id));
    struct rest_answer answer = {0};
    struct jsonv job;
    struct str status;
    bool ok = rest_call(g->rest, path, STR(""), &answer, err);

    if (ok && answer.status != 200)
        ok = refused(&answer, err);
    if (ok) {
        job = jsonr_root(&answer.json);
        status = jsonv_str(jsonv_get(job, "status"), STR(""));
        if (str_eq_c(status, "COMPLETED"))
            *url = arena_str(&g->arena,
                             jsonv_str(jsonv_get(jsonv_get(job, "result"), "videoUrl"), STR("")));
        else if (str_eq_c(status, "FAILED") || str_eq_c(status, "CANCELLED"))
            ok = err_set(err, ERR_GONE, STR_FMT "; nothing was charged",
                         STR_ARG(jsonv_str(jsonv_get(job, "error"), STR("it failed"))));
        bar_show(&g->bar, str_eq_c(status, "QUEUED") ? "queued" : "rendering",
                 (int)jsonv_int(jsonv_get(job, "progress"), 0));
    }
    rest_answer_fini(&answer);
    return ok;
}

/* Says what the engine left out, if it says so. */
static void tell_omissions(struct generate *g)
{
    struct str path = arena_printf(&g->arena, "/vitascope/jobs/" STR_FMT, STR_ARG(g->job_id));
    struct rest_answer answer = {0};
    struct jsonv attempts, last, omitted;
    struct err err;

    if (!g->quiet && rest_call(g->rest, path, STR(""), &answer, &err) && answer.status == 200) {
        attempts = jsonv_get(jsonr_root(&answer.json), "attempts");
        last = jsonv_at(attempts, jsonv_len(attempts) - 1);
        omitted = jsonv_get(jsonv_get(last, "notes"), "not_depicted");
        for (size_t i = 0; i < jsonv_len(omitted); i++)
            fprintf(stderr, "%s" STR_FMT,
                    i ? ", " : "not depicted: ", STR_ARG(jsonv_str(jsonv_at(omitted, i), STR(""))));
        if (jsonv_len(omitted))
            fputc('\n', stderr);
    }
    rest_answer_fini(&answer);
}

static bool wait_for_job(struct generate *g, struct str *url, struct err *err)
{
    *url = (struct str){0};
    while (poll_job(g, url, err)) {
        if (url->len)
            return true;
        rest_sleep(g->rest, POLL_MS);
        if (rest_interrupted(g->rest))
            return err_set(err, ERR_CONFLICT, "interrupted");
    }
    return false;
}

/* ---- being interrupted ---- */

static void cancel_own(struct generate *g)
{
    struct str path =
        arena_printf(&g->arena, "/vitascope/jobs/" STR_FMT "/cancel", STR_ARG(g->job_id));
    struct rest_answer answer = {0};
    struct err err;

    rest_resume(g->rest);
    if (rest_call(g->rest, path, STR("{}"), &answer, &err) && answer.status == 200)
        fprintf(stderr, "Interrupted: job " STR_FMT " is canceled, nothing was charged.\n",
                STR_ARG(g->job_id));
    else
        fprintf(stderr,
                "Interrupted: job " STR_FMT " stays in %s and goes on when a server next runs "
                "there.\n",
                STR_ARG(g->job_id), g->data);
    rest_answer_fini(&answer);
}

static void say_how_to_look(const struct generate *g, struct str url)
{
    fprintf(stderr, "  curl -H \"X-API-Key: $VITASCOPE_API_KEY\" " STR_FMT "/v2/jobs/" STR_FMT "\n",
            STR_ARG(url), STR_ARG(g->job_id));
}

static void say_interrupted(struct generate *g, struct str url)
{
    if (g->in_doubt) {
        fprintf(stderr, "Interrupted before the server had answered: a job may have been made.\n");
    } else if (g->job_id.len == 0) {
        fprintf(stderr, "Interrupted: no job was made.\n");
    } else if (g->embed.is_ours) {
        cancel_own(g);
    } else {
        fprintf(stderr, "Interrupted: job " STR_FMT " goes on at the server. Its state:\n",
                STR_ARG(g->job_id));
        say_how_to_look(g, url);
    }
}

static void say_failed(const struct generate *g, struct str url, const struct err *err)
{
    fprintf(stderr, "vitascope generate: %s\n", err->text);
    if ((err->kind != ERR_IO && err->kind != ERR_BUSY) || g->job_id.len == 0)
        return;
    fprintf(stderr, "Job " STR_FMT " is not lost by this. Its state, when a server runs there:\n",
            STR_ARG(g->job_id));
    say_how_to_look(g, url);
}

/* ---- all of it ---- */

static bool connect_server(struct generate *g, struct str *url, struct err *err)
{
    struct str key = str_from(g->key);

    rest_close(g->rest);
    g->rest = NULL;
    if (g->server) {
        *url = str_from(g->server);
        if (!g->key)
            return err_set(err, ERR_UNAUTHORIZED,
                           "a server needs a key: --key or $VITASCOPE_API_KEY");
    } else {
        if (!embed_open(&g->arena, str_from(g->data), &g->embed, err))
            return false;
        g->embedded = true;
        *url = g->embed.url;
        key = str_from(g->embed.key);
    }
    return rest_open(&g->rest, *url, key, REST_CATCHES, err);
}

/* Found out before there is a video to save. */
static bool check_output(struct generate *g, struct err *err)
{
    const char *slash = strrchr(g->output, '/');
    struct str folder = STR(".");

    if (slash)
        folder = arena_str(&g->arena, str_from_bytes(g->output, (size_t)(slash - g->output) + 1));
    if (access(folder.ptr, W_OK | X_OK) == 0)
        return true;
    return err_set(err, ERR_INVALID, "cannot write %s: %s", g->output, strerror(errno));
}

/* Another command's server ended with that: the job waits for the next server. */
static bool is_server_lost(const struct generate *g, const struct err *err)
{
    return g->embedded && err->kind == ERR_IO && !rest_interrupted(g->rest) &&
           embed_is_lost(&g->embed);
}

static bool run(struct generate *g, struct str *url, struct err *err)
{
    struct str video = {0};

    if (!check_output(g, err) || !connect_server(g, url, err))
        return false;
    bar_begin(&g->bar, g->quiet);
    if (!submit(g, err))
        return false;
    while (!wait_for_job(g, &video, err) || !rest_download(g->rest, video, g->output, err))
        if (!is_server_lost(g, err) || !connect_server(g, url, err))
            return false;
    bar_show(&g->bar, "done", 100);
    return true;
}

int command_generate(int argc, char **argv)
{
    struct generate g;
    struct str url = {0};
    int status = EXIT_FAILED;
    struct err err;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(help, stdout);
        return EXIT_DONE;
    }
    if (!parse(argc, argv, &g)) {
        fputs(help, stderr);
        return EXIT_USAGE;
    }
    if (run(&g, &url, &err)) {
        bar_end(&g.bar, true);
        tell_omissions(&g);
        printf("%s\n", g.output);
        status = EXIT_DONE;
    } else if (g.rest && rest_interrupted(g.rest)) {
        bar_end(&g.bar, false);
        say_interrupted(&g, url);
        status = EXIT_INTERRUPTED;
    } else {
        bar_end(&g.bar, false);
        say_failed(&g, url, &err);
    }
    rest_close(g.rest);
    if (g.embedded)
        embed_close(&g.embed);
    arena_fini(&g.arena);
    return status;
}
