// SPDX-License-Identifier: GPL-3.0-or-later
/* CGM of a fifth generation, Dexcom G5 [vettoretti2018].
 * Equations: drift.h. Figures: table 1 of the paper, taken from a peer's source [lt1];
 * variance 7.64 (mg/dL)^2. Oracle: closed-form moments of the noise,
 * tests/sim/env/sensors/test_cgm_vettoretti_2018.c. */
#include "drift.h"

static const titr_option options[] = {
    TITRI_DRIFT_ROWS("vettoretti2018", 1.04, 0.02, 0.0, -8.75, 0.0, 0.0)};

static const titri_drift_noise noise = {
    .own = {1.27, -0.42, 2.7640549922170505},
};

TITRI_DRIFT_SENSOR(cgm_vettoretti_2018,
                   "CGM with drifting calibration and noise of SD 7 mg/dL (G5)", "vettoretti2018");
