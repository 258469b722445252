// SPDX-License-Identifier: GPL-3.0-or-later
/* Speed of the whole environment: decisions of 5 min of many children at once, with sensor, meals,
 * pump, reward, observation and mask, levels turned into doses; and how much faster two threads
 * are. The solver is rk4 at 1 min, its error measured by ./dev bench --only batch. Speeds
 * are per CPU second of the thread; the speedup is of wall time. */
#include "bench/row.h"
#include "support/body.h"

#include "titrate/agents/observe.h"
#include "titrate/env/env.h"
#include "titrate/env/pump.h"
#include "titrate/env/reward.h"
#include "titrate/env/sensor.h"

#include <stdio.h>
#include <stdlib.h>

#define RUNS 5
#define DECISIONS 2000000 /* of a run */
#define PEER_DECISIONS_PER_S 303.0
#define PEER_SOURCE "simglucose 0.2.11 T1DSimEnv, steps of 3 min per CPU second"

typedef struct setup {
    titr_cohort cohort;
    titr_env_def def;
} setup;

static titr_status slot_of(titr_slot *slot, const void *type, titr_error *err)
{
    return type != NULL ? titr_slot_init(slot, type, err)
                        : titr_fail(err, TITR_ERR_NOT_FOUND, "a part is missing");
}

/* As the shipped experiment experiments/insulin_children.cfg trains. */
static titr_status set_up(setup *s, titr_error *err)
{
    const titr_model_type *model = titr_model_find("glucose_s2008");
    const titr_scenario_type *meals = titr_scenario_find("meals_energy");
    *s = (setup){.def = {.n_scenario = 1}};
    titr_env_def_init(&s->def);
    s->def.model = model;
    s->def.mode = &model->modes[0];
    s->def.horizon_min = 14.0 * 1440.0;
    s->def.iob_duration_min = 360.0;
    s->def.n_scenario = 1;
    TITR_TRY(titr_cohort_load(
        &(titr_cohort_request){.source = "s2008-published", .subjects = "children"}, model,
        &s->cohort, err));
    TITR_TRY(slot_of(&s->def.solver, titr_solver_find("rk4"), err));
    TITR_TRY(slot_of(&s->def.sensor, titr_sensor_find("cgm_breton_2008"), err));
    TITR_TRY(slot_of(&s->def.pump, titr_pump_find("pump"), err));
    TITR_TRY(slot_of(&s->def.actions, titr_actions_find("relative_basal"), err));
    TITR_TRY(slot_of(&s->def.reward, titr_reward_find("magni_risk"), err));
    TITR_TRY(slot_of(&s->def.scenario[0], meals, err));
    (void)slot_set(s->def.solver, "step_min", 1.0);
    (void)slot_set(s->def.solver, "steps_while_eating", 1.0);
    return meals->prepare(s->def.scenario[0].def, err);
}

static void take_down(setup *s)
{
    titr_slot *const slots[] = {&s->def.solver,  &s->def.sensor, &s->def.pump,
                                &s->def.actions, &s->def.reward, &s->def.scenario[0]};
    for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++) {
        titr_slot_fini(slots[i]);
    }
    titr_cohort_fini(&s->cohort);
}

/* Children in lanes, and what a policy needs of them. */
typedef struct ward {
    titr_env *env;
    const titr_env_view *view;
    titr_lane_start *start;
    titr_dose *dose;
    double *obs;
    size_t n, threads;
} ward;

static const titr_observer observer = {.entry = {{.what = TITR_OBS_CGM},
                                                 {.what = TITR_OBS_CGM_RATE},
                                                 {.what = TITR_OBS_IOB},
                                                 {.what = TITR_OBS_CARBS_ANNOUNCED}},
                                       .n = 4};

static titr_status open_ward(const setup *s, size_t n, size_t threads, ward *w, titr_error *err)
{
    titr_env_def def = s->def;
    def.threads = threads;
    *w = (ward){.n = n,
                .threads = threads,
                .start = calloc(n, sizeof *w->start),
                .dose = calloc(n, sizeof *w->dose),
                .obs = calloc(4 * n, sizeof *w->obs)};
    if (w->start == NULL || w->dose == NULL || w->obs == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu lanes", n);
    }
    TITR_TRY(titr_env_create(&def, n, &w->env, err));
    w->view = titr_env_look(w->env);
    for (size_t l = 0; l < n; l++) {
        const titr_child *child = &s->cohort.child[l % s->cohort.n];
        w->start[l] = (titr_lane_start){l, child, &child->published, 7, (uint32_t)l};
    }
    return titr_env_reset(w->env, w->start, n, err);
}

static void close_ward(ward *w)
{
    titr_env_destroy(w->env);
    free(w->start);
    free(w->dose);
    free(w->obs);
}

/* Lanes first .. first + n - 1 of a record. */
static titr_record part_of(const titr_record *r, size_t first, size_t n)
{
    titr_record part = *r;
    part.n = n;
    part.cgm_history += first;
    part.cgm_newest += first;
    for (size_t i = 0; i < TITR_OBS_N; i++) {
        part.col[i] += first;
    }
    return part;
}

static void order(const setup *s, const ward *w, size_t k, size_t l)
{
    const titr_actions_type *actions = s->def.actions.type;
    const size_t level = (7 * k + l) % w->view->n_levels;
    w->dose[l] = actions->dose(s->def.actions.def, &w->view->record, l, level);
}

/* What a thread's policy does for its lanes: observe, dose. @return 1 if a lane has ended. */
static int attend(const setup *s, const ward *w, size_t k, size_t thread)
{
    const size_t first = thread * w->n / w->threads, end = (thread + 1) * w->n / w->threads;
    const titr_record part = part_of(&w->view->record, first, end - first);
    int over = 0;
    titr_observer_fill(&observer, &part, w->obs + 4 * first);
    for (size_t l = first; l < end; l++) {
        order(s, w, k, l);
        over |= w->view->end[l] != TITR_END_NONE;
    }
    return over;
}

/* One decision of every lane; lanes that have ended begin another episode. */
static titr_status decide(const setup *s, ward *w, size_t k, titr_error *err)
{
    int over = 0;
    if (w->view == NULL) {
        return titr_fail(err, TITR_ERR_ARG, "no environment was opened");
    }
#pragma omp parallel for schedule(static, 1) num_threads((int)w->threads) reduction(| : over)
    for (size_t t = 0; t < w->threads; t++) {
        over |= attend(s, w, k, t);
    }
    for (size_t l = 0; over && l < w->n; l++) {
        if (w->view->end[l] != TITR_END_NONE) {
            w->start[l].episode += (uint32_t)w->n;
            TITR_TRY(titr_env_reset(w->env, &w->start[l], 1, err));
            order(s, w, k, l);
        }
    }
    return titr_env_step(w->env, w->dose, err);
}

/* @param[out] speed [RUNS] decisions per second by `clock`. */
static titr_status play(const setup *s, ward *w, double (*clock)(void), double *speed,
                        titr_error *err)
{
    const size_t steps = DECISIONS / w->n;
    for (size_t r = 0; r < RUNS; r++) {
        const double before = clock();
        for (size_t k = 0; k < steps; k++) {
            TITR_TRY(decide(s, w, r * steps + k, err));
        }
        speed[r] = (double)(steps * w->n) / (clock() - before);
    }
    (void)s;
    return TITR_OK;
}

static titr_status print_speed(const setup *s, const char *name, size_t n, titr_error *err)
{
    char text[300];
    double speed[RUNS];
    ward w;
    (void)snprintf(text, sizeof text,
                   "%zu children in one environment, decisions of 5 min: random meals, CGM with "
                   "noise every 5 min, pump, Magni reward, 4 observations, mask, rk4 at 1 min",
                   n);
    titr_status status = open_ward(s, n, 1, &w, err);
    status = status == TITR_OK ? play(s, &w, timing_cpu_s, speed, err) : status;
    close_ward(&w);
    const bench_row row = {.name = name,
                           .unit = "decisions/s",
                           .workload = text,
                           .peer = PEER_DECISIONS_PER_S,
                           .peer_source = PEER_SOURCE};
    if (status == TITR_OK) {
        bench_print(&row, speed, RUNS);
    }
    return status;
}

/* One and two threads take turns, so that a busy machine slows both. */
static titr_status print_speedup(const setup *s, const char *name, size_t n, titr_error *err)
{
    char text[200];
    double one[RUNS] = {0.0}, two[RUNS] = {0.0}, ratio[RUNS];
    ward w[2];
    titr_status status = open_ward(s, n, 1, &w[0], err);
    status = status == TITR_OK ? open_ward(s, n, 2, &w[1], err) : status;
    const size_t steps = DECISIONS / n;
    for (size_t r = 0; r < RUNS && status == TITR_OK; r++) {
        for (size_t t = 0; t < 2 && status == TITR_OK; t++) {
            const double before = timing_wall_s();
            for (size_t k = 0; k < steps && status == TITR_OK; k++) {
                status = decide(s, &w[t], r * steps + k, err);
            }
            (t == 0 ? one : two)[r] = timing_wall_s() - before;
        }
        ratio[r] = two[r] > 0.0 ? one[r] / two[r] : 0.0;
    }
    close_ward(&w[0]);
    close_ward(&w[1]);
    (void)snprintf(text, sizeof text,
                   "%zu children in one environment as for env_decisions_per_s, policy included, "
                   "wall time of one thread over that of two",
                   n);
    const bench_row row = {.name = name, .unit = "times", .workload = text};
    if (status == TITR_OK) {
        bench_print(&row, ratio, RUNS);
    }
    return status;
}

int main(void)
{
    titr_error err = {0};
    setup s;
    titr_status status = set_up(&s, &err);
    status = status == TITR_OK ? print_speed(&s, "env_decisions_per_s", 1024, &err) : status;
    status = status == TITR_OK ? print_speed(&s, "env_64_lanes_decisions_per_s", 64, &err) : status;
    status =
        status == TITR_OK ? print_speed(&s, "env_8192_lanes_decisions_per_s", 8192, &err) : status;
    status = status == TITR_OK ? print_speedup(&s, "two_thread_speedup", 4096, &err) : status;
    status = status == TITR_OK ? print_speedup(&s, "env_1024_lanes_two_thread_speedup", 1024, &err)
                               : status;
    if (status != TITR_OK) {
        (void)fprintf(stderr, "bench env: %s\n", err.what);
    }
    take_down(&s);
    return status == TITR_OK ? 0 : 1;
}
