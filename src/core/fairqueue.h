/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fairqueue: who is next, when accounts take turns and each has jobs on several routes.
 *
 * An account's jobs leave in the order in which they came, but for those that cannot start now,
 * which are passed over (a route without a free engine holds up nobody else). After an account
 * has had its turn it stands behind the others.
 *
 * Items are embedded in their owner's struct. Thread: one at a time.
 */
#ifndef VITASCOPE_CORE_FAIRQUEUE_H
#define VITASCOPE_CORE_FAIRQUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FAIRQUEUE_LOOK_MAX = 16, /* items of one account and route that are looked at in one pick */
    FAIRQUEUE_BUCKETS = 1024,
};

struct fairqueue_lane;
struct fairqueue_account;

struct fairqueue_item {
    int64_t account_id;
    int route;
    uint64_t order; /* given by the first push: a later push puts it back where it was */
    struct fairqueue_lane *lane; /* NULL while it is not in the queue */
    struct fairqueue_item *next, *prev;
};

struct fairqueue {
    struct fairqueue_account *accounts[FAIRQUEUE_BUCKETS]; /* by id */
    struct fairqueue_account *first, *last;                /* whose turn is next */
    uint64_t order;
    size_t count;
};

/* A zeroed queue is empty. Removes everything; items are their owners'. */
void fairqueue_fini(struct fairqueue *queue);

/* account_id and route are set by the caller, and do not change while it is in the queue. */
void fairqueue_push(struct fairqueue *queue, struct fairqueue_item *item);

/* Nothing happens when it is not in the queue. */
void fairqueue_remove(struct fairqueue *queue, struct fairqueue_item *item);

/* What can start now. */
struct fairqueue_filter {
    bool (*may_route)(void *context, int route); /* any item of the route */
    bool (*may_item)(void *context, const struct fairqueue_item *item);
    void *context;
};

/* Takes the next item that can start out of the queue; NULL: none can. */
struct fairqueue_item *fairqueue_pick(struct fairqueue *queue,
                                      const struct fairqueue_filter *filter);

#endif
