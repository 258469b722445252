// SPDX-License-Identifier: GPL-3.0-or-later
/* What every agent promises: complete tables, allowed levels and finite doses on any record, and
 * the same decisions after saving and loading. */
#include "titrate/base/visit_memory.h"

#include "support/clinic.h"
#include "support/temp_file.h"

#include <stdio.h>

enum { DECISIONS = 3000 };

static const titr_rng_key test_key = {.seed = 99, .purpose = TITR_PURPOSE_TEST};

/* Any record within the plausible ranges, any mask. */
static void shuffle(clinic *c, uint32_t round)
{
    const titr_observable_info *info = titr_observable_table();
    for (uint32_t k = 0; k < TITR_OBS_N; k++) {
        const double u = titr_rng_uniform(test_key, round * 64 + k);
        test_set(&c->r, (titr_observable)k, info[k].lo + u * (info[k].hi - info[k].lo));
    }
    test_set(&c->r, TITR_OBS_TIME, 5.0 * round);
    uint32_t word[4];
    titr_rng_words(test_key, round * 64 + 63, word);
    for (uint32_t a = 0; a < CLINIC_LEVELS; a++) {
        c->mask[CLINIC_LEVELS + a] = (word[0] >> a) & 1U;
    }
    c->mask[CLINIC_LEVELS + word[1] % CLINIC_LEVELS] = 1;
    c->first[TEST_LANE] = round % 100 == 0;
}

/* Texts that must be given name a file: a dosing record of one row. */
static void fill_required(titr_slot slot, const char *path)
{
    const titr_part *part = titr_slot_part(slot);
    for (size_t i = 0; i < part->n_options; i++) {
        if (part->options[i].required) {
            (void)snprintf((char *)slot.def + part->options[i].offset, TITR_TEXT_MAX, "%s", path);
        }
    }
}

static void hire(clinic *c, const titr_agent_type *type)
{
    static const char dosing[] = "time_min,carbs_g,insulin_u,basal_u_per_h\n0,10,1,0.5\n";
    char path[TEMP_PATH_MAX];
    titr_error err = {0};
    clinic_init(c);
    c->observer.n = 2;
    c->observer.entry[0] = (titr_observe){.what = TITR_OBS_CGM};
    titr_observe_equal_bins(&c->observer.entry[0], 5);
    c->observer.entry[1] = (titr_observe){.what = TITR_OBS_IOB};
    titr_observe_equal_bins(&c->observer.entry[1], 2);
    if (type->wraps) {
        cr_assert_eq(clinic_hire(c, test_slot(titr_agent_find("random")), NULL), TITR_OK);
        c->context.inner = c->agent;
    }
    const titr_slot slot = test_slot(type);
    cr_assert(temp_file(path, dosing, sizeof dosing - 1));
    fill_required(slot, path);
    cr_assert_eq(clinic_hire(c, slot, &err), TITR_OK, "%s: %s", type->part.name, err.what);
    temp_remove(path);
}

static void check_decision(const clinic *c, const char *name, titr_decision d)
{
    cr_assert(d.propensity > 0.0 && d.propensity <= 1.0, "%s: propensity %g", name, d.propensity);
    if (d.level >= 0) {
        cr_assert_lt(d.level, CLINIC_LEVELS, "%s", name);
        cr_assert(c->mask[CLINIC_LEVELS + d.level], "%s: level %d is masked", name, d.level);
    } else {
        cr_assert(isfinite(d.dose.basal_u_per_h) && d.dose.basal_u_per_h >= 0.0, "%s: basal %g",
                  name, d.dose.basal_u_per_h);
        cr_assert(isfinite(d.dose.bolus_u) && d.dose.bolus_u >= 0.0, "%s: bolus %g", name,
                  d.dose.bolus_u);
    }
}

/* A decision while training, and for learners what followed from it. */
static void live(clinic *c, uint32_t round)
{
    shuffle(c, round);
    const titr_decision d = clinic_decide_as(c, TITR_ACT_EXPLORE);
    check_decision(c, c->agent->type->part.name, d);
    if (c->agent->type->learn == NULL) {
        return;
    }
    const unsigned char valid = d.level >= 0;
    const double reward = -titr_rng_uniform(test_key, round * 64 + 62), elapsed = 5.0;
    const titr_end end = round % 10 == 0 ? TITR_END_TERMINATED : TITR_END_NONE;
    const double *obs = &c->obs[c->context.n_obs * TEST_LANE];
    const unsigned char *mask = &c->mask[CLINIC_LEVELS];
    const titr_transitions t = {1,        &valid,        obs,     obs,      mask, mask,
                                &d.level, &d.propensity, &reward, &elapsed, &end, &d.level};
    cr_assert_eq(c->agent->type->learn(c->agent->self, &t, NULL), TITR_OK);
}

static void copy_state(clinic *from, clinic *to)
{
    titr_memory_visitor m;
    titr_memory_visitor_init(&m);
    const titr_agent_type *type = from->agent->type;
    cr_assert_eq(type->visit(from->agent->self, &m.base, NULL), TITR_OK);
    if (type->visit_training != NULL) {
        cr_assert_eq(type->visit_training(from->agent->self, &m.base, NULL), TITR_OK);
    }
    titr_memory_visitor_load(&m);
    cr_assert_eq(type->visit(to->agent->self, &m.base, NULL), TITR_OK);
    if (type->visit_training != NULL) {
        cr_assert_eq(type->visit_training(to->agent->self, &m.base, NULL), TITR_OK);
    }
    titr_memory_visitor_fini(&m);
}

static void expect_same(const titr_agent_type *type, clinic *a, clinic *b, titr_act_mode mode)
{
    const titr_decision x = clinic_decide_as(a, mode), y = clinic_decide_as(b, mode);
    cr_assert(x.level == y.level && x.dose.basal_u_per_h == y.dose.basal_u_per_h &&
                  x.dose.bolus_u == y.dose.bolus_u && x.propensity == y.propensity,
              "%s: another decision after loading", type->part.name);
}

/* Run `check` for every registered agent. */
static void for_each_agent(void (*check)(const titr_agent_type *type))
{
    size_t n = 0;
    const titr_agent_type *const *all = titr_agent_all(&n);
    for (size_t i = 0; i < n; i++) {
        check(all[i]);
    }
}

static void check_tables(const titr_agent_type *type)
{
    const char *name = type->part.name;
    cr_assert(type->create && type->destroy && type->act, "%s", name);
    type->destroy(NULL);
    cr_assert_eq(type->learns != 0, type->learn != NULL, "%s: learns, but cannot", name);
    cr_assert(!type->learns || type->visit, "%s: what it learns cannot be saved", name);
    for (size_t k = 0; k < type->n_tune; k++) {
        const titr_tune_axis *axis = &type->tune[k];
        const titr_option *o =
            titr_option_find(type->part.options, type->part.n_options, axis->option);
        cr_assert(o != NULL && o->kind == TITR_OPTION_REAL, "%s tunes %s", name, axis->option);
        cr_assert_gt(axis->values.n, 0, "%s", name);
        for (size_t i = 0; i < axis->values.n; i++) {
            cr_assert(axis->values.v[i] >= o->lo && axis->values.v[i] <= o->hi, "%s.%s = %g", name,
                      o->name, axis->values.v[i]);
        }
    }
}

static void check_reports(const titr_agent_type *type)
{
    const char *name = type->part.name;
    cr_assert_leq(type->n_reported, TITR_REPORTS_MAX, "%s", name);
    cr_assert_eq(type->report != NULL, type->n_reported > 0, "%s", name);
    for (size_t i = 0; i < type->n_reported; i++) {
        const titr_reported *row = &type->reported[i];
        cr_assert(row->name && row->unit && row->doc && row->doc[0] != '\0', "%s", name);
        cr_assert_eq(row->name[strspn(row->name, "abcdefghijklmnopqrstuvwxyz0123456789_")], '\0',
                     "%s reports '%s'", name, row->name);
        for (size_t k = 0; k < i; k++) {
            cr_assert_str_neq(row->name, type->reported[k].name, "%s", name);
        }
    }
}

/* A report is complete before anything was learned and after. */
static void check_report(const titr_agent_type *type)
{
    check_reports(type);
    if (type->report == NULL) {
        return;
    }
    clinic c;
    hire(&c, type);
    for (uint32_t i = 0; i < 200; i++) {
        double value[TITR_REPORTS_MAX];
        for (size_t k = 0; k < TITR_REPORTS_MAX; k++) {
            value[k] = (double)INFINITY;
        }
        c.agent->type->report(c.agent->self, value);
        for (size_t k = 0; k < TITR_REPORTS_MAX; k++) {
            cr_assert_eq(isinf(value[k]) != 0, k >= type->n_reported, "%s: value %zu is %g",
                         type->part.name, k, value[k]);
        }
        live(&c, i);
    }
    titr_agent_destroy(c.agent);
}

Test(agents, what_they_report_is_complete)
{
    for_each_agent(check_report);
}

Test(agents, tables_are_complete)
{
    for_each_agent(check_tables);
}

static void check_decisions(const titr_agent_type *type)
{
    clinic c;
    hire(&c, type);
    for (uint32_t i = 0; i < DECISIONS; i++) {
        live(&c, i);
        check_decision(&c, type->part.name, clinic_decide(&c));
    }
    titr_agent_destroy(c.agent);
}

Test(agents, decisions_are_allowed_and_finite_on_any_record)
{
    for_each_agent(check_decisions);
}

/* The sensor shows nothing for a while, again and again: what the agent is shown stays finite, and
 * so do its doses and what it learns. */
static void check_missing(const titr_agent_type *type)
{
    clinic c;
    hire(&c, type);
    for (uint32_t i = 0; i < DECISIONS; i++) {
        shuffle(&c, i);
        if (i % 20 > 10 && c.first[TEST_LANE] == 0) {
            test_set(&c.r, TITR_OBS_CGM, (double)NAN);
            test_set(&c.r, TITR_OBS_CGM_AGE, 5.0 * (i % 20 - 10));
            test_set(&c.r, TITR_OBS_BOLUS_PROPOSED, 0.0);
        }
        check_decision(&c, type->part.name, clinic_decide_as(&c, TITR_ACT_EXPLORE));
        for (size_t k = 0; k < c.context.n_obs; k++) {
            cr_assert(isfinite(c.obs[c.context.n_obs * TEST_LANE + k]), "%s", type->part.name);
        }
    }
    titr_agent_destroy(c.agent);
}

Test(agents, a_missing_reading_reaches_no_policy)
{
    for_each_agent(check_missing);
}

/* What it decides has the probability that it tells; who chooses doses tells none. */
static void check_probabilities(const titr_agent_type *type)
{
    clinic a, b;
    hire(&a, type);
    hire(&b, type);
    for (uint32_t i = 0; i < DECISIONS; i++) {
        double p[2 * CLINIC_LEVELS], sum = 0.0;
        titr_decision d[2];
        shuffle(&a, i);
        shuffle(&b, i);
        const titr_batch batch = clinic_batch(&a), other = clinic_batch(&b);
        cr_assert_eq(type->act(a.agent->self, &batch, TITR_ACT_GREEDY, d, NULL), TITR_OK);
        const titr_status st = titr_agent_probabilities(b.agent, &other, CLINIC_LEVELS, p, NULL);
        const titr_decision own = d[TEST_LANE];
        if (own.level < 0 || (own.propensity < 1.0 && type->probabilities == NULL)) {
            cr_assert_eq(st, TITR_ERR_ARG, "%s", type->part.name);
            break;
        }
        cr_assert_eq(st, TITR_OK, "%s", type->part.name);
        for (size_t k = 0; k < CLINIC_LEVELS; k++) {
            const double one = p[(size_t)TEST_LANE * CLINIC_LEVELS + k];
            cr_assert(one >= 0.0 && (one == 0.0 || b.mask[(size_t)TEST_LANE * CLINIC_LEVELS + k]),
                      "%s", type->part.name);
            sum += one;
        }
        cr_assert_float_eq(sum, 1.0, 1e-9, "%s: %g", type->part.name, sum);
        cr_assert_float_eq(p[(size_t)TEST_LANE * CLINIC_LEVELS + (size_t)own.level], own.propensity,
                           1e-12, "%s", type->part.name);
    }
    titr_agent_destroy(a.agent);
    titr_agent_destroy(b.agent);
}

Test(agents, what_they_decide_has_the_probability_they_tell)
{
    for_each_agent(check_probabilities);
}

static void check_loading(const titr_agent_type *type)
{
    if (type->visit == NULL) {
        return;
    }
    clinic a, b;
    hire(&a, type);
    hire(&b, type);
    for (uint32_t i = 0; i < DECISIONS; i++) {
        live(&a, i);
    }
    copy_state(&a, &b);
    b.index[TEST_LANE] = a.index[TEST_LANE];
    for (uint32_t i = 0; i < DECISIONS; i++) {
        shuffle(&a, DECISIONS + i);
        shuffle(&b, DECISIONS + i);
        expect_same(type, &a, &b, TITR_ACT_GREEDY);
        expect_same(type, &a, &b, TITR_ACT_EXPLORE);
    }
    titr_agent_destroy(a.agent);
    titr_agent_destroy(b.agent);
}

Test(agents, a_loaded_agent_decides_like_the_saved_one)
{
    for_each_agent(check_loading);
}

static void check_refusal(const titr_agent_type *type)
{
    if (type->visit == NULL) {
        return;
    }
    clinic c;
    hire(&c, type);
    titr_memory_visitor m;
    titr_memory_visitor_init(&m);
    titr_memory_visitor_load(&m);
    titr_error err = {0};
    cr_assert_eq(type->visit(c.agent->self, &m.base, &err), TITR_ERR_CONFIG, "%s", type->part.name);
    titr_memory_visitor_fini(&m);
    titr_agent_destroy(c.agent);
}

Test(agents, a_state_that_was_not_saved_is_refused)
{
    for_each_agent(check_refusal);
}
