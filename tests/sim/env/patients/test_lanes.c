// SPDX-License-Identifier: GPL-3.0-or-later
/* A child's bits are the same alone, at any position, beside one that dies and beside one whose
 * solver gives up; and the same in a solver of eight lanes as in one of a single lane. */
#include "support/part.h"
#include "support/rk.h"
#include "support/world.h"

#include "titrate/env/pump.h"
#include "titrate/env/sensor.h"

#include <math.h>

enum { STEPS = 288, CHILD = 4 };

/* What lane `lane` of a world does in a day; child CHILD plays there, eats, is bolused and wears a
 * noisy sensor. Lane 1 dies of an overdose and lane 2 is without insulin. */
static size_t day(const titr_solver_type *solver, size_t bits, size_t n_lanes, size_t lane,
                  double *out, titr_end *ends)
{
    world w;
    world_init(&w);
    w.def.vector_bits = bits;
    world_random_meals(&w);
    world_use(&w.def.solver, solver);
    world_use(&w.def.sensor, titr_sensor_find("cgm_breton_2008"));
    world_use(&w.def.pump, titr_pump_find("pump"));
    world_open(&w, n_lanes);
    const titr_child *child = &w.cohort.child[CHILD];
    w.start[lane] = (titr_lane_start){lane, child, &child->published, 7, 1003};
    world_restart(&w, lane);
    const titr_env_view *view = world_look(&w);
    titr_dose dose[WORLD_LANES_MAX];
    titr_error err = {0};
    for (size_t k = 0; k < STEPS; k++) {
        for (size_t l = 0; l < n_lanes; l++) {
            dose[l] = (titr_dose){world_basal_u_per_h(&w, l), l != lane && l == 1 ? 10.0 : 0.0};
            if (l != lane && l == 2) {
                dose[l].basal_u_per_h = 0.0;
            }
        }
        dose[lane].bolus_u = view->record.col[TITR_OBS_CARBS_ANNOUNCED][lane] / 20.0;
        cr_assert_eq(titr_env_step(w.env, dose, &err), TITR_OK, "%s", err.what);
    }
    for (size_t l = 0; l < n_lanes; l++) {
        ends[l] = view->end[l];
    }
    const size_t n = world_snapshot(&w, lane, out);
    world_fini(&w);
    return n;
}

Test(env_lanes, a_child_is_the_same_alone_anywhere_and_beside_the_dying_and_the_faulting)
{
    double alone[WORLD_SNAPSHOT_MAX], other[WORLD_SNAPSHOT_MAX];
    titr_end ends[WORLD_LANES_MAX];
    const size_t n = day(&rk_narrow, 0, 1, 0, alone, ends);
    static const struct {
        const titr_solver_type *solver;
        size_t lanes, lane;
    } cases[] = {{&rk_narrow, 5, 3}, {&rk_narrow, 3, 0}, {&rk_wide, 1, 0},
                 {&rk_wide, 5, 3},   {&rk_wide, 8, 7},   {&rk_wide, 13, 9}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        day(cases[c].solver, 0, cases[c].lanes, cases[c].lane, other, ends);
        cr_assert_arr_eq(alone, other, n * sizeof *alone, "case %zu", c);
        cr_assert_eq(ends[cases[c].lane], TITR_END_TRUNCATED);
        if (cases[c].lanes > 2) {
            cr_assert_eq(ends[1], TITR_END_TERMINATED);
            cr_assert_eq(ends[2], TITR_END_FAULT);
        }
    }
}

/* The registered solver of lanes: one lane, blocks, and every width of vectors that runs here. */
Test(env_lanes, rk4_gives_the_same_bits_in_every_variant)
{
    double alone[WORLD_SNAPSHOT_MAX], other[WORLD_SNAPSHOT_MAX];
    titr_end ends[WORLD_LANES_MAX];
    const titr_solver_type *rk4 = titr_solver_find("rk4");
    const size_t n = day(rk4, 0, 1, 0, alone, ends);
    for (size_t v = TITR_L8; v < TITR_N_VARIANTS; v++) {
        if (!titr_variant_runs((titr_variant)v)) {
            continue;
        }
        const size_t bits = titr_variant_bits((titr_variant)v);
        for (size_t lane = 0; lane < 13; lane += 4) {
            day(rk4, bits, 13, lane, other, ends);
            cr_assert_arr_eq(alone, other, n * sizeof *alone, "%zu bits, lane %zu", bits, lane);
        }
    }
}

/* The solver gave up at 612.5 min: the lane lived until 612, its last sound state is shown. */
static void fault(const titr_solver_type *solver)
{
    world w;
    world_init(&w);
    world_use(&w.def.solver, solver);
    w.def.keep_minutes = 1;
    w.def.terminal_penalty = 5.0;
    world_open(&w, 2);
    const titr_env_view *view = world_look(&w);
    const titr_dose dose[] = {{0.0, 0.0}, {world_basal_u_per_h(&w, 1), 0.0}};
    titr_error err = {0};
    for (size_t k = 0; k < 123; k++) {
        cr_assert_eq(view->end[0], TITR_END_NONE);
        cr_assert_eq(titr_env_step(w.env, dose, &err), TITR_OK);
    }
    cr_assert_eq(view->end[0], TITR_END_FAULT);
    cr_assert_eq(view->fault[0].code, TITR_FAULT_CONV_FAILURE);
    cr_assert_eq(view->fault[0].time_min, RK_GIVES_UP_MIN);
    cr_assert(isnan(view->reward[0]));
    cr_assert_eq(view->time_min[0], 612.0);
    cr_assert_eq(view->elapsed_min[0], 2.0);
    cr_assert_eq(view->n_minutes[0], 2);
    cr_assert_eq(view->glucose_mg_dl[0], view->minute_glucose_mg_dl[1]);
    const size_t gs = titr_table_find(w.def.model->states, "gs_mg_kg");
    const size_t vg = titr_table_find(w.def.model->params, "Vg");
    double state[TITR_STATES_MAX];
    titr_env_state(w.env, 0, state);
    cr_assert_float_eq(state[gs] / w.cohort.child[0].patient.params[vg], view->glucose_mg_dl[0],
                       1e-9);
    cr_assert_eq(view->end[1], TITR_END_NONE);
    cr_assert_eq(view->fault[1].code, TITR_FAULT_NONE);
    cr_assert(isfinite(view->reward[1]));
    world_restart(&w, 0);
    cr_assert_eq(view->fault[0].code, TITR_FAULT_NONE);
    world_fini(&w);
}

Test(env_lanes, a_fault_ends_its_lane_at_the_last_sound_minute)
{
    fault(&rk_narrow);
    fault(&rk_wide);
}

/* Lane 1 starts again in the middle: the others go on as if nothing had happened, and lane 1 as if
 * nothing had been before. */
static void restart(const titr_solver_type *solver)
{
    enum { BEFORE = 60, AFTER = 60, LANES = 3 };
    world w[2];
    double x[WORLD_SNAPSHOT_MAX], y[WORLD_SNAPSHOT_MAX];
    for (size_t i = 0; i < 2; i++) {
        world_init(&w[i]);
        world_random_meals(&w[i]);
        world_use(&w[i].def.solver, solver);
        world_open(&w[i], LANES);
    }
    for (size_t k = 0; k < BEFORE + AFTER; k++) {
        if (k == BEFORE) {
            world_restart(&w[0], 1);
        }
        world_step(&w[0], k % 5 < 3 ? 1.4 : 0.6, k % BEFORE == 20 ? 0.4 : 0.0);
        world_step(&w[1], k % 5 < 3 ? 1.4 : 0.6, k % BEFORE == 20 ? 0.4 : 0.0);
        if (k + 1 == AFTER) {
            world_snapshot(&w[1], 1, y);
        }
    }
    size_t n = world_snapshot(&w[0], 1, x);
    cr_assert_arr_eq(x, y, n * sizeof *x, "lane 1 remembers");
    for (size_t lane = 0; lane < LANES; lane += 2) {
        n = world_snapshot(&w[0], lane, x);
        world_snapshot(&w[1], lane, y);
        cr_assert_arr_eq(x, y, n * sizeof *x, "lane %zu was touched", lane);
    }
    world_fini(&w[0]);
    world_fini(&w[1]);
}

Test(env_lanes, a_reset_lane_starts_afresh_and_touches_no_other)
{
    restart(&rk_narrow);
    restart(&rk_wide);
}
