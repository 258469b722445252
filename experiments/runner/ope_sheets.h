// SPDX-License-Identifier: GPL-3.0-or-later
/* What a judgement came to: its accuracy, and NAME.ope.h5. */
#ifndef TITRI_OPE_SHEETS_H
#define TITRI_OPE_SHEETS_H

#include "titrate/runner/ope.h"

/* Fill out->accuracy from rows that have a truth. @param[in] n policies. */
titr_status titri_judge_accuracy(titr_judgement *out, size_t n, titr_error *err) TITR_NODISCARD;
titr_status titri_judge_write(const titr_experiment *e, const titr_judgement *j,
                              titr_error *err) TITR_NODISCARD;

#endif
