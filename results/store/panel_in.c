// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel_in.h"

#include <stdlib.h>
#include <string.h>

/* Names of the columns in the writer's order, from the group's attribute. */
static titr_status read_names(titri_panel_in *p, hid_t file, const char *path, const char *group,
                              size_t *n, titr_error *err)
{
    const hid_t opened = H5Gopen2(file, group, H5P_DEFAULT);
    titr_status status = TITR_OK;
    if (opened >= 0) {
        status = titri_h5_get_text(opened, path, "names", &p->names, err);
    }
    titri_h5_close(opened);
    TITR_TRY(status);
    if (p->names == NULL) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: /%s has no attribute names", path, group);
    }
    char *rest = NULL;
    for (char *name = strtok_r(p->names, ",", &rest); name != NULL;
         name = strtok_r(NULL, ",", &rest)) {
        if (*n == TITR_PANEL_COLUMNS_MAX) {
            return titr_fail(err, TITR_ERR_CONFIG, "%s: /%s has more than %d columns", path, group,
                             TITR_PANEL_COLUMNS_MAX);
        }
        p->name[*n] = name;
        p->column[(*n)++] = (titri_column){.name = name, .kind = TITRI_F32, .size = sizeof(float)};
    }
    return TITR_OK;
}

static titr_status open_rows(titri_input *in, hid_t file, const char *path, const char *group,
                             const titri_column *column, size_t n, size_t rows, titr_error *err)
{
    TITR_TRY(titri_input_open(in, file, path, group, column, n, err));
    if (n == 0 || in->rows != rows) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: /%s has %zu rows, expected %zu", path, group,
                         in->rows, rows);
    }
    return TITR_OK;
}

titr_status titri_panel_in_open(titri_panel_in *p, hid_t file, const char *path, titr_panel panel,
                                size_t steps, size_t episodes, titr_error *err)
{
    const titri_panel_info *info = &titri_panel_info_of[panel];
    size_t n = 0;
    if (!titri_h5_has(file, info->group)) {
        return TITR_OK;
    }
    TITR_TRY(read_names(p, file, path, info->group, &n, err));
    TITR_TRY(open_rows(&p->rows, file, path, info->group, p->column, n, steps, err));
    return info->final_group == NULL
               ? TITR_OK
               : open_rows(&p->final, file, path, info->final_group, p->column, n, episodes, err);
}

void titri_panel_in_close(titri_panel_in *p)
{
    titri_input_close(&p->rows);
    titri_input_close(&p->final);
    free(p->names);
}

/* Columns of the file into rows of the trajectory, from its row `at` on. */
static titr_status read_rows(const titri_panel_in *p, const titri_input *in, const char *path,
                             const char *group, size_t first, size_t rows, float *packed, float *to,
                             titr_error *err)
{
    const size_t width = in->n_columns;
    for (size_t c = 0; c < width; c++) {
        TITR_TRY(titri_input_read(in, path, group, &p->column[c], c, first, rows, packed, err));
        for (size_t i = 0; i < rows; i++) {
            to[i * width + c] = packed[i];
        }
    }
    return TITR_OK;
}

titr_status titri_panel_in_read(titri_panel_in *p, const char *path, titr_panel panel, size_t first,
                                size_t n, size_t k, titr_trajectory *t, titr_error *err)
{
    const titri_panel_info *info = &titri_panel_info_of[panel];
    if (p->rows.n_columns == 0) {
        return TITR_OK;
    }
    float *packed = malloc((n + 1) * sizeof *packed);
    if (packed == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for %zu rows", path, n);
    }
    titr_status status =
        read_rows(p, &p->rows, path, info->group, first, n, packed, t->panel[panel], err);
    if (status == TITR_OK && info->final_group != NULL) {
        status = read_rows(p, &p->final, path, info->final_group, k, 1, packed,
                           titr_trajectory_panel_row(t, panel, n), err);
    }
    free(packed);
    return status;
}
