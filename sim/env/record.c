// SPDX-License-Identifier: GPL-3.0-or-later
/* The table of observables. */
#include "titrate/env/record.h"

#include <string.h>

static const titr_observable_info table[TITR_OBS_N] = {
#define X(id, text, unit, lo, hi, doc) [TITR_OBS_##id] = {(text), (unit), (lo), (hi), (doc)},
    TITR_OBSERVABLE_MAP(X)
#undef X
};

const titr_observable_info *titr_observable_table(void)
{
    return table;
}

titr_observable titr_observable_find(const char *name)
{
    size_t i = 0;
    while (i < TITR_OBS_N && strcmp(table[i].name, name) != 0) {
        i++;
    }
    return (titr_observable)i;
}
