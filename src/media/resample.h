/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resample: changes the size of an image.
 *
 * Filter: separable Lanczos with three lobes, widened by the factor when the image gets smaller,
 * so that it neither blurs nor aliases. Works on the coded sRGB values, as photo tools do.
 * Same image and size give the same bytes.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_MEDIA_RESAMPLE_H
#define VITASCOPE_MEDIA_RESAMPLE_H

#include "media/image.h"

/* Fills width x height with the largest centered part of `from` that has that shape; what sticks
 * out on two sides is cut off. An image that has the size already is copied exactly.
 * Makes *to; caller calls image_fini(). */
void resample_cover(const struct image *from, int width, int height, struct image *to);

#endif
