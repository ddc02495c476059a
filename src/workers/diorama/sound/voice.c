/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/sound/voice.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "workers/diorama/sound/sound.h"

enum {
    RATE_MAX = 48000, /* that espeak-ng may give; it gives 22050 */
    RATE_MIN = 8000,
    WAVE_BYTES_MAX = VOICE_SECONDS_MAX * RATE_MAX * 2 + 4096,
    READ_BYTES = 65536,
    TAPS = 32,
    PHASES = 320 /* between two samples: exact from 22050 to 48000 */
};

static const char program[] = "espeak-ng";

/* A pipe to the child's standard input, filled and closed, and one from its standard output. */
struct talker {
    pid_t pid;
    int in, out;
};

/* Length of the UTF-8 character at `at`, and its number; 0 where the bytes are none. */
static size_t next_rune(struct str text, size_t at, uint32_t *rune)
{
    unsigned char first = (unsigned char)text.ptr[at];
    size_t length = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

    if (length == 0 || first > 0xf4 || at + length > text.len ||
        !str_is_utf8(str_from_bytes(text.ptr + at, length)))
        return 0;
    *rune = length == 1 ? first : first & (0x7fu >> length);
    for (size_t i = 1; i < length; i++)
        *rune = *rune << 6 | ((unsigned char)text.ptr[at + i] & 0x3f);
    return length;
}

/* What stands for an order, or for nothing that can be heard. */
static bool is_mute(uint32_t rune)
{
    if (rune < 0x80)
        return rune < ' ' || rune == 0x7f || strchr("[]<>{}|\\^_`~*", (int)rune);
    return rune < 0xa0 || (rune >= 0x200b && rune <= 0x200f) ||
           (rune >= 0x2028 && rune <= 0x202e) || (rune >= 0x2060 && rune <= 0x206f) ||
           (rune >= 0xe000 && rune <= 0xf8ff) || rune == 0xfeff || rune >= 0xfff0;
}

void voice_clean(struct str text, char *out, size_t size)
{
    size_t used = 0;

    for (size_t at = 0, length; at < text.len; at += length ? length : 1) {
        uint32_t rune = 0;

        length = next_rune(text, at, &rune);
        if (length == 0 || rune == ' ' || is_mute(rune)) {
            if (used > 0 && out[used - 1] != ' ' && used + 1 < size)
                out[used++] = ' ';
            continue;
        }
        if (used + length + 1 > size)
            break;
        memcpy(out + used, text.ptr + at, length);
        used += length;
    }
    out[used] = '\0';
}

/* Both ends or none. The text is shorter than a pipe holds, so that it can be written first. */
static bool open_pipes(struct talker *talker, struct str text, int child[2], struct err *err)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1};
    bool ok = pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 &&
              write(in[1], text.ptr, text.len) == (ssize_t)text.len;

    if (!ok)
        err_set(err, ERR_IO, "cannot talk to %s: %s", program, strerror(errno));
    if (in[1] >= 0)
        close(in[1]);
    if (!ok) {
        for (int i = 0; i < 3; i++) {
            int file = i == 0 ? in[0] : out[i - 1];

            if (file >= 0)
                close(file);
        }
        return false;
    }
    child[0] = in[0];
    child[1] = out[1];
    talker->out = out[0];
    return true;
}

static int spawn(struct talker *talker, const struct voice *voice, const int child[2])
{
    char rate[16], pitch[16];
    const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", NULL};
    const char *const arguments[] = {program,     "--stdin", "--stdout", "-b", "1",   "-z", "-v",
                                     voice->name, "-s",      rate,       "-p", pitch, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, pipes;
    int failure;

    snprintf(rate, sizeof(rate), "%d", voice->words_per_minute);
    snprintf(pitch, sizeof(pitch), "%d", voice->pitch);
    sigemptyset(&none);
    sigemptyset(&pipes);
    sigaddset(&pipes, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &pipes);
    posix_spawn_file_actions_adddup2(&actions, child[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, child[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    failure = posix_spawnp(&talker->pid, program, &actions, &attributes, (char *const *)arguments,
                           (char *const *)environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failure;
}

static bool start(struct talker *talker, const struct voice *voice, struct str text,
                  struct err *err)
{
    int child[2], failure;

    if (!open_pipes(talker, text, child, err))
        return false;
    failure = spawn(talker, voice, child);
    close(child[0]);
    close(child[1]);
    if (failure == 0)
        return true;
    close(talker->out);
    if (failure == ENOENT)
        return err_set(err, ERR_UNSUPPORTED, "%s is not installed", program);
    return err_set(err, ERR_IO, "cannot run %s: %s", program, strerror(failure));
}

static bool read_some(int file, int64_t due_ns, struct buf *wave, bool *has_more, struct err *err)
{
    int64_t left_ms = (due_ns - clock_mono_ns()) / 1000000;
    struct pollfd wait = {file, POLLIN, 0};
    int ready = left_ms > 0 ? poll(&wait, 1, (int)left_ms) : 0;
    ssize_t got;

    *has_more = true;
    if (ready < 0 && errno == EINTR)
        return true;
    if (ready <= 0)
        return err_set(err, ERR_IO, "%s takes too long", program);
    got = read(file, buf_reserve(wave, READ_BYTES), READ_BYTES);
    if (got < 0)
        return errno == EINTR || err_set(err, ERR_IO, "cannot hear %s", program);
    *has_more = got > 0;
    buf_added(wave, (size_t)got);
    if (wave->len > WAVE_BYTES_MAX)
        return err_set(err, ERR_TOO_LARGE, "%s says too much", program);
    return true;
}

/* All that it says; it is gone afterwards. */
static bool listen(struct talker *talker, struct buf *wave, struct err *err)
{
    int64_t due_ns = clock_mono_ns() + (int64_t)VOICE_WAIT_MS * 1000000;
    bool ok = true, has_more = true;
    int status = 0;

    while (ok && has_more)
        ok = read_some(talker->out, due_ns, wave, &has_more, err);
    close(talker->out);
    if (!ok)
        kill(talker->pid, SIGKILL);
    while (waitpid(talker->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (ok && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        ok = err_set(err, ERR_IO, "%s failed", program);
    return ok;
}

static uint32_t little(const unsigned char *bytes, int count)
{
    uint32_t value = 0;

    for (int i = count - 1; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

/* Where a RIFF file's samples begin and how many per second there are: 16 bits, one channel. The
 * sizes of what is written to a pipe are not right, so the samples end with the file. */
static bool find_samples(struct str wave, size_t *start_byte, int *rate)
{
    const unsigned char *bytes = (const unsigned char *)wave.ptr;
    size_t at = 12;

    if (wave.len < 12 || memcmp(bytes, "RIFF", 4) != 0 || memcmp(bytes + 8, "WAVE", 4) != 0)
        return false;
    *rate = 0;
    while (at + 24 <= wave.len) {
        uint32_t size = little(bytes + at + 4, 4);

        if (memcmp(bytes + at, "data", 4) == 0) {
            *start_byte = at + 8;
            return *rate >= RATE_MIN && *rate <= RATE_MAX;
        }
        if (memcmp(bytes + at, "fmt ", 4) == 0 && little(bytes + at + 8, 2) == 1 &&
            little(bytes + at + 10, 2) == 1 && little(bytes + at + 22, 2) == 16)
            *rate = (int)little(bytes + at + 12, 4);
        if (size > wave.len)
            return false;
        at += 8 + size + (size & 1);
    }
    return false;
}

/* Windowed sinc, a row of taps for each place between two samples. */
static void fill_taps(float taps[PHASES][TAPS])
{
    for (int phase = 0; phase < PHASES; phase++) {
        float sum = 0;

        for (int k = 0; k < TAPS; k++) {
            float x = (float)(k - TAPS / 2 + 1) - (float)phase / PHASES;
            float angle = (float)M_PI * x * 0.95f;
            float window = 0.5f + 0.5f * cosf((float)M_PI * x / (TAPS / 2 + 1));

            taps[phase][k] = window * (fabsf(angle) < 1e-4f ? 1 : sinf(angle) / angle);
            sum += taps[phase][k];
        }
        for (int k = 0; k < TAPS; k++)
            taps[phase][k] /= sum;
    }
}

static void resample(const unsigned char *bytes, int count, int rate, struct voice_take *take)
{
    static const int before = TAPS / 2 - 1;
    float(*taps)[TAPS] = malloc(sizeof(*taps) * PHASES);
    float *from = calloc((size_t)count + TAPS, sizeof(*from));

    take->count = (int)((int64_t)count * SOUND_RATE / rate);
    take->samples = calloc((size_t)take->count + 1, sizeof(*take->samples));
    if (!taps || !from || !take->samples)
        die("out of memory for speech");
    fill_taps(taps);
    for (int i = 0; i < count; i++)
        from[before + i] = (float)(int16_t)little(bytes + 2 * (size_t)i, 2) / 32768;
    for (int i = 0; i < take->count; i++) {
        int64_t place = (int64_t)i * rate;
        int at = (int)(place / SOUND_RATE);
        const float *row = taps[place % SOUND_RATE * PHASES / SOUND_RATE];
        float sum = 0;

        for (int k = 0; k < TAPS; k++)
            sum += row[k] * from[at + k];
        take->samples[i] = sum;
    }
    free(from);
    free(taps);
}

bool voice_is_there(void)
{
    struct voice voice = {"en-us", 50, 300};
    struct voice_take take;
    struct err err;
    bool is_there = voice_speak(&voice, STR("a"), &take, &err);

    if (is_there)
        free(take.samples);
    return is_there;
}

bool voice_speak(const struct voice *voice, struct str text, struct voice_take *take,
                 struct err *err)
{
    char clean[VOICE_BYTES_MAX + 1];
    struct talker talker;
    struct buf wave;
    size_t first = 0;
    int rate = 0;
    bool ok;

    voice_clean(text, clean, sizeof(clean));
    if (str_trim(str_from(clean)).len == 0)
        return err_set(err, ERR_INVALID, "there is nothing to say");
    if (!start(&talker, voice, str_from(clean), err))
        return false;
    buf_init(&wave, WAVE_BYTES_MAX + READ_BYTES);
    ok = listen(&talker, &wave, err);
    if (ok && !find_samples(buf_str(&wave), &first, &rate))
        ok = err_set(err, ERR_IO, "%s gave no sound", program);
    if (ok && (wave.len - first) / 2 > (size_t)VOICE_SECONDS_MAX * (size_t)rate)
        ok = err_set(err, ERR_TOO_LARGE, "%s says too much", program);
    if (ok)
        resample((const unsigned char *)wave.ptr + first, (int)((wave.len - first) / 2), rate,
                 take);
    buf_fini(&wave);
    return ok;
}
