// SPDX-License-Identifier: GPL-3.0-or-later
/* Cohorts: choice of source and subjects, and what every child gets whatever its source. */
#include "titrate/cohort/cohort.h"

#include "titrate/base/rng.h"
#include "titrate/base/units.h"
#include "titrate/cohort/source.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PEER_TARGET_MG_DL 140.0 /* what the peer's basal-bolus controller corrects to */

static const titr_cohort_source sources[] = {
    {"s2008-published",
     "the 30 published academic subjects: 10 children, 10 adolescents, 10 adults",
     titr_cohort_load_published},
    {"file", "a CSV file with the published column names", titr_cohort_load_file},
    {"sample", "children drawn by age, sex and weight", titr_cohort_load_sample},
};
#define N_SOURCES (sizeof sources / sizeof sources[0])

const titr_cohort_source *titr_cohort_sources(size_t *n)
{
    *n = N_SOURCES;
    return sources;
}

void titr_therapy_flat(titr_therapy *therapy, double basal_u_per_h, double cr_g_per_u,
                       double cf_mg_dl_per_u, double target_mg_dl, double tdi_u_per_day)
{
    for (size_t h = 0; h < 24; h++) {
        therapy->basal_u_per_h[h] = basal_u_per_h;
        therapy->cr_g_per_u[h] = cr_g_per_u;
        therapy->cf_mg_dl_per_u[h] = cf_mg_dl_per_u;
        therapy->target_mg_dl[h] = target_mg_dl;
    }
    therapy->tdi_u_per_day = tdi_u_per_day;
}

size_t titr_therapy_hour(double time_of_day_min)
{
    return (size_t)(time_of_day_min / TITR_MIN_PER_HOUR) % 24;
}

double titr_height_assumed_cm(double age_years, double weight_kg)
{
    static const struct bracket {
        double weight_kg, height_cm; /* up to this weight */
    } child[] = {{25.6, 121.9}, {28.6, 128.0}, {32.0, 133.3},
                 {35.6, 138.4}, {39.9, 143.5}, {HUGE_VAL, 149.1}},
      adolescent[] = {{50.8, 156.2}, {56.0, 163.8}, {60.8, 170.1}, {64.4, 173.4},
                      {66.9, 175.2}, {68.9, 175.7}, {70.3, 176.5}, {HUGE_VAL, 177.0}},
      adult[] = {{HUGE_VAL, 177.0}};
    const struct bracket *b = age_years < 13.0 ? child : age_years < 20.0 ? adolescent : adult;
    while (weight_kg > b->weight_kg) {
        b++;
    }
    return b->height_cm;
}

double titr_basal_u_per_h(const titr_patient *patient, const titr_model_type *model)
{
    const titr_model_type *one = titr_model_find(model->part.name);
    double x[TITR_STATES_MAX], u[TITR_INPUTS_MAX], held[TITR_HELD_MAX];
    const size_t insulin = titr_table_find(one->inputs, "insulin_u_per_min");
    one->initial(patient, 0, x, u, held);
    return insulin < one->inputs.n ? u[insulin] * TITR_MIN_PER_HOUR : 0.0;
}

static titr_status check(const char *id, const char *what, double value, double lo, double hi,
                         const char *unit, titr_error *err)
{
    if (value > lo && value <= hi) {
        return TITR_OK;
    }
    return titr_fail(err, TITR_ERR_RANGE, "%s: %s = %g %s, allowed (%g, %g]", id, what, value, unit,
                     lo, hi);
}

titr_status titr_child_finish(titr_child *child, const titr_model_type *model, double cr_g_per_u,
                              double cf_mg_dl_per_u, double tdi_u_per_day, titr_error *err)
{
    titr_patient *patient = &child->patient;
    const char *id = patient->id;
    double theta[TITR_THETA_MAX];
    const titr_model_type *one = titr_model_find(model->part.name);
    TITR_TRY(check(id, "age", patient->age_years, 0.0, 120.0, "years", err));
    TITR_TRY(check(id, "height", patient->height_cm, 20.0, 250.0, "cm", err));
    TITR_TRY(check(id, "CR", cr_g_per_u, 0.0, 500.0, "g/U", err));
    TITR_TRY(check(id, "CF", cf_mg_dl_per_u, 0.0, 2000.0, "mg/dL/U", err));
    TITR_TRY(check(id, "TDI", tdi_u_per_day, 0.0, 500.0, "U/d", err));
    TITR_TRY(one->individualise(patient, 0, theta, err));
    patient->key = titr_hash32(id);
    titr_therapy_flat(&child->published, titr_basal_u_per_h(patient, model), cr_g_per_u,
                      cf_mg_dl_per_u, PEER_TARGET_MG_DL, tdi_u_per_day);
    return TITR_OK;
}

/* ---- choice of subjects ---- */

static size_t find_child(const titr_cohort *cohort, const char *id, size_t length)
{
    size_t i = 0;
    while (i < cohort->n && (strlen(cohort->child[i].patient.id) != length ||
                             strncmp(cohort->child[i].patient.id, id, length) != 0)) {
        i++;
    }
    return i;
}

static titr_status unknown_subject(const titr_cohort *cohort, const char *id, int length,
                                   titr_error *err)
{
    char name[64];
    const size_t n = (size_t)length < sizeof name ? (size_t)length : sizeof name - 1;
    memcpy(name, id, n);
    name[n] = '\0';
    const char **ids = calloc(cohort->n, sizeof *ids);
    if (ids == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "cohort: no memory");
    }
    for (size_t i = 0; i < cohort->n; i++) {
        ids[i] = cohort->child[i].patient.id;
    }
    const char *near = titr_nearest(name, ids, cohort->n);
    const titr_status status =
        titr_fail(err, TITR_ERR_CONFIG, "cohort has no subject '%s'; %s '%s'", name,
                  near != NULL ? "nearest is" : "the first is", near != NULL ? near : ids[0]);
    free((void *)ids);
    return status;
}

/* @param[out] chosen indices in the order of the list, room for cohort->n. */
static titr_status choose(const titr_cohort *cohort, const char *list, size_t *chosen, size_t *n,
                          titr_error *err)
{
    for (const char *item = list; item != NULL;) {
        item += strspn(item, " \t");
        const char *comma = strchr(item, ',');
        size_t length = comma != NULL ? (size_t)(comma - item) : strlen(item);
        while (length > 0 && isspace((unsigned char)item[length - 1])) {
            length--;
        }
        const size_t i = find_child(cohort, item, length);
        if (i == cohort->n) {
            return unknown_subject(cohort, item, (int)length, err);
        }
        for (size_t k = 0; k < *n; k++) {
            if (chosen[k] == i) {
                return titr_fail(err, TITR_ERR_CONFIG, "cohort: subject '%s' is listed twice",
                                 cohort->child[i].patient.id);
            }
        }
        chosen[(*n)++] = i;
        item = comma != NULL ? comma + 1 : NULL;
    }
    return TITR_OK;
}

static void choose_children(const titr_cohort *cohort, size_t *chosen, size_t *n)
{
    for (size_t i = 0; i < cohort->n; i++) {
        if (strncmp(cohort->child[i].patient.id, "child", 5) == 0) {
            chosen[(*n)++] = i;
        }
    }
}

/* Keep the subjects asked for, in the order asked for. */
static titr_status select_subjects(titr_cohort *cohort, const char *subjects, titr_error *err)
{
    size_t n = 0;
    titr_status status = TITR_OK;
    size_t *chosen = calloc(cohort->n, sizeof *chosen);
    titr_child *kept = calloc(cohort->n, sizeof *kept);
    if (chosen == NULL || kept == NULL) {
        status = titr_fail(err, TITR_ERR_NOMEM, "cohort: no memory for %zu subjects", cohort->n);
        goto done;
    }
    if (strcmp(subjects, "children") == 0) {
        choose_children(cohort, chosen, &n);
    } else {
        status = choose(cohort, subjects, chosen, &n, err);
    }
    if (status == TITR_OK && n == 0) {
        status =
            titr_fail(err, TITR_ERR_CONFIG, "cohort has no subject whose id begins with child");
    }
    if (status == TITR_OK) {
        for (size_t k = 0; k < n; k++) {
            kept[k] = cohort->child[chosen[k]];
        }
        free(cohort->child);
        cohort->child = kept;
        cohort->n = n;
        kept = NULL;
    }
done:
    free(kept);
    free(chosen);
    return status;
}

static const titr_cohort_source *find_source(const char *name, titr_error *err)
{
    const char *names[N_SOURCES];
    for (size_t i = 0; i < N_SOURCES; i++) {
        if (strcmp(sources[i].name, name) == 0) {
            return &sources[i];
        }
        names[i] = sources[i].name;
    }
    const char *near = titr_nearest(name, names, N_SOURCES);
    (void)titr_fail(err, TITR_ERR_NOT_FOUND, "no cohort source '%s', expected '%s'", name,
                    near != NULL ? near : "s2008-published', 'file' or 'sample");
    return NULL;
}

titr_status titr_cohort_load(const titr_cohort_request *want, const titr_model_type *model,
                             titr_cohort *out, titr_error *err)
{
    const titr_cohort_source *from = find_source(want->source, err);
    const char *subjects = want->subjects != NULL ? want->subjects : "";
    if (from == NULL) {
        return TITR_ERR_NOT_FOUND;
    }
    titr_cohort cohort = {0};
    TITR_TRY(from->load(want, model, &cohort, err));
    if (*subjects != '\0' && strcmp(subjects, "all") != 0) {
        const titr_status status = select_subjects(&cohort, subjects, err);
        if (status != TITR_OK) {
            titr_cohort_fini(&cohort);
            return status;
        }
    }
    *out = cohort;
    return TITR_OK;
}

void titr_cohort_fini(titr_cohort *cohort)
{
    free(cohort->child);
    *cohort = (titr_cohort){0};
}
