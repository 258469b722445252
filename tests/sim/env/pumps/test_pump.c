// SPDX-License-Identifier: GPL-3.0-or-later
/* The pump's promise: over any window, delivered = accepted within one pulse; never negative;
 * limits hold; nothing is lost. */
#include "support/one_lane.h"

#include "support/part.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdint.h>

#define SEQUENCES 100000
#define REQUESTS 12
#define SLACK_U 1e-9 /* rounding of the sums below */

static titr_slot pump_with(const char *option, double value)
{
    titr_slot slot = test_slot(titr_pump_find("pump"));
    if (option != NULL) {
        const titr_part *part = titr_slot_part(slot);
        test_set_real(slot, option, value);
        cr_assert_eq(titr_options_check(part->options, part->n_options, slot.def, NULL), TITR_OK);
    }
    return slot;
}

static double deliver(titr_slot slot, double *state, int minutes)
{
    const titr_pump_type *type = slot.type;
    double sum_u = 0.0;
    for (int k = 0; k < minutes; k++) {
        sum_u += pump_minute(type, slot.def, state);
    }
    return sum_u;
}

Test(pump, a_childs_basal_comes_in_whole_pulses)
{
    titr_slot slot = pump_with(NULL, 0.0);
    const titr_pump_type *type = slot.type;
    double state[TITR_PUMP_ROWS] = {0};
    /* 0.3 U/h = one 0.05 U pulse in each 10 min, although 5 min hold only half of one */
    for (int decision = 0; decision < 288; decision++) {
        pump_request(type, slot.def, state, 0.3, 0.0);
        const double got_u = deliver(slot, state, 5);
        cr_assert_float_eq(got_u, decision % 2 == 1 ? 0.05 : 0.0, 1e-15, "decision %d", decision);
    }
    titr_slot_fini(&slot);
}

Test(pump, the_bolus_goes_out_in_the_first_minute)
{
    titr_slot slot = pump_with(NULL, 0.0);
    const titr_pump_type *type = slot.type;
    double state[TITR_PUMP_ROWS] = {0};
    pump_request(type, slot.def, state, 0.0, 1.23);
    cr_assert_float_eq(pump_minute(type, slot.def, state), 1.20, 1e-12);
    cr_assert_float_eq(pump_minute(type, slot.def, state), 0.0, 0.0);
    cr_assert_float_eq(state[TITR_PUMP_REMAINDER], 0.03, 1e-12);
    pump_request(type, slot.def, state, 0.0, 0.02); /* with what was left: exactly one pulse */
    cr_assert_float_eq(pump_minute(type, slot.def, state), 0.05, 1e-12);
    cr_assert_float_eq(state[TITR_PUMP_REMAINDER], 0.0, 1e-12);
    titr_slot_fini(&slot);
}

Test(pump, an_exact_pulse_is_never_missed)
{
    titr_slot slot = pump_with(NULL, 0.0);
    const titr_pump_type *type = slot.type;
    for (int pulses = 0; pulses <= 600; pulses++) { /* 0 to 30 U in pulses of 0.05 U */
        double state[TITR_PUMP_ROWS] = {0};
        pump_request(type, slot.def, state, 0.0, pulses / 20.0);
        cr_assert_float_eq(pump_minute(type, slot.def, state), pulses / 20.0, 1e-12, "%d", pulses);
    }
    titr_slot_fini(&slot);
}

Test(pump, limits_are_the_devices)
{
    titr_slot slot = pump_with(NULL, 0.0);
    const titr_pump_type *type = slot.type;
    double state[TITR_PUMP_ROWS] = {0};
    pump_request(type, slot.def, state, 1e9, 1e9);
    cr_assert_float_eq(state[TITR_PUMP_BASAL], 30.0, 0.0);
    cr_assert_float_eq(state[TITR_PUMP_BOLUS], 30.0, 0.0);
    pump_request(type, slot.def, state, -1.0, -1.0);
    cr_assert_float_eq(deliver(slot, state, 600), 0.0, 0.0);
    pump_request(type, slot.def, state, (double)NAN, (double)NAN); /* misuse gives no insulin */
    cr_assert_float_eq(deliver(slot, state, 600), 0.0, 0.0);
    titr_slot_fini(&slot);
}

Test(pump, the_display_shows_whole_steps)
{
    titr_slot slot = pump_with("basal_step_u_per_h", 0.025);
    const titr_pump_type *type = slot.type;
    double state[TITR_PUMP_ROWS] = {0};
    pump_request(type, slot.def, state, 0.33, 0.0);
    cr_assert_float_eq(state[TITR_PUMP_PROGRAMMED], 0.325, 1e-12);
    cr_assert_float_eq(state[TITR_PUMP_BASAL], 0.33, 0.0);
    titr_slot_fini(&slot);
}

/* splitmix64: a test's own random numbers */
static uint64_t next(uint64_t *s)
{
    uint64_t z = (*s += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Ordinary doses, exact multiples, and hostile ones. */
static double dose(uint64_t *s, double step)
{
    static const double odd[] = {0.0,     -0.0,  -1.0,    -1e300, 1e300,
                                 DBL_MIN, 1e-17, DBL_MAX, 30.0,   0.049999999999999996};
    const uint64_t kind = next(s) % 4;
    const double uniform = (double)(next(s) >> 11) * 0x1p-53;
    if (kind == 0) {
        return odd[next(s) % (sizeof odd / sizeof odd[0])];
    }
    return kind == 1 ? step * (double)(next(s) % 40) : (kind == 2 ? uniform : 0.1 * uniform);
}

/* Running delivered - accepted: its spread is the worst error over any window. */
typedef struct spread {
    double balance_u, lo_u, hi_u;
} spread;

static void sequence(titr_slot slot, double pulse_u, uint64_t *s, spread *w)
{
    const titr_pump_type *type = slot.type;
    double state[TITR_PUMP_ROWS] = {0};
    for (int k = 0; k < REQUESTS; k++) {
        pump_request(type, slot.def, state, dose(s, 0.025), dose(s, pulse_u));
        const double basal = state[TITR_PUMP_BASAL], bolus = state[TITR_PUMP_BOLUS];
        cr_assert(basal >= 0.0 && basal <= 30.0 && bolus >= 0.0 && bolus <= 30.0);
        const uint64_t minutes = 1 + next(s) % 10;
        for (uint64_t m = 0; m < minutes; m++) {
            const double got = pump_minute(type, slot.def, state);
            cr_assert(got >= 0.0 && state[TITR_PUMP_REMAINDER] >= 0.0 &&
                      state[TITR_PUMP_REMAINDER] < pulse_u);
            w->balance_u += got - basal / 60.0 - (m == 0 ? bolus : 0.0);
            w->lo_u = fmin(w->lo_u, w->balance_u);
            w->hi_u = fmax(w->hi_u, w->balance_u);
        }
    }
}

Test(pump, delivered_is_accepted_within_one_pulse_over_any_window, .timeout = 120)
{
    static const double pulses_u[] = {0.05, 0.025, 0.1, 0.001};
    uint64_t s = 20261121;
    for (size_t p = 0; p < sizeof pulses_u / sizeof pulses_u[0]; p++) {
        titr_slot slot = pump_with("pulse_u", pulses_u[p]);
        for (int n = 0; n < SEQUENCES / 4; n++) {
            spread w = {0};
            sequence(slot, pulses_u[p], &s, &w);
            cr_assert_leq(w.hi_u - w.lo_u, pulses_u[p] + SLACK_U, "pulse %g U, sequence %d",
                          pulses_u[p], n);
        }
        titr_slot_fini(&slot);
    }
}

/* A year of 0.01 U/h: the errors of 525,600 sums do not add up to a pulse. */
Test(pump, nothing_is_lost_in_a_year)
{
    titr_slot slot = pump_with(NULL, 0.0);
    const titr_pump_type *type = slot.type;
    double state[TITR_PUMP_ROWS] = {0};
    double sum_u = 0.0;
    for (int hour = 0; hour < 8760; hour++) {
        pump_request(type, slot.def, state, 0.01, 0.0);
        sum_u += deliver(slot, state, 60);
    }
    cr_assert_float_eq(sum_u + state[TITR_PUMP_REMAINDER], 87.6, 1e-8);
    titr_slot_fini(&slot);
}
