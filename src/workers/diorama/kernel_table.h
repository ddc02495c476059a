/* SPDX-License-Identifier: Apache-2.0 */
/* kernel_table: the kernels of the width being compiled. Included only by kernel_*.c. */
#ifndef VITASCOPE_WORKERS_DIORAMA_KERNEL_TABLE_H
#define VITASCOPE_WORKERS_DIORAMA_KERNEL_TABLE_H

#include "workers/diorama/kernels.h"
#include "workers/diorama/simd.h"

void KERNEL(relief_row)(const struct relief_job *job, int row);
void KERNEL(reach_row)(const struct light_job *job, int row);
void KERNEL(light_row)(const struct light_job *job, int row);
void KERNEL(sky_row)(const struct frame *frame, int row);
void KERNEL(trace_columns)(const struct frame *frame, int group);
void KERNEL(shade_columns)(const struct frame *frame, int group);
void KERNEL(fill_row)(const struct frame *frame, int row);
void KERNEL(open_row)(const struct frame *frame, int row);
void KERNEL(town_tile)(const struct frame *frame, const struct town_target *target, int tile);
void KERNEL(body_tile)(const struct frame *frame, const struct canvas *canvas,
                       const struct body *body, const struct body_area *area, int tile);
void KERNEL(body_shadow_tile)(const struct frame *frame, const struct canvas *canvas,
                              const struct body *body, const struct body_area *area, int tile);
void KERNEL(thing_tile)(const struct frame *frame, const struct canvas *canvas,
                        const struct thing *thing, const struct thing_area *area, int tile);
void KERNEL(thing_water_tile)(const struct frame *frame, const struct canvas *canvas,
                              const struct thing *thing, const struct thing_area *area, int tile);
void KERNEL(thing_trail_tile)(const struct frame *frame, const struct canvas *canvas,
                              const struct thing *thing, const struct thing_area *area, int tile);
void KERNEL(knoll_row)(const struct frame *frame, const struct canvas *canvas,
                       const struct knoll *knoll, int row);
void KERNEL(forest_air_row)(const struct frame *frame, const struct forest_list *list, int row);
void KERNEL(forest_columns)(const struct frame *frame, const struct forest_list *list, int group);
void KERNEL(forest_row)(const struct frame *frame, const struct forest_list *list, int row);
void KERNEL(forest_band)(const struct frame *frame, const struct forest_list *list, int band);
void KERNEL(cosmos_glow_row)(const struct frame *frame, int row);
void KERNEL(cosmos_row)(const struct frame *frame, int row);
void KERNEL(ocean_settle_row)(struct ocean_band *band, int row);
void KERNEL(dome_row)(const struct frame *frame, float *const light[3], int row);
void KERNEL(sea_columns)(const struct frame *frame, int group);
void KERNEL(reef_columns)(const struct frame *frame, int group);
void KERNEL(reef_shaft_row)(const struct frame *frame, int row);
void KERNEL(reef_veil_row)(const struct frame *frame, int row);
void KERNEL(set_field_slice)(const struct set_bake_job *job, int z);
void KERNEL(set_sun_rows)(const struct set_bake_job *job, int piece);
void KERNEL(set_probe_row)(const struct set_bake_job *job, int row);
void KERNEL(set_tile)(const struct frame *frame, const struct set_target *target, int tile);
void KERNEL(set_beam_row)(const struct frame *frame, const struct set_target *target, int row);
void KERNEL(set_air_row)(const struct frame *frame, const struct set_target *target, int row);
void KERNEL(fx_flame_row)(const struct fx_pass *pass, int row);
void KERNEL(fx_smoke_row)(const struct fx_pass *pass, int row);
void KERNEL(fx_sticks_row)(const struct fx_pass *pass, int row);
void KERNEL(fx_light_row)(const struct fx_pass *pass, int row);
void KERNEL(fx_flash_row)(const struct fx_pass *pass, int row);
void KERNEL(resolve_row)(const struct frame *frame, int row);
void KERNEL(history_band)(const struct frame *frame, int band);
void KERNEL(sharpen_row)(const struct frame *frame, int row);
void KERNEL(lens_half_row)(const struct lens_job *job, int row);
void KERNEL(lens_blur_row)(const struct lens_job *job, int row);
void KERNEL(lens_fill_row)(const struct lens_job *job, int row);
void KERNEL(lens_mix_row)(const struct lens_job *job, int row);
void KERNEL(lens_copy_row)(const struct lens_job *job, int row);
void KERNEL(lens_smear_row)(const struct lens_job *job, int row);
void KERNEL(tone_row_pair)(const struct frame *frame, int pair);
void KERNEL(regrade_row_pair)(const struct regrade_job *job, int pair);

extern const struct kernels KERNEL(kernels);

#endif
