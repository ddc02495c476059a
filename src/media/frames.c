/* SPDX-License-Identifier: Apache-2.0 */
#include "media/frames.h"

#include <assert.h>
#include <string.h>

#include <libavutil/frame.h>
#include <libswscale/swscale.h>

#include "base/macros.h"
#include "media/frames_impl.h"

enum { SMALL_WIDTH_MAX = 1024, SMALL_HEIGHT_MAX = 576 };

void frames_fini(struct frames *frames)
{
    sws_freeContext(frames->scaler);
    *frames = (struct frames){0};
}

enum AVPixelFormat frames_without_range(enum AVPixelFormat format, bool *is_full)
{
    static const enum AVPixelFormat names[][2] = {
        {AV_PIX_FMT_YUVJ411P, AV_PIX_FMT_YUV411P}, {AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUV420P},
        {AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUV422P}, {AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUV440P},
        {AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUV444P},
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (names[i][0] == format) {
            *is_full = true;
            return names[i][1];
        }
    return format;
}

static int matrix_of(const AVFrame *frame)
{
    if (frame->colorspace != AVCOL_SPC_UNSPECIFIED)
        return (int)frame->colorspace; /* swscale counts them as libavutil does */
    return frame->width <= SMALL_WIDTH_MAX && frame->height <= SMALL_HEIGHT_MAX ? SWS_CS_ITU601
                                                                                : SWS_CS_ITU709;
}

/* Scales and converts, without turning. */
static bool scale(struct frames *frames, const AVFrame *from, AVFrame *to, struct err *err)
{
    bool is_full = from->color_range == AVCOL_RANGE_JPEG;
    enum AVPixelFormat format = frames_without_range((enum AVPixelFormat)from->format, &is_full);
    bool is_rgb = to->format == AV_PIX_FMT_RGB24;
    const int *out = sws_getCoefficients(SWS_CS_ITU709);

    frames->scaler =
        sws_getCachedContext(frames->scaler, from->width, from->height, format, to->width,
                             to->height, (enum AVPixelFormat)to->format,
                             SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, NULL, NULL, NULL);
    if (!frames->scaler)
        return err_set(err, ERR_INVALID, "the video has an unusual pixel format");
    sws_setColorspaceDetails(frames->scaler, sws_getCoefficients(matrix_of(from)), is_full, out,
                             is_rgb, 0, 1 << 16, 1 << 16);
    if (sws_scale(frames->scaler, (const uint8_t *const *)from->data, from->linesize, 0,
                  from->height, to->data, to->linesize) != to->height)
        return err_set(err, ERR_INVALID, "a picture of the video cannot be converted");
    return true;
}

static void make_frame(AVFrame *frame, enum AVPixelFormat format, int width, int height)
{
    av_frame_unref(frame);
    frame->format = format;
    frame->width = width;
    frame->height = height;
    if (av_frame_get_buffer(frame, 0) < 0)
        die("out of memory for a picture of %d x %d", width, height);
}

/* One plane of a picture. */
struct plane {
    uint8_t *bytes;
    int stride, width, height;
};

/* Turns `from` clockwise into `to`, whose pixels have `size` bytes. */
static void turn_plane(const struct plane *from, const struct plane *to, size_t size, int turn)
{
    for (int y = 0; y < to->height; y++)
        for (int x = 0; x < to->width; x++) {
            int from_x = turn == 1 ? y : turn == 2 ? from->width - 1 - x : from->width - 1 - y;
            int from_y = turn == 1 ? from->height - 1 - x : turn == 2 ? from->height - 1 - y : x;

            memcpy(to->bytes + (ptrdiff_t)y * to->stride + (ptrdiff_t)x * (ptrdiff_t)size,
                   from->bytes + (ptrdiff_t)from_y * from->stride +
                       (ptrdiff_t)from_x * (ptrdiff_t)size,
                   size);
        }
}

static struct plane plane_of(const AVFrame *frame, int i)
{
    int halves = frame->format == AV_PIX_FMT_YUV420P && i > 0;

    return (struct plane){frame->data[i], frame->linesize[i], frame->width >> halves,
                          frame->height >> halves};
}

static bool make(struct frames *frames, const AVFrame *from, const struct frames_form *form,
                 AVFrame *to, struct err *err)
{
    int planes = to->format == AV_PIX_FMT_RGB24 ? 1 : 3;
    AVFrame *straight;
    bool ok;

    if (!form->turn)
        return scale(frames, from, to, err);
    straight = av_frame_alloc();
    if (!straight)
        die("out of memory for a picture");
    make_frame(straight, (enum AVPixelFormat)to->format,
               form->turn % 2 ? form->height : form->width,
               form->turn % 2 ? form->width : form->height);
    ok = scale(frames, from, straight, err);
    for (int i = 0; ok && i < planes; i++) {
        struct plane in = plane_of(straight, i), out = plane_of(to, i);

        turn_plane(&in, &out, planes == 1 ? 3 : 1, form->turn);
    }
    av_frame_free(&straight);
    return ok;
}

bool frames_to_image(struct frames *frames, const AVFrame *from, const struct frames_form *form,
                     struct image *image, struct err *err)
{
    AVFrame *rgb = av_frame_alloc();
    bool ok;

    if (!rgb)
        die("out of memory for a picture");
    make_frame(rgb, AV_PIX_FMT_RGB24, form->width, form->height);
    ok = make(frames, from, form, rgb, err);
    if (ok) {
        size_t row = (size_t)form->width * 3;

        image_init(image, form->width, form->height);
        for (int y = 0; y < form->height; y++)
            memcpy(image->rgb + (size_t)y * row, rgb->data[0] + (ptrdiff_t)y * rgb->linesize[0],
                   row);
    }
    av_frame_free(&rgb);
    return ok;
}

/* Whether it is what frames_to_planes() makes already. */
static bool is_ready(const AVFrame *frame, const struct frames_form *form)
{
    return frame->format == AV_PIX_FMT_YUV420P && frame->width == form->width &&
           frame->height == form->height && !form->turn && frame->color_range != AVCOL_RANGE_JPEG &&
           matrix_of(frame) == SWS_CS_ITU709;
}

bool frames_to_planes(struct frames *frames, const AVFrame *from, const struct frames_form *form,
                      AVFrame *planes, struct err *err)
{
    assert(form->width % 2 == 0 && form->height % 2 == 0);
    if (is_ready(from, form)) {
        av_frame_unref(planes);
        if (av_frame_ref(planes, from) < 0)
            die("out of memory for a picture");
        return true;
    }
    make_frame(planes, AV_PIX_FMT_YUV420P, form->width, form->height);
    return make(frames, from, form, planes, err);
}
