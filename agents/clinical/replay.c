// SPDX-License-Identifier: GPL-3.0-or-later
/* A recorded regimen, dose by dose, from a dosing record (titrate/env/dosing.h).
 *
 * The decision at time t gives the insulin of the row at t as a bolus, and the basal rate of the
 * last row up to t; before the first row, and in a record without rates, the therapy's basal. A
 * dose between two decisions could only be given at another time than recorded: that is an error.
 * Oracle: a small file, tests/agents/clinical/test_replay.c. */
#include "titrate/agents/agent.h"
#include "titrate/env/dosing.h"

#include <math.h>
#include <stdlib.h>

typedef struct replay_def {
    char path[TITR_TEXT_MAX];
} replay_def;

typedef struct replay {
    titr_dosing dosing;
    double interval_min;
} replay;

static const titr_option options[] = {
    {.name = "path",
     .kind = TITR_OPTION_TEXT,
     .unit = "",
     .required = 1,
     .doc = "CSV file time_min,carbs_g,insulin_u[,basal_u_per_h]; its carbohydrate is not used",
     .source = "choice",
     .offset = offsetof(replay_def, path)},
};

static void destroy(void *self)
{
    replay *r = self;
    if (r == NULL) {
        return;
    }
    titr_dosing_fini(&r->dosing);
    free(r);
}

/* Rows that change nothing of the insulin (meals) may stand at any time. */
static titr_status check_times(const replay *r, const char *path, titr_error *err)
{
    double rate = r->dosing.has_basal ? -1.0 : 0.0;
    for (size_t i = 0; i < r->dosing.n; i++) {
        const titr_dosing_row *row = &r->dosing.rows[i];
        const int doses = row->insulin_u > 0.0 || row->basal_u_per_h != rate;
        const double minute = floor(row->time_min);
        if (doses && minute != r->interval_min * floor(minute / r->interval_min)) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "%s:%zu: time_min = %.10g min, expected a multiple of the decision "
                             "interval of %.10g min",
                             path, row->line, row->time_min, r->interval_min);
        }
        rate = row->basal_u_per_h;
    }
    return TITR_OK;
}

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    const replay_def *d = def;
    replay *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for agent replay");
    }
    r->interval_min = context->decision_interval_min;
    titr_status st = titr_dosing_read(d->path, &r->dosing, err);
    if (st == TITR_OK) {
        st = check_times(r, d->path, err);
    }
    if (st != TITR_OK) {
        destroy(r);
        return st;
    }
    *self = r;
    return TITR_OK;
}

static titr_dose dose_at(const replay *r, double time_min, double therapy_basal_u_per_h)
{
    titr_dose dose = {.basal_u_per_h = therapy_basal_u_per_h};
    const size_t end = titr_dosing_find(&r->dosing, time_min + r->interval_min);
    for (size_t i = titr_dosing_find(&r->dosing, time_min); i < end; i++) {
        dose.bolus_u += r->dosing.rows[i].insulin_u;
    }
    const size_t later = titr_dosing_find(&r->dosing, time_min + 1.0);
    if (r->dosing.has_basal && later > 0) {
        dose.basal_u_per_h = r->dosing.rows[later - 1].basal_u_per_h;
    }
    return dose;
}

static titr_status act(void *self, const titr_batch *batch, titr_act_mode mode,
                       titr_decision *decision, titr_error *err)
{
    (void)mode;
    (void)err;
    for (size_t l = 0; l < batch->n; l++) {
        if (batch->running[l]) {
            const double time_min = batch->record->col[TITR_OBS_TIME][l];
            const double basal = batch->record->col[TITR_OBS_BASAL][l];
            decision[l] = (titr_decision){-1, dose_at(self, time_min, basal), 1.0};
        }
    }
    return TITR_OK;
}

const titr_agent_type titr_agent_replay = {
    .part = {.name = "replay",
             .doc = "a recorded regimen from a CSV file",
             .source = "titrate",
             TITR_OPTIONS(options, replay_def)},
    .create = create,
    .destroy = destroy,
    .act = act,
};
