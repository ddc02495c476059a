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
 * - Operations that this version does not do are 501 not_implemented, also with
 *   x-should-retry: false. They cost nothing.
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

void openai_read_prompt(struct create *create, struct jsonv root);

/* POST /v1/videos: reads the members of its body. The models are the catalog's. */
void openai_read(struct create *create, const struct catalog *catalog,
                 const struct openai_body *body);
void openai_videos_post(struct call *call);

/* POST /v1/videos/:id/remix: the same video once more with new words. It keeps the source's model,
 * length, size, first frame and seed. Its prompt is the new words and behind them, after an empty
 * line, the source's: of two things that contradict each other an engine takes the first. */
void openai_remix(struct call *call);

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
