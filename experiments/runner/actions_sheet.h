// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TITRI_ACTIONS_SHEET_H
#define TITRI_ACTIONS_SHEET_H

#include "lab.h"

/* Sheet "actions" of a run file: the name of every level of the action set. */
titr_status titri_write_actions(const titri_lab *lab, titr_writer *w,
                                titr_error *err) TITR_NODISCARD;

#endif
