// SPDX-License-Identifier: GPL-3.0-or-later
/* From transitions to replay: only decisions that left a choice are learned about.
 *
 * Between two choices of a lane rewards are added up and discounted, so that the memory holds the
 * semi-Markov process of the choices; with a choice at every decision that is the process itself.
 * An episode truncated between two choices bootstraps from nothing that could be chosen: its last
 * choice is dropped. */
#include "deep.h"

#include "titrate/agents/levels.h"

#include <string.h>

static titr_status keep(titri_deep *d, const titr_transitions *t, size_t l, titr_error *err)
{
    titri_training *training = d->training;
    titri_choice *choice = &training->choice[l];
    const titr_replay_step step = {.obs = &training->choice_obs[l * d->n_obs],
                                   .next_obs = &t->next_obs[l * d->n_obs],
                                   .mask = &training->choice_mask[l * d->n_levels],
                                   .next_mask = &t->next_mask[l * d->n_levels],
                                   .level = choice->level,
                                   .reward = choice->rewards * d->def.reward_scale,
                                   .elapsed_min = choice->elapsed_min,
                                   .end = t->end[l]};
    choice->open = 0;
    return titr_replay_add(training->replay, l, &step, err);
}

static titr_status take_lane(titri_deep *d, const titr_transitions *t, size_t l, titr_error *err)
{
    titri_training *training = d->training;
    titri_choice *choice = &training->choice[l];
    const unsigned char *mask = &t->mask[l * d->n_levels];
    if (titr_levels_allowed(mask, d->n_levels) > 1) {
        *choice = (titri_choice){.open = 1, .level = t->level[l], .discount = 1.0};
        memcpy(&training->choice_obs[l * d->n_obs], &t->obs[l * d->n_obs],
               d->n_obs * sizeof *t->obs);
        memcpy(&training->choice_mask[l * d->n_levels], mask, d->n_levels);
    }
    if (!choice->open) {
        return TITR_OK;
    }
    choice->rewards += choice->discount * t->reward[l];
    choice->discount *= titr_discount_over(&d->discount, t->elapsed_min[l]);
    choice->elapsed_min += t->elapsed_min[l];
    const int again = titr_levels_allowed(&t->next_mask[l * d->n_levels], d->n_levels) > 1;
    if (t->end[l] == TITR_END_TERMINATED || again) {
        return keep(d, t, l, err);
    }
    if (t->end[l] != TITR_END_NONE) {
        choice->open = 0;
        titr_replay_break(training->replay, l);
    }
    return TITR_OK;
}

titr_status titri_choices_take(titri_deep *d, const titr_transitions *t, titr_error *err)
{
    for (size_t l = 0; l < t->n; l++) {
        if (t->valid[l]) {
            TITR_TRY(take_lane(d, t, l, err));
        } else { /* ended before, or a fault: nothing may be learned across it */
            d->training->choice[l].open = 0;
            titr_replay_break(d->training->replay, l);
        }
    }
    return TITR_OK;
}

titr_status titri_choices_visit(titri_deep *d, titr_visitor *v, titr_error *err)
{
    const size_t n = d->n_lanes, obs[2] = {n, d->n_obs}, mask[2] = {n, d->n_levels};
    const size_t wide[2] = {n, 5};
    titri_training *t = d->training;
    TITR_TRY(titr_state_visit(v, "choice_obs", TITR_F64, 2, obs, t->choice_obs, err));
    TITR_TRY(titr_state_visit(v, "choice_mask", TITR_U8, 2, mask, t->choice_mask, err));
    for (size_t l = 0; l < n; l++) {
        const titri_choice *c = &t->choice[l];
        const double row[5] = {c->open, c->level, c->rewards, c->discount, c->elapsed_min};
        memcpy(&t->choice_rows[5 * l], row, sizeof row);
    }
    TITR_TRY(titr_state_visit(v, "choice", TITR_F64, 2, wide, t->choice_rows, err));
    for (size_t l = 0; l < n; l++) {
        const double *row = &t->choice_rows[5 * l];
        if (!(row[1] >= 0.0 && row[1] < (double)d->n_levels)) {
            return titr_fail(err, TITR_ERR_CONFIG, "saved choice of lane %zu: level %g of %zu", l,
                             row[1], d->n_levels);
        }
        t->choice[l] = (titri_choice){row[0] != 0.0, (int)row[1], row[2], row[3], row[4]};
    }
    return TITR_OK;
}
