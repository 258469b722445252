// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TITRI_SETTINGS_SHEET_H
#define TITRI_SETTINGS_SHEET_H

#include "lab.h"

/* Sheets "settings/<policy>" of a run file: the therapy settings each child had under each policy.
 */
titr_status titri_write_settings(const titri_lab *lab, titr_writer *w,
                                 titr_error *err) TITR_NODISCARD;

#endif
