/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vitascope-diorama: Vitascope's own engine, a procedural renderer. Without arguments it is a
 * worker on standard input and output; for people it explains and renders prompts by itself.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "media/avlog.h"
#include "media/encode.h"
#include "workers/diorama/clip/clip.h"
#include "workers/diorama/clip/worker.h"
#include "workers/diorama/renderer.h"

enum { USAGE_STATUS = 2, EXPLAIN_BYTES_MAX = 65536 };

static const char help[] =
    "usage: vitascope-diorama [--threads N]        serve the worker protocol on stdin and stdout\n"
    "       vitascope-diorama --render PROMPT -o FILE.mp4 [options]\n"
    "       vitascope-diorama --explain PROMPT     print the scene that a prompt becomes\n"
    "       vitascope-diorama --version | --help\n"
    "\n"
    "  --seconds N      1 to 20 [4]\n"
    "  --size WxH       even, 64 to 1920 each [1280x720]\n"
    "  --fps N          24 or 30 [30]\n"
    "  --seed N         0 to 2^63 - 1 [follows from the prompt]\n"
    "  --image FILE     first frame, a binary PPM\n"
    "  --extend FILE    what comes after this MP4\n"
    "  --edit FILE      this MP4 again, changed as PROMPT says; give its size, fps and seconds\n"
    "  --threads N      1 to 16 [as many as there are CPUs]\n";

enum action { ACTION_SERVE, ACTION_RENDER, ACTION_EXPLAIN };

struct command {
    enum action action;
    struct clip_order order;
};

static volatile sig_atomic_t was_interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    was_interrupted = 1;
}

static bool parse_int(const char *text, int64_t least, int64_t most, int64_t *value)
{
    return str_to_int(str_from(text), value) && *value >= least && *value <= most;
}

static bool parse_size(const char *text, struct clip_order *order)
{
    struct str width, height = str_cut(str_from(text), 'x', &width);
    int64_t w, h;

    if (!str_to_int(width, &w) || !str_to_int(height, &h) || w < 1 || h < 1 || w > CLIP_SIDE_MAX ||
        h > CLIP_SIDE_MAX)
        return false;
    order->width = (int)w;
    order->height = (int)h;
    return true;
}

/* An option that names a file. */
static bool parse_file(const char *name, const char *value, struct clip_order *order)
{
    if (strcmp(name, "-o") == 0)
        return (order->output = value);
    if (strcmp(name, "--image") == 0)
        return (order->first_frame = value);
    if (strcmp(name, "--edit") != 0 && strcmp(name, "--extend") != 0)
        return false;
    order->purpose = name[3] == 'd' ? CLIP_EDIT : CLIP_EXTEND;
    return (order->source_video = value);
}

/* One option and its value. */
static bool parse_option(const char *name, const char *value, struct command *command)
{
    struct clip_order *order = &command->order;
    int64_t number = 0;

    if (strcmp(name, "--render") == 0 || strcmp(name, "--explain") == 0) {
        command->action = name[2] == 'r' ? ACTION_RENDER : ACTION_EXPLAIN;
        order->prompt = str_from(value);
        return true;
    }
    if (strcmp(name, "--size") == 0)
        return parse_size(value, order);
    if (strcmp(name, "--seed") == 0)
        return parse_int(value, 0, INT64_MAX, &order->seed);
    if (strcmp(name, "--seconds") == 0 && parse_int(value, 1, CLIP_SECONDS_MAX, &number))
        return (order->seconds = (int)number);
    if (strcmp(name, "--fps") == 0 && parse_int(value, 1, 60, &number))
        return (order->fps = (int)number);
    if (strcmp(name, "--threads") == 0 && parse_int(value, 1, CLIP_THREADS_MAX, &number))
        return (order->threads = (int)number);
    return parse_file(name, value, order);
}

static bool parse_command(int argc, char **argv, struct command *command)
{
    *command = (struct command){ACTION_SERVE,
                                {.seconds = 4,
                                 .width = 1280,
                                 .height = 720,
                                 .fps = 30,
                                 .seed = -1,
                                 .threads = clip_threads_default()}};
    for (int i = 1; i < argc; i += 2)
        if (i + 1 >= argc || !parse_option(argv[i], argv[i + 1], command))
            return false;
    return command->action != ACTION_RENDER || command->order.output;
}

static int explain(const struct clip_order *order)
{
    struct prompt_reading reading;
    struct buf text;
    struct jsonw json;
    uint64_t seed = order->seed >= 0 ? (uint64_t)order->seed : prompt_seed(order->prompt);

    prompt_read(order->prompt, seed, &reading);
    buf_init(&text, EXPLAIN_BYTES_MAX);
    jsonw_init(&json, &text);
    prompt_write_json(&reading, &json);
    puts(buf_cstr(&text));
    buf_fini(&text);
    return EXIT_SUCCESS;
}

/* On a terminal one line that is written over, else nothing. */
static bool show(void *context, enum clip_phase phase, int percent)
{
    int *shown = context;

    if (isatty(STDERR_FILENO) && percent != *shown)
        fprintf(stderr, "\r%3d%% %-10s", percent, clip_phase_name(phase));
    *shown = percent;
    return !was_interrupted;
}

static int render(struct clip_order *order)
{
    struct arena arena;
    struct clip clip;
    struct err err = {0};
    int shown = -1;
    bool ok;

    signal(SIGINT, interrupt);
    arena_init(&arena, 0);
    order->temporary = arena_printf(&arena, "%s.part", order->output).ptr;
    ok = clip_make(order, show, &shown, &clip, &err);
    arena_fini(&arena);
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%16s\r", "");
    if (!ok) {
        fprintf(stderr, "vitascope-diorama: %s\n", err.text);
        return EXIT_FAILURE;
    }
    printf("%s: %d s, %dx%d, seed %llu\n", order->output, clip.seconds, clip.width, clip.height,
           (unsigned long long)clip.reading.scene.seed);
    for (int i = 0; i < clip.reading.left_out_count; i++)
        printf("%s%s%s", i ? ", " : "not depicted: ", clip.reading.left_out[i],
               i + 1 == clip.reading.left_out_count ? "\n" : "");
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct command command;

    encode_make_repeatable();
    avlog_init();
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("vitascope-diorama %s (%s)\n", VITASCOPE_VERSION, renderer_isa());
        return EXIT_SUCCESS;
    }
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(help, stdout);
        return EXIT_SUCCESS;
    }
    if (!parse_command(argc, argv, &command)) {
        fputs(help, stderr);
        return USAGE_STATUS;
    }
    if (command.action == ACTION_EXPLAIN)
        return explain(&command.order);
    if (command.action == ACTION_RENDER)
        return render(&command.order);
    signal(SIGPIPE, SIG_IGN);
    return worker_serve(STDIN_FILENO, STDOUT_FILENO, command.order.threads);
}
