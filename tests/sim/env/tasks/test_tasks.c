// SPDX-License-Identifier: GPL-3.0-or-later
/* The environment's contract, for every registered task. */
#include "support/allocations.h"
#include "support/part.h"

#include "titrate/base/visit_memory.h"
#include "titrate/env/task.h"

#include <math.h>
#include <stdlib.h>

enum { LANES = 5 };

/* A task's environment, and who plays in it. */
typedef struct table {
    titr_slot slot;
    titr_task_shape shape;
    titr_child child;
    titr_env *env;
    const titr_env_view *view;
    titr_lane_start start[LANES];
} table;

static table sit_down(titr_slot slot, const titr_env_loan *loan)
{
    titr_error err = {0};
    table t = {.slot = slot, .shape = titr_task_shape_of(slot)};
    cr_assert_eq(titr_task_env_create(slot, LANES, loan, &t.env, &err), TITR_OK, "%s", err.what);
    t.view = titr_env_look(t.env);
    return t;
}

static void start(table *t)
{
    titr_error err = {0};
    titr_task_child(t->slot, &t->child);
    for (size_t l = 0; l < LANES; l++) {
        t->start[l] = (titr_lane_start){
            .lane = l, .child = &t->child, .seed = 42, .episode = 1000 + (uint32_t)l};
    }
    cr_assert_eq(titr_env_reset(t->env, t->start, LANES, &err), TITR_OK, "%s", err.what);
}

static void stand_up(table *t)
{
    titr_env_destroy(t->env);
    titr_slot_fini(&t->slot);
}

/* Any allowed level, by step and lane. */
static void choose(const table *t, unsigned k, int level[LANES])
{
    for (size_t l = 0; l < LANES; l++) {
        const titr_rng_key key = {
            .seed = 5, .purpose = TITR_PURPOSE_TEST, .episode = t->start[l].episode};
        const unsigned char *mask = t->view->mask + l * t->shape.n_levels;
        uint32_t a = titr_rng_below(key, k, (uint32_t)t->shape.n_levels);
        while (!mask[a]) {
            a = (a + 1) % (uint32_t)t->shape.n_levels;
        }
        level[l] = (int)a;
    }
}

static void step(table *t, unsigned k)
{
    int level[LANES];
    titr_error err = {0};
    choose(t, k, level);
    cr_assert_eq(titr_env_step_levels(t->env, level, &err), TITR_OK, "%s", err.what);
}

static void check_column(const table *t, size_t k, size_t lane)
{
    const titr_task_observable *o = &t->shape.obs[k];
    const double value = t->view->record.col[TITR_OBS_N + k][lane];
    cr_assert(isfinite(value), "%s.%s", titr_slot_part(t->slot)->name, o->name);
    cr_assert(o->discrete == 0 ||
                  (value >= 0.0 && value < (double)o->discrete && floor(value) == value),
              "%s.%s = %g of %zu", titr_slot_part(t->slot)->name, o->name, value, o->discrete);
}

#define FOR_EACH_TASK(type)                                                                        \
    size_t n_tasks = 0;                                                                            \
    const titr_task_type *const *all_tasks = titr_task_all(&n_tasks);                              \
    for (const titr_task_type *const *at = all_tasks, *type = *at; at < all_tasks + n_tasks;       \
         at++, (type) = at < all_tasks + n_tasks ? *at : NULL)

Test(tasks, shapes_are_whole)
{
    FOR_EACH_TASK(type)
    {
        titr_slot slot = test_slot(type);
        const titr_task_shape s = titr_task_shape_of(slot);
        const char *name = type->part.name;
        cr_assert(s.n_obs >= 1 && s.n_obs <= TITR_TASK_OBS_MAX, "%s", name);
        cr_assert(s.n_levels >= 1 && s.n_levels <= TITR_LEVELS_MAX, "%s", name);
        cr_assert(s.n_state >= 1 && s.n_state <= TITR_STATES_MAX && s.steps_max >= 1, "%s", name);
        cr_assert_eq(s.n_states > 0, type->successors != NULL, "%s", name);
        cr_assert_eq(s.n_states > 0, type->start_probability != NULL, "%s", name);
        for (size_t k = 0; k < s.n_obs; k++) {
            const titr_task_observable *o = &s.obs[k];
            cr_assert(o->name[0] && o->unit[0] && o->doc[0] && o->lo < o->hi, "%s", name);
            cr_assert_eq(titr_task_observable_find(&s, o->name), k, "%s.%s twice", name, o->name);
            cr_assert(o->discrete > 0 || o->bins >= 1, "%s.%s", name, o->name);
            cr_assert(o->discrete == 0 || o->hi == (double)(o->discrete - 1), "%s", name);
        }
        cr_assert_eq(titr_task_observable_find(&s, "nothing"), s.n_obs);
        for (size_t a = 0; a < s.n_levels; a++) {
            cr_assert(s.label[a] != NULL && s.label[a][0] != '\0', "%s", name);
        }
        titr_slot_fini(&slot);
    }
}

Test(tasks, successors_and_starts_are_probabilities)
{
    FOR_EACH_TASK(type)
    {
        titr_slot slot = test_slot(type);
        const titr_task_shape s = titr_task_shape_of(slot);
        double starts = s.n_states == 0 ? 1.0 : 0.0;
        for (size_t x = 0; x < s.n_states; x++) {
            starts += type->start_probability(slot.def, x);
            for (size_t a = 0; a < s.n_levels; a++) {
                titr_task_successor next[TITR_TASK_SUCCESSORS_MAX];
                const size_t n = type->successors(slot.def, x, a, next);
                double sum = 0.0;
                cr_assert(n >= 1 && n <= TITR_TASK_SUCCESSORS_MAX);
                for (size_t i = 0; i < n; i++) {
                    cr_assert(next[i].probability > 0.0 && next[i].state < s.n_states &&
                              isfinite(next[i].reward));
                    sum += next[i].probability;
                }
                cr_assert_float_eq(sum, 1.0, 1e-12, "%s: state %zu level %zu", type->part.name, x,
                                   a);
            }
        }
        cr_assert_float_eq(starts, 1.0, 1e-12, "%s", type->part.name);
        titr_slot_fini(&slot);
    }
}

/* Exploring starts: any state from which an episode goes on, as often as any other. */
Test(tasks, random_starts_are_uniform)
{
    enum { STARTS = 40000 };
    static const size_t states[] = {11, 48,
                                    500}; /* of the small lake all but 4 holes and the goal */
    static const char *const names[] = {"frozen_lake", "cliff_walking", "taxi"};
    for (size_t k = 0; k < 3; k++) {
        static int seen[500];
        titr_slot slot = test_slot(titr_task_find(names[k]));
        const titr_task_type *type = slot.type;
        const titr_task_shape s = titr_task_shape_of(slot);
        test_set_flag(slot, "random_start", 1);
        memset(seen, 0, sizeof seen);
        for (uint32_t e = 0; e < STARTS; e++) {
            double state = -1.0;
            type->start(slot.def, (titr_rng_key){.seed = 3, .episode = e}, &state, 1);
            seen[(size_t)state]++;
        }
        double chi_square = 0.0, sum = 0.0;
        for (size_t x = 0; x < s.n_states; x++) {
            const double p = type->start_probability(slot.def, x), want = STARTS * p;
            cr_assert(p == 0.0 ? seen[x] == 0 : fabs(p - 1.0 / (double)states[k]) < 1e-12);
            chi_square += p > 0.0 ? (seen[x] - want) * (seen[x] - want) / want : 0.0;
            sum += p;
        }
        const double freedom = (double)(states[k] - 1);
        cr_assert_float_eq(sum, 1.0, 1e-12);
        cr_assert_lt(chi_square, freedom + 5.0 * sqrt(2.0 * freedom), "%s", names[k]);
        titr_slot_fini(&slot);
    }
}

/* A lane plays alike alone and beside others, ends once, and then stands still. */
Test(tasks, lanes_are_independent_and_stand_still_when_ended)
{
    FOR_EACH_TASK(type)
    {
        table t = sit_down(test_slot(type), NULL), again = sit_down(test_slot(type), NULL);
        start(&t);
        start(&again);
        titr_error err = {0};
        double last[LANES][TITR_STATES_MAX] = {{0.0}}, total = 0.0;
        int ended[LANES] = {0};
        for (unsigned k = 0; k <= (unsigned)t.shape.steps_max; k++) {
            double now[TITR_STATES_MAX] = {0.0};
            step(&t, k);
            for (size_t l = 0; l < LANES; l++) {
                titr_env_state(t.env, l, now);
                cr_assert(!ended[l] || memcmp(now, last[l], sizeof now) == 0, "lane %zu moves", l);
                memcpy(last[l], now, sizeof now);
                ended[l] = t.view->end[l] != TITR_END_NONE;
                total += t.view->reward[l];
                cr_assert_eq(t.view->elapsed_min[l], 1.0);
                cr_assert_leq(t.view->time_min[l], (double)t.shape.steps_max);
                for (size_t i = 0; i < t.shape.n_obs; i++) {
                    check_column(&t, i, l);
                }
            }
            int level[LANES];
            choose(&again, k, level);
            cr_assert_eq(titr_env_step_levels(again.env, level, &err), TITR_OK);
        }
        cr_assert(isfinite(total));
        for (size_t l = 0; l < LANES; l++) {
            cr_assert(ended[l], "%s: lane %zu never ends", type->part.name, l);
            cr_assert_eq(again.view->end[l], t.view->end[l]);
            cr_assert_eq(again.view->time_min[l], t.view->time_min[l]);
        }
        stand_up(&t);
        stand_up(&again);
    }
}

/* In the middle of episodes; afterwards both go on alike. */
Test(tasks, saved_lanes_go_on_alike)
{
    FOR_EACH_TASK(type)
    {
        table t = sit_down(test_slot(type), NULL), copy = sit_down(test_slot(type), NULL);
        titr_error err = {0};
        titr_memory_visitor memory;
        start(&t);
        memcpy(copy.start, t.start, sizeof t.start);
        for (unsigned k = 0; k < 5; k++) {
            step(&t, k);
        }
        titr_memory_visitor_init(&memory);
        cr_assert_eq(titr_env_visit(t.env, &memory.base, NULL, &err), TITR_OK, "%s", err.what);
        titr_memory_visitor_load(&memory);
        cr_assert_eq(titr_env_visit(copy.env, &memory.base, t.start, &err), TITR_OK, "%s",
                     err.what);
        for (unsigned k = 5; k < 60; k++) {
            for (size_t l = 0; l < LANES; l++) {
                double a[TITR_STATES_MAX] = {0.0}, b[TITR_STATES_MAX] = {0.0};
                titr_env_state(t.env, l, a);
                titr_env_state(copy.env, l, b);
                cr_assert_arr_eq(a, b, sizeof a);
                cr_assert_eq(t.view->end[l], copy.view->end[l]);
                cr_assert_eq(t.view->reward[l], copy.view->reward[l]);
                cr_assert_eq(t.view->time_min[l], copy.view->time_min[l]);
                for (size_t i = 0; i < t.shape.n_obs; i++) {
                    cr_assert_eq(t.view->record.col[TITR_OBS_N + i][l],
                                 copy.view->record.col[TITR_OBS_N + i][l]);
                }
            }
            cr_assert_arr_eq(t.view->mask, copy.view->mask, LANES * t.shape.n_levels);
            step(&t, k);
            step(&copy, k);
        }
        titr_memory_visitor_load(&memory);
        t.start[2].episode++;
        cr_assert_eq(titr_env_visit(copy.env, &memory.base, t.start, &err), TITR_ERR_CONFIG);
        titr_memory_visitor_fini(&memory);
        stand_up(&t);
        stand_up(&copy);
    }
}

Test(tasks, a_step_allocates_nothing)
{
    if (TEST_SANITIZED) {
        cr_skip_test("the sanitizer has its own allocator");
    }
    FOR_EACH_TASK(type)
    {
        table t = sit_down(test_slot(type), NULL);
        start(&t);
        titr_error err = {0};
        const size_t before = allocations();
        for (unsigned k = 0; k < 50; k++) {
            int level[LANES];
            choose(&t, k, level);
            const titr_status st = titr_env_step_levels(t.env, level, &err);
            cr_assert_eq(st, TITR_OK);
            if (t.view->end[0] != TITR_END_NONE) {
                cr_assert_eq(titr_env_reset(t.env, t.start, 1, &err), TITR_OK);
            }
        }
        cr_assert_eq(allocations(), before, "%s", type->part.name);
        stand_up(&t);
    }
}

Test(tasks, truncate_at_their_limit_and_terminated_wins)
{
    titr_slot slot = test_slot(titr_task_find("frozen_lake"));
    test_set_flag(slot, "slippery", 0);
    *(int64_t *)test_option(slot, "steps_max") = 3;
    table t = sit_down(slot, NULL);
    start(&t);
    /* lane 0 runs against a wall, lane 1 falls into a hole early, lane 2 with the last step */
    static const int way[3][LANES] = {{0, 1, 0, 0, 0}, {0, 2, 1, 0, 0}, {0, 0, 2, 0, 0}};
    titr_error err = {0};
    for (size_t k = 0; k < 3; k++) {
        cr_assert_eq(t.view->end[0], TITR_END_NONE);
        cr_assert_eq(titr_env_step_levels(t.env, way[k], &err), TITR_OK);
    }
    cr_assert_eq(t.view->end[0], TITR_END_TRUNCATED);
    cr_assert_eq(t.view->end[1], TITR_END_TERMINATED);
    cr_assert_eq(t.view->time_min[1], 2.0);
    cr_assert_eq(t.view->end[2], TITR_END_TERMINATED);
    cr_assert_eq(t.view->time_min[2], 3.0);
    cr_assert_eq(t.view->record.col[TITR_OBS_N][2], 5.0, "the real last observation");
    cr_assert_eq(titr_env_step_levels(t.env, way[0], &err), TITR_OK);
    cr_assert_eq(t.view->record.col[TITR_OBS_N][2], 5.0, "nothing changes until a reset");
    cr_assert_eq(titr_env_reset(t.env, &t.start[2], 1, &err), TITR_OK);
    cr_assert_eq(t.view->record.col[TITR_OBS_N][2], 0.0);
    cr_assert_eq(t.view->end[2], TITR_END_NONE);
    cr_assert_eq(t.view->end[1], TITR_END_TERMINATED, "others are left alone");
    stand_up(&t);
}

Test(tasks, misuse_is_refused_and_changes_nothing)
{
    titr_error err = {0};
    table t = sit_down(test_slot(titr_task_find("cartpole")), NULL);
    for (size_t l = 0; l < LANES; l++) {
        cr_assert_eq(t.view->end[l], TITR_END_TRUNCATED, "never started");
    }
    start(&t);
    double before[4], after[4];
    titr_env_state(t.env, 0, before);
    static const int wrong[][LANES] = {{0, 0, 0, 2, 0}, {0, 0, 0, -1, 0}};
    for (size_t k = 0; k < 2; k++) {
        cr_assert_eq(titr_env_step_levels(t.env, wrong[k], &err), TITR_ERR_ARG);
        cr_assert(strstr(err.what, "lane 3") && strstr(err.what, "0 to 1"), "%s", err.what);
    }
    titr_env_state(t.env, 0, after);
    cr_assert_arr_eq(before, after, sizeof before);
    const titr_dose none[LANES] = {{0.0, 0.0}};
    cr_assert_eq(titr_env_step(t.env, none, &err), TITR_ERR_ARG);
    titr_lane_start bad = t.start[0];
    bad.lane = LANES;
    cr_assert_eq(titr_env_reset(t.env, &bad, 1, &err), TITR_ERR_ARG);
    bad = (titr_lane_start){.lane = 0};
    cr_assert_eq(titr_env_reset(t.env, &bad, 1, &err), TITR_ERR_ARG);
    titr_env *other = NULL;
    cr_assert_eq(titr_task_env_create(t.slot, 0, NULL, &other, &err), TITR_ERR_ARG);
    cr_assert_eq(titr_task_env_create((titr_slot){NULL, NULL}, 1, NULL, &other, &err),
                 TITR_ERR_ARG);
    *(int64_t *)test_option(t.slot, "steps_max") = 0;
    cr_assert_eq(titr_task_env_create(t.slot, 1, NULL, &other, &err), TITR_ERR_RANGE);
    cr_assert_null(other);
    stand_up(&t);
}

Test(tasks, what_is_lent_is_written)
{
    double angle[LANES] = {0.0}, reward[LANES] = {0.0}, elapsed_min[LANES] = {0.0};
    titr_end end[LANES];
    unsigned char mask[LANES * 2] = {0};
    titr_env_loan loan = {.reward = reward, .elapsed_min = elapsed_min, .end = end, .mask = mask};
    loan.col[TITR_OBS_N + 2] = angle;
    table t = sit_down(test_slot(titr_task_find("cartpole")), &loan);
    start(&t);
    step(&t, 0);
    double state[4];
    titr_env_state(t.env, 3, state);
    cr_assert_eq(angle[3], state[2]);
    cr_assert_eq(t.view->record.col[TITR_OBS_N + 2], angle);
    cr_assert(reward[3] == 1.0 && elapsed_min[3] == 1.0 && end[3] == TITR_END_NONE && mask[7]);
    stand_up(&t);
}

/* The key of a stream: same episode, same start; another episode, seed or task, another one. */
Test(tasks, an_episode_is_named_by_seed_task_and_number)
{
    table t = sit_down(test_slot(titr_task_find("cartpole")), NULL);
    titr_error err = {0};
    start(&t);
    double first[4], other[4];
    titr_env_state(t.env, 0, first);
    titr_lane_start s = t.start[0];
    s.lane = 1;
    cr_assert_eq(titr_env_reset(t.env, &s, 1, &err), TITR_OK);
    titr_env_state(t.env, 1, other);
    cr_assert_arr_eq(first, other, sizeof first);
    s.seed++;
    cr_assert_eq(titr_env_reset(t.env, &s, 1, &err), TITR_OK);
    titr_env_state(t.env, 1, other);
    cr_assert_neq(first[0], other[0]);
    titr_env_state(t.env, 2, other);
    cr_assert_neq(first[0], other[0], "another episode");
    cr_assert_str_eq(t.child.patient.id, "cartpole");
    stand_up(&t);
}
