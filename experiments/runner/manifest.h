// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TITRI_MANIFEST_H
#define TITRI_MANIFEST_H

#include "titrate/runner/experiment.h"

/* Who made a run from what, as JSON: no host, user, path or wall time, so that the same experiment
 * gives the same bytes. @param[out] json malloc'ed. */
titr_status titri_manifest(const titr_experiment *e, char **json, titr_error *err) TITR_NODISCARD;
/* The same with how policies are judged from it, for NAME.ope.h5. */
titr_status titri_manifest_of_judgement(const titr_experiment *e, char **json,
                                        titr_error *err) TITR_NODISCARD;

#endif
