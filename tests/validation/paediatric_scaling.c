// SPDX-License-Identifier: GPL-3.0-or-later
/* ./dev validate paediatric-scaling [CHILDREN]: so many children (2,000) of 2 to 18 years of each
 * body, tested in silico, beside what clinics have found (titrate/cohort/clinic.h). Holds: no more
 * than two figures of a body are missed, and no more than 5 % of the drawn bodies were not viable.
 */
#include "titrate/cohort/clinic.h"
#include "titrate/cohort/sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MISSED_MOST 2
#define REJECTED_MOST_PERCENT 5.0

static const char *const bodies[] = {"glucose_s2008", "glucose_hovorka"};
enum { N_BODIES = sizeof bodies / sizeof bodies[0] };

typedef struct tally {
    size_t cells, held, missed; /* of a body */
} tally;

static void show_range(const double *range)
{
    if (isnan(range[0])) {
        (void)printf("%15s", "-");
    } else if (range[0] == range[1]) {
        (void)printf("%15.3g", range[0]);
    } else {
        char text[32];
        (void)snprintf(text, sizeof text, "%.3g to %.3g", range[0], range[1]);
        (void)printf("%15s", text);
    }
}

static void count(tally *t, int judged, int holds)
{
    t->cells += judged ? 1 : 0;
    t->held += judged && holds ? 1 : 0;
    t->missed += judged && !holds ? 1 : 0;
}

static void show_figure(const titr_clinic_figure *f, const titr_cohort *cohort,
                        const titr_measured *is, tally *t)
{
    const titr_clinic_match m = titr_clinic_compare(f, cohort, is);
    (void)printf("  %-23s %2.0f-%2.0f a %5zu %8.3g", titr_clinic_name(f->quantity), f->age_years[0],
                 f->age_years[1], m.n, m.mean);
    show_range(f->mean);
    (void)printf(" %-4s %8.3g", m.mean_holds ? "" : "MISS", m.sd);
    show_range(f->sd);
    (void)printf(" %-4s %-8s %s\n", m.sd_holds ? "" : "MISS", titr_clinic_basis_name(f->basis),
                 f->source);
    count(t, 1, m.mean_holds);
    count(t, !isnan(f->sd[0]), m.sd_holds);
}

static titr_status check_body(const char *name, size_t n, tally *t, double *rejected_percent,
                              titr_error *err)
{
    const titr_model_type *model = titr_model_find(name);
    titr_sample sample = titr_sample_init();
    titr_cohort cohort = {0};
    sample.n = (int64_t)n;
    TITR_TRY(titr_cohort_load(&(titr_cohort_request){.source = "sample", .sample = &sample}, model,
                              &cohort, err));
    titr_measured *is = calloc(n, sizeof *is);
    titr_status status = is == NULL ? titr_fail(err, TITR_ERR_NOMEM, "no memory")
                                    : titr_cohort_measure(&cohort, model, is, err);
    if (status == TITR_OK) {
        size_t n_figures = 0;
        const titr_clinic_figure *f = titr_clinic_figures(&n_figures);
        (void)printf("\n%s: %s\n  %-23s %7s %5s %8s %14s %5s %8s %14s\n", name, cohort.note,
                     "quantity", "age", "n", "mean", "clinic", "", "SD", "clinic");
        for (size_t i = 0; i < n_figures; i++) {
            show_figure(&f[i], &cohort, is, t);
        }
        *rejected_percent = cohort.rejected_percent;
    }
    free(is);
    titr_cohort_fini(&cohort);
    return status;
}

int main(int argc, char **argv)
{
    const size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
    tally all = {0};
    int holds = n > 0;
    double worst = 0.0;
    for (size_t b = 0; b < N_BODIES && holds; b++) {
        titr_error err = {0};
        tally t = {0};
        double rejected_percent = 0.0;
        if (check_body(bodies[b], n, &t, &rejected_percent, &err) != TITR_OK) {
            (void)fprintf(stderr, "paediatric-scaling: %s\n", err.what);
            return 1;
        }
        holds = t.missed <= MISSED_MOST && rejected_percent <= REJECTED_MOST_PERCENT;
        (void)printf("  %zu of %zu cells held, %.1f %% of the bodies rejected\n", t.held, t.cells,
                     rejected_percent);
        all.cells += t.cells;
        all.held += t.held;
        worst = fmax(worst, rejected_percent);
    }
    (void)printf(
        "\npaediatric-scaling: compared %zu of %zu, ok %zu, worst %.2g %% rejected (bound %g "
        "%%, and two cells of a body missed), skipped 0\n",
        all.cells, all.cells, all.held, worst, REJECTED_MOST_PERCENT);
    return holds ? 0 : 1;
}
