// SPDX-License-Identifier: GPL-3.0-or-later
/* Learning from a trajectory file instead of an environment. */
#ifndef TITRI_STUDY_H
#define TITRI_STUDY_H

#include "lab.h"

/* 1 if the policy learns from a file. */
int titri_studies(const titr_policy_def *def);

/* What a run file holds, whatever it is called. */
titr_status titri_study_sha256(const char *path, char hex[TITR_SHA256_HEX],
                               titr_error *err) TITR_NODISCARD;
/* Give the agent, of one lane, every transition that the file holds of these children: theirs
 * alone, so that children left out stay unknown. Needs record.learning = true when the file was
 * written.
 * @return TITR_ERR_IO, _CONFIG: the file cannot be read or learned from. */
titr_status titri_study(const titri_lab *lab, const titr_policy_def *def, const size_t *child,
                        size_t n_children, titr_agent *agent, titr_error *err) TITR_NODISCARD;

#endif
