// SPDX-License-Identifier: GPL-3.0-or-later
/* A pump that delivers exactly what is requested: no limits, no pulses, as the published
 * environments do [simglucose]. A negative request delivers nothing.
 * Oracle: the sum of the requests, tests/sim/env/pumps/test_pump_ideal.c. */
#include "titrate/base/units.h"
#include "titrate/env/pump.h"

#include <math.h>

static void request(const void *def, titr_pump_state *state, double basal_u_per_h, double bolus_u)
{
    (void)def;
    state->remainder_u = 0.0;
    state->basal_u_per_h = fmax(basal_u_per_h, 0.0);
    state->programmed_u_per_h = state->basal_u_per_h;
    state->bolus_u = fmax(bolus_u, 0.0);
}

static double minute(const void *def, titr_pump_state *state)
{
    (void)def;
    const double delivered_u = state->basal_u_per_h / TITR_MIN_PER_HOUR + state->bolus_u;
    state->bolus_u = 0.0;
    return delivered_u;
}

const titr_pump_type titr_pump_pump_ideal = {
    .part = {.name = "pump_ideal",
             .doc = "delivers exactly what is requested",
             .source = "simglucose"},
    .request = request,
    .minute = minute,
};
