// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TITRI_EVALUATE_H
#define TITRI_EVALUATE_H

#include "lab.h"

/* Evaluate all policies of the lab, or only the one named, and write NAME.h5. */
titr_status titri_evaluate(titri_lab *lab, const char *only, int resume, titr_summary *out,
                           titr_error *err) TITR_NODISCARD;

#endif
