/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an attempt begins with, and how an extension ends.
 *
 *   a picture     blob -> decoded and cut to size -> first frame -> engine
 *   an edit       source's blob -> engine
 *   an extension  source's blob -> its last picture -> first frame -> engine -> joined with source
 *
 * Decoding is the probe's; all of it is done again with the next attempt.
 */
#include <string.h>

#include "base/log.h"
#include "core/scheduler_impl.h"

static void warn(const struct entry *entry, const char *what, const struct err *err)
{
    log_warn("job.source", "id=%s what=%s reason=%s", entry->ticket, what,
             log_quote(str_from(err->text)));
}

/* ---- a picture ---- */

static void image_converted(void *user, const struct probe_image *image, const struct err *err)
{
    struct entry *entry = user;

    if (entry_is_halted(entry))
        return;
    if (image)
        entry_begin(entry);
    else if (err->kind == ERR_INVALID)
        entry_fail(entry, JOB_FAULT_INVALID, str_from(err->text));
    else
        entry_requeue(entry, JOB_FAULT_BROKEN, STR("The image could not be prepared."));
}

static void convert_image(struct entry *entry)
{
    char image[FILES_PATH_BYTES], frame[FILES_PATH_BYTES];
    struct probe_request request = {
        .input = files_path(entry, SCRATCH_IMAGE, image),
        .output = files_path(entry, SCRATCH_FRAME, frame),
        .width = entry->job.render.width,
        .height = entry->job.render.height,
    };
    struct err err = {0};

    if (entry_is_halted(entry))
        return;
    if (!probe_start(entry->scheduler->config.probe, &request, image_converted, entry, &err))
        entry_retry_later(entry, convert_image);
}

/* Whether it is there; if not, sees to the end of the attempt. */
static bool take_fetched(struct entry *entry, struct str lost, struct str unread)
{
    if (entry_is_halted(entry))
        return false;
    if (entry->work_ok)
        return true;
    warn(entry, "fetch", &entry->work_err);
    if (entry->work_err.kind == ERR_NOT_FOUND)
        entry_fail(entry, JOB_FAULT_INVALID, lost);
    else
        entry_requeue(entry, JOB_FAULT_BROKEN, unread);
    return false;
}

static void image_fetched(struct entry *entry)
{
    if (take_fetched(entry, STR("The image is no longer stored."),
                     STR("The image could not be read.")))
        convert_image(entry);
}

/* ---- a video ---- */

static void tail_taken(void *user, const struct probe_film *film, const struct err *err)
{
    struct entry *entry = user;

    if (entry_is_halted(entry))
        return;
    if (film) {
        entry_begin(entry);
        return;
    }
    warn(entry, "tail", err);
    if (err->kind == ERR_INVALID)
        entry_fail(entry, JOB_FAULT_INVALID, str_from(err->text));
    else
        entry_requeue(entry, JOB_FAULT_BROKEN, STR("The source video could not be prepared."));
}

static void take_tail(struct entry *entry)
{
    char source[FILES_PATH_BYTES], frame[FILES_PATH_BYTES];
    struct probe_film_request request = {
        .work = PROBE_TAIL,
        .input = files_path(entry, SCRATCH_SOURCE, source),
        .output = files_path(entry, SCRATCH_FRAME, frame),
        .width = entry->job.render.width,
        .height = entry->job.render.height,
    };
    struct err err = {0};

    if (entry_is_halted(entry))
        return;
    if (!probe_film_start(entry->scheduler->config.probe, &request, tail_taken, entry, &err))
        entry_retry_later(entry, take_tail);
}

static void source_fetched(struct entry *entry)
{
    if (!take_fetched(entry, STR("The source video is no longer stored."),
                      STR("The source video could not be read.")))
        return;
    if (entry->job.render.purpose == RENDER_EXTEND)
        take_tail(entry);
    else
        entry_begin(entry);
}

void source_prepare(struct entry *entry)
{
    struct err err = {0};

    entry->phase = ENTRY_PREPARING;
    entry->tries = 0;
    if (!files_make_scratch(entry, &err)) {
        log_error("job.scratch", "id=%s reason=%s", entry->ticket, log_quote(str_from(err.text)));
        entry_requeue(entry, JOB_FAULT_BROKEN, STR("The server had no room to work in."));
    } else if (id_is_zero(entry->job.source_video) && !job_needs(&entry->job)) {
        entry_begin(entry);
    } else if (!entry->scheduler->config.probe) {
        entry_fail(entry, JOB_FAULT_INVALID, STR("This server takes no images and no videos."));
    } else if (!id_is_zero(entry->job.source_video)) {
        files_fetch(entry, entry->job.source_video, SCRATCH_SOURCE, source_fetched);
    } else {
        files_fetch(entry, entry->job.first_frame, SCRATCH_IMAGE, image_fetched);
    }
}

/* ---- joining ---- */

static void joined(void *user, const struct probe_film *film, const struct err *err)
{
    const struct str unjoined = STR("What was made could not be joined to the source video.");
    struct entry *entry = user;
    struct scheduler *scheduler = entry->scheduler;

    if (entry->over) {
        entry_leave(entry, (struct id){0});
        scheduler_pump(scheduler);
        return;
    }
    if (film) {
        files_path(entry, SCRATCH_WHOLE, entry->room->output);
        entry->tries = 0;
        previews_make(entry);
        return;
    }
    warn(entry, "join", err);
    if (err->kind != ERR_INVALID && entry->tries + 1 < SCHEDULER_STORE_TRIES) {
        entry_retry_later(entry, source_join);
        return;
    }
    entry->failed_on |= BIT(entry->position);
    if (entry_may_go_on(entry))
        entry_requeue(entry, JOB_FAULT_BROKEN, unjoined);
    else
        entry_fail(entry, JOB_FAULT_BROKEN, unjoined);
}

void source_join(struct entry *entry)
{
    char source[FILES_PATH_BYTES], whole[FILES_PATH_BYTES];
    struct probe_film_request request = {
        .work = PROBE_JOIN,
        .input = files_path(entry, SCRATCH_SOURCE, source),
        .continuation = str_from(entry->room->output),
        .output = files_path(entry, SCRATCH_WHOLE, whole),
    };
    struct err err = {0};

    if (entry->job.render.purpose != RENDER_EXTEND)
        previews_make(entry);
    else if (!probe_film_start(entry->scheduler->config.probe, &request, joined, entry, &err))
        entry_retry_later(entry, source_join);
}
