// SPDX-License-Identifier: GPL-3.0-or-later
/* Speed of the CVODE path with its error: one day of each published child, inputs changing every
 * minute (basal times 0, 0.5, 1, 1.5 or 2 at random), four meals with boluses, CVODE re-initialised
 * each minute. Time is the thread's CPU time, median of several runs; the error is the largest
 * glucose difference at any minute from the same day at rtol 1e-12.
 * With --hash: a hash of these days by Adams and by BDF instead, to compare two builds.
 */
#include "support/body.h"
#include "titrate/base/rng.h"
#include "titrate/base/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY_MIN 1440
#define RUNS 7
#define PEER_PATIENT_MIN_PER_S 40600.0
#define PEER_SOURCE                                                                                \
    "compiled fork of simglucose (tdgfrost/simglucose_with_numba), patient alone, per CPU second"
#define WORKLOAD                                                                                   \
    "10 published children x 24 h, S2008 safe mode, Adams rtol %g, inputs change every minute, 4 " \
    "meals, one core"

static double cpu_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double meal_g(int t)
{
    static const struct {
        int t;
        double g;
    } meals[] = {{420, 45.0}, {720, 60.0}, {900, 20.0}, {1110, 70.0}};
    for (size_t k = 0; k < sizeof meals / sizeof meals[0]; k++) {
        if (meals[k].t == t) {
            return meals[k].g;
        }
    }
    return 0.0;
}

/* @param[out] glucose NULL or one value per minute. */
static titr_status run_day(const titr_child *child, titr_slot solver, double *glucose,
                           titr_error *err)
{
    const titr_rng_key key = {5, TITR_PURPOSE_TEST, child->patient.key, 0};
    body b = {0};
    titr_status status = body_init(&b, &child->patient, "safe", solver, err);
    const double basal = child->published.basal_u_per_h[0] / TITR_MIN_PER_HOUR;
    for (int t = 0; t < DAY_MIN && status == TITR_OK; t++) {
        const double factor = 0.5 * titr_rng_below(key, (uint32_t)t, 5);
        const double carbs_g = meal_g(t);
        const double bolus_u = carbs_g / child->published.cr_g_per_u[0];
        status = body_minute(&b, carbs_g, basal * factor + bolus_u, err);
        if (status == TITR_OK && b.fault.code != TITR_FAULT_NONE) {
            status = titr_fail(err, TITR_ERR_SOLVER, "%s at %g min", titr_fault_name(b.fault.code),
                               b.fault.time_min);
        }
        if (glucose != NULL) {
            glucose[t] = body_output(&b, "glucose_mg_dl");
        }
    }
    body_fini(&b);
    return status;
}

static titr_status run_cohort(const titr_cohort *cohort, double rtol, int bdf, double *glucose,
                              titr_error *err)
{
    titr_slot slot = {0};
    titr_status status = titr_slot_init(&slot, titr_solver_find("cvode"), err);
    if (status == TITR_OK) {
        (void)slot_set(slot, "rtol", rtol);
        (void)slot_set(slot, "method", bdf);
    }
    for (size_t i = 0; i < cohort->n && status == TITR_OK; i++) {
        status =
            run_day(&cohort->child[i], slot, glucose != NULL ? glucose + i * DAY_MIN : NULL, err);
    }
    titr_slot_fini(&slot);
    return status;
}

static int by_value(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* One row: median speed of RUNS, spread = (max - min) / median, error against `reference`. */
static titr_status print_row(const char *name, const titr_cohort *cohort, double rtol,
                             const double *reference, double *scratch, titr_error *err)
{
    const double minutes = (double)(cohort->n * DAY_MIN);
    double speed[RUNS], error = 0.0;
    TITR_TRY(run_cohort(cohort, rtol, 0, scratch, err));
    for (size_t k = 0; k < cohort->n * DAY_MIN; k++) {
        error = fmax(error, fabs(scratch[k] - reference[k]));
    }
    for (size_t r = 0; r < RUNS; r++) {
        const double before = cpu_s();
        TITR_TRY(run_cohort(cohort, rtol, 0, NULL, err));
        speed[r] = minutes / (cpu_s() - before);
    }
    qsort(speed, RUNS, sizeof *speed, by_value);
    const double median = speed[RUNS / 2];
    (void)printf("{\"name\":\"%s\",\"value\":%.6g,\"unit\":\"patient-min/s\",\"spread\":%.3g,"
                 "\"peer\":%.6g,\"peer_source\":\"%s\",\"workload\":\"" WORKLOAD
                 "\",\"error\":\"%.2g mg/dL\"}\n",
                 name, median, (speed[RUNS - 1] - speed[0]) / median, PEER_PATIENT_MIN_PER_S,
                 PEER_SOURCE, rtol, error);
    return TITR_OK;
}

/* FNV-1a over the bits of every minute's glucose. */
static titr_status print_hash(const titr_cohort *cohort, double *scratch, titr_error *err)
{
    for (int bdf = 0; bdf < 2; bdf++) {
        uint64_t hash = 14695981039346656037U;
        TITR_TRY(run_cohort(cohort, 1e-8, bdf, scratch, err));
        const unsigned char *bytes = (const unsigned char *)scratch;
        for (size_t i = 0; i < cohort->n * DAY_MIN * sizeof *scratch; i++) {
            hash = (hash ^ bytes[i]) * 1099511628211U;
        }
        (void)printf("%s %016" PRIx64 "\n", bdf ? "bdf" : "adams", hash);
    }
    return TITR_OK;
}

static titr_status print_rows(const titr_cohort *cohort, double *reference, double *scratch,
                              titr_error *err)
{
    TITR_TRY(run_cohort(cohort, 1e-12, 0, reference, err));
    TITR_TRY(print_row("s2008_cvode_patient_min_per_s", cohort, 1e-6, reference, scratch, err));
    return print_row("s2008_cvode_default_patient_min_per_s", cohort, 1e-8, reference, scratch,
                     err);
}

int main(int argc, char **argv)
{
    const int hash = argc > 1 && strcmp(argv[1], "--hash") == 0;
    titr_error err = {0};
    titr_cohort cohort = {0};
    titr_status status = titr_cohort_load("s2008-published", NULL, "children",
                                          titr_model_find("glucose_s2008"), &cohort, &err);
    double *reference = calloc(cohort.n * DAY_MIN + 1, sizeof *reference);
    double *scratch = calloc(cohort.n * DAY_MIN + 1, sizeof *scratch);
    if (reference == NULL || scratch == NULL) {
        status = titr_fail(&err, TITR_ERR_NOMEM, "no memory");
    } else if (status == TITR_OK) {
        status = hash ? print_hash(&cohort, scratch, &err)
                      : print_rows(&cohort, reference, scratch, &err);
    }
    if (status != TITR_OK) {
        (void)fprintf(stderr, "bench cvode: %s\n", err.what);
    }
    free(scratch);
    free(reference);
    titr_cohort_fini(&cohort);
    return status == TITR_OK ? 0 : 1;
}
