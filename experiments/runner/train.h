// SPDX-License-Identifier: GPL-3.0-or-later
/* Training of all learners of a lab: jobs (a fold, or a child) advanced in rounds, so that between
 * rounds every job is at a decision boundary and can be saved. */
#ifndef TITRI_TRAIN_H
#define TITRI_TRAIN_H

#include "lab.h"

/* Train (or go on) and write NAME.agents.h5; lab->policy[].trained is filled. */
titr_status titri_train(titri_lab *lab, int resume, titr_error *err) TITR_NODISCARD;
/* Load NAME.agents.h5 into lab->policy[].trained. */
titr_status titri_load_agents(titri_lab *lab, titr_error *err) TITR_NODISCARD;
/* 1 if the experiment has anything to learn. */
int titri_has_learners(const titri_lab *lab);
/* Learning curves as sheets "training/<policy>/<job>" of a run file. */
titr_status titri_write_curves(const titri_lab *lab, titr_writer *w,
                               titr_error *err) TITR_NODISCARD;

#endif
