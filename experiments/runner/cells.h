// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TITRI_RUNNER_CELLS_H
#define TITRI_RUNNER_CELLS_H

#include "titrate/runner/experiment.h"

/* Names and assignments of the cells; the text begins with the key. */
titr_status titri_check_cells(const titr_experiment *e, titr_error *err) TITR_NODISCARD;

#endif
