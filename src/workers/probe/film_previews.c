/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "media/frames.h"
#include "media/stills_write.h"
#include "workers/probe/film_works.h"

enum {
    DARK_MEAN_MAX = 24,                /* of 255, over all samples of a tile */
    THIRD_TILE = (SHEET_TILES - 1) / 3 /* its middle is about a third into the film */
};

struct previews {
    struct film *film;
    struct frames frames;
    struct image sheet;
    struct frames_form tile;
    int64_t shown; /* frames so far */
    int tiles;     /* filled so far */
    AVFrame *best; /* for the thumbnail */
    int best_tile, best_mean;
};

/* Reduces the sides in proportion until the longer one has at most side_max; even numbers. */
static struct frames_form fit(const struct film *film, int side_max)
{
    int width = film->facts.width, height = film->facts.height;
    int longer = width > height ? width : height;

    if (longer > side_max) {
        width = (int)((int64_t)width * side_max / longer);
        height = (int)((int64_t)height * side_max / longer);
    }
    return (struct frames_form){width > 2 ? width & ~1 : 2, height > 2 ? height & ~1 : 2,
                                film->turn};
}

/* Whether this tile's picture stands for the film better than the best one yet: any picture
 * before a dark one, among those the one nearest a third, among dark ones the brightest. */
static bool is_better(const struct previews *previews, int mean)
{
    bool was_dark = previews->best_mean <= DARK_MEAN_MAX;

    if (!previews->best->width)
        return true;
    if (mean <= DARK_MEAN_MAX || was_dark)
        return mean > previews->best_mean;
    return abs(previews->tiles - THIRD_TILE) < abs(previews->best_tile - THIRD_TILE);
}

static bool add_tile(struct previews *previews, const AVFrame *frame, struct err *err)
{
    struct image tile = {0}, *sheet = &previews->sheet;
    int x = previews->tiles % SHEET_COLUMNS * previews->tile.width;
    int y = previews->tiles / SHEET_COLUMNS * previews->tile.height;
    int64_t sum = 0, bytes;

    if (!frames_to_image(&previews->frames, frame, &previews->tile, &tile, err))
        return false;
    bytes = (int64_t)tile.width * tile.height * 3;
    for (int64_t i = 0; i < bytes; i++)
        sum += tile.rgb[i];
    for (int row = 0; row < tile.height; row++)
        memcpy(sheet->rgb + 3 * ((size_t)(y + row) * (size_t)sheet->width + (size_t)x),
               tile.rgb + (size_t)row * (size_t)tile.width * 3, (size_t)tile.width * 3);
    image_fini(&tile);
    if (is_better(previews, (int)(sum / bytes))) {
        previews->best_mean = (int)(sum / bytes);
        previews->best_tile = previews->tiles;
        av_frame_unref(previews->best);
        if (av_frame_ref(previews->best, frame) < 0)
            die("out of memory for a picture");
    }
    previews->tiles++;
    return true;
}

static int64_t frame_of_tile(const struct previews *previews, int tile)
{
    return previews->film->facts.frames * (2 * tile + 1) / (2 * SHEET_TILES);
}

static enum film_next take(void *user, const AVFrame *frame, struct err *err)
{
    struct previews *previews = user;

    while (previews->tiles < SHEET_TILES &&
           frame_of_tile(previews, previews->tiles) == previews->shown)
        if (!add_tile(previews, frame, err))
            return FILM_FAILED;
    previews->shown++;
    return previews->tiles < SHEET_TILES ? FILM_GO_ON : FILM_ENOUGH;
}

static bool write_all(int fd, const struct buf *bytes, struct err *err)
{
    size_t done = 0;

    while (done < bytes->len) {
        ssize_t put = write(fd, bytes->ptr + done, bytes->len - done);

        if (put < 0 && errno != EINTR)
            return err_set(err, ERR_IO, "cannot write a preview: %s", strerror(errno));
        done += put > 0 ? (size_t)put : 0;
    }
    return true;
}

static bool write_thumbnail(struct previews *previews, int fd, struct err *err)
{
    struct frames_form form = fit(previews->film, THUMBNAIL_SIDE_MAX);
    struct frames frames = {0};
    struct image image = {0};
    struct buf bytes;
    bool ok;

    buf_init(&bytes, PREVIEW_BYTES_MAX);
    ok = frames_to_image(&frames, previews->best, &form, &image, err) &&
         stills_write_webp(&image, THUMBNAIL_QUALITY, &bytes, err) && write_all(fd, &bytes, err);
    buf_fini(&bytes);
    image_fini(&image);
    frames_fini(&frames);
    return ok;
}

static bool write_sheet(struct previews *previews, int fd, struct err *err)
{
    struct buf bytes;
    bool ok;

    buf_init(&bytes, PREVIEW_BYTES_MAX);
    ok = stills_write_jpeg(&previews->sheet, SHEET_QUANTIZER, &bytes, err) &&
         write_all(fd, &bytes, err);
    buf_fini(&bytes);
    return ok;
}

bool film_previews(struct film *film, int thumbnail, int sheet, struct err *err)
{
    struct previews previews = {
        .film = film, .tile = fit(film, SHEET_TILE_SIDE_MAX), .best = av_frame_alloc()};
    struct film_walk walk = {film->facts.fps, FILM_REFERENCES, take, &previews};
    bool ok;

    if (!previews.best)
        die("out of memory for a picture");
    image_init(&previews.sheet, previews.tile.width * SHEET_COLUMNS,
               previews.tile.height * SHEET_ROWS);
    ok = film_walk(film, &walk, err) && write_thumbnail(&previews, thumbnail, err) &&
         write_sheet(&previews, sheet, err);
    image_fini(&previews.sheet);
    av_frame_free(&previews.best);
    frames_fini(&previews.frames);
    return ok;
}
