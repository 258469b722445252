// SPDX-License-Identifier: GPL-3.0-or-later
/* How much time in range the ten published children could have had: the best insulin plan found for
 * each child and day by a search that knows the child's own parameters and every meal in advance.
 *
 *   plan of a day = basal in 12 segments of 2 h, 0 to 6 times the schedule, and for each meal
 *                   a bolus, 0 to 4 times carbohydrate / CR, 0 to 60 min ahead of it
 *   score         = time in range of the day and, half, of the 6 h after it under the plain
 *                   regimen - 0.02 mean Magni risk - 100 if a clinical limit is reached
 *   search        = cross-entropy method: 64 plans a generation, the mean and spread of the best 8
 *                   make the next one, 40 generations; the best plan ever seen is taken
 *
 * Single shooting on the true model (rk4, plain steps of 1 min, as in training); no sensor is read.
 * Days are planned one after the other, each from where the last one ended. The figure is an
 * estimate of the upper bound from below: the best that was found, not a proof that there is no
 * better. It must not be below standard care on the same days, which is the bound checked here.
 *
 * Arguments: days (2), first episode seed (1001). */
#include "titrate/base/clinical.h"
#include "titrate/base/math.h"
#include "titrate/base/rng.h"
#include "titrate/base/units.h"
#include "titrate/config/config.h"

#include "runner/lab.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 64, ELITE = 8, GENERATIONS = 40, SEGMENTS = 12, MEALS = 12 };
enum { DIM = SEGMENTS + 2 * MEALS, DAY = 288, TAIL = 72, DAYS_MAX = 14 };

#define RISK_WEIGHT 0.02
#define LEAD_STEPS 12.0 /* 60 min */
#define SMALLEST 0.02   /* spread of the search */

static const char policy[] =
    "policies = ( { name = \"bb_clinic\"; agent = \"basal_bolus\"; settings = \"titrated\"; } );";

/* A child's days: meals by decision, and what is given at each. */
typedef struct course {
    const titr_therapy *therapy;
    size_t days;
    double carbs_g[(DAYS_MAX + 1) * DAY];
    titr_dose dose[(DAYS_MAX + 1) * DAY];
} course;

/* How well a stretch of time went. */
typedef struct tally {
    double in_range, low, decisions;
    int failed;
} tally;

static double ratio_u(const course *c, size_t k)
{
    return c->carbs_g[k] / c->therapy->cr_g_per_u[0];
}

/* Schedule and carbohydrate / CR, from decision `from` on. */
static void plain(course *c, size_t from, size_t to)
{
    for (size_t k = from; k < to; k++) {
        c->dose[k] = (titr_dose){c->therapy->basal_u_per_h[0], ratio_u(c, k)};
    }
}

/* The doses of a day that begins at decision `from`, by the plan x. */
static void prescribe(const course *c, size_t from, const double *x, titr_dose *dose)
{
    for (size_t k = 0; k < DAY; k++) {
        const double factor = fmin(fmax(x[k * SEGMENTS / DAY], 0.0), 6.0);
        dose[k] = (titr_dose){factor * c->therapy->basal_u_per_h[0], 0.0};
    }
    size_t meal = 0;
    for (size_t k = 0; k < DAY && meal < MEALS; k++) {
        if (c->carbs_g[from + k] > 0.0) {
            const double *m = &x[SEGMENTS + 2 * meal++];
            const size_t lead = (size_t)floor(fmin(fmax(m[1], 0.0), 1.0) * LEAD_STEPS + 0.5);
            dose[k > lead ? k - lead : 0].bolus_u +=
                fmin(fmax(m[0], 0.0), 4.0) * ratio_u(c, from + k);
        }
    }
}

static titr_status start(titr_env *env, const titri_lab *lab, size_t child, uint32_t episode,
                         titr_error *err)
{
    titr_lane_start s[LANES];
    for (size_t l = 0; l < LANES; l++) {
        s[l] = (titr_lane_start){l, &lab->cohort.child[child], &lab->titrated[child], lab->e->seed,
                                 episode};
    }
    return titr_env_reset(env, s, LANES, err);
}

/* Play all lanes through the course; lane l follows day[l] from decision `from` for a day.
 * @param[out] score [LANES] of that day and its tail. @param[out] sum [LANES] of all. */
static titr_status play(titr_env *env, const course *c, size_t from, size_t to,
                        titr_dose (*day)[DAY], double *score, tally *sum, titr_error *err)
{
    const titr_env_view *v = titr_env_look(env);
    memset(sum, 0, LANES * sizeof *sum);
    memset(score, 0, LANES * sizeof *score);
    for (size_t k = 0; k < to; k++) {
        titr_dose dose[LANES];
        const int own = day != NULL && k >= from && k < from + DAY;
        const double weight = k < from ? 0.0 : k < from + DAY ? 1.0 : 0.5;
        for (size_t l = 0; l < LANES; l++) {
            const double g = v->glucose_mg_dl[l];
            const int lives = v->end[l] == TITR_END_NONE,
                      in = g >= TITR_LOW_MG_DL && g <= TITR_HIGH_MG_DL;
            dose[l] = own ? day[l][k - from] : c->dose[k];
            sum[l].in_range += lives && in;
            sum[l].low += lives && g < TITR_LOW_MG_DL;
            sum[l].decisions += 1.0;
            score[l] += lives ? weight * (in - RISK_WEIGHT * titr_risk_magni(g)) : 0.0;
        }
        TITR_TRY(titr_env_step(env, dose, err));
    }
    for (size_t l = 0; l < LANES; l++) {
        sum[l].failed = v->end[l] == TITR_END_TERMINATED || v->end[l] == TITR_END_FAULT;
        score[l] -= sum[l].failed ? 100.0 * DAY : 0.0;
    }
    return TITR_OK;
}

/* What is announced when, by living the days once. */
static titr_status read_meals(titr_env *env, course *c, titr_error *err)
{
    const titr_env_view *v = titr_env_look(env);
    for (size_t k = 0; k < (c->days + 1) * DAY; k++) {
        titr_dose dose[LANES] = {{0.0, 0.0}};
        c->carbs_g[k] = v->record.col[TITR_OBS_CARBS_ANNOUNCED][0];
        for (size_t l = 0; l < LANES; l++) {
            dose[l] = (titr_dose){c->therapy->basal_u_per_h[0], ratio_u(c, k)};
        }
        TITR_TRY(titr_env_step(env, dose, err));
    }
    return TITR_OK;
}

/* The cross-entropy search of one day. */
typedef struct search {
    double mean[DIM], spread[DIM], x[LANES][DIM], best[DIM], best_score;
    titr_dose day[LANES][DAY];
    titr_rng_key key;
    uint32_t drawn;
} search;

static void begin(search *s)
{
    s->best_score = -HUGE_VAL;
    for (size_t i = 0; i < DIM; i++) {
        const int lead = i >= SEGMENTS && (i - SEGMENTS) % 2 == 1;
        s->mean[i] = lead ? 0.25 : 1.0;
        s->spread[i] = lead ? 0.25 : 0.5;
    }
}

static void draw_plans(search *s, const course *c, size_t from)
{
    for (size_t l = 0; l < LANES; l++) {
        for (size_t i = 0; i < DIM; i++) {
            const double z = titr_rng_normal(s->key, s->drawn++);
            s->x[l][i] = l == 0 ? s->mean[i] : s->mean[i] + s->spread[i] * z;
        }
        prescribe(c, from, s->x[l], s->day[l]);
    }
}

/* The ELITE best plans make the next mean and spread. */
static void learn(search *s, const double *score)
{
    double left[LANES], sum[DIM] = {0.0}, squares[DIM] = {0.0};
    memcpy(left, score, sizeof left);
    for (size_t e = 0; e < ELITE; e++) {
        size_t best = 0;
        for (size_t l = 1; l < LANES; l++) {
            best = left[l] > left[best] ? l : best;
        }
        if (e == 0 && left[best] > s->best_score) {
            s->best_score = left[best];
            memcpy(s->best, s->x[best], sizeof s->best);
        }
        for (size_t i = 0; i < DIM; i++) {
            sum[i] += s->x[best][i];
            squares[i] += s->x[best][i] * s->x[best][i];
        }
        left[best] = -HUGE_VAL;
    }
    for (size_t i = 0; i < DIM; i++) {
        const double mean = sum[i] / ELITE;
        const double spread = sqrt(fmax(0.0, squares[i] / ELITE - mean * mean));
        s->mean[i] = 0.3 * s->mean[i] + 0.7 * mean;
        s->spread[i] = fmax(SMALLEST, 0.3 * s->spread[i] + 0.7 * spread);
    }
}

/* Find day `d` and write it into the course. */
static titr_status plan_day(titr_env *env, const titri_lab *lab, size_t child, uint32_t episode,
                            course *c, size_t d, titr_error *err)
{
    search *s = calloc(1, sizeof *s);
    double score[LANES];
    tally sum[LANES];
    titr_status st = s != NULL ? TITR_OK : titr_fail(err, TITR_ERR_NOMEM, "no memory for a search");
    if (st == TITR_OK) {
        begin(s);
        s->key = (titr_rng_key){.seed = lab->e->seed,
                                .purpose = TITR_PURPOSE_TEST,
                                .patient = lab->cohort.child[child].patient.key,
                                .episode = (uint32_t)d};
    }
    for (int g = 0; st == TITR_OK && g < GENERATIONS; g++) {
        draw_plans(s, c, d * DAY);
        st = start(env, lab, child, episode, err);
        st = st == TITR_OK ? play(env, c, d * DAY, (d + 1) * DAY + TAIL, s->day, score, sum, err)
                           : st;
        if (st == TITR_OK) {
            learn(s, score);
        }
    }
    if (st == TITR_OK) {
        prescribe(c, d * DAY, s->best, &c->dose[d * DAY]);
    }
    free(s);
    return st;
}

/* One child: plain regimen and best plan on the same days. */
static titr_status search_child(const titri_lab *lab, size_t child, size_t days, uint32_t episode,
                                tally *usual, tally *best, titr_error *err)
{
    titr_env_def def = titri_lab_env(lab, 0, 1);
    titr_env *env = NULL;
    double score[LANES];
    tally sum[LANES];
    def.horizon_min = (double)(days + 1) * TITR_MIN_PER_DAY;
    course *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a course of %zu days", days);
    }
    c->therapy = &lab->titrated[child];
    c->days = days;
    titr_status st = titr_env_create(&def, LANES, &env, err);
    st = st == TITR_OK ? start(env, lab, child, episode, err) : st;
    st = st == TITR_OK ? read_meals(env, c, err) : st;
    plain(c, 0, (days + 1) * DAY);
    for (size_t d = 0; st == TITR_OK && d <= days; d++) {
        st = start(env, lab, child, episode, err);
        st = st == TITR_OK ? play(env, c, 0, days * DAY, NULL, score, sum, err) : st;
        *(d == 0 ? usual : best) = sum[0];
        if (st == TITR_OK && d < days) {
            st = plan_day(env, lab, child, episode, c, d, err);
        }
    }
    titr_env_destroy(env);
    free(c);
    return st;
}

static double percent(double part, double of)
{
    return 100.0 * part / of;
}

/* @return children whose ceiling is not below standard care. */
static int show(const titri_lab *lab, const tally *usual, const tally *best)
{
    double sum[4] = {0.0};
    int ok = 0;
    (void)printf("%-10s %24s %34s\n", "", "basal, carbohydrate / CR", "best plan found (ceiling)");
    (void)printf("%-10s %12s %12s %12s %8s %8s\n", "child", "TIR itt %", "<70 %", "TIR itt %",
                 "<70 %", "failed");
    for (size_t c = 0; c < lab->cohort.n; c++) {
        const double row[] = {percent(usual[c].in_range, usual[c].decisions),
                              percent(usual[c].low, usual[c].decisions),
                              percent(best[c].in_range, best[c].decisions),
                              percent(best[c].low, best[c].decisions)};
        (void)printf("%-10s %12.1f %12.2f %12.1f %8.2f %8s\n", lab->cohort.child[c].patient.id,
                     row[0], row[1], row[2], row[3], best[c].failed ? "yes" : "no");
        ok += row[2] >= row[0] && !best[c].failed;
        for (size_t i = 0; i < 4; i++) {
            sum[i] += row[i] / (double)lab->cohort.n;
        }
    }
    (void)printf("%-10s %12.1f %12.2f %12.1f %8.2f\n", "mean", sum[0], sum[1], sum[2], sum[3]);
    return ok;
}

static titr_status search_all(const titri_lab *lab, size_t days, uint32_t episode, tally *usual,
                              tally *best, titr_error *err)
{
    titr_status worst = TITR_OK;
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < lab->cohort.n; c++) {
        titr_error own = {.what = ""};
        const titr_status st = search_child(lab, c, days, episode, &usual[c], &best[c], &own);
        if (st != TITR_OK) {
#pragma omp critical(ceilings)
            {
                worst = st;
                *err = own;
            }
        }
    }
    return worst;
}

int main(int argc, char **argv)
{
    char text[4096];
    tally usual[16] = {{0}}, best[16] = {{0}};
    titr_error err = {.what = ""};
    titri_lab *lab = NULL;
    const long days = argc > 1 ? strtol(argv[1], NULL, 10) : 2;
    const long episode = argc > 2 ? strtol(argv[2], NULL, 10) : 1001;
    titr_experiment *e = calloc(1, sizeof *e);
    if (e == NULL || days < 1 || days > DAYS_MAX || episode < 1) {
        (void)fprintf(stderr, "usage: ceilings [DAYS 1 to %d] [SEED]\n", DAYS_MAX);
        free(e);
        return 2;
    }
    (void)snprintf(text, sizeof text,
                   "experiment = \"ceilings\"; seed = \"20261121\";\n"
                   "body = { model = \"glucose_s2008\"; mode = \"safe\"; };\n"
                   "cohort = { source = \"s2008-published\"; subjects = \"children\"; };\n"
                   "split = { seeds_train = [1, 100]; seeds_test = [1001, 2000]; };\n"
                   "solver = { name = \"rk4\"; step_min = 1.0; steps_while_eating = 1; };\n%s\n",
                   policy);
    titr_status st = titr_config_read_text("ceilings", text, strlen(text), NULL, 0, e, &err);
    if (st == TITR_OK) {
        st = titri_lab_create(e, NULL, &lab, &err);
        st = st == TITR_OK ? search_all(lab, (size_t)days, (uint32_t)episode, usual, best, &err)
                           : st;
        if (st == TITR_OK) {
            const int n = (int)lab->cohort.n, ok = show(lab, usual, best);
            (void)printf("ceilings: compared %d of %d, ok %d, worst %d below standard care (%ld "
                         "days from seed %ld), skipped 0\n",
                         n, n, ok, n - ok, days, episode);
            st = ok == n ? TITR_OK : TITR_ERR_RANGE;
        }
        titri_lab_destroy(lab);
        titr_experiment_fini(e);
    }
    if (err.what[0] != '\0') {
        (void)fprintf(stderr, "%s\n", err.what);
    }
    free(e);
    return st == TITR_OK ? 0 : 1;
}
