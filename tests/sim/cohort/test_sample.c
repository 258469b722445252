// SPDX-License-Identifier: GPL-3.0-or-later
/* Drawn children: each is itself however many are drawn, covariates are those asked for, the body
 * needs what it was made to need, and what cannot be asked for is refused. */
#include "titrate/cohort/sample.h"

#include "titrate/cohort/clinic.h"
#include "titrate/models/growth.h"

#include "support/allocations.h"

#include <criterion/criterion.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

static const char *const bodies[] = {"glucose_s2008", "glucose_hovorka"};
enum { N_BODIES = 2 };

static titr_cohort draw(const char *body, const titr_sample *sample)
{
    titr_cohort cohort;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_cohort_load(&(titr_cohort_request){.source = "sample", .sample = sample},
                                  titr_model_find(body), &cohort, &err),
                 TITR_OK, "%s", err.what);
    return cohort;
}

static titr_sample some(int64_t n)
{
    titr_sample s = titr_sample_init();
    s.n = n;
    return s;
}

Test(sample, a_child_is_itself_however_many_are_drawn)
{
    for (size_t b = 0; b < N_BODIES; b++) {
        const titr_sample few = some(3), many = some(12);
        omp_set_num_threads(1);
        titr_cohort one = draw(bodies[b], &few);
        omp_set_num_threads(3);
        titr_cohort two = draw(bodies[b], &many);
        cr_assert_eq(memcmp(one.child, two.child, one.n * sizeof *one.child), 0);
        titr_cohort_fini(&one);
        titr_cohort_fini(&two);
    }
}

Test(sample, another_seed_is_another_child)
{
    titr_sample a = some(1), b = some(1);
    b.seed = 2;
    titr_cohort one = draw(bodies[0], &a), two = draw(bodies[0], &b);
    cr_expect_neq(one.child[0].patient.age_years, two.child[0].patient.age_years);
    cr_expect_neq(one.child[0].patient.params[0], two.child[0].patient.params[0]);
    titr_cohort_fini(&one);
    titr_cohort_fini(&two);
}

Test(sample, covariates_are_those_asked_for)
{
    titr_sample s = some(60);
    s.age_years[0] = 5.0;
    s.age_years[1] = 7.5;
    s.sex = TITR_SEX_FEMALE;
    s.weight_percentile[0] = 75.0;
    s.weight_percentile[1] = 97.0;
    titr_cohort cohort = draw(bodies[1], &s);
    for (size_t i = 0; i < cohort.n; i++) {
        const titr_patient *p = &cohort.child[i].patient;
        titr_lms lms;
        titr_error err = {.what = ""};
        cr_expect(p->age_years >= 5.0 && p->age_years <= 7.5);
        cr_expect_eq(p->sex, TITR_SEX_FEMALE);
        cr_assert_eq(titr_growth_lms(TITR_GROWTH_WEIGHT_KG, p->sex, p->age_years, &lms, &err),
                     TITR_OK);
        const double z = titr_lms_z(lms, p->weight_kg); /* 75th: 0.674, 97th: 1.881 */
        cr_expect(z >= 0.6744 && z <= 1.8808, "z %g", z);
    }
    titr_cohort_fini(&cohort);
}

Test(sample, strata_are_equally_many)
{
    titr_sample s = some(40);
    s.stratified = 1;
    titr_cohort cohort = draw(bodies[1], &s);
    int count[TITR_AGE_BANDS][2] = {{0}};
    for (size_t i = 0; i < cohort.n; i++) {
        const titr_patient *p = &cohort.child[i].patient;
        size_t band = 0;
        while (p->age_years > titr_age_band_years[band + 1]) {
            band++;
        }
        count[band][p->sex == TITR_SEX_FEMALE]++;
    }
    for (size_t b = 0; b < TITR_AGE_BANDS; b++) {
        cr_expect_eq(count[b][0], 4);
        cr_expect_eq(count[b][1], 4);
    }
    titr_cohort_fini(&cohort);
}

/* A narrow range has the bands that it touches; one age is one band; a sex asked for is that of
 * all. */
Test(sample, strata_of_a_narrow_range)
{
    static const double from[] = {7.0, 7.0, 18.0, 2.0}, to[] = {10.0, 7.0, 18.0, 2.0};
    for (size_t r = 0; r < 4; r++) {
        titr_sample s = some(5);
        s.stratified = 1;
        s.age_years[0] = from[r];
        s.age_years[1] = to[r];
        s.sex = r == 0 ? TITR_SEX_UNKNOWN : TITR_SEX_MALE;
        titr_cohort cohort = draw(bodies[1], &s);
        int girls = 0, young = 0;
        for (size_t i = 0; i < cohort.n; i++) {
            const titr_patient *p = &cohort.child[i].patient;
            cr_expect(p->age_years >= from[r] && p->age_years <= to[r]);
            girls += p->sex == TITR_SEX_FEMALE;
            young += p->age_years < 9.0;
        }
        cr_expect_eq(girls,
                     r == 0 ? 2 : 0); /* bands, then sexes: 7-9 m, 9-10 m, 7-9 f, 9-10 f, 7-9 m */
        cr_expect_eq(young, r == 0 ? 3 : r == 2 ? 0 : 5);
        titr_cohort_fini(&cohort);
    }
}

/* The one that the need says, measured again: TDD and basal share to the root's tolerance. */
Test(sample, a_body_needs_what_it_was_made_to_need)
{
    for (size_t b = 0; b < N_BODIES; b++) {
        const titr_model_type *model = titr_model_find(bodies[b]);
        const titr_sample s = some(25);
        titr_sampler *sampler = NULL;
        titr_in_silico *bench = NULL;
        titr_error err = {.what = ""};
        cr_assert_eq(titr_sampler_create(&s, model, &sampler, &err), TITR_OK, "%s", err.what);
        cr_assert_eq(titr_in_silico_create(model, &bench, &err), TITR_OK, "%s", err.what);
        for (size_t i = 0; i < 25; i++) {
            titr_child child;
            titr_drawn d;
            cr_assert_eq(titr_sampler_draw(sampler, bench, i, &child, &d, &err), TITR_OK, "%s",
                         err.what);
            const double tdd_u = d.need.tdd_u_per_kg * child.patient.weight_kg;
            cr_expect_float_eq(d.is.tdd_u_per_d, tdd_u, 1e-3 * tdd_u, "%s", child.patient.id);
            cr_expect_float_eq(24.0 * d.is.basal_u_per_h, d.need.basal_share * tdd_u, 1e-9 * tdd_u);
            cr_expect_float_eq(d.is.fasting_mg_dl, d.need.fasting_mg_dl, 1e-9 * 100.0);
            cr_expect(d.is.untreated_12h_mg_dl >= 1.3 * d.is.fasting_mg_dl);
            /* settings: within two SD of the clinic's error */
            cr_expect(fabs(log(child.published.cr_g_per_u[0] / d.is.cr_g_per_u)) <= 0.3 + 1e-9);
            cr_expect(fabs(log(child.published.basal_u_per_h[5] / d.is.basal_u_per_h)) <=
                      0.2 + 1e-9);
            cr_expect_eq(child.published.target_mg_dl[12], 110.0);
        }
        titr_in_silico_destroy(bench);
        titr_sampler_destroy(sampler);
    }
}

/* A few hundred children hold what the long check holds of 2,000 (./dev validate
 * paediatric-scaling), but for what so few leave open. */
Test(sample, children_are_near_what_clinics_found)
{
    for (size_t b = 0; b < N_BODIES; b++) {
        const titr_model_type *model = titr_model_find(bodies[b]);
        const titr_sample s = some(200);
        titr_cohort cohort = draw(bodies[b], &s);
        titr_measured *is = calloc(cohort.n, sizeof *is);
        titr_error err = {.what = ""};
        size_t n = 0, missed = 0;
        cr_assert_not_null(is);
        cr_assert_eq(titr_cohort_measure(&cohort, model, is, &err), TITR_OK, "%s", err.what);
        const titr_clinic_figure *f = titr_clinic_figures(&n);
        for (size_t i = 0; i < n; i++) {
            missed += titr_clinic_compare(&f[i], &cohort, is).mean_holds ? 0 : 1;
        }
        cr_expect_leq(missed, 2, "%s: %zu means", bodies[b], missed);
        cr_expect_lt(cohort.rejected_percent, 8.0);
        cr_expect_not_null(strstr(cohort.note, "200 children drawn from seed 1"));
        free(is);
        titr_cohort_fini(&cohort);
    }
}

/* ---- what cannot be asked for ---- */

static void refused(titr_sample s, const char *says)
{
    titr_error err = {.what = ""};
    cr_expect_eq(titr_sample_check(&s, &err), TITR_ERR_RANGE);
    cr_expect_not_null(strstr(err.what, says), "'%s' says not '%s'", err.what, says);
}

Test(sample, what_cannot_be_drawn_is_refused)
{
    titr_sample s = some(0);
    refused(s, "n: 0 children");
    s = some(1000001);
    refused(s, "n: 1000001");
    s = some(1);
    s.age_years[0] = 1.0;
    refused(s, "age_years: [1, 18]");
    s = some(1);
    s.age_years[1] = 19.0;
    refused(s, "within 2 and 18");
    s = some(1);
    s.age_years[0] = 9.0;
    s.age_years[1] = 8.0;
    refused(s, "age_years: [9, 8]");
    s = some(1);
    s.age_years[0] = (double)NAN;
    refused(s, "age_years");
    s = some(1);
    s.weight_percentile[0] = 60.0;
    s.weight_percentile[1] = 50.0;
    refused(s, "weight_percentile: [60, 50]");
    s = some(1);
    s.weight_percentile[1] = 100.0;
    refused(s, "within 0.7 and 99.3");
}

static titr_status draw_two(void *body, titr_error *err)
{
    titr_cohort cohort;
    const titr_sample s = some(2);
    TITR_TRY(titr_cohort_load(&(titr_cohort_request){.source = "sample", .sample = &s},
                              titr_model_find(body), &cohort, err));
    titr_cohort_fini(&cohort);
    return TITR_OK;
}

Test(allocations, sample)
{
    char body[] = "glucose_hovorka";
    omp_set_num_threads(1);
    cr_expect_gt(allocations_fail_each(draw_two, body, 1), 4);
}
