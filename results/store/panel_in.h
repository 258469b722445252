// SPDX-License-Identifier: GPL-3.0-or-later
/* A panel while it is read. */
#ifndef TITRI_STORE_PANEL_IN_H
#define TITRI_STORE_PANEL_IN_H

#include "input.h"

typedef struct titri_panel_in {
    titri_input rows, final; /* n_columns 0: not in the file */
    titri_column column[TITR_PANEL_COLUMNS_MAX];
    const char *name[TITR_PANEL_COLUMNS_MAX];
    char *names; /* owned; what the two above point into */
} titri_panel_in;

/* Opens the panel if the file has it. @param[in] steps, episodes rows that it must have. */
titr_status titri_panel_in_open(titri_panel_in *p, hid_t file, const char *path, titr_panel panel,
                                size_t steps, size_t episodes, titr_error *err) TITR_NODISCARD;
void titri_panel_in_close(titri_panel_in *p);
/* Rows [first, first + n) of /steps and row k of /episodes into t's panel, which has room. */
titr_status titri_panel_in_read(titri_panel_in *p, const char *path, titr_panel panel, size_t first,
                                size_t n, size_t k, titr_trajectory *t,
                                titr_error *err) TITR_NODISCARD;

#endif
