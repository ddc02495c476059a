/* SPDX-License-Identifier: Apache-2.0 */
/*
 * drawn: what of that which the lexicon knows is in diorama's pictures and sound.
 *
 * The one place to change when something new can be drawn. What is off here is read, reported as
 * not depicted, and replaced by what comes nearest: a place by lexicon_settings[].instead, a form
 * by the usual one, an action by none.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_PROMPT_DRAWN_H
#define VITASCOPE_WORKERS_DIORAMA_PROMPT_DRAWN_H

#include "workers/diorama/scene.h"

extern const bool drawn_places[SCENE_PLACES];

/* Bits of the places that a subject is drawn in; 0: nowhere. */
extern const unsigned drawn_subjects[SUBJECT_KINDS];
extern const bool drawn_forms[SUBJECT_FORMS];

/* Bits of the actions that a subject is seen to do. */
extern const unsigned drawn_actions[SUBJECT_KINDS];

/* Of each bit of enum scene_effect, in their order: bits of the places that show it. */
enum { DRAWN_EFFECTS = 16 };
extern const unsigned drawn_effects[DRAWN_EFFECTS];

extern const bool drawn_lenses[SCENE_LENSES];
extern const bool drawn_focuses[SCENE_FOCUSES];
extern const bool drawn_seasons[SCENE_SEASONS];
extern const bool drawn_motion_blur, drawn_saturation;

/* Of sound. */
extern const bool drawn_music, drawn_speech;

#endif
