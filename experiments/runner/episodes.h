// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TITRI_EPISODES_H
#define TITRI_EPISODES_H

#include "guard.h"

/* Children whose episodes are played together: neighbours in the cohort whom one agent serves. Lane
 * l plays child first_child + l / n_seeds with its test seed number l % n_seeds. */
typedef struct titri_ward {
    size_t policy, first_child, n_children, n_seeds;
    titri_variant variant;
} titri_ward;

/* Number of the seed that a lane plays. */
uint32_t titri_ward_episode(const titri_lab *lab, const titri_ward *ward, size_t lane);

/* Play the test seeds of the ward's children.
 * @param[in,out] t [n_children * n_seeds] initialised trajectories; their old rows are forgotten.
 * @return TITR_ERR_STOPPED, without a text, when asked to stop. */
titr_status titri_episodes(const titri_lab *lab, const titri_ward *ward, titr_trajectory *t,
                           titr_error *err) TITR_NODISCARD;
/* How lane l's episode ended, into its trajectory. */
void titri_end_episode(const titr_env_view *v, size_t l, titr_trajectory *t);

#endif
