// SPDX-License-Identifier: GPL-3.0-or-later
/* T-maze: the returns of who remembers and of who does not; what can be seen. */
#include "task_case.h"

#include <math.h>

enum { LENGTH = 10 };

static void see(titr_slot slot, const one_task *t, double *cue, double *junction)
{
    double *const col[] = {cue, junction};
    t->type->observe(slot.def, 1, t->state, 0, 1, col);
}

/* Walk to the junction; then turn as the cue said, or always left. @return the episode's return. */
static double walk(titr_slot slot, uint32_t episode, int remembers)
{
    one_task t = one_task_of(slot, episode);
    double cue = 0.0, junction = 0.0, now = 0.0, total = 0.0;
    see(slot, &t, &cue, &junction);
    cr_assert(fabs(cue) == 1.0 && junction == 0.0);
    for (int k = 0; k < LENGTH; k++) {
        one_task_step(&t, 0);
        see(slot, &t, &now, &junction);
        cr_assert(now == 0.0 && junction == (k + 1 == LENGTH), "step %d", k);
        total += t.reward;
    }
    one_task_step(&t, remembers && cue > 0.0 ? 2 : 1);
    cr_assert(t.terminated);
    return total + t.reward;
}

Test(t_maze, memory_is_worth_two_and_a_bit)
{
    enum { EPISODES = 2000 };
    titr_slot slot = test_slot(titr_task_find("t_maze"));
    double with = 0.0, without = 0.0;
    for (uint32_t e = 0; e < EPISODES; e++) {
        with += walk(slot, e, 1);
        without += walk(slot, e, 0);
    }
    cr_assert_float_eq(with / EPISODES, 4.0, 1e-12);
    cr_assert_float_eq(without / EPISODES, 1.95, 5.0 * 2.05 / sqrt(EPISODES));
    double *q = task_values(slot, 1.0);
    cr_assert_not_null(q);
    cr_assert_float_eq(q[0], 4.0, 1e-12, "who sees the state gets 4");
    cr_assert_float_eq(q[1], 3.9, 1e-12, "standing still costs 0.1");
    free(q);
    titr_slot_fini(&slot);
}

Test(t_maze, turns_in_the_corridor_and_waiting_cost)
{
    titr_slot slot = test_slot(titr_task_find("t_maze"));
    one_task t = one_task_of(slot, 1);
    const double before = t.state[0];
    one_task_step(&t, 1);
    cr_assert(t.state[0] == before && t.reward == -0.1 && !t.terminated);
    for (int k = 0; k < LENGTH; k++) {
        one_task_step(&t, 0);
    }
    one_task_step(&t, 0);
    cr_assert(t.reward == -0.1 && !t.terminated, "waiting at the junction");
    titr_slot_fini(&slot);
}

/* Three frames: the cue stays in sight for two steps, and is gone after the third. */
Test(t_maze, frames_show_what_was_seen_before)
{
    titr_slot slot = test_slot(titr_task_find("t_maze"));
    *(int64_t *)test_option(slot, "frames") = 3;
    cr_assert_eq(titr_task_shape_of(slot).n_obs, 6);
    one_task t = one_task_of(slot, 1);
    double seen[6] = {0.0};
    double *const col[] = {&seen[0], &seen[1], &seen[2], &seen[3], &seen[4], &seen[5]};
    t.type->observe(slot.def, 1, t.state, 0, 1, col);
    const double cue = seen[0];
    cr_assert(fabs(cue) == 1.0 && seen[2] == cue && seen[4] == cue);
    static const double remains[3][3] = {{0.0, 1.0, 1.0}, {0.0, 0.0, 1.0}, {0.0, 0.0, 0.0}};
    for (int k = 0; k < 3; k++) {
        one_task_step(&t, 0);
        t.type->observe(slot.def, 1, t.state, 0, 1, col);
        for (int ago = 0; ago < 3; ago++) {
            cr_assert_eq(seen[2 * ago], cue * remains[k][ago], "step %d, %d ago", k, ago);
        }
    }
    for (int k = 3; k < LENGTH; k++) {
        one_task_step(&t, 0);
    }
    t.type->observe(slot.def, 1, t.state, 0, 1, col);
    cr_assert(seen[1] == 1.0 && seen[3] == 0.0 && seen[5] == 0.0);
    titr_slot_fini(&slot);
}
