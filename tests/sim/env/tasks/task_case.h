// SPDX-License-Identifier: GPL-3.0-or-later
/* What the tests of single tasks share. */
#ifndef TESTS_TASK_CASE_H
#define TESTS_TASK_CASE_H

#include "support/part.h"
#include "support/task_reference.h"

/* Files of the reference folder that begin with `prefix`; the test is skipped without any. */
static inline void expect_reference(const char *prefix)
{
    static const char folder[] = TITR_REFERENCE_DIR "/rl";
    task_reference_result r;
    if (!task_reference_compare(folder, prefix, stderr, &r) || r.n_files == 0) {
        cr_skip_test("no reference files %s/%s*", folder, prefix);
    }
    cr_assert(task_reference_holds(&r), "%s: compared %zu, ok %zu, failed %zu, worst %g (%s)",
              prefix, r.compared, r.ok, r.failed, r.worst, r.worst_file);
}

/* Every step of a tabular task goes where its table says, as often as it says. */
static inline void expect_steps_as_in_table(titr_slot slot, size_t state, int level)
{
    enum { DRAWS = 6000 };
    titr_task_successor next[TITR_TASK_SUCCESSORS_MAX];
    int seen[TITR_TASK_SUCCESSORS_MAX] = {0};
    const titr_task_type *type = slot.type;
    const size_t n = type->successors(slot.def, state, (size_t)level, next);
    for (uint32_t i = 0; i < DRAWS; i++) {
        one_task t = one_task_of(slot, i);
        t.index = i % 50;
        t.state[0] = (double)state;
        one_task_step(&t, level);
        size_t k = 0;
        while (k < n && !((double)next[k].state == t.state[0] && next[k].reward == t.reward &&
                          (next[k].terminated != 0) == (t.terminated != 0))) {
            k++;
        }
        cr_assert_lt(k, n, "state %zu level %d leads to %g with reward %g", state, level,
                     t.state[0], t.reward);
        seen[k]++;
    }
    double expected[TITR_TASK_SUCCESSORS_MAX] = {0.0};
    for (size_t k = 0; k < n; k++) { /* equal successors are counted at the first of them */
        size_t first = 0;
        while (next[first].state != next[k].state || next[first].reward != next[k].reward) {
            first++;
        }
        expected[first] += next[k].probability;
    }
    for (size_t k = 0; k < n; k++) { /* five standard deviations */
        const double p = expected[k], sd = sqrt(DRAWS * p * (1.0 - p));
        cr_assert(fabs(seen[k] - DRAWS * p) <= 5.0 * sd + 1e-6,
                  "state %zu level %d: %d of %d, expected a share of %g", state, level, seen[k],
                  DRAWS, p);
    }
}

#endif
