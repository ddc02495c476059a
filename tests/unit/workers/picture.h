/* SPDX-License-Identifier: Apache-2.0 */
/*
 * picture: draws small pictures of scenes for tests, and says in numbers how they look.
 *
 * A picture is its bytes, planes one after the other without gaps: luma, then blue and red (Cb and
 * Cr) at half the width and half the height. Its size is that of the options it is drawn with. A
 * test that measures part of a plane byte by byte gives where it begins and how many bytes.
 */
#ifndef VITASCOPE_TESTS_PICTURE_H
#define VITASCOPE_TESTS_PICTURE_H

#include "workers/diorama/renderer.h"

enum { PICTURE_LUMA, PICTURE_BLUE, PICTURE_RED };

/* A part of a picture, in percent of its width and height. */
struct picture_part {
    int left, top, right, bottom;
};

/* Frame `index` of a renderer that was opened with these options. */
void picture_draw(struct renderer *renderer, const struct renderer_options *options, int index,
                  uint8_t *bytes);

/* Frames of a scene, `count` from `first` on, each `step` after the one before; one picture after
 * the other. */
void picture_draw_frames(const struct scene *scene, const struct renderer_options *options,
                         int first, int step, int count, uint8_t *bytes);

/* Frame `index` of a scene. */
void picture_draw_scene(const struct scene *scene, const struct renderer_options *options,
                        int index, uint8_t *bytes);

/* Whether frame `index` is the same to the byte when frame `other` was drawn in between. Leaves it
 * in `bytes`, and the mean difference to the other one in *moved unless that is NULL. */
bool picture_is_same_again(const struct scene *scene, const struct renderer_options *options,
                           int index, int other, uint8_t *bytes, double *moved);

/* How unlike the widest picture those are that the narrower vector widths of this CPU draw. */
struct picture_widths {
    int narrower; /* how many there were to compare */
    double mean;  /* of the worst: the mean difference of bytes */
    int greatest; /* and the greatest of all */
};

/* `widest` is frame `index` as picture_draw_scene() drew it. */
struct picture_widths picture_compare_widths(const struct scene *scene,
                                             const struct renderer_options *options, int index,
                                             const uint8_t *widest);

/* The mean of a plane's bytes in a part. */
double picture_mean(const uint8_t *bytes, const struct renderer_options *options, int plane,
                    struct picture_part part);

/* The mean step of luma from pixel to pixel along the rows of a part. */
double picture_roughness(const uint8_t *bytes, const struct renderer_options *options,
                         struct picture_part part);

/* Of the differences of `count` bytes: the mean, the greatest, and how many are at least `by`. */
double picture_difference(const uint8_t *a, const uint8_t *b, int count);
int picture_greatest_difference(const uint8_t *a, const uint8_t *b, int count);
int picture_differing(const uint8_t *a, const uint8_t *b, int count, int by);

#endif
