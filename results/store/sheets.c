// SPDX-License-Identifier: GPL-3.0-or-later
/* Small tables of a run: training curves, metrics, patients, settings. */
#include "writer.h"

#include <stdlib.h>
#include <string.h>

static size_t longest(const char *const *text, size_t rows)
{
    size_t most = 0;
    for (size_t i = 0; i < rows; i++) {
        const size_t n = strlen(text[i]);
        most = n > most ? n : most;
    }
    return most;
}

/* Texts side by side, each `width` bytes. @return malloc'ed. */
static char *pack(const char *const *text, size_t rows, size_t width)
{
    char *packed = calloc(rows == 0 ? 1 : rows, width);
    for (size_t i = 0; packed != NULL && i < rows; i++) {
        memcpy(packed + i * width, text[i], strlen(text[i]));
    }
    return packed;
}

static titr_status write_column(titr_writer *w, hid_t group, const char *group_name,
                                const titri_column *column, const void *values, size_t rows,
                                titr_error *err)
{
    const size_t fit = TITRI_CHUNK_BYTES / column->size;
    const size_t most = fit < 1 ? 1 : fit;
    const size_t chunk = rows == 0 ? 1 : rows < most ? rows : most;
    const hid_t dataset =
        titri_h5_create_column(group, column, rows, chunk, w->filters.compression);
    titr_status status = TITR_OK;
    if (!titri_output_fine(&w->out, dataset) ||
        !titri_output_fine(&w->out, titri_h5_write_rows(dataset, 0, rows, values))) {
        status = titri_output_fail(&w->out, group_name, column->name, err);
    }
    titri_h5_close(dataset);
    return status;
}

static titr_status write_sheet_column(titr_writer *w, hid_t group, const char *group_name,
                                      const titr_sheet_column *from, const char *source,
                                      size_t rows, titr_error *err)
{
    titri_column column = {.name = from->name,
                           .unit = from->unit,
                           .doc = from->doc,
                           .source = source,
                           .kind = TITRI_F64,
                           .size = sizeof(double)};
    if (from->text == NULL) {
        return write_column(w, group, group_name, &column, from->number, rows, err);
    }
    column.kind = TITRI_TEXT;
    column.size = longest(from->text, rows) + 1;
    char *packed = pack(from->text, rows, column.size);
    if (packed == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for /%s/%s", w->out.place.path,
                         group_name, from->name);
    }
    const titr_status status = write_column(w, group, group_name, &column, packed, rows, err);
    free(packed);
    return status;
}

static titr_status check_sheet(const titr_writer *w, const char *group,
                               const titr_sheet_column *column, size_t n_columns, size_t rows,
                               titr_error *err)
{
    if (w->failed) {
        return titr_fail(err, TITR_ERR_IO, "%s: an earlier write failed", w->out.place.path);
    }
    if (!titri_h5_names_members(group)) {
        return titr_fail(err, TITR_ERR_ARG, "'%s' cannot name a table", group);
    }
    for (size_t c = 0; c < n_columns; c++) {
        if (!titri_h5_names_members(column[c].name)) {
            return titr_fail(err, TITR_ERR_ARG, "/%s: '%s' cannot name a column", group,
                             column[c].name);
        }
        if (rows > 0 && column[c].number == NULL && column[c].text == NULL) {
            return titr_fail(err, TITR_ERR_ARG, "/%s/%s: neither numbers nor texts", group,
                             column[c].name);
        }
    }
    return TITR_OK;
}

/* `source` [n_columns] or NULL: computed here. */
static titr_status write_sheet(titr_writer *w, const char *group, const titr_sheet_column *column,
                               const char *const *source, size_t n_columns, size_t rows,
                               titr_error *err)
{
    TITR_TRY(check_sheet(w, group, column, n_columns, rows, err));
    const hid_t at = titri_h5_make_group(w->out.file, group);
    titr_status status = TITR_OK;
    if (!titri_output_fine(&w->out, at)) {
        status = titri_output_fail(&w->out, group, "", err);
    }
    for (size_t c = 0; c < n_columns && status == TITR_OK; c++) {
        status = write_sheet_column(w, at, group, &column[c],
                                    source == NULL ? "titrate" : source[c], rows, err);
    }
    titri_h5_close(at);
    w->failed = status != TITR_OK;
    return status;
}

titr_status titr_writer_sheet(titr_writer *w, const char *group, const titr_sheet_column *column,
                              size_t n_columns, size_t rows, titr_error *err)
{
    return write_sheet(w, group, column, NULL, n_columns, rows, err);
}

/* --- patients --- */

enum { AGE, WEIGHT, HEIGHT, N_COVARIATE };
enum { HOUR, BASAL, CR, CF, TARGET, TDI, N_SETTING };
#define N_HOURS ((size_t)24)

static const char *sex_name(titr_sex sex)
{
    static const char *const names[] = {
        [TITR_SEX_UNKNOWN] = "unknown", [TITR_SEX_MALE] = "male", [TITR_SEX_FEMALE] = "female"};
    return names[sex];
}

/* Columns of /patients: values [N_COVARIATE + params][n], texts [2][n]. */
static void fill_patients(const titr_cohort *cohort, size_t n_params, double *value,
                          const char **text)
{
    const size_t n = cohort->n;
    for (size_t i = 0; i < n; i++) {
        const titr_patient *patient = &cohort->child[i].patient;
        text[i] = patient->id;
        text[n + i] = sex_name(patient->sex);
        value[AGE * n + i] = patient->age_years;
        value[WEIGHT * n + i] = patient->weight_kg;
        value[HEIGHT * n + i] = patient->height_cm;
        for (size_t p = 0; p < n_params; p++) {
            value[(N_COVARIATE + p) * n + i] = patient->params[p];
        }
    }
}

static titr_status write_patients(titr_writer *w, const titr_cohort *cohort, titr_table params,
                                  const double *value, const char *const *text, titr_error *err)
{
    const size_t n = cohort->n;
    titr_sheet_column column[2 + N_COVARIATE + TITR_PARAMS_MAX] = {
        {"id", "", "identifier", NULL, text},
        {"sex", "", "sex", NULL, text + n},
        {"age_years", "a", "age", value + AGE * n, NULL},
        {"weight_kg", "kg", "body weight", value + WEIGHT * n, NULL},
        {"height_cm", "cm", "height", value + HEIGHT * n, NULL},
    };
    const char *source[2 + N_COVARIATE + TITR_PARAMS_MAX];
    for (size_t c = 0; c < 2 + N_COVARIATE; c++) {
        source[c] = "cohort";
    }
    for (size_t p = 0; p < params.n; p++) {
        const size_t c = 2 + N_COVARIATE + p;
        column[c] = (titr_sheet_column){params.row[p].name, params.row[p].unit, "model parameter",
                                        value + (N_COVARIATE + p) * n, NULL};
        source[c] = params.row[p].source;
    }
    return write_sheet(w, "patients", column, source, 2 + N_COVARIATE + params.n, n, err);
}

/* One row per child and hour. */
static titr_status write_settings(titr_writer *w, const titr_cohort *cohort, double *value,
                                  const char **text, titr_error *err)
{
    const size_t n = cohort->n * N_HOURS;
    for (size_t i = 0; i < n; i++) {
        const titr_child *child = &cohort->child[i / N_HOURS];
        const size_t hour = i % N_HOURS;
        text[i] = child->patient.id;
        value[HOUR * n + i] = (double)hour;
        value[BASAL * n + i] = child->published.basal_u_per_h[hour];
        value[CR * n + i] = child->published.cr_g_per_u[hour];
        value[CF * n + i] = child->published.cf_mg_dl_per_u[hour];
        value[TARGET * n + i] = child->published.target_mg_dl[hour];
        value[TDI * n + i] = child->published.tdi_u_per_day;
    }
    const titr_sheet_column column[] = {
        {"patient", "", "child", NULL, text},
        {"hour", "h", "clock hour from which the row holds", value + HOUR * n, NULL},
        {"basal_u_per_h", "U/h", "basal rate", value + BASAL * n, NULL},
        {"cr_g_per_u", "g/U", "carbohydrate ratio", value + CR * n, NULL},
        {"cf_mg_dl_per_u", "mg/dL/U", "correction factor", value + CF * n, NULL},
        {"target_mg_dl", "mg/dL", "glucose the correction aims at", value + TARGET * n, NULL},
        {"tdi_u_per_day", "U/d", "total daily insulin", value + TDI * n, NULL},
    };
    return write_sheet(w, "published_settings", column, NULL, sizeof column / sizeof column[0], n,
                       err);
}

/* What was assumed of the children stands with them. */
static titr_status write_note(titr_writer *w, const char *note, titr_error *err)
{
    const hid_t group = H5Gopen2(w->out.file, "/patients", H5P_DEFAULT);
    const herr_t done = group < 0 ? -1 : titri_h5_set_text(group, "note", note);
    titri_h5_close(group);
    return titri_output_fine(&w->out, done) ? TITR_OK
                                            : titri_output_fail(&w->out, "patients", "note", err);
}

titr_status titr_writer_patients(titr_writer *w, const titr_cohort *cohort,
                                 const titr_model_type *model, titr_error *err)
{
    const size_t width = N_COVARIATE + model->params.n;
    const size_t most = width > N_SETTING * N_HOURS ? width : N_SETTING * N_HOURS;
    double *value = malloc((cohort->n * most + 1) * sizeof *value);
    const char **text = malloc((cohort->n * N_HOURS + 1) * sizeof *text);
    titr_status status = TITR_OK;
    if (value == NULL || text == NULL) {
        status = titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for %zu patients", w->out.place.path,
                           cohort->n);
        goto done;
    }
    fill_patients(cohort, model->params.n, value, text);
    status = write_patients(w, cohort, model->params, value, text, err);
    if (status == TITR_OK) {
        status = write_note(w, cohort->note, err);
    }
    if (status == TITR_OK) {
        status = write_settings(w, cohort, value, text, err);
    }
done:
    free(text);
    free(value);
    return status;
}
