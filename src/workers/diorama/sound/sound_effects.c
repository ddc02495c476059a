/* SPDX-License-Identifier: Apache-2.0 */
/* What burns and bursts in a scene. */
#include "workers/diorama/sound/sound_impl.h"

void sound_effects(struct bed *bed, struct dice *dice, const struct scene *scene, float first_s)
{
    unsigned effects = scene->effects;

    if (effects & EFFECT_BLAZE)
        sound_fire(bed, dice, 1.1f, 1);
    else if (effects & (EFFECT_CAMPFIRE | EFFECT_FIREPLACE))
        sound_fire(bed, dice, 0.8f, 0.35f);
    else if (effects & EFFECT_TORCHES)
        sound_fire(bed, dice, 0.45f, 0.2f);
    else if (effects & EFFECT_SPARKS)
        sound_fire(bed, dice, 0.35f, 0.9f); /* hiss, and snaps in a hurry */
    if (effects & EFFECT_LIGHTNING)
        sound_lightning(bed, dice, scene, first_s);
    if (effects & EFFECT_FIREWORKS)
        sound_fireworks(bed, dice, scene, first_s);
}
