// SPDX-License-Identifier: GPL-3.0-or-later
/* ./dev validate work-precision [FOLDER]: speed of every solver against its error, from loose to
 * tight, on the days of support/workload.h. Holds: the error falls from each setting to the next;
 * no setting errs more than is documented for it, and each solver's default is among those;
 * the reference, cvode by Adams at rtol 1e-12, differs by next to nothing from BDF, another
 * method, and from rkck, another library. With FOLDER, writes the table and a picture there.
 *
 * Speeds are of the thread's CPU time; all methods take turns, so that a busy machine slows all of
 * them alike. */
#include "work_precision.h"

#include "support/batch.h"
#include "support/body.h"
#include "support/timing.h"
#include "support/workload.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define RUNS 7
#define CHILDREN 400 /* of a series in blocks: the ten over and over */
#define TIGHT 1e-12
#define N_JUDGES 2 /* series 1 and 2 judge series 0, which is the reference */
#define REFERENCES_APART_MG_DL 1e-7

#define RTOLS(bound_6, bound_8)                                                                    \
    .option = "rtol", .unit = "", .n = 7,                                                          \
    .point = {                                                                                     \
        {.setting = 1e-4},                                                                         \
        {.setting = 1e-5},                                                                         \
        {.setting = 1e-6, .bound_mg_dl = (bound_6)},                                               \
        {.setting = 1e-7},                                                                         \
        {.setting = 1e-8, .bound_mg_dl = (bound_8)},                                               \
        {.setting = 1e-9},                                                                         \
        {.setting = 1e-10},                                                                        \
    }

#define RK4_STEPS                                                                                  \
    .solver = "rk4", .option = "step_min", .unit = "min", .n = 4,                                  \
    .point = {                                                                                     \
        {.setting = 1.0, .bound_mg_dl = 0.2},                                                      \
        {.setting = 0.5, .bound_mg_dl = 5e-3},                                                     \
        {.setting = 0.25},                                                                         \
        {.setting = 0.125},                                                                        \
    }

static wp_series all_series[WP_SERIES] = {
    {.label = "cvode, Adams", .solver = "cvode", RTOLS(0.0, 2e-3)},
    {.label = "cvode, BDF", .solver = "cvode", .bdf = 1, RTOLS(0.0, 2e-3)},
    {.label = "rkck", .solver = "rkck", RTOLS(1e-3, 0.0)},
    {.label = "rk4", RK4_STEPS},
    {.label = "rk4, 8 lanes", .in_blocks = 1, RK4_STEPS},
};

/* How often it was compared, and what came out. */
typedef struct tally {
    size_t n, ok;
    double worst; /* error over its bound */
    char where[64];
} tally;

static void count(tally *t, int ok, double share, const char *where)
{
    t->n++;
    t->ok += ok != 0;
    if (!(share <= t->worst)) {
        t->worst = share;
        (void)snprintf(t->where, sizeof t->where, "%s", where);
    }
}

/* ---- measuring ---- */

static titr_status open_slot(const wp_series *s, double setting, titr_slot *slot, titr_error *err)
{
    TITR_TRY(titr_slot_init(slot, titr_solver_find(s->solver), err));
    const int known =
        slot_set(*slot, s->option, setting) && (s->bdf == 0 || slot_set(*slot, "method", s->bdf));
    return known ? TITR_OK : titr_fail(err, TITR_ERR_NOT_FOUND, "%s has no such option", s->label);
}

/* The same by blocks of lanes, with the widest vectors that there are. */
static titr_status live_in_blocks(const workload *w, titr_slot slot, double *glucose, double *speed,
                                  titr_error *err)
{
    batch b = {0};
    titr_variant wide = TITR_L8;
    TITR_TRY(titr_variant_wide(0, &wide, err));
    titr_status status = batch_init(&b, w, slot, wide, CHILDREN, err);
    const double before = timing_cpu_s();
    status = status == TITR_OK ? batch_day(&b, glucose, err) : status;
    if (speed != NULL) {
        *speed = CHILDREN * (double)WORKLOAD_DAY_MIN / (timing_cpu_s() - before);
    }
    batch_fini(&b);
    return status;
}

static titr_status live_one_by_one(const workload *w, titr_slot slot, double *glucose,
                                   double *speed, titr_error *err)
{
    TITR_TRY(glucose != NULL ? workload_run(w, slot, glucose, err) : TITR_OK);
    return speed != NULL ? workload_speed(w, slot, speed, err) : TITR_OK;
}

/* @param[out] glucose, speed where they are wanted */
static titr_status live(const workload *w, const wp_series *s, double setting, double *glucose,
                        double *speed, titr_error *err)
{
    titr_slot slot = {0};
    titr_status status = open_slot(s, setting, &slot, err);
    if (status == TITR_OK) {
        status = s->in_blocks ? live_in_blocks(w, slot, glucose, speed, err)
                              : live_one_by_one(w, slot, glucose, speed, err);
    }
    titr_slot_fini(&slot);
    return status;
}

static titr_status measure_errors(const workload *w, const double *reference, double *scratch,
                                  titr_error *err)
{
    for (wp_series *s = all_series; s < all_series + WP_SERIES; s++) {
        for (wp_point *p = s->point; p < s->point + s->n; p++) {
            TITR_TRY(live(w, s, p->setting, scratch, NULL, err));
            p->error_mg_dl = workload_difference(w, scratch, reference);
        }
    }
    return TITR_OK;
}

static titr_status measure_speeds(const workload *w, titr_error *err)
{
    static double speed[WP_SERIES][WP_POINTS_MAX][RUNS];
    for (size_t r = 0; r < RUNS; r++) {
        for (size_t k = 0; k < WP_SERIES; k++) {
            const wp_series *s = &all_series[k];
            for (size_t i = 0; i < s->n; i++) {
                TITR_TRY(live(w, s, s->point[i].setting, NULL, &speed[k][i][r], err));
            }
        }
    }
    for (size_t k = 0; k < WP_SERIES; k++) {
        for (size_t i = 0; i < all_series[k].n; i++) {
            wp_point *p = &all_series[k].point[i];
            double *of_runs = speed[k][i];
            p->speed = timing_median(of_runs, RUNS); /* sorts */
            p->spread = (of_runs[RUNS - 1] - of_runs[0]) / p->speed;
        }
    }
    return TITR_OK;
}

/* Adams is the reference; the two others judge it. @param[out] apart largest difference */
static titr_status make_reference(const workload *w, double *reference, double *scratch,
                                  double *apart, tally *t, titr_error *err)
{
    TITR_TRY(live(w, &all_series[0], TIGHT, reference, NULL, err));
    *apart = 0.0;
    for (size_t k = 1; k <= N_JUDGES; k++) {
        const wp_series *s = &all_series[k];
        TITR_TRY(live(w, s, TIGHT, scratch, NULL, err));
        const double off = workload_difference(w, scratch, reference);
        char where[64];
        (void)snprintf(where, sizeof where, "%s at %s %g", s->label, s->option, TIGHT);
        (void)printf("reference: %s differs by %.1e mg/dL (bound %g)\n", where, off,
                     REFERENCES_APART_MG_DL);
        count(t, off <= REFERENCES_APART_MG_DL, off / REFERENCES_APART_MG_DL, where);
        *apart = fmax(*apart, off);
    }
    return TITR_OK;
}

/* ---- judging ---- */

static void find_defaults(void)
{
    for (wp_series *s = all_series; s < all_series + WP_SERIES; s++) {
        const titr_part *part = &titr_solver_find(s->solver)->part;
        const titr_option *option = titr_option_find(part->options, part->n_options, s->option);
        for (wp_point *p = s->point; p < s->point + s->n; p++) {
            p->is_default = option != NULL && p->setting == option->init;
        }
    }
}

/* Errors fall, down to what the reference itself may err by. */
static void judge(tally *t, double floor_mg_dl)
{
    for (wp_series *s = all_series; s < all_series + WP_SERIES; s++) {
        for (size_t i = 0; i < s->n; i++) {
            wp_point *p = &s->point[i];
            const double before = i > 0 ? s->point[i - 1].error_mg_dl : HUGE_VAL;
            const double share = p->bound_mg_dl > 0.0 ? p->error_mg_dl / p->bound_mg_dl : 0.0;
            p->ok = (p->error_mg_dl < before || p->error_mg_dl <= floor_mg_dl) && share <= 1.0 &&
                    (!p->is_default || p->bound_mg_dl > 0.0);
            char where[64];
            (void)snprintf(where, sizeof where, "%s at %s %g", s->label, s->option, p->setting);
            count(t, p->ok, share, where);
        }
    }
}

/* Registered solvers without a series, or whose default is not measured. @return how many */
static size_t left_out(char *names, size_t size)
{
    size_t n = 0, missing = 0;
    const titr_solver_type *const *solver = titr_solver_all(&n);
    for (size_t i = 0; i < n; i++) {
        int seen = 0;
        for (const wp_series *s = all_series; s < all_series + WP_SERIES; s++) {
            for (size_t k = 0; k < s->n; k++) {
                seen |= strcmp(s->solver, solver[i]->part.name) == 0 && s->point[k].is_default;
            }
        }
        if (!seen) {
            const size_t at = strlen(names);
            (void)snprintf(names + at, size - at, " %s (default not measured)",
                           solver[i]->part.name);
            missing++;
        }
    }
    return missing;
}

/* ---- telling ---- */

static void print_table(void)
{
    (void)printf("%-14s %-16s %14s %16s %8s  %s\n", "method", "setting", "error, mg/dL",
                 "patient-min/s", "spread", "bound, mg/dL");
    for (const wp_series *s = all_series; s < all_series + WP_SERIES; s++) {
        for (const wp_point *p = s->point; p < s->point + s->n; p++) {
            char setting[32], bound[32] = "";
            (void)snprintf(setting, sizeof setting, "%s %g", s->option, p->setting);
            if (p->bound_mg_dl > 0.0) {
                (void)snprintf(bound, sizeof bound, "%g", p->bound_mg_dl);
            }
            (void)printf("%-14s %-16s %14.2e %16.3g %7.0f%%  %-6s%s%s\n", s->label, setting,
                         p->error_mg_dl, p->speed, 100.0 * p->spread, bound,
                         p->is_default ? " default" : "", p->ok ? "" : " FALLS SHORT");
        }
    }
    (void)printf("(%s; CPU time, median of %d)\n", WORKLOAD_TEXT, RUNS);
}

static int write_table(const char *path)
{
    FILE *f = fopen(path, "w");
    if (f == NULL) {
        return 0;
    }
    (void)fprintf(f, "method,solver,option,setting,is_default,error_mg_dl,bound_mg_dl,"
                     "speed_patient_min_per_s,spread\n");
    for (const wp_series *s = all_series; s < all_series + WP_SERIES; s++) {
        for (const wp_point *p = s->point; p < s->point + s->n; p++) {
            (void)fprintf(f, "\"%s\",%s,%s,%g,%d,%.3e,", s->label, s->solver, s->option, p->setting,
                          p->is_default, p->error_mg_dl);
            if (p->bound_mg_dl > 0.0) {
                (void)fprintf(f, "%g", p->bound_mg_dl);
            }
            (void)fprintf(f, ",%.4g,%.3f\n", p->speed, p->spread);
        }
    }
    return fclose(f) == 0;
}

static titr_status write_files(const char *folder, double floor_mg_dl, titr_error *err)
{
    char table[4096], picture[4096];
    const int n = snprintf(table, sizeof table, "%s/work-precision.csv", folder);
    if (n < 0 || (size_t)n >= sizeof table) {
        return titr_fail(err, TITR_ERR_ARG, "the folder's name is too long");
    }
    (void)snprintf(picture, sizeof picture, "%s/work-precision.svg", folder);
    if ((mkdir(folder, 0777) != 0 && errno != EEXIST) || !write_table(table) ||
        !wp_draw(picture, all_series, floor_mg_dl)) {
        return titr_fail(err, TITR_ERR_IO, "%s cannot be written to", folder);
    }
    (void)printf("written: %s, %s\n", table, picture);
    return TITR_OK;
}

static titr_status run(const workload *w, const char *folder, tally *t, titr_error *err)
{
    double apart = 0.0;
    double *reference = calloc(w->n_minutes, sizeof *reference);
    double *scratch = calloc(w->n_minutes, sizeof *scratch);
    titr_status status = reference != NULL && scratch != NULL
                             ? make_reference(w, reference, scratch, &apart, t, err)
                             : titr_fail(err, TITR_ERR_NOMEM, "no memory");
    if (status == TITR_OK) {
        status = measure_errors(w, reference, scratch, err);
    }
    if (status == TITR_OK) {
        status = measure_speeds(w, err);
    }
    if (status == TITR_OK) {
        judge(t, apart);
        print_table();
        status = folder != NULL ? write_files(folder, apart, err) : TITR_OK;
    }
    free(reference);
    free(scratch);
    return status;
}

/* How many comparisons there are. */
static size_t planned(void)
{
    size_t n = N_JUDGES;
    for (const wp_series *s = all_series; s < all_series + WP_SERIES; s++) {
        n += s->n;
    }
    return n;
}

int main(int argc, char **argv)
{
    titr_error err = {0};
    workload w;
    tally t = {.where = ""};
    char skipped[256] = "";
    find_defaults();
    const size_t missing = left_out(skipped, sizeof skipped);
    titr_status status = workload_init(&w, &err);
    if (status == TITR_OK) {
        status = run(&w, argc > 1 ? argv[1] : NULL, &t, &err);
    }
    workload_fini(&w);
    if (status != TITR_OK) {
        (void)printf("%s\n", err.what);
    }
    (void)printf("work-precision: compared %zu of %zu, ok %zu, worst %.2f of its bound (%s), "
                 "skipped %zu%s%s\n",
                 t.n, planned() + missing, t.ok, t.worst, t.where, missing, missing > 0 ? ":" : "",
                 skipped);
    return status == TITR_OK && t.ok == planned() && missing == 0 ? 0 : 1;
}
