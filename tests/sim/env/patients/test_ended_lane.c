// SPDX-License-Identifier: GPL-3.0-or-later
/* A lane that ends in the middle of an interval shows its own last minutes, keeps showing them
 * while the lanes beside it live on, and forgets them when it is reset. */
#include "support/part.h"
#include "support/rk.h"
#include "support/world.h"

#include "titrate/env/sensor.h"

#include <criterion/criterion.h>

enum { MINUTES_MAX = 2000 };

/* Two children with exact readings every minute. */
static void open_world(world *w, double interval_min)
{
    world_init(w);
    world_use(&w->def.sensor, titr_sensor_find("cgm_perfect"));
    test_set_real(w->def.sensor, "sample_time_min", 1.0);
    world_use(&w->def.solver, &rk_wide);
    w->def.keep_minutes = 1;
    w->def.decision_interval_min = interval_min;
    world_open(w, 2);
}

/* Lane 1 is given 12 U an interval until it ends. @param[out] glucose_mg_dl [MINUTES_MAX] of lane
 * 1, from the episode's start on. @return minutes that it lived. */
static size_t overdose(world *w, double *glucose_mg_dl)
{
    const titr_env_view *view = world_look(w);
    titr_error err = {0};
    size_t at = 0;
    glucose_mg_dl[0] = view->glucose_mg_dl[1];
    while (view->end[1] == TITR_END_NONE) {
        const titr_dose dose[2] = {{world_basal_u_per_h(w, 0), 0.0},
                                   {world_basal_u_per_h(w, 1), 12.0}};
        cr_assert_eq(titr_env_step(w->env, dose, &err), TITR_OK);
        for (size_t m = 0; m < view->n_minutes[1]; m++) {
            glucose_mg_dl[++at] = view->minute_glucose_mg_dl[view->minutes_max + m];
        }
    }
    cr_assert_eq(view->end[1], TITR_END_TERMINATED);
    cr_assert_eq(view->end[0], TITR_END_NONE);
    cr_assert_eq((double)at, view->time_min[1]);
    cr_assert_neq(view->elapsed_min[1], w->def.decision_interval_min, "not in mid-interval");
    return at;
}

static void expect_own_minutes(const world *w, const double *g, size_t at)
{
    const titr_record *r = &world_look(w)->record;
    const size_t interval = (size_t)w->def.decision_interval_min;
    const double mean = (g[at] + g[at - 5] + g[at - 10] + g[at - 15]) / 4.0;
    const double rate = (7.5 * (g[at] - g[at - 15]) + 2.5 * (g[at - 5] - g[at - 10])) / 125.0;
    cr_assert_eq(r->col[TITR_OBS_CGM][1], g[at]);
    cr_assert_float_eq(r->col[TITR_OBS_CGM_MEAN_15][1], mean, 1e-9);
    cr_assert_float_eq(r->col[TITR_OBS_CGM_RATE][1], rate, 1e-9);
    cr_assert_eq(titr_record_cgm(r, 1, 0), g[at]);
    cr_assert_eq(titr_record_cgm(r, 1, 1), g[(at - 1) / interval * interval]);
}

/* @param[in] before of lane 1, when it ended. */
static void expect_unmoved(world *w, const double *before, size_t n)
{
    double after[WORLD_SNAPSHOT_MAX];
    for (size_t i = 0; world_look(w)->end[0] == TITR_END_NONE && i < 60; i++) {
        world_step(w, 1.0, 0.0);
    }
    (void)world_snapshot(w, 1, after);
    cr_assert_arr_eq(before, after, n * sizeof *before, "the ended lane was touched");
}

/* Reset, lane 1 is as in a world where nothing has happened, at once and a decision later. */
static void expect_forgotten(world *w)
{
    double ours[WORLD_SNAPSHOT_MAX], fresh[WORLD_SNAPSHOT_MAX];
    world other;
    open_world(&other, w->def.decision_interval_min);
    world_restart(w, 1);
    for (size_t k = 0; k < 2; k++) {
        const size_t n = world_snapshot(w, 1, ours);
        (void)world_snapshot(&other, 1, fresh);
        cr_assert_arr_eq(ours, fresh, n * sizeof *ours, "%zu decisions after the reset", k);
        world_step(w, 1.0, 0.0);
        world_step(&other, 1.0, 0.0);
    }
    world_fini(&other);
}

static void end_and_reset(double interval_min)
{
    double glucose_mg_dl[MINUTES_MAX], before[WORLD_SNAPSHOT_MAX];
    world w;
    open_world(&w, interval_min);
    const size_t at = overdose(&w, glucose_mg_dl);
    cr_assert_geq(at, 15);
    expect_own_minutes(&w, glucose_mg_dl, at);
    const size_t n = world_snapshot(&w, 1, before);
    expect_unmoved(&w, before, n);
    expect_forgotten(&w);
    world_fini(&w);
}

Test(env_ended_lane, shows_its_own_minutes_until_it_is_reset)
{
    end_and_reset(5.0);
    end_and_reset(20.0); /* longer than the ring of readings */
    end_and_reset(60.0);
}
