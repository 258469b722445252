// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TITRI_CHECK_SHIELD_H
#define TITRI_CHECK_SHIELD_H

#include "titrate/runner/experiment.h"

/* Part of titr_experiment_check. */
titr_status titri_check_shield(const titr_experiment *e, titr_error *err) TITR_NODISCARD;

#endif
