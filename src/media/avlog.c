/* SPDX-License-Identifier: Apache-2.0 */
#include "media/avlog.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libavutil/error.h>
#include <libavutil/log.h>

static void print(void *context, int level, const char *fmt, va_list args)
{
    char line[512];
    int prefix = 1;
    size_t len;

    if (level > AV_LOG_WARNING)
        return;
    av_log_format_line2(context, level, fmt, args, line, sizeof(line) - 1, &prefix);
    len = strnlen(line, sizeof(line) - 1);
    if (len == 0)
        return;
    if (line[len - 1] != '\n')
        line[len++] = '\n';
    if (write(STDERR_FILENO, line, len) < 0)
        return; /* nobody left to tell */
}

void avlog_init(void)
{
    av_log_set_level(AV_LOG_WARNING);
    av_log_set_callback(print);
}

bool avlog_err(struct err *err, enum err_kind kind, const char *what, int code)
{
    char reason[AV_ERROR_MAX_STRING_SIZE];

    if (av_strerror(code, reason, sizeof(reason)) < 0)
        snprintf(reason, sizeof(reason), "error %d", code);
    return err_set(err, kind, "%s: %s", what, reason);
}
