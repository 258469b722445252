// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/world.h"

#include "support/part.h"

#include "titrate/env/pump.h"
#include "titrate/env/reward.h"
#include "titrate/env/sensor.h"

void world_use(titr_slot *slot, const void *type)
{
    titr_slot_fini(slot);
    *slot = test_slot(type);
}

void world_init(world *w)
{
    titr_error err = {0};
    *w = (world){0};
    titr_env_def_init(&w->def);
    w->def.model = titr_model_find("glucose_s2008");
    world_mode(w, "safe");
    cr_assert_eq(titr_cohort_load(
                     &(titr_cohort_request){.source = "s2008-published", .subjects = "children"},
                     w->def.model, &w->cohort, &err),
                 TITR_OK, "%s", err.what);
    world_use(&w->def.solver, titr_solver_find("cvode"));
    world_use(&w->def.sensor, titr_sensor_find("cgm_perfect"));
    world_use(&w->def.pump, titr_pump_find("pump_ideal"));
    world_use(&w->def.actions, titr_actions_find("relative_basal"));
    world_use(&w->def.reward, titr_reward_find("magni_risk"));
}

void world_mode(world *w, const char *mode)
{
    const size_t m = titr_model_mode_find(w->def.model, mode);
    cr_assert_lt(m, w->def.model->n_modes);
    w->def.mode = &w->def.model->modes[m];
}

static titr_slot *add_part(world *w, const char *name)
{
    titr_slot *slot = &w->def.scenario[w->def.n_scenario++];
    *slot = test_slot(titr_scenario_find(name));
    return slot;
}

static void prepare(titr_slot slot)
{
    titr_error err = {0};
    const titr_scenario_type *type = slot.type;
    if (type->prepare != NULL) {
        cr_assert_eq(type->prepare(slot.def, &err), TITR_OK, "%s", err.what);
    }
}

void world_meals(world *w, const double *time_of_day_min, const double *carbs_g, size_t n)
{
    titr_slot *slot = add_part(w, "meals_fixed");
    test_set_reals(*slot, "time_of_day_min", time_of_day_min, n);
    test_set_reals(*slot, "carbs_g", carbs_g, n);
    prepare(*slot);
}

void world_random_meals(world *w)
{
    prepare(*add_part(w, "meals_energy"));
}

void world_restart(world *w, size_t lane)
{
    titr_error err = {0};
    cr_assert_eq(titr_env_reset(w->env, &w->start[lane], 1, &err), TITR_OK, "%s", err.what);
}

void world_open(world *w, size_t n_lanes)
{
    titr_error err = {0};
    cr_assert_leq(n_lanes, WORLD_LANES_MAX);
    w->n = n_lanes;
    cr_assert_eq(titr_env_create(&w->def, n_lanes, &w->env, &err), TITR_OK, "%s", err.what);
    for (size_t lane = 0; lane < n_lanes; lane++) {
        const titr_child *child = &w->cohort.child[lane % w->cohort.n];
        w->start[lane] = (titr_lane_start){lane, child, &child->published, 1, 1001};
    }
    cr_assert_eq(titr_env_reset(w->env, w->start, n_lanes, &err), TITR_OK, "%s", err.what);
}

double world_basal_u_per_h(const world *w, size_t lane)
{
    return w->start[lane].therapy->basal_u_per_h[0];
}

void world_step(world *w, double level, double bolus_u)
{
    titr_error err = {0};
    titr_dose dose[WORLD_LANES_MAX];
    for (size_t lane = 0; lane < w->n; lane++) {
        dose[lane] = (titr_dose){level * world_basal_u_per_h(w, lane), bolus_u};
    }
    cr_assert_eq(titr_env_step(w->env, dose, &err), TITR_OK, "%s", err.what);
}

const titr_env_view *world_look(const world *w)
{
    return titr_env_look(w->env);
}

size_t world_snapshot(const world *w, size_t lane, double *out)
{
    const titr_env_view *view = world_look(w);
    size_t n = 0;
    const double *const columns[] = {view->reward,  view->elapsed_min,   view->time_min,
                                     view->carbs_g, view->glucose_mg_dl, view->plasma_glucose_mg_dl,
                                     view->basal_u, view->insulin_u,     view->programmed_u_per_h};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        out[n++] = columns[i][lane];
    }
    for (size_t i = 0; i < TITR_OBS_N; i++) {
        out[n++] = view->record.col[i][lane];
    }
    for (size_t i = 0; i < TITR_CGM_HISTORY; i++) {
        out[n++] = titr_record_cgm(&view->record, lane, i);
    }
    titr_env_state(w->env, lane, out + n);
    n += view->n_states;
    for (size_t i = 0; i < view->n_levels; i++) {
        out[n++] = view->mask[lane * view->n_levels + i];
    }
    out[n++] = (double)view->end[lane];
    return n;
}

void world_fini(world *w)
{
    titr_env_destroy(w->env);
    for (size_t i = 0; i < w->def.n_scenario; i++) {
        const titr_scenario_type *type = w->def.scenario[i].type;
        if (type->release != NULL) {
            type->release(w->def.scenario[i].def);
        }
        titr_slot_fini(&w->def.scenario[i]);
    }
    titr_slot *const slots[] = {&w->def.solver, &w->def.sensor, &w->def.pump, &w->def.actions,
                                &w->def.reward};
    for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++) {
        titr_slot_fini(slots[i]);
    }
    titr_cohort_fini(&w->cohort);
}
