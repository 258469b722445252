// SPDX-License-Identifier: GPL-3.0-or-later
/* The perfect sensor reads what is there, at its sample times. */
#include "support/one_lane.h"

#include "support/part.h"

#include <criterion/criterion.h>
#include <math.h>

Test(cgm_perfect, reads_true_glucose_at_its_sample_time)
{
    double state[2];
    const titr_rng_key key = {.seed = 1};
    const titr_sensor_type *type = titr_sensor_find("cgm_perfect");
    titr_slot slot = test_slot(type);
    cr_assert_eq(type->n_state, 2);
    type->start(slot.def, key, 0, state);
    for (int minute = 0; minute < 30; minute++) {
        const double got = sensor_read(type, slot.def, key, state, minute, 10.0 * minute);
        cr_assert_float_eq(got, 10.0 * (minute - minute % 5), 0.0);
    }
    cr_assert(isnan(sensor_read(type, slot.def, key, state, 30.0, (double)NAN)));
    titr_slot_fini(&slot);
}
