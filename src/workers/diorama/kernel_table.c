/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/kernel_table.h"

const struct kernels KERNEL(kernels) = {
    .isa = VW == 16  ? "avx512"
           : VW == 8 ? "avx2"
                     : "sse4",
    .lanes = VW,
    .relief_row = KERNEL(relief_row),
    .reach_row = KERNEL(reach_row),
    .light_row = KERNEL(light_row),
    .sky_row = KERNEL(sky_row),
    .march_columns = KERNEL(march_columns),
    .fill_row = KERNEL(fill_row),
    .town_tile = KERNEL(town_tile),
    .body_tile = KERNEL(body_tile),
    .body_shadow_tile = KERNEL(body_shadow_tile),
    .thing_tile = KERNEL(thing_tile),
    .thing_water_tile = KERNEL(thing_water_tile),
    .thing_trail_tile = KERNEL(thing_trail_tile),
    .knoll_row = KERNEL(knoll_row),
    .cosmos_glow_row = KERNEL(cosmos_glow_row),
    .cosmos_row = KERNEL(cosmos_row),
    .ocean_settle_row = KERNEL(ocean_settle_row),
    .dome_row = KERNEL(dome_row),
    .sea_columns = KERNEL(sea_columns),
    .resolve_row = KERNEL(resolve_row),
    .history_row = KERNEL(history_row),
    .sharpen_row = KERNEL(sharpen_row),
    .lens_half_row = KERNEL(lens_half_row),
    .lens_blur_row = KERNEL(lens_blur_row),
    .lens_fill_row = KERNEL(lens_fill_row),
    .lens_mix_row = KERNEL(lens_mix_row),
    .lens_copy_row = KERNEL(lens_copy_row),
    .lens_smear_row = KERNEL(lens_smear_row),
    .tone_row_pair = KERNEL(tone_row_pair),
    .regrade_row_pair = KERNEL(regrade_row_pair),
};
