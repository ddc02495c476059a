/* SPDX-License-Identifier: Apache-2.0 */
#include "model/delivery.h"

#include <assert.h>

const char *delivery_state_name(enum delivery_state state)
{
    static const char *const names[DELIVERY_STATES] = {
        [DELIVERY_PENDING] = "pending",
        [DELIVERY_DELIVERED] = "delivered",
        [DELIVERY_FAILED] = "failed",
    };

    assert(state < DELIVERY_STATES);
    return names[state];
}
