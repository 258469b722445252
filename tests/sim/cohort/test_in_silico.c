// SPDX-License-Identifier: GPL-3.0-or-later
/* Tests of virtual children: against the same day by another solver and another programme of
 * events, and against what the definitions say of each other. */
#include "titrate/cohort/in_silico.h"

#include "titrate/base/units.h"
#include "titrate/cohort/clinic.h"
#include "titrate/cohort/sample.h"

#include "cohort/children.h"
#include "support/body.h"

#include <criterion/criterion.h>
#include <math.h>
#include <omp.h>
#include <string.h>

#define RISE_MG_DL 0.05 /* between rk4 at 1 min and CVODE at 1e-9 */

static titr_cohort children(void)
{
    titr_cohort cohort;
    titr_error err = {.what = ""};
    cr_assert_eq(
        titr_cohort_load(&(titr_cohort_request){.source = "s2008-published",
                                                .subjects = "child#001,child#005,child#008"},
                         titr_model_find("glucose_s2008"), &cohort, &err),
        TITR_OK, "%s", err.what);
    return cohort;
}

static titr_in_silico *bench_of(const char *model)
{
    titr_in_silico *bench = NULL;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_in_silico_create(titr_model_find(model), &bench, &err), TITR_OK, "%s",
                 err.what);
    return bench;
}

/* The meal test by CVODE. */
static double rise_by_cvode(const titr_patient *p, double carbs_g, double bolus_u)
{
    titr_slot slot = {0};
    titr_error err = {.what = ""};
    body b = {0};
    cr_assert_eq(titr_slot_init(&slot, titr_solver_find("cvode"), &err), TITR_OK);
    cr_assert(slot_set(slot, "rtol", 1e-9));
    cr_assert_eq(body_init(&b, p, "safe", slot, &err), TITR_OK, "%s", err.what);
    const size_t carbs = titr_table_find(b.model->inputs, "carbs_mg_per_min");
    const size_t insulin = titr_table_find(b.model->inputs, "insulin_u_per_min");
    const double before = body_output(&b, "plasma_glucose_mg_dl"), basal = b.u[insulin];
    for (int t = 0; t < 240; t++) {
        body_rate(&b, carbs, t < 15 ? carbs_g * TITR_MG_PER_G / 15.0 : 0.0, 1.0);
        body_rate(&b, insulin, basal + (t == 0 ? bolus_u : 0.0), 1.0);
        cr_assert_eq(body_advance(&b, 1.0, NULL, &err), TITR_OK, "%s", err.what);
    }
    const double rise = body_output(&b, "plasma_glucose_mg_dl") - before;
    body_fini(&b);
    titr_slot_fini(&slot);
    return rise;
}

Test(in_silico, the_meal_test_is_that_of_another_solver)
{
    titr_cohort cohort = children();
    titr_in_silico *bench = bench_of("glucose_s2008");
    for (size_t i = 0; i < cohort.n; i++) {
        const titr_patient *p = &cohort.child[i].patient;
        double rise;
        titr_error err = {.what = ""};
        cr_assert_eq(titr_in_silico_meal(bench, p, 40.0, 2.5, &rise, &err), TITR_OK, "%s",
                     err.what);
        cr_expect_float_eq(rise, rise_by_cvode(p, 40.0, 2.5), RISE_MG_DL, "%s: %g", p->id, rise);
    }
    titr_in_silico_destroy(bench);
    titr_cohort_fini(&cohort);
}

/* CR is what the meal test says it is, and at rest nothing happens. */
Test(in_silico, cr_brings_glucose_back)
{
    titr_cohort cohort = children();
    titr_in_silico *bench = bench_of("glucose_s2008");
    for (size_t i = 0; i < cohort.n; i++) {
        const titr_patient *p = &cohort.child[i].patient;
        const double carbs_g = titr_need_carbs_g(p);
        titr_measured m;
        double rise;
        titr_error err = {.what = ""};
        cr_assert_eq(titr_in_silico_measure(bench, p, carbs_g, &m, &err), TITR_OK, "%s", err.what);
        cr_assert_eq(
            titr_in_silico_meal(bench, p, carbs_g / 4.0, carbs_g / 4.0 / m.cr_g_per_u, &rise, &err),
            TITR_OK);
        cr_expect_float_eq(rise, 0.0, 0.05, "%s: %g mg/dL", p->id, rise);
        cr_assert_eq(titr_in_silico_meal(bench, p, 0.0, 0.0, &rise, &err), TITR_OK);
        cr_expect_float_eq(rise, 0.0, 1e-6);
        cr_expect_float_eq(m.basal_u_per_h, cohort.child[i].published.basal_u_per_h[0], 1e-12);
        cr_expect_float_eq(m.tdd_u_per_d, 24.0 * m.basal_u_per_h + carbs_g / m.cr_g_per_u, 1e-9);
        cr_expect(m.untreated_12h_mg_dl > 250.0, "%s %g", p->id, m.untreated_12h_mg_dl);
        cr_expect(m.action_h > 1.5 && m.action_h < 6.0, "%s %g h", p->id, m.action_h);
    }
    titr_in_silico_destroy(bench);
    titr_cohort_fini(&cohort);
}

/* More sensitive bodies: a unit lowers more and covers more. */
Test(in_silico, sensitive_bodies_take_less)
{
    titr_cohort cohort = children();
    titr_in_silico *bench = bench_of("glucose_s2008");
    const titr_table params = titr_model_find("glucose_s2008")->params;
    const size_t vmx = titr_table_find(params, "Vmx");
    titr_patient p = cohort.child[0].patient;
    titr_measured less, more;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_in_silico_measure(bench, &p, 150.0, &less, &err), TITR_OK, "%s", err.what);
    p.params[vmx] *= 1.5;
    cr_assert_eq(titr_in_silico_measure(bench, &p, 150.0, &more, &err), TITR_OK, "%s", err.what);
    cr_expect_gt(more.cr_g_per_u, less.cr_g_per_u);
    cr_expect_gt(more.isf_mg_dl_per_u * more.tdd_u_per_d, 0.0);
    cr_expect_lt(more.tdd_u_per_d, less.tdd_u_per_d);
    titr_in_silico_destroy(bench);
    titr_cohort_fini(&cohort);
}

Test(in_silico, a_body_that_does_not_answer_is_refused)
{
    titr_cohort cohort = children();
    titr_in_silico *bench = bench_of("glucose_s2008");
    const titr_table params = titr_model_find("glucose_s2008")->params;
    titr_patient p = cohort.child[0].patient;
    p.params[titr_table_find(params, "Vmx")] = 0.0;
    p.params[titr_table_find(params, "kp3")] = 0.0;
    titr_measured m;
    titr_error err = {.what = ""};
    cr_expect_eq(titr_in_silico_measure(bench, &p, 150.0, &m, &err), TITR_ERR_RANGE);
    cr_expect_not_null(strstr(err.what, "child#001"), "%s", err.what);
    titr_in_silico_destroy(bench);
    titr_in_silico_destroy(NULL);
    titr_cohort_fini(&cohort);
}

/* The correction and the untreated test of a Hovorka child by CVODE. */
Test(in_silico, corrections_are_those_of_another_solver)
{
    const titr_model_type *model = titr_model_find("glucose_hovorka");
    titr_sample sample = titr_sample_init();
    titr_cohort cohort;
    titr_slot slot = {0};
    titr_error err = {.what = ""};
    titr_measured m;
    sample.n = 1;
    cr_assert_eq(titr_cohort_load(&(titr_cohort_request){.source = "sample", .sample = &sample},
                                  model, &cohort, &err),
                 TITR_OK, "%s", err.what);
    const titr_patient *p = &cohort.child[0].patient;
    titr_in_silico *bench = bench_of("glucose_hovorka");
    cr_assert_eq(titr_in_silico_measure(bench, p, titr_need_carbs_g(p), &m, &err), TITR_OK);
    cr_assert_eq(titr_slot_init(&slot, titr_solver_find("cvode"), &err), TITR_OK);
    cr_assert(slot_set(slot, "rtol", 1e-9));
    body b = {0};
    cr_assert_eq(body_init_of(model, &b, p, model->modes[0].name, slot, &err), TITR_OK);
    const size_t insulin = titr_table_find(model->inputs, "insulin_u_per_min");
    const double high = 14.0 * TITR_MG_DL_PER_MMOL_L, basal = b.u[insulin];
    const double bolus_u =
        (high - m.fasting_mg_dl) * m.tdd_u_per_d / (100.0 * TITR_MG_DL_PER_MMOL_L);
    titri_children_find("glucose_hovorka")->raise(p, high, b.x);
    body_rate(&b, insulin, basal + bolus_u, 1.0);
    cr_assert_eq(body_advance(&b, 1.0, NULL, &err), TITR_OK);
    body_rate(&b, insulin, basal, 1.0);
    cr_assert_eq(body_advance(&b, 155.0, NULL, &err), TITR_OK);
    const double isf = (high - body_output(&b, "plasma_glucose_mg_dl")) / bolus_u;
    cr_expect_float_eq(m.isf_mg_dl_per_u, isf, 1e-3 * isf);
    body_fini(&b);
    cr_assert_eq(body_init_of(model, &b, p, model->modes[0].name, slot, &err), TITR_OK);
    body_rate(&b, insulin, 0.0, 1.0);
    cr_assert_eq(body_advance(&b, 720.0, NULL, &err), TITR_OK);
    cr_expect_float_eq(m.untreated_12h_mg_dl, body_output(&b, "plasma_glucose_mg_dl"), 0.05);
    body_fini(&b);
    titr_slot_fini(&slot);
    titr_in_silico_destroy(bench);
    titr_cohort_fini(&cohort);
}

/* A child at rest above 14 mmol/L has no correction down from it; others are measured beside it. */
Test(in_silico, one_that_cannot_be_tested_is_left_out)
{
    const titr_model_type *model = titr_model_find("glucose_hovorka");
    titr_sample sample = titr_sample_init();
    titr_cohort cohort;
    titr_error err = {.what = ""};
    titr_measured is[3];
    sample.n = 3;
    cr_assert_eq(titr_cohort_load(&(titr_cohort_request){.source = "sample", .sample = &sample},
                                  model, &cohort, &err),
                 TITR_OK, "%s", err.what);
    cohort.child[1].patient.params[titr_table_find(model->params, "Gb")] = 15.0;
    cr_assert_eq(titr_cohort_measure(&cohort, model, is, &err), TITR_OK, "%s", err.what);
    cr_expect(isnan(is[1].cr_g_per_u) && isnan(is[1].isf_mg_dl_per_u));
    cr_expect(is[0].isf_mg_dl_per_u > 0.0 && is[2].isf_mg_dl_per_u > 0.0);
    titr_cohort_fini(&cohort);
}

static titr_status fail_some(void *context, titr_in_silico *bench, size_t i, titr_error *err)
{
    (void)context, (void)bench;
    return i == 5 || i == 6 || i == 11
               ? titr_fail(err, TITR_ERR_RANGE, "child %zu does not answer", i)
               : TITR_OK;
}

Test(in_silico, the_lowest_failure_is_told_whatever_the_threads)
{
    for (int threads = 1; threads <= 4; threads++) {
        for (int again = 0; again < 20; again++) {
            titr_error err = {.what = ""};
            omp_set_num_threads(threads);
            cr_assert_eq(
                titr_in_silico_each(titr_model_find("glucose_hovorka"), 12, fail_some, NULL, &err),
                TITR_ERR_RANGE);
            cr_assert_str_eq(err.what, "child 5 does not answer");
        }
    }
    omp_set_num_threads(4); /* more threads than children */
    cr_assert_eq(titr_in_silico_each(titr_model_find("glucose_hovorka"), 1, fail_some, NULL, NULL),
                 TITR_OK);
}
