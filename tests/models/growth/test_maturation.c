// SPDX-License-Identifier: GPL-3.0-or-later
/* Kidneys and enzymes: limits of the formulas, creatinine by hand. The figures by age stand in
 * test_growth_reference.c. */
#include "titrate/models/maturation.h"

#include <criterion/criterion.h>
#include <math.h>

Test(maturation, half_at_its_half_time)
{
    cr_expect_float_eq(titr_maturation(47.7, 47.7, 3.4), 0.5, 1e-15);
    cr_expect_float_eq(titr_pma_weeks(0.0), 40.0, 0.0);
    cr_expect_float_eq(titr_pma_weeks(2.0), 40.0 + 2.0 * 365.25 / 7.0, 1e-12);
    cr_expect_float_eq(titr_gfr_ml_min(70.0, 1e6), 121.2, 1e-9);
}

Test(maturation, filtration_from_creatinine)
{
    cr_expect_float_eq(titr_egfr_bedside(120.0, 0.5), 0.413 * 120.0 / 0.5, 1e-12);
    cr_expect_float_eq(titr_egfr_schwartz(TITR_SEX_MALE, 0.5, 0, 60.0, 0.3), 90.0, 1e-12);
    cr_expect_float_eq(titr_egfr_schwartz(TITR_SEX_MALE, 0.5, 1, 60.0, 0.3), 66.0, 1e-12);
    cr_expect_float_eq(titr_egfr_schwartz(TITR_SEX_MALE, 12.9, 0, 150.0, 0.5), 165.0, 1e-12);
    cr_expect_float_eq(titr_egfr_schwartz(TITR_SEX_MALE, 13.0, 0, 150.0, 0.5), 210.0, 1e-12);
    cr_expect_float_eq(titr_egfr_schwartz(TITR_SEX_FEMALE, 15.0, 0, 150.0, 0.5), 165.0, 1e-12);
}

/* From the share at birth, half way at a50, no further than the cap. */
Test(maturation, enzymes_between_birth_and_their_most)
{
    size_t n = 0;
    const titr_enzyme *all = titr_enzymes(&n);
    cr_assert_eq(n, 15);
    for (size_t i = 0; i < n; i++) {
        const titr_enzyme *e = &all[i];
        cr_expect_eq(titr_enzyme_find(e->name), e);
        cr_expect_eq(titr_enzyme_share(e, 0.0), e->birth);
        cr_expect_float_eq(titr_enzyme_share(e, e->a50_years), 0.5 * (e->birth + e->most), 1e-15);
        cr_expect_eq(titr_enzyme_share(e, 90.0), titr_enzyme_share(e, e->cap_years));
    }
    cr_expect_null(titr_enzyme_find("CYP3A5"));
}

Test(maturation, what_cannot_be_is_not_a_number)
{
    cr_expect(isnan(titr_pma_weeks(-0.1)) && isnan(titr_maturation(0.0, 1.0, 1.0)));
    cr_expect(isnan(titr_egfr_bedside(120.0, 0.0)));
    cr_expect(isnan(titr_egfr_schwartz(TITR_SEX_UNKNOWN, 5.0, 0, 110.0, 0.4)));
    cr_expect(isnan(titr_enzyme_share(titr_enzyme_find("CYP3A4"), -1.0)));
}
