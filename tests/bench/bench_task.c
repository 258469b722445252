// SPDX-License-Identifier: GPL-3.0-or-later
/* Speed of the benchmark tasks' environments alone: random levels, ended lanes started afresh. */
#include "bench/row.h"
#include "titrate/env/task.h"

#include <stdio.h>
#include <stdlib.h>

#define LANES 256
#define STEPS 20000
#define RUNS 9

static const struct {
    const char *name, *task, *workload;
    double peer;
    const char *peer_source;
} loads[] = {
    {"task_cartpole_steps_per_s", "cartpole",
     "256 lanes, random levels made before, resets of ended lanes included; one core, CPU time",
     270000.0, "Gymnasium 0.29.1, make(), one core: 270 k"},
    {"task_frozen_lake_steps_per_s", "frozen_lake",
     "256 lanes of the slippery 4 x 4 lake, likewise", 0.0, NULL},
};

/* Start every lane that has ended. */
static titr_status start_ended(titr_env *env, titr_lane_start *start, uint32_t *episode,
                               titr_error *err)
{
    const titr_end *end = titr_env_look(env)->end;
    for (size_t l = 0; l < LANES; l++) {
        if (end[l] != TITR_END_NONE) {
            start[l].episode = ++*episode;
            TITR_TRY(titr_env_reset(env, &start[l], 1, err));
        }
    }
    return TITR_OK;
}

static titr_status play(titr_env *env, const titr_child *child, int *const *level, double *per_s,
                        titr_error *err)
{
    titr_lane_start start[LANES];
    uint32_t episode = 0;
    for (size_t l = 0; l < LANES; l++) {
        start[l] = (titr_lane_start){.lane = l, .child = child, .seed = 1};
    }
    for (size_t run = 0; run < RUNS; run++) {
        const double before = timing_cpu_s();
        for (size_t k = 0; k < STEPS; k++) {
            TITR_TRY(start_ended(env, start, &episode, err));
            TITR_TRY(titr_env_step_levels(env, level[k % 64], err));
        }
        per_s[run] = (double)STEPS * LANES / (timing_cpu_s() - before);
    }
    return TITR_OK;
}

static titr_status bench(size_t i, titr_error *err)
{
    static int choice[64][LANES];
    int *level[64];
    double per_s[RUNS] = {0.0};
    titr_slot task = {NULL, NULL};
    titr_env *env = NULL;
    titr_child child;
    TITR_TRY(titr_slot_init(&task, titr_task_find(loads[i].task), err));
    const uint32_t n_levels = (uint32_t)titr_task_shape_of(task).n_levels;
    for (uint32_t k = 0; k < 64; k++) {
        const titr_rng_key key = {.seed = 1, .purpose = TITR_PURPOSE_TEST, .episode = k};
        level[k] = choice[k];
        for (uint32_t l = 0; l < LANES; l++) {
            choice[k][l] = (int)titr_rng_below(key, l, n_levels);
        }
    }
    titr_task_child(task, &child);
    titr_status status = titr_task_env_create(task, LANES, NULL, &env, err);
    status = status == TITR_OK ? play(env, &child, level, per_s, err) : status;
    if (status == TITR_OK) {
        const bench_row row = {.name = loads[i].name,
                               .unit = "steps/s",
                               .workload = loads[i].workload,
                               .peer = loads[i].peer,
                               .peer_source = loads[i].peer_source};
        bench_print(&row, per_s, RUNS);
    }
    titr_env_destroy(env);
    titr_slot_fini(&task);
    return status;
}

int main(void)
{
    titr_error err = {.what = ""};
    titr_status status = TITR_OK;
    for (size_t i = 0; i < sizeof loads / sizeof loads[0] && status == TITR_OK; i++) {
        status = bench(i, &err);
    }
    if (status != TITR_OK) {
        (void)fprintf(stderr, "bench task: %s\n", err.what);
    }
    return status == TITR_OK ? 0 : 1;
}
