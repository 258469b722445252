// SPDX-License-Identifier: GPL-3.0-or-later
/* Windows of steps against the list of everything that was pushed. */
#include "agents/replay/model.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS 70

/* Arrays of windows of `length` steps, and what stands around them. */
typedef struct windows {
    titr_replay_sequences s;
    size_t length;
} windows;

static windows make(size_t burn_in, size_t span)
{
    const size_t length = burn_in + span, steps = length * DRAWS, rows = steps + DRAWS;
    return (windows){{.n = DRAWS,
                      .burn_in = burn_in,
                      .span = span,
                      .obs = malloc(rows * MODEL_OBS * sizeof(float)),
                      .mask = malloc(rows * sizeof(uint64_t)),
                      .level = malloc(steps * sizeof(int)),
                      .reward = malloc(steps * sizeof(float)),
                      .discount = malloc(steps * sizeof(float)),
                      .valid = malloc(steps),
                      .reset = malloc(steps),
                      .weight = malloc(DRAWS * sizeof(float)),
                      .id = malloc(DRAWS * sizeof(uint64_t))},
                     length};
}

static void release(windows *w)
{
    free(w->s.obs);
    free(w->s.mask);
    free(w->s.level);
    free(w->s.reward);
    free(w->s.discount);
    free(w->s.valid);
    free(w->s.reset);
    free(w->s.weight);
    free(w->s.id);
}

static void check_row(const model *m, const windows *w, size_t at, size_t row)
{
    static const float nothing[MODEL_OBS];
    float want[MODEL_OBS];
    for (size_t k = 0; k < MODEL_OBS; k++) {
        want[k] = row == SIZE_MAX ? nothing[k] : (float)m->row[row].obs[k];
    }
    cr_assert_arr_eq(&w->s.obs[at * MODEL_OBS], want, sizeof want);
    cr_assert_eq(w->s.mask[at], row == SIZE_MAX ? 0 : model_mask(&m->row[row]));
}

static void check_step(const model *m, const windows *w, size_t at, size_t row)
{
    const int step = row != SIZE_MAX && m->row[row].step;
    cr_assert_eq(w->s.valid[at], step);
    cr_assert_eq(w->s.level[at], step ? m->row[row].level : 0);
    cr_assert_eq(w->s.reward[at], step ? (float)m->row[row].reward : 0.0F);
    const double discount =
        !step || m->row[row].terminated ? 0.0 : pow(0.9, m->row[row].elapsed_min / 5.0);
    cr_assert_float_eq(w->s.discount[at], discount, 1e-6);
}

/* Window j, step by step from the earliest row that is still kept. */
static void check_window(const model *m, const windows *w, size_t j)
{
    size_t row = (size_t)w->s.obs[(w->s.burn_in * DRAWS + j) * MODEL_OBS], t = w->s.burn_in;
    cr_assert(model_ready(m, row));
    cr_assert_eq(w->s.id[j], m->row[row].number * m->spec.n_lanes + m->row[row].lane);
    while (t > 0 && m->row[row].before != SIZE_MAX &&
           m->count[m->row[row].lane] - m->row[m->row[row].before].number <= model_rows(m)) {
        row = m->row[row].before;
        t--;
    }
    const size_t first = t;
    for (size_t k = 0; k < t; k++) {
        check_row(m, w, k * DRAWS + j, SIZE_MAX);
        check_step(m, w, k * DRAWS + j, SIZE_MAX);
    }
    for (; t <= w->length; t++) {
        check_row(m, w, t * DRAWS + j, row);
        if (t < w->length) {
            check_step(m, w, t * DRAWS + j, row);
        }
        row = row == SIZE_MAX || !m->row[row].step ? SIZE_MAX : m->row[row].next;
    }
    for (size_t k = 0; k < w->length; k++) {
        cr_assert_eq(w->s.reset[k * DRAWS + j], k == first);
    }
}

static void compare(titr_replay_spec spec, size_t burn_in, size_t span, uint64_t seed)
{
    model m;
    titr_replay *replay = NULL;
    titr_error err;
    windows w = make(burn_in, span);
    cr_assert_eq(titr_replay_create(&spec, &replay, &err), TITR_OK, "%s", err.what);
    model_init(&m, spec, seed);
    for (size_t i = 0; i < 150; i++) {
        model_push(&m, replay);
        const titr_replay_draw draw = {{3, TITR_PURPOSE_TEST, 0, 0}, i, 0.5};
        if (titr_replay_ready(replay) > 0) {
            cr_assert_eq(titr_replay_sample_sequences(replay, &draw, &w.s, &err), TITR_OK, "%s",
                         err.what);
            for (size_t j = 0; j < DRAWS; j++) {
                check_window(&m, &w, j);
            }
        } else {
            cr_assert_eq(titr_replay_sample_sequences(replay, &draw, &w.s, &err), TITR_ERR_ARG);
        }
    }
    model_fini(&m);
    release(&w);
    titr_replay_destroy(replay);
}

Test(sequences, windows_are_what_was_pushed)
{
    static const size_t burn_in[] = {0, 4, 10}, span[] = {1, 5, 20};
    for (size_t b = 0; b < 3; b++) {
        for (size_t t = 0; t < 3; t++) {
            compare(model_spec(30, 1, 1, 0.0), burn_in[b], span[t], b);
            compare(model_spec(100, 4, 1, 0.0), burn_in[b], span[t], b);
            compare(model_spec(100, 4, 3, 0.9), burn_in[b], span[t], b);
        }
    }
}
