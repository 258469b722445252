// SPDX-License-Identifier: GPL-3.0-or-later
/* Arrays that the caller lends are written instead of the environment's own, with the same values.
 */
#include "support/part.h"
#include "support/world.h"

#include <string.h>

enum { LANES = 11, ROOM = 16, STEPS = 50, LEVELS = 5 };

typedef struct lent {
    double cgm_mg_dl[ROOM], iob_u[ROOM], reward[ROOM], elapsed_min[ROOM];
    titr_end end[ROOM];
    unsigned char mask[ROOM * LEVELS];
} lent;

static void play(world *w, lent *l)
{
    world_init(w);
    world_random_meals(w);
    world_use(&w->def.solver, titr_solver_find("rk4"));
    if (l != NULL) {
        w->def.loan.col[TITR_OBS_CGM] = l->cgm_mg_dl;
        w->def.loan.col[TITR_OBS_IOB] = l->iob_u;
        w->def.loan.reward = l->reward;
        w->def.loan.elapsed_min = l->elapsed_min;
        w->def.loan.end = l->end;
        w->def.loan.mask = l->mask;
    }
    world_open(w, LANES);
    for (size_t k = 0; k < STEPS; k++) {
        world_step(w, 1.2, k == 30 ? 30.0 : 0.0);
    }
}

Test(env_loan, lent_arrays_are_written)
{
    static lent l;
    world own, with;
    cr_assert_eq(titr_env_loan_lanes(LANES), ROOM);
    play(&own, NULL);
    play(&with, &l);
    const titr_env_view *v = world_look(&own), *seen = world_look(&with);
    cr_assert(seen->record.col[TITR_OBS_CGM] == l.cgm_mg_dl && seen->reward == l.reward &&
              seen->mask == l.mask && seen->end == l.end && seen->elapsed_min == l.elapsed_min &&
              seen->iob_u == l.iob_u);
    cr_assert_arr_eq(l.cgm_mg_dl, v->record.col[TITR_OBS_CGM], LANES * sizeof(double));
    cr_assert_arr_eq(l.iob_u, v->iob_u, LANES * sizeof(double));
    cr_assert_arr_eq(l.reward, v->reward, LANES * sizeof(double));
    cr_assert_arr_eq(l.elapsed_min, v->elapsed_min, LANES * sizeof(double));
    cr_assert_arr_eq(l.end, v->end, LANES * sizeof(titr_end));
    cr_assert_eq(v->n_levels, LEVELS);
    cr_assert_arr_eq(l.mask, v->mask, (size_t)LANES * LEVELS);
    int ended = 0;
    for (size_t lane = 0; lane < LANES; lane++) {
        ended += l.end[lane] != TITR_END_NONE;
    }
    cr_assert_gt(ended, 0, "an overdose should have ended some lanes");
    world_fini(&own);
    world_fini(&with);
}
