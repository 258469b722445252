// SPDX-License-Identifier: GPL-3.0-or-later
/* What the environment relies on, for every registered scenario, sensor and pump with its defaults:
 * the same keys give the same bits, states are doubles, plans stay in their day. */
#include "support/one_lane.h"
#include "titrate/env/scenario.h"

#include "support/part.h"

#include <criterion/criterion.h>
#include <math.h>

#define STATE_MAX 256 /* doubles */
#define READINGS 600

static const titr_patient child = {
    .id = "test#7", .age_years = 7.0, .weight_kg = 25.0, .height_cm = 122.0};

/* Every minute from the start, or every `stride` minutes. */
static void series(titr_slot slot, titr_rng_key key, int stride, double *out)
{
    const titr_sensor_type *type = slot.type;
    double state[STATE_MAX];
    memset(state, 0x5a, sizeof state); /* start must not rely on what was there */
    type->start(slot.def, key, 0, state);
    for (int minute = 0; minute < READINGS; minute += stride) {
        out[minute] = sensor_read(type, slot.def, key, state, minute, 120.0 + 0.1 * minute);
    }
}

static void check_sensor(const titr_sensor_type *type)
{
    const titr_rng_key key = {.seed = 3, .purpose = TITR_PURPOSE_SENSOR, .patient = 4, 7};
    double a[READINGS], b[READINGS];
    titr_slot slot = test_slot(type);
    cr_assert(type->n_state > 0 && type->n_state <= STATE_MAX);
    const double sample_min = *(double *)test_option(slot, "sample_time_min");
    series(slot, key, 1, a);
    series(slot, key, (int)sample_min, b);
    for (int minute = 0; minute < READINGS; minute++) {
        cr_assert(isfinite(a[minute]));
        const int sample = minute - minute % (int)sample_min;
        cr_assert_eq(a[minute], a[sample], "%s does not hold", type->part.name);
        cr_assert_eq(a[sample], b[sample], "%s depends on how it is read", type->part.name);
    }
    titr_slot_fini(&slot);
}

Test(env_parts, sensors)
{
    size_t n = 0;
    const titr_sensor_type *const *all = titr_sensor_all(&n);
    for (size_t i = 0; i < n; i++) {
        check_sensor(all[i]);
    }
}

/* A lane's state is all there is: a copy goes on as the original does. */
Test(env_parts, a_copied_sensor_state_goes_on)
{
    size_t n = 0;
    const titr_sensor_type *const *all = titr_sensor_all(&n);
    for (size_t i = 0; i < n; i++) {
        const titr_rng_key key = {.seed = 3, .purpose = TITR_PURPOSE_SENSOR};
        double state[STATE_MAX], copy[STATE_MAX];
        titr_slot slot = test_slot(all[i]);
        all[i]->start(slot.def, key, 0, state);
        (void)sensor_read(all[i], slot.def, key, state, 333.0, 100.0);
        memcpy(copy, state, all[i]->n_state * sizeof *copy);
        for (int minute = 334; minute < 900; minute++) {
            cr_assert_eq(sensor_read(all[i], slot.def, key, state, minute, 100.0),
                         sensor_read(all[i], slot.def, key, copy, minute, 100.0));
        }
        titr_slot_fini(&slot);
    }
}

static void check_plan(const char *name, titr_day_plan plan, double from_min)
{
    for (size_t k = 0; k < plan.n; k++) {
        const titr_meal meal = plan.meal[k];
        cr_assert(meal.time_min >= fmax(from_min, 0.0) && meal.time_min < from_min + 1440.0,
                  "%s: meal at %g", name, meal.time_min);
        cr_assert_eq(meal.time_min, floor(meal.time_min), "%s: whole minutes", name);
        cr_assert(k == 0 || plan.meal[k - 1].time_min <= meal.time_min, "%s: order", name);
        cr_assert(meal.carbs_g > 0.0 && meal.carbs_announced_g >= 0.0, "%s: grams", name);
    }
}

static void check_scenario(const titr_scenario_type *type)
{
    const titr_rng_key key = {.seed = 3, .purpose = TITR_PURPOSE_MEALS, .patient = 4, 7};
    titr_slot slot = test_slot(type);
    if (titr_options_check(type->part.options, type->part.n_options, slot.def, NULL) == TITR_OK) {
        cr_assert(type->prepare == NULL || type->prepare(slot.def, NULL) == TITR_OK);
        for (unsigned day = 0; day < 50; day++) {
            titr_day_plan a = {.n = 0}, b = {.n = 0};
            const double start_min = 90.0;
            cr_assert_eq(type->plan_day(slot.def, &child, key, start_min, day, &a, NULL), TITR_OK);
            cr_assert_eq(type->plan_day(slot.def, &child, key, start_min, day, &b, NULL), TITR_OK);
            cr_assert_eq(a.n, b.n);
            cr_assert_eq(memcmp(a.meal, b.meal, a.n * sizeof a.meal[0]), 0);
            check_plan(type->part.name, a, 1440.0 * day - start_min);
        }
        if (type->release != NULL) {
            type->release(slot.def);
        }
    }
    titr_slot_fini(&slot);
}

Test(env_parts, scenarios)
{
    size_t n = 0;
    const titr_scenario_type *const *all = titr_scenario_all(&n);
    for (size_t i = 0; i < n; i++) {
        check_scenario(all[i]);
    }
}

/* A day at child's doses: what is asked for arrives within one pulse of 0.05 U. */
static void check_pump(const titr_pump_type *type)
{
    titr_slot slot = test_slot(type);
    double state[TITR_PUMP_ROWS] = {0};
    double asked_u = 0.0, got_u = 0.0;
    for (int decision = 0; decision < 288; decision++) {
        const double basal_u_per_h = 0.01 * (decision % 50), bolus_u = decision % 60 == 0 ? 1.5 : 0;
        pump_request(type, slot.def, state, basal_u_per_h, bolus_u);
        cr_assert_eq(state[TITR_PUMP_BASAL], basal_u_per_h);
        cr_assert_eq(state[TITR_PUMP_BOLUS], bolus_u);
        asked_u += 5.0 * basal_u_per_h / 60.0 + bolus_u;
        for (int minute = 0; minute < 5; minute++) {
            const double delivered_u = pump_minute(type, slot.def, state);
            cr_assert_geq(delivered_u, 0.0);
            got_u += delivered_u;
        }
        cr_assert_eq(state[TITR_PUMP_BOLUS], 0.0);
        cr_assert(fabs(got_u + state[TITR_PUMP_REMAINDER] - asked_u) < 1e-9, "%s loses insulin",
                  type->part.name);
        cr_assert(fabs(got_u - asked_u) < 0.05 + 1e-9, "%s", type->part.name);
    }
    titr_slot_fini(&slot);
}

Test(env_parts, pumps)
{
    size_t n = 0;
    const titr_pump_type *const *all = titr_pump_all(&n);
    for (size_t i = 0; i < n; i++) {
        check_pump(all[i]);
    }
}
