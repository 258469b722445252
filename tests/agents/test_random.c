// SPDX-License-Identifier: GPL-3.0-or-later
/* Uniform over the allowed levels; a function of key and decision alone. */
#include "support/clinic.h"

enum { DRAWS = 30000 };

Test(random, draws_allowed_levels_with_the_same_frequency)
{
    clinic c;
    clinic_init(&c);
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("random")), NULL), TITR_OK);
    c.mask[CLINIC_LEVELS + 1] = 0;
    c.mask[CLINIC_LEVELS + 4] = 0;
    int count[CLINIC_LEVELS] = {0};
    for (int i = 0; i < DRAWS; i++) {
        const titr_decision d = clinic_decide(&c);
        count[d.level]++;
        cr_assert_float_eq(d.propensity, 1.0 / 3.0, 1e-15);
    }
    cr_assert_eq(count[1] + count[4], 0);
    for (int a = 0; a < CLINIC_LEVELS; a++) { /* five standard deviations */
        cr_assert(count[a] == 0 || fabs(count[a] - DRAWS / 3.0) < 5.0 * sqrt(DRAWS * 2.0 / 9.0));
    }
    titr_agent_destroy(c.agent);
}

Test(random, the_same_decision_of_the_same_episode_is_the_same)
{
    clinic c;
    clinic_init(&c);
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("random")), NULL), TITR_OK);
    int level[100], other = 0;
    for (int i = 0; i < 100; i++) {
        level[i] = clinic_decide(&c).level;
    }
    c.index[TEST_LANE] = 0;
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(clinic_decide(&c).level, level[i]);
    }
    c.index[TEST_LANE] = 0;
    c.key[TEST_LANE].episode++;
    for (int i = 0; i < 100; i++) {
        other += clinic_decide(&c).level != level[i];
    }
    cr_assert_gt(other, 50, "another episode, other draws");
    titr_agent_destroy(c.agent);
}
