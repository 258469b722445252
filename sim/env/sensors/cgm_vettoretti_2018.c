// SPDX-License-Identifier: GPL-3.0-or-later
/* CGM of a fifth generation, Dexcom G5 [vettoretti2018].
 * Equations: drift.h. Figures: table 1 of the paper, taken from a peer's source [lt1];
 * variance 7.64 (mg/dL)^2. Oracle: closed-form moments of the noise,
 * tests/sim/env/sensors/test_cgm_vettoretti_2018.c. */
#include "drift.h"

#include "titrate/env/sensor.h"

#include <stddef.h>

static const titr_option options[] = {
    TITRI_DRIFT_DEVICE_ROWS(titri_drift_def),
    TITRI_DRIFT_REAL("calibrate_every_days", "d", 0.5, 0.01, 30.0,
                     "days from one calibration to the next, where drift begins again", "assumed",
                     calibrate_every_days),
    TITRI_DRIFT_REAL("a0", "1", 1.04, -2.0, 2.0,
                     "gain of the calibration line, power 0 of the days since", "vettoretti2018",
                     a[0]),
    TITRI_DRIFT_REAL("a1_per_d", "/d", 0.02, -2.0, 2.0,
                     "gain of the calibration line, power 1 of the days since", "vettoretti2018",
                     a[1]),
    TITRI_DRIFT_REAL("a2_per_d2", "/d2", 0.0, -2.0, 2.0,
                     "gain of the calibration line, power 2 of the days since", "vettoretti2018",
                     a[2]),
    TITRI_DRIFT_REAL("b0_mg_dl", "mg/dL", -8.75, -100.0, 100.0,
                     "offset of the calibration line, power 0 of the days since", "vettoretti2018",
                     b[0]),
    TITRI_DRIFT_REAL("b1_mg_dl_per_d", "mg/dL/d", 0.0, -100.0, 100.0,
                     "offset of the calibration line, power 1 of the days since", "vettoretti2018",
                     b[1]),
    TITRI_DRIFT_REAL("b2_mg_dl_per_d2", "mg/dL/d2", 0.0, -100.0, 100.0,
                     "offset of the calibration line, power 2 of the days since", "vettoretti2018",
                     b[2]),
    TITRI_DRIFT_REAL("noise", "1", 1.0, 0.0, 5.0, "times the published noise", "vettoretti2018",
                     noise),
    TITRI_SENSOR_FAULT_ROWS,
};

static const titri_drift_noise noise = {
    .own = {1.27, -0.42, 2.764054992217051},
};

static void start(const void *def, titr_rng_key key, size_t lane, double *state)
{
    (void)def;
    titri_drift_start(&noise, key, lane, state);
}

static void read_sensor(const void *def, const titr_rng_key *key, const double *time_min,
                        const double *glucose_mg_dl, double *state, double *reading_mg_dl)
{
    titri_drift_read(def, &noise, key, time_min, glucose_mg_dl, state, reading_mg_dl);
}

const titr_sensor_type TITR_SYMBOL(titr_sensor_cgm_vettoretti_2018) = {
    .part = {.name = "cgm_vettoretti_2018",
             .doc = "CGM with drifting calibration and noise of SD 7 mg/dL (G5)",
             .source = "vettoretti2018",
             TITR_OPTIONS(options, titri_drift_def)},
    .n_state = TITRI_DRIFT_STATES,
    .start = start,
    .read = read_sensor,
};
