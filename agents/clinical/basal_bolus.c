// SPDX-License-Identifier: GPL-3.0-or-later
/* Standard care: scheduled basal, and a bolus calculator at meals.
 *
 *   correction = CGM > above ? (CGM - target) / CF : 0                                     (1)
 *   correction = max(0, correction - insulin on board from boluses)      with use_iob      (2)
 *   bolus      = carbohydrate / CR + correction                                            (3)
 *
 * Basal, CR, CF and target are the therapy settings of the record. Without a meal only (1) and (2)
 * count, and only with correct_between_meals, once the last bolus is lockout_min old.
 *
 * The peer's controller: use_iob = false, correction_above_mg_dl = 150 with its settings, whose
 * target is 140 mg/dL [simglucose]. A clinic's: the defaults.
 * Oracle: doses computed by hand, tests/agents/clinical/test_basal_bolus.c. */
#include "titrate/agents/agent.h"

#include <math.h>
#include <stdlib.h>

typedef struct bolus_def {
    double correction_above_mg_dl, lockout_min;
    int use_iob, correct_between_meals;
} bolus_def;

typedef struct bolus {
    bolus_def def;
    double last_bolus_min[]; /* [n_lanes] time of the last bolus */
} bolus;

static const titr_option options[] = {
    {.name = "correction_above_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = (double)NAN,
     .lo = 80.0,
     .hi = 300.0,
     .doc = "a correction is given above this CGM; auto = above the target; the peer's is 150",
     .source = "simglucose",
     .offset = offsetof(bolus_def, correction_above_mg_dl)},
    {.name = "use_iob",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .init = 1,
     .doc = "subtract the insulin on board from the correction",
     .source = "choice",
     .offset = offsetof(bolus_def, use_iob)},
    {.name = "correct_between_meals",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .init = 0,
     .doc = "give corrections without a meal too",
     .source = "choice",
     .offset = offsetof(bolus_def, correct_between_meals)},
    {.name = "lockout_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 180.0,
     .lo = 0.0,
     .hi = 1440.0,
     .doc = "shortest time from any bolus to a correction between meals",
     .source = "rl4bg2020",
     .offset = offsetof(bolus_def, lockout_min)},
};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    bolus *b = calloc(1, sizeof *b + context->n_lanes * sizeof b->last_bolus_min[0]);
    if (b == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for agent basal_bolus");
    }
    b->def = *(const bolus_def *)def;
    *self = b;
    return TITR_OK;
}

/* Equations (1) and (2). */
static double correction_u(const bolus_def *d, const titr_record *record, size_t lane)
{
    const double cgm = record->col[TITR_OBS_CGM][lane];
    const double target = record->col[TITR_OBS_TARGET][lane];
    const double above = isnan(d->correction_above_mg_dl) ? target : d->correction_above_mg_dl;
    const double u = cgm > above ? (cgm - target) / record->col[TITR_OBS_CF][lane] : 0.0;
    return d->use_iob ? fmax(0.0, u - record->col[TITR_OBS_BOLUS_IOB][lane]) : u;
}

static double bolus_u(bolus *b, const titr_record *record, size_t lane)
{
    const bolus_def *d = &b->def;
    const double now_min = record->col[TITR_OBS_TIME][lane];
    double u = 0.0;
    if (record->col[TITR_OBS_CARBS_ANNOUNCED][lane] > 0.0) {
        u = titr_meal_bolus_u(record, lane) + correction_u(d, record, lane);
    } else if (d->correct_between_meals && now_min - b->last_bolus_min[lane] >= d->lockout_min) {
        u = correction_u(d, record, lane);
    }
    if (u > 0.0) {
        b->last_bolus_min[lane] = now_min;
    }
    return u;
}

static titr_status act(void *self, const titr_batch *batch, titr_act_mode mode,
                       titr_decision *decision, titr_error *err)
{
    (void)mode;
    (void)err;
    bolus *b = self;
    for (size_t l = 0; l < batch->n; l++) {
        if (!batch->running[l]) {
            continue;
        }
        if (batch->first[l]) {
            b->last_bolus_min[l] = -HUGE_VAL;
        }
        const titr_dose dose = {batch->record->col[TITR_OBS_BASAL][l],
                                bolus_u(b, batch->record, l)};
        decision[l] = (titr_decision){-1, dose, 1.0};
    }
    return TITR_OK;
}

const titr_agent_type titr_agent_basal_bolus = {
    .part = {.name = "basal_bolus",
             .doc = "scheduled basal and a bolus calculator at meals",
             .source = "simglucose",
             TITR_OPTIONS(options, bolus_def)},
    .create = create,
    .destroy = free,
    .act = act,
};
