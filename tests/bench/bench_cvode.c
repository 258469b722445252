// SPDX-License-Identifier: GPL-3.0-or-later
/* Speed of the CVODE path with its error on the days of support/workload.h, CVODE re-initialised
 * each minute. Time is the thread's CPU time, median of several runs; the error is the largest
 * glucose difference at any minute from the same day at rtol 1e-12.
 * With --hash: a hash of these days by Adams and by BDF instead, to compare two builds.
 */
#include "bench/row.h"
#include "support/body.h"
#include "support/workload.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS 7
#define PEER_PATIENT_MIN_PER_S 40600.0
#define PEER_SOURCE                                                                                \
    "compiled fork of simglucose (tdgfrost/simglucose_with_numba), patient alone, per CPU second"

static titr_status cvode_slot(double rtol, int bdf, titr_slot *slot, titr_error *err)
{
    TITR_TRY(titr_slot_init(slot, titr_solver_find("cvode"), err));
    (void)slot_set(*slot, "rtol", rtol);
    (void)slot_set(*slot, "method", bdf);
    return TITR_OK;
}

static titr_status live(const workload *w, double rtol, int bdf, double *glucose, titr_error *err)
{
    titr_slot slot = {0};
    TITR_TRY(cvode_slot(rtol, bdf, &slot, err));
    const titr_status status = workload_run(w, slot, glucose, err);
    titr_slot_fini(&slot);
    return status;
}

static titr_status measure(const workload *w, double rtol, double *speed, titr_error *err)
{
    titr_slot slot = {0};
    TITR_TRY(cvode_slot(rtol, 0, &slot, err));
    titr_status status = TITR_OK;
    for (size_t r = 0; r < RUNS && status == TITR_OK; r++) {
        status = workload_speed(w, slot, &speed[r], err);
    }
    titr_slot_fini(&slot);
    return status;
}

/* One row: speeds of RUNS, error against `reference`. */
static titr_status print_row(const char *name, const workload *w, double rtol,
                             const double *reference, double *scratch, titr_error *err)
{
    double speed[RUNS];
    TITR_TRY(live(w, rtol, 0, scratch, err));
    TITR_TRY(measure(w, rtol, speed, err));
    char text[200], error[40];
    (void)snprintf(text, sizeof text, WORKLOAD_TEXT ", Adams rtol %g", rtol);
    (void)snprintf(error, sizeof error, "%.2g mg/dL", workload_difference(w, scratch, reference));
    const bench_row row = {.name = name,
                           .unit = "patient-min/s",
                           .workload = text,
                           .peer = PEER_PATIENT_MIN_PER_S,
                           .peer_source = PEER_SOURCE,
                           .error = error};
    bench_print(&row, speed, RUNS);
    return TITR_OK;
}

/* FNV-1a over the bits of every minute's glucose. */
static titr_status print_hash(const workload *w, double *scratch, titr_error *err)
{
    for (int bdf = 0; bdf < 2; bdf++) {
        uint64_t hash = 14695981039346656037U;
        TITR_TRY(live(w, 1e-8, bdf, scratch, err));
        const unsigned char *bytes = (const unsigned char *)scratch;
        for (size_t i = 0; i < w->n_minutes * sizeof *scratch; i++) {
            hash = (hash ^ bytes[i]) * 1099511628211U;
        }
        (void)printf("%s %016" PRIx64 "\n", bdf ? "bdf" : "adams", hash);
    }
    return TITR_OK;
}

static titr_status print_rows(const workload *w, double *reference, double *scratch,
                              titr_error *err)
{
    TITR_TRY(live(w, 1e-12, 0, reference, err));
    TITR_TRY(print_row("s2008_cvode_patient_min_per_s", w, 1e-6, reference, scratch, err));
    return print_row("s2008_cvode_default_patient_min_per_s", w, 1e-8, reference, scratch, err);
}

int main(int argc, char **argv)
{
    const int hash = argc > 1 && strcmp(argv[1], "--hash") == 0;
    titr_error err = {0};
    workload w;
    titr_status status = workload_init(&w, &err);
    double *reference = calloc(w.n_minutes + 1, sizeof *reference);
    double *scratch = calloc(w.n_minutes + 1, sizeof *scratch);
    if (reference == NULL || scratch == NULL) {
        status = titr_fail(&err, TITR_ERR_NOMEM, "no memory");
    } else if (status == TITR_OK) {
        status = hash ? print_hash(&w, scratch, &err) : print_rows(&w, reference, scratch, &err);
    }
    if (status != TITR_OK) {
        (void)fprintf(stderr, "bench cvode: %s\n", err.what);
    }
    free(scratch);
    free(reference);
    workload_fini(&w);
    return status == TITR_OK ? 0 : 1;
}
