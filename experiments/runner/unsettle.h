// SPDX-License-Identifier: GPL-3.0-or-later
/* Children that are off on purpose in training: train.settings_cv and train.body_cv. */
#ifndef TITRI_UNSETTLE_H
#define TITRI_UNSETTLE_H

#include "lab.h"

/* The settings of one training episode, off by random factors: all insulin too strong or too weak
 * by one factor, basal, CR and CF each by a smaller one of its own. A function of seed, child and
 * episode. @param[in] cv of the log-normal common factor; the others have half of it. */
titr_therapy titri_unsettle(const titr_therapy *own, titr_rng_key key, double cv);

/* The child of one training episode: each response of its body (titr_model_type) off by a random
 * factor of its own. A function of seed, child and episode. @param[in] cv of the log-normal
 * factors; a value stays within the range of its parameter. */
titr_child titri_unsettle_body(const titr_child *own, const titr_model_type *model,
                               titr_rng_key key, double cv);

#endif
