/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST /v1/videos/edits and POST /v1/videos/extensions: read alike, the source is looked for (a
 * video of the account) or looked at (a file), then it is a create like any other.
 */
#include "api/extras.h"
#include "api/openai/openai.h"

struct edit {
    struct create *create;
    struct openai_body body;
    struct str id;    /* of the source, or */
    struct str model; /* asked for, or empty */
};

enum { FPS_SLOW = 24, FPS_BETWEEN = 27 };

static const char *done_of(const struct edit *edit)
{
    return edit->create->submit.render.purpose == RENDER_EDIT ? "edited" : "extended";
}

/* ---- reading ---- */

static void read_video(struct edit *edit)
{
    static const char *const known[] = {"id", NULL};
    struct faults *faults = &edit->create->faults;
    struct jsonv video = jsonv_get(edit->body.root, "video");
    struct jsonv id = jsonv_get(video, "id");
    bool is_file = str_eq_c(edit->body.file_field, "video");

    if (!is_file)
        openai_refuse_file(edit->create, &edit->body);
    if (is_file && !jsonv_is_absent(video))
        openai_refuse(faults, "invalid_value", "video", "Invalid 'video': it is there twice.");
    if (is_file)
        return;
    if (jsonv_type(video) == JSONR_MISSING)
        openai_refuse(faults, "missing_required_parameter", "video",
                      "Missing required parameter: 'video'.");
    else if (jsonv_type(video) != JSONR_OBJECT)
        openai_refuse_type(faults, "video", "an object with the 'id' of a video", video);
    else if (jsonv_type(id) == JSONR_MISSING)
        openai_refuse(faults, "missing_required_parameter", "video.id",
                      "Missing required parameter: 'video.id'.");
    else if (jsonv_type(id) != JSONR_STR)
        openai_refuse_type(faults, "video.id", "a string", id);
    openai_refuse_unknown(faults, video, "video.", known);
    edit->id = jsonv_str(id, STR(""));
}

static void read_model(struct edit *edit)
{
    struct faults *faults = &edit->create->faults;
    struct jsonv model = jsonv_get(edit->body.root, "model");

    edit->model = jsonv_str(model, STR(""));
    if (!jsonv_is_absent(model) && jsonv_type(model) != JSONR_STR)
        openai_refuse_type(faults, "model", "a string", model);
    else if (edit->body.file_field.ptr && !edit->model.len)
        openai_refuse(faults, "missing_required_parameter", "model",
                      "Missing required parameter: 'model'. It says which model is to go on with "
                      "an uploaded video.");
}

/* ---- what is made of it ---- */

static void check_extension(struct edit *edit)
{
    const struct service_submit *submit = &edit->create->submit;
    int total = submit->base_seconds + submit->render.seconds;

    if (submit->extensions > JOB_EXTENSIONS_MAX)
        openai_refuse(&edit->create->faults, "invalid_value", "video",
                      "A video can be extended at most %d times.", JOB_EXTENSIONS_MAX);
    else if (total > JOB_EXTENDED_SECONDS_MAX)
        openai_refuse(
            &edit->create->faults, "invalid_value", "seconds",
            "Invalid value: '%d'. Together with the video's own %d seconds it may last at "
            "most %d.",
            submit->render.seconds, submit->base_seconds, JOB_EXTENDED_SECONDS_MAX);
}

static void check_ability(struct edit *edit)
{
    struct create *create = edit->create;
    bool edits = create->submit.render.purpose == RENDER_EDIT;
    unsigned needs = BIT(edits ? RENDER_SOURCE_VIDEO : RENDER_FIRST_FRAME);

    if (!service_can(create->call->service, create->submit.model, needs))
        openai_refuse(&create->faults, "unsupported_operation", "video",
                      "The model '" STR_FMT "' cannot %s: none of its engines here looks at %s.",
                      STR_ARG(openai_shown(create->submit.model)),
                      edits ? "edit videos" : "extend videos",
                      edits ? "a source video" : "a first frame");
}

/* The source is known; `seconds` is its length. */
static void run(struct edit *edit, int seconds)
{
    struct create *create = edit->create;

    if (create->submit.render.purpose == RENDER_EDIT) {
        openai_take_seconds(create, seconds, "video", "edited");
    } else {
        create->submit.base_seconds = seconds;
        check_extension(edit);
    }
    if (!create->faults.count)
        check_ability(edit);
    create_run(create->call);
}

static void found(void *user, const struct job *found, const struct err *err)
{
    struct edit *edit = user;
    struct create *create = edit->create;
    struct job source;
    struct err told;

    if (!found) {
        told = *err;
        if (err->kind == ERR_NOT_FOUND)
            err_set_param(&told, ERR_NOT_FOUND, "video.id",
                          "Video with id '" STR_FMT "' not found.",
                          STR_ARG(openai_shown(edit->id)));
        call_fail(create->call, &told);
        return;
    }
    source = job_copy(create->call->arena, found);
    openai_take_source(create, &source, "video", done_of(edit));
    if (edit->model.len && !str_eq(edit->model, source.model))
        openai_refuse(&create->faults, "invalid_value", "model",
                      "Invalid value: '" STR_FMT "'. The model is that of the video: leave 'model' "
                      "out.",
                      STR_ARG(openai_shown(edit->model)));
    create->submit.source_video = source.output;
    if (create->submit.render.purpose == RENDER_EDIT)
        create->submit.characters = source.characters;
    else
        create->submit.extensions = source.extensions + 1;
    run(edit, job_seconds(&source));
}

static void find(struct edit *edit)
{
    struct call *call = edit->create->call;
    struct id id = {{0}};
    struct err err;

    if (call_parse_id(edit->id, &id)) {
        service_job_get(call->service, call->arena, call->key.account_id, id, found, edit);
        return;
    }
    err_set(&err, ERR_NOT_FOUND, "no such video");
    found(edit, NULL, &err);
}

static bool is_side(int side)
{
    return side >= EXTRAS_SIDE_MIN && side <= EXTRAS_SIDE_MAX && side % 2 == 0;
}

static void refuse_size(struct edit *edit, const struct service_film *film)
{
    const struct service_submit *submit = &edit->create->submit;
    int64_t price = 0;
    struct err err;

    if (!service_price(edit->create->call->service, submit, &price, &err) &&
        err.kind == ERR_NOT_FOUND)
        openai_refuse(&edit->create->faults, "invalid_value", "model",
                      "Invalid value: '" STR_FMT "'. The supported values are those that GET "
                      "/v1/models lists.",
                      STR_ARG(openai_shown(submit->model)));
    else if (!service_price(edit->create->call->service, submit, &price, &err) ||
             !is_side(film->width) || !is_side(film->height))
        openai_refuse(&edit->create->faults, "invalid_value", "video",
                      "The video has %dx%d pixels, which is not a size of the model '" STR_FMT "'.",
                      film->width, film->height, STR_ARG(openai_shown(submit->model)));
}

static void looked(void *user, const struct service_film *film, const struct err *err)
{
    struct edit *edit = user;
    struct create *create = edit->create;
    struct service_submit *submit = &create->submit;
    int seconds = 0;

    if (!film && err->kind == ERR_INVALID)
        openai_refuse(&create->faults, "invalid_value", "video", "%s", err->text);
    if (!film && err->kind != ERR_INVALID) {
        call_fail(create->call, err);
        return;
    }
    if (!film) {
        create_run(create->call);
        return;
    }
    seconds = (int)((film->duration_ms + 500) / 1000);
    submit->model = edit->model;
    submit->render.width = film->width;
    submit->render.height = film->height;
    if (film->fps < FPS_BETWEEN)
        submit->render.fps = FPS_SLOW;
    refuse_size(edit, film);
    if (submit->render.purpose == RENDER_EXTEND)
        submit->extensions = 1;
    create->video_bytes = edit->body.file;
    run(edit, seconds ? seconds : 1);
}

static void open_edit(struct call *call, struct edit *edit, enum render_purpose purpose)
{
    edit->create = create_new(call, &openai_create);
    edit->create->submit.render.purpose = purpose;
    edit->create->submit.body = arena_printf(
        call->arena, STR_FMT "\n" STR_FMT, STR_ARG(call->exchange->path), STR_ARG(edit->body.said));
    openai_read_prompt(edit->create, edit->body.root);
}

static void go_on(struct edit *edit, const char *const *known)
{
    struct create *create = edit->create;

    read_video(edit);
    read_model(edit);
    openai_refuse_unknown(&create->faults, edit->body.root, "", known);
    if (create->faults.count)
        create_run(create->call);
    else if (edit->body.file_field.ptr)
        service_film_look(create->call->service, create->call->arena, edit->body.file, looked,
                          edit);
    else
        find(edit);
}

void openai_edit(struct call *call)
{
    static const char *const known[] = {"prompt", "video", "model", NULL};
    struct edit *edit = ARENA_NEW(call->arena, struct edit);

    if (!openai_read_body(call, &edit->body))
        return;
    open_edit(call, edit, RENDER_EDIT);
    go_on(edit, known);
}

void openai_extend(struct call *call)
{
    static const char *const known[] = {"prompt", "video", "model", "seconds", NULL};
    struct edit *edit = ARENA_NEW(call->arena, struct edit);

    if (!openai_read_body(call, &edit->body))
        return;
    open_edit(call, edit, RENDER_EXTEND);
    openai_read_seconds(edit->create, edit->body.root, true);
    go_on(edit, known);
}
