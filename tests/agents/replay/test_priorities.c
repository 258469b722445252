// SPDX-License-Identifier: GPL-3.0-or-later
/* Prioritised draws: frequencies, weights and what becomes of priorities, by the definition. */
#include "agents/replay/model.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS 64
#define ALPHA 0.7
#define BETA 0.4

typedef struct scene {
    model m;
    titr_replay *replay;
    double *priority; /* [rows of the list], by the definition; grown with it */
    size_t known;     /* rows that have had a priority assigned there */
    double most;      /* largest so far */
} scene;

static void start(scene *s, titr_replay_spec spec, uint64_t seed)
{
    titr_error err;
    *s = (scene){.most = 1.0};
    model_init(&s->m, spec, seed);
    cr_assert_eq(titr_replay_create(&spec, &s->replay, &err), TITR_OK, "%s", err.what);
}

static void end(scene *s)
{
    model_fini(&s->m);
    titr_replay_destroy(s->replay);
    free(s->priority);
}

/* Push; steps that can be drawn since then have the largest priority. */
static void push(scene *s)
{
    model_push(&s->m, s->replay);
    s->priority = realloc(s->priority, s->m.n * sizeof *s->priority);
    for (; s->known < s->m.n; s->known++) {
        s->priority[s->known] = 0.0;
    }
    for (size_t i = 0; i < s->m.n; i++) {
        const int ready = model_ready(&s->m, i);
        s->priority[i] = !ready ? 0.0 : s->priority[i] == 0.0 ? s->most : s->priority[i];
    }
}

static void draw(const scene *s, uint64_t count, uint64_t id[DRAWS], size_t row[DRAWS],
                 float weight[DRAWS])
{
    float obs[DRAWS * MODEL_OBS];
    const titr_replay_batch batch = {.n = DRAWS, .obs = obs, .weight = weight, .id = id};
    const titr_replay_draw at = {{5, TITR_PURPOSE_TEST, 0, 0}, count, BETA};
    titr_error err;
    cr_assert_eq(titr_replay_sample(s->replay, &at, &batch, &err), TITR_OK, "%s", err.what);
    for (size_t j = 0; j < DRAWS; j++) {
        row[j] = (size_t)obs[j * MODEL_OBS];
        cr_assert(model_ready(&s->m, row[j]), "row %zu cannot be drawn", row[j]);
    }
}

static void prioritise(scene *s, const uint64_t *id, const size_t *row, uint32_t index)
{
    double priority[DRAWS];
    titr_error err;
    for (size_t j = 0; j < DRAWS; j++) {
        priority[j] = 0.01 + 3.0 * titr_rng_uniform((titr_rng_key){9, TITR_PURPOSE_TEST, 0, index},
                                                    (uint32_t)j);
        if (model_ready(&s->m, row[j])) {
            s->priority[row[j]] = priority[j];
            s->most = priority[j] > s->most ? priority[j] : s->most;
        }
    }
    cr_assert_eq(titr_replay_prioritise(s->replay, DRAWS, id, priority, &err), TITR_OK, "%s",
                 err.what);
}

static void check_weights(const scene *s, const size_t *row, const float *weight)
{
    double sum = 0.0, most = 0.0, want[DRAWS];
    const double n = (double)model_count_ready(&s->m);
    for (size_t i = 0; i < s->m.n; i++) {
        sum += s->priority[i] > 0.0 ? pow(s->priority[i], ALPHA) : 0.0;
    }
    for (size_t j = 0; j < DRAWS; j++) {
        want[j] = pow(n * pow(s->priority[row[j]], ALPHA) / sum, -BETA);
        most = want[j] > most ? want[j] : most;
    }
    for (size_t j = 0; j < DRAWS; j++) {
        cr_assert_float_eq((double)weight[j], want[j] / most, 1e-5, "row %zu", row[j]);
    }
}

/* Over pushes with wrap-around, draws and updates: weights follow from priorities as defined, which
 * holds only if every priority is where it should be. */
Test(priorities, weights_are_those_of_the_definition)
{
    static const size_t lanes[] = {1, 5}, steps[] = {1, 3};
    for (size_t k = 0; k < 4; k++) {
        scene s;
        uint64_t id[DRAWS];
        size_t row[DRAWS];
        float weight[DRAWS];
        start(&s, model_spec(40 * lanes[k % 2], lanes[k % 2], steps[k / 2], ALPHA), k);
        for (uint32_t i = 0; i < 200; i++) {
            push(&s);
            if (titr_replay_ready(s.replay) > 0) {
                draw(&s, i, id, row, weight);
                check_weights(&s, row, weight);
                if (i % 2 == 0) {
                    push(&s); /* some of the drawn ones are overwritten before their update */
                }
                prioritise(&s, id, row, i);
            }
        }
        end(&s);
    }
}

/* Frequencies of many batches against P(i); stratified draws scatter less than chi-square says. */
Test(priorities, frequencies_are_those_of_the_definition)
{
    scene s;
    uint64_t id[DRAWS];
    size_t row[DRAWS];
    float weight[DRAWS];
    start(&s, model_spec(80, 4, 2, ALPHA), 3);
    for (uint32_t i = 0; i < 60; i++) {
        push(&s);
    }
    for (uint32_t i = 0; i < 30; i++) {
        draw(&s, i, id, row, weight);
        prioritise(&s, id, row, i);
    }
    double sum = 0.0, chi2 = 0.0;
    double *times = calloc(s.m.n, sizeof *times);
    for (size_t i = 0; i < s.m.n; i++) {
        sum += s.priority[i] > 0.0 ? pow(s.priority[i], ALPHA) : 0.0;
    }
    const size_t batches = 2000;
    for (size_t i = 0; i < batches; i++) {
        draw(&s, 1000 + i, id, row, weight);
        for (size_t j = 0; j < DRAWS; j++) {
            times[row[j]] += 1.0;
        }
    }
    for (size_t i = 0; i < s.m.n; i++) {
        if (s.priority[i] > 0.0) {
            const double want = (double)(batches * DRAWS) * pow(s.priority[i], ALPHA) / sum;
            chi2 += (times[i] - want) * (times[i] - want) / want;
            cr_assert_float_eq(times[i], want, 6.0 * sqrt(want) + 1.0, "row %zu", i);
        }
    }
    const double df = (double)model_count_ready(&s.m) - 1.0;
    cr_assert_lt(chi2, df + 4.0 * sqrt(2.0 * df));
    free(times);
    end(&s);
}

/* Each of n equal parts of the mass is drawn from once: with equal priorities and as many draws as
 * steps, every step is drawn exactly once. */
Test(priorities, draws_are_stratified)
{
    static const double obs[MODEL_OBS] = {0.0};
    static const unsigned char mask[MODEL_LEVELS] = {1};
    const titr_replay_spec spec = model_spec(100, 1, 1, ALPHA);
    titr_replay *replay = NULL;
    titr_error err;
    uint64_t id[DRAWS];
    cr_assert_eq(titr_replay_create(&spec, &replay, &err), TITR_OK);
    for (size_t i = 0; i < DRAWS; i++) {
        const titr_replay_step step = {obs, obs, mask, mask, 0, 0.0, 5.0, TITR_END_NONE};
        cr_assert_eq(titr_replay_add(replay, 0, &step, &err), TITR_OK);
    }
    for (uint64_t count = 0; count < 50; count++) {
        const titr_replay_draw at = {{5, TITR_PURPOSE_TEST, 0, 0}, count, BETA};
        const titr_replay_batch batch = {.n = DRAWS, .id = id};
        cr_assert_eq(titr_replay_sample(replay, &at, &batch, &err), TITR_OK);
        for (uint64_t j = 0; j < DRAWS; j++) {
            cr_assert_eq(id[j], j);
        }
    }
    titr_replay_destroy(replay);
}

Test(priorities, a_priority_must_be_a_positive_number)
{
    scene s;
    uint64_t id[DRAWS];
    size_t row[DRAWS];
    float weight[DRAWS];
    titr_error err;
    start(&s, model_spec(80, 1, 1, ALPHA), 4);
    for (uint32_t i = 0; i < 20; i++) {
        push(&s);
    }
    draw(&s, 0, id, row, weight);
    static const double bad[] = {0.0, -1.0, (double)NAN, HUGE_VAL, 1e31, 1e-31};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_eq(titr_replay_prioritise(s.replay, 1, id, &bad[i], &err), TITR_ERR_RANGE);
    }
    static const double fine[] = {1e-30, 1e30};
    cr_assert_eq(titr_replay_prioritise(s.replay, 2, id, fine, &err), TITR_OK);
    const uint64_t beyond[] = {UINT64_MAX, 100000};
    cr_assert_eq(titr_replay_prioritise(s.replay, 2, beyond, fine, &err), TITR_OK, "not there");
    end(&s);
}

/* Of two updates of one step in a call the last counts; an extreme one is drawn nearly always. */
Test(priorities, the_last_update_counts)
{
    scene s;
    uint64_t id[DRAWS];
    size_t row[DRAWS];
    float weight[DRAWS];
    titr_error err;
    start(&s, model_spec(80, 1, 1, 1.0), 5);
    for (uint32_t i = 0; i < 20; i++) {
        push(&s);
    }
    draw(&s, 0, id, row, weight);
    const uint64_t twice[] = {id[0], id[0]};
    static const double priority[] = {1e-20, 1e9};
    cr_assert_eq(titr_replay_prioritise(s.replay, 2, twice, priority, &err), TITR_OK);
    draw(&s, 1, id, row, weight);
    for (size_t j = 0; j < DRAWS; j++) {
        cr_assert_eq(id[j], twice[0]);
        cr_assert_eq(weight[j], 1.0F);
    }
    end(&s);
}
