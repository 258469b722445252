// SPDX-License-Identifier: GPL-3.0-or-later
/* /doses: what was given, as events. Derived from the steps, so that a reader who asks for doses
 * need not look through every decision. */
#ifndef TITRI_STORE_DOSES_H
#define TITRI_STORE_DOSES_H

#include "table.h"

titr_status titri_doses_init(titri_table *doses, titri_output *out, const titri_filters *filters,
                             titr_error *err) TITR_NODISCARD;
/* Add the events of `t`, row `episode` of /episodes. */
titr_status titri_doses_add(titri_table *doses, const titr_trajectory *t, double episode,
                            titr_error *err) TITR_NODISCARD;

#endif
