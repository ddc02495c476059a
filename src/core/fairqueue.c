/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fairqueue.h"

#include <stdlib.h>

#include "base/err.h"

/* Items of one account and one route, by order. */
struct fairqueue_lane {
    struct fairqueue_account *account;
    int route;
    struct fairqueue_item *first, *last;
    struct fairqueue_lane *next;
};

struct fairqueue_account {
    int64_t id;
    struct fairqueue_lane *lanes; /* none is empty */
    struct fairqueue_account *next_in_bucket;
    struct fairqueue_account *next, *prev; /* in the order of turns */
};

static void *alloc(size_t bytes)
{
    void *memory = calloc(1, bytes);

    if (!memory)
        die("out of memory");
    return memory;
}

static struct fairqueue_account **find_account(struct fairqueue *queue, int64_t id)
{
    struct fairqueue_account **at = &queue->accounts[(uint64_t)id % FAIRQUEUE_BUCKETS];

    while (*at && (*at)->id != id)
        at = &(*at)->next_in_bucket;
    return at;
}

static void append_account(struct fairqueue *queue, struct fairqueue_account *account)
{
    account->next = NULL;
    account->prev = queue->last;
    if (queue->last)
        queue->last->next = account;
    else
        queue->first = account;
    queue->last = account;
}

static void unlink_account(struct fairqueue *queue, struct fairqueue_account *account)
{
    if (account->prev)
        account->prev->next = account->next;
    else
        queue->first = account->next;
    if (account->next)
        account->next->prev = account->prev;
    else
        queue->last = account->prev;
}

static struct fairqueue_lane *get_lane(struct fairqueue *queue, int64_t account_id, int route)
{
    struct fairqueue_account **at = find_account(queue, account_id);
    struct fairqueue_account *account = *at;
    struct fairqueue_lane *lane = NULL;

    if (!account) {
        account = *at = alloc(sizeof *account);
        account->id = account_id;
        append_account(queue, account);
    }
    for (lane = account->lanes; lane; lane = lane->next)
        if (lane->route == route)
            return lane;
    lane = alloc(sizeof *lane);
    lane->account = account;
    lane->route = route;
    lane->next = account->lanes;
    account->lanes = lane;
    return lane;
}

void fairqueue_push(struct fairqueue *queue, struct fairqueue_item *item)
{
    struct fairqueue_lane *lane = get_lane(queue, item->account_id, item->route);
    struct fairqueue_item *before = lane->last;

    if (!item->order)
        item->order = ++queue->order;
    /* From the end: nearly all come last, and what comes back was first before. */
    if (lane->first && lane->first->order > item->order)
        before = NULL;
    while (before && before->order > item->order)
        before = before->prev;
    item->lane = lane;
    item->prev = before;
    item->next = before ? before->next : lane->first;
    if (item->next)
        item->next->prev = item;
    else
        lane->last = item;
    if (before)
        before->next = item;
    else
        lane->first = item;
    queue->count++;
}

static void drop_lane(struct fairqueue *queue, struct fairqueue_lane *lane)
{
    struct fairqueue_account *account = lane->account;
    struct fairqueue_lane **at = &account->lanes;

    while (*at != lane)
        at = &(*at)->next;
    *at = lane->next;
    free(lane);
    if (account->lanes)
        return;
    *find_account(queue, account->id) = account->next_in_bucket;
    unlink_account(queue, account);
    free(account);
}

void fairqueue_remove(struct fairqueue *queue, struct fairqueue_item *item)
{
    struct fairqueue_lane *lane = item->lane;

    if (!lane)
        return;
    if (item->prev)
        item->prev->next = item->next;
    else
        lane->first = item->next;
    if (item->next)
        item->next->prev = item->prev;
    else
        lane->last = item->prev;
    item->lane = NULL;
    item->next = item->prev = NULL;
    queue->count--;
    if (!lane->first)
        drop_lane(queue, lane);
}

static struct fairqueue_item *look(const struct fairqueue_lane *lane,
                                   const struct fairqueue_filter *filter)
{
    struct fairqueue_item *item = lane->first;

    if (!filter->may_route(filter->context, lane->route))
        return NULL;
    for (int i = 0; item && i < FAIRQUEUE_LOOK_MAX; i++, item = item->next)
        if (filter->may_item(filter->context, item))
            return item;
    return NULL;
}

struct fairqueue_item *fairqueue_pick(struct fairqueue *queue,
                                      const struct fairqueue_filter *filter)
{
    struct fairqueue_item *best = NULL;
    struct fairqueue_account *account = queue->first;

    for (; account && !best; account = account->next)
        for (struct fairqueue_lane *lane = account->lanes; lane; lane = lane->next) {
            struct fairqueue_item *item = look(lane, filter);

            if (item && (!best || item->order < best->order))
                best = item;
        }
    if (!best)
        return NULL;
    account = best->lane->account;
    unlink_account(queue, account);
    append_account(queue, account);
    fairqueue_remove(queue, best);
    return best;
}

void fairqueue_fini(struct fairqueue *queue)
{
    while (queue->first)
        fairqueue_remove(queue, queue->first->lanes->first);
}
