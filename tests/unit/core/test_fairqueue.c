/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fairqueue.h"

#include "base/macros.h"
#include "harness/tap.h"

static unsigned open_routes; /* set of BIT(route) */
static const struct fairqueue_item *stuck;

static bool may_route(void *context, int route)
{
    (void)context;
    return open_routes & BIT(route);
}

static bool may_item(void *context, const struct fairqueue_item *item)
{
    (void)context;
    return item != stuck;
}

static const struct fairqueue_filter filter = {may_route, may_item, NULL};

static void push(struct fairqueue *queue, struct fairqueue_item *item, int64_t account, int route)
{
    *item = (struct fairqueue_item){.account_id = account, .route = route};
    fairqueue_push(queue, item);
}

static void start(void)
{
    open_routes = ~0u;
    stuck = NULL;
}

TEST(one_account_is_served_in_order)
{
    struct fairqueue queue = {0};
    struct fairqueue_item items[4];

    start();
    for (int i = 0; i < 4; i++)
        push(&queue, &items[i], 1, i % 2);
    CHECK_INT(queue.count, 4);
    for (int i = 0; i < 4; i++)
        CHECK(fairqueue_pick(&queue, &filter) == &items[i]);
    CHECK(!fairqueue_pick(&queue, &filter));
    CHECK_INT(queue.count, 0);
}

TEST(accounts_take_turns_however_many_jobs_each_has)
{
    static const int want[] = {0, 10, 20, 1, 11, 2, 3};
    struct fairqueue queue = {0};
    struct fairqueue_item items[30];

    start();
    for (int i = 0; i < 4; i++)
        push(&queue, &items[i], 1, 0);
    push(&queue, &items[10], 2, 0);
    push(&queue, &items[11], 2, 0);
    push(&queue, &items[20], 3, 0);
    for (size_t i = 0; i < ARRAY_LEN(want); i++)
        CHECK(fairqueue_pick(&queue, &filter) == &items[want[i]]);
    CHECK(!queue.first);
}

TEST(a_closed_route_holds_up_neither_its_account_nor_others)
{
    struct fairqueue queue = {0};
    struct fairqueue_item items[3];

    start();
    open_routes = BIT(1);
    push(&queue, &items[0], 1, 0);
    push(&queue, &items[1], 1, 1);
    push(&queue, &items[2], 2, 1);
    CHECK(fairqueue_pick(&queue, &filter) == &items[1]);
    CHECK(fairqueue_pick(&queue, &filter) == &items[2]);
    CHECK(!fairqueue_pick(&queue, &filter));
    open_routes = BIT(0);
    CHECK(fairqueue_pick(&queue, &filter) == &items[0]);
}

TEST(an_account_keeps_its_turn_while_it_cannot_start)
{
    struct fairqueue queue = {0};
    struct fairqueue_item items[4];

    start();
    push(&queue, &items[0], 1, 0);
    push(&queue, &items[1], 2, 1);
    push(&queue, &items[2], 2, 1);
    open_routes = BIT(1);
    CHECK(fairqueue_pick(&queue, &filter) == &items[1]);
    open_routes = ~0u;
    CHECK(fairqueue_pick(&queue, &filter) == &items[0]);
    CHECK(fairqueue_pick(&queue, &filter) == &items[2]);
}

TEST(what_comes_back_stands_where_it_was)
{
    struct fairqueue queue = {0};
    struct fairqueue_item items[3];

    start();
    for (int i = 0; i < 3; i++)
        push(&queue, &items[i], 1, 0);
    CHECK(fairqueue_pick(&queue, &filter) == &items[0]);
    CHECK(fairqueue_pick(&queue, &filter) == &items[1]);
    fairqueue_push(&queue, &items[1]);
    fairqueue_push(&queue, &items[0]);
    for (int i = 0; i < 3; i++)
        CHECK(fairqueue_pick(&queue, &filter) == &items[i]);
}

TEST(an_item_that_cannot_start_is_passed_over)
{
    struct fairqueue queue = {0};
    struct fairqueue_item items[FAIRQUEUE_LOOK_MAX + 1];

    start();
    stuck = &items[0];
    for (int i = 0; i < FAIRQUEUE_LOOK_MAX + 1; i++)
        push(&queue, &items[i], 1, 0);
    CHECK(fairqueue_pick(&queue, &filter) == &items[1]);
    fairqueue_fini(&queue);
    CHECK_INT(queue.count, 0);
}

TEST(a_removed_item_is_gone_and_removing_it_again_changes_nothing)
{
    struct fairqueue queue = {0};
    struct fairqueue_item items[3];

    start();
    for (int i = 0; i < 3; i++)
        push(&queue, &items[i], 1, 0);
    fairqueue_remove(&queue, &items[1]);
    fairqueue_remove(&queue, &items[1]);
    CHECK_INT(queue.count, 2);
    CHECK(fairqueue_pick(&queue, &filter) == &items[0]);
    CHECK(fairqueue_pick(&queue, &filter) == &items[2]);
    CHECK(!fairqueue_pick(&queue, &filter));
}

TEST(accounts_that_share_a_bucket_are_different_accounts)
{
    struct fairqueue queue = {0};
    struct fairqueue_item items[3];

    start();
    push(&queue, &items[0], 7, 0);
    push(&queue, &items[1], 7 + FAIRQUEUE_BUCKETS, 0);
    push(&queue, &items[2], 7, 0);
    CHECK(fairqueue_pick(&queue, &filter) == &items[0]);
    CHECK(fairqueue_pick(&queue, &filter) == &items[1]);
    CHECK(fairqueue_pick(&queue, &filter) == &items[2]);
    CHECK(!queue.first && !queue.last);
}
