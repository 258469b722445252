// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TITR_AGENTS_TABULAR_SAFE_H
#define TITR_AGENTS_TABULAR_SAFE_H

#include "learner.h"

/* The level given in evaluation. @param[in] feature [tilings] */
size_t titri_safe_level(const titri_learner *q, const size_t *feature, const unsigned char *mask);

#endif
