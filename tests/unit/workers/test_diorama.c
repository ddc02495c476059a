/* SPDX-License-Identifier: Apache-2.0 */
/* The real vitascope-diorama, spoken to over pipes as the server does. */
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libavformat/avformat.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonr.h"
#include "harness/tap.h"
#include "media/image.h"

/* The protocol asks for news every 500 ms; a busy machine may be late. */
enum { LINE_BYTES_MAX = 65536, ANSWER_MS_MAX = 120000, NEWS_MS_MAX = 60000 };

/* A running worker. */
struct worker {
    pid_t pid;
    int in, out; /* its standard input and output, our ends */
    struct buf read;
};

static char folder[] = "/tmp/test_diorama_XXXXXX";

__attribute__((constructor)) static void make_folder(void)
{
    if (!mkdtemp(folder))
        die("cannot make %s", folder);
}

__attribute__((destructor)) static void remove_folder(void)
{
    rmdir(folder);
}

/* A path inside this program's folder. */
static const char *inside(const char *name)
{
    static char paths[4][128];
    static int next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static struct worker start(void)
{
    struct worker worker;
    const char *program = getenv("VITASCOPE_DIORAMA");
    int in[2], out[2];

    CHECK(program);
    CHECK_INT(pipe(in), 0);
    CHECK_INT(pipe(out), 0);
    signal(SIGPIPE, SIG_IGN);
    worker.pid = fork();
    if (worker.pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        close(in[0]);
        close(in[1]);
        close(out[0]);
        close(out[1]);
        execl(program, program, "--threads", "2", (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    worker.in = in[1];
    worker.out = out[0];
    buf_init(&worker.read, 4 * LINE_BYTES_MAX);
    return worker;
}

static void say(struct worker *worker, const char *line)
{
    CHECK_INT(write(worker->in, line, strlen(line)), strlen(line));
}

/* The next line as JSON. Caller calls jsonr_fini(). */
static struct jsonr hear(struct worker *worker)
{
    struct jsonr doc;
    struct err err = {0};
    ptrdiff_t end;

    while ((end = str_find_char(buf_str(&worker->read), '\n')) < 0) {
        struct pollfd wait = {worker->out, POLLIN, 0};
        ssize_t got;

        CHECK_INT(poll(&wait, 1, ANSWER_MS_MAX), 1);
        got = read(worker->out, buf_reserve(&worker->read, 4096), 4096);
        CHECK(got > 0);
        buf_added(&worker->read, (size_t)got);
    }
    CHECK(end < LINE_BYTES_MAX);
    CHECK_OK(jsonr_parse(&doc, str_head(buf_str(&worker->read), (size_t)end), &err));
    buf_consume(&worker->read, (size_t)end + 1);
    return doc;
}

static struct str text_of(const struct jsonr *doc, const char *key)
{
    return jsonv_str(jsonv_get(jsonr_root(doc), key), STR(""));
}

static bool is_type(const struct jsonr *doc, const char *type)
{
    return str_eq_c(text_of(doc, "type"), type);
}

/* Hears lines until one is no progress. */
static struct jsonr hear_past_progress(struct worker *worker)
{
    for (;;) {
        struct jsonr doc = hear(worker);

        if (!is_type(&doc, "progress"))
            return doc;
        jsonr_fini(&doc);
    }
}

/* Hears one line that must be of this type. */
static struct jsonr hear_type(struct worker *worker, const char *type)
{
    struct jsonr doc = hear(worker);

    if (!is_type(&doc, type))
        tap_fail(__FILE__, __LINE__, "heard \"" STR_FMT "\" (" STR_FMT "), want \"%s\"",
                 STR_ARG(text_of(&doc, "type")), STR_ARG(text_of(&doc, "message")), type);
    return doc;
}

static void expect_type(struct worker *worker, const char *type)
{
    struct jsonr doc = hear_type(worker, type);

    jsonr_fini(&doc);
}

static struct worker start_ready(void)
{
    struct worker worker = start();
    struct jsonr ready = hear_type(&worker, "ready");

    CHECK_INT(jsonv_int(jsonv_get(jsonr_root(&ready), "protocol"), 0), 1);
    CHECK(str_eq_c(text_of(&ready, "name"), "diorama"));
    CHECK(text_of(&ready, "version").len > 0);
    jsonr_fini(&ready);
    return worker;
}

/* Closes its input and expects a clean end. */
static void finish(struct worker *worker)
{
    int status;

    close(worker->in);
    CHECK_INT(waitpid(worker->pid, &status, 0), worker->pid);
    CHECK(WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), 0);
    close(worker->out);
    buf_fini(&worker->read);
}

/* Hears progress until the end of ticket `id`; checks that it only rises. Returns the end. */
static struct jsonr hear_end(struct worker *worker, const char *id)
{
    int64_t percent = 0;

    for (;;) {
        int64_t before_ns = clock_mono_ns(), now;
        struct jsonr doc = hear(worker);

        CHECK((clock_mono_ns() - before_ns) / 1000000 < NEWS_MS_MAX);

        CHECK(str_eq_c(text_of(&doc, "id"), id));
        if (!is_type(&doc, "progress"))
            return doc;
        now = jsonv_int(jsonv_get(jsonr_root(&doc), "percent"), -1);
        CHECK(now >= percent && now <= 100);
        CHECK(text_of(&doc, "phase").len > 0);
        percent = now;
        jsonr_fini(&doc);
    }
}

/* A first frame makes a clip without the bake of a landscape: fast. */
static const char *make_first_frame(void)
{
    struct image image;
    struct err err = {0};
    const char *path = inside("first.ppm");

    if (access(path, F_OK) == 0)
        return path; /* a worker may be reading it */
    image_init(&image, 320, 180);
    for (int i = 0; i < 320 * 180; i++)
        memset(image.rgb + 3 * i, 40 + i % 320 / 2, 3);
    CHECK_OK(image_write_ppm(&image, path, &err));
    image_fini(&image);
    return path;
}

static void say_render(struct worker *worker, const char *id, int seconds, bool has_image)
{
    char line[2048], image[256] = "null";

    if (has_image)
        snprintf(image, sizeof(image), "\"%s\"", make_first_frame());
    snprintf(
        line, sizeof(line),
        "{\"type\":\"render\",\"id\":\"%s\",\"prompt\":\"a submarine on a mountain at sunset\","
        "\"seconds\":%d,\"width\":320,\"height\":180,\"fps\":30,\"seed\":42,"
        "\"first_frame\":%s,\"source_video\":null,\"scratch\":\"%s\",\"output\":\"%s\","
        "\"later\":{\"unknown\":[1]}}\n",
        id, seconds, image, folder, inside("out.mp4"));
    say(worker, line);
}

static void check_file(int seconds)
{
    AVFormatContext *file = NULL;
    AVCodecParameters *video;

    CHECK_INT(avformat_open_input(&file, inside("out.mp4"), NULL, NULL), 0);
    CHECK(avformat_find_stream_info(file, NULL) >= 0);
    CHECK_INT(file->nb_streams, 2);
    video = file->streams[0]->codecpar;
    CHECK_INT(video->codec_id, AV_CODEC_ID_H264);
    CHECK_INT(video->width, 320);
    CHECK_INT(video->height, 180);
    CHECK_INT(video->color_space, AVCOL_SPC_BT709);
    CHECK_INT(video->color_primaries, AVCOL_PRI_BT709);
    CHECK_INT(video->color_trc, AVCOL_TRC_BT709);
    CHECK_INT(video->color_range, AVCOL_RANGE_MPEG);
    CHECK_INT(file->streams[0]->nb_frames, seconds * 30);
    CHECK_INT(file->streams[0]->avg_frame_rate.num, 30);
    CHECK_INT(file->streams[1]->codecpar->codec_id, AV_CODEC_ID_AAC);
    avformat_close_input(&file);
}

/* Nothing but what the test made is left in the folder. */
static void check_no_leftovers(void)
{
    DIR *listing = opendir(folder);
    struct dirent *entry;

    CHECK(listing);
    while ((entry = readdir(listing)))
        CHECK(!strstr(entry->d_name, ".part"));
    closedir(listing);
}

static void clean(void)
{
    unlink(inside("out.mp4"));
    unlink(inside("first.ppm"));
}

/* The same for the first clip of a test, which must have told of progress at once. */
static struct jsonr hear_progress_and_end(struct worker *worker, const char *id)
{
    expect_type(worker, "progress");
    return hear_end(worker, id);
}

TEST(a_landscape_becomes_a_valid_clip_with_notes)
{
    struct worker worker = start_ready();
    struct jsonr done;
    struct jsonv notes, scene;

    say_render(&worker, "ticket 1", 1, false);
    done = hear_progress_and_end(&worker, "ticket 1");
    CHECK(is_type(&done, "done"));
    CHECK(str_eq_c(text_of(&done, "output"), inside("out.mp4")));
    CHECK_INT(jsonv_real(jsonv_get(jsonr_root(&done), "seconds"), 0) * 1000, 1000);
    CHECK_INT(jsonv_int(jsonv_get(jsonr_root(&done), "width"), 0), 320);
    CHECK_INT(jsonv_int(jsonv_get(jsonr_root(&done), "height"), 0), 180);
    CHECK_INT(jsonv_int(jsonv_get(jsonr_root(&done), "fps"), 0), 30);
    CHECK_INT(jsonv_int(jsonv_get(jsonr_root(&done), "frames"), 0), 30);
    notes = jsonv_get(jsonr_root(&done), "notes");
    CHECK(!jsonv_bool(jsonv_get(notes, "moves_image"), true));
    scene = jsonv_get(notes, "scene");
    CHECK(str_eq_c(jsonv_str(jsonv_get(scene, "place"), STR("")), "mountains"));
    CHECK_INT(jsonv_int(jsonv_get(scene, "seed"), 0), 42);
    CHECK(str_eq_c(jsonv_str(jsonv_at(jsonv_get(notes, "not_depicted"), 0), STR("")), "submarine"));
    jsonr_fini(&done);
    check_file(1);
    check_no_leftovers();
    finish(&worker);
    clean();
}

TEST(an_image_becomes_a_clip_and_the_worker_takes_the_next)
{
    struct worker worker = start_ready();

    for (int seconds = 1; seconds <= 2; seconds++) {
        struct jsonr end;

        say_render(&worker, "image", seconds, true);
        end = hear_end(&worker, "image");
        CHECK(is_type(&end, "done"));
        CHECK(jsonv_bool(jsonv_get(jsonv_get(jsonr_root(&end), "notes"), "moves_image"), false));
        jsonr_fini(&end);
        check_file(seconds);
        clean();
    }
    finish(&worker);
}

/* The most memory that the worker ever had, in MB. */
static int peak_mb(const struct worker *worker)
{
    char line[256];
    int kib = 0;
    FILE *file;

    snprintf(line, sizeof(line), "/proc/%d/status", (int)worker->pid);
    file = fopen(line, "r");
    CHECK(file);
    while (fgets(line, sizeof(line), file))
        if (sscanf(line, "VmHWM: %d", &kib) == 1)
            break;
    fclose(file);
    return kib * 1024 / 1000000;
}

static void say_large(struct worker *worker, const char *purpose, const char *prompt,
                      const char *source, const char *output)
{
    char line[2048];

    snprintf(line, sizeof(line),
             "{\"type\":\"render\",\"id\":\"%s\",\"purpose\":\"%s\",\"prompt\":\"%s\","
             "\"seconds\":1,\"width\":1280,\"height\":720,\"fps\":24,\"seed\":5,"
             "\"source_video\":%s%s%s,\"scratch\":\"%s\",\"output\":\"%s\"}\n",
             purpose, purpose, prompt, source ? "\"" : "", source ? source : "null",
             source ? "\"" : "", folder, output);
    say(worker, line);
}

/* The most is needed while an extension fades one scene into another. */
#ifdef __SANITIZE_ADDRESS__
enum { PEAK_MB_MAX = 1200 }; /* the sanitizer keeps what is freed */
#else
enum { PEAK_MB_MAX = 600 };
#endif

TEST(a_clip_of_1280x720_and_its_extension_take_less_than_600_mb)
{
    struct worker worker = start_ready();
    struct jsonr end;

    say_large(&worker, "create", "mountains at noon", NULL, inside("first.mp4"));
    end = hear_end(&worker, "create");
    CHECK(is_type(&end, "done"));
    jsonr_fini(&end);
    say_large(&worker, "extend", "night falls", inside("first.mp4"), inside("next.mp4"));
    end = hear_end(&worker, "extend");
    CHECK(is_type(&end, "done"));
    CHECK_INT(jsonv_int(jsonv_get(jsonr_root(&end), "frames"), 0), 24);
    jsonr_fini(&end);
    CHECK(peak_mb(&worker) < PEAK_MB_MAX);
    finish(&worker);
    unlink(inside("first.mp4"));
    unlink(inside("next.mp4"));
}

TEST(an_unknown_purpose_is_invalid)
{
    struct worker worker = start_ready();
    struct jsonr end;

    say_large(&worker, "paint", "sea", NULL, inside("out.mp4"));
    end = hear_past_progress(&worker);
    CHECK(is_type(&end, "failed"));
    CHECK(str_eq_c(text_of(&end, "class"), "invalid"));
    jsonr_fini(&end);
    finish(&worker);
}

static void check_failed(const struct jsonr *doc, const char *id, const char *fault)
{
    CHECK(is_type(doc, "failed"));
    CHECK(str_eq_c(text_of(doc, "id"), id));
    if (!str_eq_c(text_of(doc, "class"), fault))
        tap_fail(__FILE__, __LINE__, "class is \"" STR_FMT "\", want \"%s\"",
                 STR_ARG(text_of(doc, "class")), fault);
    CHECK(text_of(doc, "message").len > 0);
}

TEST(a_cancel_ends_a_render)
{
    for (int with_image = 0; with_image <= 1; with_image++) {
        struct worker worker = start_ready();
        struct jsonr end;

        say_render(&worker, "c", 20, with_image);
        expect_type(&worker, "progress");
        expect_type(&worker, "progress");
        say(&worker, "{\"type\":\"cancel\",\"id\":\"c\"}\n");
        end = hear_end(&worker, "c");
        check_failed(&end, "c", "canceled");
        jsonr_fini(&end);
        say_render(&worker, "next", 1, true); /* beside what still winds down */
        end = hear_end(&worker, "next");
        CHECK(is_type(&end, "done"));
        jsonr_fini(&end);
        finish(&worker);
        clean();
    }
}

TEST(a_second_render_at_a_time_is_refused_as_busy)
{
    struct worker worker = start_ready();
    struct jsonr doc;

    say_render(&worker, "first", 5, true);
    say_render(&worker, "second", 1, true);
    doc = hear_past_progress(&worker);
    check_failed(&doc, "second", "busy");
    jsonr_fini(&doc);
    doc = hear_end(&worker, "first");
    CHECK(is_type(&doc, "done"));
    jsonr_fini(&doc);
    check_file(5);
    finish(&worker);
    clean();
}

TEST(lines_that_make_no_sense_are_answered_and_change_nothing)
{
    static const char *const lines[] = {
        "hello\n",
        "{\"type\":\"render\"}\n",
        "{\"type\":\"render\",\"id\":7}\n",
        "{\"type\":\"dance\",\"id\":\"x\"}\n",
        "[]\n",
        "{\"type\":\"render\",\"id\":\"\xff\"}\n",
    };
    struct worker worker = start_ready();
    struct jsonr end;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        say(&worker, lines[i]);
        expect_type(&worker, "error");
    }
    say(&worker, "\n \n{\"type\":\"cancel\",\"id\":\"unknown\"}\n");
    say_render(&worker, "still well", 1, true);
    end = hear_end(&worker, "still well");
    CHECK(is_type(&end, "done"));
    jsonr_fini(&end);
    finish(&worker);
    clean();
}

TEST(a_line_without_end_is_cut_off_with_an_error)
{
    enum { CHUNK = 65536 };
    struct worker worker = start_ready();
    char *chunk = malloc(CHUNK + 1);
    struct jsonr end;

    memset(chunk, 'x', CHUNK);
    chunk[CHUNK] = '\0';
    for (int i = 0; i < 40; i++)
        say(&worker, chunk);
    say(&worker, "\n");
    expect_type(&worker, "error");
    say_render(&worker, "still well", 1, true);
    end = hear_end(&worker, "still well");
    CHECK(is_type(&end, "done"));
    jsonr_fini(&end);
    finish(&worker);
    free(chunk);
    clean();
}

TEST(orders_that_cannot_be_filled_are_invalid)
{
    static const char *const wrong[] = {
        "\"seconds\":0,\"width\":320,\"height\":180",
        "\"seconds\":21,\"width\":320,\"height\":180",
        "\"seconds\":1.5,\"width\":320,\"height\":180",
        "\"seconds\":1,\"width\":321,\"height\":180",
        "\"seconds\":1,\"width\":320,\"height\":99999999999",
        "\"seconds\":1,\"width\":320,\"height\":180,\"fps\":25",
        "\"seconds\":1,\"width\":320,\"height\":180,\"first_frame\":\"relative.ppm\"",
        "\"seconds\":1,\"width\":320,\"height\":180,\"seed\":\"x\"",
        "\"seconds\":1,\"width\":320",
    };
    struct worker worker = start_ready();

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char line[1024];
        struct jsonr doc;

        snprintf(line, sizeof(line),
                 "{\"type\":\"render\",\"id\":\"w\",\"prompt\":\"\",%s,\"scratch\":\"/tmp\","
                 "\"output\":\"/tmp/never.mp4\"}\n",
                 wrong[i]);
        say(&worker, line);
        doc = hear_past_progress(&worker);
        check_failed(&doc, "w", "invalid");
        jsonr_fini(&doc);
    }
    finish(&worker);
}

TEST(a_first_frame_that_is_no_ppm_is_invalid_and_a_lost_folder_is_broken)
{
    struct worker worker = start_ready();
    char line[1024];
    struct jsonr end;

    snprintf(line, sizeof(line),
             "{\"type\":\"render\",\"id\":\"p\",\"prompt\":\"\",\"seconds\":1,\"width\":320,"
             "\"height\":180,\"first_frame\":\"/proc/self/status\",\"scratch\":\"%s\","
             "\"output\":\"%s\"}\n",
             folder, inside("out.mp4"));
    say(&worker, line);
    end = hear_end(&worker, "p");
    check_failed(&end, "p", "invalid");
    jsonr_fini(&end);
    snprintf(line, sizeof(line),
             "{\"type\":\"render\",\"id\":\"q\",\"prompt\":\"\",\"seconds\":1,\"width\":320,"
             "\"height\":180,\"first_frame\":\"%s\",\"scratch\":\"/no/such/folder\","
             "\"output\":\"/no/such/folder/out.mp4\"}\n",
             make_first_frame());
    say(&worker, line);
    end = hear_end(&worker, "q");
    check_failed(&end, "q", "broken");
    jsonr_fini(&end);
    finish(&worker);
    clean();
}

TEST(the_end_of_its_input_ends_a_worker_that_renders)
{
    struct worker worker = start_ready();

    say_render(&worker, "e", 20, true);
    expect_type(&worker, "progress");
    finish(&worker);
    check_no_leftovers();
    CHECK(access(inside("out.mp4"), F_OK) != 0);
    clean();
}
