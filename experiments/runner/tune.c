// SPDX-License-Identifier: GPL-3.0-or-later
/* Tuning per child: every point of the agent's declared grid plays the same training episodes; the
 * highest total reward wins (the earlier point on a tie). A grid of too many points is searched
 * instead (search.h). */
#include "guard.h"
#include "search.h"

#include <math.h>
#include <stdlib.h>

#define TUNE_DAYS 2.0
#define GRID_MAX 256 /* points that are all tried */

static size_t grid_points(const titr_agent_type *type)
{
    size_t points = 1;
    for (size_t i = 0; i < type->n_tune; i++) {
        points *= type->tune[i].values.n;
    }
    return points;
}

static double *axis_field(const titr_agent_type *type, size_t axis, void *def)
{
    const titr_option *o =
        titr_option_find(type->part.options, type->part.n_options, type->tune[axis].option);
    return (double *)((char *)def + o->offset);
}

void titri_tune_set(const titr_agent_type *type, const double *value, void *def)
{
    for (size_t i = 0; i < type->n_tune; i++) {
        *axis_field(type, i, def) = value[i];
    }
}

void titri_tune_get(const titr_agent_type *type, void *def, double *value)
{
    for (size_t i = 0; i < type->n_tune; i++) {
        value[i] = *axis_field(type, i, def);
    }
}

/* Write the values of grid point `point` into a def. */
static void set_point(const titr_agent_type *type, size_t point, void *def)
{
    double value[TITRI_AXES_MAX];
    for (size_t i = 0; i < type->n_tune; i++) {
        const titr_reals *values = &type->tune[i].values;
        const size_t n = values->n > 0 ? values->n : 1;
        value[i] = values->v[point % n];
        point /= n;
    }
    titri_tune_set(type, value, def);
}

/* Total reward of the child's tuning episodes under the policy as it stands. */
static titr_status total_reward(const titri_lab *lab, size_t policy, size_t child, double *total,
                                titr_error *err)
{
    titr_env_def def = titri_lab_env(lab, policy, 1);
    def.horizon_min = fmin(def.horizon_min, titri_whole_intervals_min(&def, TUNE_DAYS));
    titr_agent *agent = NULL;
    titri_roller *roller = NULL;
    titr_lane_start start[TITRI_TUNE_SEEDS];
    for (size_t k = 0; k < TITRI_TUNE_SEEDS; k++) {
        start[k] = (titr_lane_start){k, &lab->cohort.child[child],
                                     titri_lab_therapy(lab, policy, child), lab->e->seed,
                                     (uint32_t)(lab->e->split.seeds_train_from + (int64_t)k)};
    }
    titr_status st = titri_lab_agent(lab, policy, child, TITRI_TUNE_SEEDS, &agent, err);
    if (st == TITR_OK) {
        st = titri_roller_create(&def, &lab->policy[policy].def->observe, agent, TITRI_TUNE_SEEDS,
                                 &roller, err);
    }
    if (st == TITR_OK) {
        st = titri_guard_training(lab, policy, roller, err);
    }
    if (st == TITR_OK) {
        st = titri_roller_start(roller, start, TITRI_TUNE_SEEDS, err);
    }
    *total = 0.0;
    while (st == TITR_OK && titri_roller_running(roller) > 0) {
        st = titri_roller_step(roller, TITR_ACT_GREEDY, err);
        for (size_t l = 0; st == TITR_OK && l < TITRI_TUNE_SEEDS; l++) {
            *total += roller->acted[l] ? roller->view->reward[l] : 0.0; /* NaN after a fault */
        }
    }
    titri_roller_destroy(roller);
    titr_agent_destroy(agent);
    return st;
}

/* Who is tuned, for titri_score_fn. */
typedef struct pupil {
    const titri_lab *lab;
    size_t policy, child;
} pupil;

static titr_status score(void *context, size_t trial, const double *value, double *total,
                         titr_error *err)
{
    (void)trial;
    const pupil *p = context;
    const titri_policy *policy = &p->lab->policy[p->policy];
    titri_tune_set(policy->def->agent.type, value, policy->tuned[p->child].def);
    return total_reward(p->lab, p->policy, p->child, total, err);
}

/* All points of the grid; into the slot, the best. */
static titr_status try_grid(pupil *p, double *best, titr_error *err)
{
    const titri_policy *policy = &p->lab->policy[p->policy];
    const titr_agent_type *type = policy->def->agent.type;
    titr_slot *slot = &policy->tuned[p->child];
    const size_t points = grid_points(type);
    size_t best_point = 0;
    *best = -HUGE_VAL;
    for (size_t point = 0; point < points; point++) {
        double total = 0.0;
        set_point(type, point, slot->def);
        TITR_TRY(total_reward(p->lab, p->policy, p->child, &total, err));
        if (total > *best) { /* never true for the NaN of a fault */
            *best = total;
            best_point = point;
        }
    }
    set_point(type, best_point, slot->def);
    return TITR_OK;
}

static titr_status search_grid(pupil *p, double *best, titr_error *err)
{
    const titri_lab *lab = p->lab;
    const titri_policy *policy = &lab->policy[p->policy];
    const titr_agent_type *type = policy->def->agent.type;
    const titri_search search = {.axis = type->tune,
                                 .n_axes = type->n_tune,
                                 .most = GRID_MAX,
                                 .key = {.seed = lab->e->seed,
                                         .purpose = TITR_PURPOSE_TUNE,
                                         .patient = lab->cohort.child[p->child].patient.key},
                                 .score = score,
                                 .context = p};
    double value[TITRI_AXES_MAX];
    size_t tried = 0;
    titri_tune_get(type, policy->def->agent.def, value);
    TITR_TRY(titri_search_run(&search, value, best, &tried, err));
    titri_tune_set(type, value, policy->tuned[p->child].def);
    return TITR_OK;
}

static titr_status tune_child(const titri_lab *lab, size_t policy, size_t child, titr_error *err)
{
    pupil p = {lab, policy, child};
    double best = -HUGE_VAL;
    const int few = grid_points(lab->policy[policy].def->agent.type) <= GRID_MAX;
    TITR_TRY(few ? try_grid(&p, &best, err) : search_grid(&p, &best, err));
    if (best == -HUGE_VAL) {
        titri_notice(lab->watch, "%s: the solver failed at every point of the tuning grid of %s",
                     lab->cohort.child[child].patient.id, lab->policy[policy].def->name);
    }
    return TITR_OK;
}

titr_status titri_tune(titri_lab *lab, size_t policy, titr_error *err)
{
    titri_policy *p = &lab->policy[policy];
    p->tuned = calloc(lab->cohort.n, sizeof *p->tuned);
    if (p->tuned == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory to tune %s", p->def->name);
    }
    for (size_t c = 0; c < lab->cohort.n; c++) {
        TITR_TRY(titr_slot_copy(&p->tuned[c], p->def->agent, err));
    }
    titr_status worst = TITR_OK;
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < lab->cohort.n; c++) {
        titr_error own = {0};
        const titr_status st = tune_child(lab, policy, c, &own);
        if (st != TITR_OK) {
#pragma omp critical(titri_error)
            {
                worst = st;
                if (err != NULL) {
                    *err = own;
                }
            }
        }
    }
    return worst;
}
