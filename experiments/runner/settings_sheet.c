// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings_sheet.h"

#include "guard.h"

#include <stdio.h>
#include <stdlib.h>

enum { BASAL, CR, CF, TARGET, TDI, N_COLUMNS };

/* Settings of hour h of a child, in the order of the columns. */
static void hour_of(const titr_therapy *therapy, size_t h, double *row)
{
    row[BASAL] = therapy->basal_u_per_h[h];
    row[CR] = therapy->cr_g_per_u[h];
    row[CF] = therapy->cf_mg_dl_per_u[h];
    row[TARGET] = therapy->target_mg_dl[h];
    row[TDI] = therapy->tdi_u_per_day;
}

static titr_status write_policy(const titri_lab *lab, size_t policy, titri_variant variant,
                                double *number, const char **id, double *hour, titr_writer *w,
                                titr_error *err)
{
    const size_t rows = 24 * lab->cohort.n;
    for (size_t c = 0; c < lab->cohort.n; c++) {
        const titr_therapy therapy = titri_lab_evaluated(lab, policy, c);
        for (size_t h = 0; h < 24; h++) {
            const size_t r = 24 * c + h;
            double row[N_COLUMNS];
            hour_of(&therapy, h, row);
            for (size_t k = 0; k < N_COLUMNS; k++) {
                number[k * rows + r] = row[k];
            }
            id[r] = lab->cohort.child[c].patient.id;
            hour[r] = (double)h;
        }
    }
    size_t length = 0;
    char name[TITR_NAME_MAX], group[TITR_NAME_MAX + 16];
    titri_variant_name(lab->e, lab->policy[policy].def, variant, name);
    (void)titr_replicate_number(name, &length);
    (void)snprintf(group, sizeof group, "settings/%.*s", (int)length, name);
    const titr_sheet_column columns[] = {
        {"patient", "", "child", NULL, id},
        {"hour", "h", "clock hour from which the row holds", hour, NULL},
        {"basal_u_per_h", "U/h", "scheduled basal rate", &number[BASAL * rows], NULL},
        {"cr_g_per_u", "g/U", "carbohydrate ratio", &number[CR * rows], NULL},
        {"cf_mg_dl_per_u", "mg/dL/U", "correction factor", &number[CF * rows], NULL},
        {"target_mg_dl", "mg/dL", "glucose target", &number[TARGET * rows], NULL},
        {"tdi_u_per_day", "U/d", "total daily insulin", &number[TDI * rows], NULL},
    };
    return titr_writer_sheet(w, group, columns, sizeof columns / sizeof columns[0], rows, err);
}

titr_status titri_write_settings(const titri_lab *lab, titr_writer *w, titr_error *err)
{
    const size_t rows = 24 * lab->cohort.n;
    double *number = calloc((N_COLUMNS + 1) * rows + 1, sizeof *number);
    const char **id = calloc(rows + 1, sizeof *id);
    titr_status st = TITR_OK;
    if (number == NULL || id == NULL) {
        st = titr_fail(err, TITR_ERR_NOMEM, "no memory for the settings sheets");
        goto done;
    }
    for (size_t i = 0; st == TITR_OK && i < TITRI_N_VARIANTS * lab->n_policies; i++) {
        const size_t p = i / TITRI_N_VARIANTS;
        const titri_variant variant = (titri_variant)(i % TITRI_N_VARIANTS);
        /* all replicates have the same */
        if (lab->policy[p].replicate == 0 &&
            titri_has_variant(lab->e, lab->policy[p].def, variant)) {
            st = write_policy(lab, p, variant, number, id, number + N_COLUMNS * rows, w, err);
        }
    }
done:
    free(number);
    free(id);
    return st;
}
