// SPDX-License-Identifier: GPL-3.0-or-later
/* Speed of writing trajectories, with Fletcher32 in each case. What is written is what a simulation
 * left: fortnights of 5-minute decisions of the published children under three policies, with a
 * noisy sensor and a pump that gives whole pulses; a run is all of them, again and again. Nothing
 * is constant that is not so in a real run, and 32 kB, as far as gzip looks back, are less than any
 * two equal episodes are apart.
 *
 * Speed of one core: the thread's CPU time from opening to the final name, median of several runs.
 * Speedups: elapsed time of one thread over that of two, each pair one after the other. Beside them
 * stands what two threads gain that only count, in the same minute: a machine that is busy with
 * other things has no second core to give.
 */
#include "bench/row.h"
#include "titrate/config/config.h"
#include "titrate/runner/runner.h"
#include "titrate/store/store.h"

#include <omp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUNS 5
#define ROUNDS 6 /* times all episodes are written */
#define WORKLOAD                                                                                   \
    "%zu decisions of %zu different episodes of 14 d (10 published children, basal-bolus, low "    \
    "suspend and PID, noisy CGM, pump of 0.05 U), %s, file in memory, %.3g bytes per decision, %s"

static const char config[] =
    "experiment = \"bench_log\"; seed = \"20261121\";\n"
    "cohort = { subjects = \"children\"; };\n"
    "split = { folds = 2; seeds_train = [1, 8]; seeds_test = [1001, 1004]; };\n"
    "scenario = { horizon_days = 14.0; decision_interval_min = 5.0;\n"
    "  parts = ( { name = \"meals_energy\"; } ); };\n"
    "sensor = { name = \"cgm_breton_2008\"; sample_time_min = 5.0; };\n"
    "delivery = { name = \"pump\"; basal_step_u_per_h = 0.05; pulse_u = 0.05; };\n"
    "solver = { name = \"rk4\"; step_min = 1.0; };\n"
    "evaluate = { constant_levels = false; };\n"
    "policies = ( { name = \"bb\"; agent = \"basal_bolus\"; },\n"
    "  { name = \"low_suspend\"; agent = \"low_suspend\"; of = \"bb\"; },\n"
    "  { name = \"pid\"; agent = \"pid\"; } );\n";

/* What is written, and where. */
typedef struct load {
    char folder[128];
    titr_trajectory *t; /* [n] */
    size_t n, decisions;
} load;

static void path_of(const load *l, const char *name, char path[256])
{
    (void)snprintf(path, 256, "%s/%s.h5", l->folder, name);
}

static titr_status read_episodes(load *l, titr_reader *r, titr_error *err)
{
    l->n = titr_reader_episodes(r);
    l->t = calloc(l->n, sizeof *l->t);
    if (l->t == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory");
    }
    for (size_t k = 0; k < l->n; k++) {
        titr_trajectory_init(&l->t[k]);
        TITR_TRY(titr_reader_episode(r, k, &l->t[k], err));
        l->decisions += l->t[k].n;
    }
    l->decisions *= ROUNDS;
    return TITR_OK;
}

static titr_status simulate(load *l, titr_error *err)
{
    char path[256], folder[160];
    const char *override = folder;
    titr_experiment e;
    titr_summary s;
    titr_reader *r = NULL;
    (void)snprintf(folder, sizeof folder, "output.folder=\"%s\"", l->folder);
    TITR_TRY(
        titr_config_read_text("bench_log.cfg", config, sizeof config - 1, &override, 1, &e, err));
    titr_status status = titr_evaluate(&e, 0, NULL, &s, err);
    titr_experiment_fini(&e);
    TITR_TRY(status);
    titr_summary_fini(&s);
    path_of(l, "bench_log", path);
    TITR_TRY(titr_reader_open(path, &r, err));
    status = read_episodes(l, r, err);
    titr_reader_close(r);
    (void)unlink(path);
    return status;
}

/* One run. @param[out] bytes of the file, or NULL. */
static titr_status write_run(const load *l, const char *name, titr_compression compression,
                             double *bytes, titr_error *err)
{
    char path[256];
    struct stat st;
    titr_writer *w = NULL;
    path_of(l, name, path);
    TITR_TRY(titr_writer_open(path, compression, 0, NULL, &w, err));
    for (size_t k = 0; k < ROUNDS * l->n; k++) {
        const titr_status status = titr_writer_append(w, &l->t[k % l->n], err);
        if (status != TITR_OK) {
            titr_writer_abort(w);
            return status;
        }
    }
    TITR_TRY(titr_writer_commit(w, err));
    if (bytes != NULL && stat(path, &st) == 0) {
        *bytes = (double)st.st_size;
    }
    (void)unlink(path);
    return TITR_OK;
}

/* @param[in] error text, or NULL. */
static void print_row(const char *name, double *value, const char *unit, const load *l,
                      const char *how, double bytes, const char *clock, const char *error)
{
    char workload[400];
    (void)snprintf(workload, sizeof workload, WORKLOAD, l->decisions, l->n, how,
                   bytes / (double)l->decisions, clock);
    const bench_row row = {.name = name, .unit = unit, .workload = workload, .error = error};
    bench_print(&row, value, RUNS);
}

static titr_status print_speed(const char *name, const load *l, titr_compression compression,
                               const char *how, titr_error *err)
{
    double speed[RUNS], bytes = 0.0;
    omp_set_num_threads(1);
    for (size_t r = 0; r < RUNS; r++) {
        const double before = timing_cpu_s();
        TITR_TRY(write_run(l, "one", compression, &bytes, err));
        speed[r] = (double)l->decisions / (timing_cpu_s() - before);
    }
    print_row(name, speed, "decisions/s", l, how, bytes, "one core", NULL);
    return TITR_OK;
}

/* --- two threads --- */

/* What only counts: a hundred million steps that depend on each other. */
static void *count(void *data)
{
    uint32_t *state = data;
    for (uint32_t i = 0; i < 100000000U; i++) {
        *state = *state * 1664525U + 1013904223U;
    }
    return NULL;
}

/* Elapsed time of twice counting over that of counting twice at once. */
static double plain_speedup(void)
{
    uint32_t state[2] = {1, 2};
    pthread_t thread;
    const double start = timing_wall_s();
    (void)count(&state[0]);
    (void)count(&state[1]);
    const double middle = timing_wall_s();
    if (pthread_create(&thread, NULL, count, &state[1]) != 0) {
        return 0.0;
    }
    (void)count(&state[0]);
    (void)pthread_join(thread, NULL);
    return (middle - start) / (timing_wall_s() - middle);
}

/* @param[in] plain [RUNS] beside each of `ratio`. */
static void print_ratio(const char *name, double *ratio, double *plain, const load *l, double bytes,
                        const char *clock)
{
    char beside[64];
    (void)snprintf(beside, sizeof beside, "threads that only count gain %.3g",
                   timing_median(plain, RUNS));
    print_row(name, ratio, "1", l, "shuffle and gzip 1", bytes, clock, beside);
}

/* One file, filtered by one thread and by two. */
static titr_status print_speedup(const load *l, titr_error *err)
{
    double ratio[RUNS], plain[RUNS], bytes = 0.0;
    for (size_t r = 0; r < RUNS; r++) {
        double elapsed[2];
        plain[r] = plain_speedup();
        for (int threads = 1; threads <= 2; threads++) {
            omp_set_num_threads(threads);
            const double before = timing_wall_s();
            TITR_TRY(write_run(l, "one", TITR_COMPRESS_GZIP, &bytes, err));
            elapsed[threads - 1] = timing_wall_s() - before;
        }
        ratio[r] = elapsed[0] / elapsed[1];
    }
    print_ratio("log_two_thread_speedup", ratio, plain, l, bytes,
                "elapsed time of one thread over that of two, one file");
    return TITR_OK;
}

/* A thread with a file of its own. */
typedef struct writer {
    const load *l;
    const char *name;
    titr_status status;
    titr_error err;
} writer;

static void *write_alone(void *data)
{
    writer *w = data;
    omp_set_num_threads(1); /* of this thread's own regions */
    w->status = write_run(w->l, w->name, TITR_COMPRESS_GZIP, NULL, &w->err);
    return NULL;
}

static titr_status write_two(const load *l, titr_error *err)
{
    writer w[2] = {{.l = l, .name = "one"}, {.l = l, .name = "two"}};
    pthread_t thread;
    if (pthread_create(&thread, NULL, write_alone, &w[1]) != 0) {
        return titr_fail(err, TITR_ERR_NOMEM, "no thread");
    }
    (void)write_alone(&w[0]);
    (void)pthread_join(thread, NULL);
    const writer *failed = w[0].status != TITR_OK ? &w[0] : &w[1];
    *err = failed->err;
    return failed->status;
}

/* Two files, by two threads at once and by one thread in turn. */
static titr_status print_writers_speedup(const load *l, double bytes, titr_error *err)
{
    double ratio[RUNS], plain[RUNS];
    omp_set_num_threads(1);
    for (size_t r = 0; r < RUNS; r++) {
        plain[r] = plain_speedup();
        const double start = timing_wall_s();
        TITR_TRY(write_run(l, "one", TITR_COMPRESS_GZIP, &bytes, err));
        TITR_TRY(write_run(l, "two", TITR_COMPRESS_GZIP, &bytes, err));
        const double middle = timing_wall_s();
        TITR_TRY(write_two(l, err));
        ratio[r] = (middle - start) / (timing_wall_s() - middle);
    }
    print_ratio("log_two_writers_speedup", ratio, plain, l, bytes,
                "elapsed time of one thread over that of two, a file each");
    return TITR_OK;
}

static titr_status print_rows(load *l, titr_error *err)
{
    TITR_TRY(simulate(l, err));
    TITR_TRY(print_speed("log_decisions_per_s", l, TITR_COMPRESS_GZIP, "shuffle and gzip 1", err));
    TITR_TRY(print_speed("log_uncompressed_decisions_per_s", l, TITR_COMPRESS_NONE, "uncompressed",
                         err));
    TITR_TRY(print_speedup(l, err));
    return print_writers_speedup(l, 0.0, err);
}

int main(void)
{
    titr_error err = {.what = ""};
    load l = {.folder = ""};
    /* in memory: a disk's speed is not the program's */
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(l.folder, sizeof l.folder, "%s/titrate_bench_XXXXXX", base);
    if (mkdtemp(l.folder) == NULL) {
        (void)fprintf(stderr, "bench log: no folder in %s\n", base);
        return 1;
    }
    const titr_status status = print_rows(&l, &err);
    if (status != TITR_OK) {
        (void)fprintf(stderr, "bench log: %s\n", err.what);
    }
    for (size_t k = 0; l.t != NULL && k < l.n; k++) {
        titr_trajectory_fini(&l.t[k]);
    }
    free(l.t);
    (void)rmdir(l.folder);
    return status == TITR_OK ? 0 : 1;
}
