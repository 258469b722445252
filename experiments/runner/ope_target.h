// SPDX-License-Identifier: GPL-3.0-or-later
/* One policy that is judged: what it would have done, and what it truly earns. */
#ifndef TITRI_OPE_TARGET_H
#define TITRI_OPE_TARGET_H

#include "ope_log.h"

/* Probabilities of every level at every decision of the log.
 * @param[out] p [rows][n_levels]. @return TITR_ERR_ARG for a policy that chooses doses;
 * TITR_ERR_CONFIG for one whose levels mean other doses than in the log. */
titr_status titri_ope_probabilities(const titri_lab *lab, const titri_ope_log *log, size_t policy,
                                    float *p, titr_error *err) TITR_NODISCARD;

/* Play the policy on the test seeds. @param[out] mean, se [horizons_h.n] mean over children of
 * their mean returns, and its standard error over episodes, NaN with one episode a child; faulted
 * ones are left out. */
titr_status titri_ope_truth(const titri_lab *lab, size_t policy, double *mean, double *se,
                            titr_error *err) TITR_NODISCARD;

#endif
