// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel_out.h"

#include <stdio.h>
#include <stdlib.h>

titr_status titri_panel_out_init(titri_panel_out *p, titri_output *out, titr_panel panel,
                                 titr_table columns, const titri_filters *filters, titr_error *err)
{
    const titri_panel_info *info = &titri_panel_info_of[panel];
    if (columns.n == 0) {
        return TITR_OK;
    }
    if (columns.n > TITR_PANEL_COLUMNS_MAX) {
        return titr_fail(err, TITR_ERR_ARG, "%s: /%s of %zu columns, at most %d", out->place.path,
                         info->group, columns.n, TITR_PANEL_COLUMNS_MAX);
    }
    p->column = calloc(columns.n, sizeof *p->column);
    if (p->column == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for %zu columns", out->place.path,
                         columns.n);
    }
    for (size_t i = 0; i < columns.n; i++) {
        const titr_quantity *q = &columns.row[i];
        p->column[i] = (titri_column){.name = q->name,
                                      .unit = q->unit,
                                      .doc = info->doc,
                                      .source = q->source,
                                      .kind = TITRI_F32,
                                      .size = sizeof(float)};
    }
    TITR_TRY(titri_table_init(&p->rows, out, info->group, p->column, columns.n, filters, err));
    return info->final_group == NULL ? TITR_OK
                                     : titri_table_init(&p->final, out, info->final_group,
                                                        p->column, columns.n, filters, err);
}

titr_status titri_panel_out_add(titri_panel_out *p, const titr_trajectory *t, titr_panel panel,
                                titr_error *err)
{
    const size_t width = p->rows.n_columns;
    if (t->width[panel] != width) {
        return titr_fail(err, TITR_ERR_ARG, "episode of %s with %zu %s, expected %zu", t->patient,
                         t->width[panel], titri_panel_info_of[panel].group, width);
    }
    if (width == 0) {
        return TITR_OK;
    }
    titri_source source[TITR_PANEL_COLUMNS_MAX];
    for (size_t i = 0; i < width; i++) {
        source[i] = (titri_source){t->panel[panel] + i, width * sizeof *t->panel[panel]};
    }
    TITR_TRY(titri_table_add(&p->rows, source, t->n, err));
    if (p->final.out == NULL) {
        return TITR_OK;
    }
    for (size_t i = 0; i < width; i++) {
        source[i].values = titr_trajectory_panel_row(t, panel, t->n) + i;
    }
    return titri_table_add(&p->final, source, 1, err);
}

static titr_status annotate(const titri_table *table, titr_error *err)
{
    const hid_t group = H5Gopen2(table->out->file, table->group, H5P_DEFAULT);
    char names[TITR_PANEL_COLUMNS_MAX * TITR_NAME_MAX] = "";
    size_t at = 0;
    for (size_t i = 0; i < table->n_columns && at < sizeof names; i++) {
        at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", i == 0 ? "" : ",",
                               table->column[i].name);
    }
    const herr_t done = group < 0 ? -1 : titri_h5_set_text(group, "names", names);
    titri_h5_close(group);
    return titri_output_fine(table->out, done) ? TITR_OK
                                               : titri_output_fail(table->out, "", "", err);
}

titr_status titri_panel_out_finish(titri_panel_out *p, titr_error *err)
{
    titri_table *const tables[] = {&p->rows, &p->final};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (tables[i]->out != NULL) {
            TITR_TRY(titri_table_finish(tables[i], err));
            TITR_TRY(annotate(tables[i], err));
        }
    }
    return TITR_OK;
}

void titri_panel_out_fini(titri_panel_out *p)
{
    titri_table_fini(&p->rows);
    titri_table_fini(&p->final);
    free(p->column);
}
