// SPDX-License-Identifier: GPL-3.0-or-later
/* Is the composition of an environment sound? */
#include "patients.h"

#include "titrate/base/units.h"

#include <math.h>

#define REAL(field, its_unit, its_init, its_lo, its_hi, its_doc)                                   \
    {                                                                                              \
        .name = #field, .kind = TITR_OPTION_REAL, .unit = (its_unit), .init = (its_init),          \
        .lo = (its_lo), .hi = (its_hi), .doc = (its_doc), .source = "choice",                      \
        .offset = offsetof(titr_env_def, field)                                                    \
    }

/* The plain fields of a titr_env_def. */
static const titr_option fields[] = {
    REAL(terminal_penalty, "1", 0.0, 0.0, 1e12, "cost of leaving the clinical limits"),
    REAL(horizon_min, "min", TITR_MIN_PER_DAY, 1.0, 1e7, "length of an episode"),
    REAL(decision_interval_min, "min", 5.0, 1.0, TITR_MIN_PER_DAY, "time between decisions"),
    REAL(clock_start_min, "min", 0.0, 0.0, TITR_MIN_PER_DAY - 1.0, "clock time at the start"),
    REAL(limit_lo_mg_dl, "mg/dL", 40.0, 0.0, 200.0, "lower clinical limit of true glucose"),
    REAL(limit_hi_mg_dl, "mg/dL", 600.0, 1.0, 2000.0, "upper clinical limit of true glucose"),
    REAL(announce_delay_min, "min", 0.0, 0.0, 240.0, "time by which meals are told too late"),
    REAL(insulin_sensitivity, "1", 1.0, 0.1, 10.0, "factor of the body's insulin sensitivity"),
    REAL(iob_peak_min, "min", 75.0, 1.0, 720.0, "peak of the insulin activity curve"),
    REAL(iob_duration_min, "min", 300.0, 10.0, TITR_MIN_PER_DAY, "duration of insulin activity"),
};
enum { N_FIELDS = sizeof fields / sizeof fields[0] };

void titr_env_def_init(titr_env_def *def)
{
    *def = (titr_env_def){.ends_at_limits = 1};
    titr_options_default(fields, N_FIELDS, def);
}

static int is_whole(double value)
{
    return value == floor(value);
}

static titr_status check_fields(const titr_env_def *def, titr_error *err)
{
    TITR_TRY(titr_options_check(fields, N_FIELDS, def, err));
    if (!is_whole(def->decision_interval_min) || !is_whole(def->clock_start_min) ||
        !is_whole(def->announce_delay_min)) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "decision_interval_min = %.10g min, clock_start_min = %.10g min and "
                         "announce_delay_min = %.10g min, expected whole minutes",
                         def->decision_interval_min, def->clock_start_min, def->announce_delay_min);
    }
    if (!is_whole(def->horizon_min / def->decision_interval_min)) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "horizon_min = %.10g min, expected a whole number of decision intervals "
                         "of %.10g min",
                         def->horizon_min, def->decision_interval_min);
    }
    if (!(def->limit_lo_mg_dl < def->limit_hi_mg_dl)) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "limit_lo_mg_dl = %.10g mg/dL, expected less than limit_hi_mg_dl = %.10g "
                         "mg/dL",
                         def->limit_lo_mg_dl, def->limit_hi_mg_dl);
    }
    if (!(def->iob_peak_min < 0.5 * def->iob_duration_min)) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "iob_peak_min = %.10g min, expected less than half of iob_duration_min = "
                         "%.10g min",
                         def->iob_peak_min, def->iob_duration_min);
    }
    return TITR_OK;
}

static titr_status check_part(titr_slot slot, const char *what, titr_error *err)
{
    const titr_part *part = titr_slot_part(slot);
    if (part == NULL || (part->def_size > 0 && slot.def == NULL)) {
        return titr_fail(err, TITR_ERR_ARG, "the environment has no %s", what);
    }
    return titr_options_check(part->options, part->n_options, slot.def, err);
}

static titr_status check_parts(const titr_env_def *def, titr_error *err)
{
    if (def->model == NULL || def->mode == NULL) {
        return titr_fail(err, TITR_ERR_ARG, "the environment has no model or no mode");
    }
    TITR_TRY(check_part(def->solver, "solver", err));
    TITR_TRY(check_part(def->sensor, "sensor", err));
    TITR_TRY(check_part(def->pump, "pump", err));
    TITR_TRY(check_part(def->actions, "actions", err));
    TITR_TRY(check_part(def->reward, "reward", err));
    if (def->n_scenario > TITR_SCENARIO_PARTS_MAX) {
        return titr_fail(err, TITR_ERR_ARG, "%zu parts of a scenario, expected at most %d",
                         def->n_scenario, TITR_SCENARIO_PARTS_MAX);
    }
    for (size_t i = 0; i < def->n_scenario; i++) {
        TITR_TRY(check_part(def->scenario[i], "scenario part", err));
    }
    return TITR_OK;
}

static titr_status check_levels(const titr_env_def *def, titr_error *err)
{
    const titr_actions_type *actions = def->actions.type;
    const size_t levels = actions->n_levels(def->actions.def);
    if (levels < 1 || levels > TITR_LEVELS_MAX) {
        return titr_fail(err, TITR_ERR_RANGE, "actions %s: %zu levels, expected 1 to %d",
                         actions->part.name, levels, TITR_LEVELS_MAX);
    }
    return TITR_OK;
}

static titr_status check_tables(const titr_model_type *model, titr_error *err)
{
    static const char *const inputs[] = {"carbs_mg_per_min", "insulin_u_per_min"};
    static const char *const outputs[] = {"glucose_mg_dl", "plasma_glucose_mg_dl"};
    for (size_t i = 0; i < 2; i++) {
        if (titr_table_find(model->inputs, inputs[i]) == model->inputs.n) {
            return titr_fail(err, TITR_ERR_ARG, "model %s has no input %s", model->part.name,
                             inputs[i]);
        }
        if (titr_table_find(model->outputs, outputs[i]) == model->outputs.n) {
            return titr_fail(err, TITR_ERR_ARG, "model %s has no output %s", model->part.name,
                             outputs[i]);
        }
    }
    return TITR_OK;
}

titr_status titri_env_check(const titr_env_def *def, size_t n_lanes, titr_error *err)
{
    if (n_lanes < 1) {
        return titr_fail(err, TITR_ERR_ARG, "an environment of 0 lanes, expected at least 1");
    }
    TITR_TRY(check_parts(def, err));
    TITR_TRY(check_fields(def, err));
    TITR_TRY(check_levels(def, err));
    if (def->insulin_sensitivity != 1.0 && def->model->sensitise == NULL) {
        return titr_fail(err, TITR_ERR_ARG,
                         "insulin_sensitivity = %.10g, expected 1 with model %s, which has no "
                         "insulin",
                         def->insulin_sensitivity, def->model->part.name);
    }
    return check_tables(def->model, err);
}
