// SPDX-License-Identifier: GPL-3.0-or-later
#include "children.h"

#include <string.h>

static const titri_children *const bodies[] = {&titri_children_s2008, &titri_children_hovorka};

const titri_children *titri_children_find(const char *model)
{
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        if (strcmp(bodies[i]->model, model) == 0) {
            return bodies[i];
        }
    }
    return NULL;
}
