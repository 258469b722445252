// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/shield.h"

static guarded g;
static titr_slot rule;

static void begin(void)
{
    guarded_init(&g);
    rule = guarded_add(&g, "sensor_guard");
    guarded_start(&g);
    test_set(&g.r, TITR_OBS_CARBS_ANNOUNCED, 40.0); /* 2 U */
}

/* The schedule and the meal's bolus are left, no more. */
static int guards(void)
{
    const titr_dose dose = guarded_dose(&g, 0.9, 2.5);
    cr_assert((dose.basal_u_per_h == 0.4 && dose.bolus_u == 2.0) ||
              (dose.basal_u_per_h == 0.9 && dose.bolus_u == 2.5));
    return dose.basal_u_per_h == 0.4;
}

Test(shield_sensor_guard, missing_and_saturated, .init = begin)
{
    static const double trusted[] = {39.1, 120.0, 599.9};
    static const double not [] = {(double)NAN, 38.0, 39.0, 600.0, 700.0};
    for (size_t i = 0; i < 3; i++) {
        guarded_read(&g, trusted[i]);
        cr_assert(!guards(), "%g", trusted[i]);
    }
    for (size_t i = 0; i < 5; i++) {
        guarded_read(&g, not [i]);
        cr_assert(guards(), "%g", not [i]);
    }
    guarded_expect(guarded_dose(&g, 0.1, 1.0), 0.1, 1.0);
    guarded_fini(&g);
}

/* Three intervals of 5 min without any change; the record's repeats from before the episode do not
 * count. */
Test(shield_sensor_guard, stale, .init = begin)
{
    for (int k = 0; k < 3; k++) {
        cr_assert(!guards(), "decision %d", k); /* 200 mg/dL at 0, 5 and 10 min */
    }
    cr_assert(guards(), "the same at 15 min");
    guarded_read(&g, 200.0001);
    cr_assert(!guards());
    guarded_read(&g, 200.0001);
    cr_assert(!guards());
    guarded_read(&g, 200.0001);
    cr_assert(!guards());
    guarded_read(&g, 200.0001);
    cr_assert(guards());
    test_set_real(rule, "stale_min", 0.0);
    cr_assert(!guards());
    guarded_fini(&g);
}

/* Within half a milligram for 45 min: ten readings. */
Test(shield_sensor_guard, flat, .init = begin)
{
    for (int k = 0; k < 9; k++) {
        guarded_read(&g, 150.0 + (k % 2 ? 0.4 : 0.0));
        cr_assert(!guards(), "reading %d", k);
    }
    guarded_read(&g, 149.9);
    cr_assert(guards(), "149.9 to 150.4 mg/dL, all 45 min");
    guarded_read(&g, 150.5);
    cr_assert(!guards(), "149.9 to 150.5 mg/dL");
    test_set_real(rule, "flat_span_mg_dl", 0.7);
    cr_assert(guards());
    test_set_real(rule, "flat_min", 0.0);
    cr_assert(!guards());
    guarded_fini(&g);
}

/* An interval longer than the time: two readings tell. */
Test(shield_sensor_guard, long_intervals)
{
    guarded_init(&g);
    g.interval_min = 60.0;
    (void)guarded_add(&g, "sensor_guard");
    guarded_start(&g);
    test_set(&g.r, TITR_OBS_CARBS_ANNOUNCED, 40.0);
    cr_assert(!guards());
    cr_assert(guards(), "200 mg/dL as an hour ago");
    guarded_read(&g, 210.0);
    cr_assert(!guards());
    guarded_fini(&g);
}
