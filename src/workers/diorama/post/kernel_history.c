/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels that make the picture of a frame: of its samples and of the picture before. */
#include <math.h>

#include "workers/diorama/kernel_table.h"
#include "workers/diorama/post/permute_simd.h"

#define FAR_OFF 1e9f
#define WEIGHT_MOST 10.0f /* of a history; a sample in a pixel's middle weighs 1 */
#define FILLED_IN 0.3f    /* weight of a sample that is made of its neighbors */
#define SHARPEN 0.5f
#define STILL_PIXELS 0.004f
#define TOLERANCE 1e-4f /* in what a picture shows, of 0 to 1 */

/* Pixels side by side. */
struct spots {
    vf x, across, rise, flat; /* of their middles, the latter at distance 1 */
    float y;
};

/* What the nine samples around a pixel say. */
struct seen {
    struct v3 here; /* at the pixel's middle */
    vf weight;
    struct v3 mean, vary;      /* of all: the latter is their variance */
    vf depth, mover, slide[2]; /* of the nearest */
};

/* Part of a picture that is made at a time, small enough for the first caches. */
enum {
    PATCH_COLUMNS = 256,
    SAMPLE_COLUMNS_MAX = PATCH_COLUMNS + 2 * KERNEL_LANES_MAX,
    SAMPLE_ROWS_MAX = HISTORY_BAND + 4
};

/* What three samples, one below the other, give to the pixels of a row. */
struct sums {
    float filtered[3][SAMPLE_COLUMNS_MAX], weight[SAMPLE_COLUMNS_MAX];
    float sum[3][SAMPLE_COLUMNS_MAX], square[3][SAMPLE_COLUMNS_MAX];
    float near[4][SAMPLE_COLUMNS_MAX]; /* depth, mover and slide of the nearest */
};

/* What nine samples say. */
struct around {
    float mean[3][SAMPLE_COLUMNS_MAX], vary[3][SAMPLE_COLUMNS_MAX];
    float near[4][SAMPLE_COLUMNS_MAX];
};

/* The samples under a patch, and what is the same for all its rows. */
struct patch {
    int first, count;                /* pixels */
    int left, top, columns, rows;    /* samples, some of them outside the frame */
    float ahead[SAMPLE_COLUMNS_MAX]; /* for sample_row() */
    int32_t column[PATCH_COLUMNS];   /* of the sample nearest to each pixel */
    float wide[3][PATCH_COLUMNS];    /* weights of columns of samples */
    float across[PATCH_COLUMNS];     /* of the pixels, as in struct spots */
    float flat[PATCH_COLUMNS];
    float light[SAMPLE_ROWS_MAX][3][SAMPLE_COLUMNS_MAX]; /* packed */
    struct sums sums;
    struct around around;
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

/* Weight of a sample at a distance, in pixels: nearly exp(-3.2 off^2). */
SIMD vf sample_weight(vf off)
{
    vf x = max_v(1.0f - off * off * (3.2f / 16), splat(0));

    x = x * x;
    x = x * x;
    x = x * x;
    return x * x;
}

/* A plane's samples at a place in the patch; those outside the frame are those at its border. */
SIMD vf sample_load(const struct frame *frame, const float *plane, int column, int row)
{
    const float *from;
    vf x;

    row = row < 0 ? 0 : row >= frame->height ? frame->height - 1 : row;
    from = plane + (size_t)row * (size_t)frame->stride;
    if (column >= 0 && column + VW <= frame->width)
        return load(from + column);
    x = clamp_v(lane_index() + (float)column, 0.0f, (float)(frame->width - 1));
    return gather(from, to_int(x));
}

/* Where a pixel of the picture lies among the samples, which were drawn by a view turned a little
 * aside. */
SIMD vf sample_column(const struct frame *frame, vf across)
{
    float per_x = (float)frame->width / ((float)frame->out_width * frame->view.pixel);

    return (across - frame->aside) / (1.0f + frame->aside * across) * per_x +
           (0.5f * (float)frame->width - 0.5f);
}

/* `ahead` is one over how far ahead of the samples' view that lies which is at distance 1. */
SIMD vf sample_row(const struct frame *frame, float rise, vf ahead)
{
    float per_y = (float)frame->height / ((float)frame->out_height * frame->view.pixel);

    return (0.5f * (float)frame->height - 0.5f) - (rise * ahead - frame->view.shift) * per_y;
}

SIMD float row_rise(const struct frame *frame, int row)
{
    return (0.5f * (float)frame->out_height - 0.5f - (float)row) * frame->view.pixel +
           frame->steady.shift;
}

SIMD vf column_across(const struct frame *frame, int column)
{
    vf x = lane_index() + (float)column;

    return (x + (0.5f - 0.5f * (float)frame->out_width)) * frame->view.pixel;
}

/* The row of samples nearest to a row of pixels in its middle; over its length that hardly
 * changes. */
SIMD int nearest_row(const struct frame *frame, int row)
{
    vf y = floor_v(sample_row(frame, row_rise(frame, row), splat(1)) + 0.5f);

    return (int)clamp_v(y, 0.0f, (float)(frame->height - 1))[0];
}

SIMD void patch_columns(const struct frame *frame, struct patch *patch)
{
    float pixels = (float)frame->out_width / (float)frame->width;
    float pixel = frame->view.pixel * pixels;

    for (int i = 0; i < patch->count; i += VW) {
        vf across = column_across(frame, patch->first + i), x = sample_column(frame, across);
        vf nearest = clamp_v(floor_v(x + 0.5f), 0.0f, (float)(frame->width - 1));
        vi column = to_int(nearest);

        store(patch->across + i, across);
        store(patch->flat + i, 1.0f / sqrt_v(1.0f + across * across));
        if (i == 0)
            patch->left = column[0] - 2;
        column -= patch->left;
        memcpy(patch->column + i, &column, sizeof(column));
        patch->columns = column[VW - 1] + 3;
        for (int k = 0; k < 3; k++)
            store(patch->wide[k] + i, sample_weight((nearest + (float)(k - 1) - x) * pixels));
    }
    for (int i = 0; i < patch->columns; i += VW) {
        vf x = lane_index() + (float)(patch->left + i);
        vf across = (x + (0.5f - 0.5f * (float)frame->width)) * pixel;

        across = (across + frame->aside) / (1.0f - frame->aside * across);
        store(patch->ahead + i, 1.0f / (1.0f + frame->aside * across));
    }
}

SIMD void patch_pack(const struct frame *frame, struct patch *patch)
{
    for (int j = 0; j < patch->rows; j++)
        for (int i = 0; i < patch->columns; i += VW) {
            int column = patch->left + i, row = patch->top + j;
            struct v3 c = vec3(sample_load(frame, frame->plane[0], column, row),
                               sample_load(frame, frame->plane[1], column, row),
                               sample_load(frame, frame->plane[2], column, row));

            c = pack(c, frame->grade.exposure);
            store(patch->light[j][0] + i, c.x);
            store(patch->light[j][1] + i, c.y);
            store(patch->light[j][2] + i, c.z);
        }
}

/* Adds up the samples of three rows, the middle one being `row`, for pixels at `rise`. */
SIMD void sum_rows(const struct frame *frame, struct patch *patch, int row, float rise)
{
    float pixels = (float)frame->out_height / (float)frame->height;
    float other = frame->chess ? FILLED_IN : 1.0f;
    struct sums *sums = &patch->sums;

    for (int i = 0; i < patch->columns; i += VW) {
        vf y = sample_row(frame, rise, load(patch->ahead + i)), total = splat(0);
        vi odd =
            ((to_int(lane_index()) + (patch->left + i + row + (int)(frame->phase & 1))) & 1) != 0;
        vf shares[2] = {choose(odd, splat(1), splat(other)), choose(odd, splat(other), splat(1))};
        vf filtered[3] = {total, total, total}, sum[3] = {total, total, total};
        vf square[3] = {total, total, total};

        for (int j = 0; j < 3; j++) {
            vf weight = sample_weight(((float)(row + j - 1) - y) * pixels) * shares[j % 2];

            for (int k = 0; k < 3; k++) {
                vf light = load(patch->light[row - patch->top + j - 1][k] + i);

                filtered[k] += light * weight;
                sum[k] += light;
                square[k] += light * light;
            }
            total += weight;
        }
        for (int k = 0; k < 3; k++) {
            store(sums->filtered[k] + i, filtered[k]);
            store(sums->sum[k] + i, sum[k]);
            store(sums->square[k] + i, square[k]);
        }
        store(sums->weight + i, total);
    }
}

/* Which planes tell of what is nearest: movers and slides only where there are any. */
SIMD int near_planes(const struct frame *frame, const float *planes[4])
{
    planes[0] = frame->depth;
    planes[1] = frame->mover;
    planes[2] = frame->slide[0];
    planes[3] = frame->slide[1];
    return frame->has_slide ? 4 : frame->mover_count > 1 ? 2 : 1;
}

SIMD void nearest_of_rows(const struct frame *frame, struct patch *patch, int row)
{
    const float *planes[4];
    int count = near_planes(frame, planes);

    for (int i = 0; i < patch->columns; i += VW) {
        int column = patch->left + i;
        vf near[4];

        for (int k = 0; k < count; k++)
            near[k] = sample_load(frame, planes[k], column, row - 1);
        for (int j = 0; j < 2; j++) {
            vf depth = sample_load(frame, planes[0], column, row + j);
            vi nearer = depth < near[0];

            near[0] = choose(nearer, depth, near[0]);
            for (int k = 1; k < count; k++)
                near[k] = choose(nearer, sample_load(frame, planes[k], column, row + j), near[k]);
        }
        for (int k = 0; k < count; k++)
            store(patch->sums.near[k] + i, near[k]);
    }
}

/* Adds up three columns. */
SIMD void sum_columns(const struct frame *frame, struct patch *patch)
{
    const float *planes[4];
    int count = near_planes(frame, planes);
    struct around *around = &patch->around;
    const struct sums *sums = &patch->sums;

    for (int i = 1; i + 1 < patch->columns; i += VW) {
        vf depth = load(sums->near[0] + i), left = load(sums->near[0] + i - 1);
        vf right = load(sums->near[0] + i + 1), nearest = min_v(min_v(left, right), depth);
        vi by_left = (left <= depth) & (left <= right), by_right = ~by_left & (right < depth);

        for (int k = 0; k < 3; k++) {
            const float *sum = sums->sum[k] + i, *square = sums->square[k] + i;
            vf mean = (load(sum - 1) + load(sum) + load(sum + 1)) * (1.0f / 9);
            vf all = (load(square - 1) + load(square) + load(square + 1)) * (1.0f / 9);

            store(around->mean[k] + i, mean);
            store(around->vary[k] + i, max_v(all - mean * mean, splat(0)));
        }
        store(around->near[0] + i, nearest);
        for (int k = 1; k < count; k++) {
            const float *near = sums->near[k] + i;

            store(around->near[k] + i,
                  choose(by_left, load(near - 1), choose(by_right, load(near + 1), load(near))));
        }
    }
}

/* What the samples say of the pixels from number `i` of the patch on. */
SIMD void look(const struct frame *frame, const struct patch *patch, int i, struct seen *seen)
{
    const struct sums *sums = &patch->sums;
    const struct around *around = &patch->around;
    const float *planes[4];
    int count = near_planes(frame, planes), first = patch->column[i];
    vf filtered[3] = {splat(0), splat(0), splat(0)}, near[4], mean[3], vary[3];
    vi at;
    bool is_near;

    memcpy(&at, patch->column + i, sizeof(at));
    at -= first;
    is_near = !any(at >= VW);
    seen->weight = splat(0);
    for (int tap = 0; tap < 3; tap++) {
        vf wide = load(patch->wide[tap] + i);
        int from = first + tap - 1;

        for (int k = 0; k < 3; k++)
            filtered[k] += pick(sums->filtered[k] + from, at, is_near) * wide;
        seen->weight += pick(sums->weight + from, at, is_near) * wide;
    }
    for (int k = 0; k < 3; k++) {
        mean[k] = pick(around->mean[k] + first, at, is_near);
        vary[k] = pick(around->vary[k] + first, at, is_near);
    }
    for (int k = 0; k < 4; k++)
        near[k] = k < count ? pick(around->near[k] + first, at, is_near) : splat(0);
    seen->here = scale3(vec3(filtered[0], filtered[1], filtered[2]), 1.0f / seen->weight);
    seen->mean = vec3(mean[0], mean[1], mean[2]);
    seen->vary = vec3(vary[0], vary[1], vary[2]);
    seen->depth = near[0];
    seen->mover = near[1];
    seen->slide[0] = near[2];
    seen->slide[1] = near[3];
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

SIMD void find_origin(const struct frame *frame, const struct spots *spots, const struct seen *seen,
                      struct origin *origin)
{
    const struct view *now = &frame->steady, *last = &frame->before;
    float width = (float)frame->out_width, height = (float)frame->out_height;
    vf depth = seen->depth * spots->flat, ahead;
    struct v3 p =
        vec3(depth * (now->forward[0] + spots->across * now->right[0]), depth * spots->rise,
             depth * (now->forward[1] + spots->across * now->right[1]));

    p = undo_motion(frame, p, seen->mover);
    ahead = 1.0f / max_v(p.x * last->forward[0] + p.z * last->forward[1], splat(1e-3f));
    origin->x = (p.x * last->right[0] + p.z * last->right[1]) * ahead * (1.0f / last->pixel) +
                (0.5f * width - 0.5f);
    origin->y = (0.5f * height - 0.5f) - (p.y * ahead - last->shift) * (1.0f / last->pixel);
    origin->x -= seen->slide[0] * (width / (float)frame->width);
    origin->y -= seen->slide[1] * (height / (float)frame->height);
    origin->x = choose(abs_v(origin->x - spots->x) < STILL_PIXELS, spots->x, origin->x);
    origin->y = choose(abs_v(origin->y - spots->y) < STILL_PIXELS, splat(spots->y), origin->y);
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

/* Where the sixteen values around each origin lie in the past picture. */
struct past {
    vf left, top;
    vf wide[4], tall[5];
    size_t first; /* of the near ones: the least of them */
    vi step;      /* and from it to the lane's own, in columns */
    vi lower;     /* lanes whose values begin one row lower */
};

/* Values that lie so close together that a few loads bring them all. */
SIMD struct v3 fetch_near(const struct frame *frame, const struct past *past, int rows, vf *frames)
{
    vf all[3] = {splat(0), splat(0), splat(0)};
    const float *held = frame->past.plane[3] + past->first + (size_t)frame->out_stride;

    for (int j = 0; j < rows; j++)
        for (int k = 0; k < 3; k++) {
            const float *from =
                frame->past.plane[k] + past->first + (size_t)j * (size_t)frame->out_stride;
            vf low = load(from), high = load(from + VW);
            vf row = permute_pair(low, high, past->step) * past->wide[0];

            for (int i = 1; i < 4; i++)
                row += permute_pair(low, high, past->step + i) * past->wide[i];
            all[k] += row * past->tall[j];
        }
    *frames = permute_pair(load(held), load(held + VW), past->step + 1);
    if (rows == 5) {
        held += frame->out_stride;
        *frames =
            choose(past->lower, permute_pair(load(held), load(held + VW), past->step + 1), *frames);
    }
    return vec3(all[0], all[1], all[2]);
}

SIMD struct v3 fetch_far(const struct frame *frame, const struct past *past, vf *frames)
{
    float right = (float)(frame->out_width - 1), bottom = (float)(frame->out_height - 1);
    vf all[3] = {splat(0), splat(0), splat(0)};

    for (int j = 0; j < 4; j++) {
        vf y = clamp_v(past->top + (float)(j - 1), 0.0f, bottom);
        vf row[3] = {splat(0), splat(0), splat(0)};

        for (int i = 0; i < 4; i++) {
            vf x = clamp_v(past->left + (float)(i - 1), 0.0f, right);
            vi from = to_int(y) * frame->out_stride + to_int(x);

            for (int k = 0; k < 3; k++)
                row[k] += gather(frame->past.plane[k], from) * past->wide[i];
        }
        for (int k = 0; k < 3; k++)
            all[k] += row[k] * past->tall[j];
    }
    *frames =
        gather(frame->past.plane[3], to_int(past->top) * frame->out_stride + to_int(past->left));
    return vec3(all[0], all[1], all[2]);
}

/* Whether the values lie close together; then also where. */
SIMD bool find_near(const struct frame *frame, struct past *past)
{
    float top = past->top[0] < past->top[VW - 1] ? past->top[0] : past->top[VW - 1];
    float left = past->left[0], right = past->left[VW - 1];

    if (left < 1 || right < left || right + 2 >= (float)frame->out_width || top < 1 ||
        top + 3 >= (float)frame->out_height)
        return false;
    past->first = ((size_t)top - 1) * (size_t)frame->out_stride + (size_t)left - 1;
    past->step = to_int(past->left - left);
    past->lower = past->top > top;
    return !any((past->step < 0) | (past->left > right) | (past->step > 2 * VW - 4) |
                (past->top < top) | (past->top > top + 1.0f));
}

SIMD struct v3 recall(const struct frame *frame, const struct spots *spots,
                      const struct origin *origin, vf *frames)
{
    struct past past;
    vf zero = splat(0);
    size_t at = (size_t)spots->y * (size_t)frame->out_stride + (size_t)spots->x[0];

    if (!any((origin->x != spots->x) | (origin->y != spots->y))) {
        *frames = load(frame->past.plane[3] + at);
        return vec3(load(frame->past.plane[0] + at), load(frame->past.plane[1] + at),
                    load(frame->past.plane[2] + at));
    }
    past.left = floor_v(clamp_v(origin->x, 0.0f, (float)(frame->out_width - 1)));
    past.top = floor_v(clamp_v(origin->y, 0.0f, (float)(frame->out_height - 1)));
    spline(origin->x - past.left, past.wide);
    spline(origin->y - past.top, past.tall);
    if (!find_near(frame, &past))
        return fetch_far(frame, &past, frames);
    if (!any(past.lower))
        return fetch_near(frame, &past, 4, frames);
    past.tall[4] = choose(past.lower, past.tall[3], zero);
    for (int j = 3; j > 0; j--)
        past.tall[j] = choose(past.lower, past.tall[j - 1], past.tall[j]);
    past.tall[0] = choose(past.lower, zero, past.tall[0]);
    return fetch_near(frame, &past, 5, frames);
}

/* Pulls what is remembered to what the samples around can be; *kept gets 1 where it was within,
 * less the farther it had to go. What always passes is little beside what shows: by night, when
 * all values are small, so is that, or whatever moves would leave its ghost. */
SIMD struct v3 believe(const struct frame *frame, const struct seen *seen, struct v3 past, vf wide,
                       vf *kept)
{
    float scale = frame->grade.exposure > 1 ? frame->grade.exposure : 1;
    vf share = wide * wide * (scale * scale), far;
    struct v3 off = vec3(past.x - seen->mean.x, past.y - seen->mean.y, past.z - seen->mean.z);
    struct v3 square = mul3(scale3(off, splat(scale)), scale3(off, splat(scale)));
    vf x = share * seen->vary.x + TOLERANCE * TOLERANCE;
    vf y = share * seen->vary.y + TOLERANCE * TOLERANCE;
    vf z = share * seen->vary.z + TOLERANCE * TOLERANCE;

    /* 1 over the greatest of square / (x, y, z), with one division and one root. */
    far = max_v(max_v(square.x * y * z, square.y * x * z), square.z * x * y);
    *kept = sqrt_v(min_v(x * y * z / max_v(far, splat(1e-30f)), splat(1)));
    return mad3(seen->mean, off, *kept);
}

SIMD void store3(float *const plane[3], size_t at, struct v3 c)
{
    store(plane[0] + at, c.x);
    store(plane[1] + at, c.y);
    store(plane[2] + at, c.z);
}

/* The past of pixels, as far as it is of use, with this frame's samples. *weight is theirs. */
SIMD struct v3 add_past(const struct frame *frame, const struct spots *spots,
                        const struct seen *seen, const struct origin *origin, vf *weight)
{
    vf dx = spots->x - origin->x, dy = spots->y - origin->y, kept, held = splat(0), fresh;
    vf wide = 1.6f - 0.6f * saturate((dx * dx + dy * dy) * 0.25f);
    struct v3 past = believe(frame, seen, recall(frame, spots, origin, &held), wide, &kept);

    held = choose(origin->there, min_v(held * kept, splat(WEIGHT_MOST)), splat(0));
    *weight = held + seen->weight;
    fresh = seen->weight / *weight;
    if (frame->mover_count > 1)
        fresh =
            max_v(fresh, mover_field(frame, to_int(seen->mover), offsetof(struct mover, change)));
    return choose3(origin->there, lerp3(past, seen->here, fresh), seen->here);
}

/* The pixels from number `i` of the patch on. */
SIMD void make_pixels(const struct frame *frame, const struct patch *patch, int i, int row)
{
    size_t to = (size_t)row * (size_t)frame->out_stride + (size_t)(patch->first + i);
    struct spots spots;
    struct seen seen;
    struct origin origin;
    struct v3 result;
    vf weight;

    spots.x = lane_index() + (float)(patch->first + i);
    spots.y = (float)row;
    spots.across = load(patch->across + i);
    spots.rise = splat(row_rise(frame, row));
    spots.flat = load(patch->flat + i);
    look(frame, patch, i, &seen);
    find_origin(frame, &spots, &seen, &origin);
    store(frame->motion[0] + to, spots.x - origin.x);
    store(frame->motion[1] + to, spots.y - origin.y);
    store(frame->distance + to, seen.depth);
    result = seen.here;
    weight = seen.weight;
    if (frame->has_past)
        result = add_past(frame, &spots, &seen, &origin, &weight);
    store3(frame->next.plane, to, result);
    store(frame->next.plane[3] + to, weight);
}

void KERNEL(history_band)(const struct frame *frame, int band)
{
    int first = band * HISTORY_BAND, last = first + HISTORY_BAND - 1;
    struct patch patch;

    if (last >= frame->out_height)
        last = frame->out_height - 1;
    patch.top = nearest_row(frame, first) - 1;
    patch.rows = nearest_row(frame, last) + 2 - patch.top;
    for (patch.first = 0; patch.first < frame->out_width; patch.first += PATCH_COLUMNS) {
        patch.count = frame->out_width - patch.first;
        patch.count = patch.count < PATCH_COLUMNS ? patch.count : PATCH_COLUMNS;
        patch_columns(frame, &patch);
        patch_pack(frame, &patch);
        for (int row = first; row <= last; row++) {
            int middle = nearest_row(frame, row);

            sum_rows(frame, &patch, middle, row_rise(frame, row));
            nearest_of_rows(frame, &patch, middle);
            sum_columns(frame, &patch);
            for (int i = 0; i < patch.count; i += VW)
                make_pixels(frame, &patch, i, row);
        }
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
