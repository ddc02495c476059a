/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_impl.h"

static void word(void *context, struct arena *arena, const struct callback *callback,
                 struct callback_request *request)
{
    struct api *api = context;
    struct call call = {.api = api,
                        .service = api->service,
                        .arena = arena,
                        .dialect = dialect_of(callback->job->dialect),
                        .base_url = callback->job->callback.base};

    call.dialect->write_callback(&call, callback, request);
}

void callbacks_open(struct api *api)
{
    for (int i = 0; i < DIALECTS; i++) {
        const struct dialect_ops *dialect = dialect_of((enum dialect)i);

        if (dialect && dialect->write_callback)
            service_set_delivery_writer(api->service, (enum dialect)i, word, api);
    }
}
