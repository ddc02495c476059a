/* SPDX-License-Identifier: Apache-2.0 */
/*
 * palms: the palm trees along a tropical beach.
 *
 * Each is a flat picture that faces the camera, one of a few drawn once for the clip, put into
 * the samples where nothing nearer is. They stand between the sand and the woods.
 *
 * Ownership: palms_free(), also of a zeroed struct.
 * Thread: palms_draw_band() any; bands write apart.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_LAND_PALMS_H
#define VITASCOPE_WORKERS_DIORAMA_LAND_PALMS_H

#include "workers/diorama/world.h"

enum { PALMS_MAX = 320, PALM_BAND_ROWS = 24 };

struct palm {
    float place[3]; /* foot of the trunk */
    float height_m;
    float away;  /* from where the clip begins, for drawing the near over the far */
    float sun;   /* how much of the sun reaches it, 0 to 1 */
    float phase; /* of its sway */
    int variant;
    bool mirrored;
};

struct palms {
    int count;
    struct palm list[PALMS_MAX];
    uint8_t *pictures; /* texels of all variants and sizes: alpha, brightness, trunk */
};

/* Plants palms around `eye`, if the scene has any. */
void palms_bake(struct palms *palms, const struct world *world, const float eye[3]);
void palms_free(struct palms *palms);

/* Number of bands of a frame. */
int palms_bands(const struct frame *frame);
void palms_draw_band(const struct palms *palms, const struct frame *frame, int band);

#endif
