/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/clip/protocol.h"

#include "base/jsonr.h"
#include "base/jsonw.h"

enum { FPS_DEFAULT = 30 };

static const char *copy(struct arena *arena, struct jsonv value)
{
    return arena_cstr(arena, jsonv_str(value, STR("")));
}

/* A whole number; *missing stays if there is none. */
static bool read_int(struct jsonv root, const char *key, int64_t *value, struct err *refusal)
{
    struct jsonv member = jsonv_get(root, key);

    if (jsonv_type(member) == JSONR_MISSING || jsonv_type(member) == JSONR_NULL)
        return true;
    if (jsonv_type(member) != JSONR_INT)
        return err_set_param(refusal, ERR_INVALID, key, "%s must be a whole number", key);
    *value = jsonv_int(member, 0);
    return true;
}

/* An absolute path, or NULL. */
static bool read_path(struct jsonv root, const char *key, struct arena *arena, const char **path,
                      struct err *refusal)
{
    struct jsonv member = jsonv_get(root, key);
    struct str text = jsonv_str(member, STR(""));

    *path = NULL;
    if (jsonv_type(member) == JSONR_MISSING || jsonv_type(member) == JSONR_NULL)
        return true;
    if (!str_starts(text, STR("/")) || text.len > PROTOCOL_PATH_BYTES_MAX)
        return err_set_param(refusal, ERR_INVALID, key, "%s must be an absolute path", key);
    *path = copy(arena, member);
    return true;
}

/* Without one it is to be a clip of its own. */
static bool read_purpose(struct jsonv root, enum clip_purpose *purpose, struct err *refusal)
{
    static const char *const names[CLIP_PURPOSES] = {"create", "edit", "extend"};
    struct jsonv member = jsonv_get(root, "purpose");

    *purpose = CLIP_CREATE;
    if (jsonv_is_absent(member))
        return true;
    for (int i = 0; i < CLIP_PURPOSES; i++) {
        *purpose = (enum clip_purpose)i;
        if (str_eq_c(jsonv_str(member, STR("")), names[i]))
            return true;
    }
    return err_set_param(refusal, ERR_INVALID, "purpose", "purpose must be create, edit or extend");
}

/* Into a range that an int holds and clip_make() refuses where it must. */
static int to_int(int64_t value)
{
    return value < -1 ? -1 : value > INT32_MAX ? INT32_MAX : (int)value;
}

static bool read_order(struct jsonv root, struct arena *arena, struct protocol_message *message,
                       struct err *refusal)
{
    struct clip_order *order = &message->order;
    int64_t seconds = 0, width = 0, height = 0, fps = FPS_DEFAULT, seed = -1;

    if (jsonv_type(jsonv_get(root, "prompt")) != JSONR_STR)
        return err_set_param(refusal, ERR_INVALID, "prompt", "prompt must be a string");
    if (!read_purpose(root, &order->purpose, refusal) ||
        !read_int(root, "seconds", &seconds, refusal) ||
        !read_int(root, "width", &width, refusal) || !read_int(root, "height", &height, refusal) ||
        !read_int(root, "fps", &fps, refusal) || !read_int(root, "seed", &seed, refusal))
        return false;
    if (!read_path(root, "first_frame", arena, &order->first_frame, refusal) ||
        !read_path(root, "source_video", arena, &order->source_video, refusal) ||
        !read_path(root, "scratch", arena, &message->scratch, refusal) ||
        !read_path(root, "output", arena, &order->output, refusal))
        return false;
    if (!message->scratch || !order->output)
        return err_set_param(refusal, ERR_INVALID, "output", "scratch and output are needed");
    order->prompt = arena_str(arena, jsonv_str(jsonv_get(root, "prompt"), STR("")));
    order->seconds = to_int(seconds);
    order->width = to_int(width);
    order->height = to_int(height);
    order->fps = to_int(fps);
    order->seed = seed;
    return true;
}

static bool read_message(struct jsonv root, struct arena *arena, struct protocol_message *message,
                         struct err *refusal, struct err *err)
{
    struct str type = jsonv_str(jsonv_get(root, "type"), STR(""));
    struct str id = jsonv_str(jsonv_get(root, "id"), STR(""));

    if (str_eq_c(type, "render"))
        message->type = PROTOCOL_RENDER;
    else if (str_eq_c(type, "cancel"))
        message->type = PROTOCOL_CANCEL;
    else
        return err_set(err, ERR_INVALID, "a line needs the type render or cancel");
    if (id.len == 0 || id.len > PROTOCOL_ID_BYTES_MAX)
        return err_set(err, ERR_INVALID, "a line needs an id of 1 to %d bytes",
                       PROTOCOL_ID_BYTES_MAX);
    message->id = arena_cstr(arena, id);
    if (message->type == PROTOCOL_RENDER && !read_order(root, arena, message, refusal))
        return true; /* the refusal is the answer */
    return true;
}

bool protocol_parse(struct str line, struct arena *arena, struct protocol_message *message,
                    struct err *refusal, struct err *err)
{
    struct jsonr doc;
    bool ok;

    *message = (struct protocol_message){.type = PROTOCOL_CANCEL};
    *refusal = (struct err){.kind = ERR_NONE};
    ok = jsonr_parse(&doc, line, err) &&
         read_message(jsonr_root(&doc), arena, message, refusal, err);
    jsonr_fini(&doc);
    return ok;
}

static void begin(struct jsonw *json, struct buf *out, const char *type, const char *id)
{
    jsonw_init(json, out);
    jsonw_object(json);
    jsonw_key(json, "type");
    jsonw_cstr(json, type);
    if (!id)
        return;
    jsonw_key(json, "id");
    jsonw_cstr(json, id);
}

static void end(struct jsonw *json)
{
    jsonw_end(json);
    buf_add_char(json->buf, '\n');
}

static void write_text(struct jsonw *json, const char *key, const char *value)
{
    jsonw_key(json, key);
    jsonw_cstr(json, value);
}

static void write_int(struct jsonw *json, const char *key, int64_t value)
{
    jsonw_key(json, key);
    jsonw_int(json, value);
}

void protocol_write_ready(struct buf *out)
{
    struct jsonw json;

    begin(&json, out, "ready", NULL);
    write_int(&json, "protocol", PROTOCOL_VERSION);
    write_text(&json, "name", "diorama");
    write_text(&json, "version", VITASCOPE_VERSION);
    end(&json);
}

void protocol_write_progress(struct buf *out, const char *id, enum clip_phase phase, int percent)
{
    struct jsonw json;

    begin(&json, out, "progress", id);
    write_int(&json, "percent", percent);
    write_text(&json, "phase", clip_phase_name(phase));
    end(&json);
}

void protocol_write_done(struct buf *out, const char *id, const char *output,
                         const struct clip *clip)
{
    struct jsonw json;

    begin(&json, out, "done", id);
    write_text(&json, "output", output);
    jsonw_key(&json, "seconds");
    jsonw_real(&json, clip->seconds);
    write_int(&json, "width", clip->width);
    write_int(&json, "height", clip->height);
    write_int(&json, "fps", clip->fps);
    write_int(&json, "frames", clip->frames);
    jsonw_key(&json, "notes");
    prompt_write_json(&clip->reading, &json);
    end(&json);
}

void protocol_write_failed(struct buf *out, const char *id, const char *fault, const char *message)
{
    struct jsonw json;

    begin(&json, out, "failed", id);
    write_text(&json, "class", fault);
    write_text(&json, "message", message);
    end(&json);
}

void protocol_write_error(struct buf *out, const char *message)
{
    struct jsonw json;

    begin(&json, out, "error", NULL);
    write_text(&json, "message", message);
    end(&json);
}

const char *protocol_fault(enum err_kind kind)
{
    if (kind == ERR_INVALID || kind == ERR_TOO_LARGE || kind == ERR_MEDIA_TYPE)
        return "invalid";
    return kind == ERR_GONE ? "canceled" : "broken";
}
