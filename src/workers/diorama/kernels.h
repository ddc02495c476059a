/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels: the SIMD part of the renderer, built once for each vector width, chosen at run time.
 *
 * Each function does one independent piece of a pass (a row, a group of columns); parallel_run()
 * hands the pieces out. Buffers that kernels store to have room for whole vectors: their strides
 * are multiples of KERNEL_LANES_MAX.
 *
 * Thread: any; pieces of one pass write apart.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_KERNELS_H
#define VITASCOPE_WORKERS_DIORAMA_KERNELS_H

#include "workers/diorama/world.h"

struct town_target;
struct canvas;
struct body;
struct body_area;
struct knoll;
struct lens_job;
struct thing;
struct thing_area;
struct ocean_band;
struct forest_list;
struct set_target;
struct set_bake_job;
struct fx_pass;

enum { KERNEL_LANES_MAX = 16, HISTORY_BAND = 8 };

/* Fine relief from a coarse one: bicubic, with gullies down the slopes and rough rock. */
struct relief_job {
    const float *coarse; /* log2_coarse squared cells */
    int log2_coarse, log2_fine;
    float fine_cell_m;
    float *fine;
    float gully;   /* depth of gullies, 1 for high mountains */
    float rough;   /* height of the smallest bumps, meters */
    float floor_m; /* below this height nothing is carved (water) */
    uint32_t salt;
};

/* Light on the terrain. Sun and sky are looked for at half the resolution, which is the slow part:
 * first all rows of reach_row(), half as many, then all of light_row(). */
struct light_job {
    struct world *world;
    uint32_t *reach; /* a quarter of the cells; bytes: sun, sky */
};

/* A picture of a video, to be shown in another light. Planes are YUV 4:2:0, BT.709, limited. */
struct regrade_job {
    const uint8_t *from[3];
    int from_stride[3];
    uint8_t *to[3];
    int to_stride[3];
    int width, height, index;
    float time_s;
    const float *depth; /* 0 far to 1 near, on a grid over the picture */
    int depth_columns, depth_rows;
    struct grade grade; /* exposure 1 leaves the light as it is */
    float sky_dim, sky_glow[3];
    float fog, fog_color[3];
    float rain, snow, snow_cover; /* 0 to 1 */
};

struct kernels {
    const char *isa;
    int lanes;
    void (*relief_row)(const struct relief_job *job, int row);
    void (*reach_row)(const struct light_job *job, int row);
    void (*light_row)(const struct light_job *job, int row);
    void (*sky_row)(const struct frame *frame, int row);
    void (*trace_columns)(const struct frame *frame, int group);
    void (*shade_columns)(const struct frame *frame, int group);
    void (*fill_row)(const struct frame *frame, int row);
    void (*open_row)(const struct frame *frame, int row);
    void (*town_tile)(const struct frame *frame, const struct town_target *target, int tile);
    void (*body_tile)(const struct frame *frame, const struct canvas *canvas,
                      const struct body *body, const struct body_area *area, int tile);
    void (*body_shadow_tile)(const struct frame *frame, const struct canvas *canvas,
                             const struct body *body, const struct body_area *area, int tile);
    void (*thing_tile)(const struct frame *frame, const struct canvas *canvas,
                       const struct thing *thing, const struct thing_area *area, int tile);
    void (*thing_water_tile)(const struct frame *frame, const struct canvas *canvas,
                             const struct thing *thing, const struct thing_area *area, int tile);
    void (*thing_trail_tile)(const struct frame *frame, const struct canvas *canvas,
                             const struct thing *thing, const struct thing_area *area, int tile);
    void (*knoll_row)(const struct frame *frame, const struct canvas *canvas,
                      const struct knoll *knoll, int row);
    void (*forest_air_row)(const struct frame *frame, const struct forest_list *list, int row);
    void (*forest_columns)(const struct frame *frame, const struct forest_list *list, int group);
    void (*forest_row)(const struct frame *frame, const struct forest_list *list, int row);
    void (*forest_band)(const struct frame *frame, const struct forest_list *list, int band);
    void (*cosmos_glow_row)(const struct frame *frame, int row);
    void (*cosmos_row)(const struct frame *frame, int row);
    void (*ocean_settle_row)(struct ocean_band *band, int row);
    void (*dome_row)(const struct frame *frame, float *const light[3], int row);
    void (*sea_columns)(const struct frame *frame, int group);
    void (*reef_columns)(const struct frame *frame, int group);
    void (*reef_shaft_row)(const struct frame *frame, int row);
    void (*reef_veil_row)(const struct frame *frame, int row);
    void (*set_field_slice)(const struct set_bake_job *job, int z);
    void (*set_sun_rows)(const struct set_bake_job *job, int piece);
    void (*set_probe_row)(const struct set_bake_job *job, int row);
    void (*set_tile)(const struct frame *frame, const struct set_target *target, int tile);
    void (*set_beam_row)(const struct frame *frame, const struct set_target *target, int row);
    void (*set_air_row)(const struct frame *frame, const struct set_target *target, int row);
    void (*fx_flame_row)(const struct fx_pass *pass, int row);
    void (*fx_smoke_row)(const struct fx_pass *pass, int row);
    void (*fx_sticks_row)(const struct fx_pass *pass, int row);
    void (*fx_light_row)(const struct fx_pass *pass, int row);
    void (*fx_flash_row)(const struct fx_pass *pass, int row);
    void (*resolve_row)(const struct frame *frame, int row);
    void (*history_band)(const struct frame *frame, int band); /* HISTORY_BAND rows */
    void (*sharpen_row)(const struct frame *frame, int row);
    void (*lens_half_row)(const struct lens_job *job, int row);
    void (*lens_blur_row)(const struct lens_job *job, int row);
    void (*lens_fill_row)(const struct lens_job *job, int row);
    void (*lens_mix_row)(const struct lens_job *job, int row);
    void (*lens_copy_row)(const struct lens_job *job, int row);
    void (*lens_smear_row)(const struct lens_job *job, int row);
    void (*tone_row_pair)(const struct frame *frame, int pair);
    void (*regrade_row_pair)(const struct regrade_job *job, int pair);
};

/* The widest build this CPU runs, or the one VITASCOPE_DIORAMA_ISA names if it runs it. */
const struct kernels *kernels_best(void);

#endif
