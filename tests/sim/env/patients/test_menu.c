// SPDX-License-Identifier: GPL-3.0-or-later
/* The answer about announced meals holds as long as the menu says, and no longer; the next meal is
 * the next meal. Against asking anew at every decision. */
#include "support/part.h"

#include "env/patients/menu.h"

#include <criterion/criterion.h>
#include <math.h>

/* Three days of meals at random whole minutes, every fifth not announced. */
static void plan(titri_menu *menu, uint32_t draw)
{
    const titr_rng_key key = {.seed = 11, .purpose = TITR_PURPOSE_TEST, .episode = draw};
    *menu = (titri_menu){.today = 1};
    for (unsigned day = 0; day < MENU_DAYS; day++) {
        const uint32_t n = titr_rng_below(key, day, 9);
        for (uint32_t k = 0; k < n; k++) {
            const uint32_t at = 100 * (day + 1) + k;
            const titr_meal meal = {.time_min = 1440.0 * day + titr_rng_below(key, at, 1440),
                                    .carbs_g = 1.0 + titr_rng_below(key, at + 50, 80),
                                    .carbs_announced_g = k % 5 == 4 ? 0.0 : 7.0 + k};
            cr_assert_eq(titr_day_plan_add(&menu->plan[day], meal, NULL), TITR_OK);
        }
    }
}

static int same(titri_announced a, titri_announced b)
{
    return a.interval_g == b.interval_g && a.recent_g == b.recent_g && a.last_min == b.last_min;
}

static void check(const titri_menu *menu, double interval_min, double reach_min)
{
    titri_announced held = {.holds_min = -HUGE_VAL};
    int asked = 0, changed = 0;
    for (double from_min = 1440.0 - interval_min; from_min < 2880.0; from_min += interval_min) {
        const titri_announced now = titri_menu_announced(menu, reach_min, from_min, interval_min);
        if (from_min <= held.holds_min) {
            cr_assert(same(now, held), "at %g min the answer no longer holds", from_min);
            continue;
        }
        asked++;
        changed += !same(now, held);
        held = now;
    }
    cr_assert(changed >= asked / 3, "asked %d times for %d changes", asked, changed);
}

Test(menu, an_answer_holds_as_long_as_it_says)
{
    static const double intervals_min[] = {1.0, 5.0, 7.0, 30.0, 180.0};
    for (uint32_t draw = 0; draw < 200; draw++) {
        titri_menu menu;
        plan(&menu, draw);
        for (size_t i = 0; i < sizeof intervals_min / sizeof intervals_min[0]; i++) {
            const double interval_min = intervals_min[i];
            check(&menu, interval_min, (ceil(240.0 / interval_min) - 1.0) * interval_min);
        }
    }
}

Test(menu, the_next_meal_is_the_first_at_or_after_now)
{
    for (uint32_t draw = 0; draw < 200; draw++) {
        titri_menu menu;
        plan(&menu, draw);
        for (double now_min = 1440.0; now_min < 4320.0; now_min += 17.0) {
            double want_min = HUGE_VAL;
            for (unsigned day = 1; day < MENU_DAYS; day++) {
                for (size_t k = 0; k < menu.plan[day].n; k++) {
                    const double at_min = menu.plan[day].meal[k].time_min;
                    want_min = at_min >= now_min ? fmin(want_min, at_min) : want_min;
                }
            }
            cr_assert_eq(titri_menu_next_min(&menu, now_min), want_min);
        }
    }
}
