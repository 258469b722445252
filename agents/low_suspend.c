// SPDX-License-Identifier: GPL-3.0-or-later
/* Low-glucose suspend on top of any policy: no basal and no bolus while the CGM is low, or is
 * predicted to be low by its slope.
 *
 *   lowest = min(CGM, CGM + slope * horizon)                                               (1)
 *   suspend when lowest < below; go on when lowest >= below + hysteresis                   (2)
 *
 * Oracle: hand-set CGM and slope, tests/agents/test_low_suspend.c. */
#include "titrate/agents/agent.h"

#include <math.h>
#include <stdlib.h>

typedef struct suspend_def {
    double below_mg_dl, hysteresis_mg_dl, horizon_min;
} suspend_def;

typedef struct suspend {
    suspend_def def;
    titr_agent *inner;        /* owned */
    unsigned char *suspended; /* [n_lanes] */
} suspend;

static const titr_option options[] = {
    {.name = "below_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 70.0,
     .lo = 54.0,
     .hi = 110.0,
     .doc = "insulin is suspended while the CGM is below this",
     .source = "assumed",
     .offset = offsetof(suspend_def, below_mg_dl)},
    {.name = "hysteresis_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 0.0,
     .lo = 0.0,
     .hi = 60.0,
     .doc = "insulin comes back once the CGM is this much above the threshold",
     .source = "choice",
     .offset = offsetof(suspend_def, hysteresis_mg_dl)},
    {.name = "horizon_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 0.0,
     .lo = 0.0,
     .hi = 120.0,
     .doc = "suspends also when the CGM's slope leads below the threshold in this time; 0 = off",
     .source = "choice",
     .offset = offsetof(suspend_def, horizon_min)},
};

static void destroy(void *self)
{
    suspend *s = self;
    if (s == NULL) {
        return;
    }
    titr_agent_destroy(s->inner);
    free(s->suspended);
    free(s);
}

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    suspend *s = calloc(1, sizeof *s);
    unsigned char *suspended = calloc(context->n_lanes, 1);
    if (s == NULL || suspended == NULL) {
        free(s);
        free(suspended);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for agent low_suspend");
    }
    *s = (suspend){*(const suspend_def *)def, context->inner, suspended};
    *self = s;
    return TITR_OK;
}

static titr_status act(void *self, const titr_batch *batch, titr_act_mode mode,
                       titr_decision *decision, titr_error *err)
{
    suspend *s = self;
    const suspend_def *d = &s->def;
    TITR_TRY(s->inner->type->act(s->inner->self, batch, mode, decision, err));
    for (size_t l = 0; l < batch->n; l++) {
        if (!batch->running[l]) {
            continue;
        }
        const double cgm = titr_record_cgm_held(batch->record, l);
        const double slope = batch->record->col[TITR_OBS_CGM_RATE][l];
        const double lowest = fmin(cgm, cgm + slope * d->horizon_min);
        const int was = s->suspended[l] && !batch->first[l];
        s->suspended[l] = lowest < d->below_mg_dl + (was ? d->hysteresis_mg_dl : 0.0);
        if (s->suspended[l]) {
            decision[l] = (titr_decision){.level = -1, .propensity = 1.0};
        }
    }
    return TITR_OK;
}

const titr_agent_type titr_agent_low_suspend = {
    .part = {.name = "low_suspend",
             .doc = "another policy, without insulin while glucose is low",
             .source = "titrate",
             TITR_OPTIONS(options, suspend_def)},
    .wraps = 1,
    .create = create,
    .destroy = destroy,
    .act = act,
};
