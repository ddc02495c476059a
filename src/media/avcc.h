/* SPDX-License-Identifier: Apache-2.0 */
/*
 * avcc: H.264 as MP4 stores it (ISO/IEC 14496-15: lengths in front of the units) and as encoders
 * speak it (Annex B: start codes in front of them).
 *
 * Thread: any.
 */
#ifndef VITASCOPE_MEDIA_AVCC_H
#define VITASCOPE_MEDIA_AVCC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the MP4's description of a stream holds the same parameter sets, in the same order, as
 * Annex B bytes with four-byte start codes, and four-byte lengths are used. */
bool avcc_is_same(const uint8_t *avcc, size_t avcc_bytes, const uint8_t *annexb,
                  size_t annexb_bytes);

/* Turns the four-byte lengths of a picture into start codes, in place. False: they are wrong; then
 * some may be turned. */
bool avcc_to_annexb(uint8_t *bytes, size_t count);

#endif
