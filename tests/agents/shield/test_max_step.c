// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/shield.h"

/* Scheduled 0.4 U/h, a rise of as much: 0.8, 1.2; down at once; from below the schedule 0.8 again.
 */
Test(shield_max_step, rises_step_by_step)
{
    guarded g;
    guarded_init(&g);
    const titr_slot slot = guarded_add(&g, "max_step");
    guarded_start(&g);
    guarded_expect(guarded_dose(&g, 2.0, 9.0), 0.8, 9.0);
    guarded_expect(guarded_dose(&g, 2.0, 9.0), 1.2, 9.0);
    guarded_expect(guarded_dose(&g, 0.0, 9.0), 0.0, 9.0);
    guarded_expect(guarded_dose(&g, 2.0, 9.0), 0.8, 9.0);
    g.first[TEST_LANE] = 1;
    guarded_expect(guarded_dose(&g, 2.0, 9.0), 0.8, 9.0);
    test_set_real(slot, "times_scheduled", 0.0);
    guarded_expect(guarded_dose(&g, 2.0, 9.0), 0.8, 9.0);
    guarded_fini(&g);
}
