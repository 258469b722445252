// SPDX-License-Identifier: GPL-3.0-or-later
/* An insulin pump that delivers whole pulses.
 *
 *   accepted = request, at least 0, at most the pump's largest basal rate and bolus        (1)
 *   each minute:  owed += basal / 60 (+ bolus in the first minute)                         (2)
 *                 delivered = pulse * floor(owed / pulse);  owed -= delivered              (3)
 *
 * A child's basal is often below one pulse in 5 min: what is owed is carried over and nothing is
 * lost, so over any window |delivered - accepted| <= one pulse.
 *
 * The limits are the device's. What is safe for a child is the shield's affair (agents/shield).
 * Oracle: the bound above over hostile requests, tests/sim/env/pumps/test_pump.c.
 */
#include "titrate/env/pump.h"
#include "titrate/base/units.h"

#include <math.h>
#include <stddef.h>

/* Sums of decimal steps miss a whole pulse by some 1e-14 of it: that is a whole pulse. */
#define PULSE_TOLERANCE 1e-9

typedef struct pump_def {
    double basal_step_u_per_h, pulse_u, max_basal_u_per_h, max_bolus_u;
} pump_def;

static const titr_option options[] = {
    {.name = "basal_step_u_per_h",
     .kind = TITR_OPTION_REAL,
     .unit = "U/h",
     .init = 0.05,
     .lo = 0.001,
     .hi = 1.0,
     .doc = "step of the basal rate that the pump displays; 0.025 on pumps for small children",
     .source = "simglucose",
     .offset = offsetof(pump_def, basal_step_u_per_h)},
    {.name = "pulse_u",
     .kind = TITR_OPTION_REAL,
     .unit = "U",
     .init = 0.05,
     .lo = 0.001,
     .hi = 1.0,
     .doc = "insulin in one pulse, the smallest amount the pump moves",
     .source = "simglucose",
     .offset = offsetof(pump_def, pulse_u)},
    {.name = "max_basal_u_per_h",
     .kind = TITR_OPTION_REAL,
     .unit = "U/h",
     .init = 30.0,
     .lo = 0.0,
     .hi = 35.0,
     .doc = "largest basal rate of the device; a child's safety limits belong to the shield",
     .source = "simglucose",
     .offset = offsetof(pump_def, max_basal_u_per_h)},
    {.name = "max_bolus_u",
     .kind = TITR_OPTION_REAL,
     .unit = "U",
     .init = 30.0,
     .lo = 0.0,
     .hi = 75.0,
     .doc = "largest bolus of the device; a child's safety limits belong to the shield",
     .source = "simglucose",
     .offset = offsetof(pump_def, max_bolus_u)},
};

/* Equation (1). */
static double accept(double requested, double most)
{
    return requested > 0.0 ? fmin(requested, most) : 0.0;
}

static void request(const void *def, titr_pump_state *state, double basal_u_per_h, double bolus_u)
{
    const pump_def *d = def;
    state->basal_u_per_h = accept(basal_u_per_h, d->max_basal_u_per_h);
    state->bolus_u = accept(bolus_u, d->max_bolus_u);
    state->programmed_u_per_h =
        d->basal_step_u_per_h * floor(state->basal_u_per_h / d->basal_step_u_per_h + 0.5);
}

/* Equations (2) and (3). */
static double minute(const void *def, titr_pump_state *state)
{
    const double pulse_u = ((const pump_def *)def)->pulse_u;
    const double owed_u =
        state->remainder_u + state->basal_u_per_h / TITR_MIN_PER_HOUR + state->bolus_u;
    const double delivered_u = pulse_u * floor(owed_u / pulse_u + PULSE_TOLERANCE);
    state->bolus_u = 0.0;
    state->remainder_u = fmax(owed_u - delivered_u, 0.0);
    return delivered_u;
}

const titr_pump_type titr_pump_pump = {
    .part = {.name = "pump",
             .doc = "delivers whole pulses and carries over what is left",
             .source = "titrate",
             TITR_OPTIONS(options, pump_def)},
    .request = request,
    .minute = minute,
};
