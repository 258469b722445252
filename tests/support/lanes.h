// SPDX-License-Identifier: GPL-3.0-or-later
/* What an agent remembers of running episodes, saved and loaded into another of its kind. */
#ifndef TESTS_SUPPORT_LANES_H
#define TESTS_SUPPORT_LANES_H

#include "titrate/base/rng.h"
#include "titrate/base/visit_memory.h"

#include "support/clinic.h"

/* A record that changes from decision to decision, now and then with a meal. */
static inline void lanes_record(clinic *c, uint32_t round)
{
    static const titr_rng_key key = {.seed = 3, .purpose = TITR_PURPOSE_TEST};
    const double cgm = 80.0 + 150.0 * titr_rng_uniform(key, 2 * round);
    c->r.newest[TEST_LANE] = (c->r.newest[TEST_LANE] + TITR_CGM_HISTORY - 1) % TITR_CGM_HISTORY;
    c->r.history[c->r.newest[TEST_LANE]][TEST_LANE] = cgm;
    test_set(&c->r, TITR_OBS_CGM, cgm);
    test_set(&c->r, TITR_OBS_CARBS_ANNOUNCED, round % 40 == 5 ? 25.0 : 0.0);
    test_set(&c->r, TITR_OBS_IOB, titr_rng_uniform(key, 2 * round + 1));
}

/* Fails unless a loaded agent decides like the saved one, and otherwise than a new one. */
static inline void lanes_go_on(const char *agent)
{
    static clinic a, b, fresh;
    clinic *const all[] = {&a, &b, &fresh};
    for (size_t i = 0; i < 3; i++) {
        clinic_init(all[i]);
        cr_assert_eq(clinic_hire(all[i], test_slot(titr_agent_find(agent)), NULL), TITR_OK);
    }
    uint32_t round = 0;
    for (; round < 100; round++) {
        lanes_record(&a, round);
        (void)clinic_dose(&a);
    }
    titr_memory_visitor m;
    titr_memory_visitor_init(&m);
    cr_assert_eq(a.agent->type->visit_lanes(a.agent->self, &m.base, NULL), TITR_OK);
    titr_memory_visitor_load(&m);
    cr_assert_eq(b.agent->type->visit_lanes(b.agent->self, &m.base, NULL), TITR_OK);
    titr_memory_visitor_fini(&m);
    b.r = fresh.r = a.r;
    test_record_link(&b.r);
    test_record_link(&fresh.r);
    b.first[TEST_LANE] = 0;
    int other = 0;
    for (; round < 200; round++) {
        for (size_t i = 0; i < 3; i++) {
            lanes_record(all[i], round);
        }
        const titr_dose x = clinic_dose(&a), y = clinic_dose(&b), z = clinic_dose(&fresh);
        cr_assert(x.basal_u_per_h == y.basal_u_per_h && x.bolus_u == y.bolus_u,
                  "%s: another dose after loading, decision %u", agent, round);
        other |= x.basal_u_per_h != z.basal_u_per_h || x.bolus_u != z.bolus_u;
    }
    cr_assert(other, "%s remembers nothing", agent);
    for (size_t i = 0; i < 3; i++) {
        titr_agent_destroy(all[i]->agent);
    }
}

#endif
