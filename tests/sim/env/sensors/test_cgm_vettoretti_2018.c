// SPDX-License-Identifier: GPL-3.0-or-later
/* Drift by hand, noise against the closed-form moments of its autoregressive process. */
#include "noise.h"

enum { SAMPLES = 400000 };

static const titr_rng_key key = {.seed = 5, .purpose = TITR_PURPOSE_SENSOR, .patient = 9, 1001};

Test(cgm_vettoretti_2018, keeps_what_every_sensor_promises)
{
    sensor_contract("cgm_vettoretti_2018");
}

Test(cgm_vettoretti_2018, calibration_drifts_by_two_percent_a_day)
{
    titr_slot slot = test_slot(titr_sensor_find("cgm_vettoretti_2018"));
    double error[145];
    test_set_real(slot, "noise", 0.0);
    sensor_errors(slot, key, 5.0, 100.0, error, 145);
    cr_expect_float_eq(error[0], 104.0 - 8.75 - 100.0, 1e-10);
    cr_expect_float_eq(error[143] - error[0], 0.02 * 100.0 * 143.0 / 288.0, 1e-10);
    cr_expect_float_eq(error[144], error[0], 1e-10);
    titr_slot_fini(&slot);
}

Test(cgm_vettoretti_2018, noise_has_the_moments_of_its_equation, .timeout = 60)
{
    static double error[SAMPLES];
    const double sd = sqrt(ar2_variance(1.27, -0.42, 7.64));
    const double lag1 = 1.27 / 1.42, lag2 = 1.27 * lag1 - 0.42;
    titr_slot slot = test_slot(titr_sensor_find("cgm_vettoretti_2018"));
    test_set_real(slot, "a1_per_d", 0.0);
    sensor_errors(slot, key, 5.0, 200.0, error, SAMPLES);
    const moments m = moments_of(error, SAMPLES);
    cr_log_info("SD %.3f, closed form %.3f; lag 1 %.4f, closed form %.4f", m.sd, sd, m.lag1, lag1);
    cr_expect_float_eq(m.mean, 0.04 * 200.0 - 8.75, 0.3);
    cr_expect_float_eq(m.sd, sd, 0.01 * sd);
    cr_expect_float_eq(m.lag1, lag1, 0.005);
    cr_expect_float_eq(m.lag2, lag2, 0.01);
    titr_slot_fini(&slot);
}
