// SPDX-License-Identifier: GPL-3.0-or-later
/* How bodies are made for children: against the published subjects, whose derived parameters come
 * out again, and against spreads computed elsewhere (numpy, from the same table). */
#include "titrate/base/math.h"
#include "titrate/base/units.h"
#include "titrate/cohort/sample.h"
#include "titrate/cohort/source.h"

#include "cohort/children.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static const titr_model_type *s2008(void)
{
    return titr_model_find("glucose_s2008");
}

static double get(const titr_patient *p, const char *model, const char *name)
{
    return p->params[titr_table_find(titr_model_find(model)->params, name)];
}

static titri_spread spread_of(const char *model)
{
    titri_spread spread;
    titr_error err = {.what = ""};
    cr_assert_eq(titri_children_find(model)->open(titr_model_find(model), &spread, &err), TITR_OK,
                 "%s", err.what);
    return spread;
}

static size_t row_of(const titri_spread *s, const char *name)
{
    size_t k = 0;
    while (k < s->n && strcmp(s->row[k].name, name) != 0) {
        k++;
    }
    cr_assert_lt(k, s->n, "no row %s", name);
    return k;
}

/* Means of the twenty young subjects, pooled SDs and the shrinkage, by numpy. */
Test(children, spread_is_that_of_the_published_subjects)
{
    static const struct {
        const char *name;
        double mean, sd;
    } want[] = {
        {"kabs", -1.99314338233, 1.05405388882},  {"kmax", -3.32312748835, 0.446921874815},
        {"Vmx", -2.64711730052, 0.418192491316},  {"p2u", -3.20854688185, 0.344374904845},
        {"Ib", 4.65549969495, 0.125600989518},    {"EGPb", 1.10230489831, 0.162302400602},
        {"kmin", -0.593294527753, 1.47383318233}, {"b", 1.43148192959, 1.04518469102},
        {"d", -1.68838373602, 0.401861230032},
    };
    const titri_spread s = spread_of("glucose_s2008");
    cr_expect_float_eq(s.shrinkage, 0.548125757503, 1e-9, "lambda %.12g", s.shrinkage);
    cr_expect_float_eq(s.reference_kg, 40.802078281, 1e-9);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        const size_t k = row_of(&s, want[i].name);
        cr_expect_float_eq(s.mean[k], want[i].mean, 1e-9, "%s", want[i].name);
        cr_expect_float_eq(s.sd[k], want[i].sd, 1e-9, "%s", want[i].name);
    }
}

Test(children, cholesky_gives_the_shrunken_correlations_again)
{
    const titri_spread s = spread_of("glucose_s2008");
    const size_t a = row_of(&s, "kp2"), b = row_of(&s, "kp3");
    double diagonal = 0.0, both = 0.0;
    for (size_t j = 0; j < s.n; j++) {
        diagonal += s.chol[a][j] * s.chol[a][j];
        both += s.chol[a][j] * s.chol[b][j];
    }
    cr_expect_float_eq(diagonal, 1.0, 1e-12);
    cr_expect_float_eq(both, 0.250245823725, 1e-9, "%.12g", both);
}

/* Two thousand draws at two weights: within two SD, the means of the young subjects times the power
 * of weight, and the correlation of kp2 and kp3 that the shrunken one becomes within the cut. */
Test(children, draws_have_the_spread)
{
    const titri_spread s = spread_of("glucose_s2008");
    const size_t ka1 = row_of(&s, "ka1"), vg = row_of(&s, "Vg"), a = row_of(&s, "kp2"),
                 b = row_of(&s, "kp3");
    double sum[2] = {0.0, 0.0}, sum_ab = 0.0, sum_aa = 0.0, sum_bb = 0.0;
    const int n = 2000;
    for (int i = 0; i < n; i++) {
        double light[TITRI_SPREAD_MAX], heavy[TITRI_SPREAD_MAX];
        const titr_rng_key key = {1, TITR_PURPOSE_TEST, (uint32_t)i, 0};
        titri_spread_draw(&s, key, 32, 12.0, light);
        titri_spread_draw(&s, key, 32, s.reference_kg, heavy);
        for (size_t k = 0; k < s.n; k++) {
            const double z = (titri_to_scale(s.row[k].scale, heavy[k]) - s.mean[k]) / s.sd[k];
            cr_assert(fabs(z) <= 2.0 + 1e-9, "%s %g", s.row[k].name, z);
        }
        cr_assert_float_eq(light[ka1] / heavy[ka1], pow(12.0 / s.reference_kg, -0.25), 1e-12);
        cr_assert_float_eq(light[vg] / heavy[vg], 1.0, 1e-12);
        const double za = (log(heavy[a]) - s.mean[a]) / s.sd[a];
        const double zb = (log(heavy[b]) - s.mean[b]) / s.sd[b];
        sum[0] += za;
        sum[1] += zb;
        sum_ab += za * zb;
        sum_aa += za * za;
        sum_bb += zb * zb;
    }
    cr_expect_float_eq(sum[0] / n, 0.0, 0.1);
    cr_expect_float_eq(sum[1] / n, 0.0, 0.1);
    cr_expect_float_eq(sum_ab / sqrt(sum_aa * sum_bb), 0.22, 0.08, "%g",
                       sum_ab / sqrt(sum_aa * sum_bb));
}

/* From a published subject's own kinetics and needs the published parameters. */
Test(children, a_published_subject_is_built_again)
{
    titr_cohort cohort;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_cohort_load(&(titr_cohort_request){.source = "s2008-published"}, s2008(),
                                  &cohort, &err),
                 TITR_OK, "%s", err.what);
    const titri_spread s = spread_of("glucose_s2008");
    for (size_t i = 0; i < cohort.n; i++) {
        const titr_patient *p = &cohort.child[i].patient;
        double k[TITRI_SPREAD_MAX];
        for (size_t r = 0; r < s.n; r++) {
            const char *name = s.row[r].name;
            k[r] = strcmp(name, "EGPb") != 0 ? get(p, "glucose_s2008", name) : 0.0;
        }
        k[row_of(&s, "EGPb")] = get(p, "glucose_s2008", "kp1") -
                                get(p, "glucose_s2008", "kp2") * get(p, "glucose_s2008", "Gpb") -
                                get(p, "glucose_s2008", "kp3") * get(p, "glucose_s2008", "Ib");
        k[row_of(&s, "kmin")] /= get(p, "glucose_s2008", "kmax");
        const titr_need need = {
            .tdd_u_per_kg = get(p, "glucose_s2008", "u2ss") * TITR_MIN_PER_DAY / TITR_PMOL_PER_U,
            .basal_share = 1.0,
            .fasting_mg_dl = get(p, "glucose_s2008", "Gpb") / get(p, "glucose_s2008", "Vg")};
        titr_patient again = *p;
        memset(again.params, 0, sizeof again.params);
        cr_assert_eq(titri_children_s2008.build(k, &need, 1.0, &again, &err), TITR_OK, "%s",
                     err.what);
        for (size_t q = 0; q < s2008()->params.n; q++) {
            cr_expect_float_eq(again.params[q], p->params[q], 1e-9 * fabs(p->params[q]), "%s %s",
                               p->id, s2008()->params.row[q].name);
        }
    }
    titr_cohort_fini(&cohort);
}

/* Hovorka: basal insulin and glucose at rest are those needed. */
Test(children, a_hovorka_child_rests_on_what_it_needs)
{
    const titri_spread s = spread_of("glucose_hovorka");
    const titr_model_type *model = titr_model_find("glucose_hovorka");
    const titr_need need = {.tdd_u_per_kg = 0.7, .basal_share = 0.38, .fasting_mg_dl = 110.0};
    for (uint32_t i = 1; i <= 20; i++) {
        titr_patient p = {.id = "test", .age_years = 7.0, .weight_kg = 24.0, .height_cm = 122.0};
        double k[TITRI_SPREAD_MAX], x[TITR_STATES_MAX], u[TITR_INPUTS_MAX], held[TITR_HELD_MAX];
        double theta[TITR_THETA_MAX], dxdt[TITR_STATES_MAX];
        const double now = 0.0;
        titr_error err = {.what = ""};
        titri_spread_draw(&s, (titr_rng_key){1, TITR_PURPOSE_TEST, i, 0}, 0, p.weight_kg, k);
        cr_assert_eq(titri_children_hovorka.build(k, &need, 1.0, &p, &err), TITR_OK, "%s",
                     err.what);
        cr_assert_eq(model->individualise(&p, 0, theta, &err), TITR_OK, "%s", err.what);
        model->initial(&p, 0, x, u, held);
        model->modes[0].rhs(&now, x, u, held, theta, dxdt);
        cr_expect_float_eq(titr_basal_u_per_h(&p, model), 0.7 * 0.38 * 24.0 / 24.0, 1e-9);
        for (size_t q = 0; q < model->states.n; q++) {
            cr_expect_float_eq(dxdt[q], 0.0, 1e-9, "%s", model->states.row[q].name);
        }
    }
}

/* Raised, tissue is in balance: the rate of tissue glucose is that of insulin at rest, 0. */
static void raised(const char *name, const char *tissue, double glucose_mg_dl)
{
    const titr_model_type *model = titr_model_find(name);
    titr_sample sample = titr_sample_init();
    titr_cohort cohort;
    titr_error err = {.what = ""};
    double x[TITR_STATES_MAX], u[TITR_INPUTS_MAX], held[TITR_HELD_MAX], theta[TITR_THETA_MAX];
    double dxdt[TITR_STATES_MAX], y[TITR_OUTPUTS_MAX];
    const double now = 0.0;
    sample.n = 3;
    cr_assert_eq(titr_cohort_load(&(titr_cohort_request){.source = "sample", .sample = &sample},
                                  model, &cohort, &err),
                 TITR_OK, "%s", err.what);
    for (size_t i = 0; i < cohort.n; i++) {
        const titr_patient *p = &cohort.child[i].patient;
        cr_assert_eq(model->individualise(p, 0, theta, &err), TITR_OK, "%s", err.what);
        model->initial(p, 0, x, u, held);
        titri_children_find(name)->raise(p, glucose_mg_dl, x);
        model->modes[0].rhs(&now, x, u, held, theta, dxdt);
        model->output(x, theta, y);
        cr_expect_float_eq(y[titr_table_find(model->outputs, "plasma_glucose_mg_dl")],
                           glucose_mg_dl, 1e-9);
        cr_expect_float_eq(y[titr_table_find(model->outputs, "glucose_mg_dl")], glucose_mg_dl,
                           1e-9);
        cr_expect_float_eq(dxdt[titr_table_find(model->states, tissue)], 0.0, 1e-9);
    }
    titr_cohort_fini(&cohort);
}

Test(children, raised_glucose_is_in_balance_with_tissue)
{
    raised("glucose_s2008", "gt_mg_kg", 252.0);
    raised("glucose_hovorka", "q2_mmol", 252.0);
}

Test(children, no_body_without_a_row)
{
    cr_expect_null(titri_children_find("glucose_unknown"));
}
