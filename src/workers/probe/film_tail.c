/* SPDX-License-Identifier: Apache-2.0 */
#include "media/frames.h"
#include "media/resample.h"
#include "workers/probe/film_works.h"

bool film_tail(struct film *film, int width, int height, int out, struct err *err)
{
    struct frames_form form = {film->facts.width, film->facts.height, film->turn};
    struct frames frames = {0};
    struct image image = {0}, covered = {0};
    AVFrame *frame = NULL;
    bool ok = false;

    if (film_last(film, &frame, err) && frames_to_image(&frames, frame, &form, &image, err)) {
        resample_cover(&image, width, height, &covered);
        ok = image_write_ppm_fd(&covered, out, err);
    }
    image_fini(&covered);
    image_fini(&image);
    av_frame_free(&frame);
    frames_fini(&frames);
    return ok;
}
