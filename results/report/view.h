// SPDX-License-Identifier: GPL-3.0-or-later
/* Everything the panels show, read from the run once. Panels only draw. */
#ifndef TITRI_REPORT_VIEW_H
#define TITRI_REPORT_VIEW_H

#include "profile.h"

#include "titrate/report/report.h"
#include "titrate/stats/summary.h"

/* One midnight-to-midnight day of an episode; a whole one where there is one. */
typedef struct titri_day {
    size_t episode;  /* number in the file            */
    double from_min; /* midnight, in episode time      */
    double tir_percent;
} titri_day;

typedef struct titri_view {
    titr_reader *run;     /* borrowed */
    const char *manifest; /* borrowed */
    int mmol;
    /* from the manifest */
    char experiment[TITR_TEXT_MAX], seed[TITR_TEXT_MAX], version[TITR_TEXT_MAX];
    char model[TITR_TEXT_MAX], mode[TITR_TEXT_MAX], sensor[TITR_TEXT_MAX];
    double clock_start_min, drop_min, horizon_days;
    /* what was compared */
    titr_summary summary;
    const titr_summary_row *shown, *reference; /* into summary; reference may be NULL        */
    size_t *ranked; /* [summary.n_rows] numbers of rows, best tir_itt first; owned */
    /* the child on show; NaN or "" where the file does not say */
    char patient[TITR_ID_MAX];
    double age_years, weight_kg, height_cm;
    char sex[TITR_NAME_MAX];
    /* readings of the policy on show and of the reference: this child's and everybody's */
    titri_profile child, child_reference, all, all_reference;
    /* a typical day of the child under the policy on show, and the reference on that very day */
    int has_day;
    titri_day day;
    titr_trajectory shown_episode, reference_episode; /* the latter empty when there is none */
    size_t n_labels;
    char **label; /* names of action levels; owned block; NULL when the run has none */
    size_t n_rules;
    char **rule; /* names of the shield's rules, number 1 first; likewise */
} titri_view;

/* @param[out] view end with titri_view_fini, also after a failure. */
titr_status titri_view_load(titr_reader *run, const titr_report_def *def, titri_view *view,
                            titr_error *err) TITR_NODISCARD;
void titri_view_fini(titri_view *view);

/* Mean over seeds of the child on show under `row`. @return NaN when it is not known. */
double titri_view_child_mean(const titri_view *view, const titr_summary_row *row, const char *key);

#endif
