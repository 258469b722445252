// SPDX-License-Identifier: GPL-3.0-or-later
/* Speed of rk4 in blocks of lanes with its error: 1,000 patients live the days of
 * support/workload.h, at steps of 1 and of 0.5 min, with shorter ones while eating and without.
 * Time is the thread's CPU time; the error is the largest glucose difference at any minute from
 * cvode at rtol 1e-12. */
#include "bench/row.h"
#include "support/batch.h"
#include "support/body.h"

#include <stdio.h>
#include <stdlib.h>

#define RUNS 5
#define PATIENTS 1000
#define PEER_PATIENT_MIN_PER_S 900.0
#define PEER_SOURCE                                                                                \
    "simglucose 0.2.11, one process, the fastest of the Python environments measured"
/* One step: 4 right-hand sides of 120 operations (58 *, 60 + and -, 2 /; selects and the bits of
 * the exponential are not counted), 3 shifts of 13 states by 2, and the sum of 13 by 6. Counted in
 * the compiled rhs_safe; docs/performance.md. */
#define FLOP_PER_STEP (4 * 120 + 3 * 13 * 2 + 13 * 6)

static titr_status make(const workload *w, double step_min, double while_eating, size_t n,
                        batch *out, titr_error *err)
{
    titr_slot slot = {0};
    titr_variant wide = TITR_L8;
    TITR_TRY(titr_variant_wide(0, &wide, err));
    TITR_TRY(titr_slot_init(&slot, titr_solver_find("rk4"), err));
    (void)slot_set(slot, "step_min", step_min);
    (void)slot_set(slot, "steps_while_eating", while_eating);
    const titr_status status = batch_init(out, w, slot, wide, n, err);
    titr_slot_fini(&slot);
    return status;
}

static titr_status measure(const workload *w, double step_min, double while_eating, double *speed,
                           titr_error *err)
{
    batch b;
    titr_status status = make(w, step_min, while_eating, PATIENTS, &b, err);
    for (size_t r = 0; r < RUNS && status == TITR_OK; r++) {
        const double before = timing_cpu_s();
        status = batch_day(&b, NULL, err);
        speed[r] = (double)PATIENTS * WORKLOAD_DAY_MIN / (timing_cpu_s() - before);
    }
    batch_fini(&b);
    return status;
}

static titr_status error_of(const workload *w, double step_min, double while_eating,
                            const double *reference, double *error_mg_dl, titr_error *err)
{
    batch b = {0};
    double *ours = calloc(w->n_minutes, sizeof *ours);
    titr_status status = ours != NULL ? make(w, step_min, while_eating, 16, &b, err)
                                      : titr_fail(err, TITR_ERR_NOMEM, "no memory");
    status = status == TITR_OK ? batch_day(&b, ours, err) : status;
    if (status == TITR_OK) {
        *error_mg_dl = workload_difference(w, ours, reference);
    }
    batch_fini(&b);
    free(ours);
    return status;
}

static titr_status print_row(const workload *w, const char *name, double step_min,
                             double while_eating, double flop, const double *reference,
                             titr_error *err)
{
    char text[300], error[40];
    double speed[RUNS], error_mg_dl = 0.0;
    TITR_TRY(error_of(w, step_min, while_eating, reference, &error_mg_dl, err));
    (void)snprintf(error, sizeof error, "%.2g mg/dL", error_mg_dl);
    (void)snprintf(text, sizeof text,
                   "%d patients, " WORKLOAD_TEXT ", rk4 step %g min, %g steps in each while eating",
                   PATIENTS, step_min, while_eating);
    const bench_row row = {.name = name,
                           .unit = "patient-min/s",
                           .workload = text,
                           .peer = PEER_PATIENT_MIN_PER_S,
                           .peer_source = PEER_SOURCE,
                           .error = error,
                           .flop_per_unit = flop};
    TITR_TRY(measure(w, step_min, while_eating, speed, err));
    bench_print(&row, speed, RUNS);
    return TITR_OK;
}

static titr_status print_rows(const workload *w, double *reference, titr_error *err)
{
    titr_slot tight = {0};
    TITR_TRY(titr_slot_init(&tight, titr_solver_find("cvode"), err));
    (void)slot_set(tight, "rtol", 1e-12);
    titr_status status = workload_run(w, tight, reference, err);
    titr_slot_fini(&tight);
    status = status == TITR_OK ? print_row(w, "s2008_batch_patient_min_per_s", 1.0, 1.0,
                                           FLOP_PER_STEP, reference, err)
                               : status;
    status = status == TITR_OK ? print_row(w, "s2008_batch_default_patient_min_per_s", 1.0, 4.0,
                                           0.0, reference, err)
                               : status;
    status = status == TITR_OK ? print_row(w, "s2008_batch_default_half_minute_patient_min_per_s",
                                           0.5, 4.0, 0.0, reference, err)
                               : status;
    return status == TITR_OK ? print_row(w, "s2008_batch_half_minute_patient_min_per_s", 0.5, 1.0,
                                         2 * FLOP_PER_STEP, reference, err)
                             : status;
}

int main(void)
{
    titr_error err = {0};
    workload w;
    titr_status status = workload_init(&w, &err);
    double *reference = calloc(w.n_minutes + 1, sizeof *reference);
    if (reference == NULL) {
        status = titr_fail(&err, TITR_ERR_NOMEM, "no memory");
    }
    status = status == TITR_OK ? print_rows(&w, reference, &err) : status;
    if (status != TITR_OK) {
        (void)fprintf(stderr, "bench batch: %s\n", err.what);
    }
    free(reference);
    workload_fini(&w);
    return status == TITR_OK ? 0 : 1;
}
