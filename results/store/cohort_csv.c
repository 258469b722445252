// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/store/cohort_csv.h"

#include "titrate/base/text.h"
#include "titrate/store/text_file.h"

#include <stdlib.h>

static const char *const sexes[] = {
    [TITR_SEX_UNKNOWN] = "", [TITR_SEX_MALE] = "male", [TITR_SEX_FEMALE] = "female"};

static void add_number(titr_text *text, double value)
{
    char digits[32];
    titr_format_real(value, digits);
    titr_text_printf(text, ",%s", digits);
}

static void add_child(titr_text *text, const titr_child *child, size_t n_params)
{
    const titr_patient *p = &child->patient;
    const titr_therapy *t = &child->published;
    titr_text_printf(text, "%s", p->id); /* no comma: it was read from a cell, or drawn */
    add_number(text, p->age_years);
    titr_text_printf(text, ",%s", sexes[p->sex]);
    const double number[] = {p->weight_kg,         p->height_cm,     t->cr_g_per_u[0],
                             t->cf_mg_dl_per_u[0], t->tdi_u_per_day, t->basal_u_per_h[0],
                             t->target_mg_dl[0]};
    for (size_t i = 0; i < sizeof number / sizeof number[0]; i++) {
        add_number(text, number[i]);
    }
    for (size_t k = 0; k < n_params; k++) {
        add_number(text, p->params[k]);
    }
    titr_text_add(text, "\n", 1);
}

titr_status titr_cohort_write_csv(const titr_cohort *cohort, const titr_model_type *model,
                                  const char *path, titr_error *err)
{
    titr_text text = {0};
    char *csv = NULL;
    titr_text_printf(&text, "Name,Age,Sex,BW,Height,CR,CF,TDI,Basal,Target");
    for (size_t k = 0; k < model->params.n; k++) {
        titr_text_printf(&text, ",%s", model->params.row[k].name);
    }
    titr_text_add(&text, "\n", 1);
    for (size_t i = 0; i < cohort->n; i++) {
        add_child(&text, &cohort->child[i], model->params.n);
    }
    const size_t n = text.n;
    TITR_TRY(titr_text_take(&text, &csv, err));
    const titr_status status = titr_text_file_write(path, csv, n, err);
    free(csv);
    return status;
}
