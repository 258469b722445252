// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/report/report.h
 * @brief One self-contained HTML page about a run: no script, no request, vector pictures.
 *
 * Every page carries TITR_REPORT_NOTICE. Same run, same bytes. Scores are those the run stored
 * (sheet "metrics/episodes"), else they are made from its episodes. From the manifest it shows
 * "version" and what stands under "experiment"; from the optional sheet "actions" the column
 * "label", the name of each action level; a policy with a group "training/<policy>" is a learner.
 */
#ifndef TITR_REPORT_REPORT_H
#define TITR_REPORT_REPORT_H

#include "titrate/store/store.h"

/** Stands on every page. */
#define TITR_REPORT_NOTICE "SIMULATED - for research and education, not a medical device"

/** What the page shows. */
typedef struct titr_report_def {
    const char *patient; /* child whose day is shown; NULL = the one with the lowest TIR  */
    const char *policy;  /* policy on show; NULL = the first learner, else the first      */
    int mmol;            /* 1 = show mmol/L                                               */
} titr_report_def;

/** Write the page to `path` (tmp, rename). @param[in] run open run file, borrowed.
 *  @return TITR_ERR_NOT_FOUND for a patient or policy that the run does not have. */
titr_status titr_report_write(titr_reader *run, const titr_report_def *def, const char *path,
                              titr_error *err) TITR_NODISCARD;

#endif
