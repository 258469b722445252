// SPDX-License-Identifier: GPL-3.0-or-later
/* Meals from a file: every one on its day, none twice, at its minute. */
#include "titrate/env/scenario.h"

#include "support/part.h"
#include "support/temp_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static char path[TEMP_PATH_MAX];
static const char csv[] = "time_min,carbs_g,insulin_u\n0,10,0\n100.7,20,1\n200,0,1\n"
                          "1439.9,30,0\n1440,40,0\n3000,50,0\n";

static void setup(void)
{
    cr_assert(temp_file(path, csv, sizeof csv - 1));
}

static void teardown(void)
{
    temp_remove(path);
}

TestSuite(meals_record, .init = setup, .fini = teardown);

static titr_slot record_of(const char *file)
{
    titr_slot slot = test_slot(titr_scenario_find("meals_record"));
    (void)snprintf(test_option(slot, "path"), TITR_TEXT_MAX, "%s", file);
    return slot;
}

/* "time:grams " of each meal of a day */
static void day_text(titr_slot slot, double clock_start_min, unsigned day, char text[200])
{
    const titr_scenario_type *type = slot.type;
    const titr_patient child = {0};
    const titr_rng_key key = {0};
    titr_day_plan plan = {.n = 0};
    cr_assert_eq(type->plan_day(slot.def, &child, key, clock_start_min, day, &plan, NULL), TITR_OK);
    text[0] = '\0';
    for (size_t k = 0; k < plan.n; k++) {
        const size_t used = strlen(text);
        cr_assert_float_eq(plan.meal[k].carbs_g, plan.meal[k].carbs_announced_g, 0.0);
        (void)snprintf(text + used, 200 - used, "%g:%g ", plan.meal[k].time_min,
                       plan.meal[k].carbs_g);
    }
}

Test(meals_record, each_meal_on_its_day)
{
    char text[200];
    titr_slot slot = record_of(path);
    const titr_scenario_type *type = slot.type;
    cr_assert_eq(type->prepare(slot.def, NULL), TITR_OK);
    day_text(slot, 0.0, 0, text);
    cr_assert_str_eq(text, "0:10 100:20 1439:30 ");
    day_text(slot, 0.0, 1, text);
    cr_assert_str_eq(text, "1440:40 ");
    day_text(slot, 0.0, 2, text);
    cr_assert_str_eq(text, "3000:50 ");
    day_text(slot, 0.0, 3, text);
    cr_assert_str_eq(text, "");
    type->release(slot.def);
    titr_slot_fini(&slot);
}

Test(meals_record, times_count_from_the_episodes_start)
{
    char text[200];
    titr_slot slot = record_of(path);
    const titr_scenario_type *type = slot.type;
    cr_assert_eq(type->prepare(slot.def, NULL), TITR_OK);
    day_text(slot, 1340.0, 0, text); /* from 22:20: 100 min are left of the first day */
    cr_assert_str_eq(text, "0:10 ");
    day_text(slot, 1340.0, 1, text);
    cr_assert_str_eq(text, "100:20 1439:30 1440:40 ");
    type->release(slot.def);
    titr_slot_fini(&slot);
}

Test(meals_record, a_missing_file_is_refused)
{
    titr_error err;
    titr_slot slot = record_of("/nowhere/meals.csv");
    const titr_scenario_type *type = slot.type;
    cr_assert_eq(type->prepare(slot.def, &err), TITR_ERR_IO);
    cr_assert_str_eq(err.what, "/nowhere/meals.csv: cannot be read: No such file or directory");
    titr_slot_fini(&slot);
}

Test(meals_record, an_empty_path_is_refused)
{
    titr_error err;
    titr_slot slot = record_of("");
    const titr_part *part = titr_slot_part(slot);
    cr_assert_eq(titr_options_check(part->options, part->n_options, slot.def, &err),
                 TITR_ERR_RANGE);
    titr_slot_fini(&slot);
}
