/* SPDX-License-Identifier: Apache-2.0 */
#include "model/render.h"

const char *render_purpose_name(enum render_purpose purpose)
{
    static const char *const names[RENDER_PURPOSES] = {"create", "edit", "extend"};

    return (unsigned)purpose < RENDER_PURPOSES ? names[purpose] : "unknown";
}
