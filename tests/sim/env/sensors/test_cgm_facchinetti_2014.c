// SPDX-License-Identifier: GPL-3.0-or-later
/* Drift by hand, noise against the closed-form moments of two autoregressive processes. */
#include "noise.h"

enum { SAMPLES = 400000 };

static const titr_rng_key key = {.seed = 5, .purpose = TITR_PURPOSE_SENSOR, .patient = 9, 1001};

Test(cgm_facchinetti_2014, keeps_what_every_sensor_promises)
{
    sensor_contract("cgm_facchinetti_2014");
}

/* Of 150 mg/dL 1.1 x 150 - 14.8 in the beginning; 2e-4 and 0.04 a day, begun again each half day.
 */
Test(cgm_facchinetti_2014, calibration_drifts_and_is_done_again)
{
    titr_slot slot = test_slot(titr_sensor_find("cgm_facchinetti_2014"));
    double error[289];
    test_set_real(slot, "noise", 0.0);
    sensor_errors(slot, key, 5.0, 150.0, error, 289);
    cr_expect_float_eq(error[0], 1.1 * 150.0 - 14.8 - 150.0, 1e-10);
    cr_expect_float_eq(error[143] - error[0], (2e-4 * 150.0 + 0.04) * 143.0 / 288.0, 1e-10);
    cr_expect_float_eq(error[144], error[0], 1e-10);
    cr_expect_float_eq(error[150], error[6], 1e-10);
    titr_slot_fini(&slot);
}

/* Both processes together: variances and covariances add. */
Test(cgm_facchinetti_2014, noise_has_the_moments_of_its_equations, .timeout = 60)
{
    static double error[SAMPLES];
    const double own = ar2_variance(1.013, -0.2135, 14.45);
    const double common = ar2_variance(1.23, -0.3995, 11.3);
    const double sd = sqrt(own + common);
    const double lag1 = (own * 1.013 / 1.2135 + common * 1.23 / 1.3995) / (own + common);
    titr_slot slot = test_slot(titr_sensor_find("cgm_facchinetti_2014"));
    test_set_real(slot, "a1_per_d", 0.0);
    test_set_real(slot, "b1_mg_dl_per_d", 0.0);
    sensor_errors(slot, key, 5.0, 200.0, error, SAMPLES);
    const moments m = moments_of(error, SAMPLES);
    cr_log_info("SD %.3f, closed form %.3f; lag 1 %.4f, closed form %.4f", m.sd, sd, m.lag1, lag1);
    cr_expect_float_eq(m.mean, 0.1 * 200.0 - 14.8, 0.3);
    cr_expect_float_eq(m.sd, sd, 0.01 * sd);
    cr_expect_float_eq(m.lag1, lag1, 0.005);
    titr_slot_fini(&slot);
}
