// SPDX-License-Identifier: GPL-3.0-or-later
/* The loop of observe, act, dose and step, against an environment stepped by hand with the doses
 * that the rows report. */
#include "small.h"

#include "titrate/base/visit_memory.h"

#include <criterion/criterion.h>
#include <string.h>

#define LEARNER                                                                                    \
    "{ name = \"q\"; agent = \"q_learning\";"                                                      \
    "  observe = ( { name = \"cgm\"; edges = [110.0, 130.0]; }, { name = \"carbs_announced\";"     \
    "  edges = [1.0]; } ); }"

enum { LANES = 2, DAY = 288 };

/* A roller of LANES lanes of the lab's first policy, children in lanes. */
typedef struct rig {
    titr_experiment *e;
    titri_lab *lab;
    titr_agent *agent;
    titri_roller *roller;
    titr_lane_start start[LANES];
} rig;

static void rig_roller(rig *r)
{
    const titr_env_def def = titri_lab_env(r->lab, 0, 0);
    titr_error err = {.what = ""};
    cr_assert_eq(titri_lab_agent(r->lab, 0, 0, LANES, &r->agent, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(
        titri_roller_create(&def, &r->e->policy[0].observe, r->agent, LANES, &r->roller, &err),
        TITR_OK, "%s", err.what);
}

static void rig_init(rig *r, const char *policy)
{
    *r = (rig){.e = small_experiment(policy, "sensor.name=cgm_breton_2008", NULL)};
    titr_error err = {.what = ""};
    r->lab = small_lab(r->e);
    rig_roller(r);
    for (size_t l = 0; l < LANES; l++) {
        r->start[l] = (titr_lane_start){l, &r->lab->cohort.child[l],
                                        titri_lab_therapy(r->lab, 0, l), 7, 1001};
    }
    cr_assert_eq(titri_roller_start(r->roller, r->start, LANES, &err), TITR_OK, "%s", err.what);
}

static void rig_fini(rig *r)
{
    titri_roller_destroy(r->roller);
    titr_agent_destroy(r->agent);
    titri_lab_destroy(r->lab);
    small_free(r->e);
}

static void step(titri_roller *roller, titr_act_mode mode)
{
    titr_error err = {.what = ""};
    cr_assert_eq(titri_roller_step(roller, mode, &err), TITR_OK, "%s", err.what);
}

/* One row against what the other environment shows before and after its step. */
static void check_row(const titr_step *row, const titr_env_view *v, size_t l, int after)
{
    if (!after) {
        cr_assert_eq(row->time_min, (float)v->time_min[l]);
        cr_assert_eq(row->glucose_mg_dl, (float)v->glucose_mg_dl[l]);
        cr_assert_eq(row->plasma_glucose_mg_dl, (float)v->plasma_glucose_mg_dl[l]);
        cr_assert_eq(row->cgm_mg_dl, (float)v->record.col[TITR_OBS_CGM][l]);
        cr_assert_eq(row->iob_u, (float)v->iob_u[l]);
        cr_assert_eq(row->carbs_announced_g, (float)v->record.col[TITR_OBS_CARBS_ANNOUNCED][l]);
        return;
    }
    cr_assert_eq(row->elapsed_min, (float)v->elapsed_min[l]);
    cr_assert_eq(row->carbs_g, (float)v->carbs_g[l]);
    cr_assert_eq(row->insulin_u, (float)v->insulin_u[l]);
    cr_assert_eq(row->basal_insulin_u, (float)v->basal_u[l]);
    cr_assert_eq(row->programmed_basal_u_per_h, (float)v->programmed_u_per_h[l]);
    cr_assert_eq(row->reward, (float)v->reward[l]);
}

Test(roller, rows_are_what_was_seen_decided_and_followed)
{
    rig r;
    rig_init(&r, SMALL_BB);
    const titr_env_def def = titri_lab_env(r.lab, 0, 0);
    titr_env *env = NULL;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_env_create(&def, LANES, &env, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_env_reset(env, r.start, LANES, &err), TITR_OK, "%s", err.what);
    const titr_env_view *v = titr_env_look(env);
    float bolus_u = 0.0F;
    for (size_t k = 0; k < DAY; k++) {
        cr_assert_eq(titri_roller_running(r.roller), LANES);
        step(r.roller, TITR_ACT_GREEDY);
        for (size_t l = 0; l < LANES; l++) {
            const titr_step *row = &r.roller->row[l];
            cr_assert_eq(r.roller->acted[l], 1);
            cr_assert(row->action_level == -1 && row->propensity == 1.0F && row->shield_rule == 0);
            cr_assert_eq(row->dose_given_basal_u_per_h, row->dose_proposed_basal_u_per_h);
            cr_assert_eq(row->dose_given_bolus_u, row->dose_proposed_bolus_u);
            cr_assert_eq(r.roller->index[l], k + 1);
            check_row(row, v, l, 0);
            bolus_u += row->dose_given_bolus_u;
        }
        cr_assert_eq(titr_env_step(env, r.roller->dose, &err), TITR_OK, "%s", err.what);
        for (size_t l = 0; l < LANES; l++) {
            check_row(&r.roller->row[l], v, l, 1);
        }
    }
    cr_assert_gt(bolus_u, 1.0F); /* two meals were bolused */
    cr_assert_eq(titri_roller_running(r.roller), 0);
    step(r.roller, TITR_ACT_GREEDY); /* nobody is left to act */
    cr_assert(!r.roller->acted[0] && !r.roller->acted[1]);
    titr_env_destroy(env);
    rig_fini(&r);
}

Test(roller, transitions_lead_from_what_was_seen_to_what_is)
{
    rig r;
    rig_init(&r, LEARNER);
    double before[LANES * 2];
    unsigned char mask[LANES * 16];
    for (size_t k = 0; k < DAY; k++) {
        memcpy(before, r.roller->obs, sizeof before);
        cr_assert_leq(r.roller->n_levels, 16);
        memcpy(mask, r.roller->view->mask, LANES * r.roller->n_levels);
        step(r.roller, TITR_ACT_EXPLORE);
        const titr_transitions t = titri_roller_transitions(r.roller);
        cr_assert_eq(t.n, LANES);
        cr_assert_eq(memcmp(t.obs, before, sizeof before), 0);
        cr_assert_eq(memcmp(t.mask, mask, LANES * r.roller->n_levels), 0);
        for (size_t l = 0; l < LANES; l++) {
            cr_assert_eq(t.valid[l], 1);
            cr_assert_eq(t.next_obs[2 * l], r.roller->view->record.col[TITR_OBS_CGM][l]);
            cr_assert_eq(t.next_obs[2 * l + 1],
                         r.roller->view->record.col[TITR_OBS_CARBS_ANNOUNCED][l]);
            cr_assert(t.mask[l * r.roller->n_levels + (size_t)t.level[l]]);
            cr_assert_eq(t.level[l], r.roller->row[l].action_level);
            cr_assert_eq((float)t.reward[l], r.roller->row[l].reward);
            cr_assert_eq(t.end[l], k + 1 < DAY ? TITR_END_NONE : TITR_END_TRUNCATED);
        }
    }
    step(r.roller, TITR_ACT_EXPLORE);
    cr_assert(!titri_roller_transitions(r.roller).valid[0]);
    rig_fini(&r);
}

/* Doses that were chosen directly teach no level. */
Test(roller, only_levels_make_transitions)
{
    rig r;
    rig_init(&r, SMALL_BB);
    step(r.roller, TITR_ACT_EXPLORE);
    cr_assert(!titri_roller_transitions(r.roller).valid[0]);
    rig_fini(&r);
}

/* The bytes between the fields may differ. */
static void check_same(const titr_step *a, const titr_step *b)
{
#define X(name, type, unit, doc) cr_assert_eq(memcmp(&a->name, &b->name, sizeof a->name), 0, #name);
    TITR_STEP_COLUMNS(X)
#undef X
}

static void copy_agent(titr_agent *from, titr_agent *to)
{
    titr_memory_visitor memory;
    titr_error err = {.what = ""};
    titr_memory_visitor_init(&memory);
    cr_assert_eq(from->type->visit(from->self, &memory.base, &err), TITR_OK, "%s", err.what);
    titr_memory_visitor_load(&memory);
    cr_assert_eq(to->type->visit(to->self, &memory.base, &err), TITR_OK, "%s", err.what);
    titr_memory_visitor_fini(&memory);
}

Test(roller, half_saved_loaded_and_half_is_the_whole)
{
    rig r, other;
    titr_memory_visitor memory;
    titr_error err = {.what = ""};
    rig_init(&r, LEARNER);
    rig_init(&other, LEARNER);
    for (size_t k = 0; k < 100; k++) {
        step(r.roller, TITR_ACT_EXPLORE);
    }
    titr_memory_visitor_init(&memory);
    cr_assert_eq(titri_roller_visit(r.roller, &memory.base, r.start, &err), TITR_OK);
    titr_memory_visitor_load(&memory);
    cr_assert_eq(titri_roller_visit(other.roller, &memory.base, other.start, &err), TITR_OK, "%s",
                 err.what);
    copy_agent(r.agent, other.agent);
    for (size_t k = 0; k < DAY - 100; k++) {
        step(r.roller, TITR_ACT_EXPLORE);
        step(other.roller, TITR_ACT_EXPLORE);
        for (size_t l = 0; l < LANES; l++) {
            check_same(&r.roller->row[l], &other.roller->row[l]);
        }
        cr_assert_eq(memcmp(r.roller->obs, other.roller->obs, sizeof(double[LANES * 2])), 0);
    }
    cr_assert_eq(titri_roller_running(other.roller), 0);
    /* another child cannot go on with it */
    titr_memory_visitor_load(&memory);
    other.start[0].child = &other.lab->cohort.child[1];
    small_refused(titri_roller_visit(other.roller, &memory.base, other.start, &err),
                  TITR_ERR_CONFIG, &err, "");
    /* nor one cut short */
    titr_memory_visitor_load(&memory);
    other.start[0].child = &other.lab->cohort.child[0];
    memory.size -= 8;
    small_refused(titri_roller_visit(other.roller, &memory.base, other.start, &err),
                  TITR_ERR_CONFIG, &err, "");
    titr_memory_visitor_fini(&memory);
    rig_fini(&r);
    rig_fini(&other);
}

Test(roller, what_cannot_be_is_refused)
{
    rig r;
    titr_error err = {.what = ""};
    rig_init(&r, SMALL_BB);
    titr_env_def def = titri_lab_env(r.lab, 0, 0);
    titri_roller *none = NULL;
    const titr_lane_start nowhere = {LANES, r.start[0].child, r.start[0].therapy, 7, 1001};
    small_refused(titri_roller_start(r.roller, &nowhere, 1, &err), TITR_ERR_ARG, &err, "lane");
    def.horizon_min = 7.0;
    small_refused(titri_roller_create(&def, &r.e->policy[0].observe, r.agent, LANES, &none, &err),
                  TITR_ERR_RANGE, &err, "horizon");
    cr_assert_null(none);
    titri_roller_destroy(NULL);
    rig_fini(&r);
}
