// SPDX-License-Identifier: GPL-3.0-or-later
/* A pump that delivers exactly what is requested: no limits, no pulses, as the published
 * environments do [simglucose]. A negative request delivers nothing.
 * Oracle: the sum of the requests, tests/sim/env/pumps/test_pump_ideal.c. */
#include "titrate/base/lanes.h"
#include "titrate/base/units.h"
#include "titrate/env/pump.h"

static void request(const void *def, double *state, const double *basal_u_per_h,
                    const double *bolus_u)
{
    (void)def;
    TITR_FOR_LANES(l)
    {
        const double basal = basal_u_per_h[l] > 0.0 ? basal_u_per_h[l] : 0.0;
        TITR_AT(state, TITR_PUMP_REMAINDER, l) = 0.0;
        TITR_AT(state, TITR_PUMP_BASAL, l) = basal;
        TITR_AT(state, TITR_PUMP_PROGRAMMED, l) = basal;
        TITR_AT(state, TITR_PUMP_BOLUS, l) = bolus_u[l] > 0.0 ? bolus_u[l] : 0.0;
    }
}

static void minute(const void *def, double *state, double *delivered_u)
{
    (void)def;
    TITR_FOR_LANES(l)
    {
        delivered_u[l] = TITR_AT(state, TITR_PUMP_BASAL, l) / TITR_MIN_PER_HOUR +
                         TITR_AT(state, TITR_PUMP_BOLUS, l);
        TITR_AT(state, TITR_PUMP_BOLUS, l) = 0.0;
    }
}

const titr_pump_type TITR_SYMBOL(titr_pump_pump_ideal) = {
    .part = {.name = "pump_ideal",
             .doc = "delivers exactly what is requested",
             .source = "simglucose"},
    .request = request,
    .minute = minute,
};
