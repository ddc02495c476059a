/* SPDX-License-Identifier: Apache-2.0 */
#include "api/openai/openai.h"

#include "api/shared.h"
#include "base/macros.h"

static const struct route routes[] = {
    {HTTP_POST, "/v1/videos", ACCESS_KEY, CALL_BODY_IMAGE_BYTES_MAX, openai_videos_post},
    {HTTP_GET, "/v1/videos/:id", ACCESS_KEY, 0, shared_video_get},
};

const struct dialect_ops dialect_openai = {
    .prefix = "/openai",
    .routes = routes,
    .route_count = ARRAY_LEN(routes),
    .write_error = openai_write_error,
    .error_status = openai_error_status,
    .write_job = openai_write_job,
    .no_key = "You didn't provide an API key. You need to provide your API key in an Authorization "
              "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    .bad_key = "Incorrect API key provided.",
    .disabled_key = "This API key has been disabled.",
    .disabled_kind = ERR_UNAUTHORIZED,
};
