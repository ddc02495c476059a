/* SPDX-License-Identifier: Apache-2.0 */
#include "model/render.h"

#include <assert.h>

const char *render_purpose_name(enum render_purpose purpose)
{
    static const char *const names[RENDER_PURPOSES] = {"create", "edit", "extend"};

    assert(purpose < RENDER_PURPOSES);
    return names[purpose];
}

const char *render_ability_name(enum render_ability ability)
{
    static const char *const names[RENDER_ABILITIES] = {"first_frame", "source_video"};

    assert(ability < RENDER_ABILITIES);
    return names[ability];
}

bool render_ability_parse(struct str name, enum render_ability *ability)
{
    for (int i = 0; i < RENDER_ABILITIES; i++) {
        if (!str_eq_c(name, render_ability_name((enum render_ability)i)))
            continue;
        *ability = (enum render_ability)i;
        return true;
    }
    return false;
}
