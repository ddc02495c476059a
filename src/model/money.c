/* SPDX-License-Identifier: Apache-2.0 */
#include "model/money.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DECIMALS = 6 };

bool money_parse(struct str text, int64_t *micro)
{
    struct str whole = {0}, rest = str_cut(text, '.', &whole);
    char digits[DECIMALS + 1] = "000000";
    uint64_t dollars = 0, fraction = 0;

    if (rest.ptr && (rest.len == 0 || rest.len > DECIMALS))
        return false;
    if (rest.len)
        memcpy(digits, rest.ptr, rest.len);
    if (!str_to_uint(whole, &dollars) || !str_to_uint(str_from(digits), &fraction))
        return false;
    if (dollars > (uint64_t)(MONEY_MICRO_MAX / MONEY_USD) - 1)
        return false;
    *micro = (int64_t)dollars * MONEY_USD + (int64_t)fraction;
    return true;
}

void money_print(int64_t micro, char out[MONEY_TEXT_BYTES])
{
    uint64_t size = micro < 0 ? 0 - (uint64_t)micro : (uint64_t)micro;
    int len = snprintf(out, MONEY_TEXT_BYTES, "%s$%" PRIu64 ".%06" PRIu64, micro < 0 ? "-" : "",
                       size / MONEY_USD, size % MONEY_USD);

    while (out[len - 1] == '0')
        len--;
    if (out[len - 1] == '.')
        len--;
    out[len] = '\0';
}

int64_t money_credits_of_price(int64_t micro, int64_t unit_micro)
{
    return (micro + unit_micro - 1) / unit_micro;
}

int64_t money_credits_of_balance(int64_t micro, int64_t unit_micro)
{
    return micro <= 0 ? 0 : micro / unit_micro;
}
