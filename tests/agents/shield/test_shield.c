// SPDX-License-Identifier: GPL-3.0-or-later
/* The chain: order, counting, and what no rule may do. */
#include "support/allocations.h"
#include "support/shield.h"

#include "titrate/base/rng.h"
#include "titrate/base/visit_memory.h"

static size_t number(const char *name)
{
    size_t n = 0, i = 0;
    const titr_shield_type *const *all = titr_shield_all(&n);
    while (i < n && strcmp(all[i]->part.name, name) != 0) {
        i++;
    }
    cr_assert_lt(i, n);
    return i;
}

static titr_dose raise(const void *def, const titr_shield_view *view, titr_dose dose)
{
    (void)def, (void)view;
    return (titr_dose){dose.basal_u_per_h + 1.0, dose.bolus_u < 0.5 ? (double)NAN : -3.0};
}

static const titr_shield_type rogue = {.part = {.name = "rogue", .doc = "", .source = "titrate"},
                                       .limit = raise};

/* Raised stays as it was, no number stays as it was, negative is nothing. */
Test(shield, holds_a_rule_to_its_word)
{
    guarded g;
    guarded_init(&g);
    g.def.rule[g.def.n++] = (titr_slot){.type = &rogue};
    guarded_start(&g);
    guarded_expect(guarded_dose(&g, 1.0, 0.2), 1.0, 0.2);
    guarded_expect(guarded_dose(&g, 1.0, 2.0), 1.0, 0.0);
    cr_assert_eq(titr_shield_rule(g.shield, TEST_LANE), 0, "not in the registry: no number");
    guarded_expect(guarded_dose(&g, -1.0, -2.0), -1.0, -2.0);
    guarded_fini(&g);
}

/* 9 U at 1 U on board and 150 mg/dL: 5 U by max_bolus, then 0 by low_suspend: both are told. */
Test(shield, tells_each_rule_that_acted)
{
    guarded g;
    guarded_init(&g);
    (void)guarded_add(&g, "max_bolus");
    (void)guarded_add(&g, "max_basal");
    (void)guarded_add(&g, "low_suspend");
    guarded_start(&g);
    guarded_expect(guarded_dose(&g, 0.6, 9.0), 0.6, 5.0);
    const double *withheld_u = titr_shield_withheld_u(g.shield, TEST_LANE);
    cr_assert_eq(titr_shield_rule(g.shield, TEST_LANE), (int)number("max_bolus") + 1);
    cr_assert_float_eq(withheld_u[number("max_bolus")], 4.0, 1e-12);
    cr_assert_eq(withheld_u[number("low_suspend")], 0.0);
    test_set(&g.r, TITR_OBS_CGM, 50.0);
    test_set(&g.r, TITR_OBS_IOB, 0.0);
    guarded_expect(guarded_dose(&g, 0.6, 9.0), 0.0, 0.0);
    withheld_u = titr_shield_withheld_u(g.shield, TEST_LANE);
    cr_assert_eq(titr_shield_rule(g.shield, TEST_LANE), (int)number("low_suspend") + 1);
    cr_assert_float_eq(withheld_u[number("max_bolus")], 4.0, 1e-12);
    cr_assert_float_eq(withheld_u[number("low_suspend")], 5.0 + 0.05, 1e-12);
    cr_assert_eq(withheld_u[number("max_basal")], 0.0);
    test_set(&g.r, TITR_OBS_CGM, 150.0);
    guarded_expect(guarded_dose(&g, 0.6, 1.0), 0.6, 1.0);
    cr_assert_eq(titr_shield_rule(g.shield, TEST_LANE), 0);
    cr_assert_eq(titr_shield_withheld_u(g.shield, TEST_LANE)[number("low_suspend")], 0.0);
    guarded_fini(&g);
}

/* The order of the chain is that of the def, and the same rule may stand in it twice. */
Test(shield, order_and_repetition)
{
    guarded g;
    guarded_init(&g);
    (void)guarded_add(&g, "low_suspend");
    (void)guarded_add(&g, "max_bolus");
    const titr_slot second = guarded_add(&g, "max_bolus");
    test_set_flag(second, "by", 2);
    test_set_real(second, "fixed_u", 2.0);
    guarded_start(&g);
    guarded_expect(guarded_dose(&g, 0.4, 9.0), 0.4, 2.0);
    cr_assert_float_eq(titr_shield_withheld_u(g.shield, TEST_LANE)[number("max_bolus")], 7.0,
                       1e-12);
    test_set(&g.r, TITR_OBS_CGM, 50.0);
    guarded_expect(guarded_dose(&g, 0.4, 9.0), 0.0, 0.0);
    cr_assert_eq(titr_shield_rule(g.shield, TEST_LANE), (int)number("low_suspend") + 1);
    guarded_fini(&g);
}

/* What is no number is for the environment to refuse. */
Test(shield, passes_what_is_no_number)
{
    guarded g;
    guarded_init(&g);
    (void)guarded_add(&g, "low_suspend");
    guarded_start(&g);
    cr_assert(isnan(guarded_dose(&g, (double)NAN, 0.0).basal_u_per_h));
    cr_assert(isinf(guarded_dose(&g, 0.0, (double)INFINITY).bolus_u));
    guarded_fini(&g);
}

static titr_status make(void *context, titr_error *err)
{
    titr_shield *shield = NULL;
    TITR_TRY(titr_shield_create(context, 3, 5.0, &shield, err));
    titr_shield_destroy(shield);
    return TITR_OK;
}

static void every_rule(guarded *g)
{
    size_t n = 0;
    const titr_shield_type *const *all = titr_shield_all(&n);
    cr_assert_leq(n, TITR_SHIELD_RULES_MAX);
    guarded_init(g);
    for (size_t i = 0; i < n; i++) {
        (void)guarded_add(g, all[i]->part.name);
    }
    guarded_start(g);
}

/* A clinic record as random as a child can be, and beyond. */
static titr_dose random_decision(guarded *g, uint32_t k)
{
    static const double lo[] = {20.0, -6.0, -5.0, 0.0, 1.0, 5.0, 0.0, 0.0, 0.0, 2.0, 80.0};
    static const double hi[] = {650.0, 6.0, 30.0, 150.0, 30.0, 400.0, 2.0, 20.0, 20.0, 90.0, 180.0};
    static const titr_observable what[] = {
        TITR_OBS_CGM, TITR_OBS_CGM_RATE, TITR_OBS_IOB,   TITR_OBS_CARBS_ANNOUNCED,
        TITR_OBS_CR,  TITR_OBS_CF,       TITR_OBS_BASAL, TITR_OBS_BOLUS_IOB,
        TITR_OBS_AGE, TITR_OBS_WEIGHT,   TITR_OBS_TARGET};
    double u[sizeof what / sizeof what[0] + 3];
    for (uint32_t i = 0; i < sizeof u / sizeof u[0]; i++) {
        uint32_t word[4];
        titr_rng_words((titr_rng_key){.seed = 7, .purpose = TITR_PURPOSE_AGENT}, 32 * k + i, word);
        u[i] = word[0] / 4294967296.0;
    }
    for (size_t i = 0; i < sizeof what / sizeof what[0]; i++) {
        test_set(&g->r, what[i], lo[i] + u[i] * (hi[i] - lo[i]));
    }
    guarded_read(g, g->r.value[TITR_OBS_CGM][TEST_LANE]);
    if (u[11] < 0.8) {
        test_set(&g->r, TITR_OBS_CARBS_ANNOUNCED, 0.0);
    }
    return (titr_dose){6.0 * u[12] - 0.5, 40.0 * u[13] * u[13] * u[13] - 0.5};
}

Test(shield, lack_of_memory)
{
    guarded g;
    every_rule(&g);
    cr_assert_eq(allocations_fail_each(make, &g.def, 1), 4);
    const size_t before = allocations();
    for (uint32_t k = 0; k < 50; k++) {
        (void)guarded_dose(&g, 2.0, 1.0);
    }
    cr_assert_eq(allocations(), before, "a decision allocates");
    guarded_fini(&g);
}

/* Lowered or left, not below zero, told whenever it was lowered; and the caps hold. */
Test(shield, only_lowers)
{
    guarded g;
    every_rule(&g);
    for (uint32_t k = 0; k < 200000; k++) {
        const titr_dose asked = random_decision(&g, k);
        const titr_dose given = guarded_dose(&g, asked.basal_u_per_h, asked.bolus_u);
        cr_assert(given.basal_u_per_h <= asked.basal_u_per_h && given.bolus_u <= asked.bolus_u);
        cr_assert(given.basal_u_per_h >= fmin(asked.basal_u_per_h, 0.0) &&
                  given.bolus_u >= fmin(asked.bolus_u, 0.0));
        const double withheld = titr_dose_insulin_u(asked, 5.0) - titr_dose_insulin_u(given, 5.0);
        double told = 0.0;
        size_t n = 0;
        (void)titr_shield_all(&n);
        for (size_t i = 0; i < n; i++) {
            told += titr_shield_withheld_u(g.shield, TEST_LANE)[i];
        }
        cr_assert_float_eq(told, withheld, 1e-7);
        cr_assert_eq(titr_shield_rule(g.shield, TEST_LANE) != 0, told > 0.0);
        cr_assert(given.basal_u_per_h <= 10.0 &&
                  given.basal_u_per_h <= 4.0 * g.r.value[TITR_OBS_BASAL][TEST_LANE] + 1e-12);
        g.first[TEST_LANE] = k % 300 == 299;
    }
    guarded_fini(&g);
}

/* A shield loaded from memory goes on as the saved one does. */
Test(shield, a_saved_shield_goes_on)
{
    guarded a, b;
    titr_memory_visitor memory;
    every_rule(&a);
    every_rule(&b);
    for (uint32_t k = 0; k < 500; k++) {
        const titr_dose asked = random_decision(&a, k);
        (void)guarded_dose(&a, asked.basal_u_per_h, asked.bolus_u);
    }
    titr_memory_visitor_init(&memory);
    cr_assert_eq(titr_shield_visit(a.shield, &memory.base, NULL), TITR_OK);
    titr_memory_visitor_load(&memory);
    cr_assert_eq(titr_shield_visit(b.shield, &memory.base, NULL), TITR_OK);
    titr_memory_visitor_fini(&memory);
    b.first[TEST_LANE] = 0;
    memcpy(b.r.history, a.r.history, sizeof a.r.history);
    memcpy(b.r.newest, a.r.newest, sizeof a.r.newest);
    memcpy(b.r.value, a.r.value, sizeof a.r.value);
    for (uint32_t k = 500; k < 1500; k++) {
        const titr_dose asked = random_decision(&a, k);
        (void)random_decision(&b, k);
        const titr_dose one = guarded_dose(&a, asked.basal_u_per_h, asked.bolus_u);
        const titr_dose other = guarded_dose(&b, asked.basal_u_per_h, asked.bolus_u);
        cr_assert_eq(memcmp(&one, &other, sizeof one), 0, "decision %u", (unsigned)k);
    }
    guarded_fini(&a);
    guarded_fini(&b);
}
