/* SPDX-License-Identifier: Apache-2.0 */
/*
 * i2v: makes a clip of one image: the image moves as if a camera moved in front of it.
 *
 * The first frame is the image itself. Then each part is enlarged and shifted by its distance,
 * which is guessed from the picture: sky far, ground nearer towards the bottom, and what stands
 * out as near as the ground that it stands on (i2v_depth.h). What is near keeps its shape, what
 * lies behind it stretches. Only parts of the image are ever shown, no edge and nothing invented;
 * so a move that would need more than the image has (a pan, a pull back) is made of an enlargement
 * that drifts to that side, or that lets the far parts grow and the near ones rest. While the
 * camera moves, sky goes by slowly; the light drifts a little over the time of the clip; weather
 * that the prompt names comes up within the first seconds.
 *
 * Same image, scene, options and index give the same picture, in any order and with any number
 * of threads.
 *
 * Thread: one call at a time.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_I2V_I2V_H
#define VITASCOPE_WORKERS_DIORAMA_I2V_I2V_H

#include "media/image.h"
#include "workers/diorama/renderer.h"

struct i2v;

/* Takes camera, camera_speed and seed of the scene, and lets `weather` come up over the image:
 * rain, snow or fog; others do nothing. The image is scaled to cover the frame if it has another
 * size; it is copied, the caller keeps it. Caller closes. */
struct i2v *i2v_open(const struct image *image, const struct scene *scene,
                     enum scene_weather weather, const struct renderer_options *options);
void i2v_close(struct i2v *i2v);

/* Draws frame `index` (0 to frames - 1). */
void i2v_draw(struct i2v *i2v, int index, struct picture *picture);

#endif
