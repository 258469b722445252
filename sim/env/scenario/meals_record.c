// SPDX-License-Identifier: GPL-3.0-or-later
/* Meals as recorded: the carbs_g column of a dosing record (titrate/env/dosing.h), announced as
 * they were eaten, at the minute that holds their time.
 * Oracle: the file it is given, tests/sim/env/scenario/test_meals_record.c. */
#include "titrate/base/units.h"
#include "titrate/env/dosing.h"
#include "titrate/env/scenario.h"

#include <math.h>
#include <stddef.h>

typedef struct record_def {
    char path[TITR_TEXT_MAX];
    titr_dosing dosing; /* filled by prepare */
} record_def;

static const titr_option options[] = {
    {.name = "path",
     .kind = TITR_OPTION_TEXT,
     .unit = "",
     .required = 1,
     .doc = "CSV with the columns time_min,carbs_g,insulin_u[,basal_u_per_h]",
     .source = "choice",
     .offset = offsetof(record_def, path)},
};

static titr_status prepare(void *def, titr_error *err)
{
    record_def *d = def;
    return titr_dosing_read(d->path, &d->dosing, err);
}

static void release(void *def)
{
    titr_dosing_fini(&((record_def *)def)->dosing);
}

static titr_status plan_day(const void *def, const titr_patient *patient, titr_rng_key key,
                            double clock_start_min, unsigned day, titr_day_plan *plan,
                            titr_error *err)
{
    (void)patient;
    (void)key;
    const titr_dosing *dosing = &((const record_def *)def)->dosing;
    const double from_min = TITR_MIN_PER_DAY * day - clock_start_min;
    const size_t end = titr_dosing_find(dosing, from_min + TITR_MIN_PER_DAY);
    for (size_t k = titr_dosing_find(dosing, from_min); k < end; k++) {
        const titr_dosing_row *row = &dosing->rows[k];
        if (row->carbs_g > 0.0) {
            TITR_TRY(titr_day_plan_add(
                plan, (titr_meal){floor(row->time_min), row->carbs_g, row->carbs_g}, err));
        }
    }
    return TITR_OK;
}

const titr_scenario_type titr_scenario_meals_record = {
    .part = {.name = "meals_record",
             .doc = "meals of a dosing record (CSV)",
             .source = "titrate",
             TITR_OPTIONS(options, record_def)},
    .plan_day = plan_day,
    .prepare = prepare,
    .release = release,
};
