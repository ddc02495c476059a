/* SPDX-License-Identifier: Apache-2.0 */
#include "model/endpoint.h"

struct hash endpoint_secret(const struct hash *webhook_key, struct id secret)
{
    return hash_hmac_sha256(hash_str(webhook_key),
                            str_from_bytes((const char *)secret.bytes, ID_BYTES));
}

int endpoint_secrets(const struct hash *webhook_key, const struct endpoint *endpoint,
                     int64_t now_ms, struct hash secrets[ENDPOINT_SECRETS_MAX])
{
    int count = 0;

    secrets[count++] = endpoint_secret(webhook_key, endpoint->secret);
    if (!id_is_zero(endpoint->retired) && now_ms < endpoint->retired_until_ms)
        secrets[count++] = endpoint_secret(webhook_key, endpoint->retired);
    return count;
}
