/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/macros.h"
#include "harness/tap.h"
#include "model/account.h"
#include "model/asset.h"
#include "model/job.h"

TEST(only_the_written_moves_are_allowed)
{
    static const bool may[JOB_STATES][JOB_STATES] = {
        [JOB_QUEUED] = {[JOB_RUNNING] = true, [JOB_FAILED] = true, [JOB_CANCELED] = true},
        [JOB_RUNNING] = {[JOB_QUEUED] = true,
                         [JOB_COMPLETED] = true,
                         [JOB_FAILED] = true,
                         [JOB_CANCELED] = true},
    };

    for (int from = 0; from < JOB_STATES; from++) {
        for (int to = 0; to < JOB_STATES; to++)
            CHECK_INT(job_state_may((enum job_state)from, (enum job_state)to), may[from][to]);
    }
    CHECK_INT(job_states_before(JOB_COMPLETED), BIT(JOB_RUNNING));
    CHECK_INT(job_states_before(JOB_CANCELED), BIT(JOB_QUEUED) | BIT(JOB_RUNNING));
    CHECK(job_is_over(JOB_FAILED) && !job_is_over(JOB_RUNNING));
}

TEST(a_copied_job_owns_its_strings)
{
    struct arena arena = {0};
    char prompt[] = "a cat";
    struct job job = {.render.prompt = str_from(prompt), .model = STR("sora-2")}, copy;

    copy = job_copy(&arena, &job);
    prompt[0] = 'X';
    CHECK(str_eq_c(copy.render.prompt, "a cat") && str_eq_c(copy.model, "sora-2"));
    arena_fini(&arena);
}

TEST(a_key_has_two_spellings_and_one_hash)
{
    char text[KEY_TEXT_BYTES], other[KEY_TEXT_BYTES + 1];
    struct key key = {0};
    struct hash hash;

    key_generate(text, &key);
    CHECK_INT(strlen(text), 3 + KEY_SECRET_CHARS);
    CHECK(key_hash(str_from(text), &hash) && hash_eq(&hash, &key.hash));
    snprintf(other, sizeof(other), "afk_%s", text + 3);
    CHECK(key_hash(str_from(other), &hash) && hash_eq(&hash, &key.hash));
    hash = hash_sha256(str_from(other));
    CHECK(hash_eq(&hash, &key.hash));
    CHECK(strncmp(key.prefix, other, KEY_PREFIX_CHARS) == 0);
}

TEST(what_cannot_be_a_key_is_refused)
{
    struct hash hash;

    CHECK(!key_hash(STR(""), &hash) && !key_hash(STR("sk-"), &hash));
    CHECK(!key_hash(STR("afk_your_api_key_here"), &hash));
    CHECK(!key_hash(STR("pk-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), &hash));
    CHECK(!key_hash(STR("sk-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "), &hash));
}

TEST(assets_know_their_media_types)
{
    CHECK_STR(asset_type_mime(ASSET_MP4), "video/mp4");
    CHECK_STR(asset_type_extension(ASSET_JPEG), "jpg");
}

TEST(every_end_of_a_job_is_an_event_of_its_name)
{
    static const enum job_state ends[] = {JOB_COMPLETED, JOB_FAILED, JOB_CANCELED};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        CHECK_STR(job_event_name(job_event_of_end(ends[i])), job_state_name(ends[i]));
    CHECK_STR(job_event_name(JOB_EVENT_PROGRESS), "progress");
}

TEST(files_are_known_by_their_first_bytes)
{
    static const struct {
        struct str bytes;
        int type; /* -1: none */
    } cases[] = {
        {{"\xFF\xD8\xFF\xE0", 4}, ASSET_JPEG},
        {{"\x89PNG\r\n\x1A\n", 8}, ASSET_PNG},
        {{"RIFF....WEBP", 12}, ASSET_WEBP},
        {{"RIFF....WAVE", 12}, ASSET_WAV},
        {{"RIFF....AVI ", 12}, -1},
        {{"RIFF", 4}, -1},
        {{"GIF89a", 6}, ASSET_GIF},
        {{"....ftypmp42", 12}, ASSET_MP4},
        {{"....ftypqt  ", 12}, ASSET_MOV},
        {{"....ftypM4A ", 12}, ASSET_M4A},
        {{"....ftypheic", 12}, -1},
        {{"....fty", 7}, -1},
        {{"\x1A\x45\xDF\xA3....webm", 12}, ASSET_WEBM},
        {{"\x1A\x45\xDF\xA3....matroska", 16}, -1},
        {{"OggS", 4}, ASSET_OGG},
        {{"ID3", 3}, ASSET_MP3},
        {{"\xFF\xFB\x90", 3}, ASSET_MP3},
        {{"\xFF\xFE", 2}, -1},
        {{"", 0}, -1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum asset_type type = ASSET_MP4;
        bool found = asset_type_sniff(cases[i].bytes, &type);

        if (found != (cases[i].type >= 0) || (found && (int)type != cases[i].type))
            tap_fail(__FILE__, __LINE__, "case %zu: %d, %d", i, found, type);
    }
    CHECK_INT(asset_type_medium(ASSET_M4A), ASSET_AUDIO);
    CHECK_INT(asset_type_medium(ASSET_GIF), ASSET_IMAGE);
}
