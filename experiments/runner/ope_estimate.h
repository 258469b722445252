// SPDX-License-Identifier: GPL-3.0-or-later
/* One estimate over children, with its interval.
 *
 *   value = mean_c V_c,   ESS = K^2 / sum_c (1 / ESS_c)   over K children c                    (1)
 *
 * Each child is a stratum: who is treated is known, and not left to chance. Weights of all children
 * together would give those whose decisions happen to agree with the policy the say over all, and
 * their effective sample size would not tell. ESS is that of one stratum with the same variance. */
#ifndef TITRI_OPE_ESTIMATE_H
#define TITRI_OPE_ESTIMATE_H

#include "ope_log.h"

#include "titrate/runner/ope.h"

/* Fill the row's estimate, refusal and interval, by its method. @param[in] data of the log's
 * episodes, with q and v. */
titr_status titri_ope_estimate(const titri_lab *lab, const titri_ope_log *log,
                               const titr_ope_data *data, titr_judged *row,
                               titr_error *err) TITR_NODISCARD;

#endif
