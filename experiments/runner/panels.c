// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels.h"
#include "task.h"

#include "guard.h"

#include <stdio.h>

static titr_table observation_table(titri_panels *panels)
{
    const titr_observable_info *info = titr_observable_table();
    for (size_t i = 0; i < TITR_OBS_N; i++) {
        panels->observation[i] = (titr_quantity){.name = info[i].name,
                                                 .unit = info[i].unit,
                                                 .lo = info[i].lo,
                                                 .hi = info[i].hi,
                                                 .source = "titrate"};
    }
    return (titr_table){panels->observation, TITR_OBS_N};
}

/* The observables of a task. */
static titr_table task_table(const titr_task_shape *shape, titri_panels *panels)
{
    for (size_t i = 0; i < shape->n_obs; i++) {
        panels->observation[i] = (titr_quantity){.name = shape->obs[i].name,
                                                 .unit = shape->obs[i].unit,
                                                 .lo = shape->obs[i].lo,
                                                 .hi = shape->obs[i].hi,
                                                 .source = "titrate"};
    }
    return (titr_table){panels->observation, shape->n_obs};
}

/* The state of a task, whose values have no names of their own. */
static titr_table state_table(const titr_task_shape *shape, titri_panels *panels)
{
    for (size_t i = 0; i < shape->n_state; i++) {
        (void)snprintf(panels->state_name[i], sizeof panels->state_name[i], "state_%zu", i);
        panels->state[i] =
            (titr_quantity){.name = panels->state_name[i], .unit = "1", .source = "titrate"};
    }
    return (titr_table){panels->state, shape->n_state};
}

static titr_table mask_table(titri_panels *panels, size_t n_levels)
{
    for (size_t i = 0; i < n_levels; i++) {
        (void)snprintf(panels->level[i], sizeof panels->level[i], "level_%zu", i);
        panels->mask[i] =
            (titr_quantity){.name = panels->level[i], .unit = "1", .hi = 1.0, .source = "titrate"};
    }
    return (titr_table){panels->mask, n_levels};
}

/* In the order of the registry, as /steps/shield_rule counts. */
static titr_table rule_table(titri_panels *panels)
{
    size_t n = 0;
    const titr_shield_type *const *all = titr_shield_all(&n);
    for (size_t i = 0; i < n; i++) {
        panels->rule[i] = (titr_quantity){
            .name = all[i]->part.name, .unit = "U", .hi = 100.0, .source = "titrate"};
    }
    return (titr_table){panels->rule, n};
}

void titri_panels_name(const titri_lab *lab, titri_panels *panels)
{
    const titr_experiment *e = lab->e;
    const int task = e->task.type != NULL;
    titr_task_shape shape = {.n_obs = 0};
    *panels = (titri_panels){0};
    if (task) {
        shape = titr_task_shape_of(e->task);
    }
    if (e->record.states) {
        panels->table[TITR_PANEL_STATES] = task ? state_table(&shape, panels) : lab->model->states;
    }
    if (titri_guards_evaluation(lab)) {
        panels->table[TITR_PANEL_SHIELD] = rule_table(panels);
    }
    if (task && e->record.what != TITR_RECORD_SUMMARY) { /* all that there is to see of it */
        panels->table[TITR_PANEL_OBSERVATIONS] = task_table(&shape, panels);
    } else if (e->record.learning) {
        panels->table[TITR_PANEL_OBSERVATIONS] = observation_table(panels);
    }
    if (e->record.learning) {
        panels->table[TITR_PANEL_MASK] = mask_table(panels, titri_levels(e));
    }
}

titr_status titri_panels_begin(const titri_lab *lab, titr_trajectory *t, size_t n, titr_error *err)
{
    titri_panels panels;
    titri_panels_name(lab, &panels);
    for (size_t k = 0; k < n; k++) {
        for (size_t p = 0; p < TITR_N_PANELS; p++) {
            TITR_TRY(titr_trajectory_set_panel(&t[k], (titr_panel)p, panels.table[p].n, err));
        }
    }
    return TITR_OK;
}

void titri_panels_fill(const titr_env *env, size_t l, titr_trajectory *t)
{
    const titr_env_view *v = titr_env_look(env);
    if (v->end[l] == TITR_END_FAULT) {
        return;
    }
    float *state = titr_trajectory_panel_row(t, TITR_PANEL_STATES, t->n);
    double whole[TITR_STATES_MAX];
    if (t->width[TITR_PANEL_STATES] > 0) {
        titr_env_state(env, l, whole);
    }
    for (size_t i = 0; i < t->width[TITR_PANEL_STATES]; i++) {
        state[i] = (float)whole[i];
    }
    const size_t first = v->takes_levels ? TITR_OBS_N : 0;
    float *observation = titr_trajectory_panel_row(t, TITR_PANEL_OBSERVATIONS, t->n);
    for (size_t i = 0; i < t->width[TITR_PANEL_OBSERVATIONS]; i++) {
        observation[i] = (float)v->record.col[first + i][l];
    }
    float *mask = titr_trajectory_panel_row(t, TITR_PANEL_MASK, t->n);
    for (size_t i = 0; i < t->width[TITR_PANEL_MASK]; i++) {
        mask[i] = (float)v->mask[l * v->n_levels + i];
    }
}
