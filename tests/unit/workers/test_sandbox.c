/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/tap.h"
#include "workers/probe/sandbox.h"

enum { MEMORY_MIB_MAX = 1024 };

/* Runs `act` in a child inside the sandbox. Returns its wait status. */
static int try_inside(int (*act)(void))
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        const struct sandbox_limits limits = {MEMORY_MIB_MAX, 20, 64};
        struct err err = {0};

        _exit(sandbox_limit(&limits, &err) && sandbox_close(&err) ? act() : 99);
    }
    CHECK_INT(waitpid(child, &status, 0), child);
    return status;
}

static int make_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static int run_program(void)
{
    execl("/bin/true", "true", (char *)NULL);
    return 1;
}

static int make_process(void)
{
    return fork() >= 0;
}

static int open_file(void)
{
    return open("/etc/passwd", O_RDONLY) < 0 && errno == EPERM ? 0 : 1;
}

static int compute_and_write(void)
{
    char *memory = malloc(200u << 20);

    if (!memory)
        return 1;
    memset(memory, 1, 200u << 20);
    memory = realloc(memory, 300u << 20);
    free(memory);
    return write(STDOUT_FILENO, "", 0) == 0 ? 0 : 1;
}

static int take_memory(void)
{
    void *volatile memory = malloc((size_t)MEMORY_MIB_MAX << 20);

    return memory ? 1 : 0;
}

static void check_killed(int (*act)(void))
{
    int status = try_inside(act);

    CHECK(WIFSIGNALED(status));
    CHECK_INT(WTERMSIG(status), SIGSYS);
}

static void check_returns_0(int (*act)(void))
{
    int status = try_inside(act);

    CHECK(WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), 0);
}

static void need_filter(void)
{
    if (!sandbox_has_filter())
        tap_skip("a build with a sanitizer has no filter");
}

TEST(making_a_socket_inside_kills)
{
    need_filter();
    check_killed(make_socket);
}

TEST(starting_a_program_or_a_process_inside_kills)
{
    need_filter();
    check_killed(run_program);
    check_killed(make_process);
}

TEST(opening_a_file_inside_is_not_permitted)
{
    need_filter();
    check_returns_0(open_file);
}

TEST(memory_inside_is_limited)
{
    need_filter();
    check_returns_0(take_memory);
}

TEST(computing_and_writing_work_inside)
{
    check_returns_0(compute_and_write);
}
