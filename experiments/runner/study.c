// SPDX-License-Identifier: GPL-3.0-or-later
/* From the rows of a trajectory file to the transitions of one lane. What a policy observes is
 * taken from the recorded columns by the same observer that looks at a running environment. */
#include "study.h"

#include "task.h"

#include "titrate/store/trajectory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One lane's record, filled from a file, and room for a transition. */
typedef struct study {
    const titri_lab *lab;
    const titr_policy_def *def;
    titr_agent *agent;
    titr_reader *reader;
    titr_trajectory t;
    size_t n_obs, n_levels, n_columns;
    double value[TITR_COLUMNS_MAX], history[TITR_CGM_HISTORY];
    uint32_t newest;
    titr_record record;
    double *obs[2];         /* [n_obs] before and after a step */
    unsigned char *mask[2]; /* [n_levels] */
    size_t taken;           /* transitions */
} study;

int titri_studies(const titr_policy_def *def)
{
    return def->data_path[0] != '\0';
}

/* The columns must be those that policies read now. */
static titr_status check_columns(const study *s, titr_error *err)
{
    size_t n = 0, n_mask = 0;
    const char *const *names = titr_reader_panel(s->reader, TITR_PANEL_OBSERVATIONS, &n);
    (void)titr_reader_panel(s->reader, TITR_PANEL_MASK, &n_mask);
    const char *path = s->def->data_path;
    const int of_task = s->lab->e->task.type != NULL;
    if (n == 0 || n_mask == 0) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s: written without record.learning = true: there is nothing to learn "
                         "from",
                         path);
    }
    if (titr_reader_of_task(s->reader) != of_task) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: a run on %s, expected one on %s", path,
                         of_task ? "children" : "a task", of_task ? "the task" : "children");
    }
    if (n_mask != s->n_levels) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: a run with %zu levels, expected %zu", path,
                         n_mask, s->n_levels);
    }
    for (size_t i = 0; !of_task && i < TITR_OBS_N; i++) {
        if (n != TITR_OBS_N || strcmp(names[i], titr_observable_table()[i].name) != 0) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "%s: written by another version: its observables are not these", path);
        }
    }
    return n <= TITR_TASK_OBS_MAX || !of_task
               ? TITR_OK
               : titr_fail(err, TITR_ERR_CONFIG, "%s: %zu observables of a task, at most %d", path,
                           n, TITR_TASK_OBS_MAX);
}

/* Row k of the recorded columns as the record of one lane. @param[out] obs what the policy sees. */
static void look(study *s, size_t k, double *obs, unsigned char *mask)
{
    const size_t first = s->lab->e->task.type != NULL ? TITR_OBS_N : 0;
    const float *row = titr_trajectory_panel_row(&s->t, TITR_PANEL_OBSERVATIONS, k);
    const float *allowed = titr_trajectory_panel_row(&s->t, TITR_PANEL_MASK, k);
    for (size_t i = 0; i < s->n_columns; i++) {
        s->value[first + i] = (double)row[i];
    }
    for (size_t a = 0; a < s->n_levels; a++) {
        mask[a] = allowed[a] > 0.0F;
    }
    if (k == 0) { /* before the episode's start its first reading */
        for (size_t ago = 0; ago < TITR_CGM_HISTORY; ago++) {
            s->history[ago] = s->value[TITR_OBS_CGM];
        }
    }
    const double held_mg_dl = s->history[s->newest], now_mg_dl = s->value[TITR_OBS_CGM];
    s->newest = (s->newest + TITR_CGM_HISTORY - 1) % TITR_CGM_HISTORY;
    s->history[s->newest] = isnan(now_mg_dl) ? held_mg_dl : now_mg_dl;
    titr_observer_fill(&s->def->observe, &s->record, obs);
}

/* Step k of the episode; obs[0] and mask[0] are what was seen before it. */
static titr_status take_step(study *s, size_t k, titr_error *err)
{
    const titr_step row = titr_trajectory_row(&s->t, k);
    const int last = k + 1 == s->t.n;
    const titr_end end = last ? (titr_end)s->t.end : TITR_END_NONE;
    const unsigned char valid = row.action_level >= 0 && (size_t)row.action_level < s->n_levels &&
                                s->mask[0][row.action_level] != 0 && end != TITR_END_FAULT;
    const int level = row.action_level;
    const double reward = (double)row.reward, elapsed_min = (double)row.elapsed_min;
    const double propensity = (double)row.propensity;
    look(s, k + 1, s->obs[1], s->mask[1]);
    const titr_transitions t = {.n = 1,
                                .valid = &valid,
                                .obs = s->obs[0],
                                .next_obs = s->obs[1],
                                .mask = s->mask[0],
                                .next_mask = s->mask[1],
                                .level = &level,
                                .propensity = &propensity,
                                .reward = &reward,
                                .elapsed_min = &elapsed_min,
                                .end = &end};
    TITR_TRY(s->agent->type->learn(s->agent->self, &t, err));
    s->taken += valid;
    double *obs = s->obs[0];
    unsigned char *mask = s->mask[0];
    s->obs[0] = s->obs[1];
    s->mask[0] = s->mask[1];
    s->obs[1] = obs;
    s->mask[1] = mask;
    return TITR_OK;
}

static titr_status take_episode(study *s, titr_error *err)
{
    look(s, 0, s->obs[0], s->mask[0]);
    for (size_t k = 0; k < s->t.n; k++) {
        TITR_TRY(take_step(s, k, err));
    }
    return TITR_OK;
}

static int is_wanted(const study *s, const size_t *child, size_t n_children)
{
    int known = 0;
    for (size_t i = 0; i < n_children; i++) {
        known |= strcmp(s->lab->cohort.child[child[i]].patient.id, s->t.patient) == 0;
    }
    const char *policy = s->def->data_policy;
    return known && (policy[0] == '\0' || strcmp(policy, s->t.policy) == 0);
}

static titr_status take_all(study *s, const size_t *child, size_t n_children, titr_error *err)
{
    for (size_t k = 0; k < titr_reader_episodes(s->reader); k++) {
        TITR_TRY(titr_reader_episode_header(s->reader, k, &s->t, err));
        if (is_wanted(s, child, n_children)) {
            TITR_TRY(titr_reader_episode(s->reader, k, &s->t, err));
            TITR_TRY(take_episode(s, err));
        }
    }
    if (s->taken == 0) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s: no decision of %s%s%s by a level for these children",
                         s->def->data_path, s->def->data_policy[0] ? "policy '" : "any policy",
                         s->def->data_policy, s->def->data_policy[0] ? "'" : "");
    }
    return TITR_OK;
}

static titr_status begin(study *s, titr_error *err)
{
    const titr_experiment *e = s->lab->e;
    s->n_obs = titr_observer_size(&s->def->observe);
    s->n_levels = titri_levels(e);
    s->record =
        (titr_record){.n = 1, .stride = 1, .cgm_history = s->history, .cgm_newest = &s->newest};
    for (size_t i = 0; i < TITR_COLUMNS_MAX; i++) {
        s->record.col[i] = &s->value[i];
    }
    for (size_t i = 0; i < 2; i++) {
        s->obs[i] = calloc(s->n_obs + 1, sizeof *s->obs[i]);
        s->mask[i] = calloc(s->n_levels + 1, 1);
        if (s->obs[i] == NULL || s->mask[i] == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "no memory to learn from a file");
        }
    }
    TITR_TRY(titr_reader_open(s->def->data_path, &s->reader, err));
    (void)titr_reader_panel(s->reader, TITR_PANEL_OBSERVATIONS, &s->n_columns);
    return check_columns(s, err);
}

titr_status titri_study(const titri_lab *lab, const titr_policy_def *def, const size_t *child,
                        size_t n_children, titr_agent *agent, titr_error *err)
{
    study *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory to learn from a file");
    }
    s->lab = lab;
    s->def = def;
    s->agent = agent;
    titr_trajectory_init(&s->t);
    titr_status st = begin(s, err);
    st = st == TITR_OK ? take_all(s, child, n_children, err) : st;
    titr_trajectory_fini(&s->t);
    titr_reader_close(s->reader);
    for (size_t i = 0; i < 2; i++) {
        free(s->obs[i]);
        free(s->mask[i]);
    }
    free(s);
    return st;
}
