/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/kernels.h"

#include <stdlib.h>
#include <string.h>

extern const struct kernels kernels_w4;
#if defined(__x86_64__)
extern const struct kernels kernels_w8, kernels_w16;
#endif

/* The build of this name if the CPU runs it; any it runs, widest first, for NULL. */
static const struct kernels *find(const char *isa)
{
#if defined(__x86_64__)
    bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                __builtin_cpu_supports("avx512cd");

    if (wide && (!isa || strcmp(isa, kernels_w16.isa) == 0))
        return &kernels_w16;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        (!isa || strcmp(isa, kernels_w8.isa) == 0))
        return &kernels_w8;
#endif
    return !isa || strcmp(isa, kernels_w4.isa) == 0 ? &kernels_w4 : NULL;
}

const struct kernels *kernels_best(void)
{
    const char *wanted = getenv("VITASCOPE_DIORAMA_ISA");
    const struct kernels *kernels = wanted ? find(wanted) : NULL;

    return kernels ? kernels : find(NULL);
}
