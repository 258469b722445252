// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/base/quantity.h"

#include <string.h>

size_t titr_table_find(titr_table table, const char *name)
{
    size_t i = 0;
    while (i < table.n && strcmp(table.row[i].name, name) != 0) {
        i++;
    }
    return i;
}
