/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target without libFuzzer: replay CORPUS. One TAP test a file; then spoilt copies of
 * all of them for a bounded number of rounds, always the same ones. */
#include <dirent.h>
#include <string.h>

#include "target.h"

enum { FILES_MAX = 256, FILE_BYTES_MAX = 1 << 16, SPOILT_ROUNDS = 1000, SPOILT_BYTES_MAX = 8 };

static struct {
    char *name;
    uint8_t *data;
    size_t size;
} files[FILES_MAX];
static size_t file_count;

static void read_file(const char *folder, const char *name)
{
    char path[4096];
    FILE *file = NULL;

    if (file_count == FILES_MAX)
        abort();
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (!file)
        abort();
    files[file_count].name = strdup(name);
    files[file_count].data = malloc(FILE_BYTES_MAX);
    files[file_count].size = fread(files[file_count].data, 1, FILE_BYTES_MAX, file);
    fclose(file);
    file_count++;
}

static void read_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry = NULL;

    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] != '.')
            read_file(folder, entry->d_name);
    }
    if (dir)
        closedir(dir);
}

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Changes some bytes, and cuts or doubles a piece. Returns the new size. */
static size_t spoil(uint8_t *data, size_t size, uint64_t *state)
{
    size_t at = size ? random_next(state) % size : 0, len = size - at;

    for (size_t i = random_next(state) % SPOILT_BYTES_MAX; size && i > 0; i--)
        data[random_next(state) % size] = (uint8_t)random_next(state);
    if (random_next(state) % 4 == 0)
        return at;
    if (random_next(state) % 4 == 0 && size + len <= FILE_BYTES_MAX) {
        memmove(data + at + len, data + at, len);
        return size + len;
    }
    return size;
}

static void run_spoilt(void)
{
    uint8_t *data = malloc(FILE_BYTES_MAX);
    uint64_t state = 88172645463325252u;

    for (int round = 0; file_count && round < SPOILT_ROUNDS; round++) {
        size_t pick = random_next(&state) % file_count, size = files[pick].size;

        memcpy(data, files[pick].data, size);
        LLVMFuzzerTestOneInput(data, spoil(data, size, &state));
    }
    free(data);
}

int main(int argc, char **argv)
{
    if (argc == 2)
        read_folder(argv[1]);
    printf("1..%zu\n", file_count + 1);
    for (size_t i = 0; i < file_count; i++) {
        LLVMFuzzerTestOneInput(files[i].data, files[i].size);
        printf("ok %zu - %s\n", i + 1, files[i].name);
        fflush(stdout);
    }
    run_spoilt();
    printf("%s %zu - spoilt_copies_of_%zu_files\n", file_count ? "ok" : "not ok", file_count + 1,
           file_count);
    for (size_t i = 0; i < file_count; i++) {
        free(files[i].name);
        free(files[i].data);
    }
    return file_count ? 0 : 1;
}
