/* SPDX-License-Identifier: Apache-2.0 */
#include "base/macros.h"
#include "harness/tap.h"
#include "model/money.h"

TEST(dollars_are_read_exactly)
{
    static const struct {
        const char *text;
        int64_t micro;
    } good[] = {{"0", 0},
                {"12", 12000000},
                {"0.125", 125000},
                {"1000.000001", 1000000001},
                {"0.100000", 100000}};
    static const char *const bad[] = {"",      ".",   "1.",        ".5",  "-1",
                                      "+1",    "1e3", "0.1234567", "1,5", "999999999999",
                                      "1.2.3", " 1",  "$1"};
    int64_t micro = 0;

    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        CHECK(money_parse(str_from(good[i].text), &micro));
        CHECK_INT(micro, good[i].micro);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (money_parse(str_from(bad[i]), &micro))
            tap_fail(__FILE__, __LINE__, "accepted \"%s\"", bad[i]);
    }
}

TEST(dollars_are_printed_without_idle_decimals)
{
    char out[MONEY_TEXT_BYTES];

    money_print(125000, out);
    CHECK_STR(out, "$0.125");
    money_print(1000 * MONEY_USD, out);
    CHECK_STR(out, "$1000");
    money_print(-500000, out);
    CHECK_STR(out, "-$0.5");
    money_print(0, out);
    CHECK_STR(out, "$0");
}

TEST(prices_round_up_and_balances_down)
{
    CHECK_INT(money_credits_of_price(500000, 125000), 4);
    CHECK_INT(money_credits_of_price(500001, 125000), 5);
    CHECK_INT(money_credits_of_balance(624999, 125000), 4);
    CHECK_INT(money_credits_of_balance(-1, 125000), 0);
}
