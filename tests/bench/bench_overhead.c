// SPDX-License-Identifier: GPL-3.0-or-later
/* What writing trajectories costs beside simulating them: an evaluation that keeps every decision
 * against one that keeps a row per episode, each pair one after the other, CPU time of one thread.
 * Both score every episode. Once with the fast solver, uncompressed; once as the shipped experiment
 * evaluates, with cvode and gzip. */
#include "bench/row.h"
#include "titrate/config/config.h"
#include "titrate/runner/runner.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PAIRS 15

static const char config[] =
    "experiment = \"bench_overhead\"; seed = \"20261121\";\n"
    "cohort = { subjects = \"children\"; };\n"
    "split = { seeds_test = [1001, 1040]; };\n"
    "scenario = { horizon_days = 14.0; decision_interval_min = 5.0;\n"
    "  parts = ( { name = \"meals_energy\"; } ); };\n"
    "sensor = { name = \"cgm_breton_2008\"; sample_time_min = 5.0; };\n"
    "delivery = { name = \"pump\"; basal_step_u_per_h = 0.05; pulse_u = 0.05; };\n"
    "evaluate = { constant_levels = false; };\n"
    "policies = ( { name = \"bb\"; agent = \"basal_bolus\"; } );\n";

typedef struct load {
    const char *name, *workload, *solver, *episodes, *compression; /* the last three: overrides */
} load;

static const load loads[] = {
    {"log_overhead_rk4",
     "10 published children x 15 fortnights of 5-minute decisions, basal-bolus, rk4 at its default "
     "step, scored; every decision kept, uncompressed with Fletcher32, against a row per episode; "
     "CPU time of one thread, file in memory",
     "solver={name=\"rk4\";}", "evaluate.episodes_per_child=15", "record.compression=none"},
    {"log_overhead_cvode",
     "10 published children x 1 fortnight of 5-minute decisions, basal-bolus, cvode as the "
     "shipped "
     "experiment evaluates, scored; every decision kept, gzip 1 with Fletcher32, against a row per "
     "episode; CPU time of one thread, file in memory",
     "solver={name=\"cvode\";method=\"adams\";rtol=1.0e-6;}", "evaluate.episodes_per_child=1",
     "record.compression=gzip"},
};

/* @param[out] seconds of CPU time. */
static titr_status evaluate(const load *l, const char *folder, const char *what, double *seconds,
                            titr_error *err)
{
    char place[160], path[200];
    const char *const override[] = {l->solver, l->episodes, l->compression, what, place};
    titr_experiment e;
    titr_summary s;
    (void)snprintf(place, sizeof place, "output.folder=\"%s\"", folder);
    (void)snprintf(path, sizeof path, "%s/bench_overhead.h5", folder);
    TITR_TRY(titr_config_read_text("bench_overhead.cfg", config, sizeof config - 1, override,
                                   sizeof override / sizeof override[0], &e, err));
    const double before = timing_cpu_s();
    const titr_status status = titr_evaluate(&e, 0, NULL, &s, err);
    *seconds = timing_cpu_s() - before;
    titr_experiment_fini(&e);
    TITR_TRY(status);
    titr_summary_fini(&s);
    (void)unlink(path);
    return TITR_OK;
}

static titr_status print_overhead(const load *l, const char *folder, titr_error *err)
{
    double ratio[PAIRS];
    for (size_t k = 0; k < PAIRS; k++) {
        double summary_s = 0.0, decisions_s = 0.0;
        TITR_TRY(evaluate(l, folder, "record.what=summary", &summary_s, err));
        TITR_TRY(evaluate(l, folder, "record.what=decisions", &decisions_s, err));
        ratio[k] = decisions_s / summary_s;
    }
    const bench_row row = {.name = l->name, .unit = "times", .workload = l->workload};
    bench_print(&row, ratio, PAIRS);
    return TITR_OK;
}

int main(void)
{
    titr_error err = {.what = ""};
    char folder[128];
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(folder, sizeof folder, "%s/titrate_bench_XXXXXX", base);
    if (mkdtemp(folder) == NULL) {
        (void)fprintf(stderr, "bench overhead: no folder in %s\n", base);
        return 1;
    }
    titr_status status = TITR_OK;
    omp_set_num_threads(1);
    for (size_t i = 0; i < sizeof loads / sizeof loads[0] && status == TITR_OK; i++) {
        status = print_overhead(&loads[i], folder, &err);
    }
    if (status != TITR_OK) {
        (void)fprintf(stderr, "bench overhead: %s\n", err.what);
    }
    (void)rmdir(folder);
    return status == TITR_OK ? 0 : 1;
}
