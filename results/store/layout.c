// SPDX-License-Identifier: GPL-3.0-or-later
/* The column tables of /steps, /minutes and /episodes. */
#include "layout.h"

#include "h5.h"

#include <string.h>

#define KIND(type)                                                                                 \
    _Generic((type)0, float                                                                        \
             : TITRI_F32, double                                                                   \
             : TITRI_F64, int32_t                                                                  \
             : TITRI_I32, int16_t                                                                  \
             : TITRI_I16, int8_t                                                                   \
             : TITRI_I8)

const titri_column titri_step_column[TITRI_N_STEP] = {
#define X(field, type, unit_text, doc_text)                                                        \
    {.name = #field,                                                                               \
     .unit = (unit_text),                                                                          \
     .doc = (doc_text),                                                                            \
     .source = "titrate",                                                                          \
     .kind = KIND(type),                                                                           \
     .size = sizeof(type),                                                                         \
     .offset = offsetof(titr_trajectory, field)},
    TITR_STEP_COLUMNS(X)
#undef X
};

const titri_column titri_minute_column[TITRI_N_MINUTE] = {
#define X(field, type, unit_text, doc_text)                                                        \
    {.name = #field,                                                                               \
     .unit = (unit_text),                                                                          \
     .doc = (doc_text),                                                                            \
     .source = "titrate",                                                                          \
     .kind = KIND(type),                                                                           \
     .size = sizeof(type),                                                                         \
     .offset = offsetof(titr_trajectory, minutes.field)},
    TITR_MINUTE_COLUMNS(X)
#undef X
};

#define ROW(field, kind_of, unit_text, doc_text)                                                   \
    {                                                                                              \
        .name = #field, .unit = (unit_text), .doc = (doc_text), .source = "titrate",               \
        .kind = (kind_of), .size = sizeof(((titri_episode *)0)->field),                            \
        .offset = offsetof(titri_episode, field)                                                   \
    }
const titri_column titri_episode_column[TITRI_N_EPISODE] = {
    ROW(policy, TITRI_TEXT, "", "name of the policy"),
    ROW(patient, TITRI_TEXT, "", "id of the child, a row of /patients"),
    ROW(seed, TITRI_TEXT, "", "the experiment's seed, decimal"),
    ROW(episode, TITRI_F64, "1", "number of the episode seed"),
    ROW(end, TITRI_I8, "1", "how the episode ended, see the attribute codes"),
    ROW(horizon_min, TITRI_F64, "min", "where the episode would have been truncated"),
    ROW(end_min, TITRI_F64, "min", "when the episode ended"),
    ROW(final_glucose_mg_dl, TITRI_F32, "mg/dL", "true glucose at end_min; NaN after a fault"),
    ROW(final_cgm_mg_dl, TITRI_F32, "mg/dL", "sensor reading at end_min; NaN after a fault"),
    ROW(fault, TITRI_TEXT, "", "text of the fault; empty if none"),
    ROW(first_step, TITRI_F64, "1", "row of /steps, from 0, where the episode begins"),
    ROW(n_steps, TITRI_I32, "1", "rows of /steps"),
    ROW(first_minute, TITRI_F64, "1", "row of /minutes, from 0, where the episode begins"),
    ROW(n_minutes, TITRI_I32, "1", "rows of /minutes; 0 when minutes were not recorded"),
};

static const titri_column task_episode_column[] = {
    ROW(policy, TITRI_TEXT, "", "name of the policy"),
    ROW(patient, TITRI_TEXT, "", "name of the task"),
    ROW(seed, TITRI_TEXT, "", "the experiment's seed, decimal"),
    ROW(episode, TITRI_F64, "1", "number of the episode seed"),
    ROW(end, TITRI_I8, "1", "how the episode ended, see the attribute codes"),
    ROW(horizon_min, TITRI_F64, "min", "steps after which the episode would have been truncated"),
    ROW(end_min, TITRI_F64, "min", "steps of the episode"),
    ROW(fault, TITRI_TEXT, "", "text of the fault; empty if none"),
    ROW(first_step, TITRI_F64, "1", "row of /steps, from 0, where the episode begins"),
    ROW(n_steps, TITRI_I32, "1", "rows of /steps"),
};

#define STEP(field, type, unit_text, doc_text)                                                     \
    {                                                                                              \
        .name = #field, .unit = (unit_text), .doc = (doc_text), .source = "titrate",               \
        .kind = KIND(type), .size = sizeof(type), .offset = offsetof(titr_trajectory, field)       \
    }
static const titri_column task_step_column[] = {
    STEP(time_min, float, "min", "steps made before the decision; a step counts as a minute"),
    STEP(action_level, int16_t, "1", "level of the task, a row of /actions"),
    STEP(propensity, float, "1", "probability of the choice under the policy"),
    STEP(elapsed_min, float, "min", "length of the step: 1"),
    STEP(reward, float, "1", "reward of the step"),
};

const titri_layout titri_layout_children = {TITRI_CONTENT_RUN, titri_step_column,
                                            titri_episode_column, TITRI_N_STEP, TITRI_N_EPISODE};
const titri_layout titri_layout_task = {TITRI_CONTENT_TASK, task_step_column, task_episode_column,
                                        sizeof task_step_column / sizeof task_step_column[0],
                                        sizeof task_episode_column / sizeof task_episode_column[0]};

const titri_panel_info titri_panel_info_of[TITR_N_PANELS] = {
    [TITR_PANEL_STATES] = {"states", NULL, "ODE state", ""},
    [TITR_PANEL_OBSERVATIONS] = {"observations", "final_observations", "clinic record",
                                 "observed_"},
    [TITR_PANEL_MASK] = {"mask", "final_mask", "1: the level was allowed, 0: it was not",
                         "allowed_"},
    [TITR_PANEL_SHIELD] = {"shield", NULL, "insulin that the rule withheld in the interval",
                           "withheld_u_"},
};

void *titri_column_values(const titr_trajectory *t, const titri_column *column)
{
    void *values;
    memcpy(&values, (const char *)t + column->offset, sizeof values);
    return values;
}
