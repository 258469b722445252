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
#include "titrate/base/lanes.h"
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
static inline double accept(double requested, double most)
{
    const double limited = requested < most ? requested : most;
    return requested > 0.0 ? limited : 0.0;
}

static void request(const void *def, double *state, const double *basal_u_per_h,
                    const double *bolus_u)
{
    const pump_def d = *(const pump_def *)def;
    TITR_FOR_LANES(l)
    {
        const double basal = accept(basal_u_per_h[l], d.max_basal_u_per_h);
        TITR_AT(state, TITR_PUMP_BASAL, l) = basal;
        TITR_AT(state, TITR_PUMP_BOLUS, l) = accept(bolus_u[l], d.max_bolus_u);
        TITR_AT(state, TITR_PUMP_PROGRAMMED, l) =
            d.basal_step_u_per_h * floor(basal / d.basal_step_u_per_h + 0.5);
    }
}

/* Equations (2) and (3). */
static void minute(const void *def, double *state, double *delivered_u)
{
    const double pulse_u = ((const pump_def *)def)->pulse_u;
    TITR_FOR_LANES(l)
    {
        const double owed_u = TITR_AT(state, TITR_PUMP_REMAINDER, l) +
                              TITR_AT(state, TITR_PUMP_BASAL, l) / TITR_MIN_PER_HOUR +
                              TITR_AT(state, TITR_PUMP_BOLUS, l);
        const double out_u = pulse_u * floor(owed_u / pulse_u + PULSE_TOLERANCE);
        const double left_u = owed_u - out_u;
        TITR_AT(state, TITR_PUMP_BOLUS, l) = 0.0;
        TITR_AT(state, TITR_PUMP_REMAINDER, l) = left_u > 0.0 ? left_u : 0.0;
        delivered_u[l] = out_u;
    }
}

const titr_pump_type TITR_SYMBOL(titr_pump_pump) = {
    .part = {.name = "pump",
             .doc = "delivers whole pulses and carries over what is left",
             .source = "titrate",
             TITR_OPTIONS(options, pump_def)},
    .request = request,
    .minute = minute,
};
