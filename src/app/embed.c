/* SPDX-License-Identifier: Apache-2.0 */
#include "app/embed.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/first.h"
#include "app/rest.h"
#include "base/buf.h"
#include "base/clock.h"
#include "store/db.h"
#include "store/lockfile.h"

enum { SAID_BYTES_MAX = 4096 };

/* Whether a server answers there. */
static bool is_alive(struct str url)
{
    struct rest *rest = NULL;
    struct rest_answer answer = {0};
    struct err err;
    bool alive = url.len && rest_open(&rest, url, STR(""), REST_DIES, &err) &&
                 rest_call(rest, STR("/healthz"), STR(""), &answer, &err) && answer.status == 200;

    rest_answer_fini(&answer);
    rest_close(rest);
    return alive;
}

static _Noreturn void exec_server(struct str data, int input, int output)
{
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    setpgid(0, 0); /* Ctrl-C at the terminal is ours to handle */
    execl("/proc/self/exe", "vitascope", "serve", "--data", data.ptr, "--listen", "127.0.0.1:0",
          "--until-eof", "--log", "warn", (char *)NULL);
    fprintf(stderr, "vitascope: cannot start a server: %s\n", strerror(errno));
    _exit(127);
}

/* The address in the "listening on …" line, once it is there. */
static bool find_address(struct str said, struct arena *arena, struct str *url)
{
    while (said.ptr && said.len) {
        struct str line;
        ptrdiff_t end = str_find_char(said, '\n');

        if (end < 0)
            return false;
        line = str_head(said, (size_t)end);
        said = str_skip(said, (size_t)end + 1);
        if (str_starts(line, STR("listening on "))) {
            *url = arena_str(arena, str_skip(line, strlen("listening on ")));
            return true;
        }
    }
    return false;
}

static bool wait_for_address(int output, struct arena *arena, struct str *url, struct err *err)
{
    int64_t until = clock_mono_ns() + EMBED_START_MS * INT64_C(1000000);
    struct buf said;
    bool found = false;

    buf_init(&said, SAID_BYTES_MAX);
    while (!found) {
        struct pollfd wait = {.fd = output, .events = POLLIN};
        int64_t left_ms = (until - clock_mono_ns()) / 1000000;
        char bytes[512];
        ssize_t got = 0;

        if (left_ms <= 0 || (poll(&wait, 1, (int)left_ms) < 0 && errno != EINTR))
            break;
        got = read(output, bytes, sizeof(bytes));
        if (got <= 0 || !buf_add(&said, bytes, (size_t)got))
            break;
        found = find_address(buf_str(&said), arena, url);
    }
    buf_fini(&said);
    return found || err_set(err, ERR_IO, "the embedded server did not start");
}

static bool start_server(struct arena *arena, struct str data, struct embed *embed, struct err *err)
{
    int input[2], output[2];

    if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0)
        return err_set(err, ERR_IO, "cannot make a pipe: %s", strerror(errno));
    fflush(NULL);
    embed->pid = fork();
    if (embed->pid == 0)
        exec_server(data, input[0], output[1]);
    close(input[0]);
    close(output[1]);
    embed->input = input[1];
    embed->is_ours = true;
    if (embed->pid < 0) {
        embed->is_ours = false;
        close(input[1]);
        close(output[0]);
        return err_set(err, ERR_IO, "cannot start a server: %s", strerror(errno));
    }
    if (!wait_for_address(output[0], arena, &embed->url, err)) {
        close(output[0]);
        embed_close(embed);
        return false;
    }
    close(output[0]);
    return true;
}

static bool make_key(const struct home *home, struct embed *embed, struct err *err)
{
    struct key key = {.name = "vitascope generate",
                      .expires_ms = clock_now_ms() + EMBED_KEY_HOURS * 3600 * 1000};
    struct account account;
    struct db *db = NULL;
    bool ok = first_open(home->database_url, &db, err) && first_account(db, &account, err);

    if (ok) {
        key.account_id = account.id;
        ok = first_key(db, &key, embed->key, err);
    }
    db_close(db);
    return ok;
}

/* One that holds the folder and does not answer comes up or goes down: both end. */
static bool find_or_start(struct arena *arena, const struct home *home, struct embed *embed,
                          struct err *err)
{
    int64_t until = clock_mono_ns() + EMBED_START_MS * INT64_C(1000000);
    struct lockfile *lock = NULL;

    for (;;) {
        embed->url = home_announced(arena, home);
        if (is_alive(embed->url))
            return true;
        if (lockfile_open(&lock, home->lock, err)) {
            lockfile_close(lock);
            return start_server(arena, home->path, embed, err);
        }
        if (err->kind != ERR_BUSY || clock_mono_ns() > until)
            return false;
        usleep(EMBED_LOOK_MS * 1000);
    }
}

bool embed_open(struct arena *arena, struct str data, struct embed *embed, struct err *err)
{
    struct home home;
    int turn = -1;
    bool ok = false;

    *embed = (struct embed){.input = -1};
    if (!home_open(arena, data, &home, err))
        return false;
    /* Without the lock two commands may start a server each: then one of them fails. */
    turn = open(home.path.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (turn >= 0)
        flock(turn, LOCK_EX);
    ok = find_or_start(arena, &home, embed, err);
    if (turn >= 0)
        close(turn);
    if (!ok)
        return false;
    if (make_key(&home, embed, err))
        return true;
    embed_close(embed);
    return false;
}

bool embed_is_lost(const struct embed *embed)
{
    return !embed->is_ours && !is_alive(embed->url);
}

void embed_close(struct embed *embed)
{
    int64_t until = clock_mono_ns() + EMBED_STOP_MS * INT64_C(1000000);
    int status = 0;

    explicit_bzero(embed->key, sizeof(embed->key));
    if (!embed->is_ours)
        return;
    close(embed->input);
    while (waitpid(embed->pid, &status, WNOHANG) == 0) {
        if (clock_mono_ns() > until)
            kill(embed->pid, SIGKILL);
        usleep(10000);
    }
    embed->is_ours = false;
}
