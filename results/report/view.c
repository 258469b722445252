// SPDX-License-Identifier: GPL-3.0-or-later
#include "view.h"

#include "titrate/base/json_find.h"
#include "titrate/base/option.h"
#include "titrate/base/units.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void titri_view_fini(titri_view *view)
{
    titr_summary_fini(&view->summary);
    titr_trajectory_fini(&view->shown_episode);
    titr_trajectory_fini(&view->reference_episode);
    free(view->ranked);
    free(view->label);
    free(view->rule);
}

static void read_manifest(titri_view *v)
{
    const char *m = v->manifest;
    (void)titr_json_text_at(m, "version", v->version, sizeof v->version);
    (void)titr_json_text_at(m, "experiment.experiment", v->experiment, sizeof v->experiment);
    (void)titr_json_text_at(m, "experiment.seed", v->seed, sizeof v->seed);
    (void)titr_json_text_at(m, "experiment.body.model", v->model, sizeof v->model);
    (void)titr_json_text_at(m, "experiment.body.mode", v->mode, sizeof v->mode);
    (void)titr_json_text_at(m, "experiment.sensor.name", v->sensor, sizeof v->sensor);
    v->clock_start_min = titr_json_number_at(m, "experiment.scenario.clock_start_min", 0.0);
    v->horizon_days = titr_json_number_at(m, "experiment.scenario.horizon_days", (double)NAN);
    v->drop_min = TITR_MIN_PER_DAY * titr_json_number_at(m, "experiment.evaluate.drop_days", 0.0);
}

/* Scores as the run stored them, else made from its episodes. */
static titr_status load_summary(titri_view *v, titr_error *err)
{
    char compare_to[TITR_TEXT_MAX];
    (void)titr_json_text_at(v->manifest, "experiment.evaluate.compare_to", compare_to,
                            sizeof compare_to);
    const uint64_t seed = strtoull(v->seed, NULL, 10);
    if (titr_reader_episodes(v->run) == 0) {
        return titr_fail(err, TITR_ERR_CONFIG, "the run has no episode: there is nothing to show");
    }
    titr_status status =
        titr_reader_has(v->run, "metrics/episodes/tir_itt_percent")
            ? titr_summary_read(v->run, compare_to, seed, &v->summary, err)
            : titr_summary_of_run(v->run, v->drop_min, compare_to, seed, &v->summary, err);
    if (status == TITR_ERR_NOT_FOUND) { /* a run of a single policy names one that is not in it */
        status = titr_summary_of_run(v->run, v->drop_min, "", seed, &v->summary, err);
    }
    return status;
}

/* NaN is worst. */
static int is_better(const titr_summary_row *a, const titr_summary_row *b)
{
    const double x = a->tir_itt_percent.estimate, y = b->tir_itt_percent.estimate;
    return x > y || (isnan(y) && !isnan(x));
}

/* Insertion sort: few rows, and equal ones keep their order. */
static titr_status rank(titri_view *v, titr_error *err)
{
    const titr_summary_row *row = v->summary.row;
    v->ranked = calloc(v->summary.n_rows, sizeof *v->ranked);
    if (v->ranked == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory to rank %zu policies", v->summary.n_rows);
    }
    for (size_t r = 0; r < v->summary.n_rows; r++) {
        size_t place = r;
        for (; place > 0 && is_better(&row[r], &row[v->ranked[place - 1]]); place--) {
            v->ranked[place] = v->ranked[place - 1];
        }
        v->ranked[place] = r;
    }
    return TITR_OK;
}

static titr_status no_such(titr_error *err, const char *kind, const char *name,
                           const char *const *names, size_t n)
{
    const char *near = titr_nearest(name, names, n);
    (void)titr_fail(err, TITR_ERR_NOT_FOUND, "the run has no %s '%s'%s%s%s", kind, name,
                    near != NULL ? ", nearest is '" : "", near != NULL ? near : "",
                    near != NULL ? "'" : "");
    return TITR_ERR_NOT_FOUND;
}

/* The policy asked for; else the first learner (it has a training curve), else the first. */
static titr_status choose_policy(titri_view *v, const char *policy, titr_error *err)
{
    const titr_summary *s = &v->summary;
    char group[TITR_NAME_MAX + 16];
    v->reference = *s->compare_to != '\0' ? titr_summary_find(s, s->compare_to) : NULL;
    v->shown = policy != NULL ? titr_summary_find(s, policy) : NULL;
    for (size_t r = 0; policy == NULL && v->shown == NULL && r < s->n_rows; r++) {
        (void)snprintf(group, sizeof group, "training/%s%s", s->row[r].policy,
                       s->row[r].replicates > 1 ? "#1" : "");
        v->shown = titr_reader_has(v->run, group) ? &s->row[r] : NULL;
    }
    if (policy == NULL && v->shown == NULL) {
        v->shown = &s->row[0];
    }
    if (v->shown != NULL) {
        v->reference = v->reference == v->shown ? NULL : v->reference;
        return TITR_OK;
    }
    const char **names = calloc(s->n_rows + 1, sizeof *names);
    for (size_t r = 0; names != NULL && r < s->n_rows; r++) {
        names[r] = s->row[r].policy;
    }
    const titr_status status = no_such(err, "policy", policy, names, names != NULL ? s->n_rows : 0);
    free((void *)names);
    return status;
}

static titr_status choose_patient(titri_view *v, const char *patient, titr_error *err)
{
    const titr_summary *s = &v->summary;
    if (patient == NULL) {
        (void)snprintf(v->patient, sizeof v->patient, "%s", v->shown->worst_patient);
        return TITR_OK;
    }
    const char **names = calloc(s->n_episodes + 1, sizeof *names);
    size_t n = 0;
    int found = 0;
    for (size_t i = 0; names != NULL && i < s->n_episodes; i++) {
        if (titr_policy_covers(v->shown->policy, s->episode[i].policy)) {
            names[n++] = s->episode[i].patient;
            found = found || strcmp(s->episode[i].patient, patient) == 0;
        }
    }
    const titr_status status = found ? TITR_OK : no_such(err, "patient", patient, names, n);
    free((void *)names);
    if (found) {
        (void)snprintf(v->patient, sizeof v->patient, "%s", patient);
    }
    return status;
}

/* NaN when the run has no such column. */
static titr_status patient_number(titr_reader *run, const char *column, size_t row, double *out,
                                  titr_error *err)
{
    double *value = NULL;
    size_t rows = 0;
    *out = (double)NAN;
    const titr_status st = titr_reader_sheet_numbers(run, "patients", column, &value, &rows, err);
    if (st == TITR_OK && row < rows) {
        *out = value[row];
    }
    free(value);
    return st == TITR_ERR_NOT_FOUND ? TITR_OK : st;
}

/* Row of the child on show; beyond the last when the run does not tell. */
static titr_status patient_row(const titri_view *v, size_t *row, titr_error *err)
{
    char **id = NULL;
    size_t rows = 0;
    const titr_status st = titr_reader_sheet_texts(v->run, "patients", "id", &id, &rows, err);
    *row = 0;
    while (st == TITR_OK && *row < rows && strcmp(id[*row], v->patient) != 0) {
        ++*row;
    }
    *row = st == TITR_OK ? *row : SIZE_MAX;
    free(id);
    return st == TITR_ERR_NOT_FOUND ? TITR_OK : st;
}

/* Covariates of the child on show, as far as the run has them. */
static titr_status read_patient(titri_view *v, titr_error *err)
{
    char **sex = NULL;
    size_t n_sex = 0, row = 0;
    TITR_TRY(patient_row(v, &row, err));
    TITR_TRY(patient_number(v->run, "age_years", row, &v->age_years, err));
    TITR_TRY(patient_number(v->run, "weight_kg", row, &v->weight_kg, err));
    TITR_TRY(patient_number(v->run, "height_cm", row, &v->height_cm, err));
    const titr_status st = titr_reader_sheet_texts(v->run, "patients", "sex", &sex, &n_sex, err);
    if (st == TITR_OK && row < n_sex) {
        (void)snprintf(v->sex, sizeof v->sex, "%s", sex[row]);
    }
    free(sex);
    return st == TITR_ERR_NOT_FOUND ? TITR_OK : st;
}

/* --- readings and the typical day --- */

/* Whole days of the child's episodes, in the order of the file. */
typedef struct day_list {
    titri_day *day;
    size_t n, capacity;
} day_list;

static titr_status add_day(day_list *list, titri_day day, titr_error *err)
{
    if (list->n == list->capacity) {
        const size_t capacity = list->capacity > 0 ? 2 * list->capacity : 64;
        void *grown = realloc(list->day, capacity * sizeof *list->day);
        if (grown == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu days", capacity);
        }
        list->day = grown;
        list->capacity = capacity;
    }
    list->day[list->n++] = day;
    return TITR_OK;
}

static double tir_of_day(const titr_trajectory *t, double from_min)
{
    size_t n = 0, in = 0;
    for (size_t k = 0; k < t->n; k++) {
        const double time_min = (double)t->time_min[k], g = (double)t->glucose_mg_dl[k];
        if (time_min >= from_min && time_min < from_min + TITR_MIN_PER_DAY) {
            n++;
            in += g >= 70.0 && g <= 180.0;
        }
    }
    return n > 0 ? 100.0 * (double)in / (double)n : (double)NAN;
}

static titr_status list_days(const titri_view *v, size_t episode, const titr_trajectory *t,
                             day_list *list, titr_error *err)
{
    const double first = v->clock_start_min > 0.0 ? TITR_MIN_PER_DAY - v->clock_start_min : 0.0;
    for (size_t d = 0; d < t->n; d++) { /* a day has at least one decision */
        const double from = first + (double)d * TITR_MIN_PER_DAY;
        if (!(from + TITR_MIN_PER_DAY <= t->end_min)) {
            break;
        }
        if (from >= v->drop_min) {
            TITR_TRY(add_day(list, (titri_day){episode, from, tir_of_day(t, from)}, err));
        }
    }
    return TITR_OK;
}

static int by_tir(const void *a, const void *b)
{
    const titri_day *x = a, *y = b;
    if (x->tir_percent != y->tir_percent) {
        return x->tir_percent > y->tir_percent ? 1 : -1;
    }
    if (x->episode != y->episode) {
        return x->episode > y->episode ? 1 : -1;
    }
    return (x->from_min > y->from_min) - (x->from_min < y->from_min);
}

/* The median day by time in range; without a whole day, the first of the first episode. */
static void choose_day(titri_view *v, day_list *list, size_t first_episode)
{
    v->has_day = 1;
    if (list->n == 0) {
        v->day = (titri_day){first_episode, -v->clock_start_min, (double)NAN};
        return;
    }
    qsort(list->day, list->n, sizeof *list->day, by_tir);
    v->day = list->day[(list->n - 1) / 2];
}

typedef struct pools {
    titri_pool child, child_reference, all, all_reference;
    day_list days;
    size_t first_episode; /* of the child under the policy on show; SIZE_MAX = none yet */
} pools;

static titr_status use_episode(titri_view *v, size_t k, const titr_trajectory *t, pools *p,
                               titr_error *err)
{
    const int is_shown = titr_policy_covers(v->shown->policy, t->policy);
    const int is_child = strcmp(t->patient, v->patient) == 0;
    TITR_TRY(titri_pool_add(is_shown ? &p->all : &p->all_reference, t, v->clock_start_min,
                            v->drop_min, err));
    if (is_child) {
        TITR_TRY(titri_pool_add(is_shown ? &p->child : &p->child_reference, t, v->clock_start_min,
                                v->drop_min, err));
    }
    if (is_child && is_shown) {
        p->first_episode = p->first_episode == SIZE_MAX ? k : p->first_episode;
        TITR_TRY(list_days(v, k, t, &p->days, err));
    }
    return TITR_OK;
}

/* Is episode k one of the policies that are drawn? Reads its header into `t`. */
static titr_status is_drawn(const titri_view *v, size_t k, titr_trajectory *t, int *drawn,
                            titr_error *err)
{
    TITR_TRY(titr_reader_episode_header(v->run, k, t, err));
    *drawn = titr_policy_covers(v->shown->policy, t->policy) ||
             (v->reference != NULL && titr_policy_covers(v->reference->policy, t->policy));
    return TITR_OK;
}

static titr_status collect(titri_view *v, pools *p, titr_error *err)
{
    titr_status status = TITR_OK;
    titr_trajectory t;
    titr_trajectory_init(&t);
    const size_t n = titr_reader_episodes(v->run);
    for (size_t k = 0; k < n && status == TITR_OK; k++) {
        int drawn = 0;
        status = is_drawn(v, k, &t, &drawn, err);
        if (status == TITR_OK && drawn) {
            status = titr_reader_episode(v->run, k, &t, err);
        }
        if (status == TITR_OK && drawn && t.n > 0) {
            status = use_episode(v, k, &t, p, err);
        }
    }
    titr_trajectory_fini(&t);
    return status;
}

/* The reference's episode of the same child and seed as the day on show. */
static titr_status read_partner(titri_view *v, titr_error *err)
{
    titr_trajectory *t = &v->reference_episode;
    const titr_trajectory *own = &v->shown_episode;
    const size_t n = v->reference != NULL ? titr_reader_episodes(v->run) : 0;
    for (size_t k = 0; k < n; k++) {
        TITR_TRY(titr_reader_episode_header(v->run, k, t, err));
        if (titr_policy_covers(v->reference->policy, t->policy) && t->episode == own->episode &&
            strcmp(t->patient, own->patient) == 0) {
            return titr_reader_episode(v->run, k, t, err);
        }
    }
    titr_trajectory_clear(t);
    return TITR_OK;
}

static titr_status load_readings(titri_view *v, titr_error *err)
{
    pools p = {.first_episode = SIZE_MAX};
    titr_status status = collect(v, &p, err);
    if (status == TITR_OK && p.first_episode != SIZE_MAX) {
        choose_day(v, &p.days, p.first_episode);
        status = titr_reader_episode(v->run, v->day.episode, &v->shown_episode, err);
        if (status == TITR_OK) {
            status = read_partner(v, err);
        }
    }
    titri_pool *from[] = {&p.child, &p.child_reference, &p.all, &p.all_reference};
    titri_profile *to[] = {&v->child, &v->child_reference, &v->all, &v->all_reference};
    for (size_t i = 0; i < 4; i++) {
        if (status == TITR_OK) {
            status = titri_profile_make(from[i], to[i], err);
        }
        titri_pool_fini(from[i]);
    }
    free(p.days.day);
    return status;
}

titr_status titri_view_load(titr_reader *run, const titr_report_def *def, titri_view *view,
                            titr_error *err)
{
    *view = (titri_view){.run = run, .manifest = titr_reader_manifest(run), .mmol = def->mmol};
    titr_trajectory_init(&view->shown_episode);
    titr_trajectory_init(&view->reference_episode);
    read_manifest(view);
    TITR_TRY(load_summary(view, err));
    TITR_TRY(rank(view, err));
    TITR_TRY(choose_policy(view, def->policy, err));
    TITR_TRY(choose_patient(view, def->patient, err));
    TITR_TRY(read_patient(view, err));
    if (titr_reader_has(run, "actions/label")) {
        TITR_TRY(
            titr_reader_sheet_texts(run, "actions", "label", &view->label, &view->n_labels, err));
    }
    if (titr_reader_has(run, "shield_rules/rule")) {
        TITR_TRY(
            titr_reader_sheet_texts(run, "shield_rules", "rule", &view->rule, &view->n_rules, err));
    }
    return load_readings(view, err);
}

double titri_view_child_mean(const titri_view *view, const titr_summary_row *row, const char *key)
{
    const titr_summary *s = &view->summary;
    double sum = 0.0;
    size_t n = 0;
    for (size_t i = 0; row != NULL && i < s->n_episodes; i++) {
        const titr_summary_episode *e = &s->episode[i];
        if (titr_policy_covers(row->policy, e->policy) && strcmp(e->patient, view->patient) == 0) {
            const double value = titr_scores_get(&e->scores, key);
            if (!isnan(value)) {
                sum += value;
                n++;
            }
        }
    }
    return n > 0 ? sum / (double)n : (double)NAN;
}
