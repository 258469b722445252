// SPDX-License-Identifier: GPL-3.0-or-later
/* CVODE: closed form of a linear chain, tolerance ladder, named faults, and what a span promises.
 */
#include "support/allocations.h"
#include "support/body.h"
#include "support/chain.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

/* What the test asks of the solver. */
typedef struct ask {
    double rtol, max_steps, initial_step_min, atol_factor;
    int bdf, mode;
} ask;
static const ask DEFAULTS = {1e-8, 100000, 1e-3, 1.0, 0, 0};

static titr_solver *make(const titr_model_type *model, ask a)
{
    titr_slot slot;
    titr_error err = {0};
    titr_solver *solver = NULL;
    cr_assert_eq(titr_slot_init(&slot, titr_solver_find("cvode"), &err), TITR_OK);
    cr_assert(slot_set(slot, "rtol", a.rtol) && slot_set(slot, "max_steps", a.max_steps) &&
              slot_set(slot, "initial_step_min", a.initial_step_min) &&
              slot_set(slot, "atol_factor", a.atol_factor) && slot_set(slot, "method", a.bdf));
    cr_assert_eq(titr_solver_create(slot, model, &model->modes[a.mode], &solver, &err), TITR_OK,
                 "%s", err.what);
    titr_slot_fini(&slot);
    return solver;
}

Test(cvode, follows_the_closed_form_by_either_method)
{
    const double theta[CHAIN_N_THETA] = {0.3, 0.05}, u[1] = {0.0};
    for (int k = 0; k < 4; k++) {
        ask a = DEFAULTS;
        a.bdf = k & 1;
        a.mode = k >> 1;
        titr_solver *solver = make(&chain, a);
        double x[2] = {100.0, 0.0}, minutes[60][2];
        cr_assert_eq(chain_run(solver, 10.0, 70.0, x, u, theta, &minutes[0][0], 60).code,
                     TITR_FAULT_NONE);
        for (int t = 1; t <= 60; t++) {
            const double want = chain_exact_b(100.0, 0.3, 0.05, t);
            cr_assert_float_eq(minutes[t - 1][1], want, 3e-6 * want, "%d: t = %d: %.12g, %.12g", k,
                               t, minutes[t - 1][1], want);
        }
        cr_assert_eq(memcmp(x, minutes[59], sizeof x), 0);
        titr_solver_destroy(solver);
    }
}

/* Each tightening by 100 must pay. */
Test(cvode, error_falls_with_the_tolerance)
{
    const double theta[CHAIN_N_THETA] = {0.3, 0.05}, u[1] = {0.0};
    for (int bdf = 0; bdf < 2; bdf++) {
        double before = 1.0;
        for (int k = 0; k < 4; k++) {
            static const double ladder[] = {1e-4, 1e-6, 1e-8, 1e-10};
            const double rtol = ladder[k];
            ask a = DEFAULTS;
            a.rtol = rtol;
            a.bdf = bdf;
            titr_solver *solver = make(&chain, a);
            double x[2] = {100.0, 0.0};
            cr_assert_eq(chain_run(solver, 0.0, 30.0, x, u, theta, NULL, 0).code, TITR_FAULT_NONE);
            const double error = fabs(x[1] / chain_exact_b(100.0, 0.3, 0.05, 30.0) - 1.0);
            cr_assert_lt(error, 300.0 * rtol, "rtol %g: error %g", rtol, error);
            cr_assert_lt(error, before, "rtol %g: error %g, was %g", rtol, error, before);
            before = error;
            titr_solver_destroy(solver);
        }
    }
}

/* The stop is exact although the solution is discontinuous there: two spans, two infusions. */
Test(cvode, a_jump_of_the_input_is_no_error)
{
    const double theta[CHAIN_N_THETA] = {0.3, 0.05};
    titr_solver *solver = make(&chain, DEFAULTS);
    double x[2] = {0.0, 0.0};
    const double first[1] = {5.0}, second[1] = {0.0};
    cr_assert_eq(chain_run(solver, 0.0, 7.5, x, first, theta, NULL, 0).code, TITR_FAULT_NONE);
    cr_assert_float_eq(x[0], 5.0 / 0.3 * (1.0 - exp(-0.3 * 7.5)), 1e-6);
    const double at_jump = x[0];
    cr_assert_eq(chain_run(solver, 7.5, 20.0, x, second, theta, NULL, 0).code, TITR_FAULT_NONE);
    cr_assert_float_eq(x[0], at_jump * exp(-0.3 * 12.5), 1e-6);
    titr_solver_destroy(solver);
}

Test(cvode, asking_for_minutes_changes_no_bit_and_spans_carry_no_history)
{
    const double theta[CHAIN_N_THETA] = {0.3, 0.05}, u[1] = {1.0};
    titr_solver *used = make(&chain, DEFAULTS), *fresh = make(&chain, DEFAULTS);
    double warm[2] = {1.0, 2.0};
    cr_assert_eq(chain_run(used, 0.0, 33.0, warm, u, theta, NULL, 0).code, TITR_FAULT_NONE);
    double with[2] = {40.0, 3.0}, without[2] = {40.0, 3.0}, minutes[10][2];
    for (size_t k = 0; k < 10; k++) {
        minutes[k][0] = minutes[k][1] = -1.0;
    }
    cr_assert_eq(chain_run(used, 2.0, 7.5, with, u, theta, &minutes[0][0], 10).code,
                 TITR_FAULT_NONE);
    cr_assert_eq(chain_run(fresh, 2.0, 7.5, without, u, theta, NULL, 0).code, TITR_FAULT_NONE);
    cr_assert_eq(memcmp(with, without, sizeof with), 0);
    cr_assert_gt(minutes[4][1], 0.0);
    cr_assert_eq(minutes[5][1], -1.0, "rows beyond the span stay as they were");
    titr_solver_destroy(used);
    titr_solver_destroy(fresh);
}

Test(cvode, nothing_happens_in_an_empty_span_or_a_masked_lane)
{
    const double theta[CHAIN_N_THETA] = {0.3, 0.05}, u[1] = {1.0}, from = 0.0, to = 5.0;
    titr_solver *solver = make(&chain, DEFAULTS);
    double x[2] = {40.0, 3.0};
    cr_assert_eq(chain_run(solver, 5.0, 5.0, x, u, theta, NULL, 0).code, TITR_FAULT_NONE);
    const titr_flag active = 0;
    titr_fault fault = {.code = TITR_FAULT_OTHER};
    const titr_span span = {.from_min = &from,
                            .to_min = &to,
                            .active = &active,
                            .x = x,
                            .u = u,
                            .theta = theta,
                            .fault = &fault};
    cr_assert_eq(titr_solver_advance(solver, &span, NULL), TITR_OK);
    cr_assert_eq(fault.code, TITR_FAULT_OTHER);
    cr_assert(x[0] == 40.0 && x[1] == 3.0);
    titr_solver_destroy(solver);
}

Test(cvode, advancing_allocates_nothing)
{
    if (TEST_SANITIZED) {
        cr_skip_test("allocations are not counted under a sanitizer");
    }
    const double theta[CHAIN_N_THETA] = {0.3, 0.05}, u[1] = {1.0};
    for (int bdf = 0; bdf < 2; bdf++) {
        ask a = DEFAULTS;
        a.bdf = bdf;
        titr_solver *solver = make(&chain, a);
        double x[2] = {40.0, 3.0}, minutes[10][2];
        /* the linear solver of BDF takes its memory at the first span */
        (void)chain_run(solver, 0.0, 10.0, x, u, theta, &minutes[0][0], 10);
        const size_t before = allocations();
        for (int k = 1; k < 5; k++) {
            (void)chain_run(solver, 10.0 * k, 10.0 * (k + 1), x, u, theta, &minutes[0][0], 10);
        }
        cr_assert_eq(allocations(), before);
        titr_solver_destroy(solver);
    }
}

/* Two methods, one body: a day with meals by Adams and by BDF. */
Test(cvode, adams_and_bdf_agree_on_a_day)
{
    const titr_model_type *m = titr_model_find("glucose_s2008");
    titr_patient p = {.id = "default", .weight_kg = 34.55648182};
    double glucose[2][1440];
    for (size_t i = 0; i < m->params.n; i++) {
        p.params[i] = m->params.row[i].init;
    }
    for (int bdf = 0; bdf < 2; bdf++) {
        titr_slot slot;
        body b;
        cr_assert_eq(titr_slot_init(&slot, titr_solver_find("cvode"), NULL), TITR_OK);
        cr_assert(slot_set(slot, "method", bdf));
        cr_assert_eq(body_init(&b, &p, "safe", slot, NULL), TITR_OK);
        const double basal = b.u[1];
        for (int t = 0; t < 1440; t++) {
            const double meal_g = t == 420 ? 45.0 : 0.0;
            cr_assert_eq(body_minute(&b, meal_g, basal + meal_g / 25.0, NULL), TITR_OK);
            cr_assert_eq(b.fault.code, TITR_FAULT_NONE);
            glucose[bdf][t] = body_output(&b, "glucose_mg_dl");
        }
        body_fini(&b);
        titr_slot_fini(&slot);
    }
    for (int t = 0; t < 1440; t++) {
        cr_assert_float_eq(glucose[0][t], glucose[1][t], 1e-3, "t = %d: %.9g, %.9g", t,
                           glucose[0][t], glucose[1][t]);
    }
}

/* ---- faults: each is named, and leaves the state as it was ---- */

static titr_fault fault_of(ask a, const double *start, double rate, double to)
{
    const double theta[CHAIN_N_THETA] = {rate, 0.05}, u[1] = {0.0};
    titr_solver *solver = make(&chain, a);
    double x[2] = {start[0], start[1]};
    const titr_fault fault = chain_run(solver, 0.0, to, x, u, theta, NULL, 0);
    cr_assert_eq(memcmp(x, start, sizeof x), 0, "the state changed on a fault");
    const double healthy[CHAIN_N_THETA] = {0.3, 0.05};
    double again[2] = {1.0, 1.0};
    cr_assert_eq(chain_run(solver, 0.0, 1.0, again, u, healthy, NULL, 0).code, TITR_FAULT_NONE,
                 "the solver did not recover");
    titr_solver_destroy(solver);
    return fault;
}

/* The work that a tolerance costs: calls that CVODE makes with its own vector operations, which
 * ours must not change, and with the weights asked for (measured with SUNDIALS 6.4.1). */
Test(cvode, a_tolerance_costs_what_it_costs_the_library)
{
    static const struct {
        double rtol;
        int bdf;
        size_t calls;
    } cases[] = {{1e-4, 0, 480}, {1e-8, 0, 589}, {1e-4, 1, 111}, {1e-8, 1, 285}};
    const double theta[CHAIN_N_THETA] = {0.3, 0.05}, u[1] = {5.0};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        ask a = DEFAULTS;
        a.rtol = cases[k].rtol;
        a.bdf = cases[k].bdf;
        titr_solver *solver = make(&chain, a);
        double x[2] = {100.0, 0.0};
        chain_calls = 0;
        cr_assert_eq(chain_run(solver, 0.0, 600.0, x, u, theta, NULL, 0).code, TITR_FAULT_NONE);
        cr_assert_float_eq((double)chain_calls, (double)cases[k].calls,
                           0.02 * (double)cases[k].calls, "%g, %d: %zu calls", a.rtol, a.bdf,
                           chain_calls);
        titr_solver_destroy(solver);
    }
}

Test(cvode, faults_are_named)
{
    const double start[2] = {100.0, 1.0};
    ask a = DEFAULTS;
    a.max_steps = 3;
    a.initial_step_min = 1e-6;
    const double theta[CHAIN_N_THETA] = {0.3, 0.05}, u[1] = {0.0};
    titr_solver *short_of_steps = make(&chain, a);
    double x[2] = {100.0, 1.0};
    titr_fault fault = chain_run(short_of_steps, 0.0, 100.0, x, u, theta, NULL, 0);
    titr_solver_destroy(short_of_steps);
    cr_assert_eq(fault.code, TITR_FAULT_TOO_MUCH_WORK);
    cr_assert_str_eq(fault.flag, "CV_TOO_MUCH_WORK");
    cr_assert_str_eq(titr_fault_name(fault.code), "CV_TOO_MUCH_WORK");
    cr_assert(fault.time_min > 0.0 && fault.time_min < 100.0);
    cr_assert_neq(fault.state[0], '\0', "the state with the largest local error is named");

    fault = fault_of(DEFAULTS, start, (double)NAN, 5.0);
    cr_assert_eq(fault.code, TITR_FAULT_RHS);
    cr_assert_str_eq(fault.state, "a_mg");
    cr_assert_not_null(strstr(fault.flag, "RHSFUNC"), "%s", fault.flag);

    const double broken[2] = {100.0, HUGE_VAL};
    fault = fault_of(DEFAULTS, broken, 0.3, 5.0);
    cr_assert_eq(fault.code, TITR_FAULT_NON_FINITE);
    cr_assert_str_eq(fault.state, "b_mg");
    cr_assert_eq(fault.time_min, 0.0);

    const double negative[2] = {100.0, -1e-6};
    fault = fault_of(DEFAULTS, negative, 0.3, 5.0);
    cr_assert_eq(fault.code, TITR_FAULT_NEGATIVE_MASS);
    cr_assert_str_eq(fault.state, "b_mg");
    cr_assert_float_eq(fault.value, -1e-6, 0.0);
    cr_assert_str_eq(titr_fault_name(fault.code), "negative_mass");

    a = DEFAULTS;
    a.mode = 1; /* a mode that makes no promise about masses */
    titr_solver *solver = make(&chain, a);
    double y[2] = {100.0, -1.0};
    cr_assert_eq(chain_run(solver, 0.0, 1.0, y, u, theta, NULL, 0).code, TITR_FAULT_NONE);
    titr_solver_destroy(solver);
}

/* Only the first derivative is not a number: each is looked at. */
Test(cvode, each_derivative_is_watched)
{
    const double theta[CHAIN_N_THETA] = {0.3, 0.05}, u[1] = {(double)NAN};
    titr_solver *solver = make(&chain, DEFAULTS);
    double x[2] = {1.0, 1.0};
    const titr_fault fault = chain_run(solver, 0.0, 5.0, x, u, theta, NULL, 0);
    cr_assert_eq(fault.code, TITR_FAULT_RHS);
    cr_assert_str_eq(fault.state, "a_mg");
    titr_solver_destroy(solver);
}

/* At a rate of 1e6 /min Adams would need 1e7 steps; Newton with the right Jacobian needs few. */
Test(cvode, bdf_uses_the_jacobian)
{
    const double theta[CHAIN_N_THETA] = {1e6, 0.05}, u[1] = {5.0};
    ask a = DEFAULTS;
    a.max_steps = 1000;
    a.initial_step_min = 1e-9;
    for (a.bdf = 0; a.bdf < 2; a.bdf++) {
        titr_solver *solver = make(&chain, a);
        double x[2] = {100.0, 0.0};
        const titr_fault fault = chain_run(solver, 0.0, 60.0, x, u, theta, NULL, 0);
        cr_assert_eq(fault.code, a.bdf ? TITR_FAULT_NONE : TITR_FAULT_TOO_MUCH_WORK, "%s at %g min",
                     fault.flag, fault.time_min);
        if (a.bdf) {
            cr_assert_float_eq(x[0], 5e-6, 1e-11);
            cr_assert_float_eq(x[1], 100.0 * exp(-3.0) + 100.0 * (1.0 - exp(-3.0)), 1e-3);
        }
        titr_solver_destroy(solver);
    }
}

Test(cvode, a_rate_beyond_reach_is_a_fault_and_not_a_crash)
{
    const double start[2] = {100.0, 1.0};
    for (int bdf = 0; bdf < 2; bdf++) {
        ask a = DEFAULTS;
        a.bdf = bdf;
        a.max_steps = 50;
        const titr_fault fault = fault_of(a, start, -1e300, 5.0);
        cr_assert_neq(fault.code, TITR_FAULT_NONE);
        cr_assert_eq(strncmp(fault.flag, "CV_", 3), 0, "%s", fault.flag);
    }
}

Test(cvode, misuse_is_refused)
{
    titr_slot slot;
    titr_error err = {0};
    titr_solver *solver = NULL;
    cr_assert_eq(titr_slot_init(&slot, titr_solver_find("cvode"), &err), TITR_OK);
    titr_model_type wide = chain;
    wide.lanes = 8;
    cr_assert_eq(titr_solver_create(slot, &wide, &chain.modes[0], &solver, &err), TITR_ERR_ARG);
    cr_assert(slot_set(slot, "rtol", -1.0));
    cr_assert_eq(titr_solver_create(slot, &chain, &chain.modes[0], &solver, &err), TITR_ERR_RANGE);
    cr_assert_not_null(strstr(err.what, "rtol"));
    titr_slot_fini(&slot);

    solver = make(&chain, DEFAULTS);
    const double theta[CHAIN_N_THETA] = {0.3, 0.05}, u[1] = {0.0}, from = 5.0, to = 4.0;
    double x[2] = {1.0, 1.0};
    const titr_flag active = 1;
    titr_fault fault;
    const titr_span backwards = {.from_min = &from,
                                 .to_min = &to,
                                 .active = &active,
                                 .x = x,
                                 .u = u,
                                 .theta = theta,
                                 .fault = &fault};
    cr_assert_eq(titr_solver_advance(solver, &backwards, &err), TITR_ERR_ARG);
    cr_assert_not_null(strstr(err.what, "from 5 to 4 min"), "%s", err.what);
    titr_solver_destroy(solver);
    titr_solver_destroy(NULL);
}

Test(cvode, every_fault_has_a_name)
{
    for (int code = 0; code <= TITR_FAULT_OTHER; code++) {
        cr_assert_gt(strlen(titr_fault_name((titr_fault_code)code)), 3);
    }
    cr_assert_str_eq(titr_fault_name((titr_fault_code)99), "unknown fault");
}
