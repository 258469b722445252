// SPDX-License-Identifier: GPL-3.0-or-later
/* PID control of the basal rate around the scheduled one.
 *
 *   e     = CGM - setpoint                                                        mg/dL    (1)
 *   v     = e + I / integral_time + derivative_time * slope                       mg/dL    (2)
 *   basal = scheduled + gain * v / CF, limited to [0, max_basal_factor * scheduled]  U/h   (3)
 *   I    += e * interval, unless the limit is reached and e pushes further        mg/dL min (4)
 *
 * v / CF is the correction bolus for v, so that one gain suits every child: gain = 0.2 /h gives a
 * fifth of the correction in an hour. (4) is conditional integration: the integral does not wind up
 * while the pump is at its limit. The slope is the record's, a least-squares one over 15 min; it
 * is taken as 0 at an episode's first decision, so that the start gives no kick.
 * Oracle: steps computed by hand, tests/agents/clinical/test_pid.c. */
#include "titrate/agents/agent.h"

#include <math.h>
#include <stdlib.h>

typedef struct pid_def {
    double setpoint_mg_dl, gain_per_h, integral_time_min, derivative_time_min, max_basal_factor;
    int meal_bolus;
} pid_def;

typedef struct pid {
    pid_def def;
    double interval_min;
    double integral[]; /* [n_lanes] mg/dL min */
} pid;

static const titr_option options[] = {
    {.name = "setpoint_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 120.0,
     .lo = 80.0,
     .hi = 200.0,
     .doc = "glucose that the controller aims at",
     .source = "choice",
     .offset = offsetof(pid_def, setpoint_mg_dl)},
    {.name = "gain_per_h",
     .kind = TITR_OPTION_REAL,
     .unit = "/h",
     .init = 0.2,
     .lo = 0.0,
     .hi = 5.0,
     .doc = "share of the correction bolus (CGM - setpoint) / CF given per hour",
     .source = "assumed",
     .offset = offsetof(pid_def, gain_per_h)},
    {.name = "integral_time_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 1e4,
     .lo = 10.0,
     .hi = 1e6,
     .doc = "time in which a constant error adds as much again as its proportional part; long, "
            "because the scheduled basal already holds fasting glucose",
     .source = "assumed",
     .offset = offsetof(pid_def, integral_time_min)},
    {.name = "derivative_time_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 120.0,
     .lo = 0.0,
     .hi = 300.0,
     .doc = "how far ahead the slope of the CGM is followed",
     .source = "assumed",
     .offset = offsetof(pid_def, derivative_time_min)},
    {.name = "max_basal_factor",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 5.0,
     .lo = 1.0,
     .hi = 50.0,
     .doc = "upper limit of the rate as a multiple of the scheduled basal",
     .source = "assumed",
     .offset = offsetof(pid_def, max_basal_factor)},
    {.name = "meal_bolus",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .init = 0,
     .doc = "give announced carbohydrate / CR as a bolus on top (hybrid control)",
     .source = "choice",
     .offset = offsetof(pid_def, meal_bolus)},
};

static const titr_tune_axis tune[] = {
    {"gain_per_h", {{0.05, 0.1, 0.2, 0.4}, 4}},
    {"integral_time_min", {{2000.0, 1e6}, 2}},
    {"derivative_time_min", {{60.0, 120.0}, 2}},
};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    pid *p = calloc(1, sizeof *p + context->n_lanes * sizeof p->integral[0]);
    if (p == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for agent pid");
    }
    p->def = *(const pid_def *)def;
    p->interval_min = context->decision_interval_min;
    *self = p;
    return TITR_OK;
}

/* Equations (1) to (4). */
static double basal_u_per_h(pid *p, const titr_batch *batch, size_t lane)
{
    const pid_def *d = &p->def;
    double *const *col = batch->record->col;
    const double error = titr_record_cgm_held(batch->record, lane) - d->setpoint_mg_dl;
    const double slope = batch->first[lane] ? 0.0 : col[TITR_OBS_CGM_RATE][lane];
    const double before = batch->first[lane] ? 0.0 : p->integral[lane];
    const double scheduled = col[TITR_OBS_BASAL][lane];
    const double most = d->max_basal_factor * scheduled;
    const double v = error + before / d->integral_time_min + d->derivative_time_min * slope;
    const double rate = scheduled + d->gain_per_h * v / col[TITR_OBS_CF][lane];
    const int winds_up = (rate >= most && error > 0.0) || (rate <= 0.0 && error < 0.0);
    p->integral[lane] = winds_up ? before : before + error * p->interval_min;
    return fmin(fmax(rate, 0.0), most);
}

static titr_status act(void *self, const titr_batch *batch, titr_act_mode mode,
                       titr_decision *decision, titr_error *err)
{
    (void)mode;
    (void)err;
    pid *p = self;
    for (size_t l = 0; l < batch->n; l++) {
        if (batch->running[l]) {
            titr_dose dose = {.basal_u_per_h = basal_u_per_h(p, batch, l)};
            if (p->def.meal_bolus) {
                dose.bolus_u = titr_meal_bolus_u(batch->record, l);
            }
            decision[l] = (titr_decision){-1, dose, 1.0};
        }
    }
    return TITR_OK;
}

const titr_agent_type titr_agent_pid = {
    .part = {.name = "pid",
             .doc = "PID control of the basal rate, without wind-up",
             .source = "titrate",
             TITR_OPTIONS(options, pid_def)},
    .tune = tune,
    .n_tune = sizeof tune / sizeof tune[0],
    .create = create,
    .destroy = free,
    .act = act,
};
