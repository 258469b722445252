// SPDX-License-Identifier: GPL-3.0-or-later
/* Which of several proposals is given, worked out by hand: constant levels as members. */
#include "support/clinic.h"

enum { MEMBERS = 4 };

/* An ensemble of constant levels of the default relative_basal set: more level, more insulin. */
static titr_status hire(clinic *c, const int64_t level[MEMBERS], double share, titr_slot actions,
                        titr_error *err)
{
    titr_agent *member[MEMBERS];
    clinic_init(c);
    c->context.actions = actions;
    for (size_t m = 0; m < MEMBERS; m++) {
        const titr_slot constant = test_slot(titr_agent_find("constant_level"));
        *(int64_t *)test_option(constant, "level") = level[m];
        cr_assert_eq(clinic_hire(c, constant, NULL), TITR_OK);
        member[m] = c->agent;
    }
    c->context.inner = member[0];
    c->context.others = &member[1];
    c->context.n_others = MEMBERS - 1;
    const titr_slot slot = test_slot(titr_agent_find("ensemble"));
    test_set_real(slot, "share", share);
    return clinic_hire(c, slot, err);
}

static void expect(titr_slot actions)
{
    static const int64_t level[MEMBERS] = {3, 0, 4, 1};
    static const struct {
        double share;
        int given;
    } row[] = {{0.0, 0}, {0.33, 0}, {0.34, 1}, {0.5, 1}, {0.67, 3}, {0.99, 3}, {1.0, 4}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        clinic c;
        cr_assert_eq(hire(&c, level, row[i].share, actions, NULL), TITR_OK);
        cr_assert_eq(clinic_decide(&c).level, row[i].given, "share %g", row[i].share);
        titr_agent_destroy(c.agent);
    }
}

Test(ensemble, gives_the_dose_at_the_share)
{
    titr_slot actions = test_slot(titr_actions_find("relative_basal_and_correction"));
    expect(actions);
    titr_slot_fini(&actions);
    expect((titr_slot){0}); /* a task: by the level's number */
}

/* Levels in no order of their doses: 2, 0 and 1 times the basal rate. */
Test(ensemble, orders_by_insulin_and_not_by_level)
{
    static const double mixed[5] = {2.0, 0.0, 1.0, 3.0, 4.0};
    static const int64_t level[MEMBERS] = {0, 1, 2, 2};
    titr_slot actions = test_slot(titr_actions_find("relative_basal"));
    test_set_reals(actions, "levels", mixed, 5);
    clinic c;
    cr_assert_eq(hire(&c, level, 0.0, actions, NULL), TITR_OK);
    cr_assert_eq(clinic_decide(&c).level, 1);
    titr_agent_destroy(c.agent);
    cr_assert_eq(hire(&c, level, 1.0, actions, NULL), TITR_OK);
    cr_assert_eq(clinic_decide(&c).level, 0);
    titr_agent_destroy(c.agent);
    titr_slot_fini(&actions);
}

Test(ensemble, members_that_choose_by_chance_are_refused)
{
    clinic c;
    titr_agent *other = NULL;
    titr_error err = {.what = ""};
    titr_decision d[2];
    clinic_init(&c);
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("random")), NULL), TITR_OK);
    other = c.agent;
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("random")), NULL), TITR_OK);
    c.context.inner = c.agent;
    c.context.others = &other;
    c.context.n_others = 1;
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("ensemble")), NULL), TITR_OK);
    const titr_batch batch = clinic_batch(&c);
    cr_assert_eq(c.agent->type->act(c.agent->self, &batch, TITR_ACT_GREEDY, d, &err), TITR_ERR_ARG);
    cr_assert_not_null(strstr(err.what, "chance"));
    titr_agent_destroy(c.agent);
}

Test(ensemble, others_go_to_nobody_who_does_not_gather)
{
    clinic c;
    titr_agent *member[2];
    titr_error err = {.what = ""};
    clinic_init(&c);
    for (size_t m = 0; m < 2; m++) {
        cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("random")), NULL), TITR_OK);
        member[m] = c.agent;
    }
    c.context.inner = member[0];
    c.context.others = &member[1];
    c.context.n_others = 1;
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("low_suspend")), &err), TITR_ERR_ARG);
    cr_assert_not_null(strstr(err.what, "one policy"));
}
