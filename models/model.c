// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/models/model.h"

#include <string.h>

size_t titr_model_mode_find(const titr_model_type *model, const char *name)
{
    size_t i = 0;
    while (i < model->n_modes && strcmp(model->modes[i].name, name) != 0) {
        i++;
    }
    return i;
}
