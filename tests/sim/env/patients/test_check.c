// SPDX-License-Identifier: GPL-3.0-or-later
/* Everything that an environment refuses, once. */
#include "support/allocations.h"
#include "support/part.h"
#include "support/world.h"

#include "titrate/env/pump.h"
#include "titrate/env/sensor.h"

#include <math.h>
#include <stdint.h>

static void refused(const world *w, size_t n_lanes, titr_status want, const char *text)
{
    titr_error err = {0};
    titr_env *env = NULL;
    cr_assert_eq(titr_env_create(&w->def, n_lanes, &env, &err), want, "%s: %s", text, err.what);
    cr_assert_not_null(strstr(err.what, text), "'%s' does not say '%s'", err.what, text);
    cr_assert_null(env);
}

Test(env_check, refuses_plain_fields_out_of_range)
{
    static const struct {
        const char *text;
        size_t offset;
        double value;
    } table[] = {
        {"terminal_penalty", offsetof(titr_env_def, terminal_penalty), -1.0},
        {"terminal_penalty", offsetof(titr_env_def, terminal_penalty), (double)NAN},
        {"horizon_min = 0", offsetof(titr_env_def, horizon_min), 0.0},
        {"whole number of decision intervals", offsetof(titr_env_def, horizon_min), 1442.0},
        {"decision_interval_min = 0.5", offsetof(titr_env_def, decision_interval_min), 0.5},
        {"whole minutes", offsetof(titr_env_def, decision_interval_min), 2.5},
        {"clock_start_min = 1440", offsetof(titr_env_def, clock_start_min), 1440.0},
        {"whole minutes", offsetof(titr_env_def, clock_start_min), 0.25},
        {"limit_lo_mg_dl = -1", offsetof(titr_env_def, limit_lo_mg_dl), -1.0},
        {"less than limit_hi_mg_dl = 40", offsetof(titr_env_def, limit_hi_mg_dl), 40.0},
        {"limit_hi_mg_dl", offsetof(titr_env_def, limit_hi_mg_dl), (double)INFINITY},
        {"less than half of iob_duration_min", offsetof(titr_env_def, iob_peak_min), 150.0},
        {"iob_duration_min", offsetof(titr_env_def, iob_duration_min), 2000.0},
    };
    world w;
    world_init(&w);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const titr_env_def sound = w.def;
        memcpy((char *)&w.def + table[i].offset, &table[i].value, sizeof(double));
        refused(&w, 1, TITR_ERR_RANGE, table[i].text);
        w.def = sound;
    }
    world_fini(&w);
}

Test(env_check, refuses_missing_parts_and_bad_options)
{
    world w;
    world_init(&w);
    refused(&w, 0, TITR_ERR_ARG, "0 lanes");
    titr_slot *const slots[] = {&w.def.solver, &w.def.sensor, &w.def.pump, &w.def.actions,
                                &w.def.reward};
    static const char *const names[] = {"solver", "sensor", "pump", "actions", "reward"};
    for (size_t i = 0; i < 5; i++) {
        const titr_slot sound = *slots[i];
        *slots[i] = (titr_slot){0};
        refused(&w, 1, TITR_ERR_ARG, names[i]);
        *slots[i] = sound;
    }
    const titr_model_mode *mode = w.def.mode;
    w.def.mode = NULL;
    refused(&w, 1, TITR_ERR_ARG, "no mode");
    w.def.mode = mode;
    test_set_reals(w.def.actions, "levels", (double[]){1.0}, 0);
    refused(&w, 1, TITR_ERR_RANGE, "0 levels");
    test_set_reals(w.def.actions, "levels", (double[]){1.0, 7.0}, 2);
    refused(&w, 1, TITR_ERR_RANGE, "levels = 7");
    test_set_reals(w.def.actions, "levels", (double[]){1.0}, 1);
    w.def.n_scenario = TITR_SCENARIO_PARTS_MAX + 1;
    refused(&w, 1, TITR_ERR_ARG, "parts of a scenario");
    w.def.n_scenario = 1;
    refused(&w, 1, TITR_ERR_ARG, "scenario part");
    w.def.n_scenario = 0;
    world_fini(&w);
}

/* A solver of a width that no model is compiled for; a model without a way to eat. */
Test(env_check, refuses_models_that_do_not_fit)
{
    world w;
    world_init(&w);
    titr_solver_type odd = *titr_solver_find("cvode");
    odd.lanes = 3;
    titr_slot cvode = w.def.solver;
    w.def.solver = (titr_slot){&odd, cvode.def};
    refused(&w, 1, TITR_ERR_NOT_FOUND, "3 lanes");
    w.def.solver = cvode;
    const titr_model_mode strange = {.name = "strange"}, *mode = w.def.mode;
    w.def.mode = &strange;
    refused(&w, 1, TITR_ERR_NOT_FOUND, "strange");
    w.def.mode = mode;
    titr_model_type hungry = *w.def.model;
    hungry.inputs.n = 0;
    w.def.model = &hungry;
    refused(&w, 1, TITR_ERR_ARG, "no input carbs_mg_per_min");
    hungry.inputs = titr_model_find("glucose_s2008")->inputs;
    hungry.outputs.n = 1;
    refused(&w, 1, TITR_ERR_ARG, "no output plasma_glucose_mg_dl");
    world_fini(&w);
}

Test(env_check, refuses_more_lanes_than_memory_holds)
{
    if (TEST_SANITIZED) {
        cr_skip_test("the sanitizer stops at such an allocation");
    }
    world w;
    world_init(&w);
    refused(&w, (size_t)1 << 40, TITR_ERR_NOMEM, "no memory for an environment");
    world_fini(&w);
}

static void not_started(world *w, titr_lane_start start, titr_status want, const char *text)
{
    titr_error err = {0};
    const titr_lane_start both[] = {w->start[0], start};
    cr_assert_eq(titr_env_reset(w->env, both, 2, &err), want, "%s", err.what);
    cr_assert_not_null(strstr(err.what, text), "'%s' does not say '%s'", err.what, text);
}

Test(env_check, refuses_lanes_that_cannot_be_started)
{
    world w;
    world_init(&w);
    world_open(&w, 2);
    world_step(&w, 1.0, 0.0);
    titr_lane_start start = w.start[1];
    start.lane = 2;
    not_started(&w, start, TITR_ERR_ARG, "lane 2, expected less than 2");
    start = w.start[1];
    start.child = NULL;
    not_started(&w, start, TITR_ERR_ARG, "no child");
    titr_therapy therapy = w.cohort.child[1].published;
    start = w.start[1];
    start.therapy = &therapy;
    therapy.cr_g_per_u[7] = 0.0;
    not_started(&w, start, TITR_ERR_RANGE, "7:00");
    therapy.cr_g_per_u[7] = 10.0;
    therapy.basal_u_per_h[8] = (double)NAN;
    not_started(&w, start, TITR_ERR_RANGE, "8:00");
    therapy.basal_u_per_h[8] = 0.1;
    therapy.tdi_u_per_day = 0.0;
    not_started(&w, start, TITR_ERR_RANGE, "total daily insulin");
    cr_assert_eq(world_look(&w)->time_min[0], 5.0, "a refused reset changes nothing");

    titr_child child = w.cohort.child[1];
    child.patient.weight_kg = -3.0;
    start = (titr_lane_start){1, &child, &w.cohort.child[1].published, 1, 1};
    not_started(&w, start, TITR_ERR_RANGE, "weight");
    cr_assert_eq(world_look(&w)->end[1], TITR_END_TRUNCATED);
    cr_assert_eq(world_look(&w)->end[0], TITR_END_NONE);
    world_fini(&w);
}

Test(env_check, refuses_doses_that_are_no_numbers_and_changes_nothing)
{
    world w;
    titr_error err = {0};
    world_init(&w);
    world_open(&w, 2);
    const titr_dose dose[] = {{0.3, 0.0}, {0.3, (double)INFINITY}};
    cr_assert_eq(titr_env_step(w.env, dose, &err), TITR_ERR_ARG);
    cr_assert_not_null(strstr(err.what, "lane 1"));
    cr_assert_eq(world_look(&w)->time_min[0], 0.0);
    world_fini(&w);
}

static titr_status too_many(const void *def, const titr_patient *patient, titr_rng_key key,
                            double clock_start_min, unsigned day, titr_day_plan *plan,
                            titr_error *err)
{
    (void)def, (void)patient, (void)key, (void)clock_start_min;
    for (int i = 0; day == 2 && i <= TITR_MEALS_PER_DAY_MAX; i++) {
        TITR_TRY(titr_day_plan_add(plan, (titr_meal){1440.0 * day, 1.0, 1.0}, err));
    }
    return TITR_OK;
}

/* The third day is planned when the second begins. */
Test(env_check, passes_on_what_a_scenario_refuses)
{
    static const titr_scenario_type glutton = {
        .part = {.name = "glutton", .doc = "", .source = "titrate"}, .plan_day = too_many};
    world w;
    titr_error err = {0};
    world_init(&w);
    w.def.scenario[w.def.n_scenario++] = (titr_slot){&glutton, NULL};
    w.def.decision_interval_min = 720.0;
    w.def.horizon_min = 2880.0;
    world_open(&w, 1);
    world_step(&w, 1.0, 0.0);
    const titr_dose dose = {0.3, 0.0};
    cr_assert_eq(titr_env_step(w.env, &dose, &err), TITR_ERR_RANGE);
    cr_assert_not_null(strstr(err.what, "meals in one day"), "%s", err.what);
    world_fini(&w);
}

Test(env_check, destroying_nothing_is_fine_and_ends_have_names)
{
    titr_env_destroy(NULL);
    cr_assert_str_eq(titr_end_name(TITR_END_NONE), "none");
    cr_assert_str_eq(titr_end_name(TITR_END_TERMINATED), "terminated");
    cr_assert_str_eq(titr_end_name(TITR_END_TRUNCATED), "truncated");
    cr_assert_str_eq(titr_end_name(TITR_END_FAULT), "fault");
}
