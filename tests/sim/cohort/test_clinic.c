// SPDX-License-Identifier: GPL-3.0-or-later
/* Figures of clinics beside a cohort: means, SDs and bounds by hand. */
#include "titrate/cohort/clinic.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define N 4
#define NONE ((double)NAN)

/* Four children of 3, 4, 5 and 18 years whose insulin acts as long as told. */
static titr_clinic_match compare(titr_clinic_figure figure, const double *action_h)
{
    titr_child child[N];
    titr_measured is[N];
    static const double age[N] = {3.0, 4.0, 5.0, 18.0};
    memset(child, 0, sizeof child);
    for (size_t i = 0; i < N; i++) {
        child[i].patient.age_years = age[i];
        is[i] = (titr_measured){.cr_g_per_u = isnan(action_h[i]) ? (double)NAN : 10.0,
                                .action_h = action_h[i]};
    }
    const titr_cohort cohort = {.child = child, .n = N};
    return titr_clinic_compare(&figure, &cohort, is);
}

static titr_clinic_figure acts(double lo, double hi, double sd, titr_clinic_basis basis)
{
    return (titr_clinic_figure){
        TITR_CLINIC_ACTION_H, {2.0, 6.0}, {lo, hi}, {sd, sd}, basis, "none"};
}

Test(clinic, mean_and_sd_are_those_of_the_band)
{
    const double action_h[N] = {2.0, 3.0, 4.0, 99.0};
    const titr_clinic_match m = compare(acts(3.0, 3.0, 1.0, TITR_CLINIC_OF_BODY), action_h);
    cr_expect_eq(m.n, 3);
    cr_expect_float_eq(m.mean, 3.0, 1e-12);
    cr_expect_float_eq(m.sd, 1.0, 1e-12);
    cr_expect(m.mean_holds && m.sd_holds);
}

Test(clinic, bounds_are_a_tenth_a_fifth_and_a_quarter)
{
    const double action_h[N] = {2.0, 3.0, 4.0, 0.0};
    static const struct {
        double lo, hi, sd;
        titr_clinic_basis basis;
        int mean, sd_holds;
    } row[] = {
        {3.3, 9.0, 1.3, TITR_CLINIC_FITTED, 1, 1}, /* 3.0 >= 0.9 x 3.3; 1.0 >= 0.75 x 1.3 */
        {3.4, 9.0, 1.4, TITR_CLINIC_FITTED, 0, 0},   {3.7, 9.0, 0.81, TITR_CLINIC_OF_NEED, 1, 1},
        {3.8, 9.0, 0.79, TITR_CLINIC_OF_BODY, 0, 0}, {1.0, 2.51, 1.0, TITR_CLINIC_OF_BODY, 1, 1},
        {1.0, 2.49, 1.0, TITR_CLINIC_OF_BODY, 0, 1}, {1.0, 2.74, 1.0, TITR_CLINIC_FITTED, 1, 1},
        {1.0, 2.72, 1.0, TITR_CLINIC_FITTED, 0, 1},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const titr_clinic_match m =
            compare(acts(row[i].lo, row[i].hi, row[i].sd, row[i].basis), action_h);
        cr_expect_eq(m.mean_holds, row[i].mean, "row %zu", i);
        cr_expect_eq(m.sd_holds, row[i].sd_holds, "row %zu", i);
    }
}

Test(clinic, who_was_not_measured_does_not_count)
{
    const double none[N] = {NONE, NONE, NONE, NONE}, one[N] = {NONE, 2.5, NONE, NONE};
    const titr_clinic_match nobody = compare(acts(3.0, 3.0, 1.0, TITR_CLINIC_OF_BODY), none);
    cr_expect_eq(nobody.n, 0);
    cr_expect(isnan(nobody.mean) && isnan(nobody.sd) && nobody.mean_holds && nobody.sd_holds);
    const titr_clinic_match single = compare(acts(3.0, 3.0, 1.0, TITR_CLINIC_OF_BODY), one);
    cr_expect_eq(single.n, 1);
    cr_expect_float_eq(single.mean, 2.5, 1e-12);
    cr_expect(isnan(single.sd));
}

Test(clinic, who_is_18_belongs_to_the_last_band)
{
    const double young[2] = {2.0, 6.0}, last[2] = {15.0, 18.0};
    cr_expect(titr_clinic_is_aged(2.0, young) && !titr_clinic_is_aged(6.0, young));
    cr_expect(titr_clinic_is_aged(15.0, last) && titr_clinic_is_aged(18.0, last));
    cr_expect_not(titr_clinic_is_aged(18.5, last));
}

Test(clinic, every_figure_has_a_name_a_range_and_a_source)
{
    size_t n = 0;
    const titr_clinic_figure *f = titr_clinic_figures(&n);
    cr_assert_gt(n, 10);
    for (size_t i = 0; i < n; i++) {
        cr_expect_leq(f[i].mean[0], f[i].mean[1]);
        cr_expect_gt(strlen(f[i].source), 4);
        cr_expect_gt(strlen(titr_clinic_name(f[i].quantity)), 4);
        cr_expect_gt(strlen(titr_clinic_basis_name(f[i].basis)), 4);
    }
}
