/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vitascope-probe: looks at files from outside and ends.
 *
 *   vitascope-probe image IN OUT.ppm --width W --height H
 *   vitascope-probe facts IN.mp4
 *   vitascope-probe tail IN.mp4 OUT.ppm --width W --height H
 *   vitascope-probe join SOURCE.mp4 CONTINUATION.mp4 OUT.mp4
 *   vitascope-probe previews IN.mp4 OUT.webp OUT.jpg
 *
 * image decodes a JPEG, PNG or WebP picture, fills W x H pixels with its middle and writes that as
 * a binary PPM; tail does so with the last picture of a film. film_works.h tells of the others.
 *
 * Prints one line of JSON. For an image {"type":"image","format":…,"width":…,"height":…}, with the
 * size as stored; for a film {"type":"film","width":…,"height":…,"fps_num":…,"fps_den":…,
 * "frames":…,"duration_ms":…,"sound":…}, of join those of the whole. Or
 * {"type":"failed","message":…,"ours":…} and exit status 1; then the outputs are worth nothing.
 * ours: the files are not at fault. Wrong usage: status 2.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/macros.h"
#include "media/avlog.h"
#include "workers/probe/command.h"
#include "workers/probe/sandbox.h"

enum {
    LINE_BYTES_MAX = 4096,
    USAGE_STATUS = 2,
    IMAGE_OUTPUT_MIB_MAX = 64,
};

_Static_assert((int64_t)COMMAND_SIDE_MAX *COMMAND_SIDE_MAX * 3 <
                   (int64_t)IMAGE_OUTPUT_MIB_MAX * 1024 * 1024,
               "the largest output must fit the limit");

static const struct command {
    const char *name;
    int ins, outs;
    bool is_sized;
    struct sandbox_limits limits;
    command_run *run;
} commands[] = {
    {"image", 1, 1, true, {1024, 20, IMAGE_OUTPUT_MIB_MAX}, command_image},
    {"facts", 1, 0, false, {1024, 60, IMAGE_OUTPUT_MIB_MAX}, command_facts},
    {"tail", 1, 1, true, {1024, 60, IMAGE_OUTPUT_MIB_MAX}, command_tail},
    {"join", 2, 1, false, {1536, 600, 1024}, command_join},
    {"previews", 1, 2, false, {1024, 60, IMAGE_OUTPUT_MIB_MAX}, command_previews},
};

static bool parse_side(const char *text, int *side)
{
    int64_t value;

    if (!str_to_int(str_from(text), &value) || value < COMMAND_SIDE_MIN || value > COMMAND_SIDE_MAX)
        return false;
    *side = (int)value;
    return true;
}

static bool parse_size(char **args, int count, struct order *order)
{
    for (int i = 0; i < count; i += 2) {
        if (strcmp(args[i], "--width") == 0 && parse_side(args[i + 1], &order->width))
            continue;
        if (strcmp(args[i], "--height") == 0 && parse_side(args[i + 1], &order->height))
            continue;
        return false;
    }
    return order->width && order->height;
}

static const struct command *parse(int argc, char **argv, struct order *order)
{
    for (size_t i = 0; argc > 1 && i < ARRAY_LEN(commands); i++) {
        const struct command *command = &commands[i];
        int files = command->ins + command->outs;

        if (strcmp(argv[1], command->name) != 0)
            continue;
        if (argc != 2 + files + (command->is_sized ? 4 : 0))
            return NULL;
        return !command->is_sized || parse_size(argv + 2 + files, 4, order) ? command : NULL;
    }
    return NULL;
}

static bool open_files(const struct command *command, char **paths, struct order *order,
                       struct err *err)
{
    for (int i = 0; i < command->ins; i++) {
        order->in[i] = open(paths[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (order->in[i] < 0)
            return err_set(err, ERR_IO, "cannot open the file: %s", strerror(errno));
    }
    for (int i = 0; i < command->outs; i++) {
        order->out[i] = open(paths[command->ins + i],
                             O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (order->out[i] < 0)
            return err_set(err, ERR_IO, "cannot create the output: %s", strerror(errno));
    }
    return true;
}

static bool close_outputs(const struct command *command, const struct order *order, struct err *err)
{
    for (int i = 0; i < command->outs; i++)
        if (close(order->out[i]))
            return err_set(err, ERR_IO, "cannot write the output: %s", strerror(errno));
    return true;
}

/* Writes with one call: stdio would ask the terminal, which the sandbox forbids. */
static bool print(struct buf *line)
{
    buf_add_char(line, '\n');
    return write(STDOUT_FILENO, line->ptr, line->len) == (ssize_t)line->len;
}

static bool print_failure(const struct err *err)
{
    struct buf line;
    struct jsonw json;
    bool sent;

    buf_init(&line, LINE_BYTES_MAX);
    jsonw_init(&json, &line);
    jsonw_object(&json);
    jsonw_key(&json, "type");
    jsonw_cstr(&json, "failed");
    jsonw_key(&json, "message");
    jsonw_cstr(&json, err->text);
    jsonw_key(&json, "ours");
    jsonw_bool(&json, err->kind == ERR_IO || err->kind == ERR_INTERNAL);
    jsonw_end(&json);
    sent = print(&line);
    buf_fini(&line);
    return sent;
}

static bool run(const struct command *command, char **paths, struct order *order, struct err *err)
{
    struct buf line;
    struct jsonw json;
    bool ok;

    buf_init(&line, LINE_BYTES_MAX);
    jsonw_init(&json, &line);
    jsonw_object(&json);
    ok = sandbox_limit(&command->limits, err) && open_files(command, paths, order, err) &&
         sandbox_close(err) && command->run(order, &json, err) &&
         close_outputs(command, order, err);
    jsonw_end(&json);
    if (ok && !print(&line))
        ok = err_set(err, ERR_IO, "cannot answer");
    buf_fini(&line);
    return ok;
}

int main(int argc, char **argv)
{
    struct order order = {.width = 0};
    struct err err = {0};
    const struct command *command = parse(argc, argv, &order);

    avlog_init();
    if (!command) {
        fprintf(stderr,
                "usage: %s image IN OUT.ppm --width W --height H (%d to %d)\n"
                "       %s facts IN.mp4 | tail IN.mp4 OUT.ppm --width W --height H\n"
                "       %s join SOURCE.mp4 CONTINUATION.mp4 OUT.mp4\n"
                "       %s previews IN.mp4 OUT.webp OUT.jpg\n",
                argv[0], COMMAND_SIDE_MIN, COMMAND_SIDE_MAX, argv[0], argv[0], argv[0]);
        return USAGE_STATUS;
    }
    if (run(command, argv + 2, &order, &err))
        return EXIT_SUCCESS;
    print_failure(&err);
    return EXIT_FAILURE;
}
