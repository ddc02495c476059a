/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vitascope-launch: limits itself and then becomes another program.
 *
 *   vitascope-launch --parent PID [LIMITS] -- PROGRAM ARGUMENTS...
 *
 * The server starts every worker through it, because these things can be done only inside the
 * child, before the program's first instruction: dying with the server even when that is killed
 * at once, limits without a moment before them, no privileges to gain, no files but the three
 * standard ones, no core file, and, if asked, no sockets.
 *
 * Ends with 126 for a limit that cannot be set and 127 for a program that cannot be run.
 */
#include <errno.h>
#include <getopt.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { EXIT_LIMIT = 126, EXIT_EXEC = 127, FIRST_OWN_FILE = 3, NICE_MAX = 19 };

#if defined(__x86_64__)
#define LAUNCH_ARCH AUDIT_ARCH_X86_64
#define LAUNCH_CALLS_END 0x40000000u /* numbers from here on are the x32 spelling of others */
#elif defined(__aarch64__)
#define LAUNCH_ARCH AUDIT_ARCH_AARCH64
#define LAUNCH_CALLS_END 0xffffffffu
#else
#error "vitascope-launch does not know this processor's system calls"
#endif

struct limits {
    long long parent;
    long long memory_bytes;
    long long cpu_seconds;
    long long files;
    long long file_bytes;
    long long nice;
    bool no_network;
};

enum option_id {
    OPT_PARENT = 256,
    OPT_MEMORY,
    OPT_CPU,
    OPT_FILES,
    OPT_FILE_BYTES,
    OPT_NICE,
    OPT_NET
};

static const struct option options[] = {
    {"parent", required_argument, NULL, OPT_PARENT},
    {"memory-bytes", required_argument, NULL, OPT_MEMORY},
    {"cpu-seconds", required_argument, NULL, OPT_CPU},
    {"files", required_argument, NULL, OPT_FILES},
    {"file-bytes", required_argument, NULL, OPT_FILE_BYTES},
    {"nice", required_argument, NULL, OPT_NICE},
    {"no-network", no_argument, NULL, OPT_NET},
    {NULL, 0, NULL, 0},
};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "vitascope-launch: %s: %s\n", what, strerror(errno));
    exit(EXIT_LIMIT);
}

static long long parse_number(const char *text)
{
    char *end = NULL;

    errno = 0;
    long long value = strtoll(text, &end, 10);

    if (errno || end == text || *end || value < 0) {
        errno = EINVAL;
        fail(text);
    }
    return value;
}

static struct limits parse_limits(int argc, char **argv)
{
    struct limits limits = {0};
    int option = 0;

    while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        switch (option) {
        case OPT_PARENT:
            limits.parent = parse_number(optarg);
            break;
        case OPT_MEMORY:
            limits.memory_bytes = parse_number(optarg);
            break;
        case OPT_CPU:
            limits.cpu_seconds = parse_number(optarg);
            break;
        case OPT_FILES:
            limits.files = parse_number(optarg);
            break;
        case OPT_FILE_BYTES:
            limits.file_bytes = parse_number(optarg);
            break;
        case OPT_NICE:
            limits.nice = parse_number(optarg);
            break;
        case OPT_NET:
            limits.no_network = true;
            break;
        default:
            exit(EXIT_LIMIT);
        }
    }
    return limits;
}

/* 0 leaves the limit as it is inherited. */
static void limit(int resource, long long value, const char *what)
{
    struct rlimit rlimit = {(rlim_t)value, (rlim_t)value};

    if (value && setrlimit(resource, &rlimit))
        fail(what);
}

/* Makes socket() and io_uring_setup() fail with EACCES, for this process and its children.
 * What is inherited already (the pipes to the server) goes on working. */
static void forbid_network(void)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LAUNCH_ARCH, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, LAUNCH_CALLS_END, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_io_uring_setup, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
    };
    struct sock_fprog filter = {sizeof program / sizeof program[0], program};

    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
        fail("no-network");
}

/* The parent may have died before prctl() could say that we follow it. */
static void follow_parent(long long parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL))
        fail("parent");
    if (getppid() != parent)
        _exit(EXIT_LIMIT);
}

int main(int argc, char **argv)
{
    struct limits limits = parse_limits(argc, argv);

    if (optind >= argc) {
        fprintf(stderr, "usage: vitascope-launch --parent PID [LIMITS] -- PROGRAM ...\n");
        return EXIT_LIMIT;
    }
    if (limits.parent)
        follow_parent(limits.parent);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        fail("no-new-privileges");
    if (close_range(FIRST_OWN_FILE, ~0u, 0) && errno != ENOSYS)
        fail("close_range");
    umask(077);
    if (limits.nice && setpriority(PRIO_PROCESS, 0, (int)(limits.nice % (NICE_MAX + 1))))
        fail("nice");
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    limit(RLIMIT_FSIZE, limits.file_bytes, "file-bytes");
    limit(RLIMIT_CPU, limits.cpu_seconds, "cpu-seconds");
    limit(RLIMIT_NOFILE, limits.files, "files");
    limit(RLIMIT_AS, limits.memory_bytes, "memory-bytes");
    if (limits.no_network)
        forbid_network();
    execvp(argv[optind], argv + optind);
    fprintf(stderr, "vitascope-launch: %s: %s\n", argv[optind], strerror(errno));
    return EXIT_EXEC;
}
