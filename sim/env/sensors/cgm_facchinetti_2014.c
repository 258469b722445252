// SPDX-License-Identifier: GPL-3.0-or-later
/* CGM of a second generation, Dexcom SEVEN Plus [facchinetti2014].
 * Equations: drift.h. Figures: eq. (13), (14) and table 1 of the paper, taken from a peer's source
 * [lt1]; variances 14.45 and 11.3 (mg/dL)^2. Oracle: closed-form moments of the noise,
 * tests/sim/env/sensors/test_cgm_facchinetti_2014.c. */
#include "drift.h"

static const titr_option options[] = {
    TITRI_DRIFT_ROWS("facchinetti2014", 1.1, 2e-4, 0.0, -14.8, 0.04, 0.0)};

static const titri_drift_noise noise = {
    .own = {1.013, -0.2135, 3.8013155617496426},
    .common = {1.23, -0.3995, 3.361547262794322},
};

TITRI_DRIFT_SENSOR(cgm_facchinetti_2014,
                   "CGM with drifting calibration and noise of SD 10 mg/dL (SEVEN Plus)",
                   "facchinetti2014");
