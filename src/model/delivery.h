/* SPDX-License-Identifier: Apache-2.0 */
/*
 * delivery: one event of one job to be told to one URL: the one that the job's request named, or
 * that of an endpoint of its account.
 *
 * A plain value whose strings are borrowed. Thread: any.
 */
#ifndef VITASCOPE_MODEL_DELIVERY_H
#define VITASCOPE_MODEL_DELIVERY_H

#include <stdint.h>

#include "base/id.h"
#include "base/str.h"
#include "model/job.h"

enum { DELIVERY_ERROR_BYTES_MAX = 200 };

/* Stored by number: append only. */
enum delivery_state { DELIVERY_PENDING, DELIVERY_DELIVERED, DELIVERY_FAILED, DELIVERY_STATES };

struct delivery {
    struct id id;
    struct id job_id;
    int64_t account_id;
    int64_t key_id; /* that made the job */
    enum dialect dialect;
    enum job_event event;
    struct str url;
    struct id endpoint; /* whose URL it is; zero: the request named it */
    enum delivery_state state;
    int attempts; /* ended ones */
    int64_t created_ms;
    int64_t next_ms;  /* while pending: when it is due */
    int64_t ended_ms; /* 0 = pending */

    /* The latest attempt; all zero before the first. */
    int64_t last_ms;
    int64_t last_took_ms;
    int last_status;       /* of the answer; 0: none came */
    struct str last_error; /* one sentence, or empty */
};

const char *delivery_state_name(enum delivery_state state); /* "pending", … */

#endif
