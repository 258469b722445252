// SPDX-License-Identifier: GPL-3.0-or-later
/* Eating: order of events as in the reference trajectories (at most 5 g in a minute, a later meal
 * joins the queue). */
#include "titrate/env/scenario.h"

#include <criterion/criterion.h>

Test(mouth, a_meal_is_eaten_at_five_grams_a_minute)
{
    titr_mouth mouth = {0};
    static const double bites_g[] = {5.0, 5.0, 2.5, 0.0};
    for (size_t k = 0; k < sizeof bites_g / sizeof bites_g[0]; k++) {
        cr_assert_float_eq(titr_mouth_bite(&mouth, k == 0 ? 12.5 : 0.0), bites_g[k], 0.0);
    }
}

Test(mouth, a_later_meal_joins_the_queue)
{
    titr_mouth mouth = {0};
    static const double meals_g[] = {7.0, 6.0, 0.0, 0.0};
    static const double bites_g[] = {5.0, 5.0, 3.0, 0.0};
    for (size_t k = 0; k < sizeof bites_g / sizeof bites_g[0]; k++) {
        cr_assert_float_eq(titr_mouth_bite(&mouth, meals_g[k]), bites_g[k], 0.0);
    }
}

Test(mouth, everything_planned_is_eaten)
{
    titr_mouth mouth = {0};
    double eaten_g = titr_mouth_bite(&mouth, 48.3);
    for (int minute = 1; minute < 10; minute++) {
        eaten_g += titr_mouth_bite(&mouth, 0.0);
    }
    cr_assert_float_eq(eaten_g, 48.3, 1e-12);
    cr_assert_float_eq(mouth.planned_g, 0.0, 0.0);
}
