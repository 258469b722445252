// SPDX-License-Identifier: GPL-3.0-or-later
/* vector_hash [WIDTH]: the bits of lane-wise code, one line for each width of vectors that this
 * processor has (or this one alone) and each workload:
 *
 *   WIDTH WORKLOAD HASH      e.g. "512 rk4-step-1 3a0c65a54e711fdd"; 64 is one lane at a time
 *
 * The workloads are days of many children by rk4 alone (all states of every minute) and the whole
 * environment, once per registered reward with the sensors, pumps, action sets and modes in turn
 * (everything that can be seen after every decision). The hash must depend on the workload alone:
 * tests/validation/vectors-512.sh compares the widths, here and in an emulator. */
#include "support/batch.h"
#include "support/body.h"

#include "titrate/env/env.h"
#include "titrate/env/pump.h"
#include "titrate/env/reward.h"
#include "titrate/env/sensor.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    PATIENTS = 16,
    MINUTES = 720, /* breakfast in it, lunch at its end */
    PLAYERS = 20,  /* two blocks of lanes, and half of one */
    DECISIONS = 300
};

#define HORIZON_MIN 600.0 /* shorter than the decisions, so that lanes begin again */
#define HASH_INIT UINT64_C(0xcbf29ce484222325)

/* FNV-1a of the bytes, least first. */
static void add_bits(uint64_t *hash, uint64_t bits)
{
    for (int i = 0; i < 8; i++) {
        *hash = (*hash ^ (bits >> 8 * i & 0xff)) * UINT64_C(0x100000001b3);
    }
}

static void add(uint64_t *hash, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        add_bits(hash, bits);
    }
}

/* `hash` of every child, in order. */
static void print(titr_variant variant, const char *name, const char *part, const uint64_t *hash,
                  size_t n)
{
    uint64_t all = HASH_INIT;
    for (size_t i = 0; i < n; i++) {
        add_bits(&all, hash[i]);
    }
    (void)printf("%zu %s%s %016" PRIx64 "\n", titr_variant_bits(variant), name, part, all);
}

/* The children one after the other, one lane. */
static titr_status hash_alone(const workload *w, titr_slot solver, uint64_t *hash, titr_error *err)
{
    titr_status status = TITR_OK;
    for (size_t i = 0; i < PATIENTS && status == TITR_OK; i++) {
        const size_t child = i % w->cohort.n, day = child * WORKLOAD_DAY_MIN;
        body b = {0};
        status = body_init(&b, &w->cohort.child[child].patient, "safe", solver, err);
        for (size_t t = 0; t < MINUTES && status == TITR_OK; t++) {
            status = body_minute(&b, w->carbs_g[day + t], w->insulin_u[day + t], err);
            add(&hash[i], b.x, b.model->states.n);
        }
        body_fini(&b);
    }
    return status;
}

/* The children side by side. */
static titr_status hash_blocks(const workload *w, titr_slot solver, titr_variant variant,
                               uint64_t *hash, titr_error *err)
{
    double x[TITR_STATES_MAX];
    batch b;
    titr_status status = batch_init(&b, w, solver, variant, PATIENTS, err);
    status = status == TITR_OK ? batch_begin(&b, err) : status;
    for (size_t t = 0; t < MINUTES && status == TITR_OK; t++) {
        status = batch_minute(&b, t, err);
        for (size_t i = 0; i < PATIENTS; i++) {
            batch_state(&b, i, x);
            add(&hash[i], x, b.model->states.n);
        }
    }
    batch_fini(&b);
    return status;
}

static titr_status print_batch(const workload *w, titr_variant variant, double step_min,
                               titr_error *err)
{
    uint64_t hash[PATIENTS];
    char part[40];
    titr_slot solver = {0};
    TITR_TRY(titr_slot_init(&solver, titr_solver_find("rk4"), err));
    (void)slot_set(solver, "step_min", step_min);
    for (size_t i = 0; i < PATIENTS; i++) {
        hash[i] = HASH_INIT;
    }
    const titr_status status = titr_variant_lanes(variant) == 1
                                   ? hash_alone(w, solver, hash, err)
                                   : hash_blocks(w, solver, variant, hash, err);
    titr_slot_fini(&solver);
    if (status == TITR_OK) {
        (void)snprintf(part, sizeof part, "-step-%g", step_min);
        print(variant, "rk4", part, hash, PATIENTS);
    }
    return status;
}

/* The parts of environment number i. */
static titr_status choose_parts(titr_env_def *def, size_t i, titr_error *err)
{
    size_t sensors, pumps, actions, rewards;
    const titr_sensor_type *const *sensor = titr_sensor_all(&sensors);
    const titr_pump_type *const *pump = titr_pump_all(&pumps);
    const titr_actions_type *const *action = titr_actions_all(&actions);
    const titr_reward_type *const *reward = titr_reward_all(&rewards);
    const titr_scenario_type *meals = titr_scenario_find("meals_energy");
    titr_env_def_init(def);
    def->model = titr_model_find("glucose_s2008");
    def->mode = &def->model->modes[i % def->model->n_modes];
    def->horizon_min = HORIZON_MIN;
    def->terminal_penalty = 5.0;
    def->keep_minutes = 1;
    def->n_scenario = 1;
    TITR_TRY(titr_slot_init(&def->solver, titr_solver_find("rk4"), err));
    TITR_TRY(titr_slot_init(&def->sensor, sensor[i / 2 % sensors], err));
    TITR_TRY(titr_slot_init(&def->pump, pump[i % pumps], err));
    TITR_TRY(titr_slot_init(&def->actions, action[i % actions], err));
    TITR_TRY(titr_slot_init(&def->reward, reward[i % rewards], err));
    TITR_TRY(titr_slot_init(&def->scenario[0], meals, err));
    return meals->prepare(def->scenario[0].def, err);
}

static void drop_parts(titr_env_def *def)
{
    titr_slot *const slots[] = {&def->solver,  &def->sensor, &def->pump,
                                &def->actions, &def->reward, &def->scenario[0]};
    for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++) {
        titr_slot_fini(slots[i]);
    }
}

/* Everything that can be seen of a lane. */
static void add_lane(const titr_env *env, size_t lane, uint64_t *hash)
{
    const titr_env_view *view = titr_env_look(env);
    const double *const columns[] = {view->reward,
                                     view->elapsed_min,
                                     view->time_min,
                                     view->glucose_mg_dl,
                                     view->plasma_glucose_mg_dl,
                                     view->carbs_g,
                                     view->insulin_u,
                                     view->basal_u,
                                     view->programmed_u_per_h,
                                     view->iob_u};
    const double *const minutes[] = {view->minute_glucose_mg_dl, view->minute_insulin_u,
                                     view->minute_carbs_g};
    double state[TITR_STATES_MAX];
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        add(hash, &columns[i][lane], 1);
    }
    for (size_t i = 0; i < TITR_OBS_N; i++) {
        add(hash, &view->record.col[i][lane], 1);
    }
    for (size_t i = 0; i < TITR_CGM_HISTORY; i++) {
        const double cgm_mg_dl = titr_record_cgm(&view->record, lane, i);
        add(hash, &cgm_mg_dl, 1);
    }
    for (size_t i = 0; i < sizeof minutes / sizeof minutes[0]; i++) {
        add(hash, minutes[i] + lane * view->minutes_max, view->n_minutes[lane]);
    }
    titr_env_state(env, lane, state);
    add(hash, state, view->n_states);
    for (size_t i = 0; i < view->n_levels; i++) {
        add_bits(hash, view->mask[lane * view->n_levels + i]);
    }
    add_bits(hash, view->end[lane]);
    add_bits(hash, view->fault[lane].code);
}

/* `n` players from `first` on, in lanes of one environment. One of them is given far too much
 * insulin at once and one has none, so that lanes end and begin again at different times. */
static titr_status play(titr_env *env, const titr_env_def *def, const titr_cohort *cohort,
                        size_t first, size_t n, uint64_t *hash, titr_error *err)
{
    const titr_actions_type *actions = def->actions.type;
    const titr_env_view *view = titr_env_look(env);
    titr_lane_start start[PLAYERS];
    titr_dose dose[PLAYERS];
    for (size_t l = 0; l < n; l++) {
        const titr_child *child = &cohort->child[(first + l) % cohort->n];
        start[l] = (titr_lane_start){l, child, &child->published, 7, (uint32_t)(first + l)};
    }
    TITR_TRY(titr_env_reset(env, start, n, err));
    for (size_t k = 0; k < DECISIONS; k++) {
        for (size_t l = 0; l < n; l++) {
            const size_t player = first + l;
            if (view->end[l] != TITR_END_NONE) {
                start[l].episode += PLAYERS;
                TITR_TRY(titr_env_reset(env, &start[l], 1, err));
            }
            const size_t level = (7 * k + player) % view->n_levels;
            dose[l] = actions->dose(def->actions.def, &view->record, l, level);
            if (player == 3) {
                dose[l].basal_u_per_h = 0.0;
            } else if (player == 5 && k % 100 == 30) {
                dose[l].bolus_u += 20.0;
            }
        }
        TITR_TRY(titr_env_step(env, dose, err));
        for (size_t l = 0; l < n; l++) {
            add_lane(env, l, &hash[first + l]);
        }
    }
    return TITR_OK;
}

/* The players in blocks of the variant, or each in an environment of its own. */
static titr_status play_all(titr_env_def *def, const titr_cohort *cohort, titr_variant variant,
                            uint64_t *hash, titr_error *err)
{
    const int alone = titr_variant_lanes(variant) == 1;
    const size_t n = alone ? 1 : PLAYERS;
    titr_status status = TITR_OK;
    def->vector_bits = alone ? 0 : titr_variant_bits(variant);
    for (size_t first = 0; first < PLAYERS && status == TITR_OK; first += n) {
        titr_env *env = NULL;
        status = titr_env_create(def, n, &env, err);
        status = status == TITR_OK ? play(env, def, cohort, first, n, hash, err) : status;
        titr_env_destroy(env);
    }
    return status;
}

static titr_status print_env(const titr_cohort *cohort, titr_variant variant, size_t i,
                             titr_error *err)
{
    uint64_t hash[PLAYERS];
    titr_env_def def = {0};
    for (size_t l = 0; l < PLAYERS; l++) {
        hash[l] = HASH_INIT;
    }
    titr_status status = choose_parts(&def, i, err);
    status = status == TITR_OK ? play_all(&def, cohort, variant, hash, err) : status;
    if (status == TITR_OK) {
        print(variant, "environment-", titr_slot_part(def.reward)->name, hash, PLAYERS);
    }
    drop_parts(&def);
    return status;
}

static titr_status print_variant(const workload *w, titr_variant variant, titr_error *err)
{
    size_t rewards;
    (void)titr_reward_all(&rewards);
    TITR_TRY(print_batch(w, variant, 1.0, err));
    TITR_TRY(print_batch(w, variant, 0.5, err));
    for (size_t i = 0; i < rewards; i++) {
        TITR_TRY(print_env(&w->cohort, variant, i, err));
    }
    return TITR_OK;
}

/* @param[in] width "": every width. @return TITR_ERR_NOT_FOUND: this processor has none such. */
static titr_status print_widths(const char *width, titr_error *err)
{
    workload w;
    size_t n = 0;
    titr_status status = workload_init(&w, err);
    for (titr_variant v = TITR_L1; v < TITR_N_VARIANTS && status == TITR_OK; v++) {
        char bits[20];
        (void)snprintf(bits, sizeof bits, "%zu", titr_variant_bits(v));
        if ((width[0] == '\0' || strcmp(width, bits) == 0) && titr_variant_runs(v)) {
            status = print_variant(&w, v, err);
            n++;
        }
    }
    workload_fini(&w);
    if (status == TITR_OK && n == 0) {
        return titr_fail(err, TITR_ERR_NOT_FOUND, "this processor has no vectors of %s bits",
                         width);
    }
    return status;
}

int main(int argc, char **argv)
{
    titr_error err = {0};
    /* a width is seen when it is done, not when the program is */
    (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    if (print_widths(argc > 1 ? argv[1] : "", &err) != TITR_OK) {
        (void)fprintf(stderr, "vector_hash: %s\n", err.what);
        return 1;
    }
    return 0;
}
