// SPDX-License-Identifier: GPL-3.0-or-later
#include "tabular.h"

/* The successor in whose share of [0, 1) the number falls; what rounding leaves is the last one's.
 */
static const titr_task_successor *pick(const titr_task_successor *next, size_t n, double uniform)
{
    size_t i = 0;
    double sum = next[0].probability;
    while (i + 1 < n && uniform >= sum) {
        sum += next[++i].probability;
    }
    return &next[i];
}

void titri_tabular_step(titri_successors *successors, const void *def, const titr_task_lanes *lanes)
{
    for (size_t l = 0; l < lanes->n; l++) {
        if (!lanes->runs[l]) {
            continue;
        }
        titr_task_successor next[TITR_TASK_SUCCESSORS_MAX];
        const size_t n = successors(def, (size_t)lanes->state[l], (size_t)lanes->level[l], next);
        const titr_task_successor *taken = next;
        if (n > 1) {
            taken = pick(next, n, titr_rng_uniform(lanes->key[l], lanes->index[l]));
        }
        lanes->state[l] = (double)taken->state;
        lanes->reward[l] = taken->reward;
        lanes->terminated[l] = taken->terminated;
    }
}

/* Not so where the only way on is to end where one is. */
static int goes_on(titri_successors *successors, const void *def, size_t state)
{
    titr_task_successor next[TITR_TASK_SUCCESSORS_MAX];
    const size_t n = successors(def, state, 0, next);
    return n > 1 || next[0].state != state || !next[0].terminated;
}

double titri_tabular_random_start(titri_successors *successors, const void *def, size_t n_states,
                                  titr_rng_key key)
{
    for (uint32_t i = 0;; i++) { /* draws until one fits: some state does */
        const size_t state = titr_rng_below(key, i, (uint32_t)n_states);
        if (goes_on(successors, def, state)) {
            return (double)state;
        }
    }
}

double titri_tabular_random_probability(titri_successors *successors, const void *def,
                                        size_t n_states, size_t state)
{
    size_t n = 0;
    for (size_t s = 0; s < n_states; s++) {
        n += (size_t)goes_on(successors, def, s);
    }
    return goes_on(successors, def, state) ? 1.0 / (double)n : 0.0;
}

void titri_tabular_observe(const void *def, size_t n, const double *state, size_t first,
                           size_t count, double *const *col)
{
    (void)def, (void)n;
    for (size_t l = first; l < first + count; l++) {
        col[0][l] = state[l];
    }
}

titr_task_observable titri_tabular_observable(size_t n_states, const char *doc)
{
    return (titr_task_observable){.name = "state",
                                  .unit = "1",
                                  .lo = 0.0,
                                  .hi = (double)(n_states - 1),
                                  .doc = doc,
                                  .discrete = n_states};
}
