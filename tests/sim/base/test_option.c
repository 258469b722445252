// SPDX-License-Identifier: GPL-3.0-or-later
/* Option tables: defaults, ranges with unit in the message, nearest names. */
#include "titrate/base/option.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

typedef struct pump_like {
    double step_u;
    int64_t count;
    titr_reals levels;
    char name[TITR_TEXT_MAX];
} pump_like;

static const titr_option options[] = {
    {.name = "step_u",
     .kind = TITR_OPTION_REAL,
     .unit = "U",
     .init = 0.05,
     .lo = 0.01,
     .hi = 1.0,
     .doc = "step",
     .source = "choice",
     .offset = offsetof(pump_like, step_u)},
    {.name = "count",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 3,
     .lo = 1,
     .hi = 10,
     .doc = "count",
     .source = "choice",
     .offset = offsetof(pump_like, count)},
    {.name = "levels",
     .kind = TITR_OPTION_REALS,
     .unit = "1",
     .lo = 0.0,
     .hi = 2.0,
     .text = "0, 0.5, 2",
     .doc = "levels",
     .source = "choice",
     .offset = offsetof(pump_like, levels)},
    {.name = "name",
     .kind = TITR_OPTION_TEXT,
     .unit = "",
     .text = "dash",
     .required = 1,
     .doc = "a name",
     .source = "choice",
     .offset = offsetof(pump_like, name)},
};
#define N_OPTIONS (sizeof options / sizeof options[0])

Test(option, defaults_are_the_tables)
{
    pump_like def;
    titr_options_default(options, N_OPTIONS, &def);
    cr_assert_float_eq(def.step_u, 0.05, 0.0);
    cr_assert_eq(def.count, 3);
    cr_assert_eq(def.levels.n, 3);
    cr_assert_float_eq(def.levels.v[1], 0.5, 0.0);
    cr_assert_str_eq(def.name, "dash");
    cr_assert_eq(titr_options_check(options, N_OPTIONS, &def, NULL), TITR_OK);
}

Test(option, each_kind_is_refused_outside_its_range)
{
    titr_error err;
    pump_like def;
    titr_options_default(options, N_OPTIONS, &def);
    def.step_u = 2.0;
    cr_assert_eq(titr_options_check(options, N_OPTIONS, &def, &err), TITR_ERR_RANGE);
    cr_assert_str_eq(err.what, "step_u = 2 U, allowed [0.01, 1]");
    def.step_u = (double)NAN;
    cr_assert_eq(titr_options_check(options, N_OPTIONS, &def, &err), TITR_ERR_RANGE);
    def.step_u = 0.05;
    def.count = 11;
    cr_assert_eq(titr_options_check(options, N_OPTIONS, &def, &err), TITR_ERR_RANGE);
    cr_assert_str_eq(err.what, "count = 11, allowed [1, 10]");
    def.count = 1;
    def.levels.v[2] = -1.0;
    cr_assert_eq(titr_options_check(options, N_OPTIONS, &def, &err), TITR_ERR_RANGE);
    def.levels.v[2] = 2.0;
    def.name[0] = '\0';
    cr_assert_eq(titr_options_check(options, N_OPTIONS, &def, &err), TITR_ERR_RANGE);
}

Test(option, nan_passes_only_where_it_is_the_default)
{
    titr_option o = {.name = "penalty", .kind = TITR_OPTION_REAL, .init = (double)NAN, .hi = 1.0};
    double def = (double)NAN;
    cr_assert_eq(titr_options_check(&o, 1, &def, NULL), TITR_OK);
    def = 2.0;
    cr_assert_eq(titr_options_check(&o, 1, &def, NULL), TITR_ERR_RANGE);
    o.init = 0.5;
    def = (double)NAN;
    cr_assert_eq(titr_options_check(&o, 1, &def, NULL), TITR_ERR_RANGE);
}

Test(option, nearest_name)
{
    static const char *const names[] = {"sensor", "scenario", "solver"};
    cr_assert_str_eq(titr_nearest("sensr", names, 3), "sensor");
    cr_assert_str_eq(titr_nearest("solvre", names, 3), "solver");
    cr_assert_null(titr_nearest("zzzzzzzzzzzz", names, 3));
    static const char *const units[] = {"settings", "settings_cr_g_per_u", "horizon_days"};
    cr_assert_str_eq(titr_nearest("settings_cr", units, 3), "settings_cr_g_per_u");
    cr_assert_str_eq(titr_nearest("horizon", units, 3), "horizon_days");
    cr_assert_str_eq(titr_nearest("setings", units, 3), "settings");
}

Test(option, slots_copy_deep)
{
    static const titr_part part = {
        .name = "p", .doc = "d", .source = "titrate", TITR_OPTIONS(options, pump_like)};
    titr_slot a, b;
    cr_assert_eq(titr_slot_init(&a, &part, NULL), TITR_OK);
    cr_assert_eq(titr_slot_copy(&b, a, NULL), TITR_OK);
    ((pump_like *)a.def)->count = 9;
    cr_assert_eq(((pump_like *)b.def)->count, 3);
    cr_assert_str_eq(titr_slot_part(b)->name, "p");
    titr_slot_fini(&a);
    titr_slot_fini(&b);
}
