// SPDX-License-Identifier: GPL-3.0-or-later
/* Stages at the papers' ages; half of the children of a stage's mean age have reached it. */
#include "titrate/models/puberty.h"

#include "titrate/base/rng.h"

#include <criterion/criterion.h>

Test(puberty, a_child_in_time_changes_at_the_mean_ages)
{
    cr_expect_eq(titr_tanner_stage(TITR_SEX_FEMALE, 11.14, 0.0), 1);
    cr_expect_eq(titr_tanner_stage(TITR_SEX_FEMALE, 11.15, 0.0), 2);
    cr_expect_eq(titr_tanner_stage(TITR_SEX_FEMALE, 15.33, 0.0), 5);
    cr_expect_eq(titr_tanner_stage(TITR_SEX_MALE, 11.5, 0.0), 1);
    cr_expect_eq(titr_tanner_stage(TITR_SEX_MALE, 13.0, 0.0), 3);
    cr_expect_eq(titr_tanner_stage(TITR_SEX_MALE, 13.0, 1.0), 2, "a late boy");
    cr_expect_eq(titr_tanner_stage(TITR_SEX_MALE, 13.0, -1.0), 4, "an early one");
    cr_expect_eq(titr_tanner_stage(TITR_SEX_UNKNOWN, 11.40, 0.0), 2);
}

/* The share of girls who have reached each stage, against the normal distribution of the papers. */
Test(puberty, shares_are_normal_in_age)
{
    enum { GIRLS = 20000 };
    const titr_rng_key key = {.seed = 3, .purpose = TITR_PURPOSE_TEST};
    for (int stage = 2; stage <= TITR_TANNER_STAGES; stage++) {
        const double mean = titr_tanner_mean_years(TITR_SEX_FEMALE, stage);
        const double sd = titr_tanner_sd_years(TITR_SEX_FEMALE, stage);
        int at_mean = 0, early = 0;
        for (uint32_t i = 0; i < GIRLS; i++) {
            const double tempo = titr_rng_normal(key, i);
            at_mean += titr_tanner_stage(TITR_SEX_FEMALE, mean, tempo) >= stage;
            early += titr_tanner_stage(TITR_SEX_FEMALE, mean - sd, tempo) >= stage;
        }
        cr_expect_float_eq((double)at_mean / GIRLS, 0.5, 0.012);
        cr_expect_float_eq((double)early / GIRLS, 0.1587, 0.009);
    }
}

Test(puberty, progress_rises_from_stage_to_stage)
{
    cr_expect_eq(titr_puberty_progress(TITR_SEX_MALE, 8.0, 0.0), 0.0);
    cr_expect_float_eq(titr_puberty_progress(TITR_SEX_MALE, 12.85, 0.0), 1.0 / 3.0, 1e-12);
    cr_expect_float_eq(titr_puberty_progress(TITR_SEX_MALE, 13.77, 0.0), 2.0 / 3.0, 1e-12);
    cr_expect_eq(titr_puberty_progress(TITR_SEX_MALE, 18.0, 0.0), 1.0);
    double before = 0.0;
    for (double age_years = 8.0; age_years < 19.0; age_years += 0.05) {
        const double now = titr_puberty_progress(TITR_SEX_FEMALE, age_years, 0.7);
        cr_expect(now >= before);
        before = now;
    }
}
