/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/worker_protocol.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"

static const struct {
    const char *name;
    bool has_id;
} types[] = {
    [WORKER_READY] = {"ready", false}, [WORKER_PROGRESS] = {"progress", true},
    [WORKER_DONE] = {"done", true},    [WORKER_FAILED] = {"failed", true},
    [WORKER_ERROR] = {"error", false},
};

/* At most so many bytes, and no half character at the end. */
static struct str cut(struct str text, size_t bytes_max)
{
    if (text.len <= bytes_max)
        return text;
    while (bytes_max && ((unsigned char)text.ptr[bytes_max] & 0xc0) == 0x80)
        bytes_max--;
    return str_head(text, bytes_max);
}

static struct str get_text(struct jsonv root, const char *key, size_t bytes_max)
{
    return cut(jsonv_str(jsonv_get(root, key), (struct str){0}), bytes_max);
}

static int parse_percent(struct jsonv value)
{
    double percent = jsonv_real(value, -1);

    if (percent > 100)
        return 100;
    return percent >= 0 ? (int)percent : -1;
}

/* A worker cannot say "timeout", the deadline is ours; an unknown word is its own mistake. */
static enum engine_fault parse_class(struct jsonv value)
{
    enum engine_fault fault = ENGINE_BROKEN;

    if (!engine_fault_parse(jsonv_str(value, (struct str){0}), &fault) || fault == ENGINE_TIMEOUT)
        return ENGINE_BROKEN;
    return fault;
}

static void parse_done(struct worker_message *message, struct jsonv root)
{
    struct jsonv notes = jsonv_get(root, "notes");
    struct engine_result *result = &message->result;

    result->output = jsonv_str(jsonv_get(root, "output"), (struct str){0});
    result->seconds = jsonv_real(jsonv_get(root, "seconds"), 0);
    result->width = (int)jsonv_int(jsonv_get(root, "width"), 0);
    result->height = (int)jsonv_int(jsonv_get(root, "height"), 0);
    result->fps = (int)jsonv_real(jsonv_get(root, "fps"), 0);
    result->frames = jsonv_int(jsonv_get(root, "frames"), 0);
    if (jsonv_type(notes) == JSONR_OBJECT)
        message->notes = jsonv_dump(notes);
    result->notes = message->notes ? str_from(message->notes) : STR("{}");
    if (result->notes.len > ENGINE_NOTES_BYTES_MAX)
        result->notes = STR("{}");
}

static bool parse_type(struct worker_message *message, struct jsonv root, struct err *err)
{
    struct jsonv type = jsonv_get(root, "type"), id = jsonv_get(root, "id");

    if (jsonv_type(root) != JSONR_OBJECT || jsonv_type(type) != JSONR_STR)
        return err_set(err, ERR_INVALID, "sent a line that is no object with a type");
    message->type = WORKER_OTHER;
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (str_eq_c(jsonv_str(type, (struct str){0}), types[i].name))
            message->type = (enum worker_message_type)i;
    if (message->type == WORKER_OTHER || !types[message->type].has_id)
        return true;
    if (jsonv_type(id) != JSONR_STR)
        return err_set(err, ERR_INVALID, "sent \"%s\" without an id", types[message->type].name);
    message->id = jsonv_str(id, (struct str){0});
    return true;
}

bool worker_message_parse(struct worker_message *message, struct str line, struct err *err)
{
    struct err reason = {0};

    *message = (struct worker_message){0};
    if (!jsonr_parse(&message->doc, line, &reason))
        return err_set(err, ERR_INVALID, "sent a line that is not JSON: %s", reason.text);

    struct jsonv root = jsonr_root(&message->doc);

    if (!parse_type(message, root, err))
        return false;
    switch (message->type) {
    case WORKER_READY:
        message->protocol = (int)jsonv_int(jsonv_get(root, "protocol"), 0);
        message->name = get_text(root, "name", ENGINE_NAME_BYTES_MAX);
        message->version = get_text(root, "version", ENGINE_NAME_BYTES_MAX);
        break;
    case WORKER_PROGRESS:
        message->percent = parse_percent(jsonv_get(root, "percent"));
        message->phase = get_text(root, "phase", ENGINE_PHASE_BYTES_MAX);
        break;
    case WORKER_DONE:
        parse_done(message, root);
        break;
    case WORKER_FAILED:
        message->fault = parse_class(jsonv_get(root, "class"));
        message->text = get_text(root, "message", ENGINE_TEXT_BYTES_MAX);
        break;
    case WORKER_ERROR:
        message->text = get_text(root, "message", ENGINE_TEXT_BYTES_MAX);
        break;
    case WORKER_OTHER:
        break;
    }
    return true;
}

void worker_message_fini(struct worker_message *message)
{
    jsonr_fini(&message->doc);
    free(message->notes);
    message->notes = NULL;
}

static void write_path(struct jsonw *w, const char *key, struct str path)
{
    jsonw_key(w, key);
    if (path.len)
        jsonw_str(w, path);
    else
        jsonw_null(w);
}

static void write_int(struct jsonw *w, const char *key, int64_t value)
{
    jsonw_key(w, key);
    jsonw_int(w, value);
}

static void write_head(struct jsonw *w, const char *type, struct str ticket)
{
    jsonw_object(w);
    jsonw_key(w, "type");
    jsonw_cstr(w, type);
    jsonw_key(w, "id");
    jsonw_str(w, ticket);
}

void worker_write_render(struct buf *line, struct str ticket, const struct engine_request *request)
{
    const struct render_request *render = &request->render;
    struct jsonw w;

    jsonw_init(&w, line);
    write_head(&w, "render", ticket);
    jsonw_key(&w, "purpose");
    jsonw_cstr(&w, render_purpose_name(render->purpose));
    jsonw_key(&w, "prompt");
    jsonw_str(&w, render->prompt);
    write_int(&w, "seconds", render->seconds);
    write_int(&w, "width", render->width);
    write_int(&w, "height", render->height);
    write_int(&w, "fps", render->fps);
    write_int(&w, "seed", render->seed);
    write_path(&w, "first_frame", request->first_frame);
    write_path(&w, "source_video", request->source_video);
    write_path(&w, "scratch", request->scratch);
    write_path(&w, "output", request->output);
    jsonw_end(&w);
    buf_add_char(line, '\n');
}

void worker_write_cancel(struct buf *line, struct str ticket)
{
    struct jsonw w;

    jsonw_init(&w, line);
    write_head(&w, "cancel", ticket);
    jsonw_end(&w);
    buf_add_char(line, '\n');
}
