/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shared.h"

#include "api/aivideoapi/aivideoapi.h"
#include "api/api_impl.h"
#include "api/openai/openai.h"
#include "api/uniall/uniall.h"

bool shared_is_uniall(struct jsonv root)
{
    struct str model = jsonv_str(jsonv_get(root, "model"), STR(""));

    if (jsonv_type(jsonv_get(root, "input")) == JSONR_OBJECT)
        return false;
    return str_starts(model, STR("sora2")) || !jsonv_is_absent(jsonv_get(root, "video_count")) ||
           !jsonv_is_absent(jsonv_get(root, "generation_mode"));
}

void shared_generate(struct call *call)
{
    struct jsonv root;

    if (!call_read_json(call, &root))
        return;
    if (!call->pinned && shared_is_uniall(root)) {
        call->dialect = &dialect_uniall;
        uniall_generate(call, root, &uniall_create_task);
    } else {
        aivideoapi_generate(call, root);
    }
}

static bool asks_for_uniall(const struct call *call)
{
    const struct str *format = url_params_get(&call->exchange->params, "format");

    return format && str_eq_c(*format, "uniall");
}

static void show(struct call *call, const struct job *job)
{
    bool of_uniall = job->dialect == DIALECT_UNIALL || asks_for_uniall(call);

    if (!call->pinned)
        call->dialect = of_uniall ? &dialect_uniall : &dialect_openai;
    call_reply_job(call, job);
}

void shared_video_get(struct call *call)
{
    if (!call->pinned && str_starts(call->params[0], STR("gen_")))
        call->dialect = &dialect_uniall; /* also to say that there is no such job */
    call_find_job(call, show);
}
