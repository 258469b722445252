// SPDX-License-Identifier: GPL-3.0-or-later
/* Reading the behaviour's episodes, and refusing what they cannot tell. */
#include "ope_log.h"

#include "study.h"
#include "task.h"
#include "train.h"

#include "titrate/base/json_find.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file being read. */
typedef struct reading {
    titri_ope_log *log;
    const titri_lab *lab;
    titri_recall recall;
    char path[TITR_TEXT_MAX * 3];
    double horizon_min; /* the longest asked for */
} reading;

void titri_ope_data_path(const titr_experiment *e, char *path, size_t size)
{
    if (e->ope.data_path[0] != '\0') {
        (void)snprintf(path, size, "%s", e->ope.data_path);
    } else {
        titr_run_path(e, ".h5", path, size);
    }
}

/* --- does the file fit the experiment? --- */

/* Bytes of the JSON value that begins here. */
static size_t value_length(const char *json)
{
    size_t depth = 0, n = 0;
    for (int quoted = 0; json[n] != '\0'; n++) {
        const char c = json[n];
        if (quoted && c == '\\' && json[n + 1] != '\0') {
            n++;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == '{' || c == '[')) {
            depth++;
        } else if (!quoted && (c == '}' || c == ']')) {
            if (depth == 0) {
                break;
            }
            depth--;
        } else if (!quoted && depth == 0 && (c == ',' || c == '\n')) {
            break;
        }
    }
    return n;
}

static int same_value(const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    const size_t n = value_length(a);
    return n == value_length(b) && strncmp(a, b, n) == 0;
}

/* What was done has the same meaning and the same consequences only in the same world. */
static titr_status check_world(const reading *r, titr_error *err)
{
    static const char *const section[] = {
        "task", "body", "cohort.source", "cohort.path", "scenario", "sensor", "delivery", "actions",
        "reward", "iob",
        /* who is drawn */
        "cohort.age_years", "cohort.sex", "cohort.weight_percentile", "cohort.stratified",
        "cohort.seed", "seed"};
    enum { N_ALL = sizeof section / sizeof section[0], N_DRAWN = 6 };
    const titr_experiment *e = r->lab->e;
    const int drawn = strcmp(e->cohort.source, "sample") == 0;
    /* the experiment's seed draws children only where the cohort has none */
    const size_t n = !drawn ? N_ALL - N_DRAWN : e->cohort.seed_text[0] != '\0' ? N_ALL - 1 : N_ALL;
    const char *theirs = titr_reader_manifest(r->recall.reader);
    char *ours = NULL, path[64];
    TITR_TRY(titr_experiment_json(r->lab->e, &ours, err));
    titr_status st = TITR_OK;
    for (size_t i = 0; st == TITR_OK && i < n; i++) {
        (void)snprintf(path, sizeof path, "experiment.%s", section[i]);
        if (!same_value(titr_json_find(theirs, path), titr_json_find(ours, section[i]))) {
            st = titr_fail(err, TITR_ERR_CONFIG,
                           "%s: its `%s` is not that of the experiment: what it shows is no "
                           "evidence here",
                           r->path, section[i]);
        }
    }
    free(ours);
    return st;
}

static int is_within(uint32_t episode, int64_t from, int64_t to)
{
    return (int64_t)episode >= from && (int64_t)episode <= to;
}

/* Episodes that training has seen say nothing about others. */
static titr_status check_seed(const reading *r, const titr_trajectory *t, titr_error *err)
{
    const titr_experiment *e = r->lab->e;
    const int trained = is_within(t->episode, e->split.seeds_train_from, e->split.seeds_train_to);
    const int validated =
        e->train.evaluate_every > 0 &&
        is_within(t->episode, e->split.seeds_validate_from, e->split.seeds_validate_to);
    if (titri_has_learners(r->lab) && t->seed == e->seed && (trained || validated)) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s: episode %u is one of split.%s: the policies to be judged have "
                         "learned on it",
                         r->path, t->episode, trained ? "seeds_train" : "seeds_validate");
    }
    return TITR_OK;
}

/* --- episodes --- */

static size_t find_child(const titri_lab *lab, const char *id)
{
    size_t c = 0;
    while (c < lab->cohort.n && strcmp(lab->cohort.child[c].patient.id, id) != 0) {
        c++;
    }
    return c;
}

/* Of the episode whose header is read. @param[out] child in the cohort. */
static int is_wanted(const reading *r, size_t *child)
{
    const titr_trajectory *t = &r->recall.t;
    *child = find_child(r->lab, t->patient);
    return strcmp(t->policy, r->lab->e->ope.data_policy) == 0 && *child < r->lab->cohort.n;
}

static titr_status no_such_policy(reading *r, titr_error *err)
{
    char names[256] = "";
    size_t n = 0;
    titr_trajectory *t = &r->recall.t;
    char last[TITR_NAME_MAX] = "";
    for (size_t k = 0; k < titr_reader_episodes(r->recall.reader); k++) {
        TITR_TRY(titr_reader_episode_header(r->recall.reader, k, t, err));
        if (strcmp(last, t->policy) != 0 && n + TITR_NAME_MAX + 4 < sizeof names) {
            memcpy(last, t->policy, sizeof last);
            n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", n > 0 ? ", " : "", last);
        }
    }
    return titr_fail(
        err, TITR_ERR_NOT_FOUND,
        "ope.data_policy: %s holds no episode of '%.60s' and these children; it has %s", r->path,
        r->lab->e->ope.data_policy, names[0] != '\0' ? names : "none");
}

/* How many episodes and rows there are to read. */
static titr_status count(reading *r, size_t *episodes, size_t *rows, titr_error *err)
{
    titr_trajectory *t = &r->recall.t;
    size_t child;
    *episodes = *rows = 0;
    for (size_t k = 0; k < titr_reader_episodes(r->recall.reader); k++) {
        TITR_TRY(titr_reader_episode_header(r->recall.reader, k, t, err));
        if (!is_wanted(r, &child)) {
            continue;
        }
        TITR_TRY(check_seed(r, t, err));
        if (t->end == TITR_END_TRUNCATED && t->end_min < r->horizon_min - 1e-6) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "ope.horizons_h: %g h, the episodes of %s last %g h",
                             r->horizon_min / 60.0, r->path, t->end_min / 60.0);
        }
        ++*episodes;
        *rows += t->n;
    }
    return *episodes > 0 ? TITR_OK : no_such_policy(r, err);
}

static titr_status allocate(titri_ope_log *log, size_t episodes, size_t rows, titr_error *err)
{
    log->first = calloc(episodes + 1, sizeof *log->first);
    log->child = calloc(episodes + 1, sizeof *log->child);
    log->obs = calloc(rows * log->n_obs + 1, sizeof *log->obs);
    log->mask = calloc(rows * log->n_levels + 1, 1);
    log->level = calloc(rows + 1, sizeof *log->level);
    log->propensity = calloc(4 * rows + 4, sizeof *log->propensity);
    if (!log->first || !log->child || !log->obs || !log->mask || !log->level || !log->propensity) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu decisions", rows);
    }
    log->reward = log->propensity + rows;
    log->elapsed_min = log->propensity + 2 * rows;
    log->time_min = log->propensity + 3 * rows;
    return TITR_OK;
}

static titr_status check_row(const reading *r, const titr_step *row, titr_error *err)
{
    const titri_ope_log *log = r->log;
    const char *policy = r->recall.t.policy;
    if (row->action_level < 0 || (size_t)row->action_level >= log->n_levels) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s: policy '%s' chose a dose, not a level: there is no probability to "
                         "compare",
                         r->path, policy);
    }
    if (row->shield_rule != 0) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s: the shield changed a dose of policy '%s': what was given is not what "
                         "was chosen",
                         r->path, policy);
    }
    return TITR_OK;
}

/* A sensor that shows nothing leaves its last reading standing, as policies see it. @param[in]
 * before the row before; NULL: none. */
static void hold(const float *row, const float *before, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++) {
        const float last = before != NULL ? before[i] : 0.0F;
        out[i] = isnan(row[i]) ? last : row[i];
    }
}

static titr_status take_episode(reading *r, size_t child, titr_error *err)
{
    titri_ope_log *log = r->log;
    const titr_trajectory *t = &r->recall.t;
    size_t at = log->first[log->n];
    for (size_t k = 0; k < t->n; k++, at++) {
        const titr_step row = titr_trajectory_row(t, k);
        if (!((double)row.time_min < r->horizon_min - 1e-6)) {
            break;
        }
        TITR_TRY(check_row(r, &row, err));
        titri_recall_look(&r->recall, k, &log->mask[at * log->n_levels]);
        hold(titr_trajectory_panel_row(t, TITR_PANEL_OBSERVATIONS, k),
             k > 0 ? &log->obs[(at - 1) * log->n_obs] : NULL, log->n_obs,
             &log->obs[at * log->n_obs]);
        log->level[at] = row.action_level;
        log->propensity[at] = (double)row.propensity;
        log->reward[at] = (double)row.reward;
        log->elapsed_min[at] = (double)row.elapsed_min;
        log->time_min[at] = (double)row.time_min;
    }
    log->child[log->n++] = child;
    log->first[log->n] = at;
    return TITR_OK;
}

/* An episode of the file and whose it is. */
typedef struct place {
    size_t child, episode;
} place;

static int by_child(const void *a, const void *b)
{
    const place *x = a, *y = b;
    return x->child != y->child ? (x->child > y->child) - (x->child < y->child)
                                : (x->episode > y->episode) - (x->episode < y->episode);
}

/* What is to be read, in order. @param[out] at room for all wanted ones. */
static titr_status list_places(reading *r, place *at, size_t *n, titr_error *err)
{
    size_t child;
    *n = 0;
    for (size_t k = 0; k < titr_reader_episodes(r->recall.reader); k++) {
        TITR_TRY(titr_reader_episode_header(r->recall.reader, k, &r->recall.t, err));
        if (is_wanted(r, &child) && r->recall.t.end == TITR_END_FAULT) {
            r->log->faults++;
        } else if (is_wanted(r, &child)) {
            at[(*n)++] = (place){child, k};
        }
    }
    qsort(at, *n, sizeof *at, by_child);
    return TITR_OK;
}

static titr_status take_all(reading *r, size_t episodes, titr_error *err)
{
    size_t n = 0;
    place *at = calloc(episodes + 1, sizeof *at);
    if (at == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu episodes", episodes);
    }
    titr_status st = list_places(r, at, &n, err);
    for (size_t i = 0; st == TITR_OK && i < n; i++) {
        st = titr_reader_episode(r->recall.reader, at[i].episode, &r->recall.t, err);
        st = st == TITR_OK ? take_episode(r, at[i].child, err) : st;
    }
    free(at);
    if (st == TITR_OK && n == 0) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: every episode of '%s' is faulted", r->path,
                         r->lab->e->ope.data_policy);
    }
    return st;
}

/* Which columns are one of a task's states. */
static void list_discrete(titri_ope_log *log, const titri_lab *lab)
{
    if (lab->e->task.type != NULL) {
        const titr_task_shape shape = titr_task_shape_of(lab->e->task);
        for (size_t i = 0; i < log->n_obs && i < shape.n_obs; i++) {
            log->discrete[i] = shape.obs[i].discrete;
        }
    }
}

static titr_status read_open(reading *r, titr_error *err)
{
    const titr_reals *horizons = &r->lab->e->ope.horizons_h;
    size_t episodes = 0, rows = 0;
    for (size_t i = 0; i < horizons->n; i++) {
        r->horizon_min = fmax(r->horizon_min, 60.0 * horizons->v[i]);
    }
    r->log->n_obs = r->recall.n_columns;
    r->log->n_levels = r->recall.n_levels;
    list_discrete(r->log, r->lab);
    TITR_TRY(check_world(r, err));
    TITR_TRY(count(r, &episodes, &rows, err));
    TITR_TRY(allocate(r->log, episodes, rows, err));
    return take_all(r, episodes, err);
}

titr_status titri_ope_log_read(titri_ope_log *log, const titri_lab *lab, titr_error *err)
{
    *log = (titri_ope_log){0};
    reading *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory to read a run");
    }
    r->log = log;
    r->lab = lab;
    titri_ope_data_path(lab->e, r->path, sizeof r->path);
    titr_status st = TITR_OK;
    if (access(r->path, R_OK) != 0) {
        st = titr_fail(err, TITR_ERR_CONFIG, "ope.data_path: %s cannot be read: %s", r->path,
                       strerror(errno));
    }
    st = st == TITR_OK ? titri_recall_open(&r->recall, lab, r->path, err) : st;
    st = st == TITR_OK ? read_open(r, err) : st;
    titri_recall_close(&r->recall);
    free(r);
    if (st != TITR_OK) {
        titri_ope_log_fini(log);
    }
    return st;
}

void titri_ope_log_fini(titri_ope_log *log)
{
    free(log->first);
    free(log->child);
    free(log->obs);
    free(log->mask);
    free(log->level);
    free(log->propensity);
    *log = (titri_ope_log){0};
}
