// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TITRI_EPISODES_H
#define TITRI_EPISODES_H

#include "lab.h"

/* Play the test seeds of a child under a policy.
 * @param[in,out] t [n_seeds] initialised trajectories; their old rows are forgotten.
 * @return TITR_ERR_STOPPED, without a text, when asked to stop. */
titr_status titri_episodes(const titri_lab *lab, size_t policy, size_t child, titr_trajectory *t,
                           size_t n_seeds, titr_error *err) TITR_NODISCARD;

#endif
