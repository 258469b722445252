// SPDX-License-Identifier: GPL-3.0-or-later
/* Whole trainings as a user runs them: CartPole with CleanRL's settings on one thread, and a
 * million decisions of the insulin DQN with a gradient step for every fourth. */
#include "bench/row.h"
#include "titrate/config/config.h"
#include "titrate/runner/runner.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CARTPOLE_STEPS 500000

static titr_status train(const char *config, const char *const *override, size_t n, titr_error *err)
{
    titr_experiment e;
    char path[512];
    TITR_TRY(titr_config_read(config, override, n, &e, err));
    const titr_status status = titr_train(&e, NULL, 0, NULL, NULL, err);
    titr_run_path(&e, ".agents.h5", path, sizeof path);
    (void)unlink(path);
    titr_experiment_fini(&e);
    return status;
}

static titr_status cartpole(const char *place, titr_error *err)
{
    double speed[3];
    const char *const override[] = {place};
    for (size_t k = 0; k < 3; k++) {
        const double before = timing_cpu_s();
        TITR_TRY(train(TITR_SOURCE_DIR "/experiments/tasks/cartpole.cfg", override, 1, err));
        speed[k] = CARTPOLE_STEPS / (timing_cpu_s() - before);
    }
    const bench_row row = {
        .name = "cartpole_steps_per_s",
        .unit = "steps/s",
        .workload = "experiments/tasks/cartpole.cfg: 500,000 steps of DQN with CleanRL's settings "
                    "(net 120-84, batch 128, a gradient step every 10 steps), one thread",
        .peer = 5670.0,
        .peer_source = "CleanRL dqn.py, Gymnasium 0.29.1, torch 1.13 of Debian 12, measured on "
                       "another machine, an AMD EPYC of the Zen 4 kind"};
    bench_print(&row, speed, 3);
    return TITR_OK;
}

static titr_status insulin(const char *place, titr_error *err)
{
    /* learning starts after 20,000 decisions: 250,000 gradient steps */
    const char *const override[] = {place, "split.folds=2", "train.replicates=1",
                                    "train.steps=1020000"};
    const double before = timing_wall_s();
    TITR_TRY(train(TITR_SOURCE_DIR "/experiments/insulin_dqn.cfg", override, 4, err));
    double seconds = timing_wall_s() - before;
    const bench_row row = {
        .name = "insulin_dqn_1m_steps_s",
        .unit = "s",
        .workload = "experiments/insulin_dqn.cfg: 1,020,000 5-minute decisions on ten published "
                    "children, 64 lanes, titration of their settings included, 250,000 gradient "
                    "steps (batch 64, net 13-64-64-10, double, 6 steps), one for every fourth; two "
                    "such trainings side by side, one a core"};
    bench_print(&row, &seconds, 1);
    return TITR_OK;
}

int main(void)
{
    titr_error err = {.what = ""};
    char folder[128], place[160];
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(folder, sizeof folder, "%s/titrate_bench_XXXXXX", base);
    if (mkdtemp(folder) == NULL) {
        (void)fprintf(stderr, "bench training: no folder in %s\n", base);
        return 1;
    }
    (void)snprintf(place, sizeof place, "output.folder=\"%s\"", folder);
    const size_t threads = (size_t)omp_get_max_threads();
    omp_set_num_threads(1); /* the CPU time of this thread is all that is spent */
    titr_status status = cartpole(place, &err);
    omp_set_num_threads((int)threads);
    status = status == TITR_OK ? insulin(place, &err) : status;
    if (status != TITR_OK) {
        (void)fprintf(stderr, "bench training: %s\n", err.what);
    }
    (void)rmdir(folder);
    return status == TITR_OK ? 0 : 1;
}
