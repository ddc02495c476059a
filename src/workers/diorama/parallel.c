/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

struct crew {
    parallel_piece run;
    void *job;
    int pieces;
    atomic_int next;
};

static void *work(void *context)
{
    struct crew *crew = context;

    for (;;) {
        int piece = atomic_fetch_add(&crew->next, 1);

        if (piece >= crew->pieces)
            return NULL;
        crew->run(crew->job, piece);
    }
}

void parallel_run(int threads, int pieces, parallel_piece run, void *job)
{
    struct crew crew = {.run = run, .job = job, .pieces = pieces};
    pthread_t helpers[PARALLEL_THREADS_MAX];
    int started = 0;

    if (threads > PARALLEL_THREADS_MAX)
        threads = PARALLEL_THREADS_MAX;
    if (threads > pieces)
        threads = pieces;
    /* Fewer helpers than asked for only makes it slower. */
    while (started < threads - 1 && pthread_create(&helpers[started], NULL, work, &crew) == 0)
        started++;
    work(&crew);
    for (int i = 0; i < started; i++)
        pthread_join(helpers[i], NULL);
}
