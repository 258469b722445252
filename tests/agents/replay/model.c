// SPDX-License-Identifier: GPL-3.0-or-later
#include "agents/replay/model.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

titr_replay_spec model_spec(size_t capacity, size_t n_lanes, size_t n_step, double alpha)
{
    return (titr_replay_spec){.capacity = capacity,
                              .n_lanes = n_lanes,
                              .n_obs = MODEL_OBS,
                              .n_levels = MODEL_LEVELS,
                              .n_step = n_step,
                              .discount = {.gamma = 0.9, .half_life_min = 60, .interval_min = 5.0},
                              .alpha = alpha};
}

void model_init(model *m, titr_replay_spec spec, uint64_t seed)
{
    *m = (model){.spec = spec, .seed = seed, .capacity = 1024};
    m->row = malloc(m->capacity * sizeof *m->row);
    m->newest = malloc(spec.n_lanes * sizeof *m->newest);
    m->count = calloc(spec.n_lanes, sizeof *m->count);
    cr_assert(m->row != NULL && m->newest != NULL && m->count != NULL);
    for (size_t l = 0; l < spec.n_lanes; l++) {
        m->newest[l] = SIZE_MAX;
    }
}

void model_fini(model *m)
{
    free(m->row);
    free(m->newest);
    free(m->count);
}

static uint32_t below(model *m, uint32_t n)
{
    return titr_rng_below((titr_rng_key){m->seed, TITR_PURPOSE_TEST, 0, 0}, m->word++, n);
}

static size_t new_row(model *m, size_t lane, size_t before)
{
    if (m->n == m->capacity) {
        m->capacity *= 2;
        m->row = realloc(m->row, m->capacity * sizeof *m->row);
        cr_assert(m->row != NULL);
    }
    model_row *row = &m->row[m->n];
    *row =
        (model_row){.lane = lane, .number = m->count[lane]++, .next = SIZE_MAX, .before = before};
    row->obs[0] = (double)m->n;
    row->obs[1] = below(m, 1000) * 0.37;
    row->obs[2] = -(double)lane;
    for (size_t a = 0; a < m->spec.n_levels; a++) {
        row->mask[a] = below(m, 3) > 0;
    }
    row->mask[below(m, (uint32_t)m->spec.n_levels)] = 1;
    if (before != SIZE_MAX) {
        m->row[before].next = m->n;
    }
    return m->n++;
}

/* What a lane does now: nothing valid, a step, or an episode's last step. */
static titr_end step_lane(model *m, size_t lane, size_t *from)
{
    static const titr_end ends[] = {TITR_END_TERMINATED, TITR_END_TRUNCATED};
    const titr_end end = below(m, 9) == 0 ? ends[below(m, 2)] : TITR_END_NONE;
    *from = m->newest[lane] != SIZE_MAX ? m->newest[lane] : new_row(m, lane, SIZE_MAX);
    const size_t to = new_row(m, lane, *from);
    model_row *row = &m->row[*from];
    row->step = 1;
    row->level = (int)below(m, (uint32_t)m->spec.n_levels);
    row->reward = (double)below(m, 2000) * 0.01 - 10.0;
    row->elapsed_min = below(m, 2) ? 5.0 : 5.0 * (1 + below(m, 6));
    row->terminated = end == TITR_END_TERMINATED;
    m->newest[lane] = end == TITR_END_NONE ? to : SIZE_MAX;
    return end;
}

typedef struct arrays {
    unsigned char *valid, *mask, *next_mask;
    double *obs, *next_obs, *propensity, *reward, *elapsed_min;
    int *level;
    titr_end *end;
} arrays;

static arrays make_arrays(size_t n)
{
    const arrays a = {calloc(n, 1),
                      calloc(n, MODEL_LEVELS),
                      calloc(n, MODEL_LEVELS),
                      calloc(n * MODEL_OBS, sizeof(double)),
                      calloc(n * MODEL_OBS, sizeof(double)),
                      calloc(n, sizeof(double)),
                      calloc(n, sizeof(double)),
                      calloc(n, sizeof(double)),
                      calloc(n, sizeof(int)),
                      calloc(n, sizeof(titr_end))};
    return a;
}

static void free_arrays(arrays *a)
{
    free(a->valid);
    free(a->mask);
    free(a->next_mask);
    free(a->obs);
    free(a->next_obs);
    free(a->propensity);
    free(a->reward);
    free(a->elapsed_min);
    free(a->level);
    free(a->end);
}

static void put(const model *m, arrays *a, size_t lane, size_t from)
{
    const model_row *row = &m->row[from], *next = &m->row[row->next];
    memcpy(&a->obs[lane * MODEL_OBS], row->obs, sizeof row->obs);
    memcpy(&a->next_obs[lane * MODEL_OBS], next->obs, sizeof next->obs);
    memcpy(&a->mask[lane * m->spec.n_levels], row->mask, m->spec.n_levels);
    memcpy(&a->next_mask[lane * m->spec.n_levels], next->mask, m->spec.n_levels);
    a->level[lane] = row->level;
    a->reward[lane] = row->reward;
    a->elapsed_min[lane] = row->elapsed_min;
}

void model_push(model *m, titr_replay *replay)
{
    arrays a = make_arrays(m->spec.n_lanes);
    for (size_t l = 0; l < m->spec.n_lanes; l++) {
        a.valid[l] = below(m, 12) > 0;
        if (a.valid[l]) {
            size_t from;
            a.end[l] = step_lane(m, l, &from);
            put(m, &a, l, from);
        } else {
            m->newest[l] = SIZE_MAX;
        }
    }
    const titr_transitions t = {m->spec.n_lanes, a.valid,       a.obs,   a.next_obs,
                                a.mask,          a.next_mask,   a.level, a.propensity,
                                a.reward,        a.elapsed_min, a.end,   a.level};
    titr_error err;
    cr_assert_eq(titr_replay_push(replay, &t, &err), TITR_OK, "%s", err.what);
    free_arrays(&a);
}

size_t model_rows(const model *m)
{
    const size_t rows = (m->spec.capacity + m->spec.n_lanes - 1) / m->spec.n_lanes;
    return rows > m->spec.n_step + 2 ? rows : m->spec.n_step + 2;
}

int model_ready(const model *m, size_t row)
{
    const model_row *r = &m->row[row];
    if (!r->step || m->count[r->lane] - r->number > model_rows(m)) {
        return 0;
    }
    size_t steps = 0;
    while (m->row[row].step && steps < m->spec.n_step) {
        steps++;
        row = m->row[row].next;
    }
    return steps == m->spec.n_step || row != m->newest[r->lane];
}

size_t model_count_ready(const model *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++) {
        n += model_ready(m, i) != 0;
    }
    return n;
}

uint64_t model_mask(const model_row *row)
{
    uint64_t mask = 0;
    for (size_t a = 0; a < MODEL_LEVELS; a++) {
        mask |= (uint64_t)row->mask[a] << a;
    }
    return mask;
}

model_return model_returns(const model *m, size_t row)
{
    model_return r = {0.0, 1.0, row};
    for (size_t k = 0; k < m->spec.n_step && m->row[r.after].step; k++) {
        const model_row *step = &m->row[r.after];
        r.reward += r.discount * step->reward;
        r.discount *= pow(m->spec.discount.gamma, step->elapsed_min / 5.0);
        r.after = step->next;
        if (step->terminated) {
            r.discount = 0.0;
            break;
        }
    }
    return r;
}
