/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/probe/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define SANDBOX_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define SANDBOX_ARCH AUDIT_ARCH_AARCH64
#else
#error "add this machine's AUDIT_ARCH_ name"
#endif

enum { X32_CALLS = 0x40000000, PROGRAM_MAX = 96 };

static const int allowed[] = {
    SYS_read,           SYS_write,           SYS_writev,        SYS_close,
    SYS_lseek,          SYS_fstat,           SYS_newfstatat,    SYS_brk,
    SYS_mmap,           SYS_munmap,          SYS_mremap,        SYS_madvise,
    SYS_futex,          SYS_getrandom,       SYS_clock_gettime, SYS_rt_sigreturn,
    SYS_rt_sigprocmask, SYS_restart_syscall, SYS_pread64,       SYS_pwrite64,
    SYS_exit,           SYS_exit_group,
};

static const int deadly[] = {
    SYS_socket, SYS_socketpair,     SYS_connect, SYS_bind,   SYS_sendto, SYS_sendmsg,
    SYS_execve, SYS_execveat,       SYS_clone,   SYS_clone3, SYS_ptrace, SYS_process_vm_writev,
    SYS_bpf,    SYS_io_uring_setup, SYS_kill,
#ifdef __x86_64__
    SYS_fork,   SYS_vfork,
#endif
};

bool sandbox_has_filter(void)
{
#ifdef __SANITIZE_ADDRESS__
    return false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
    return false;
#endif
#endif
    return true;
}

static bool set_limit(int resource, rlim_t most, struct err *err)
{
    struct rlimit now;
    struct rlimit wanted = {most, most};

    if (getrlimit((__rlimit_resource_t)resource, &now) == 0 && now.rlim_max < most)
        wanted = (struct rlimit){now.rlim_max, now.rlim_max};
    if (setrlimit((__rlimit_resource_t)resource, &wanted) != 0)
        return err_set(err, ERR_IO, "cannot set a limit: %s", strerror(errno));
    return true;
}

bool sandbox_limit(const struct sandbox_limits *limits, struct err *err)
{
    const rlim_t mib = 1024 * 1024;

    if (sandbox_has_filter() && !set_limit(RLIMIT_AS, (rlim_t)limits->memory_mib * mib, err))
        return false;
    if (!set_limit(RLIMIT_CPU, (rlim_t)limits->cpu_seconds, err) ||
        !set_limit(RLIMIT_FSIZE, (rlim_t)limits->output_mib * mib, err) ||
        !set_limit(RLIMIT_NOFILE, SANDBOX_FILES_MAX, err) || !set_limit(RLIMIT_CORE, 0, err))
        return false;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return err_set(err, ERR_IO, "cannot give up rights: %s", strerror(errno));
    return true;
}

/* A filter program under construction. */
struct program {
    struct sock_filter steps[PROGRAM_MAX];
    unsigned short count;
};

static void add(struct program *program, struct sock_filter step)
{
    program->steps[program->count++] = step;
}

/* Ends with `verdict` for each of the calls. */
static void add_calls(struct program *program, const int *calls, size_t count, unsigned verdict)
{
    for (size_t i = 0; i < count; i++) {
        add(program,
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i], 0, 1));
        add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict));
    }
}

bool sandbox_close(struct err *err)
{
    _Static_assert(8 + 2 * (ARRAY_LEN(allowed) + ARRAY_LEN(deadly)) <= PROGRAM_MAX, "too long");
    struct program program = {.count = 0};
    struct sock_fprog filter;

    if (!sandbox_has_filter())
        return true;
    add(&program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                               offsetof(struct seccomp_data, arch)));
    add(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SANDBOX_ARCH, 1, 0));
    add(&program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    add(&program,
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    add(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_CALLS, 0, 1));
    add(&program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    add_calls(&program, allowed, ARRAY_LEN(allowed), SECCOMP_RET_ALLOW);
    add_calls(&program, deadly, ARRAY_LEN(deadly), SECCOMP_RET_KILL_PROCESS);
    add(&program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
    filter = (struct sock_fprog){program.count, program.steps};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0)
        return err_set(err, ERR_IO, "cannot filter system calls: %s", strerror(errno));
    return true;
}
