// SPDX-License-Identifier: GPL-3.0-or-later
/* The probabilities by hand, the draws by counting. */
#include "support/clinic.h"

#include <math.h>

enum { DRAWS = 40000 };

/* Soft around a constant level of five, of which one is forbidden. */
static void hire(clinic *c, double epsilon)
{
    clinic_init(c);
    const titr_slot constant = test_slot(titr_agent_find("constant_level"));
    *(int64_t *)test_option(constant, "level") = 2;
    cr_assert_eq(clinic_hire(c, constant, NULL), TITR_OK);
    c->context.inner = c->agent;
    const titr_slot slot = test_slot(titr_agent_find("epsilon_soft"));
    test_set_real(slot, "epsilon", epsilon);
    cr_assert_eq(clinic_hire(c, slot, NULL), TITR_OK);
    c->mask[TEST_LANE * CLINIC_LEVELS + 4] = 0;
}

Test(epsilon_soft, tells_its_probabilities)
{
    static const double expected[CLINIC_LEVELS] = {0.1, 0.1, 0.7, 0.1, 0.0};
    clinic c;
    double p[2 * CLINIC_LEVELS] = {9.0};
    hire(&c, 0.4);
    const titr_batch batch = clinic_batch(&c);
    cr_assert_eq(titr_agent_probabilities(c.agent, &batch, CLINIC_LEVELS, p, NULL), TITR_OK);
    for (size_t a = 0; a < CLINIC_LEVELS; a++) {
        cr_expect_float_eq(p[(size_t)TEST_LANE * CLINIC_LEVELS + a], expected[a], 1e-12);
    }
    cr_expect_eq(p[0], 9.0, "a lane that has ended was written");
    titr_agent_destroy(c.agent);
}

Test(epsilon_soft, draws_as_often_as_it_says)
{
    static const double expected[CLINIC_LEVELS] = {0.1, 0.1, 0.7, 0.1, 0.0};
    clinic c;
    double count[CLINIC_LEVELS] = {0.0};
    hire(&c, 0.4);
    for (uint32_t i = 0; i < DRAWS; i++) {
        titr_decision d[2];
        c.index[TEST_LANE] = i;
        const titr_batch batch = clinic_batch(&c);
        cr_assert_eq(c.agent->type->act(c.agent->self, &batch, TITR_ACT_GREEDY, d, NULL), TITR_OK);
        const titr_decision own = d[TEST_LANE];
        cr_assert_float_eq(own.propensity, expected[own.level], 1e-12);
        count[own.level] += 1.0;
    }
    for (size_t a = 0; a < CLINIC_LEVELS; a++) {
        const double sd = sqrt(expected[a] * (1.0 - expected[a]) / DRAWS);
        cr_expect_float_eq(count[a] / DRAWS, expected[a], 4.0 * sd + 1e-12, "level %zu: %g", a,
                           count[a] / DRAWS);
    }
    titr_agent_destroy(c.agent);
}

Test(epsilon_soft, takes_no_policy_that_chooses_doses)
{
    clinic c;
    titr_error err = {.what = ""};
    titr_decision d[2];
    clinic_init(&c);
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("constant_basal")), NULL), TITR_OK);
    c.context.inner = c.agent;
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("epsilon_soft")), NULL), TITR_OK);
    const titr_batch batch = clinic_batch(&c);
    cr_expect_eq(c.agent->type->act(c.agent->self, &batch, TITR_ACT_GREEDY, d, &err), TITR_ERR_ARG);
    cr_expect_str_eq(err.what, "constant_basal chooses doses, not levels");
    titr_agent_destroy(c.agent);
}
