// SPDX-License-Identifier: GPL-3.0-or-later
/* From the rows of a trajectory file to the transitions of one lane. What a policy observes is
 * taken from the recorded columns by the same observer that looks at a running environment. */
#include "study.h"

#include "recall.h"
#include "task.h"

#include <stdlib.h>
#include <string.h>

/* A file that is read, and room for a transition. */
typedef struct study {
    const titri_lab *lab;
    const titr_policy_def *def;
    titr_agent *agent;
    titri_recall recall;
    size_t n_obs, n_levels;
    double *obs[2];         /* [n_obs] before and after a step */
    unsigned char *mask[2]; /* [n_levels] */
    size_t taken;           /* transitions */
} study;

int titri_studies(const titr_policy_def *def)
{
    return def->data_path[0] != '\0';
}

titr_status titri_study_sha256(const char *path, char hex[TITR_SHA256_HEX], titr_error *err)
{
    titr_reader *reader = NULL;
    TITR_TRY(titr_reader_open(path, &reader, err));
    const titr_status st = titr_reader_sha256(reader, hex, err);
    titr_reader_close(reader);
    return st;
}

/* What the policy sees before decision k. */
static void look(study *s, size_t k, double *obs, unsigned char *mask)
{
    titri_recall_look(&s->recall, k, mask);
    titr_observer_fill(&s->def->observe, &s->recall.sight.record, obs);
}

/* Step k of the episode; obs[0] and mask[0] are what was seen before it. */
static titr_status take_step(study *s, size_t k, titr_error *err)
{
    const titr_step row = titr_trajectory_row(&s->recall.t, k);
    const int last = k + 1 == s->recall.t.n;
    const titr_end end = last ? (titr_end)s->recall.t.end : TITR_END_NONE;
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
    for (size_t k = 0; k < s->recall.t.n; k++) {
        TITR_TRY(take_step(s, k, err));
    }
    return TITR_OK;
}

static int is_wanted(const study *s, const size_t *child, size_t n_children)
{
    int known = 0;
    for (size_t i = 0; i < n_children; i++) {
        known |= strcmp(s->lab->cohort.child[child[i]].patient.id, s->recall.t.patient) == 0;
    }
    const char *policy = s->def->data_policy;
    return known && (policy[0] == '\0' || strcmp(policy, s->recall.t.policy) == 0);
}

static titr_status nothing_taken(const study *s, titr_error *err)
{
    const char *policy = s->def->data_policy;
    return titr_fail(err, TITR_ERR_CONFIG,
                     "%s: no decision of %s%s%s by a level for these children", s->def->data_path,
                     policy[0] ? "policy '" : "any policy", policy, policy[0] ? "'" : "");
}

static titr_status take_all(study *s, const size_t *child, size_t n_children, titr_error *err)
{
    for (size_t k = 0; k < titr_reader_episodes(s->recall.reader); k++) {
        TITR_TRY(titr_reader_episode_header(s->recall.reader, k, &s->recall.t, err));
        if (is_wanted(s, child, n_children)) {
            TITR_TRY(titr_reader_episode(s->recall.reader, k, &s->recall.t, err));
            TITR_TRY(take_episode(s, err));
        }
    }
    return s->taken > 0 ? TITR_OK : nothing_taken(s, err);
}

static titr_status begin(study *s, titr_error *err)
{
    const titr_experiment *e = s->lab->e;
    s->n_obs = titr_observer_size(&s->def->observe);
    s->n_levels = titri_levels(e);
    for (size_t i = 0; i < 2; i++) {
        s->obs[i] = calloc(s->n_obs + 1, sizeof *s->obs[i]);
        s->mask[i] = calloc(s->n_levels + 1, 1);
        if (s->obs[i] == NULL || s->mask[i] == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "no memory to learn from a file");
        }
    }
    return titri_recall_open(&s->recall, s->lab, s->def->data_path, err);
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
    titr_status st = begin(s, err);
    st = st == TITR_OK ? take_all(s, child, n_children, err) : st;
    titri_recall_close(&s->recall);
    for (size_t i = 0; i < 2; i++) {
        free(s->obs[i]);
        free(s->mask[i]);
    }
    free(s);
    return st;
}
