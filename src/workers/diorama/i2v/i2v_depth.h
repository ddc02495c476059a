/* SPDX-License-Identifier: Apache-2.0 */
/*
 * i2v_depth: a guess of how near each part of a picture is, for i2v only.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_I2V_I2V_DEPTH_H
#define VITASCOPE_WORKERS_DIORAMA_I2V_I2V_DEPTH_H

#include "media/image.h"

/* Fills columns x rows values, row by row, spread evenly over the picture: 0 is far, 1 is near.
 * Smooth, so that what is moved by it does not tear. */
void i2v_depth(const struct image *image, int columns, int rows, float *depth);

#endif
