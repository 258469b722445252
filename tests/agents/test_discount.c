// SPDX-License-Identifier: GPL-3.0-or-later
/* The discount over intervals of any length. */
#include "titrate/agents/discount.h"

#include <criterion/criterion.h>
#include <math.h>

Test(discount, a_regular_interval_counts_exactly_gamma)
{
    static const double gamma[] = {0.95, 0.99, 0.999, 1.0, 1e-6};
    static const double interval_min[] = {1.0, 5.0, 0.3, 1440.0};
    for (int g = 0; g < 5; g++) {
        for (int i = 0; i < 4; i++) {
            const titr_discount d = {gamma[g], 180.0, interval_min[i]};
            cr_assert_eq(titr_discount_over(&d, interval_min[i]), gamma[g]);
        }
    }
}

Test(discount, other_intervals_count_gamma_to_their_length)
{
    const titr_discount d = {0.9, 180.0, 5.0};
    for (double elapsed_min = 0.0; elapsed_min < 60.0; elapsed_min += 0.7) {
        cr_assert_float_eq(titr_discount_over(&d, elapsed_min), pow(0.9, elapsed_min / 5.0), 1e-14);
    }
    const titr_discount none = {1.0, 180.0, 5.0};
    cr_assert_eq(titr_discount_over(&none, 12.3), 1.0);
}

Test(discount, without_gamma_the_half_life_counts)
{
    const titr_discount d = {(double)NAN, 50.0, 5.0};
    cr_assert_float_eq(titr_discount_over(&d, 50.0), 0.5, 1e-15);
    cr_assert_float_eq(titr_discount_over(&d, 5.0), pow(0.5, 0.1), 1e-15);
    cr_assert_float_eq(titr_discount_over(&d, 100.0), 0.25, 1e-15);
}
