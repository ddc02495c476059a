/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shared: paths that two dialects have, and who of them answers. Behind a prefix that pins a
 * dialect, that one does.
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_API_SHARED_H
#define VITASCOPE_API_SHARED_H

#include "api/call.h"

/* POST /v1/videos/generations: UniAll's when the body says something that only UniAll's can
 * (generation_mode, video_count, a model "sora2…") and has no `input`; else AI Video API's. */
void shared_generate(struct call *call);
bool shared_is_uniall(struct jsonv root);

/* GET /v1/videos/:id: UniAll's for a job of UniAll and with ?format=uniall, and for an id that is
 * none of ours but spelt like one of UniAll; else OpenAI's. */
void shared_video_get(struct call *call);

#endif
