/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/models, GET /v1/models/:id */
#include "api/openai/openai.h"

/* Nobody notes when a model came to be. */
static void write_model(const struct catalog_model *model, struct jsonw *w)
{
    jsonw_object(w);
    jsonw_key(w, "id");
    jsonw_str(w, model->name);
    jsonw_key(w, "object");
    jsonw_cstr(w, "model");
    jsonw_key(w, "created");
    jsonw_int(w, 0);
    jsonw_key(w, "owned_by");
    jsonw_cstr(w, "vitascope");
    jsonw_end(w);
}

static void write_one(struct call *call, const void *data, struct jsonw *w)
{
    (void)call;
    write_model(data, w);
}

static void write_all(struct call *call, const void *data, struct jsonw *w)
{
    const struct catalog *catalog = data;

    jsonw_object(w);
    jsonw_key(w, "object");
    jsonw_cstr(w, "list");
    jsonw_key(w, "data");
    jsonw_array(w);
    for (size_t i = 0; i < catalog_len(catalog); i++) {
        const struct catalog_model *model = catalog_at(catalog, i);

        if (key_may_use_model(&call->key.limits, model->name))
            write_model(model, w);
    }
    jsonw_end(w);
    jsonw_end(w);
}

void openai_models(struct call *call)
{
    call_reply(call, 200, write_all, service_catalog(call->service));
}

void openai_model(struct call *call)
{
    struct str name = call->params[0];
    const struct catalog_model *model = catalog_find(service_catalog(call->service), name);
    struct err err;

    if (model && key_may_use_model(&call->key.limits, name)) {
        call_reply(call, 200, write_one, model);
        return;
    }
    err_set_param(&err, ERR_NOT_FOUND, "model", "The model '" STR_FMT "' does not exist",
                  STR_ARG(openai_shown(name)));
    call_fail(call, &err);
}
