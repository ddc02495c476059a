/* SPDX-License-Identifier: Apache-2.0 */
/* macros: compiler attributes and the few macros that everything uses. */
#ifndef VITASCOPE_BASE_MACROS_H
#define VITASCOPE_BASE_MACROS_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))
#define BIT(n) (1u << (n))

#endif
