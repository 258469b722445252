// SPDX-License-Identifier: GPL-3.0-or-later
/* One rule, or a chain of rules, over the child of support/record.h, decision after decision. Lane
 * 0 has ended: its dose must stay untouched. */
#ifndef TESTS_SUPPORT_SHIELD_H
#define TESTS_SUPPORT_SHIELD_H

#include "titrate/agents/shield.h"

#include "support/part.h"
#include "support/record.h"

typedef struct guarded {
    test_record r; /* change it between decisions by test_set(&g.r, ...) */
    titr_shield_def def;
    titr_shield *shield;
    unsigned char first[2], running[2];
    double interval_min;
} guarded;

/* Decisions every 5 min; a 9-year-old of support/record.h, glucose steady. Rules are added by
 * guarded_add, then guarded_start. */
static inline void guarded_init(guarded *g)
{
    *g = (guarded){.running = {0, 1}, .interval_min = 5.0};
    test_record_init(&g->r);
    test_set(&g->r, TITR_OBS_AGE, 9.0);
}

/* @return the rule's slot, for test_set_real and its like. */
static inline titr_slot guarded_add(guarded *g, const char *name)
{
    const titr_slot slot = test_slot(titr_shield_find(name));
    g->def.rule[g->def.n++] = slot;
    return slot;
}

static inline void guarded_start(guarded *g)
{
    titr_error err = {0};
    cr_assert_eq(titr_shield_create(&g->def, 2, g->interval_min, &g->shield, &err), TITR_OK, "%s",
                 err.what);
    g->first[TEST_LANE] = 1;
}

static inline void guarded_fini(guarded *g)
{
    titr_shield_destroy(g->shield);
    for (size_t i = 0; i < g->def.n; i++) {
        titr_slot_fini(&g->def.rule[i]);
    }
}

/* One decision; the clock goes on by an interval afterwards. */
static inline titr_dose guarded_dose(guarded *g, double basal_u_per_h, double bolus_u)
{
    titr_dose dose[2] = {{-8.0, -9.0}, {basal_u_per_h, bolus_u}};
    titr_shield_apply(g->shield, &g->r.record, g->first, g->running, dose);
    cr_assert(dose[0].basal_u_per_h == -8.0 && dose[0].bolus_u == -9.0, "a lane that had ended");
    g->first[TEST_LANE] = 0;
    g->r.value[TITR_OBS_TIME][TEST_LANE] += g->interval_min;
    return dose[TEST_LANE];
}

/* A dose of these two, to the last few bits. */
static inline void guarded_expect(titr_dose dose, double basal_u_per_h, double bolus_u)
{
    cr_assert(fabs(dose.basal_u_per_h - basal_u_per_h) < 1e-12 &&
                  fabs(dose.bolus_u - bolus_u) < 1e-12,
              "%.15g U/h and %.15g U, expected %.15g U/h and %.15g U", dose.basal_u_per_h,
              dose.bolus_u, basal_u_per_h, bolus_u);
}

/* A new reading; those before move back. */
static inline void guarded_read(guarded *g, double cgm_mg_dl)
{
    const uint32_t newest = (g->r.newest[TEST_LANE] + TITR_CGM_HISTORY - 1) % TITR_CGM_HISTORY;
    g->r.newest[TEST_LANE] = newest;
    g->r.history[newest][TEST_LANE] = cgm_mg_dl;
    test_set(&g->r, TITR_OBS_CGM, cgm_mg_dl);
}

#endif
