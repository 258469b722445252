// SPDX-License-Identifier: GPL-3.0-or-later
/* One child after the other: covariates, body, settings. */
#include "titrate/cohort/sample.h"

#include "children.h"
#include "covariates.h"

#include "titrate/base/math.h"
#include "titrate/base/rng.h"
#include "titrate/cohort/source.h"
#include "titrate/models/growth.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WITHIN_SD 2.0
#define TARGET_MG_DL 110.0
#define BASAL_ERROR_CV 0.10
#define RATIO_ERROR_CV 0.15
#define MEALS_PER_DAY 4.0
#define SENSITIVITY_MOST 32.0 /* and least 1/32 */
#define LEAST_ACTION_H 1.0
#define MOST_ACTION_H 8.0
#define LEAST_UNTREATED 1.3 /* times fasting glucose */
enum { ATTEMPTS = 100, BRENT_STEPS = 60 };

/* What a child's random numbers are for. */
enum {
    DRAW_AGE,
    DRAW_SEX,
    DRAW_WEIGHT,
    DRAW_HEIGHT,
    DRAW_TEMPO,
    DRAW_TDD,
    DRAW_SHARE,
    DRAW_FASTING,
    DRAW_BASAL_ERROR,
    DRAW_CR_ERROR,
    DRAW_CF_ERROR,
    DRAW_KINETICS = 32
};

const double titr_age_band_years[TITR_AGE_BANDS + 1] = {2.0, 6.0, 9.0, 12.0, 15.0, 18.0};

struct titr_sampler {
    titr_sample of;
    const titr_model_type *model;
    const titri_children *children;
    titri_spread spread;
    double band_years[TITR_AGE_BANDS][2]; /* those of the bands that are asked for */
    size_t n_bands;
};

titr_sample titr_sample_init(void)
{
    return (titr_sample){
        .seed = 1, .n = 200, .age_years = {2.0, 18.0}, .weight_percentile = {1.0, 99.0}};
}

titr_status titr_sample_check(const titr_sample *s, titr_error *err)
{
    if (!(s->n >= 1 && s->n <= 1000000)) {
        return titr_fail(err, TITR_ERR_RANGE, "n: %lld children, expected 1 to 1000000",
                         (long long)s->n);
    }
    if (!(s->age_years[0] >= 2.0 && s->age_years[0] <= s->age_years[1] &&
          s->age_years[1] <= 18.0)) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "age_years: [%g, %g], expected [from, to] within 2 and 18",
                         s->age_years[0], s->age_years[1]);
    }
    if (!(s->weight_percentile[0] >= 0.7 && s->weight_percentile[0] <= s->weight_percentile[1] &&
          s->weight_percentile[1] <= 99.3)) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "weight_percentile: [%g, %g], expected [from, to] within 0.7 and 99.3",
                         s->weight_percentile[0], s->weight_percentile[1]);
    }
    return TITR_OK;
}

static void find_bands(titr_sampler *s)
{
    const double from = s->of.age_years[0], to = s->of.age_years[1];
    for (size_t b = 0; b < TITR_AGE_BANDS; b++) {
        const double lo = fmax(from, titr_age_band_years[b]);
        const double hi = fmin(to, titr_age_band_years[b + 1]);
        if (lo < hi || (from == to && lo == hi && s->n_bands == 0)) {
            s->band_years[s->n_bands][0] = lo;
            s->band_years[s->n_bands++][1] = hi;
        }
    }
}

titr_status titr_sampler_create(const titr_sample *sample, const titr_model_type *model,
                                titr_sampler **out, titr_error *err)
{
    TITR_TRY(titr_sample_check(sample, err));
    titr_sampler *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "sampling of children: no memory");
    }
    s->of = *sample;
    s->model = titr_model_find(model->part.name);
    s->children = titri_children_find(model->part.name);
    find_bands(s);
    const titr_status status =
        s->children != NULL
            ? s->children->open(s->model, &s->spread, err)
            : titr_fail(err, TITR_ERR_NOT_FOUND, "no virtual children are made of model %s",
                        model->part.name);
    if (status != TITR_OK) {
        free(s);
        return status;
    }
    *out = s;
    return TITR_OK;
}

void titr_sampler_destroy(titr_sampler *s)
{
    free(s);
}

/* ---- covariates ---- */

static titr_status draw_covariates(const titr_sampler *s, titr_rng_key key, size_t i,
                                   titr_patient *p, titr_error *err)
{
    const titr_sample *of = &s->of;
    const double *years = of->stratified ? s->band_years[i % s->n_bands] : of->age_years;
    const int girl =
        of->stratified ? (int)(i / s->n_bands % 2) : titr_rng_uniform(key, DRAW_SEX) < 0.5;
    p->age_years = years[0] + (years[1] - years[0]) * titr_rng_uniform(key, DRAW_AGE);
    p->sex = of->sex != TITR_SEX_UNKNOWN ? of->sex : girl ? TITR_SEX_FEMALE : TITR_SEX_MALE;
    const double *percent = of->weight_percentile;
    const double share =
        0.01 * (percent[0] + (percent[1] - percent[0]) * titr_rng_uniform(key, DRAW_WEIGHT));
    return titr_growth_child(p->sex, p->age_years, titr_normal_quantile(share),
                             titr_rng_normal(key, DRAW_HEIGHT), &p->weight_kg, &p->height_cm, err);
}

/* ---- body ---- */

/* A body and the meal that it is made for. */
typedef struct attempt {
    const titr_sampler *s;
    titr_in_silico *bench;
    const titr_need *need;
    double kinetics[TITRI_SPREAD_MAX];
    double carbs_g, bolus_u;
    titr_patient *patient;
    titr_status status; /* of the last rise */
    titr_error *err;
} attempt;

/* Plasma glucose after the meal over that before, of a body of sensitivity exp(log_s): falls with
 * it. */
static double rise(double log_s, void *pointer)
{
    attempt *a = pointer;
    double rise_mg_dl = 0.0;
    a->status = a->s->children->build(a->kinetics, a->need, titr_exp(log_s), a->patient, a->err);
    if (a->status == TITR_OK) {
        a->status =
            titr_in_silico_meal(a->bench, a->patient, a->carbs_g, a->bolus_u, &rise_mg_dl, a->err);
    }
    return rise_mg_dl;
}

/* From 1 by doublings or halvings until rise changes its sign. */
static titr_status bracket(attempt *a, double *lo, double *hi)
{
    const double most = titr_log(SENSITIVITY_MOST), step = titr_log(2.0);
    double at = 0.0, here = rise(at, a);
    const double way = here > 0.0 ? step : -step;
    while (a->status == TITR_OK) {
        const double next = at + way;
        if (fabs(next) > most + 1e-9) {
            return titr_fail(a->err, TITR_ERR_RANGE, "%s: no sensitivity to insulin fits its need",
                             a->patient->id);
        }
        const double there = rise(next, a);
        if (a->status == TITR_OK && (there > 0.0) != (here > 0.0)) {
            *lo = fmin(at, next);
            *hi = fmax(at, next);
            return TITR_OK;
        }
        at = next;
        here = there;
    }
    return a->status;
}

/* The body whose meal takes the bolus. */
static titr_status solve_sensitivity(attempt *a, double *sensitivity)
{
    double lo = 0.0, hi = 0.0;
    TITR_TRY(bracket(a, &lo, &hi));
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    gsl_function f = {rise, a};
    if (solver == NULL) {
        return titr_fail(a->err, TITR_ERR_NOMEM, "%s: no memory", a->patient->id);
    }
    int flag = gsl_root_fsolver_set(solver, &f, lo, hi);
    for (int i = 0; i < BRENT_STEPS && flag == GSL_SUCCESS && a->status == TITR_OK; i++) {
        flag = gsl_root_fsolver_iterate(solver);
        if (gsl_root_fsolver_x_upper(solver) - gsl_root_fsolver_x_lower(solver) < 1e-5) {
            break;
        }
    }
    const double log_s = gsl_root_fsolver_root(solver);
    gsl_root_fsolver_free(solver);
    if (flag != GSL_SUCCESS) {
        return titr_fail(a->err, TITR_ERR_RANGE, "%s: sensitivity to insulin: %s", a->patient->id,
                         gsl_strerror(flag));
    }
    (void)rise(log_s, a);
    *sensitivity = titr_exp(log_s);
    return a->status;
}

static titr_status judge(const titr_patient *p, const titr_measured *m, titr_error *err)
{
    if (!(m->action_h >= LEAST_ACTION_H && m->action_h <= MOST_ACTION_H)) {
        return titr_fail(err, TITR_ERR_RANGE, "%s: insulin acts %g h", p->id, m->action_h);
    }
    if (!(m->untreated_12h_mg_dl >= LEAST_UNTREATED * m->fasting_mg_dl)) {
        return titr_fail(err, TITR_ERR_RANGE, "%s: %g mg/dL after 12 h without insulin", p->id,
                         m->untreated_12h_mg_dl);
    }
    if (!(m->isf_mg_dl_per_u > 0.0)) {
        return titr_fail(err, TITR_ERR_RANGE, "%s: a correction lowers nothing", p->id);
    }
    return TITR_OK;
}

static titr_need draw_need(const titr_patient *p, titr_rng_key key, double tempo)
{
    const titr_need_z z = {titri_normal_within(key, DRAW_TDD, WITHIN_SD),
                           titri_normal_within(key, DRAW_SHARE, WITHIN_SD),
                           titri_normal_within(key, DRAW_FASTING, WITHIN_SD)};
    return titr_need_of(p, tempo, z);
}

/* One try at a body. */
static titr_status make_body(const titr_sampler *s, titr_in_silico *bench, titr_rng_key key,
                             titr_patient *p, titr_drawn *drawn, titr_error *err)
{
    drawn->need = draw_need(p, key, drawn->tempo);
    const titr_need *need = &drawn->need;
    const double tdd_u = need->tdd_u_per_kg * p->weight_kg;
    attempt a = {.s = s, .bench = bench, .need = need, .patient = p, .err = err};
    a.carbs_g = need->carbs_g / MEALS_PER_DAY;
    a.bolus_u = (1.0 - need->basal_share) * tdd_u / MEALS_PER_DAY;
    titri_spread_draw(&s->spread, key, DRAW_KINETICS, p->weight_kg, a.kinetics);
    TITR_TRY(solve_sensitivity(&a, &drawn->sensitivity));
    TITR_TRY(titr_in_silico_measure(bench, p, need->carbs_g, &drawn->is, err));
    return judge(p, &drawn->is, err);
}

/* ---- settings ---- */

/* Lognormal error about 1, within two SD. */
static double error_of(titr_rng_key key, uint32_t index, double cv)
{
    return titr_exp(cv * titri_normal_within(key, index, WITHIN_SD));
}

static titr_status set_therapy(const titr_sampler *s, titr_rng_key key, const titr_measured *is,
                               titr_child *child, titr_error *err)
{
    const double cr = is->cr_g_per_u * error_of(key, DRAW_CR_ERROR, RATIO_ERROR_CV);
    const double cf = is->isf_mg_dl_per_u * error_of(key, DRAW_CF_ERROR, RATIO_ERROR_CV);
    const double basal = is->basal_u_per_h * error_of(key, DRAW_BASAL_ERROR, BASAL_ERROR_CV);
    TITR_TRY(titr_child_finish(child, s->model, cr, cf, is->tdd_u_per_d, err));
    titr_therapy_flat(&child->published, basal, cr, cf, TARGET_MG_DL, is->tdd_u_per_d);
    return TITR_OK;
}

/* Body and settings of a child whose covariates are given. */
static titr_status complete(const titr_sampler *s, titr_in_silico *bench, titr_rng_key key,
                            titr_child *child, titr_drawn *drawn, titr_error *err)
{
    const char *id = child->patient.id;
    titr_drawn about = {.tempo = titri_normal_within(key, DRAW_TEMPO, WITHIN_SD)};
    titr_status status = TITR_ERR_RANGE;
    titr_error why = {0};
    for (; about.rejected < ATTEMPTS && status == TITR_ERR_RANGE; about.rejected++) {
        key.episode = about.rejected;
        status = make_body(s, bench, key, &child->patient, &about, &why);
    }
    if (status == TITR_ERR_RANGE) {
        return titr_fail(err, status, "%s: no viable body in %u tries, the last: %.300s", id,
                         about.rejected, why.what);
    }
    if (status != TITR_OK) {
        return titr_fail(err, status, "%s", why.what);
    }
    about.rejected--;
    if (drawn != NULL) {
        *drawn = about;
    }
    return set_therapy(s, key, &about.is, child, err);
}

titr_status titr_sampler_draw(const titr_sampler *s, titr_in_silico *bench, size_t i,
                              titr_child *child, titr_drawn *drawn, titr_error *err)
{
    const titr_rng_key key = {s->of.seed, TITR_PURPOSE_CHILD, (uint32_t)i + 1, 0};
    memset(child, 0, sizeof *child); /* padding too: children are compared byte by byte */
    (void)snprintf(child->patient.id, sizeof child->patient.id, "sample#%04zu", i + 1);
    TITR_TRY(draw_covariates(s, key, i, &child->patient, err));
    return complete(s, bench, key, child, drawn, err);
}

titr_status titr_sampler_draw_for(const titr_sampler *s, titr_in_silico *bench,
                                  const titr_patient *covariates, titr_child *child,
                                  titr_drawn *drawn, titr_error *err)
{
    const titr_rng_key key = {s->of.seed, TITR_PURPOSE_CHILD + (1u << TITR_PURPOSE_PART_SHIFT),
                              titr_hash32(covariates->id), 0};
    memset(child, 0, sizeof *child);
    child->patient = *covariates;
    return complete(s, bench, key, child, drawn, err);
}

/* ---- a cohort ---- */

/* Who is drawn, and where to. */
typedef struct drawing {
    const titr_sampler *sampler;
    titr_patient *known; /* [n] whose covariates are given; NULL: all is drawn */
    titr_cohort cohort;
    size_t rejected, n_heights;
} drawing;

static titr_status draw_one(void *pointer, titr_in_silico *bench, size_t i, titr_error *err)
{
    drawing *d = pointer;
    titr_drawn drawn = {0};
    titr_child *child = &d->cohort.child[i];
    TITR_TRY(d->known != NULL
                 ? titr_sampler_draw_for(d->sampler, bench, &d->known[i], child, &drawn, err)
                 : titr_sampler_draw(d->sampler, bench, i, child, &drawn, err));
#pragma omp atomic
    d->rejected += drawn.rejected;
    return TITR_OK;
}

static titr_status draw_all(drawing *d, const titr_model_type *model, titr_error *err)
{
    d->cohort.child = calloc(d->cohort.n, sizeof *d->cohort.child);
    return d->cohort.child != NULL
               ? titr_in_silico_each(model, d->cohort.n, draw_one, d, err)
               : titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu children", d->cohort.n);
}

static void write_note(drawing *d, uint64_t seed)
{
    titr_cohort *c = &d->cohort;
    char heights[64] = "";
    if (d->n_heights > 0) {
        (void)snprintf(heights, sizeof heights, ", %zu without height by their weight",
                       d->n_heights);
    }
    c->rejected_percent = 100.0 * (double)d->rejected / (double)(c->n + d->rejected);
    (void)snprintf(
        c->note, sizeof c->note,
        "%zu children drawn from seed %llu%s%s; %.2g %% of the bodies were not viable and "
        "drawn again",
        c->n, (unsigned long long)seed, d->known != NULL ? " for given covariates" : "", heights,
        c->rejected_percent);
}

titr_status titr_cohort_load_sample(const titr_cohort_request *want, const titr_model_type *model,
                                    titr_cohort *out, titr_error *err)
{
    const titr_sample preset = titr_sample_init();
    const titr_sample *sample = want->sample != NULL ? want->sample : &preset;
    titr_sampler *sampler = NULL;
    drawing d = {.cohort.n = (size_t)sample->n};
    if (want->path != NULL && *want->path != '\0') {
        TITR_TRY(titri_covariates_read(want->path, &d.known, &d.cohort.n, &d.n_heights, err));
    }
    titr_status status = titr_sampler_create(sample, model, &sampler, err);
    if (status == TITR_OK) {
        d.sampler = sampler;
        status = draw_all(&d, model, err);
    }
    write_note(&d, sample->seed);
    titr_sampler_destroy(sampler);
    free(d.known);
    if (status != TITR_OK) {
        titr_cohort_fini(&d.cohort);
        return status;
    }
    *out = d.cohort;
    return TITR_OK;
}
