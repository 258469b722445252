// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/chain.h"

#include <criterion/criterion.h>
#include <math.h>

size_t chain_calls;

static void chain_rhs(const double *t, const double *x, const double *u, const double *held,
                      const double *theta, double *dxdt)
{
    (void)t, (void)held;
    chain_calls++;
    dxdt[0] = u[0] - theta[CHAIN_RATE_A] * x[0];
    dxdt[1] = theta[CHAIN_RATE_A] * x[0] - theta[CHAIN_RATE_B] * x[1];
}

static void chain_jacobian(const double *t, const double *x, const double *u, const double *held,
                           const double *theta, double *dfdx)
{
    (void)t, (void)x, (void)u, (void)held;
    dfdx[0] = -theta[CHAIN_RATE_A];
    dfdx[1] = 0.0;
    dfdx[2] = theta[CHAIN_RATE_A];
    dfdx[3] = -theta[CHAIN_RATE_B];
}

static const titr_quantity states[] = {{"a_mg", "mg", 0.0, 0.0, 1000.0, "assumed"},
                                       {"b_mg", "mg", 0.0, 0.0, 1000.0, "assumed"}};
static const titr_model_mode modes[] = {
    {"plain", "with its Jacobian", chain_rhs, chain_jacobian, NULL, 1},
    {"bare", "without", chain_rhs, NULL, NULL, 0},
};
const titr_model_type chain = {
    .part = {.name = "chain", .doc = "two-step decay", .source = "assumed"},
    .lanes = 1,
    .n_theta = CHAIN_N_THETA,
    .states = TITR_TABLE(states),
    .modes = modes,
    .n_modes = 2,
};

titr_fault chain_run(titr_solver *solver, double from, double to, double *x, const double *u,
                     const double *theta, double *minutes, size_t n_minutes)
{
    static const double held[TITR_HELD_MAX];
    const titr_flag active = 1;
    titr_flag failed = 0;
    titr_fault fault = {.code = TITR_FAULT_NONE};
    titr_error err = {0};
    titr_span span = {.from_min = &from,
                      .to_min = &to,
                      .active = &active,
                      .u = u,
                      .held = held,
                      .theta = theta,
                      .n_minutes = n_minutes,
                      .failed = &failed,
                      .fault = &fault};
    span.x = x;
    span.minutes = minutes;
    cr_assert_eq(titr_solver_advance(solver, &span, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(failed, fault.code != TITR_FAULT_NONE);
    return fault;
}

double chain_exact_b(double a0, double a, double b, double t)
{
    return a0 * a / (b - a) * (exp(-a * t) - exp(-b * t));
}
