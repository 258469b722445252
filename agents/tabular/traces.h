// SPDX-License-Identifier: GPL-3.0-or-later
/* Eligibility traces of one lane: the pairs of the episode that still learn from what happens. */
#ifndef TITR_AGENTS_TABULAR_TRACES_H
#define TITR_AGENTS_TABULAR_TRACES_H

#include "table.h"

/* One pair of an episode. */
typedef struct titri_trace {
    int64_t pair;
    double step;  /* step size times trace: what is learned of an error now */
    double left;  /* part of the latest visit's trace that is left */
    double alpha; /* step size of the latest visit */
    double error; /* of the latest visit's return so far */
} titri_trace;

typedef struct titri_traces {
    titri_trace *trace; /* [room], the first n in use, in the order of their first visits */
    size_t n, room;
} titri_traces;

/* How many traces a lane keeps of a table with so many pairs. */
size_t titri_traces_room(size_t n_pairs, size_t tilings);
/* @return 0 without memory. */
int titri_traces_init(titri_traces *e, size_t room);
void titri_traces_fini(titri_traces *e);
/* @param[in] n_pairs of the table. */
titr_status titri_traces_visit(titri_traces *e, titr_visitor *v, size_t n_pairs,
                               titr_error *err) TITR_NODISCARD;

/* One visit of a level's pairs, its error included: all pairs with a trace learn from it.
 * @param[in] pair [tilings] */
void titri_traces_update(titri_traces *e, titri_qtable *t, const titri_tabular_def *def,
                         const int64_t *pair, double target);
/* All traces fall to this part of what they were. */
void titri_traces_decay(titri_traces *e, titri_qtable *t, double part);
/* All traces end: of the episode, or of what the greedy policy would have done. */
void titri_traces_end(titri_traces *e, titri_qtable *t);

#endif
