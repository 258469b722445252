// SPDX-License-Identifier: GPL-3.0-or-later
#include "actions_sheet.h"

#include "task.h"

titr_status titri_write_actions(const titri_lab *lab, titr_writer *w, titr_error *err)
{
    char text[TITR_LEVELS_MAX][TITR_NAME_MAX];
    const char *label[TITR_LEVELS_MAX];
    double level[TITR_LEVELS_MAX];
    const size_t n = titri_levels(lab->e);
    for (size_t i = 0; i < n; i++) {
        titri_level_label(lab->e, i, text[i], sizeof text[i]);
        label[i] = text[i];
        level[i] = (double)i;
    }
    const titr_sheet_column columns[] = {
        {"level", "1", "as in /steps/action_level", level, NULL},
        {"label", "", "what the level means", NULL, label},
    };
    return titr_writer_sheet(w, "actions", columns, 2, n, err);
}
