/* SPDX-License-Identifier: Apache-2.0 */
/* A line between server and worker, read at both ends. */
#include "engine/worker_protocol.h"
#include "target.h"
#include "workers/diorama/clip/protocol.h"

/* Stands in for clip.c, which would bring the renderer; only lines from a worker have phases. */
const char *clip_phase_name(enum clip_phase phase)
{
    (void)phase;
    return "";
}

static void read_as_server(struct str line)
{
    struct worker_message message;
    struct err err;

    if (worker_message_parse(&message, line, &err)) {
        FUZZ_CHECK(message.type <= WORKER_OTHER);
        if (message.type == WORKER_PROGRESS)
            FUZZ_CHECK(message.percent >= -1 && message.percent <= 100);
    }
    worker_message_fini(&message);
}

static void read_as_worker(struct str line)
{
    struct protocol_message message;
    struct arena arena;
    struct err refusal, err;

    arena_init(&arena, 0);
    if (protocol_parse(line, &arena, &message, &refusal, &err))
        FUZZ_CHECK(message.id && message.id[0]);
    arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str line = fuzz_copy(data, size);

    read_as_server(line);
    read_as_worker(line);
    free((void *)(uintptr_t)line.ptr);
    return 0;
}
