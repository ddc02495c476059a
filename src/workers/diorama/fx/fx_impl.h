/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fx_impl: soft dots and streaks, of which everything small is made. For the fx_*.c only.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_FX_FX_IMPL_H
#define VITASCOPE_WORKERS_DIORAMA_FX_FX_IMPL_H

#include "workers/diorama/fx/fx.h"

enum { SPLATS_MAX = 12000, SPLAT_BAND_ROWS = 16 };

/* On the samples of a frame; y is scaled to columns. */
struct splat {
    float from[2], to[2], radius;
    float distance; /* level, as depths are */
    float color[3];
    float cover;   /* 0: added as light; else how much it hides */
    bool on_water; /* drawn on the water that mirrors it */
    float soft_m;  /* of what hides: 0 sharp; else it has no edge, and fades into what it meets */
};

struct splats {
    const struct fx_pass *pass;
    int count;
    struct splat *items; /* SPLATS_MAX */
};

/* What a splat looks like. */
struct splat_look {
    float radius_m;
    float color[3];
    float cover;
    bool is_mirrored; /* also in water */
    bool is_soft;     /* of what hides: without an edge */
};

/* From one place to another; does nothing outside the picture or when full. */
void splats_add(struct splats *splats, const float from[3], const float to[3],
                const struct splat_look *look);
void splats_draw(const struct splats *splats, int threads);

/* Each adds what the scene has of it at pass->time_s. */
void fx_add_embers(struct splats *splats, const struct fx_fire *fire, int count);
void fx_add_leaves(struct splats *splats, bool petals);
void fx_add_fireflies(struct splats *splats);
void fx_add_fireworks(struct splats *splats, struct fx_pass *pass);
void fx_add_lightning(struct splats *splats, struct fx_pass *pass);
void fx_add_meteors(struct splats *splats);
/* Adds their light to the pass, too. */
void fx_add_sparks(struct splats *splats, struct fx_pass *pass);

/* Add to the samples: curtains in the sky and their light on the land; a rainbow, or else a halo.
 */
void fx_add_aurora(const struct fx_pass *pass, int threads);
void fx_add_rings(const struct fx_pass *pass, bool is_bow, int threads);

/* The view when something happens, whatever frame is being drawn; and a place that it sees at this
 * column and row, -1 to 1 each, at a distance. */
void fx_view_at(const struct fx_pass *pass, float time_s, struct view *view);
void fx_place_seen(const struct fx_pass *pass, const struct view *view, const float at[2],
                   float distance_m, float place[3]);

/* Spray of a stormy sea; whether a frame shows one. */
bool fx_has_spray(const struct frame *frame);
void fx_add_spray(struct splats *splats);

/* Cars in the air of a city of the future; whether a frame shows one. */
bool fx_has_traffic(const struct frame *frame);
void fx_add_traffic(struct splats *splats);

/* A light of the pass, if there is room. */
void fx_add_light(struct fx_pass *pass, const struct fx_light *light);

/* How the light of a fire wavers: about 1. */
float fx_flicker(float time_s, float phase);

/* 1 when only flames give light, 0 by day. */
float fx_darkness(const struct scene *scene);

#endif
