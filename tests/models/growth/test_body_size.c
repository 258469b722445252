// SPDX-License-Identifier: GPL-3.0-or-later
/* Body surface and fat-free mass: worked examples of another program (clinPK's tests). */
#include "titrate/models/body_size.h"

#include <criterion/criterion.h>
#include <math.h>

Test(body_size, surface_of_80_kg_and_180_cm)
{
    static const double want[TITR_N_BSA] = {2.000, 2.007, 1.996, 2.009};
    for (int f = 0; f < TITR_N_BSA; f++) {
        cr_expect_float_eq(titr_bsa_m2((titr_bsa_formula)f, 80.0, 180.0), want[f], 5e-4);
    }
}

Test(body_size, fat_free_mass)
{
    cr_expect_float_eq(titr_ffm_kg(TITR_FFM_ALSALLAMI, TITR_SEX_MALE, 20.0, 80.0, 150.0), 51.605376,
                       5e-7);
    cr_expect_float_eq(titr_ffm_kg(TITR_FFM_ALSALLAMI, TITR_SEX_FEMALE, 12.0, 60.0, 140.0), 36.0,
                       0.5);
    cr_expect_float_eq(titr_ffm_kg(TITR_FFM_JANMAHASATIAN, TITR_SEX_MALE, (double)NAN, 80.0, 150.0),
                       51.643454, 5e-7);
}

Test(body_size, allometry_of_the_standard_adult_is_1)
{
    cr_expect_eq(titr_allometry(70.0, 0.75), 1.0);
    cr_expect_float_eq(titr_allometry(17.5, -0.25), sqrt(2.0), 1e-15);
}

Test(body_size, what_cannot_be_is_not_a_number)
{
    cr_expect(isnan(titr_bmi_kg_m2(0.0, 100.0)) && isnan(titr_bmi_kg_m2(10.0, -1.0)));
    cr_expect(isnan(titr_bsa_m2(TITR_BSA_HAYCOCK, -1.0, 100.0)));
    cr_expect(isnan(titr_ffm_kg(TITR_FFM_ALSALLAMI, TITR_SEX_UNKNOWN, 5.0, 20.0, 110.0)));
    cr_expect(isnan(titr_ffm_kg(TITR_FFM_ALSALLAMI, TITR_SEX_MALE, 0.0, 20.0, 110.0)));
    cr_expect(isnan(titr_allometry(0.0, 1.0)));
}
