// SPDX-License-Identifier: GPL-3.0-or-later
/* What is drawn from a replay memory against a plain list of everything that was pushed. */
#include "agents/replay/model.h"

#include "support/allocations.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS 150

typedef struct drawn {
    float obs[DRAWS * MODEL_OBS], next_obs[DRAWS * MODEL_OBS], reward[DRAWS], discount[DRAWS],
        weight[DRAWS];
    uint64_t mask[DRAWS], next_mask[DRAWS], id[DRAWS];
    int level[DRAWS];
} drawn;

static titr_replay_batch batch_of(drawn *d, size_t n)
{
    return (titr_replay_batch){n,        d->obs,    d->next_obs, d->mask,   d->next_mask,
                               d->level, d->reward, d->discount, d->weight, d->id};
}

static titr_replay_draw draw_at(uint64_t count)
{
    return (titr_replay_draw){{42, TITR_PURPOSE_TEST, 0, 0}, count, 0.5};
}

static titr_replay *create(const titr_replay_spec *spec)
{
    titr_replay *replay = NULL;
    titr_error err;
    cr_assert_eq(titr_replay_create(spec, &replay, &err), TITR_OK, "%s", err.what);
    return replay;
}

/* Everything of draw j is as the list has it. @return row in the list */
static size_t check_draw(const model *m, const drawn *d, size_t j)
{
    const size_t row = (size_t)d->obs[j * MODEL_OBS];
    cr_assert_lt(row, m->n);
    cr_assert(model_ready(m, row), "row %zu cannot be drawn", row);
    const model_return want = model_returns(m, row);
    const model_row *from = &m->row[row], *after = &m->row[want.after];
    for (size_t k = 0; k < MODEL_OBS; k++) {
        cr_assert_eq(d->obs[j * MODEL_OBS + k], (float)from->obs[k]);
        cr_assert_eq(d->next_obs[j * MODEL_OBS + k], (float)after->obs[k],
                     "row %zu: next is %g, should be %g", row,
                     (double)d->next_obs[j * MODEL_OBS + k], after->obs[k]);
    }
    cr_assert_eq(d->mask[j], model_mask(from));
    cr_assert_eq(d->next_mask[j], model_mask(after));
    cr_assert_eq(d->level[j], from->level);
    cr_assert_float_eq(d->reward[j], want.reward, 1e-5 * (1.0 + fabs(want.reward)));
    cr_assert_float_eq(d->discount[j], want.discount, 1e-6);
    cr_assert_eq(d->discount[j] == 0.0F, want.discount == 0.0);
    cr_assert_eq(d->id[j], from->number * m->spec.n_lanes + from->lane);
    return row;
}

static void compare(titr_replay_spec spec, size_t pushes, uint64_t seed)
{
    model m;
    titr_replay *replay = create(&spec);
    drawn *d = malloc(sizeof *d);
    const titr_replay_batch batch = batch_of(d, DRAWS);
    model_init(&m, spec, seed);
    for (size_t i = 0; i < pushes; i++) {
        model_push(&m, replay);
        cr_assert_eq(titr_replay_ready(replay), model_count_ready(&m), "after push %zu", i);
        if (titr_replay_ready(replay) > 0 && i % 7 == 0) {
            const titr_replay_draw draw = draw_at(i);
            titr_error err;
            cr_assert_eq(titr_replay_sample(replay, &draw, &batch, &err), TITR_OK, "%s", err.what);
            for (size_t j = 0; j < DRAWS; j++) {
                (void)check_draw(&m, d, j);
            }
        }
    }
    model_fini(&m);
    free(d);
    titr_replay_destroy(replay);
}

Test(replay_ring, whatever_is_drawn_is_what_was_pushed)
{
    static const size_t lanes[] = {1, 2, 7, 40}, steps[] = {1, 2, 3, 5, 12};
    for (size_t l = 0; l < 4; l++) {
        for (size_t n = 0; n < 5; n++) {
            compare(model_spec(60 * lanes[l] - 3, lanes[l], steps[n], 0.0), 200, 10 * l + n);
            compare(model_spec(60 * lanes[l] - 3, lanes[l], steps[n], 0.6), 200, 10 * l + n);
        }
    }
}

Test(replay_ring, the_smallest_ring_holds_one_return)
{
    compare(model_spec(1, 3, 1, 0.0), 300, 1);
    compare(model_spec(1, 3, 4, 0.0), 300, 2);
    compare(model_spec(1, 1, 4, 0.6), 300, 3);
}

Test(replay_ring, a_discount_by_half_life)
{
    titr_replay_spec spec = model_spec(100, 2, 3, 0.0);
    spec.discount.gamma = (double)NAN;
    spec.discount.half_life_min = 5.0 * log(0.5) / log(0.9); /* 0.9 over five minutes */
    model m;
    titr_replay *replay = create(&spec);
    drawn *d = malloc(sizeof *d);
    const titr_replay_batch batch = batch_of(d, DRAWS);
    const titr_replay_draw draw = draw_at(1);
    titr_error err;
    model_init(&m, spec, 4);
    for (size_t i = 0; i < 80; i++) {
        model_push(&m, replay);
    }
    m.spec.discount.gamma = 0.9;
    cr_assert_eq(titr_replay_sample(replay, &draw, &batch, &err), TITR_OK, "%s", err.what);
    for (size_t j = 0; j < DRAWS; j++) {
        (void)check_draw(&m, d, j);
    }
    model_fini(&m);
    free(d);
    titr_replay_destroy(replay);
}

/* Each step that can be drawn is drawn as often: chi-square over all of them. */
Test(replay_ring, uniform_draws_are_uniform)
{
    const titr_replay_spec spec = model_spec(120, 4, 3, 0.0);
    model m;
    titr_replay *replay = create(&spec);
    drawn *d = malloc(sizeof *d);
    const titr_replay_batch batch = batch_of(d, DRAWS);
    titr_error err;
    model_init(&m, spec, 5);
    for (size_t i = 0; i < 45; i++) {
        model_push(&m, replay);
    }
    double *times = calloc(m.n, sizeof *times);
    const size_t batches = 400, ready = model_count_ready(&m);
    for (size_t i = 0; i < batches; i++) {
        const titr_replay_draw draw = draw_at(i);
        cr_assert_eq(titr_replay_sample(replay, &draw, &batch, &err), TITR_OK, "%s", err.what);
        for (size_t j = 0; j < DRAWS; j++) {
            times[check_draw(&m, d, j)] += 1.0;
        }
    }
    const double expected = (double)(batches * DRAWS) / (double)ready;
    double chi2 = 0.0;
    for (size_t i = 0; i < m.n; i++) {
        chi2 += model_ready(&m, i) ? (times[i] - expected) * (times[i] - expected) / expected : 0.0;
    }
    const double df = (double)ready - 1.0;
    cr_assert_lt(fabs(chi2 - df), 4.0 * sqrt(2.0 * df), "chi2 %g of %g", chi2, df);
    free(times);
    model_fini(&m);
    free(d);
    titr_replay_destroy(replay);
}

static titr_replay_step plain_step(void)
{
    static const double obs[MODEL_OBS] = {1.0, 2.0, 3.0}, next[MODEL_OBS] = {4.0, 5.0, 6.0};
    static const unsigned char mask[MODEL_LEVELS] = {1, 1}, next_mask[MODEL_LEVELS] = {1};
    return (titr_replay_step){obs, next, mask, next_mask, 1, -0.5, 5.0, TITR_END_NONE};
}

/* One lane of very many has steps: places are too sparse, yet all are drawn alike. */
Test(replay_ring, a_lonely_lane_among_many)
{
    const titr_replay_spec spec = model_spec(50000, 5000, 1, 0.0);
    titr_replay *replay = create(&spec);
    titr_replay_step step = plain_step();
    titr_error err;
    for (size_t i = 0; i < 4; i++) {
        double obs[MODEL_OBS] = {(double)i, 0.0, 0.0};
        step.obs = obs;
        step.end = TITR_END_TRUNCATED;
        cr_assert_eq(titr_replay_add(replay, 4321, &step, &err), TITR_OK);
    }
    drawn *d = malloc(sizeof *d);
    const titr_replay_batch batch = batch_of(d, DRAWS);
    size_t times[4] = {0};
    for (size_t i = 0; i < 20; i++) {
        const titr_replay_draw draw = draw_at(i);
        cr_assert_eq(titr_replay_sample(replay, &draw, &batch, &err), TITR_OK);
        for (size_t j = 0; j < DRAWS; j++) {
            times[(size_t)d->obs[j * MODEL_OBS]]++;
            cr_assert_eq(d->id[j] % 5000, 4321);
        }
    }
    for (size_t i = 0; i < 4; i++) {
        cr_assert_float_eq((double)times[i], 750.0, 100.0, "step %zu: %zu of 3000", i, times[i]);
    }
    free(d);
    titr_replay_destroy(replay);
}

/* A lane that is left out, as between two choices, goes on; one that is broken off does not. */
Test(replay_ring, lanes_may_pause_and_break_off)
{
    const titr_replay_spec spec = model_spec(100, 2, 2, 0.0);
    titr_replay *replay = create(&spec);
    titr_replay_step step = plain_step();
    titr_error err;
    cr_assert_eq(titr_replay_add(replay, 0, &step, &err), TITR_OK);
    cr_assert_eq(titr_replay_ready(replay), 0, "the second step is missing");
    cr_assert_eq(titr_replay_add(replay, 1, &step, &err), TITR_OK);
    cr_assert_eq(titr_replay_add(replay, 0, &step, &err), TITR_OK);
    cr_assert_eq(titr_replay_ready(replay), 1);
    titr_replay_break(replay, 1);
    titr_replay_break(replay, 1);
    cr_assert_eq(titr_replay_ready(replay), 2, "lane 1 has a return of one step");
    titr_replay_break(replay, 0);
    cr_assert_eq(titr_replay_ready(replay), 3);
    titr_replay_destroy(replay);
}

Test(replay_ring, draws_depend_on_key_and_count_alone)
{
    const titr_replay_spec spec = model_spec(500, 3, 2, 0.6);
    model m;
    titr_replay *replay = create(&spec);
    drawn *a = malloc(sizeof *a), *b = malloc(sizeof *b);
    const titr_replay_batch to_a = batch_of(a, DRAWS), to_b = batch_of(b, DRAWS);
    titr_error err;
    model_init(&m, spec, 6);
    for (size_t i = 0; i < 100; i++) {
        model_push(&m, replay);
    }
    titr_replay_draw draw = draw_at(((uint64_t)7 << 32) + 3);
    cr_assert_eq(titr_replay_sample(replay, &draw, &to_a, &err), TITR_OK);
    cr_assert_eq(titr_replay_sample(replay, &draw, &to_b, &err), TITR_OK);
    cr_assert_arr_eq(a->id, b->id, sizeof a->id);
    draw.count = 3;
    cr_assert_eq(titr_replay_sample(replay, &draw, &to_b, &err), TITR_OK);
    cr_assert_neq(memcmp(a->id, b->id, sizeof a->id), 0, "another count, other draws");
    draw = draw_at(((uint64_t)7 << 32) + 3);
    draw.key.seed++;
    cr_assert_eq(titr_replay_sample(replay, &draw, &to_b, &err), TITR_OK);
    cr_assert_neq(memcmp(a->id, b->id, sizeof a->id), 0, "another seed, other draws");
    model_fini(&m);
    free(a);
    free(b);
    titr_replay_destroy(replay);
}

Test(replay_ring, arrays_that_are_not_wanted_may_be_missing)
{
    const titr_replay_spec spec = model_spec(50, 1, 1, 0.6);
    titr_replay *replay = create(&spec);
    titr_replay_step step = plain_step();
    const titr_replay_draw draw = draw_at(0);
    int level[2] = {9, 9};
    titr_error err;
    cr_assert_eq(titr_replay_add(replay, 0, &step, &err), TITR_OK);
    cr_assert_eq(
        titr_replay_sample(replay, &draw, &(titr_replay_batch){.n = 2, .level = level}, &err),
        TITR_OK);
    cr_assert(level[0] == 1 && level[1] == 1);
    titr_replay_destroy(replay);
}

Test(replay_ring, what_cannot_be_learned_from_is_refused)
{
    const titr_replay_spec spec = model_spec(50, 2, 1, 0.0);
    titr_replay *replay = create(&spec);
    titr_error err;
    titr_replay_step step = plain_step();
    const titr_replay_draw draw = draw_at(0);
    cr_assert_eq(titr_replay_sample(replay, &draw, &(titr_replay_batch){.n = 1}, &err),
                 TITR_ERR_ARG);
    cr_assert_eq(titr_replay_add(replay, 2, &step, &err), TITR_ERR_RANGE);
    step.level = MODEL_LEVELS;
    cr_assert_eq(titr_replay_add(replay, 0, &step, &err), TITR_ERR_RANGE);
    step.level = -1;
    cr_assert_eq(titr_replay_add(replay, 0, &step, &err), TITR_ERR_RANGE);
    step = plain_step();
    step.reward = (double)NAN;
    cr_assert_eq(titr_replay_add(replay, 0, &step, &err), TITR_ERR_RANGE);
    step = plain_step();
    step.elapsed_min = -1.0;
    cr_assert_eq(titr_replay_add(replay, 0, &step, &err), TITR_ERR_RANGE);
    step = plain_step();
    step.end = TITR_END_FAULT;
    cr_assert_eq(titr_replay_add(replay, 0, &step, &err), TITR_ERR_RANGE);
    cr_assert_eq(titr_replay_ready(replay), 0, "nothing was kept");
    step = plain_step();
    cr_assert_eq(titr_replay_add(replay, 0, &step, &err), TITR_OK);
    titr_replay_draw bad = draw;
    bad.beta = 1.5;
    cr_assert_eq(titr_replay_sample(replay, &bad, &(titr_replay_batch){.n = 1}, &err),
                 TITR_ERR_RANGE);
    titr_replay_destroy(replay);
}

Test(replay_ring, a_spec_out_of_range_is_refused)
{
    titr_replay_spec bad[] = {model_spec(10, 0, 1, 0.0),
                              model_spec(10, 1, 0, 0.0),
                              model_spec(10, 1, 1, 1.1),
                              model_spec(10, 1, 1, -0.1),
                              model_spec(10, 1, 1, 0.0),
                              model_spec(10, 1, 1, 0.0),
                              model_spec(10, 1, 1, (double)NAN),
                              model_spec(SIZE_MAX, 1, 1, 0.0),
                              model_spec(10, 1 << 20, 1 << 20, 0.0)};
    bad[4].n_obs = 0;
    bad[5].n_levels = TITR_LEVELS_MAX + 1;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        titr_replay *replay = NULL;
        titr_error err;
        cr_assert_eq(titr_replay_create(&bad[i], &replay, &err), TITR_ERR_RANGE, "spec %zu", i);
        cr_assert_null(replay);
        cr_assert_eq(titr_replay_bytes(&bad[i]), 0);
    }
}

/* 10^6 steps x 20 observations in at most 100 MB, everything included; and what is announced is
 * what is held. */
Test(replay_ring, a_million_steps_fit_into_100_mb)
{
    titr_replay_spec spec = model_spec(1000000, 10, 3, 0.6);
    spec.n_obs = 20;
    for (spec.n_levels = 1; spec.n_levels <= 48; spec.n_levels++) {
        cr_assert_leq(titr_replay_bytes(&spec), 100000000, "%zu levels", spec.n_levels);
    }
    spec.n_levels = TITR_LEVELS_MAX;
    cr_assert_leq(titr_replay_bytes(&spec), 102000000);
    spec.alpha = 0.0;
    cr_assert_leq(titr_replay_bytes(&spec), 100000000);
    spec.alpha = 0.6;
    const size_t before = allocations_mark();
    titr_replay *replay = create(&spec);
    if (!TEST_SANITIZED) {
        const double held = (double)(allocations_most() - before);
        cr_assert_float_eq(held, (double)titr_replay_bytes(&spec), 65536.0, "%.0f of %zu", held,
                           titr_replay_bytes(&spec));
    }
    titr_replay_destroy(replay);
}

static titr_status attempt(void *context, titr_error *err)
{
    titr_replay *replay = NULL;
    TITR_TRY(titr_replay_create(context, &replay, err));
    titr_replay_destroy(replay);
    return TITR_OK;
}

Test(replay_ring, lack_of_memory_is_told)
{
    titr_replay_spec spec = model_spec(100, 2, 1, 0.6);
    cr_assert_eq(allocations_fail_each(attempt, &spec, 1), 8);
}

Test(replay_ring, nothing_is_allocated_after_creation)
{
    const titr_replay_spec spec = model_spec(200, 2, 3, 0.6);
    titr_replay *replay = create(&spec);
    titr_replay_step step = plain_step();
    drawn *d = malloc(sizeof *d);
    const titr_replay_batch batch = batch_of(d, DRAWS);
    const titr_replay_draw draw = draw_at(0);
    const double priority[2] = {1.0, 2.0};
    titr_error err;
    const size_t before = allocations();
    for (size_t i = 0; i < 500; i++) {
        cr_expect_eq(titr_replay_add(replay, i % 2, &step, &err), TITR_OK);
    }
    cr_expect_eq(titr_replay_sample(replay, &draw, &batch, &err), TITR_OK);
    cr_expect_eq(titr_replay_prioritise(replay, 2, d->id, priority, &err), TITR_OK);
    cr_assert_eq(allocations(), before);
    free(d);
    titr_replay_destroy(replay);
}
