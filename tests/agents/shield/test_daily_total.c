// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/shield.h"

static guarded g;

/* One decision in 6 h; 20 U/d, 30 kg. */
static titr_slot begin(int by)
{
    guarded_init(&g);
    g.interval_min = 360.0;
    const titr_slot slot = guarded_add(&g, "daily_total");
    test_set_flag(slot, "by", by);
    guarded_start(&g);
    return slot;
}

/* Twice 20 U in 24 h. Scheduled 0.4 U/h are 2.4 U in 6 h. First 37.6 U are left for boluses; then
 * the schedule alone, although it goes beyond, until the first interval is 24 h ago. */
Test(shield_daily_total, rolls)
{
    (void)begin(0);
    guarded_expect(guarded_dose(&g, 0.4, 99.0), 0.4, 37.6);
    guarded_expect(guarded_dose(&g, 0.9, 1.0), 0.4, 0.0);
    guarded_expect(guarded_dose(&g, 0.2, 1.0), 0.2, 0.0);
    guarded_expect(guarded_dose(&g, 0.4, 1.0), 0.4, 0.0);
    /* the three intervals before: 2.4 + 1.2 + 2.4 = 6 U; 40 - 6 - 2.4 = 31.6 U are left */
    guarded_expect(guarded_dose(&g, 0.4, 99.0), 0.4, 31.6);
    g.first[TEST_LANE] = 1;
    guarded_expect(guarded_dose(&g, 0.4, 99.0), 0.4, 37.6);
    guarded_fini(&g);
}

/* What a bolus leaves is there for a rate above the schedule: 37.6 - 31.6 = 6 U in 6 h. */
Test(shield_daily_total, bolus_before_rate)
{
    (void)begin(0);
    guarded_expect(guarded_dose(&g, 9.0, 31.6), 1.4, 31.6);
    guarded_fini(&g);
}

/* 1.8 U/kg are 54 U in a child, 2.7 are 81 U from 12 years on; both: 40 U by the total. */
Test(shield_daily_total, by_weight_and_age)
{
    (void)begin(1);
    guarded_expect(guarded_dose(&g, 0.4, 99.0), 0.4, 54.0 - 2.4);
    guarded_fini(&g);
    (void)begin(1);
    test_set(&g.r, TITR_OBS_AGE, 12.0);
    guarded_expect(guarded_dose(&g, 0.4, 99.0), 0.4, 81.0 - 2.4);
    guarded_fini(&g);
    (void)begin(2);
    guarded_expect(guarded_dose(&g, 0.4, 99.0), 0.4, 37.6);
    guarded_fini(&g);
    (void)begin(2);
    test_set(&g.r, TITR_OBS_WEIGHT, 12.0);
    guarded_expect(guarded_dose(&g, 0.4, 99.0), 0.4, 21.6 - 2.4);
    guarded_fini(&g);
}

/* At 5 min the sum over a day's decisions stays what it is by hand: 288 times 0.05 U. */
Test(shield_daily_total, many_decisions)
{
    guarded_init(&g);
    test_set_flag(guarded_add(&g, "daily_total"), "by", 0);
    guarded_start(&g);
    for (int k = 0; k < 1000; k++) {
        guarded_expect(guarded_dose(&g, 0.6, 0.0), 0.6, 0.0);
    }
    /* 287 x 0.05 U before; 40 - 14.35 - 0.0333 */
    const titr_dose dose = guarded_dose(&g, 0.4, 99.0);
    cr_assert_float_eq(dose.bolus_u, 40.0 - 287.0 * 0.05 - 0.4 / 12.0, 1e-9);
    guarded_fini(&g);
}
