// SPDX-License-Identifier: GPL-3.0-or-later
/* Validation: greedy episodes of what an agent knows in the midst of its training, in an
 * environment and with an agent of its own, so that training goes on as if nothing had happened. */
#ifndef TITRI_JUDGE_H
#define TITRI_JUDGE_H

#include "lab.h"

typedef struct titri_judge titri_judge;

/* Means over the episodes that did not fault; NaN where there is none. */
typedef struct titri_verdict {
    double tir_itt_percent;
    double reward;         /* of a decision */
    double episode_return; /* sum of rewards */
    double failed;         /* episodes terminated or faulted */
} titri_verdict;

/* train.evaluate_episodes lanes; episode k is of child k mod n with validation seed k / n.
 * @param[in] child [n_children] who is learned from. */
titr_status titri_judge_create(const titri_lab *lab, size_t policy, size_t job, const size_t *child,
                               size_t n_children, titri_judge **out,
                               titr_error *err) TITR_NODISCARD;
/* NULL is fine. */
void titri_judge_destroy(titri_judge *judge);
/* Play. @param[in] learned what the agent's visit saved, loading. @return TITR_ERR_STOPPED, without
 * a text, when asked to stop. */
titr_status titri_judge_play(titri_judge *judge, titr_memory_visitor *learned, titri_verdict *out,
                             titr_error *err) TITR_NODISCARD;
/* The one of the verdict's numbers that counts. */
double titri_judge_score(const titri_lab *lab, const titri_verdict *verdict);

#endif
