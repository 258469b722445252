// SPDX-License-Identifier: GPL-3.0-or-later
/* What children need, against the clinics' figures and the energy tables they come from. */
#include "titrate/cohort/need.h"

#include "titrate/base/clinical.h"

#include <criterion/criterion.h>
#include <math.h>

/* Estimated energy requirements, low active, of the DRI tables (boys, girls; reference weights and
 * heights) [iom2005]. */
Test(need, energy_is_that_of_the_tables)
{
    static const struct {
        double age, kg, cm;
        int female;
        double kcal;
    } row[] = {
        {3, 14.3, 95, 0, 1324},   {6, 20.7, 115, 0, 1535},  {8, 25.6, 128, 0, 1691},
        {9, 28.6, 134, 0, 1787},  {12, 40.5, 149, 0, 2113}, {15, 56.3, 170, 0, 2618},
        {18, 67.2, 176, 0, 2823}, {3, 13.9, 94, 1, 1243},   {6, 20.2, 115, 1, 1451},
        {9, 29.0, 133, 1, 1660},  {12, 41.6, 151, 1, 1909}, {15, 52.0, 162, 1, 2057},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const double kcal =
            titr_energy_iom2005_kcal(row[i].kg, row[i].cm, row[i].age, row[i].female);
        cr_expect_float_eq(kcal, row[i].kcal, 0.01 * row[i].kcal, "%g a: %g", row[i].age, kcal);
    }
    cr_expect_float_eq(titr_energy_iom2005_kcal(12.0, 86.0, 2.0, 0), 988.0, 1e-9);
}

/* 0.7 to 0.8 before puberty, the most in it, a fall after it [hanas2017] [kerouz1995]. */
Test(need, insulin_rises_in_puberty_and_falls_after)
{
    const titr_sex sexes[] = {TITR_SEX_MALE, TITR_SEX_FEMALE};
    for (size_t s = 0; s < 2; s++) {
        const double child = titr_need_tdd_u_per_kg(sexes[s], 7.0, 0.0);
        const double most = titr_need_tdd_u_per_kg(sexes[s], 14.0, 0.0);
        const double grown = titr_need_tdd_u_per_kg(sexes[s], 21.0, 0.0);
        cr_expect(child >= 0.7 && child <= 0.8);
        cr_expect(most >= 0.94 && most <= 1.25);
        cr_expect(grown / most >= 0.7 - 1e-12 && grown / most <= 0.8);
    }
    /* girls higher at 11 years, as they begin earlier */
    cr_expect_gt(titr_need_tdd_u_per_kg(TITR_SEX_FEMALE, 12.0, 0.0),
                 titr_need_tdd_u_per_kg(TITR_SEX_MALE, 12.0, 0.0));
    cr_expect_gt(titr_need_tdd_u_per_kg(TITR_SEX_MALE, 12.5, -1.0),
                 titr_need_tdd_u_per_kg(TITR_SEX_MALE, 12.5, 1.0));
}

/* Basal insulin of 0.25 (below 6 years), 0.33 (below 12), 0.43 U/kg/d (below 18) [bachran2012],
 * SD 0.12 to 0.15. */
Test(need, basal_insulin_is_near_that_of_the_survey)
{
    static const double age[] = {4.0, 9.0, 15.0}, want[] = {0.25, 0.33, 0.43};
    for (size_t i = 0; i < 3; i++) {
        const double basal =
            titr_need_basal_share(age[i]) * titr_need_tdd_u_per_kg(TITR_SEX_MALE, age[i], 0.0);
        cr_expect_float_eq(basal, want[i], 0.04, "%g a: %g U/kg/d", age[i], basal);
    }
    cr_expect_float_eq(titr_need_basal_share(7.0), 0.38, 0.02);
}

/* The lognormal spread keeps the mean. */
Test(need, spread_about_the_mean)
{
    const titr_patient p = {
        .age_years = 7.0, .weight_kg = 24.0, .height_cm = 122.0, .sex = TITR_SEX_MALE};
    double sum = 0.0, squares = 0.0;
    const int n = 4000;
    for (int i = 0; i < n; i++) {
        const double u = ((double)i + 0.5) / n;
        const titr_need_z z = {.tdd = titr_normal_quantile(u)};
        const double tdd = titr_need_of(&p, 0.0, z).tdd_u_per_kg;
        sum += tdd;
        squares += tdd * tdd;
    }
    const double mean = sum / n;
    cr_expect_float_eq(mean, 0.75, 1e-3);
    cr_expect_float_eq(sqrt(squares / n - mean * mean) / mean, 0.155, 2e-3);
    const titr_need low = titr_need_of(&p, 0.0, (titr_need_z){0.0, -2.0, -2.0});
    cr_expect_float_eq(low.basal_share, titr_need_basal_share(7.0) - 0.23, 1e-12);
    cr_expect_float_eq(low.fasting_mg_dl, 101.0, 1e-9);
}
