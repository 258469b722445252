// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TITRI_VERBS_H
#define TITRI_VERBS_H

#include "titrate/runner/experiment.h"

/* The experiment with one policy and what it acts through; slots stay the original's.
 * @param[in] name of the policy, a variant or a replicate of it: "q+shield#3".
 * @return TITR_ERR_NOT_FOUND if it has no such policy. */
titr_status titri_keep_policy(const titr_experiment *e, const char *name, titr_experiment *one,
                              titr_error *err) TITR_NODISCARD;

#endif
