// SPDX-License-Identifier: GPL-3.0-or-later
/* Observation vectors and cells of the plain-bin table, by hand. */
#include "titrate/agents/observe.h"

#include "support/record.h"

#include <criterion/criterion.h>
#include <stdint.h>

/* CGM at 70, 180; the last three CGM readings at 100; time of day undivided; IOB at 1. */
static titr_observer observer(void)
{
    titr_observer o = {.n = 4};
    o.entry[0] = (titr_observe){.what = TITR_OBS_CGM, .edges = {{70.0, 180.0}, 2}};
    o.entry[1] = (titr_observe){.what = TITR_OBS_CGM, .edges = {{100.0}, 1}, .history = 3};
    o.entry[2] = (titr_observe){.what = TITR_OBS_TIME_OF_DAY, .history = 1};
    o.entry[3] = (titr_observe){.what = TITR_OBS_IOB, .edges = {{1.0}, 1}};
    return o;
}

Test(observe, values_stand_in_the_order_of_the_entries)
{
    const titr_observer o = observer();
    cr_assert_eq(titr_observer_size(&o), 6);
    test_record r;
    test_record_init(&r);
    r.history[0][TEST_LANE] = 140.0;
    r.history[1][TEST_LANE] = 130.0;
    r.history[2][TEST_LANE] = 120.0;
    test_set(&r, TITR_OBS_CGM, 140.0);
    test_set(&r, TITR_OBS_TIME_OF_DAY, 455.0);
    double obs[12];
    titr_observer_fill(&o, &r.record, obs);
    static const double want[6] = {140.0, 140.0, 130.0, 120.0, 455.0, 0.5};
    for (size_t k = 0; k < 6; k++) {
        cr_assert_eq(obs[6 + k], want[k], "value %zu of the second lane", k);
        cr_assert(k == 5 || isnan(obs[k]), "the first lane keeps its own values");
    }
}

Test(observe, a_value_on_an_edge_belongs_to_the_bin_above)
{
    titr_observer o = {.n = 1};
    o.entry[0] = (titr_observe){.what = TITR_OBS_CGM, .edges = {{70.0, 180.0}, 2}};
    static const double cgm[] = {39.0, 69.999, 70.0, 179.0, 180.0, 600.0};
    static const size_t cell[] = {0, 0, 1, 1, 2, 2};
    for (size_t i = 0; i < 6; i++) {
        cr_assert_eq(titr_observer_cell(&o, &cgm[i]), cell[i], "CGM %g", cgm[i]);
    }
}

Test(observe, each_value_of_a_discrete_entry_is_a_bin)
{
    titr_observer o = {.n = 2};
    o.entry[0] = (titr_observe){.what = TITR_OBS_N, .discrete = 500};
    o.entry[1] = (titr_observe){.what = TITR_OBS_CGM, .edges = {{70.0, 180.0}, 2}};
    cr_assert_eq(titr_observer_cells(&o), 1500);
    for (size_t k = 0; k < 500; k++) {
        const double obs[2] = {(double)k, 100.0};
        cr_assert_eq(titr_observer_cell(&o, obs), 3 * k + 1);
    }
    const double outside[] = {-1.0, (double)NAN, 500.0, 1e300, (double)INFINITY};
    static const size_t bin[] = {0, 0, 499, 499, 499};
    for (size_t k = 0; k < 5; k++) {
        cr_assert_eq(titr_observe_bin(&o.entry[0], outside[k]), bin[k], "%g", outside[k]);
    }
}

Test(observe, every_combination_of_bins_is_one_cell)
{
    const titr_observer o = observer();
    const size_t n = titr_observer_cells(&o);
    cr_assert_eq(n, (size_t)3 * 2 * 2 * 2 * 1 * 2);
    int seen[48] = {0};
    for (size_t i = 0; i < n; i++) {
        const double obs[6] = {i % 3 == 0   ? 60.0
                               : i % 3 == 1 ? 100.0
                                            : 200.0,
                               i / 3 % 2 ? 150.0 : 50.0,
                               i / 6 % 2 ? 150.0 : 50.0,
                               i / 12 % 2 ? 150.0 : 50.0,
                               300.0,
                               i / 24 % 2 ? 2.0 : 0.0};
        const size_t cell = titr_observer_cell(&o, obs);
        cr_assert_lt(cell, n);
        seen[cell]++;
    }
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(seen[i], 1, "cell %zu", i);
    }
}

Test(observe, too_many_cells_saturate)
{
    titr_observer o = {.n = 2};
    o.entry[0] = (titr_observe){.what = TITR_OBS_CGM, .history = 40};
    o.entry[0].edges.n = 7;
    cr_assert_eq(titr_observer_cells(&o), SIZE_MAX, "8^40");
    o.entry[0].history = 20;
    cr_assert_eq(titr_observer_cells(&o), (size_t)1 << 60);
}

Test(observe, equal_bins_cut_the_plausible_range)
{
    titr_observe entry = {.what = TITR_OBS_CARBS_ANNOUNCED}; /* [0, 150] g */
    titr_observe_equal_bins(&entry, 3);
    cr_assert_eq(entry.edges.n, 2);
    cr_assert_eq(entry.edges.v[0], 50.0);
    cr_assert_eq(entry.edges.v[1], 100.0);
    titr_observe_equal_bins(&entry, 1);
    cr_assert_eq(entry.edges.n, 0);
    titr_observe_equal_bins(&entry, 0);
    cr_assert_eq(entry.edges.n, 0);
}
