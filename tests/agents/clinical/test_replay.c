// SPDX-License-Identifier: GPL-3.0-or-later
/* A small recorded regimen, dose by dose. */
#include "support/clinic.h"
#include "support/temp_file.h"

#include <stdio.h>

/* Hire an agent that replays `text`; the file is gone afterwards. */
static titr_status hire(clinic *c, const char *text, titr_error *err)
{
    char path[TEMP_PATH_MAX];
    cr_assert(temp_file(path, text, strlen(text)));
    clinic_init(c);
    const titr_slot slot = test_slot(titr_agent_find("replay"));
    (void)snprintf(test_option(slot, "path"), TITR_TEXT_MAX, "%s", path);
    const titr_status st = clinic_hire(c, slot, err);
    temp_remove(path);
    return st;
}

static void expect(clinic *c, double time_min, double basal, double bolus)
{
    test_set(&c->r, TITR_OBS_TIME, time_min);
    const titr_dose dose = clinic_dose(c);
    cr_assert_eq(dose.basal_u_per_h, basal, "at %g min: %g U/h", time_min, dose.basal_u_per_h);
    cr_assert_eq(dose.bolus_u, bolus, "at %g min: %g U", time_min, dose.bolus_u);
}

Test(replay, gives_each_dose_at_its_time_and_the_rate_in_force)
{
    clinic c;
    titr_error err = {0};
    cr_assert_eq(hire(&c,
                      "time_min,carbs_g,insulin_u,basal_u_per_h\n10,0,1.5,0.6\n"
                      "15,30,0,0.6\n18,20,0,0.6\n20,0,0.5,0\n",
                      &err),
                 TITR_OK, "%s", err.what);
    expect(&c, 0.0, 0.4, 0.0); /* before the first row: the therapy's basal */
    expect(&c, 5.0, 0.4, 0.0);
    expect(&c, 10.0, 0.6, 1.5);
    expect(&c, 15.0, 0.6, 0.0);
    expect(&c, 20.0, 0.0, 0.5);
    expect(&c, 1000.0, 0.0, 0.0);
    expect(&c, 10.0, 0.6, 1.5); /* no memory: any order */
    titr_agent_destroy(c.agent);
}

Test(replay, without_a_rate_column_the_therapy_basal_runs)
{
    clinic c;
    cr_assert_eq(hire(&c, "time_min,carbs_g,insulin_u\n3,10,0\n5,0,2\n", NULL), TITR_OK);
    expect(&c, 0.0, 0.4, 0.0);
    expect(&c, 5.0, 0.4, 2.0);
    expect(&c, 10.0, 0.4, 0.0);
    titr_agent_destroy(c.agent);
}

Test(replay, a_dose_between_decisions_is_refused_with_file_and_line)
{
    clinic c;
    titr_error err = {0};
    cr_assert_eq(hire(&c, "time_min,carbs_g,insulin_u\n0,0,1\n\n7,0,1\n", &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, ":4: time_min = 7 min, expected a multiple"), "%s",
                       err.what);
    cr_assert_eq(hire(&c, "time_min,carbs_g,insulin_u,basal_u_per_h\n0,0,0,1\n6,0,0,0.9\n", &err),
                 TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, ":3: time_min = 6 min"), "%s", err.what);
}

Test(replay, a_missing_file_is_an_io_error)
{
    clinic c;
    clinic_init(&c);
    titr_error err = {0};
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("replay")), &err), TITR_ERR_RANGE,
                 "path is required");
    const titr_slot slot = test_slot(titr_agent_find("replay"));
    (void)snprintf(test_option(slot, "path"), TITR_TEXT_MAX, "no/such/file.csv");
    cr_assert_eq(clinic_hire(&c, slot, &err), TITR_ERR_IO);
}
