// SPDX-License-Identifier: GPL-3.0-or-later
/* Interrupted and resumed is the same as never interrupted, bit for bit. */
#include "support/part.h"
#include "support/rk.h"
#include "support/world.h"

#include "env/patients/patients.h"

#include "titrate/base/visit_memory.h"
#include "titrate/env/pump.h"
#include "titrate/env/sensor.h"

enum { LANES = 4, HALF = 300 };

static void set_up(world *w, const titr_solver_type *solver)
{
    world_init(w);
    world_use(&w->def.solver, solver);
    world_random_meals(w);
    world_use(&w->def.sensor, titr_sensor_find("cgm_breton_2008"));
    world_use(&w->def.pump, titr_pump_find("pump"));
    w->def.horizon_min = 3.0 * 1440.0;
    world_open(w, LANES);
}

/* Lane 3 gets an overdose in the first half: it has ended when the state is saved. */
static void decide(world *w)
{
    const titr_env_view *view = world_look(w);
    titr_dose dose[LANES];
    titr_error err = {0};
    for (size_t lane = 0; lane < LANES; lane++) {
        dose[lane] = (titr_dose){world_basal_u_per_h(w, lane),
                                 view->record.col[TITR_OBS_CARBS_ANNOUNCED][lane] / 18.0};
    }
    dose[3].bolus_u += 3.0;
    cr_assert_eq(titr_env_step(w->env, dose, &err), TITR_OK, "%s", err.what);
}

static void play(world *w)
{
    for (int k = 0; k < HALF; k++) {
        decide(w);
    }
}

static void compare(const world *a, const world *b)
{
    for (size_t lane = 0; lane < LANES; lane++) {
        double x[WORLD_SNAPSHOT_MAX], y[WORLD_SNAPSHOT_MAX];
        const size_t n = world_snapshot(a, lane, x);
        world_snapshot(b, lane, y);
        cr_assert_arr_eq(x, y, n * sizeof *x, "lane %zu", lane);
    }
}

static void resume(const titr_solver_type *solver)
{
    world whole, resumed;
    titr_error err = {0};
    titr_memory_visitor m;
    set_up(&whole, solver);
    play(&whole);
    titr_memory_visitor_init(&m);
    cr_assert_eq(titr_env_visit(whole.env, &m.base, NULL, &err), TITR_OK, "%s", err.what);
    set_up(&resumed, solver);
    titr_memory_visitor_load(&m);
    cr_assert_eq(titr_env_visit(resumed.env, &m.base, resumed.start, &err), TITR_OK, "%s",
                 err.what);
    cr_assert_eq(world_look(&resumed)->end[3], TITR_END_TERMINATED);
    compare(&whole, &resumed);
    for (int k = 0; k < 4; k++) { /* what is soon written over counts as well */
        decide(&whole);
        decide(&resumed);
        compare(&whole, &resumed);
    }
    play(&whole);
    play(&resumed);
    cr_assert_gt(world_look(&whole)->time_min[0], 1440.0);
    compare(&whole, &resumed);
    titr_memory_visitor_fini(&m);
    world_fini(&resumed);
    world_fini(&whole);
}

Test(env_visit, half_saved_loaded_and_half_equals_the_whole)
{
    resume(titr_solver_find("cvode"));
    resume(&rk_wide);
}

Test(env_visit, another_child_or_seed_is_refused_and_nothing_changes)
{
    world w, other;
    titr_error err = {0};
    titr_memory_visitor m;
    set_up(&w, titr_solver_find("cvode"));
    play(&w);
    titr_memory_visitor_init(&m);
    cr_assert_eq(titr_env_visit(w.env, &m.base, NULL, &err), TITR_OK);
    for (int which = 0; which < 3; which++) {
        set_up(&other, titr_solver_find("cvode"));
        titr_lane_start wrong[LANES];
        memcpy(wrong, other.start, sizeof wrong);
        if (which == 0) {
            wrong[2].child = &other.cohort.child[9];
        } else if (which == 1) {
            wrong[2].seed++;
        } else {
            wrong[2].child = NULL;
        }
        titr_memory_visitor_load(&m);
        cr_assert_eq(titr_env_visit(other.env, &m.base, wrong, &err), TITR_ERR_CONFIG);
        cr_assert_not_null(strstr(err.what, "lane 2"), "%s", err.what);
        cr_assert_eq(world_look(&other)->time_min[0], 0.0);
        world_fini(&other);
    }
    titr_memory_visitor_fini(&m);
    world_fini(&w);
}

/* @param[in] place one of the saved environment's, put where no ring has one. */
static void refuse_place(world *w, size_t *place, const char *name)
{
    titr_error err = {0};
    titr_memory_visitor m;
    world other;
    const size_t was = *place;
    *place = 1000;
    titr_memory_visitor_init(&m);
    cr_assert_eq(titr_env_visit(w->env, &m.base, NULL, &err), TITR_OK);
    *place = was;
    set_up(&other, titr_solver_find("cvode"));
    titr_memory_visitor_load(&m);
    cr_assert_eq(titr_env_visit(other.env, &m.base, other.start, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, name), "%s", err.what);
    titr_memory_visitor_fini(&m);
    world_fini(&other);
}

Test(env_visit, a_place_outside_of_its_ring_is_refused)
{
    world w;
    set_up(&w, titr_solver_find("cvode"));
    titri_patients *env = titri_patients_of(w.env);
    refuse_place(&w, &env->iob.head, "iob_head");
    refuse_place(&w, &env->readings_head, "readings_head");
    refuse_place(&w, &env->history_row, "cgm_history_row");
    world_fini(&w);
}

Test(env_visit, a_lane_that_was_never_started_stays_so)
{
    world w, other;
    titr_error err = {0};
    titr_memory_visitor m;
    world_init(&w);
    cr_assert_eq(titr_env_create(&w.def, 2, &w.env, &err), TITR_OK);
    const titr_child *child = &w.cohort.child[0];
    const titr_lane_start start[2] = {{1, child, &child->published, 1, 1}};
    cr_assert_eq(titr_env_reset(w.env, start, 1, &err), TITR_OK);
    titr_memory_visitor_init(&m);
    cr_assert_eq(titr_env_visit(w.env, &m.base, NULL, &err), TITR_OK);
    world_init(&other);
    cr_assert_eq(titr_env_create(&other.def, 2, &other.env, &err), TITR_OK);
    const titr_lane_start again[2] = {[1] = {1, child, &child->published, 1, 1}};
    titr_memory_visitor_load(&m);
    cr_assert_eq(titr_env_visit(other.env, &m.base, again, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(world_look(&other)->end[0], TITR_END_TRUNCATED);
    cr_assert_eq(world_look(&other)->end[1], TITR_END_NONE);
    titr_memory_visitor_fini(&m);
    world_fini(&other);
    world_fini(&w);
}
