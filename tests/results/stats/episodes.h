// SPDX-License-Identifier: GPL-3.0-or-later
/* Small stored episodes with time in range as wanted, for summaries. */
#ifndef TITR_TESTS_EPISODES_H
#define TITR_TESTS_EPISODES_H

#include "titrate/env/env.h"
#include "titrate/stats/summary.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define EPISODE_STEPS 10

/* An episode of one day with `in_range` of its 10 readings at 100 mg/dL, the others elsewhere.
 * A failed one ends at half time, low, having been planned for a day. The next call's readings are
 * written over these. */
static inline titr_trajectory an_episode(const char *policy, const char *patient, uint32_t episode,
                                         int in_range, float elsewhere_mg_dl, titr_end end)
{
    static float time_min[EPISODE_STEPS], glucose[EPISODE_STEPS], other[EPISODE_STEPS];
    static int8_t no_rule[EPISODE_STEPS];
    const int failed = end == TITR_END_TERMINATED || end == TITR_END_FAULT;
    for (int k = 0; k < EPISODE_STEPS; k++) {
        time_min[k] = 144.0F * (float)k;
        glucose[k] = k < in_range ? 100.0F : elsewhere_mg_dl;
        other[k] = 1.0F;
    }
    titr_trajectory t = {.episode = episode,
                         .end = (int)end,
                         .horizon_min = 1440.0,
                         .end_min = failed ? 720.0 : 1440.0,
                         .final_glucose_mg_dl = failed ? 39.0F : 100.0F,
                         .n = failed ? EPISODE_STEPS / 2 : EPISODE_STEPS,
                         .time_min = time_min,
                         .glucose_mg_dl = glucose,
                         .cgm_mg_dl = glucose,
                         .insulin_u = other,
                         .basal_insulin_u = other,
                         .carbs_g = other,
                         .shield_rule = no_rule};
    (void)snprintf(t.policy, sizeof t.policy, "%s", policy);
    (void)snprintf(t.patient, sizeof t.patient, "%s", patient);
    return t;
}

/* Score an episode whose other readings are at 200 mg/dL. */
static inline void add_episode(titr_summary *s, const char *policy, const char *patient,
                               uint32_t episode, int in_range, titr_end end)
{
    const titr_trajectory t = an_episode(policy, patient, episode, in_range, 200.0F, end);
    cr_assert_eq(titr_summary_add(s, &t, 0.0, NULL), TITR_OK);
}

#endif
