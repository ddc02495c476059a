/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>

#include "base/err.h"

/* EVP_sha256() stands for it and is looked up at each use, under locks; and a context is several
 * allocations. So it is looked up once, and each thread keeps a context. */
static const EVP_MD *sha256;
static pthread_key_t context_key;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void free_context(void *context)
{
    EVP_MD_CTX_free(context);
}

static void fetch_sha256(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!sha256 || pthread_key_create(&context_key, free_context) != 0)
        die("there is no SHA-256");
}

static EVP_MD_CTX *thread_context(void)
{
    EVP_MD_CTX *context = NULL;

    pthread_once(&sha256_once, fetch_sha256);
    context = pthread_getspecific(context_key);
    if (!context) {
        context = EVP_MD_CTX_new();
        if (!context || pthread_setspecific(context_key, context) != 0)
            die("out of memory");
    }
    return context;
}

struct hash hash_sha256_two(struct str first, struct str second)
{
    EVP_MD_CTX *context = thread_context();
    struct hash hash;

    if (!EVP_DigestInit_ex(context, sha256, NULL) ||
        !EVP_DigestUpdate(context, first.ptr, first.len) ||
        !EVP_DigestUpdate(context, second.ptr, second.len) ||
        !EVP_DigestFinal_ex(context, hash.bytes, NULL))
        die("SHA-256 failed");
    return hash;
}

struct hash hash_sha256(struct str data)
{
    return hash_sha256_two(data, (struct str){0});
}

struct hash hash_hmac_sha256(struct str key, struct str data)
{
    struct hash hash;

    if (!HMAC(EVP_sha256(), key.ptr ? key.ptr : "", (int)key.len, (const uint8_t *)data.ptr,
              data.len, hash.bytes, NULL))
        die("HMAC-SHA-256 failed");
    return hash;
}

bool hash_eq(const struct hash *a, const struct hash *b)
{
    return CRYPTO_memcmp(a->bytes, b->bytes, HASH_BYTES) == 0;
}

struct str hash_str(const struct hash *hash)
{
    return str_from_bytes((const char *)hash->bytes, HASH_BYTES);
}

void hash_hex(const uint8_t *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool hash_unhex(struct str text, uint8_t *out, size_t len)
{
    if (text.len != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        int high = hex_value(text.ptr[2 * i]), low = hex_value(text.ptr[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static struct str encode(struct arena *arena, struct str data, const char alphabet[65], bool pad)
{
    char *out = arena_alloc(arena, (data.len + 2) / 3 * 4 + 1);
    size_t len = 0;

    for (size_t i = 0; i < data.len; i += 3) {
        size_t left = data.len - i;
        uint32_t bits = (uint32_t)(uint8_t)data.ptr[i] << 16;

        if (left > 1)
            bits |= (uint32_t)(uint8_t)data.ptr[i + 1] << 8;
        if (left > 2)
            bits |= (uint8_t)data.ptr[i + 2];
        for (size_t k = 0; k < 4; k++) {
            if (k <= left)
                out[len++] = alphabet[bits >> (18 - 6 * k) & 63];
            else if (pad)
                out[len++] = '=';
        }
    }
    out[len] = '\0';
    return str_from_bytes(out, len);
}

static const char standard[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct str hash_base64(struct arena *arena, struct str data)
{
    return encode(arena, data, standard, true);
}

struct str hash_base64url(struct arena *arena, struct str data)
{
    return encode(arena, data, url_safe, false);
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    if (c == '/' || c == '_')
        return 63;
    return -1;
}

bool hash_unbase64(struct arena *arena, struct str text, struct str *data)
{
    char *out = NULL;
    size_t len = 0;
    uint32_t bits = 0;
    int pending = 0;

    for (int pads = 0; pads < 2 && text.len % 4 != 1 && str_ends(text, STR("=")); pads++)
        text.len--;
    if (text.len % 4 == 1)
        return false;
    out = arena_alloc(arena, text.len / 4 * 3 + 3);
    for (size_t i = 0; i < text.len; i++) {
        int value = base64_value(text.ptr[i]);

        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        pending += 6;
        if (pending >= 8) {
            pending -= 8;
            out[len++] = (char)(bits >> pending & 0xFF);
        }
    }
    *data = str_from_bytes(out, len);
    return true;
}
