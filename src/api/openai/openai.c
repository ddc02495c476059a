/* SPDX-License-Identifier: Apache-2.0 */
#include "api/openai/openai.h"

#include "api/openai/webhooks.h"
#include "api/shared.h"
#include "api/spec.h"
#include "base/macros.h"

#define CREATE(path, handle)                                                                       \
    {                                                                                              \
        HTTP_POST, path, ACCESS_KEY, CALL_BODY_IMAGE_BYTES_MAX, handle                             \
    }
#define WITH_VIDEO(path, handle)                                                                   \
    {                                                                                              \
        HTTP_POST, path, ACCESS_KEY, OPENAI_BODY_VIDEO_BYTES_MAX, handle                           \
    }
#define ENDPOINT(path, handle)                                                                     \
    {                                                                                              \
        HTTP_POST, path, ACCESS_KEY, CALL_BODY_BYTES_MAX, handle                                   \
    }

/* What is spelt out goes before what has a parameter in the same place. */
static const struct route routes[] = {
    CREATE("/v1/videos", openai_videos_post),
    {HTTP_GET, "/v1/videos", ACCESS_KEY, 0, openai_videos_list},
    WITH_VIDEO("/v1/videos/edits", openai_edit),
    WITH_VIDEO("/v1/videos/extensions", openai_extend),
    WITH_VIDEO("/v1/videos/characters", openai_character_post),
    {HTTP_GET, "/v1/videos/characters/:id", ACCESS_KEY, 0, openai_character_get},
    {HTTP_GET, "/v1/videos/:id", ACCESS_KEY, 0, shared_video_get},
    {HTTP_DELETE, "/v1/videos/:id", ACCESS_KEY, CALL_BODY_BYTES_MAX, openai_video_delete},
    {HTTP_GET, "/v1/videos/:id/content", ACCESS_KEY, 0, openai_content},
    CREATE("/v1/videos/:id/remix", openai_remix),
    WITH_VIDEO("/v1/files", openai_file_post),
    {HTTP_GET, "/v1/files/:id", ACCESS_KEY, 0, openai_file_get},
    {HTTP_DELETE, "/v1/files/:id", ACCESS_KEY, CALL_BODY_BYTES_MAX, openai_file_delete},
    {HTTP_GET, "/v1/models", ACCESS_KEY, 0, openai_models},
    {HTTP_GET, "/v1/models/:id", ACCESS_KEY, 0, openai_model},
    ENDPOINT("/v1/webhook_endpoints", openai_endpoint_create),
    {HTTP_GET, "/v1/webhook_endpoints", ACCESS_KEY, 0, openai_endpoints_list},
    {HTTP_GET, "/v1/webhook_endpoints/:id", ACCESS_KEY, 0, openai_endpoint_get},
    ENDPOINT("/v1/webhook_endpoints/:id", openai_endpoint_update),
    {HTTP_DELETE, "/v1/webhook_endpoints/:id", ACCESS_KEY, CALL_BODY_BYTES_MAX,
     openai_endpoint_delete},
    ENDPOINT("/v1/webhook_endpoints/:id/rotate_secret", openai_endpoint_rotate),
    ENDPOINT("/v1/webhook_endpoints/:id/test", openai_endpoint_test),
    {HTTP_GET, "/v1/webhook_event_types", ACCESS_KEY, 0, openai_event_types},
    {HTTP_GET, "/openapi.json", ACCESS_PUBLIC, 0, spec_get},
};

const struct dialect_ops dialect_openai = {
    .prefix = "/openai",
    .routes = routes,
    .route_count = ARRAY_LEN(routes),
    .write_error = openai_write_error,
    .error_status = openai_error_status,
    .write_job = openai_write_job,
    .write_callback = openai_write_callback,
    .no_key = "You didn't provide an API key. You need to provide your API key in an Authorization "
              "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    .bad_key = "Incorrect API key provided.",
    .disabled_key = "This API key has been disabled.",
    .disabled_kind = ERR_UNAUTHORIZED,
};
