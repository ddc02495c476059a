/* SPDX-License-Identifier: Apache-2.0 */
#include "api/extras.h"

static const char *const known[] = {"seconds", "size", "fps", "seed", NULL};

/* An integer member within a range, or the fallback. */
static int64_t integer(struct jsonv object, const char *key, int64_t min, int64_t max,
                       struct faults *faults, int64_t fallback)
{
    struct jsonv value = jsonv_get(object, key);
    int64_t number = jsonv_int(value, 0);

    if (jsonv_is_absent(value))
        return fallback;
    if (jsonv_type(value) != JSONR_INT || number < min || number > max) {
        struct str field = arena_printf(faults->arena, "vitascope.%s", key);

        faults_add(faults, field.ptr, "Expected an integer from %lld to %lld", (long long)min,
                   (long long)max);
        return fallback;
    }
    return number;
}

static bool is_side(int64_t side)
{
    return side >= EXTRAS_SIDE_MIN && side <= EXTRAS_SIDE_MAX && side % 2 == 0;
}

static void apply_size(struct jsonv object, struct render_request *render, struct faults *faults)
{
    struct str size = faults_str(faults, object, "size", "vitascope.size");
    struct str left = {0}, right = str_cut(size, 'x', &left);
    int64_t width = 0, height = 0;

    if (!size.ptr)
        return;
    if (!str_to_int(left, &width) || !str_to_int(right, &height) || !is_side(width) ||
        !is_side(height)) {
        faults_add(faults, "vitascope.size",
                   "Expected WIDTHxHEIGHT with even numbers from %d to %d", EXTRAS_SIDE_MIN,
                   EXTRAS_SIDE_MAX);
        return;
    }
    render->width = (int)width;
    render->height = (int)height;
}

void extras_apply(struct jsonv object, struct render_request *render, struct faults *faults)
{
    if (jsonv_is_absent(object))
        return;
    if (jsonv_type(object) != JSONR_OBJECT) {
        faults_add(faults, "vitascope", "Expected object, received %s", jsonv_type_name(object));
        return;
    }
    faults_ignore_unknown(faults, object, "vitascope.", known);
    render->seconds = (int)integer(object, "seconds", RENDER_SECONDS_MIN, RENDER_SECONDS_MAX,
                                   faults, render->seconds);
    render->fps = (int)integer(object, "fps", 24, 30, faults, render->fps);
    render->seed = integer(object, "seed", 0, INT64_MAX, faults, render->seed);
    if (render->fps != 24 && render->fps != 30)
        faults_add(faults, "vitascope.fps", "Expected 24 or 30");
    apply_size(object, render, faults);
}
