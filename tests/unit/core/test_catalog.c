/* SPDX-License-Identifier: Apache-2.0 */
#include "core/catalog.h"
#include "harness/tap.h"

static struct catalog *catalog;
static struct err err;

static struct catalog_model sora2(void)
{
    return (struct catalog_model){.name = STR("sora-2"),
                                  .steps = {{1280 * 720, 125000}, {1792 * 1024, 300000}},
                                  .step_count = 2,
                                  .route = {STR("diorama")},
                                  .route_len = 1};
}

TEST(price_is_the_first_step_that_fits_times_seconds)
{
    struct catalog_model model = sora2();
    int64_t price = 0;

    catalog = catalog_new();
    CHECK_OK(catalog_add(catalog, &model, &err));
    CHECK_OK(catalog_price(catalog_find(catalog, STR("sora-2")), 720, 1280, 4, &price, &err));
    CHECK_INT(price, 500000);
    CHECK_OK(catalog_price(catalog_at(catalog, 0), 1792, 1024, 12, &price, &err));
    CHECK_INT(price, 3600000);
    CHECK(!catalog_price(catalog_at(catalog, 0), 1920, 1080, 4, &price, &err));
    CHECK_STR(err.param, "size");
    CHECK(!catalog_find(catalog, STR("sora-3")));
    catalog_free(catalog);
}

TEST(a_model_without_price_route_or_name_is_refused)
{
    struct catalog_model model = sora2();

    catalog = catalog_new();
    model.step_count = 0;
    CHECK(!catalog_add(catalog, &model, &err));
    model = sora2();
    model.route_len = 0;
    CHECK(!catalog_add(catalog, &model, &err));
    model = sora2();
    model.name = STR("");
    CHECK(!catalog_add(catalog, &model, &err));
    model = sora2();
    model.steps[0].micro_per_second = 0;
    CHECK(!catalog_add(catalog, &model, &err));
    model = sora2();
    model.steps[1].pixels_max = 10;
    CHECK(!catalog_add(catalog, &model, &err));
    CHECK_INT(catalog_len(catalog), 0);
    catalog_free(catalog);
}

TEST(a_name_can_be_there_once)
{
    struct catalog_model model = sora2();

    catalog = catalog_new();
    CHECK_OK(catalog_add(catalog, &model, &err));
    CHECK(!catalog_add(catalog, &model, &err));
    catalog_free(catalog);
}
