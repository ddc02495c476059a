/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finished video's thumbnail and sprite sheet: made by the probe between the engine's end and
 * the blob store. What goes wrong here is logged, and the video goes on without them.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "core/scheduler_impl.h"

enum { BOX_HEADER_BYTES = 16, BOXES_MAX = 64 };

static uint64_t read_be(const uint8_t *bytes, int count)
{
    uint64_t value = 0;

    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

bool previews_are_worth_a_try(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    uint8_t header[BOX_HEADER_BYTES];
    uint64_t at = 0;
    bool found = false;

    for (int box = 0; fd >= 0 && !found && box < BOXES_MAX; box++) {
        uint64_t size;

        if (at > INT64_MAX || pread(fd, header, sizeof header, (off_t)at) != sizeof header)
            break;
        found = !memcmp(header + 4, "moov", 4);
        size = read_be(header, 4);
        size = size == 1 ? read_be(header + 8, 8) : size;
        if (size < 8 || size > INT64_MAX)
            break;
        at += size;
    }
    if (fd >= 0)
        close(fd);
    return found;
}

static void made(void *user, const struct probe_film *film, const struct err *err)
{
    static const struct {
        enum asset_kind kind;
        enum asset_type type;
    } kinds[ENTRY_PREVIEWS] = {{ASSET_THUMBNAIL, ASSET_WEBP}, {ASSET_SPRITESHEET, ASSET_JPEG}};
    struct entry *entry = user;
    const struct asset *output = &entry->op.output;

    if (!film)
        log_warn("job.previews", "id=%s reason=%s", entry->ticket, log_quote(str_from(err->text)));
    for (int i = 0; film && i < ENTRY_PREVIEWS; i++)
        entry->op.previews[i] = (struct asset){
            .id = id_new(),
            .account_id = entry->job.account_id,
            .job_id = entry->job.id,
            .kind = kinds[i].kind,
            .type = kinds[i].type,
            .created_ms = output->created_ms,
            .expires_ms = output->expires_ms,
        };
    entry_store(entry);
}

static void looked(struct entry *entry)
{
    char thumbnail[FILES_PATH_BYTES], sheet[FILES_PATH_BYTES];
    struct probe_film_request request = {
        .work = PROBE_PREVIEWS,
        .input = str_from(entry->room->output),
        .output = files_path(entry, SCRATCH_THUMBNAIL, thumbnail),
        .sheet = files_path(entry, SCRATCH_SPRITESHEET, sheet),
    };
    struct probe *probe = entry->scheduler->config.probe;
    struct err err = {0};

    if (!entry->work_ok || entry->over || entry->scheduler->stopping)
        entry_store(entry);
    else if (!probe_film_start(probe, &request, made, entry, &err))
        made(entry, NULL, &err);
}

void previews_make(struct entry *entry)
{
    memset(entry->op.previews, 0, sizeof entry->op.previews);
    if (entry->scheduler->config.probe)
        files_look(entry, looked);
    else
        entry_store(entry);
}
