/* SPDX-License-Identifier: Apache-2.0 */
/* rand: unpredictable bytes from the kernel. Thread: any. */
#ifndef VITASCOPE_BASE_RAND_H
#define VITASCOPE_BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

/* Ends the process if the kernel has none to give. */
void rand_bytes(void *out, size_t len);
uint64_t rand_u64(void);

#endif
