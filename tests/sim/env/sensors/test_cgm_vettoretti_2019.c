// SPDX-License-Identifier: GPL-3.0-or-later
/* Sensors that differ: what is drawn for each, against the same rejection sampling by another
 * program (numpy, 400,000 draws of the peer's mean and covariance, 73.1 % kept):
 *
 *             a0      a1        a2         b0      SD of the noise: mean, 5 %, 50 %, 95 %
 *   mean   0.9414  0.00844  -0.000845   5.936      7.30   4.40   7.44   9.67
 *   SD     0.1092  0.0405    0.00350    5.055
 */
#include "noise.h"

#include <stdlib.h>

enum { SENSORS = 20000, A0 = 0, A1, A2, B0, ALPHA1, ALPHA2, SIGMA };

static titr_rng_key key_of(uint32_t episode)
{
    return (titr_rng_key){5, TITR_PURPOSE_SENSOR, 9, episode};
}

Test(cgm_vettoretti_2019, keeps_what_every_sensor_promises)
{
    sensor_contract("cgm_vettoretti_2019");
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

Test(cgm_vettoretti_2019, sensors_differ_as_the_peers_do, .timeout = 60)
{
    static double drawn[4][SENSORS], sd[SENSORS];
    static const double mean[4] = {0.9414, 0.00844, -0.000845, 5.936};
    static const double spread[4] = {0.1092, 0.0405, 0.00350, 5.055};
    const titr_sensor_type *type = titr_sensor_find("cgm_vettoretti_2019");
    titr_slot slot = test_slot(type);
    for (uint32_t i = 0; i < SENSORS; i++) {
        double state[SENSOR_STATE_MAX];
        type->start(slot.def, key_of(i), 0, state);
        for (int k = 0; k < 4; k++) {
            drawn[k][i] = state[k];
        }
        sd[i] = sqrt(ar2_variance(state[ALPHA1], state[ALPHA2], state[SIGMA] * state[SIGMA]));
        cr_assert(sd[i] <= 10.0);
    }
    for (int k = 0; k < 4; k++) {
        const moments m = moments_of(drawn[k], SENSORS);
        cr_expect_float_eq(m.mean, mean[k], 4.0 * spread[k] / sqrt((double)SENSORS) + 5e-5);
        cr_expect_float_eq(m.sd, spread[k], 0.03 * spread[k]);
    }
    qsort(sd, SENSORS, sizeof *sd, ascending);
    cr_expect_float_eq(moments_of(sd, SENSORS).mean, 7.30, 0.05);
    cr_expect_float_eq(sd[SENSORS / 20], 4.40, 0.12);
    cr_expect_float_eq(sd[SENSORS / 2], 7.44, 0.08);
    cr_expect_float_eq(sd[SENSORS * 19 / 20], 9.67, 0.04);
    titr_slot_fini(&slot);
}

/* Without differences between them: the mean sensor, whose SD is 9.3 mg/dL in closed form. */
Test(cgm_vettoretti_2019, noise_has_the_moments_of_its_equation, .timeout = 60)
{
    enum { SAMPLES = 400000 };
    static double error[SAMPLES];
    titr_slot slot = test_slot(titr_sensor_find("cgm_vettoretti_2019"));
    const double sd = sqrt(ar2_variance(1.26041, -0.402223, 3.25164 * 3.25164));
    test_set_real(slot, "spread", 0.0);
    test_set_real(slot, "most_noise_mg_dl", 100.0);
    test_set_real(slot, "life_days", 0.1);
    sensor_errors(slot, key_of(1), 5.0, 150.0, error, SAMPLES);
    const moments m = moments_of(error, SAMPLES);
    cr_expect_float_eq(m.mean, 0.942288 * 150.0 + 6.3826 - 150.0, 0.3);
    cr_expect_float_eq(m.sd, sd, 0.012 * sd, "%g, closed form %g", m.sd, sd);
    cr_expect_float_eq(m.lag1, 1.26041 / 1.402223, 0.005);
    titr_slot_fini(&slot);
}

/* After ten days another one, with other numbers, and drift begins again. */
Test(cgm_vettoretti_2019, a_new_sensor_goes_in)
{
    const titr_sensor_type *type = titr_sensor_find("cgm_vettoretti_2019");
    titr_slot slot = test_slot(type);
    double state[SENSOR_STATE_MAX];
    const titr_rng_key key = key_of(3);
    type->start(slot.def, key, 0, state);
    const double first = state[A0];
    (void)sensor_read(type, slot.def, key, state, 10.0 * 1440.0 - 5.0, 150.0);
    cr_expect_eq(state[A0], first);
    (void)sensor_read(type, slot.def, key, state, 10.0 * 1440.0, 150.0);
    cr_expect_neq(state[A0], first);
    titr_slot_fini(&slot);
}
