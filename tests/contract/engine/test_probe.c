/* SPDX-License-Identifier: Apache-2.0 */
/* The probe's runner, with a double of vitascope-probe and with the real one. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "engine/probe.h"
#include "harness/tap.h"

enum { ANSWERS_MAX = 8, WAIT_MS = 60000 };

struct answer {
    bool came, ok;
    struct probe_image image;
    struct err err;
    uint64_t at_ms;
};

static uv_loop_t loop;
static uv_timer_t alarm_timer;
static struct probe *probe;
static struct answer answers[ANSWERS_MAX];
static int answers_n;
static bool alarmed, closed;
static char folder[64];
static struct err err;

static void on_alarm(uv_timer_t *timer)
{
    (void)timer;
    alarmed = true;
}

static void set_alarm(int ms)
{
    alarmed = false;
    uv_update_time(&loop);
    uv_timer_start(&alarm_timer, on_alarm, (uint64_t)ms, 0);
}

static void open_probe(const char *program, int concurrency, int deadline_ms)
{
    struct probe_config config = {
        .loop = &loop,
        .program = str_from(program),
        .launcher = str_from(LAUNCHER),
        .concurrency = concurrency,
        .deadline_ms = deadline_ms,
    };

    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&loop);
    uv_timer_init(&loop, &alarm_timer);
    memset(answers, 0, sizeof answers);
    answers_n = 0;
    closed = false;
    snprintf(folder, sizeof folder, "/tmp/vitascope-probe-XXXXXX");
    CHECK(mkdtemp(folder));
    CHECK_OK(probe_open(&config, &probe, &err));
}

static void write_input(int index, const void *bytes, size_t len)
{
    char path[128];

    snprintf(path, sizeof path, "%s/in%d", folder, index);

    FILE *file = fopen(path, "w");

    CHECK(file);
    CHECK_INT(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

static void on_done(void *user, const struct probe_image *image, const struct err *why)
{
    struct answer *answer = user;

    CHECK(!answer->came);
    *answer = (struct answer){.came = true, .ok = image != NULL, .at_ms = uv_now(&loop)};
    if (image)
        answer->image = *image;
    else
        answer->err = *why;
    answers_n++;
}

static bool start(int index, struct answer *answer)
{
    char input[128], output[128];

    snprintf(input, sizeof input, "%s/in%d", folder, index);
    snprintf(output, sizeof output, "%s/out%d.ppm", folder, index);

    struct probe_request request = {str_from(input), str_from(output), 64, 48};

    return probe_start(probe, &request, on_done, answer, &err);
}

static void start_mode(int index, const char *mode)
{
    write_input(index, mode, strlen(mode));
    CHECK_OK(start(index, &answers[index]));
}

static void wait_answers(int count)
{
    set_alarm(WAIT_MS);
    while (answers_n < count && !alarmed)
        uv_run(&loop, UV_RUN_ONCE);
    CHECK_INT(answers_n, count);
}

static void on_closed(void *user)
{
    (void)user;
    closed = true;
}

static void close_probe(void)
{
    char command[128];
    int before = answers_n;

    probe_close(probe, on_closed, NULL);
    CHECK(!closed);
    set_alarm(WAIT_MS);
    while (!closed && !alarmed)
        uv_run(&loop, UV_RUN_ONCE);
    CHECK(closed);
    CHECK_INT(answers_n, before);
    uv_close((uv_handle_t *)&alarm_timer, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    CHECK_INT(uv_loop_close(&loop), 0);
    snprintf(command, sizeof command, "rm -r %s", folder);
    CHECK_INT(system(command), 0);
}

TEST(an_image_is_told_as_it_came)
{
    open_probe(STUB_PROBE, 1, 0);
    start_mode(0, "ok");
    CHECK_INT(answers_n, 0); /* never from inside probe_start() */
    wait_answers(1);
    CHECK(answers[0].ok);
    CHECK_INT(answers[0].image.type, ASSET_PNG);
    CHECK_INT(answers[0].image.width, 640);
    CHECK_INT(answers[0].image.height, 480);
    close_probe();
}

TEST(whatever_a_file_does_to_the_probe_is_the_files_fault)
{
    static const struct {
        const char *mode, *text;
    } cases[] = {
        {"failed", "the image is cut off"},
        {"crash", "The image cannot be decoded."},
        {"crash_after", "The image cannot be decoded."},
        {"no_output", "The image cannot be decoded."},
        {"nonsense", "The image cannot be decoded."},
        {"odd_format", "The image cannot be decoded."},
        {"flood", "The image cannot be decoded."},
    };

    open_probe(STUB_PROBE, 4, WAIT_MS);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        start_mode((int)i, cases[i].mode);
    wait_answers(ARRAY_LEN(cases));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CHECK(!answers[i].ok);
        CHECK_INT(answers[i].err.kind, ERR_INVALID);
        CHECK_STR(answers[i].err.text, cases[i].text);
    }
    close_probe();
}

TEST(an_image_that_takes_too_long_is_given_up)
{
    open_probe(STUB_PROBE, 1, 500);
    start_mode(0, "hang");
    wait_answers(1);
    CHECK_INT(answers[0].err.kind, ERR_INVALID);
    CHECK_STR(answers[0].err.text, "The image takes too long to decode.");
    close_probe();
}

TEST(a_program_that_cannot_run_is_our_fault)
{
    char program[128];

    open_probe(STUB_PROBE, 1, 0);
    probe_close(probe, NULL, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    snprintf(program, sizeof program, "%s/gone", folder);

    FILE *file = fopen(program, "w");

    fputs("#!/nonexistent/interpreter\n", file);
    fchmod(fileno(file), 0755);
    fclose(file);

    struct probe_config config = {
        .loop = &loop, .program = str_from(program), .launcher = str_from(LAUNCHER)};

    CHECK_OK(probe_open(&config, &probe, &err));
    start_mode(0, "ok");
    wait_answers(1);
    CHECK_INT(answers[0].err.kind, ERR_IO);
    close_probe();
    config.program = STR("/nonexistent/probe");
    CHECK(!probe_open(&config, &probe, &err));
    CHECK_STR(err.text, "the probe cannot be run: /nonexistent/probe");
}

TEST(images_beyond_the_concurrency_wait_their_turn)
{
    open_probe(STUB_PROBE, 1, 0);
    for (int i = 0; i < 3; i++)
        start_mode(i, "slow");
    wait_answers(3);
    for (int i = 0; i < 3; i++)
        CHECK(answers[i].ok);
    CHECK(answers[1].at_ms >= answers[0].at_ms + 200);
    CHECK(answers[2].at_ms >= answers[1].at_ms + 200);
    close_probe();
}

TEST(a_full_line_is_busy)
{
    open_probe(STUB_PROBE, 1, 0);
    start_mode(0, "hang");
    for (int i = 0; i < PROBE_QUEUE_MAX; i++)
        CHECK_OK(start(0, &answers[1]));
    CHECK(!start(0, &answers[1]));
    CHECK_INT(err.kind, ERR_BUSY);
    close_probe(); /* kills what hangs, drops the rest, answers nobody */
}

struct film_answer {
    bool came, ok;
    struct probe_film film;
    struct err err;
};

static struct film_answer film_answers[ANSWERS_MAX];

static void on_film(void *user, const struct probe_film *film, const struct err *why)
{
    struct film_answer *answer = user;

    answer->came = true;
    answer->ok = film != NULL;
    if (film)
        answer->film = *film;
    else
        answer->err = *why;
    answers_n++;
}

static void start_film(int index, enum probe_film_work work, const char *mode)
{
    char input[128], output[128], sheet[128];

    write_input(index, mode, strlen(mode));
    snprintf(input, sizeof input, "%s/in%d", folder, index);
    snprintf(output, sizeof output, "%s/film%d", folder, index);
    snprintf(sheet, sizeof sheet, "%s/sheet%d", folder, index);

    struct probe_film_request request = {.work = work,
                                         .input = str_from(input),
                                         .output = str_from(output),
                                         .sheet = str_from(sheet)};

    film_answers[index] = (struct film_answer){0};
    CHECK_OK(probe_film_start(probe, &request, on_film, &film_answers[index], &err));
}

TEST(a_films_facts_are_told_as_they_came)
{
    open_probe(STUB_PROBE, 2, 0);
    start_film(0, PROBE_FACTS,
               "{\"type\":\"film\",\"width\":640,\"height\":360,\"fps_num\":30000,\"fps_den\":1001,"
               "\"frames\":60,\"duration_ms\":2002,\"sound\":true}");
    wait_answers(1);
    CHECK(film_answers[0].ok);
    CHECK_INT(film_answers[0].film.width, 640);
    CHECK_INT(film_answers[0].film.height, 360);
    CHECK_INT(film_answers[0].film.fps_num, 30000);
    CHECK_INT(film_answers[0].film.fps_den, 1001);
    CHECK_INT(film_answers[0].film.frames, 60);
    CHECK_INT(film_answers[0].film.duration_ms, 2002);
    CHECK(film_answers[0].film.has_sound);
    close_probe();
}

TEST(what_is_said_of_a_film_tells_whose_fault_it_is)
{
    static const struct {
        const char *mode, *text;
        enum err_kind kind;
    } cases[] = {
        {"{\"type\":\"failed\",\"message\":\"cut off\",\"ours\":false}", "cut off", ERR_INVALID},
        {"{\"type\":\"failed\",\"message\":\"disk full\",\"ours\":true}", "disk full", ERR_IO},
        {"{\"type\":\"film\",\"width\":0}", "The video cannot be decoded.", ERR_INVALID},
        {"{\"type\":\"image\"}", "The video cannot be decoded.", ERR_INVALID},
        {"{nonsense", "The video cannot be decoded.", ERR_INVALID},
    };

    open_probe(STUB_PROBE, 2, 0);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        start_film((int)i, PROBE_FACTS, cases[i].mode);
    wait_answers(ARRAY_LEN(cases));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CHECK(!film_answers[i].ok);
        CHECK_INT(film_answers[i].err.kind, cases[i].kind);
        CHECK_STR(film_answers[i].err.text, cases[i].text);
    }
    close_probe();
}

TEST(previews_without_both_files_are_none)
{
    open_probe(STUB_PROBE, 2, 0);
    start_film(0, PROBE_PREVIEWS, "01");
    start_film(1, PROBE_PREVIEWS, "0");
    start_film(2, PROBE_PREVIEWS, "1");
    wait_answers(3);
    CHECK(film_answers[0].ok);
    CHECK(!film_answers[1].ok && !film_answers[2].ok);
    close_probe();
}

TEST(a_film_that_takes_long_keeps_no_image_and_no_preview_waiting)
{
    open_probe(STUB_PROBE, 1, 0);
    start_film(0, PROBE_FACTS, "hang");
    start_film(1, PROBE_FACTS, "ok");
    start_film(2, PROBE_PREVIEWS, "01");
    start_mode(3, "ok");
    wait_answers(2);
    CHECK(answers[3].ok && film_answers[2].ok);
    CHECK(!film_answers[0].came && !film_answers[1].came);
    close_probe();
}

TEST(a_full_line_of_previews_is_busy)
{
    struct probe_film_request request = {.work = PROBE_PREVIEWS};

    open_probe(STUB_PROBE, 1, 0);
    for (int i = 0; i <= PROBE_PREVIEWS_QUEUE_MAX; i++)
        CHECK_OK(probe_film_start(probe, &request, on_film, &film_answers[0], &err));
    CHECK(!probe_film_start(probe, &request, on_film, &film_answers[0], &err));
    CHECK_INT(err.kind, ERR_BUSY);
    close_probe();
}

/* Two by two pixels, red. */
static const unsigned char png[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44,
    0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0x08, 0x02, 0x00, 0x00, 0x00, 0xfd,
    0xd4, 0x9a, 0x73, 0x00, 0x00, 0x00, 0x10, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0xf8,
    0xcf, 0xc0, 0x00, 0x44, 0x0c, 0x10, 0x0a, 0x00, 0x1f, 0xee, 0x03, 0xfd, 0x63, 0x5e, 0xbb,
    0x5b, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

TEST(the_real_probe_decodes_an_image_and_refuses_what_is_none)
{
    struct stat status;
    char path[128];

    open_probe(PROBE, 2, 0);
    write_input(0, png, sizeof png);
    CHECK_OK(start(0, &answers[0]));
    write_input(1, png, sizeof png / 2);
    CHECK_OK(start(1, &answers[1]));
    start_mode(2, "no image at all");
    wait_answers(3);
    if (!answers[0].ok)
        CHECK_STR(answers[0].err.text, "");
    CHECK_INT(answers[0].image.type, ASSET_PNG);
    CHECK_INT(answers[0].image.width, 2);
    snprintf(path, sizeof path, "%s/out0.ppm", folder);
    CHECK_INT(stat(path, &status), 0);
    CHECK_INT(status.st_size, 64 * 48 * 3 + (int)strlen("P6\n64 48\n255\n"));
    CHECK(!answers[1].ok && !answers[2].ok);
    CHECK_INT(answers[1].err.kind, ERR_INVALID);
    CHECK_INT(answers[2].err.kind, ERR_INVALID);
    close_probe();
}
