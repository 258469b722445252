// SPDX-License-Identifier: GPL-3.0-or-later
/* Training of the learners of a lab: jobs (a replicate's fold, or child) advanced in rounds, so
 * that between rounds every job is at a decision boundary and can be saved. */
#ifndef TITRI_TRAIN_H
#define TITRI_TRAIN_H

#include "lab.h"

/* Train (or go on) and write NAME.agents.h5; lab->policy[].learned is filled. With `resume`, or
 * when one policy alone is wanted, what the agents file has of the other learners is kept where it
 * fits.
 * @param[in] only NULL, or the one policy (with all its replicates) to train. */
titr_status titri_train(titri_lab *lab, const char *only, int resume,
                        titr_error *err) TITR_NODISCARD;
/* Load NAME.agents.h5 into lab->policy[].learned; every learner must be there. */
titr_status titri_load_agents(titri_lab *lab, titr_error *err) TITR_NODISCARD;
/* 1 if the experiment has anything to learn. */
int titri_has_learners(const titri_lab *lab);
/* What became of each job. */
titr_status titri_training_list(const titri_lab *lab, titr_training *out,
                                titr_error *err) TITR_NODISCARD;
/* Learning curves as sheets "training/<policy>/<job>" of a run file. */
titr_status titri_write_curves(const titri_lab *lab, titr_writer *w,
                               titr_error *err) TITR_NODISCARD;

#endif
