/* SPDX-License-Identifier: Apache-2.0 */
#include "api/call.h"
#include "base/macros.h"
#include "harness/tap.h"

#define HEX "019ab2c3d4e57f6089a1b2c3d4e5f607"

TEST(an_id_is_known_in_every_spelling)
{
    static const char *const spellings[] = {HEX,
                                            "019ab2c3-d4e5-7f60-89a1-b2c3d4e5f607",
                                            "video_" HEX,
                                            "gen_" HEX,
                                            "gen_019AB2C3D4E57F6089A1B2C3D4E5F607",
                                            "video_019ab2c3-d4e5-7f60-89a1-b2c3d4e5f607"};
    struct id wanted, id;

    CHECK(id_parse(STR(HEX), &wanted));
    for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
        if (!call_parse_id(str_from(spellings[i]), &id) || !id_eq(id, wanted))
            tap_fail(__FILE__, __LINE__, "%s", spellings[i]);
    }
}

TEST(what_is_no_id_is_not_taken_for_one)
{
    static const char *const bad[] = {"",
                                      "gen_",
                                      "gen_xxxxxxxxxxxx",
                                      "job_" HEX,
                                      "Video_" HEX,
                                      "video_gen_" HEX,
                                      HEX "0",
                                      "019ab2c3d4e57f6089a1b2c3d4e5f60g",
                                      "gen_" HEX "\n"};
    struct id id;

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (call_parse_id(str_from(bad[i]), &id))
            tap_fail(__FILE__, __LINE__, "%s", bad[i]);
    }
}
