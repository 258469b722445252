// SPDX-License-Identifier: GPL-3.0-or-later
/* Dying must not pay: with the smallest allowed terminal penalty a policy that kills scores below
 * constant basal, under every reward that may be learned from. Without it, dying can pay. */
#include "support/part.h"
#include "support/world.h"

#include "support/one_lane.h"

#include <math.h>

enum { DAYS = 1, CHILDREN = 10 };
static const double half_life_min = 180.0;

/* Discounted return of each child when the first decision gives a bolus and all give a level. */
static void play(world *w, double bolus_u, double level, double *score, int *died)
{
    world_open(w, CHILDREN);
    const titr_env_view *view = world_look(w);
    double weight[CHILDREN];
    for (size_t lane = 0; lane < CHILDREN; lane++) {
        score[lane] = 0.0;
        weight[lane] = 1.0;
    }
    for (int k = 0; k < 288 * DAYS; k++) {
        int running[CHILDREN];
        for (size_t lane = 0; lane < CHILDREN; lane++) {
            running[lane] = view->end[lane] == TITR_END_NONE;
        }
        world_step(w, level, k == 0 ? bolus_u : 0.0);
        for (size_t lane = 0; lane < CHILDREN; lane++) {
            if (running[lane]) {
                score[lane] += weight[lane] * view->reward[lane];
                weight[lane] *= titr_gamma(half_life_min, view->elapsed_min[lane]);
            }
        }
    }
    for (size_t lane = 0; lane < CHILDREN; lane++) {
        died[lane] = view->end[lane] == TITR_END_TERMINATED;
    }
    titr_env_destroy(w->env);
    w->env = NULL;
}

static void compare(const char *reward)
{
    world w;
    world_init(&w);
    world_use(&w.def.reward, titr_reward_find(reward));
    w.def.horizon_min = 1440.0 * DAYS;
    w.def.terminal_penalty = titr_terminal_penalty_min(w.def.reward, w.def.limit_lo_mg_dl,
                                                       w.def.limit_hi_mg_dl, half_life_min, 5.0);
    double doomed[CHILDREN], living[CHILDREN];
    int died[CHILDREN], survived[CHILDREN];
    play(&w, 15.0, 5.0, doomed, died);
    play(&w, 0.0, 1.0, living, survived);
    for (size_t lane = 0; lane < CHILDREN; lane++) {
        cr_assert(died[lane] && !survived[lane], "%s, child %zu", reward, lane);
        cr_assert_lt(doomed[lane], living[lane], "%s, child %zu: %g, constant basal %g", reward,
                     lane, doomed[lane], living[lane]);
    }
    world_fini(&w);
}

Test(doomed_policy, scores_below_constant_basal)
{
    size_t n = 0;
    const titr_reward_type *const *all = titr_reward_all(&n);
    for (size_t i = 0; i < n; i++) {
        if (!all[i]->literature_only) {
            compare(all[i]->part.name);
        }
    }
}

/* The worst that living can be: near 600 mg/dL for ever, against dying at once. Here dying pays as
 * long as there is no penalty, and not with the smallest allowed one. */
Test(doomed_policy, the_penalty_is_what_makes_the_difference)
{
    const titr_reward_type *type = titr_reward_find("magni_risk");
    const double gamma = titr_gamma(half_life_min, 5.0);
    const double penalty =
        titr_terminal_penalty_min((titr_slot){type, NULL}, 40.0, 600.0, half_life_min, 5.0);
    const double living = reward_step(type, NULL, 599.0, 599.0) / (1.0 - gamma);
    const double dying = reward_step(type, NULL, 599.0, 600.5);
    cr_assert_gt(dying, living);
    cr_assert_lt(dying - penalty, living);
}
