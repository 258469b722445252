// SPDX-License-Identifier: GPL-3.0-or-later
/* Cash-Karp: closed form of a linear chain, its order, tolerance ladder, cvode on a child's day,
 * the work it does, named faults, and what a span promises. */
#include "support/allocations.h"
#include "support/body.h"
#include "support/chain.h"

#include <criterion/criterion.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

static const double THETA[CHAIN_N_THETA] = {0.3, 0.05}, NOTHING[1] = {0.0};

/* What the test asks of the solver. */
typedef struct ask {
    double rtol, max_steps, initial_step_min, atol_factor;
    const titr_model_mode *mode; /* NULL: the chain's first */
} ask;
static const ask DEFAULTS = {1e-8, 100000, 1.0, 1.0, NULL};

static titr_solver *make(ask a)
{
    titr_slot slot;
    titr_error err = {0};
    titr_solver *solver = NULL;
    cr_assert_eq(titr_slot_init(&slot, titr_solver_find("rkck"), &err), TITR_OK);
    cr_assert(slot_set(slot, "rtol", a.rtol) && slot_set(slot, "max_steps", a.max_steps) &&
              slot_set(slot, "initial_step_min", a.initial_step_min) &&
              slot_set(slot, "atol_factor", a.atol_factor));
    cr_assert_eq(
        titr_solver_create(slot, &chain, a.mode != NULL ? a.mode : &chain.modes[0], &solver, &err),
        TITR_OK, "%s", err.what);
    titr_slot_fini(&slot);
    return solver;
}

/* ---- accuracy ---- */

Test(rkck, follows_the_closed_form)
{
    titr_solver *solver = make(DEFAULTS);
    double x[2] = {100.0, 0.0}, minutes[60][2];
    cr_assert_eq(chain_run(solver, 10.0, 70.0, x, NOTHING, THETA, &minutes[0][0], 60).code,
                 TITR_FAULT_NONE);
    for (int t = 1; t <= 60; t++) {
        const double want = chain_exact_b(100.0, 0.3, 0.05, t);
        cr_assert_float_eq(minutes[t - 1][1], want, 1e-7 * want, "t = %d: %.12g, %.12g", t,
                           minutes[t - 1][1], want);
    }
    cr_assert_eq(memcmp(x, minutes[59], sizeof x), 0);
    titr_solver_destroy(solver);
}

/* Each tightening by 100 must pay. */
Test(rkck, error_falls_with_the_tolerance)
{
    double before = 1.0;
    for (int k = 0; k < 4; k++) {
        static const double ladder[] = {1e-5, 1e-7, 1e-9, 1e-11};
        ask a = DEFAULTS;
        a.rtol = ladder[k];
        titr_solver *solver = make(a);
        double x[2] = {100.0, 0.0};
        cr_assert_eq(chain_run(solver, 0.0, 30.0, x, NOTHING, THETA, NULL, 0).code,
                     TITR_FAULT_NONE);
        const double error = fabs(x[1] / chain_exact_b(100.0, 0.3, 0.05, 30.0) - 1.0);
        cr_assert_lt(error, 10.0 * a.rtol, "rtol %g: error %g", a.rtol, error);
        cr_assert_lt(error, before, "rtol %g: error %g, was %g", a.rtol, error, before);
        before = error;
        titr_solver_destroy(solver);
    }
}

/* Spans as long as a step, at a tolerance that accepts each: half the step, a 32nd of the error. */
Test(rkck, is_of_order_five)
{
    ask a = DEFAULTS;
    a.rtol = 1e-3;
    double error[2];
    for (int fine = 0; fine < 2; fine++) {
        const double step = fine ? 0.5 : 1.0;
        titr_solver *solver = make(a);
        double x[2] = {100.0, 0.0};
        chain_calls = 0;
        for (double t = 0.0; t < 10.0; t += step) {
            cr_assert_eq(chain_run(solver, t, t + step, x, NOTHING, THETA, NULL, 0).code,
                         TITR_FAULT_NONE);
        }
        cr_assert_eq(chain_calls, fine ? 120 : 60);
        error[fine] = fabs(x[1] - chain_exact_b(100.0, 0.3, 0.05, 10.0));
        titr_solver_destroy(solver);
    }
    cr_assert(error[0] / error[1] > 25.0 && error[0] / error[1] < 40.0, "%g / %g", error[0],
              error[1]);
}

/* Another method, another library: a day with a meal, insulin that changes every ten minutes. */
Test(rkck, agrees_with_cvode_on_a_day)
{
    static const char *const names[] = {"cvode", "rkck", "rkck"};
    static const double rtol[] = {1e-12, 1e-6, 1e-10}, bound_mg_dl[] = {0.0, 1e-3, 1e-6};
    static double glucose[3][1440];
    const titr_model_type *m = titr_model_find("glucose_s2008");
    titr_patient p = {.id = "default", .weight_kg = 34.55648182};
    for (size_t i = 0; i < m->params.n; i++) {
        p.params[i] = m->params.row[i].init;
    }
    for (size_t k = 0; k < 3; k++) {
        titr_slot slot;
        body b;
        cr_assert_eq(titr_slot_init(&slot, titr_solver_find(names[k]), NULL), TITR_OK);
        cr_assert(slot_set(slot, "rtol", rtol[k]));
        cr_assert_eq(body_init(&b, &p, "safe", slot, NULL), TITR_OK);
        const double basal = b.u[1];
        for (int t = 0; t < 1440; t++) {
            const double meal_g = t == 420 ? 45.0 : 0.0;
            const double factor = 0.5 * (t / 10 % 5);
            cr_assert_eq(body_minute(&b, meal_g, basal * factor + meal_g / 25.0, NULL), TITR_OK);
            cr_assert_eq(b.fault.code, TITR_FAULT_NONE);
            glucose[k][t] = body_output(&b, "glucose_mg_dl");
        }
        body_fini(&b);
        titr_slot_fini(&slot);
    }
    for (size_t k = 1; k < 3; k++) {
        for (int t = 0; t < 1440; t++) {
            cr_assert_float_eq(glucose[k][t], glucose[0][t], bound_mg_dl[k],
                               "rtol %g, t = %d: %.12g, %.12g", rtol[k], t, glucose[k][t],
                               glucose[0][t]);
        }
    }
}

/* ---- spans ---- */

Test(rkck, a_jump_of_the_input_is_no_error)
{
    titr_solver *solver = make(DEFAULTS);
    double x[2] = {0.0, 0.0};
    const double infusion[1] = {5.0};
    cr_assert_eq(chain_run(solver, 0.0, 7.5, x, infusion, THETA, NULL, 0).code, TITR_FAULT_NONE);
    cr_assert_float_eq(x[0], 5.0 / 0.3 * (1.0 - exp(-0.3 * 7.5)), 1e-6);
    const double at_jump = x[0];
    cr_assert_eq(chain_run(solver, 7.5, 20.0, x, NOTHING, THETA, NULL, 0).code, TITR_FAULT_NONE);
    cr_assert_float_eq(x[0], at_jump * exp(-0.3 * 12.5), 1e-6);
    titr_solver_destroy(solver);
}

Test(rkck, asking_for_minutes_changes_no_bit_and_spans_carry_no_history)
{
    const double u[1] = {1.0};
    titr_solver *used = make(DEFAULTS), *fresh = make(DEFAULTS);
    double warm[2] = {1.0, 2.0};
    cr_assert_eq(chain_run(used, 0.0, 33.3, warm, u, THETA, NULL, 0).code, TITR_FAULT_NONE);
    double with[2] = {40.0, 3.0}, without[2] = {40.0, 3.0}, minutes[10][2];
    for (size_t k = 0; k < 10; k++) {
        minutes[k][0] = minutes[k][1] = -1.0;
    }
    cr_assert_eq(chain_run(used, 2.0, 7.5, with, u, THETA, &minutes[0][0], 10).code,
                 TITR_FAULT_NONE);
    cr_assert_eq(chain_run(fresh, 2.0, 7.5, without, u, THETA, NULL, 0).code, TITR_FAULT_NONE);
    cr_assert_eq(memcmp(with, without, sizeof with), 0);
    cr_assert_gt(minutes[4][1], 0.0);
    cr_assert_eq(minutes[5][1], -1.0, "rows beyond the span stay as they were");
    minutes[2][1] = -1.0;
    double again[2] = {40.0, 3.0};
    cr_assert_eq(chain_run(used, 2.0, 7.5, again, u, THETA, &minutes[0][0], 2).code,
                 TITR_FAULT_NONE);
    cr_assert_eq(minutes[2][1], -1.0, "rows that the caller does not have are not written");
    titr_solver_destroy(used);
    titr_solver_destroy(fresh);
}

Test(rkck, nothing_happens_in_an_empty_span_or_a_masked_lane)
{
    const double u[1] = {1.0}, from = 0.0, to = 5.0;
    titr_solver *solver = make(DEFAULTS);
    double x[2] = {40.0, 3.0};
    cr_assert_eq(chain_run(solver, 5.0, 5.0, x, u, THETA, NULL, 0).code, TITR_FAULT_NONE);
    const titr_flag active = 0;
    titr_fault fault = {.code = TITR_FAULT_OTHER};
    const titr_span span = {.from_min = &from,
                            .to_min = &to,
                            .active = &active,
                            .x = x,
                            .u = u,
                            .theta = THETA,
                            .fault = &fault};
    cr_assert_eq(titr_solver_advance(solver, &span, NULL), TITR_OK);
    cr_assert_eq(fault.code, TITR_FAULT_OTHER);
    cr_assert(x[0] == 40.0 && x[1] == 3.0);
    titr_solver_destroy(solver);
}

Test(rkck, advancing_allocates_nothing)
{
    if (TEST_SANITIZED) {
        cr_skip_test("allocations are not counted under a sanitizer");
    }
    titr_solver *solver = make(DEFAULTS);
    double x[2] = {40.0, 3.0}, minutes[10][2];
    const size_t before = allocations();
    for (int k = 0; k < 5; k++) {
        (void)chain_run(solver, 10.0 * k, 10.0 * (k + 1), x, NOTHING, THETA, &minutes[0][0], 10);
    }
    cr_assert_eq(allocations(), before);
    titr_solver_destroy(solver);
}

/* ---- work: six calls a step, none at the end of a span, no slivers ---- */

static size_t calls_of(ask a, double from, double to)
{
    titr_solver *solver = make(a);
    double x[2] = {100.0, 100.0};
    chain_calls = 0;
    cr_assert_eq(chain_run(solver, from, to, x, NOTHING, THETA, NULL, 0).code, TITR_FAULT_NONE);
    titr_solver_destroy(solver);
    return chain_calls;
}

Test(rkck, a_step_takes_six_calls)
{
    ask a = DEFAULTS;
    a.rtol = 1e-3;
    cr_assert_eq(calls_of(a, 0.0, 1.0), 6);
    cr_assert_gt(2.2 - 1.2, 1.0);
    cr_assert_eq(calls_of(a, 1.2, 2.2), 6, "a minute is one step wherever it begins");
    const double from = 0.33076869974387796, to = 0.9270279493400327;
    cr_assert_lt(from + (to - from), to);
    cr_assert_eq(calls_of(a, from, to), 6, "rounded times leave no step over");
    cr_assert_eq(calls_of(a, 0.0, 60.0), 360);
    cr_assert_eq(calls_of(a, 0.0, 2.25), 18);
    a.initial_step_min = 0.6; /* two halves, not 0.6 and 0.4; then whole minutes */
    cr_assert_eq(calls_of(a, 0.0, 1.0), 12);
    cr_assert_eq(calls_of(a, 0.0, 3.0), 24);
    a.initial_step_min = 0.01; /* grows by five: 0.01, 0.05, 0.25, then what is left */
    cr_assert_eq(calls_of(a, 0.0, 1.0), 24);
}

/* The work that a tolerance costs: figures as measured, so that a change of the control is seen. */
Test(rkck, a_tolerance_costs_what_it_cost)
{
    static const double rtol[] = {1e-6, 1e-8, 1e-10};
    static const size_t calls[] = {672, 1085, 2512};
    for (size_t k = 0; k < 3; k++) {
        ask a = DEFAULTS;
        a.rtol = rtol[k];
        const size_t got = calls_of(a, 0.0, 60.0);
        cr_assert_float_eq((double)got, (double)calls[k], 0.02 * (double)calls[k], "%g: %zu calls",
                           rtol[k], got);
    }
}

/* Error of the first minute of dA/dt = -a A from 1, from the published table: what order 5 makes of
 * it less what order 4 does. For a linear problem stage i is a number k_i times A. */
static double published_error(double a)
{
    static const double b[6][5] = {
        {0.0},
        {1.0 / 5},
        {3.0 / 40, 9.0 / 40},
        {3.0 / 10, -9.0 / 10, 6.0 / 5},
        {-11.0 / 54, 5.0 / 2, -70.0 / 27, 35.0 / 27},
        {1631.0 / 55296, 175.0 / 512, 575.0 / 13824, 44275.0 / 110592, 253.0 / 4096}};
    static const double five[6] = {37.0 / 378, 0.0, 250.0 / 621, 125.0 / 594, 0.0, 512.0 / 1771};
    static const double four[6] = {2825.0 / 27648,  0.0,           18575.0 / 48384,
                                   13525.0 / 55296, 277.0 / 14336, 1.0 / 4};
    double k[6], error = 0.0;
    for (int i = 0; i < 6; i++) {
        double x = 1.0;
        for (int j = 0; j < i; j++) {
            x += b[i][j] * k[j];
        }
        k[i] = -a * x;
        error += (five[i] - four[i]) * k[i];
    }
    return fabs(error);
}

/* A step is accepted if its error is not above rtol |x| + rtol atol_factor 1e-9 of the range, which
 * is 1000 mg. B, which gains what A loses, is so large that its tolerance does not matter. */
Test(rkck, a_step_is_accepted_at_its_tolerance)
{
    static const double from_mg[] = {100.0, 0.01}, atol_factor[] = {1.0, 1e6};
    const double theta[CHAIN_N_THETA] = {0.8, 0.0}, error = published_error(0.8);
    for (int k = 0; k < 2; k++) {
        ask a = DEFAULTS;
        a.atol_factor = atol_factor[k];
        const double limit = error * from_mg[k] / (from_mg[k] + a.atol_factor * 1e-9 * 1000.0);
        for (int below = 0; below < 2; below++) {
            a.rtol = (below ? 0.99 : 1.01) * limit;
            titr_solver *solver = make(a);
            double x[2] = {from_mg[k], 1000.0};
            chain_calls = 0;
            cr_assert_eq(chain_run(solver, 0.0, 1.0, x, NOTHING, theta, NULL, 0).code,
                         TITR_FAULT_NONE);
            cr_assert_eq(chain_calls > 6, below, "rtol %g: %zu calls", a.rtol, chain_calls);
            titr_solver_destroy(solver);
        }
    }
}

/* What counts is how large a state is at either end of the step. */
Test(rkck, a_state_that_passes_zero_costs_no_more)
{
    ask a = DEFAULTS;
    a.rtol = 1e-5;
    a.mode = &chain.modes[1];
    titr_solver *solver = make(a);
    const double u[1] = {-0.3 * exp(-0.3) / (1.0 - exp(-0.3)) * 100.0}; /* A(1) = 0 */
    double x[2] = {100.0, 100.0};
    chain_calls = 0;
    cr_assert_eq(chain_run(solver, 0.0, 1.0, x, u, THETA, NULL, 0).code, TITR_FAULT_NONE);
    cr_assert_float_eq(x[0], 0.0, 1e-3);
    cr_assert_eq(chain_calls, 6);
    titr_solver_destroy(solver);
}

/* A refused step is made anew from where it began: five calls more, the slope is known. */
Test(rkck, a_refused_step_costs_five_calls)
{
    ask a = DEFAULTS;
    a.rtol = 1e-9;
    const size_t calls = calls_of(a, 0.0, 1.0);
    cr_assert(calls > 12 && calls < 60, "%zu calls", calls);
    a.initial_step_min = 1.0 / ceil((double)calls / 6.0);
    const size_t well_begun = calls_of(a, 0.0, 1.0);
    cr_assert_eq((calls - well_begun) % 5, 0, "%zu, %zu calls", calls, well_begun);
}

/* ---- faults: each is named, and leaves the state as it was ---- */

static titr_fault fault_of(ask a, const double *start, double rate, double to)
{
    const double theta[CHAIN_N_THETA] = {rate, 0.05};
    titr_solver *solver = make(a);
    double x[2] = {start[0], start[1]};
    const titr_fault fault = chain_run(solver, 0.0, to, x, NOTHING, theta, NULL, 0);
    cr_assert_eq(memcmp(x, start, sizeof x), 0, "the state changed on a fault");
    double again[2] = {1.0, 1.0};
    cr_assert_eq(chain_run(solver, 0.0, 1.0, again, NOTHING, THETA, NULL, 0).code, TITR_FAULT_NONE,
                 "the solver did not recover");
    titr_solver_destroy(solver);
    return fault;
}

static void check_fault(titr_fault fault, titr_fault_code code, const char *name, const char *state,
                        double value)
{
    cr_assert_eq(fault.code, code, "%s, expected %s", titr_fault_name(fault.code), name);
    cr_assert_str_eq(titr_fault_name(fault.code), name);
    cr_assert_str_eq(fault.state, state);
    cr_assert_eq(fault.value, value, "%g, expected %g", fault.value, value);
    cr_assert_str_empty(fault.flag);
}

static const double START[2] = {100.0, 1.0};

Test(rkck, faults_are_named)
{
    const double broken[2] = {100.0, HUGE_VAL}, negative[2] = {100.0, -1e-6};
    titr_fault fault = fault_of(DEFAULTS, broken, 0.3, 5.0);
    check_fault(fault, TITR_FAULT_NON_FINITE, "non_finite", "b_mg", HUGE_VAL);
    cr_assert_eq(fault.time_min, 0.0);
    fault = fault_of(DEFAULTS, negative, 0.3, 5.0);
    check_fault(fault, TITR_FAULT_NEGATIVE_MASS, "negative_mass", "b_mg", -1e-6);

    ask bare = DEFAULTS;
    bare.mode = &chain.modes[1]; /* makes no promise about masses */
    titr_solver *solver = make(bare);
    double x[2] = {100.0, -1.0};
    cr_assert_eq(chain_run(solver, 0.0, 1.0, x, NOTHING, THETA, NULL, 0).code, TITR_FAULT_NONE);
    titr_solver_destroy(solver);
}

/* Beyond a hundred absolute tolerances, here of 1 ug, a mass is negative (decision D18). */
Test(rkck, loose_tolerances_cannot_tell_a_small_negative_mass)
{
    ask a = DEFAULTS;
    a.rtol = 1e-3;
    a.atol_factor = 1e6;
    titr_solver *solver = make(a);
    double x[2] = {0.0, -0.099}, y[2] = {0.0, -0.101};
    cr_assert_eq(chain_run(solver, 0.0, 1.0, x, NOTHING, THETA, NULL, 0).code, TITR_FAULT_NONE);
    cr_assert_eq(chain_run(solver, 0.0, 1.0, y, NOTHING, THETA, NULL, 0).code,
                 TITR_FAULT_NEGATIVE_MASS);
    titr_solver_destroy(solver);
}

/* B falls below zero within the span: seen at the first whole minute after. */
Test(rkck, a_mass_that_becomes_negative_is_a_fault)
{
    const double u[1] = {-20.0};
    titr_solver *solver = make(DEFAULTS);
    double x[2] = {100.0, 1.0}, minutes[20][2];
    const titr_fault fault = chain_run(solver, 0.0, 20.0, x, u, THETA, &minutes[0][0], 20);
    cr_assert_eq(fault.code, TITR_FAULT_NEGATIVE_MASS);
    cr_assert_str_eq(fault.state, "a_mg");
    /* A = -200/3 + 500/3 e^{-0.3 t} is zero at 3.05 min */
    cr_assert_eq(fault.time_min, 4.0);
    cr_assert_float_eq(fault.value, -200.0 / 3.0 + 500.0 / 3.0 * exp(-1.2), 1e-5);
    cr_assert(x[0] == 100.0 && x[1] == 1.0);
    titr_solver_destroy(solver);
}

/* Three steps of 1, 5 and 25 millionths of a minute, and no more. */
static titr_fault fault_of_three_steps(void)
{
    ask a = DEFAULTS;
    a.max_steps = 3;
    a.initial_step_min = 1e-6;
    titr_solver *solver = make(a);
    double x[2] = {START[0], START[1]};
    const titr_fault fault = chain_run(solver, 0.0, 5.0, x, NOTHING, THETA, NULL, 0);
    cr_assert_eq(memcmp(x, START, sizeof x), 0, "the state changed on a fault");
    titr_solver_destroy(solver);
    return fault;
}

Test(rkck, too_many_steps_are_a_fault)
{
    ask a = DEFAULTS;
    a.rtol = 1e-3;
    a.max_steps = 1;
    cr_assert_eq(calls_of(a, 0.0, 60.0), 360, "the limit is one for each minute");
    const titr_fault fault = fault_of_three_steps();
    cr_assert_eq(fault.code, TITR_FAULT_TOO_MANY_STEPS);
    cr_assert_str_eq(titr_fault_name(fault.code), "too_many_steps");
    cr_assert_float_eq(fault.time_min, 31e-6, 1e-9, "%g", fault.time_min);
    cr_assert_str_eq(fault.state, "b_mg", "as large an error as a's, in a smaller state");
}

/* A rate of 1e12 /min takes steps of 1e-12 min. */
Test(rkck, a_step_that_would_have_to_be_too_short_is_a_fault)
{
    chain_calls = 0;
    const titr_fault fault = fault_of(DEFAULTS, START, 1e12, 5.0);
    cr_assert_gt(chain_calls, 60, "a fifth at a time: %zu calls", chain_calls);
    check_fault(fault, TITR_FAULT_STEP_UNDERFLOW, "step_underflow", fault.state, fault.value);
    cr_assert_eq(fault.time_min, 0.0);
    cr_assert_neq(fault.state[0], '\0');
}

Test(rkck, a_derivative_that_is_no_number_is_a_fault)
{
    titr_fault fault = fault_of(DEFAULTS, START, (double)NAN, 5.0);
    check_fault(fault, TITR_FAULT_DERIVATIVE, "non_finite_derivative", "a_mg", 100.0);
    cr_assert_eq(fault.time_min, 0.0);
    /* only the first derivative is not a number: each is looked at */
    const double u[1] = {(double)NAN};
    titr_solver *solver = make(DEFAULTS);
    double x[2] = {1.0, 1.0};
    fault = chain_run(solver, 0.0, 5.0, x, u, THETA, NULL, 0);
    check_fault(fault, TITR_FAULT_DERIVATIVE, "non_finite_derivative", "a_mg", 1.0);
    titr_solver_destroy(solver);
    fault = fault_of(DEFAULTS, START, -1e300, 5.0); /* overflows however short the step is */
    check_fault(fault, TITR_FAULT_DERIVATIVE, "non_finite_derivative", "a_mg", 100.0);
}

/* dA/dt = -20 A for A >= 0, no number below: a step of a minute runs out of the domain. */
static void walled_rhs(const double *t, const double *x, const double *u, const double *held,
                       const double *theta, double *dxdt)
{
    (void)t, (void)u, (void)held, (void)theta;
    dxdt[0] = x[0] >= 0.0 ? -20.0 * x[0] : (double)NAN;
    dxdt[1] = 0.0;
}

/* A decays, and once it is below 50 B has no derivative; only A has an error. */
static void cliff_rhs(const double *t, const double *x, const double *u, const double *held,
                      const double *theta, double *dxdt)
{
    (void)t, (void)u, (void)held;
    dxdt[0] = -theta[CHAIN_RATE_A] * x[0];
    dxdt[1] = x[0] >= 50.0 ? 0.0 : (double)NAN;
}

Test(rkck, a_step_that_leaves_the_domain_is_tried_shorter)
{
    static const titr_model_mode walled = {"walled", "", walled_rhs, NULL, NULL, 1};
    ask a = DEFAULTS;
    a.mode = &walled;
    titr_solver *solver = make(a);
    double x[2] = {100.0, 1.0};
    const titr_fault fault = chain_run(solver, 0.0, 1.0, x, NOTHING, THETA, NULL, 0);
    cr_assert_eq(fault.code, TITR_FAULT_NONE, "%s", titr_fault_name(fault.code));
    cr_assert_float_eq(x[0], 100.0 * exp(-20.0), 1e-6 * 100.0 * exp(-20.0));
    titr_solver_destroy(solver);
}

Test(rkck, a_domain_that_ends_is_a_fault_where_it_ends)
{
    static const titr_model_mode cliff = {"cliff", "", cliff_rhs, NULL, NULL, 0};
    ask a = DEFAULTS;
    a.mode = &cliff;
    titr_solver *solver = make(a);
    double x[2] = {100.0, 2.5}, minutes[5][2];
    const titr_fault fault = chain_run(solver, 0.0, 5.0, x, NOTHING, THETA, &minutes[0][0], 5);
    check_fault(fault, TITR_FAULT_DERIVATIVE, "non_finite_derivative", "b_mg", 2.5);
    cr_assert_float_eq(fault.time_min, log(2.0) / 0.3, 1e-6, "%.12g", fault.time_min);
    cr_assert_float_eq(minutes[1][0], 100.0 * exp(-0.6), 1e-6);
    cr_assert_eq(x[0], 100.0);
    titr_solver_destroy(solver);
}

static int handled; /* calls of GSL's error handler, whose default aborts */

static void count_call(const char *reason, const char *file, int line, int error)
{
    (void)reason, (void)file, (void)line, (void)error;
    handled++;
}

Test(rkck, no_fault_reaches_the_handler_of_gsl)
{
    gsl_error_handler_t *before = gsl_set_error_handler(count_call);
    (void)fault_of(DEFAULTS, START, 1e12, 5.0);
    (void)fault_of(DEFAULTS, START, -1e300, 5.0);
    (void)fault_of(DEFAULTS, START, (double)NAN, 5.0);
    (void)fault_of_three_steps();
    (void)gsl_set_error_handler(before);
    cr_assert_eq(handled, 0);
}

Test(rkck, misuse_is_refused)
{
    titr_slot slot;
    titr_error err = {0};
    titr_solver *solver = NULL;
    cr_assert_eq(titr_slot_init(&slot, titr_solver_find("rkck"), &err), TITR_OK);
    titr_model_type wide = chain;
    wide.lanes = 8;
    cr_assert_eq(titr_solver_create(slot, &wide, &chain.modes[0], &solver, &err), TITR_ERR_ARG);
    cr_assert(slot_set(slot, "initial_step_min", 2.0));
    cr_assert_eq(titr_solver_create(slot, &chain, &chain.modes[0], &solver, &err), TITR_ERR_RANGE);
    cr_assert_not_null(strstr(err.what, "initial_step_min"));
    titr_slot_fini(&slot);

    solver = make(DEFAULTS);
    const double from = 5.0, to = 4.0;
    double x[2] = {1.0, 1.0};
    const titr_flag active = 1;
    titr_fault fault;
    const titr_span backwards = {.from_min = &from,
                                 .to_min = &to,
                                 .active = &active,
                                 .x = x,
                                 .u = NOTHING,
                                 .theta = THETA,
                                 .fault = &fault};
    cr_assert_eq(titr_solver_advance(solver, &backwards, &err), TITR_ERR_ARG);
    cr_assert_not_null(strstr(err.what, "from 5 to 4 min"), "%s", err.what);
    titr_solver_destroy(solver);
    titr_solver_destroy(NULL);
}
