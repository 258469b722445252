// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TITRI_EVALUATE_H
#define TITRI_EVALUATE_H

#include "lab.h"

#include "titrate/stats/robustness.h"

/* Evaluate all policies of the lab, or only the one named, and write NAME.h5. */
titr_status titri_evaluate(titri_lab *lab, const char *only, int resume, titr_summary *out,
                           titr_error *err) TITR_NODISCARD;
/* Evaluate all policies in the lab's own world and in those of `cell` [n], and write
 * NAME.robustness.h5. @param[in] cell the experiment as each cell changes it, in the order of
 * lab->e->robustness. */
titr_status titri_evaluate_cells(titri_lab *lab, const titr_experiment *cell, int resume,
                                 titr_robustness *out, titr_error *err) TITR_NODISCARD;

#endif
