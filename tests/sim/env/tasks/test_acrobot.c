// SPDX-License-Identifier: GPL-3.0-or-later
/* Acrobot: published trajectories where there are any; Lagrange's equations solved as a linear
 * system, and energy. */
#include "task_case.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

Test(acrobot, steps_as_the_published_trajectories)
{
    expect_reference("acrobot");
}

/* M(q) q'' = torque - Coriolis - gravity for two rods of mass, length and inertia 1. */
static void lagrange(const double x[4], double torque, double dxdt[4])
{
    const double a = x[0], b = x[1], w = x[2], u = x[3], h = 0.5 * sin(b);
    const double m11 = 3.5 + cos(b), m12 = 1.25 + 0.5 * cos(b), m22 = 1.25;
    const double g1 = 9.8 * (1.5 * sin(a) + 0.5 * sin(a + b)), g2 = 9.8 * 0.5 * sin(a + b);
    const double f1 = h * u * u + 2.0 * h * w * u - g1, f2 = torque - h * w * w - g2;
    const double det = m11 * m22 - m12 * m12;
    dxdt[0] = w;
    dxdt[1] = u;
    dxdt[2] = (f1 * m22 - m12 * f2) / det;
    dxdt[3] = (m11 * f2 - m12 * f1) / det;
}

static void classical_step(double x[4], double torque, double h)
{
    double k1[4], k2[4], k3[4], k4[4], y[4];
    lagrange(x, torque, k1);
    for (int i = 0; i < 4; i++) {
        y[i] = x[i] + h / 2.0 * k1[i];
    }
    lagrange(y, torque, k2);
    for (int i = 0; i < 4; i++) {
        y[i] = x[i] + h / 2.0 * k2[i];
    }
    lagrange(y, torque, k3);
    for (int i = 0; i < 4; i++) {
        y[i] = x[i] + h * k3[i];
    }
    lagrange(y, torque, k4);
    for (int i = 0; i < 4; i++) {
        x[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
    }
}

Test(acrobot, a_step_is_one_of_lagranges_equations)
{
    titr_slot slot = test_slot(titr_task_find("acrobot"));
    const double from[][4] = {
        {0.1, -0.2, 0.3, -0.4}, {2.0, 1.5, -3.0, 5.0}, {-3.0, 3.1, -2.0, -4.0}, {3.1, 3.0, 9, 20}};
    for (size_t k = 0; k < sizeof from / sizeof from[0]; k++) {
        for (int level = 0; level < 3; level++) {
            one_task t = one_task_of(slot, 1);
            double x[4];
            memcpy(t.state, from[k], sizeof from[k]);
            memcpy(x, from[k], sizeof x);
            one_task_step(&t, level);
            classical_step(x, level - 1.0, 0.2);
            for (int i = 0; i < 2; i++) {
                cr_assert_float_eq(t.state[i], remainder(x[i], 2.0 * pi), 1e-12);
                cr_assert_leq(fabs(t.state[i]), pi);
            }
            cr_assert_float_eq(t.state[2], fmax(fmin(x[2], 4 * pi), -4 * pi), 1e-12);
            cr_assert_float_eq(t.state[3], fmax(fmin(x[3], 9 * pi), -9 * pi), 1e-12);
        }
    }
    titr_slot_fini(&slot);
}

static double energy(const double x[4])
{
    const double w = x[2], u = x[3], c = cos(x[1]);
    const double kinetic = 0.5 * (3.5 + c) * w * w + (1.25 + 0.5 * c) * w * u + 0.5 * 1.25 * u * u;
    return kinetic - 9.8 * (1.5 * cos(x[0]) + 0.5 * cos(x[0] + x[1]));
}

Test(acrobot, without_torque_energy_stays)
{
    titr_slot slot = test_slot(titr_task_find("acrobot"));
    one_task t = one_task_of(slot, 3);
    const double before = energy(t.state);
    for (int k = 0; k < 50; k++) {
        one_task_step(&t, 1);
        cr_assert(t.reward == -1.0 && !t.terminated);
    }
    cr_assert_float_eq(energy(t.state), before, 1e-2);
    titr_slot_fini(&slot);
}

Test(acrobot, ends_with_the_tip_above_the_line)
{
    titr_slot slot = test_slot(titr_task_find("acrobot"));
    const double up[4] = {3.0, 0.1, 0.0, 0.0}, down[4] = {2.0, 0.1, 0.0, 0.0};
    one_task t = one_task_of(slot, 1);
    memcpy(t.state, up, sizeof up);
    one_task_step(&t, 1);
    cr_assert(t.terminated && t.reward == 0.0);
    memcpy(t.state, down, sizeof down);
    one_task_step(&t, 1);
    cr_assert(!t.terminated && t.reward == -1.0);
    titr_slot_fini(&slot);
}

Test(acrobot, shows_cosines_sines_and_rates)
{
    titr_slot slot = test_slot(titr_task_find("acrobot"));
    const double state[4] = {0.7, -2.1, 1.5, -6.0};
    double seen[6], *col[6];
    for (int i = 0; i < 6; i++) {
        col[i] = &seen[i];
    }
    ((const titr_task_type *)slot.type)->observe(slot.def, 1, state, 0, 1, col);
    const double want[6] = {cos(0.7), sin(0.7), cos(-2.1), sin(-2.1), 1.5, -6.0};
    for (int i = 0; i < 6; i++) {
        cr_assert_float_eq(seen[i], want[i], 1e-15);
    }
    for (uint32_t e = 0; e < 100; e++) {
        const one_task t = one_task_of(slot, e);
        for (int i = 0; i < 4; i++) {
            cr_assert(fabs(t.state[i]) <= 0.1 && t.state[i] == (double)(float)t.state[i]);
        }
    }
    titr_slot_fini(&slot);
}
