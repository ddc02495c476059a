/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openai: the dialect of OpenAI's Videos API (Sora 2).
 *
 * Every error is {"error": {message, type, param, code}}, all four always there; of what is wrong
 * with a request the first thing found is told. A member that nobody documents is refused, except
 * our own `vitascope` (api/extras.h). Sizes are those of the six documented ones for which the
 * model has a price.
 *
 * Where the documents are silent:
 * - A balance that is too low is 429 insufficient_quota, as everywhere at OpenAI, with
 *   x-should-retry: false, because the SDKs would repeat a 429.
 * - An edit or an extension that no engine of the model can do is 400 unsupported_operation.
 * - An edit says of which video it is in remixed_from_video_id, as a remix does; an extension does
 *   not: it is a longer video and no other one.
 * - A list shows the videos that this dialect asked for; a look at one, any of the account's.
 * - Deleting a video that is not over cancels it first; its price is given back.
 * - The content of a video that is not there yet is 404, of one that has expired 410.
 * - A model's time of creation is 0: nobody notes it.
 *
 * Included only inside api/. Thread: loop.
 */
#ifndef VITASCOPE_API_OPENAI_OPENAI_H
#define VITASCOPE_API_OPENAI_OPENAI_H

#include "api/create.h"

extern const struct dialect_ops dialect_openai;

enum {
    OPENAI_PROMPT_CHARS_MAX = 32000,
    OPENAI_BODY_VIDEO_BYTES_MAX = SERVICE_UPLOAD_VIDEO_BYTES_MAX + 256 * 1024,
    OPENAI_LIST_DEFAULT = 20,
    OPENAI_LIST_MAX = 100,
    OPENAI_POLL_AFTER_MS = 500,  /* what the SDKs are told to wait between two looks at a video */
    OPENAI_SHOWN_BYTES_MAX = 64, /* of a caller's word that an error repeats */
};

#define OPENAI_ID_BYTES (sizeof("video_") + ID_HEX_LEN)

/* "video_" and 32 hex digits, and a NUL. */
void openai_id(struct id id, char out[OPENAI_ID_BYTES]);

extern const struct create_ops openai_create;

/* What a request says, as JSON or as a form (multipart/form-data, which the SDKs send). */
struct openai_body {
    struct jsonv root;     /* an object, until the call is answered */
    struct str file_field; /* the name of the form's file; ptr NULL: there is none */
    struct str file;       /* its bytes */
    struct str said;       /* all of it: the same text for the same request */
};

/* On failure the call is answered. */
MUST_CHECK bool openai_read_body(struct call *call, struct openai_body *body);

/* The same of a form alone, with its Content-Type; nothing is answered. ERR_INVALID,
 * ERR_TOO_LARGE. */
MUST_CHECK bool openai_read_form(struct call *call, struct str type, struct openai_body *body,
                                 struct err *err);

void openai_read_prompt(struct create *create, struct jsonv root);
void openai_read_seconds(struct create *create, struct jsonv root, bool required);

/* POST /v1/videos: reads the members of its body. The models are the catalog's. */
void openai_read(struct create *create, const struct catalog *catalog,
                 const struct openai_body *body);
void openai_videos_post(struct call *call);

/* POST /v1/videos/:id/remix: the same video once more with new words. It keeps the source's model,
 * length, size, first frame and seed. Its prompt is the new words and behind them, after an empty
 * line, the source's: of two things that contradict each other an engine takes the first. */
void openai_remix(struct call *call);

/* POST /v1/videos/edits: the source once more, changed as the prompt says, as long and as large.
 * POST /v1/videos/extensions: the source and `seconds` more behind it. The source is a video of
 * the account, or an MP4 in the form. Prompts of a video's own source go behind the new words, as
 * with a remix; where that makes them too long, an extension has the new words alone. */
void openai_edit(struct call *call);
void openai_extend(struct call *call);

/* The video is to be made of that one: takes over its model, size, frame rate, seed and prompt,
 * and refuses one that is not completed; `field` is at fault then, `done` says what it cannot be:
 * "remixed". */
void openai_take_source(struct create *create, const struct job *source, const char *field,
                        const char *done);

/* The video is to be as long as its source; refuses what is too long for one. */
void openai_take_seconds(struct create *create, int seconds, const char *field, const char *done);

/* POST /v1/videos/characters, GET /v1/videos/characters/:id */
void openai_character_post(struct call *call);
void openai_character_get(struct call *call);

/* create_run() once the characters that a create names are found: the account's own, each by its
 * name in the prompt. */
void openai_run_with_characters(struct create *create, struct jsonv characters);

/* POST /v1/files, GET and DELETE /v1/files/:id */
void openai_file_post(struct call *call);
void openai_file_get(struct call *call);
void openai_file_delete(struct call *call);

/* "file-" or "file_" and 32 hex digits, or a UUID: the id of an upload. */
bool openai_file_parse(struct str text, struct id *id);

/* Refuses the form's file, if it has one. */
void openai_refuse_file(struct create *create, const struct openai_body *body);

/* Refuses the first member that is not in `known` (NULL at the end); `prefix` goes in front of its
 * name. */
void openai_refuse_unknown(struct faults *faults, struct jsonv object, const char *prefix,
                           const char *const *known);

/* The Video object; and the same as the answer to a look at it. */
void openai_write_video(struct call *call, const struct job *job, struct jsonw *w);
void openai_write_job(struct call *call, const struct job *job, struct jsonw *w);

/* GET /v1/videos, DELETE /v1/videos/:id, GET /v1/videos/:id/content, GET /v1/models[/:id] */
void openai_videos_list(struct call *call);
void openai_video_delete(struct call *call);
void openai_content(struct call *call);
void openai_models(struct call *call);
void openai_model(struct call *call);

/* ---- errors ---- */

/* Notes what is wrong, unless something else was found before. `field` is borrowed. */
void openai_refuse(struct faults *faults, const char *code, const char *field, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

/* "Invalid type for 'seconds': expected a string, but got an integer instead." */
void openai_refuse_type(struct faults *faults, const char *field, const char *expected,
                        struct jsonv got);

/* A caller's word as an error repeats it: its beginning. */
struct str openai_shown(struct str text);

void openai_write_error(struct call *call, const struct err *err, struct jsonw *w);
int openai_error_status(struct call *call, const struct err *err);

#endif
