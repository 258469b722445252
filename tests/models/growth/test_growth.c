// SPDX-License-Identifier: GPL-3.0-or-later
/* The LMS curves: medians and percentiles of the CDC 2000 tables, and what is drawn from them. */
#include "titrate/models/growth.h"

#include "titrate/base/rng.h"
#include "titrate/models/body_size.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define P95 1.6448536269514722 /* standard normal quantile */

static titr_lms lms_of(titr_growth_measure measure, titr_sex sex, double age_years)
{
    titr_lms lms;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_growth_lms(measure, sex, age_years, &lms, &err), TITR_OK, "%s", err.what);
    return lms;
}

/* Boys: at birth, one, ten and twenty years; percentiles as printed by the reference's own
 * interpolation. */
Test(growth, weights_of_boys)
{
    static const double want[][4] = {{0.25, 4.8289476, 6.0321404, 7.3521033},
                                     {1.0, 8.623076, 10.310195, 12.400615},
                                     {10.0, 24.845904, 31.935557, 45.903038},
                                     {20.0, 55.66071, 70.597615, 95.714314}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        const titr_lms lms = lms_of(TITR_GROWTH_WEIGHT_KG, TITR_SEX_MALE, want[i][0]);
        cr_expect_float_eq(titr_lms_value(lms, -P95), want[i][1], 1e-7 * want[i][1]);
        cr_expect_float_eq(titr_lms_value(lms, 0.0), want[i][2], 1e-7 * want[i][2]);
        cr_expect_float_eq(titr_lms_value(lms, P95), want[i][3], 1e-7 * want[i][3]);
    }
}

Test(growth, z_is_the_other_way_round)
{
    for (int measure = 0; measure < TITR_N_GROWTH; measure++) {
        const titr_lms lms = lms_of((titr_growth_measure)measure, TITR_SEX_FEMALE, 2.5);
        for (double z = -2.5; z <= 2.5; z += 0.5) {
            cr_expect_float_eq(titr_lms_z(lms, titr_lms_value(lms, z)), z, 1e-12);
        }
    }
    const titr_lms log_normal = {0.0, 20.0, 0.1};
    cr_expect_float_eq(titr_lms_value(log_normal, 2.0), 20.0 * exp(0.2), 1e-12);
    cr_expect_float_eq(titr_lms_z(log_normal, 20.0 * exp(0.2)), 2.0, 1e-12);
}

/* Of BMI (1) ends below three standard deviations, of what is drawn nowhere. */
Test(growth, curves_break_where_the_header_says)
{
    const titr_lms bmi = lms_of(TITR_GROWTH_BMI_KG_M2, TITR_SEX_FEMALE, 20.0);
    cr_expect(isnan(titr_lms_value(bmi, 2.8)));
    for (double age_years = 0.0; age_years <= 20.0; age_years += 0.25) {
        const titr_growth_measure drawn[] = {TITR_GROWTH_WEIGHT_KG, titr_growth_height(age_years)};
        for (int i = 0; i < 4; i++) {
            const titr_sex sex = i / 2 == 0 ? TITR_SEX_MALE : TITR_SEX_FEMALE;
            const titr_lms lms = lms_of(drawn[i % 2], sex, age_years);
            const double most = titr_lms_value(lms, TITR_GROWTH_Z_MAX);
            cr_expect(most > lms.m && titr_lms_value(lms, -TITR_GROWTH_Z_MAX) < lms.m);
        }
    }
}

Test(growth, ages_and_sexes_without_a_table_are_refused)
{
    titr_lms lms;
    titr_error err = {.what = ""};
    cr_expect_eq(titr_growth_lms(TITR_GROWTH_STATURE_CM, TITR_SEX_MALE, 1.9, &lms, &err),
                 TITR_ERR_RANGE);
    cr_expect_str_eq(err.what, "stature for age: 1.9 years, the table has 2 to 20");
    cr_expect_eq(titr_growth_lms(TITR_GROWTH_WEIGHT_KG, TITR_SEX_MALE, 20.1, &lms, &err),
                 TITR_ERR_RANGE);
    cr_expect_eq(titr_growth_lms(TITR_GROWTH_WEIGHT_KG, TITR_SEX_MALE, (double)NAN, &lms, &err),
                 TITR_ERR_RANGE);
    cr_expect_eq(titr_growth_lms(TITR_GROWTH_WEIGHT_KG, TITR_SEX_UNKNOWN, 5.0, &lms, &err),
                 TITR_ERR_RANGE);
    cr_expect_str_eq(err.what, "weight for age: the sex is unknown; expected male or female");
    double weight_kg, height_cm;
    cr_expect_eq(titr_growth_child(TITR_SEX_MALE, 5.0, 2.6, 0.0, &weight_kg, &height_cm, &err),
                 TITR_ERR_RANGE);
}

enum { CHILDREN = 20000 };

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* z of the BMI of children of one age, in order. */
static void draw_bmi_z(titr_sex sex, double age_years, double z[CHILDREN])
{
    const titr_rng_key key = {.seed = 5, .purpose = TITR_PURPOSE_TEST};
    const titr_lms bmi = lms_of(TITR_GROWTH_BMI_KG_M2, sex, age_years);
    for (uint32_t i = 0; i < CHILDREN; i++) {
        double weight_kg, height_cm, weight_z = titr_rng_normal(key, 2 * i);
        weight_z = fmin(fmax(weight_z, -TITR_GROWTH_Z_MAX), TITR_GROWTH_Z_MAX);
        cr_assert_eq(titr_growth_child(sex, age_years, weight_z, titr_rng_normal(key, 2 * i + 1),
                                       &weight_kg, &height_cm, NULL),
                     TITR_OK);
        z[i] = titr_lms_z(bmi, titr_bmi_kg_m2(weight_kg, height_cm));
    }
    qsort(z, CHILDREN, sizeof *z, ascending);
}

/* Weights and heights drawn together have the body mass indices of CDC's children, who are another
 * table: from the 5th to the 95th percentile 3.29 standard deviations, a median of 0. */
Test(growth, children_are_as_lean_and_stout_as_their_tables)
{
    static double z[CHILDREN];
    for (double age_years = 2.0; age_years <= 20.0; age_years += 3.0) {
        for (int s = 0; s < 2; s++) {
            draw_bmi_z(s == 0 ? TITR_SEX_MALE : TITR_SEX_FEMALE, age_years, z);
            const double width = z[CHILDREN * 95 / 100] - z[CHILDREN * 5 / 100];
            cr_expect_float_eq(width / (2.0 * P95), 1.0, 0.04, "%g years: %g", age_years, width);
            cr_expect_float_eq(z[CHILDREN / 2], 0.0, 0.35, "%g years: %g", age_years,
                               z[CHILDREN / 2]);
        }
    }
}

Test(growth, correlation_between_its_years)
{
    cr_expect_float_eq(titr_growth_correlation(TITR_SEX_MALE, 2.5),
                       0.5 * (titr_growth_correlation(TITR_SEX_MALE, 2.0) +
                              titr_growth_correlation(TITR_SEX_MALE, 3.0)),
                       1e-15);
    cr_expect_eq(titr_growth_correlation(TITR_SEX_FEMALE, 0.5),
                 titr_growth_correlation(TITR_SEX_FEMALE, 2.0));
    cr_expect_eq(titr_growth_correlation(TITR_SEX_FEMALE, 30.0),
                 titr_growth_correlation(TITR_SEX_FEMALE, 20.0));
}
