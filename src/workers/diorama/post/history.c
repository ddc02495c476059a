/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/post/history.h"

#include <math.h>

#include "workers/diorama/kernels.h"
#include "workers/diorama/pages.h"

/* Steps of the additive sequence that fills a square most evenly, in 1 / 2^32. */
#define STEP_X 0xc13fa9a9u
#define STEP_Y 0x91e10da5u

static float *plane_new(const struct frame *frame)
{
    /* Some room at both ends: neighbors of the border are read, but not used. */
    size_t texels = (size_t)frame->out_stride * (size_t)frame->out_height + 3 * KERNEL_LANES_MAX;

    return (float *)pages_new(texels * sizeof(float)) + KERNEL_LANES_MAX;
}

static void plane_free(float *plane)
{
    if (plane)
        pages_free(plane - KERNEL_LANES_MAX);
}

void history_init(struct frame *frame)
{
    for (int k = 0; k < HISTORY_PLANES; k++) {
        frame->past.plane[k] = plane_new(frame);
        frame->next.plane[k] = plane_new(frame);
    }
    frame->motion[0] = plane_new(frame);
    frame->motion[1] = plane_new(frame);
    frame->distance = plane_new(frame);
}

void history_fini(struct frame *frame)
{
    for (int k = 0; k < HISTORY_PLANES; k++) {
        plane_free(frame->past.plane[k]);
        plane_free(frame->next.plane[k]);
    }
    plane_free(frame->motion[0]);
    plane_free(frame->motion[1]);
    plane_free(frame->distance);
}

/* 0 to 1. */
static float part(uint32_t x)
{
    return (float)(x >> 8) / 16777216.0f;
}

void history_aim(struct frame *frame, uint32_t phase)
{
    struct view *view = &frame->view;
    float x = part(phase * STEP_X) - 0.5f, y = part(phase * STEP_Y) - 0.5f;
    float turn = x * frame->steady.pixel, sine = sinf(turn), cosine = cosf(turn);

    *view = frame->steady;
    view->shift += y * view->pixel;
    for (int k = 0; k < 2; k++) {
        view->forward[k] = cosine * frame->steady.forward[k] + sine * frame->steady.right[k];
        view->right[k] = cosine * frame->steady.right[k] - sine * frame->steady.forward[k];
    }
    frame->aside = tanf(turn);
}

void history_turn(struct frame *frame)
{
    struct history past = frame->past;

    frame->past = frame->next;
    frame->next = past;
}
