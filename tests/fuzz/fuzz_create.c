/* SPDX-License-Identifier: Apache-2.0 */
/* The body of a request for a video. The first byte says of which dialect; a line that follows for
 * OpenAI's forms is the Content-Type. */
#include "api/aivideoapi/aivideoapi.h"
#include "api/apiframe/apiframe.h"
#include "api/openai/openai.h"
#include "api/uniall/uniall.h"
#include "target.h"

enum { OPENAI_FORM, OPENAI_JSON, APIFRAME, AIVIDEOAPI, UNIALL, KINDS };

static struct catalog *models(void)
{
    static struct catalog *catalog;
    struct catalog_model model = {.name = STR("sora-2"),
                                  .steps = {{1280 * 720, 125000}, {1792 * 1024, 250000}},
                                  .step_count = 2,
                                  .route = {STR("e")},
                                  .route_len = 1};
    struct err err;

    if (!catalog) {
        catalog = catalog_new();
        FUZZ_CHECK(catalog_add(catalog, &model, &err));
    }
    return catalog;
}

/* What is beyond doubt must be within the limits of what engines are asked. */
static void check_create(const struct create *create)
{
    const struct render_request *render = &create->submit.render;

    FUZZ_CHECK(create->faults.count <= FAULTS_MAX);
    for (size_t i = 0; i < create->faults.count; i++)
        FUZZ_CHECK(create->faults.list[i].field);
    if (create->faults.count)
        return;
    FUZZ_CHECK(render->prompt.ptr && str_is_utf8(render->prompt));
    FUZZ_CHECK(render->prompt.len && render->prompt.len <= RENDER_PROMPT_BYTES_MAX);
    FUZZ_CHECK(render->seconds >= RENDER_SECONDS_MIN && render->seconds <= RENDER_SECONDS_MAX);
    FUZZ_CHECK(render->width >= 64 && render->width <= 1920 && render->width % 2 == 0);
    FUZZ_CHECK(render->height >= 64 && render->height <= 1920 && render->height % 2 == 0);
    FUZZ_CHECK(render->fps == 24 || render->fps == 30);
    FUZZ_CHECK(create->submit.callback_url.len <= JOB_CALLBACK_BYTES_MAX);
}

static void read_openai(struct call *call, const struct openai_body *body)
{
    struct create *create = create_new(call, &openai_create);

    if (jsonv_type(body->root) != JSONR_OBJECT)
        return;
    openai_read(create, models(), body);
    FUZZ_CHECK(create->faults.count <= 1 || create->faults.list[0].text.len);
    check_create(create);
}

static void read_form(struct call *call, struct str bytes)
{
    struct openai_body body = {0};
    struct str type;
    struct err err;

    call->exchange->body = str_cut(bytes, '\n', &type);
    if (openai_read_form(call, type, &body, &err)) {
        FUZZ_CHECK(jsonv_type(body.root) == JSONR_OBJECT);
        read_openai(call, &body);
    }
}

static void read_json(struct call *call, int kind)
{
    static const struct create_ops *const ops[KINDS] = {[APIFRAME] = &apiframe_create,
                                                        [AIVIDEOAPI] = &aivideoapi_create,
                                                        [UNIALL] = &uniall_create_job};
    static void (*const readers[KINDS])(struct create * create, struct jsonv root) = {
        [APIFRAME] = apiframe_read, [AIVIDEOAPI] = aivideoapi_read, [UNIALL] = uniall_read};
    struct openai_body body = {.said = call->exchange->body};
    struct create *create = NULL;
    struct err err;

    if (!jsonr_parse(&call->json, call->exchange->body, &err))
        return;
    body.root = jsonr_root(&call->json);
    if (kind == OPENAI_JSON) {
        read_openai(call, &body);
    } else if (jsonv_type(body.root) == JSONR_OBJECT) {
        create = create_new(call, ops[kind]);
        readers[kind](create, body.root);
        check_create(create);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_exchange exchange = {0};
    struct arena arena;
    const struct route route = {.body_bytes_max = CALL_BODY_IMAGE_BYTES_MAX};
    struct call call = {
        .exchange = &exchange, .arena = &arena, .route = &route, .base_url = STR("http://here")};
    struct str bytes;
    int kind = 0;

    if (size == 0)
        return 0;
    arena_init(&arena, 0);
    bytes = fuzz_copy(data + 1, size - 1);
    exchange.arena = &arena;
    exchange.body = bytes;
    kind = data[0] % KINDS;
    if (kind == OPENAI_FORM)
        read_form(&call, bytes);
    else
        read_json(&call, kind);
    jsonr_fini(&call.json);
    arena_fini(&arena);
    free((void *)(uintptr_t)bytes.ptr);
    return 0;
}
