// SPDX-License-Identifier: GPL-3.0-or-later
/* A panel while it is written: rows parallel to /steps, and its last row parallel to /episodes. */
#ifndef TITRI_STORE_PANEL_OUT_H
#define TITRI_STORE_PANEL_OUT_H

#include "table.h"

typedef struct titri_panel_out {
    titri_table rows, final; /* out NULL: not recorded */
    titri_column *column;    /* owned                  */
} titri_panel_out;

/* @param[in] columns borrowed until fini; none: the panel is not recorded. */
titr_status titri_panel_out_init(titri_panel_out *p, titri_output *out, titr_panel panel,
                                 titr_table columns, const titri_filters *filters,
                                 titr_error *err) TITR_NODISCARD;
titr_status titri_panel_out_add(titri_panel_out *p, const titr_trajectory *t, titr_panel panel,
                                titr_error *err) TITR_NODISCARD;
/* Write what is buffered, and the order of the columns as an attribute. */
titr_status titri_panel_out_finish(titri_panel_out *p, titr_error *err) TITR_NODISCARD;
void titri_panel_out_fini(titri_panel_out *p);

#endif
