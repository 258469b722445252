// SPDX-License-Identifier: GPL-3.0-or-later
/* Set up, take down and complete a titr_experiment. */
#include "titrate/runner/experiment.h"
#include "titrate/runner/kind.h"
#include "titrate/runner/robustness.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static titr_status init_slot(titr_slot *slot, const char *kind, const char *name, titr_error *err)
{
    const titr_part *part = titr_kind_part(titr_kind_find(kind), name);
    if (part == NULL) {
        return titr_fail(err, TITR_ERR_NOT_FOUND, "%s \"%s\" is not in the registry", kind, name);
    }
    return titr_slot_init(slot, part, err);
}

/* All rules, in the order of the registry. */
static titr_status init_shield(titr_shield_def *shield, titr_error *err)
{
    size_t n = 0;
    const titr_shield_type *const *all = titr_shield_all(&n);
    for (size_t i = 0; i < n && i < TITR_SHIELD_RULES_MAX; i++) {
        TITR_TRY(titr_slot_init(&shield->rule[i], all[i], err));
        shield->n++;
    }
    return TITR_OK;
}

titr_status titr_experiment_init(titr_experiment *e, titr_error *err)
{
    size_t n = 0;
    const titr_section *section = titr_experiment_sections(&n);
    titr_status status = TITR_OK;
    memset(e, 0, sizeof *e);
    for (size_t i = 0; i < n && status == TITR_OK; i++) {
        const titr_section *s = &section[i];
        titr_slot *slot = s->shape == TITR_SECTION_PART
                              ? (titr_slot *)(void *)((char *)e + s->slot)
                              : &e->scenario.part[0]; /* the one list with a default part */
        if (s->shape != TITR_SECTION_LIST) {
            titr_options_default(s->options, s->n_options, e);
        }
        if (s->part != NULL) {
            status = init_slot(slot, s->kind, s->part, err);
        }
    }
    if (status == TITR_OK) {
        status = init_shield(&e->shield, err);
        titr_cells_default(e);
    }
    if (status == TITR_OK) {
        e->scenario.n_parts = 1;
        status = titr_experiment_resolve(e, err);
    }
    if (status != TITR_OK) {
        titr_experiment_fini(e);
    }
    return status;
}

void titr_experiment_fini(titr_experiment *e)
{
    titr_slot *const slots[] = {&e->task,    &e->sensor, &e->delivery,    &e->solver,
                                &e->actions, &e->reward, &e->train_solver};
    for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++) {
        titr_slot_fini(slots[i]);
    }
    for (size_t i = 0; i < TITR_SCENARIO_PARTS_MAX; i++) {
        titr_slot_fini(&e->scenario.part[i]);
    }
    for (size_t i = 0; i < TITR_SHIELD_RULES_MAX; i++) {
        titr_slot_fini(&e->shield.rule[i]);
    }
    for (size_t i = 0; i < TITR_POLICIES_MAX; i++) {
        titr_slot_fini(&e->policy[i].agent);
    }
    memset(e, 0, sizeof *e);
}

static titr_status parse_seed(const char *key, const char *text, uint64_t *seed, titr_error *err)
{
    const size_t digits = strspn(text, "0123456789");
    errno = 0;
    const unsigned long long value = strtoull(text, NULL, 10);
    if (digits == 0 || text[digits] != '\0' || errno == ERANGE) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s: \"%.40s\", expected decimal digits from 0 to 18446744073709551615",
                         key, text);
    }
    *seed = value;
    return TITR_OK;
}

/* A key that a policy and its agent both have (gamma_half_life_min) is one key: the policy's. */
static void share_keys(titr_policy_def *policy)
{
    size_t n = 0;
    const titr_option *common = titr_policy_options(&n);
    const titr_part *agent = titr_slot_part(policy->agent);
    for (size_t i = 0; agent != NULL && i < agent->n_options; i++) {
        const titr_option *own = &agent->options[i];
        const titr_option *same = titr_option_find(common, n, own->name);
        if (same != NULL && same->kind == TITR_OPTION_REAL && own->kind == TITR_OPTION_REAL) {
            memcpy((char *)policy->agent.def + own->offset, (const char *)policy + same->offset,
                   sizeof(double));
        }
    }
}

/* Who names no observable of the task sees all of them. */
static void observe_task(titr_experiment *e)
{
    const titr_task_shape shape = titr_task_shape_of(e->task);
    for (size_t i = 0; i < e->n_policies; i++) {
        titr_observer *observer = &e->policy[i].observe;
        if (observer->n == 0 && e->policy[i].of[0] == '\0') {
            for (size_t k = 0; k < shape.n_obs; k++) {
                observer->entry[observer->n++] = titr_observe_task(&shape, k);
            }
        }
    }
}

static int observes_alike(const titr_observer *a, const titr_observer *b)
{
    int alike = a->n == b->n;
    for (size_t k = 0; alike && k < a->n; k++) {
        alike = a->entry[k].what == b->entry[k].what && a->entry[k].history == b->entry[k].history;
    }
    return alike;
}

/* A policy whose doses are multiples of settings keeps them behind a wrapper that names none. */
static void take_settings(titr_policy_def *p, const titr_policy_def *inner)
{
    if (p->settings == TITR_SETTINGS_PUBLISHED) {
        p->settings = inner->settings;
        p->settings_basal_u_per_h = inner->settings_basal_u_per_h;
        p->settings_cr_g_per_u = inner->settings_cr_g_per_u;
        p->settings_cf_mg_dl_per_u = inner->settings_cf_mg_dl_per_u;
        p->settings_target_mg_dl = inner->settings_target_mg_dl;
    }
}

/* Who acts through another policy is shown what that one observes. */
static titr_status act_through(titr_experiment *e, titr_error *err)
{
    for (size_t i = 0; i < e->n_policies; i++) {
        titr_policy_def *p = &e->policy[i];
        for (size_t k = 0; k < i && p->of[0] != '\0'; k++) {
            if (strcmp(e->policy[k].name, p->of) != 0) {
                continue;
            }
            if (p->observe.n > 0 && !observes_alike(&p->observe, &e->policy[k].observe)) {
                return titr_fail(err, TITR_ERR_CONFIG,
                                 "policies.%.60s.observe: it observes what \"%.60s\" does", p->name,
                                 p->of);
            }
            p->observe = e->policy[k].observe;
            take_settings(p, &e->policy[k]);
        }
    }
    return TITR_OK;
}

titr_cohort_request titr_experiment_cohort(const titr_experiment *e)
{
    return (titr_cohort_request){.source = e->cohort.source,
                                 .path = e->cohort.path,
                                 .subjects = e->cohort.subjects,
                                 .sample = &e->cohort.sample};
}

/* Who is drawn: by the experiment's seed where the cohort has none. */
static titr_status resolve_sample(titr_experiment *e, titr_error *err)
{
    e->cohort.sample.sex = (titr_sex)e->cohort.sex;
    e->cohort.sample.seed = e->seed;
    return e->cohort.seed_text[0] == '\0'
               ? TITR_OK
               : parse_seed("cohort.seed", e->cohort.seed_text, &e->cohort.sample.seed, err);
}

titr_status titr_experiment_resolve(titr_experiment *e, titr_error *err)
{
    TITR_TRY(parse_seed("seed", e->seed_text, &e->seed, err));
    TITR_TRY(resolve_sample(e, err));
    const titr_model_type *model = titr_model_find(e->body.model);
    if (model != NULL && e->body.mode[0] == '\0') {
        (void)snprintf(e->body.mode, sizeof e->body.mode, "%s", model->modes[0].name);
    }
    for (size_t i = 0; i < e->n_policies; i++) {
        share_keys(&e->policy[i]);
        if (e->policy[i].tuned == TITR_TUNED_TRUE) {
            e->policy[i].tuned = TITR_TUNED_PER_CHILD;
        }
    }
    if (e->task.type != NULL) {
        observe_task(e);
    }
    return act_through(e, err);
}
