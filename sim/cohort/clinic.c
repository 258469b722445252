// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/cohort/clinic.h"

#include "titrate/base/units.h"

#include <math.h>

#define NONE ((double)NAN)
/* Quartiles of a normal distribution are 1.349 SD apart. */
#define QUARTILES(q1, q3) (((q3) - (q1)) / 1.349)

static const char *const names[TITR_N_CLINIC] = {
    [TITR_CLINIC_TDD_U_PER_KG] = "TDD, U/kg/d",
    [TITR_CLINIC_TDD_U] = "TDD, U/d",
    [TITR_CLINIC_BASAL_PERCENT] = "basal share, %",
    [TITR_CLINIC_FASTING_MG_DL] = "fasting glucose, mg/dL",
    [TITR_CLINIC_CR_TDD_G] = "CR x TDD, g/d",
    [TITR_CLINIC_ISF_TDD_MMOL_L] = "ISF x TDD, mmol/L/d",
    [TITR_CLINIC_ACTION_H] = "insulin acts, h",
};

/* CR x TDD: 211 (162 to 310) at breakfast and 434 (301 to 496) at other meals; ISF x TDD: 113 (100
 * to 128) in the morning and 120 (104 to 134) else. TDD of 2 to 6 years: 15 U below six years
 * [tidepool_simulator], 0.7 U/kg [hanas2017] of 16 kg. */
static const titr_clinic_figure figures[] = {
    {TITR_CLINIC_TDD_U_PER_KG,
     {2, 10},
     {0.7, 0.8},
     {0.1, 0.1},
     TITR_CLINIC_FITTED,
     "hanas2017, kerouz1995"},
    {TITR_CLINIC_TDD_U_PER_KG,
     {12, 15},
     {0.94, 1.25},
     {NONE, NONE},
     TITR_CLINIC_FITTED,
     "tidepool_simulator, kerouz1995"},
    {TITR_CLINIC_BASAL_PERCENT, {2, 10}, {38, 38}, {11, 11}, TITR_CLINIC_FITTED, "hanas2017"},
    {TITR_CLINIC_FASTING_MG_DL, {2, 18}, {70, 144}, {NONE, NONE}, TITR_CLINIC_FITTED, "ispad2022"},
    {TITR_CLINIC_TDD_U, {12, 15}, {46, 46}, {NONE, NONE}, TITR_CLINIC_FITTED, "tidepool_simulator"},
    {TITR_CLINIC_TDD_U,
     {2, 6},
     {11, 15},
     {NONE, NONE},
     TITR_CLINIC_OF_NEED,
     "hanas2017, tidepool_simulator"},
    {TITR_CLINIC_TDD_U, {6, 9}, {18, 18}, {NONE, NONE}, TITR_CLINIC_OF_NEED, "tidepool_simulator"},
    {TITR_CLINIC_TDD_U, {9, 12}, {28, 28}, {NONE, NONE}, TITR_CLINIC_OF_NEED, "tidepool_simulator"},
    {TITR_CLINIC_TDD_U,
     {15, 18},
     {50, 50},
     {NONE, NONE},
     TITR_CLINIC_OF_NEED,
     "tidepool_simulator"},
    {TITR_CLINIC_CR_TDD_G,
     {2, 10},
     {211, 434},
     {QUARTILES(162, 310), QUARTILES(301, 496)},
     TITR_CLINIC_OF_NEED,
     "hanas2017"},
    {TITR_CLINIC_ISF_TDD_MMOL_L,
     {2, 10},
     {113, 120},
     {QUARTILES(100, 128), QUARTILES(104, 134)},
     TITR_CLINIC_OF_BODY,
     "hanas2017"},
    {TITR_CLINIC_ACTION_H, {2, 10}, {2.6, 2.6}, {0.5, 0.5}, TITR_CLINIC_OF_BODY, "hanas2017"},
};

const char *titr_clinic_basis_name(titr_clinic_basis basis)
{
    static const char *const basis_names[] = {[TITR_CLINIC_FITTED] = "fitted",
                                              [TITR_CLINIC_OF_NEED] = "of need",
                                              [TITR_CLINIC_OF_BODY] = "of body"};
    return basis_names[basis];
}

const char *titr_clinic_name(titr_clinic_quantity quantity)
{
    return names[quantity];
}

const titr_clinic_figure *titr_clinic_figures(size_t *n)
{
    *n = sizeof figures / sizeof figures[0];
    return figures;
}

double titr_clinic_value(titr_clinic_quantity quantity, const titr_patient *p,
                         const titr_measured *is)
{
    switch (quantity) {
    case TITR_CLINIC_TDD_U_PER_KG:
        return is->tdd_u_per_d / p->weight_kg;
    case TITR_CLINIC_TDD_U:
        return is->tdd_u_per_d;
    case TITR_CLINIC_BASAL_PERCENT:
        return 100.0 * 24.0 * is->basal_u_per_h / is->tdd_u_per_d;
    case TITR_CLINIC_FASTING_MG_DL:
        return is->fasting_mg_dl;
    case TITR_CLINIC_CR_TDD_G:
        return is->cr_g_per_u * is->tdd_u_per_d;
    case TITR_CLINIC_ISF_TDD_MMOL_L:
        return is->isf_mg_dl_per_u * is->tdd_u_per_d / TITR_MG_DL_PER_MMOL_L;
    case TITR_CLINIC_ACTION_H:
        return is->action_h;
    case TITR_N_CLINIC:
        break;
    }
    return NONE;
}

static int holds(double value, const double *range, double share)
{
    return isnan(value) || isnan(range[0]) ||
           (value >= (1.0 - share) * range[0] && value <= (1.0 + share) * range[1]);
}

int titr_clinic_is_aged(double age_years, const double *band_years)
{
    return age_years >= band_years[0] &&
           (age_years < band_years[1] || (age_years == 18.0 && band_years[1] == 18.0));
}

titr_clinic_match titr_clinic_compare(const titr_clinic_figure *f, const titr_cohort *cohort,
                                      const titr_measured *is)
{
    titr_clinic_match m = {.mean = NONE, .sd = NONE};
    double sum = 0.0, squares = 0.0, mean = 0.0;
    for (int pass = 0; pass < 2; pass++) { /* of squares about the mean */
        m.n = 0;
        for (size_t i = 0; i < cohort->n; i++) {
            const titr_patient *p = &cohort->child[i].patient;
            if (titr_clinic_is_aged(p->age_years, f->age_years) && !isnan(is[i].cr_g_per_u)) {
                const double off = titr_clinic_value(f->quantity, p, &is[i]) - mean;
                sum += pass == 0 ? off : 0.0;
                squares += pass == 0 ? 0.0 : off * off;
                m.n++;
            }
        }
        mean = m.n > 0 ? sum / (double)m.n : NONE;
    }
    m.mean = mean;
    m.sd = m.n > 1 ? sqrt(squares / (double)(m.n - 1)) : NONE;
    m.mean_holds = holds(m.mean, f->mean, f->basis == TITR_CLINIC_FITTED ? 0.10 : 0.20);
    m.sd_holds = holds(m.sd, f->sd, 0.25);
    return m;
}

/* ---- measuring ---- */

/* Of whom, and where to. */
typedef struct examination {
    const titr_cohort *cohort;
    titr_measured *is;
} examination;

static titr_status examine(void *pointer, titr_in_silico *bench, size_t i, titr_error *err)
{
    static const titr_measured unmeasured = {NONE, NONE, NONE, NONE, NONE, NONE, NONE};
    const examination *x = pointer;
    const titr_patient *p = &x->cohort->child[i].patient;
    x->is[i] = unmeasured;
    if (!(p->age_years >= 2.0 && p->age_years <= 18.0)) {
        return TITR_OK;
    }
    const titr_status status =
        titr_in_silico_measure(bench, p, titr_need_carbs_g(p), &x->is[i], err);
    return status == TITR_ERR_RANGE ? TITR_OK : status; /* one that cannot be tested */
}

titr_status titr_cohort_measure(const titr_cohort *cohort, const titr_model_type *model,
                                titr_measured *is, titr_error *err)
{
    examination x = {cohort, is};
    return titr_in_silico_each(model, cohort->n, examine, &x, err);
}
