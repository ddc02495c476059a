/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels that make the picture of a frame: of its samples and of the picture before. */
#include <math.h>

#include "workers/diorama/kernel_table.h"

#define FAR_OFF 1e9f
#define WEIGHT_MOST 10.0f /* of a history; a sample in a pixel's middle weighs 1 */
#define FILLED_IN 0.3f    /* weight of a sample that is made of its neighbors */
#define SHARPEN 0.5f
#define STILL_PIXELS 0.004f

/* Pixels side by side, and where the samples around them lie. */
struct around {
    vf x, across, rise; /* of the pixels' middles; the latter two at distance 1 */
    float y;
    vf wide[3], tall[3]; /* weights of the columns and rows of samples */
    vi column;           /* of the middle one */
    vi row;
    bool is_row; /* the samples of all lanes lie side by side, none outside */
};

/* What the nine samples around a pixel say. */
struct seen {
    struct v3 here; /* at the pixel's middle */
    vf weight;
    struct v3 mean, spread;    /* of all */
    vf depth, mover, slide[2]; /* of the nearest */
};

/* Compressed luma and its differences to red and to green. */
SIMD struct v3 pack(struct v3 c, float exposure)
{
    vf y = 0.25f * (c.x + c.z) + 0.5f * c.y;
    vf scale = 1.0f / (1.0f + exposure * max_v(y, splat(0)));

    return vec3(y * scale, 0.5f * (c.x - c.z) * scale, (y - 0.5f * (c.x + c.z)) * scale);
}

SIMD struct v3 unpack(struct v3 c, float exposure)
{
    vf scale = 1.0f / max_v(1.0f - exposure * c.x, splat(1e-3f));

    return vec3((c.x + c.y - c.z) * scale, (c.x + c.z) * scale, (c.x - c.y - c.z) * scale);
}

/* Weight of a sample at a distance, in pixels. */
SIMD vf sample_weight(vf off)
{
    return exp_v(off * off * -3.2f);
}

/* The samples were drawn by a view turned a little aside: finds them. */
SIMD void around_begin(const struct frame *frame, int column, int row, struct around *around)
{
    const struct view *view = &frame->view;
    float per_x = (float)frame->width / ((float)frame->out_width * view->pixel);
    float per_y = (float)frame->height / ((float)frame->out_height * view->pixel);
    float pixels_x = (float)frame->out_width / (float)frame->width;
    float pixels_y = (float)frame->out_height / (float)frame->height;
    vf ahead, x, y;
    int first;

    around->x = lane_index() + (float)column;
    around->y = (float)row;
    around->across = (around->x + (0.5f - 0.5f * (float)frame->out_width)) * view->pixel;
    around->rise = splat((0.5f * (float)frame->out_height - 0.5f - (float)row) * view->pixel +
                         frame->steady.shift);
    ahead = 1.0f / (1.0f + frame->aside * around->across);
    x = (around->across - frame->aside) * ahead * per_x + (0.5f * (float)frame->width - 0.5f);
    y = (0.5f * (float)frame->height - 0.5f) - (around->rise * ahead - view->shift) * per_y;
    around->column = to_int(clamp_v(floor_v(x + 0.5f), 0.0f, (float)(frame->width - 1)));
    around->row = to_int(clamp_v(floor_v(y + 0.5f), 0.0f, (float)(frame->height - 1)));
    for (int i = 0; i < 3; i++) {
        around->wide[i] = sample_weight((to_float(around->column) + (float)(i - 1) - x) * pixels_x);
        around->tall[i] = sample_weight((to_float(around->row) + (float)(i - 1) - y) * pixels_y);
    }
    first = around->column[0];
    around->is_row =
        first > 0 && first + VW < frame->width && around->row[0] > 0 &&
        around->row[0] + 1 < frame->height &&
        !any((around->column != first + to_int(lane_index())) | (around->row != around->row[0]));
}

/* A sample, packed. */
struct sample {
    struct v3 light;
    vf depth, mover, slide[2];
};

/* The plane's values from `at` on where the lanes lie side by side, else those at `from`. */
SIMD vf value(const float *plane, bool is_row, size_t at, vi from)
{
    return is_row ? load(plane + at) : gather(plane, from);
}

SIMD void sample_read(const struct frame *frame, const struct around *around, bool is_row,
                      const int off[2], struct sample *sample)
{
    size_t at = (size_t)(around->row[0] + off[1]) * (size_t)frame->stride +
                (size_t)(around->column[0] + off[0]);
    vi from = around->column;

    if (!is_row) {
        vf x = clamp_v(to_float(around->column + off[0]), 0.0f, (float)(frame->width - 1));
        vf y = clamp_v(to_float(around->row + off[1]), 0.0f, (float)(frame->height - 1));

        from = to_int(y) * frame->stride + to_int(x);
    }
    sample->light =
        vec3(value(frame->plane[0], is_row, at, from), value(frame->plane[1], is_row, at, from),
             value(frame->plane[2], is_row, at, from));
    sample->light = pack(sample->light, frame->grade.exposure);
    sample->depth = value(frame->depth, is_row, at, from);
    sample->mover = value(frame->mover, is_row, at, from);
    for (int k = 0; k < 2; k++)
        sample->slide[k] = frame->has_slide ? value(frame->slide[k], is_row, at, from) : splat(0);
}

SIMD void keep_nearest(const struct sample *sample, struct seen *seen)
{
    vi nearer = sample->depth < seen->depth;

    seen->depth = choose(nearer, sample->depth, seen->depth);
    seen->mover = choose(nearer, sample->mover, seen->mover);
    for (int k = 0; k < 2; k++)
        seen->slide[k] = choose(nearer, sample->slide[k], seen->slide[k]);
}

/* Adds up the samples; `is_row` is known where this is compiled. */
SIMD void look(const struct frame *frame, const struct around *around, bool is_row,
               struct seen *seen)
{
    struct v3 sum = color(0, 0, 0), square = sum, filtered = sum;
    float other = frame->chess ? FILLED_IN : 1.0f;
    vi filled = ((around->column + around->row + (int)(frame->phase & 1)) & 1) != 0;
    const vf shares[2] = {choose(filled, splat(other), splat(1)),
                          choose(filled, splat(1), splat(other))};
    vf total = splat(0);

    seen->depth = splat(4 * FAR_OFF);
    seen->mover = seen->slide[0] = seen->slide[1] = splat(0);
    for (int j = 0; j < 3; j++)
        for (int i = 0; i < 3; i++) {
            vf weight = around->wide[i] * around->tall[j] * shares[(i + j) % 2];
            struct sample sample;

            sample_read(frame, around, is_row, (const int[]){i - 1, j - 1}, &sample);
            keep_nearest(&sample, seen);
            sum = add3(sum, sample.light);
            square = add3(square, mul3(sample.light, sample.light));
            filtered = mad3(filtered, sample.light, weight);
            total += weight;
        }
    seen->here = scale3(filtered, 1.0f / total);
    seen->weight = total;
    seen->mean = scale3(sum, splat(1.0f / 9));
    square = scale3(square, splat(1.0f / 9));
    seen->spread = vec3(sqrt_v(max_v(square.x - seen->mean.x * seen->mean.x, splat(0))),
                        sqrt_v(max_v(square.y - seen->mean.y * seen->mean.y, splat(0))),
                        sqrt_v(max_v(square.z - seen->mean.z * seen->mean.z, splat(0))));
}

/* Where the content of pixels was in the frame before. */
struct origin {
    vf x, y; /* pixels */
    vi there;
};

SIMD vf mover_field(const struct frame *frame, vi mover, size_t field)
{
    return gather((const float *)(const void *)frame->movers,
                  mover * (int)(sizeof(struct mover) / 4) + (int)(field / 4));
}

/* Takes a place from the eye to where it was from the eye before. */
SIMD struct v3 undo_motion(const struct frame *frame, struct v3 p, vf mover)
{
    const float *eye = frame->steady.eye, *last = frame->before.eye;
    vi at = to_int(mover);
    struct v3 still =
        vec3(p.x + (eye[0] - last[0]), p.y + (eye[1] - last[1]), p.z + (eye[2] - last[2]));
    vf now[3], then[3], sine, cosine;

    if (!any(at > 0))
        return still;
    for (int k = 0; k < 3; k++) {
        now[k] = mover_field(frame, at, offsetof(struct mover, now) + 4 * (size_t)k);
        then[k] = mover_field(frame, at, offsetof(struct mover, before) + 4 * (size_t)k);
    }
    sine = mover_field(frame, at, offsetof(struct mover, sine));
    cosine = mover_field(frame, at, offsetof(struct mover, cosine));
    p = vec3(p.x + (eye[0] - now[0]), p.y + (eye[1] - now[1]), p.z + (eye[2] - now[2]));
    p = vec3(p.x * cosine - p.z * sine, p.y, p.z * cosine + p.x * sine);
    p = vec3(p.x + (then[0] - last[0]), p.y + (then[1] - last[1]), p.z + (then[2] - last[2]));
    return choose3(at > 0, p, still);
}

SIMD void find_origin(const struct frame *frame, const struct around *around,
                      const struct seen *seen, struct origin *origin)
{
    const struct view *now = &frame->steady, *last = &frame->before;
    float width = (float)frame->out_width, height = (float)frame->out_height;
    vf depth = seen->depth / sqrt_v(1.0f + around->across * around->across), ahead;
    struct v3 p =
        vec3(depth * (now->forward[0] + around->across * now->right[0]), depth * around->rise,
             depth * (now->forward[1] + around->across * now->right[1]));

    p = undo_motion(frame, p, seen->mover);
    ahead = 1.0f / max_v(p.x * last->forward[0] + p.z * last->forward[1], splat(1e-3f));
    origin->x = (p.x * last->right[0] + p.z * last->right[1]) * ahead * (1.0f / last->pixel) +
                (0.5f * width - 0.5f);
    origin->y = (0.5f * height - 0.5f) - (p.y * ahead - last->shift) * (1.0f / last->pixel);
    origin->x -= seen->slide[0] * (width / (float)frame->width);
    origin->y -= seen->slide[1] * (height / (float)frame->height);
    origin->x = choose(abs_v(origin->x - around->x) < STILL_PIXELS, around->x, origin->x);
    origin->y = choose(abs_v(origin->y - around->y) < STILL_PIXELS, splat(around->y), origin->y);
    origin->there = (ahead < 900.0f) & (origin->x > -0.5f) & (origin->x < width - 0.5f) &
                    (origin->y > -0.5f) & (origin->y < height - 0.5f);
}

/* Weights of four values in a row for one between the middle ones: Catmull and Rom's. */
SIMD void spline(vf t, vf weight[4])
{
    weight[0] = t * (-0.5f + t * (1.0f - 0.5f * t));
    weight[1] = 1.0f + t * t * (1.5f * t - 2.5f);
    weight[2] = t * (0.5f + t * (2.0f - 1.5f * t));
    weight[3] = t * t * (0.5f * t - 0.5f);
}

SIMD struct v3 fetch(const struct frame *frame, const struct origin *origin, vf left, vf top,
                     bool is_row, vf *frames)
{
    vi column = to_int(left), row = to_int(top);
    float right = (float)(frame->out_width - 1), bottom = (float)(frame->out_height - 1);
    size_t base = (size_t)row[0] * (size_t)frame->out_stride + (size_t)column[0];
    vf wide[4], tall[4];
    struct v3 all = color(0, 0, 0);

    spline(origin->x - left, wide);
    spline(origin->y - top, tall);
    for (int j = 0; j < 4; j++)
        for (int i = 0; i < 4; i++) {
            size_t at = base + (size_t)((j - 1) * frame->out_stride + i) - 1;
            vf weight = wide[i] * tall[j];
            vi from = column;

            if (!is_row)
                from = to_int(clamp_v(top + (float)(j - 1), 0.0f, bottom)) * frame->out_stride +
                       to_int(clamp_v(left + (float)(i - 1), 0.0f, right));
            all = mad3(all,
                       vec3(value(frame->past.plane[0], is_row, at, from),
                            value(frame->past.plane[1], is_row, at, from),
                            value(frame->past.plane[2], is_row, at, from)),
                       weight);
            if (i == 1 && j == 1)
                *frames = value(frame->past.plane[3], is_row, at, from);
        }
    return all;
}

SIMD struct v3 recall(const struct frame *frame, const struct origin *origin, vf *frames)
{
    vf left = floor_v(clamp_v(origin->x, 0.0f, (float)(frame->out_width - 1)));
    vf top = floor_v(clamp_v(origin->y, 0.0f, (float)(frame->out_height - 1)));
    vf first = splat(left[0]) + lane_index();
    bool inside = left[0] > 0 && left[0] + VW + 1 < (float)frame->out_width && top[0] > 0 &&
                  top[0] + 2 < (float)frame->out_height;

    if (inside && !any((left != first) | (top != top[0])))
        return fetch(frame, origin, left, top, true, frames);
    return fetch(frame, origin, left, top, false, frames);
}

/* Pulls what is remembered to what the samples around can be; *kept gets 1 where it was within,
 * less the farther it had to go. */
SIMD struct v3 believe(const struct seen *seen, struct v3 past, vf wide, vf *kept)
{
    struct v3 off = vec3(past.x - seen->mean.x, past.y - seen->mean.y, past.z - seen->mean.z);
    vf far = splat(1e-6f);

    far = max_v(far, abs_v(off.x) / (wide * seen->spread.x + 1e-4f));
    far = max_v(far, abs_v(off.y) / (wide * seen->spread.y + 1e-4f));
    far = max_v(far, abs_v(off.z) / (wide * seen->spread.z + 1e-4f));
    *kept = min_v(1.0f / far, splat(1));
    return mad3(seen->mean, off, *kept);
}

SIMD void store3(float *const plane[3], size_t at, struct v3 c)
{
    store(plane[0] + at, c.x);
    store(plane[1] + at, c.y);
    store(plane[2] + at, c.z);
}

/* The past of pixels, as far as it is of use, with this frame's samples. *weight is theirs. */
SIMD struct v3 add_past(const struct frame *frame, const struct around *around,
                        const struct seen *seen, const struct origin *origin, vf *weight)
{
    vf dx = around->x - origin->x, dy = around->y - origin->y, kept, held = splat(0), fresh;
    vf wide = 1.6f - 0.6f * saturate((dx * dx + dy * dy) * 0.25f);
    struct v3 past = believe(seen, recall(frame, origin, &held), wide, &kept);

    held = choose(origin->there, min_v(held * kept, splat(WEIGHT_MOST)), splat(0));
    *weight = held + seen->weight;
    fresh = max_v(seen->weight / *weight,
                  mover_field(frame, to_int(seen->mover), offsetof(struct mover, change)));
    return choose3(origin->there, lerp3(past, seen->here, fresh), seen->here);
}

void KERNEL(history_row)(const struct frame *frame, int row)
{
    for (int column = 0; column < frame->out_width; column += VW) {
        size_t to = (size_t)row * (size_t)frame->out_stride + (size_t)column;
        struct around around;
        struct seen seen;
        struct origin origin;
        struct v3 result;
        vf weight;

        around_begin(frame, column, row, &around);
        if (around.is_row)
            look(frame, &around, true, &seen);
        else
            look(frame, &around, false, &seen);
        find_origin(frame, &around, &seen, &origin);
        store(frame->motion[0] + to, around.x - origin.x);
        store(frame->motion[1] + to, around.y - origin.y);
        store(frame->distance + to, seen.depth);
        result = seen.here;
        weight = seen.weight;
        if (frame->has_past)
            result = add_past(frame, &around, &seen, &origin, &weight);
        store3(frame->next.plane, to, result);
        store(frame->next.plane[3] + to, weight);
    }
}

/* A row of the new picture, made sharper: sums of many samples are a little soft. */
void KERNEL(sharpen_row)(const struct frame *frame, int row)
{
    const float *bright = frame->next.plane[0];
    size_t stride = (size_t)frame->out_stride, first = (size_t)row * stride;
    size_t above = row > 0 ? first - stride : first;
    size_t below = row + 1 < frame->out_height ? first + stride : first;

    for (int column = 0; column < frame->out_width; column += VW) {
        size_t x = (size_t)column, to = first + x;
        struct v3 c = vec3(load(bright + to), load(frame->next.plane[1] + to),
                           load(frame->next.plane[2] + to));
        vf a = load(bright + above + x), b = load(bright + below + x);
        vf l = load(bright + to - 1), r = load(bright + to + 1), low, high, sharp;

        if (column == 0)
            l = choose(lane_index() > 0.0f, l, c.x);
        low = min_v(min_v(min_v(a, b), min_v(l, r)), c.x);
        high = max_v(max_v(max_v(a, b), max_v(l, r)), c.x);
        sharp = c.x + SHARPEN * (c.x - 0.25f * (a + b + l + r));
        sharp = min_v(max_v(sharp, low), high);
        c = scale3(c, max_v(sharp, splat(0)) / max_v(c.x, splat(1e-6f)));
        store3(frame->out, to, unpack(c, frame->grade.exposure));
    }
}
