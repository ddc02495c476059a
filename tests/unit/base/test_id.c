/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "harness/tap.h"

TEST(ids_sort_by_the_time_they_were_made)
{
    struct id before = id_new();

    for (int i = 0; i < 100000; i++) {
        struct id after = id_new();

        CHECK(memcmp(before.bytes, after.bytes, ID_BYTES) < 0);
        before = after;
    }
}

TEST(ids_are_version_7_uuids_and_read_back_in_every_spelling)
{
    struct id id = id_new(), back;
    char text[ID_TEXT_LEN + 1], hex[ID_HEX_LEN + 1];

    id_to_text(id, text);
    id_to_hex(id, hex);
    CHECK(text[14] == '7' && strchr("89ab", text[19]) && text[8] == '-');
    CHECK(id_parse(str_from(text), &back) && id_eq(id, back));
    CHECK(id_parse(str_from(hex), &back) && id_eq(id, back));
    CHECK(id_parse(STR("B2C3D4E5-F6A7-8901-BCDE-F23456789012"), &back));
    id_to_text(back, text);
    CHECK_STR(text, "b2c3d4e5-f6a7-8901-bcde-f23456789012");
}

TEST(malformed_ids_are_refused)
{
    struct id id;

    CHECK(!id_parse(STR(""), &id) && !id_parse(STR("JOB_ID"), &id));
    CHECK(!id_parse(STR("b2c3d4e5-f6a7-8901-bcde-f2345678901"), &id));
    CHECK(!id_parse(STR("b2c3d4e5f-6a7-8901-bcde-f23456789012"), &id));
    CHECK(!id_parse(STR("g2c3d4e5-f6a7-8901-bcde-f23456789012"), &id));
    CHECK(!id_parse(STR("b2c3d4e5f6a78901bcdef2345678901-"), &id));
}

TEST(hashes_match_published_vectors)
{
    char hex[2 * HASH_BYTES + 1];
    struct hash hash = hash_sha256(STR("abc"));

    hash_hex(hash.bytes, HASH_BYTES, hex);
    CHECK_STR(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash = hash_hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?")); /* RFC 4231, 2 */
    hash_hex(hash.bytes, HASH_BYTES, hex);
    CHECK_STR(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(an_id_tells_when_it_was_made)
{
    int64_t before_ms = clock_now_ms(), made_ms = id_made_ms(id_new());
    struct id id;

    CHECK(made_ms >= before_ms); /* after many ids in a millisecond, of a later one */
    CHECK(made_ms <= clock_now_ms() + 60 * 1000);
    CHECK(id_parse(STR("01890a5d-ac96-774b-bcce-b302099a8057"), &id));
    CHECK_INT(id_made_ms(id), 1688096058518);
    CHECK(id_parse(STR("01890a5d-ac96-474b-bcce-b302099a8057"), &id));
    CHECK_INT(id_made_ms(id), -1);
}

TEST(base64_round_trips_and_refuses_junk)
{
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    struct arena arena = {0};
    struct str back;

    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        CHECK(str_eq_c(hash_base64(&arena, str_from(pairs[i][0])), pairs[i][1]));
        CHECK(hash_unbase64(&arena, str_from(pairs[i][1]), &back));
        CHECK(str_eq_c(back, pairs[i][0]));
    }
    CHECK(str_eq_c(hash_base64url(&arena, STR("\xFB\xFF")), "-_8"));
    CHECK(hash_unbase64(&arena, STR("-_8"), &back) && str_eq_c(back, "\xFB\xFF"));
    CHECK(!hash_unbase64(&arena, STR("A"), &back) && !hash_unbase64(&arena, STR("Zm 9"), &back));
    CHECK(!hash_unbase64(&arena, STR("Zg==="), &back));
    arena_fini(&arena);
}
