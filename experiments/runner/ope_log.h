// SPDX-License-Identifier: GPL-3.0-or-later
/* The behaviour's episodes in memory, and their first hours as estimators want them. */
#ifndef TITRI_OPE_LOG_H
#define TITRI_OPE_LOG_H

#include "recall.h"

#include "titrate/agents/fqe.h"
#include "titrate/stats/ope.h"

/* Rows of all episodes, one after the other; those of a child side by side. */
typedef struct titri_ope_log {
    size_t n, *first; /* episodes; [n + 1] */
    size_t *child;    /* [n] in the cohort */
    size_t faults;    /* episodes left out */
    size_t n_obs, n_levels;
    size_t discrete[TITR_COLUMNS_MAX];                    /* [n_obs] as titr_fqe_data */
    float *obs;                                           /* [rows][n_obs] recorded columns */
    unsigned char *mask;                                  /* [rows][n_levels] */
    int *level;                                           /* [rows] */
    double *propensity, *reward, *elapsed_min, *time_min; /* [rows] */
} titri_ope_log;

/* Read what e->ope names. @return TITR_ERR_CONFIG for data that do not fit the experiment, are too
 * short, were made by choosing doses, behind a shield, or on seeds of training; _NOT_FOUND for a
 * policy that is not in the file. */
titr_status titri_ope_log_read(titri_ope_log *log, const titri_lab *lab,
                               titr_error *err) TITR_NODISCARD;
void titri_ope_log_fini(titri_ope_log *log);
/* Path of the run file that e->ope names. */
void titri_ope_data_path(const titr_experiment *e, char *path, size_t size);

/* The log's first hours with one policy's probabilities. */
typedef struct titri_ope_cut {
    size_t *first;                /* [n + 1] */
    float *obs, *probability, *q; /* [rows][n_obs], [rows][n_levels] */
    int *level;                   /* [rows] and so on */
    double *target, *behaviour, *reward, *discount, *left, *q_given, *v;
    unsigned char *choice;
    titr_fqe_data fqe;
    titr_ope_data ope; /* without q and v until titri_ope_cut_values */
    double steps;      /* decisions to the horizon */
} titri_ope_cut;

/* @param[in] probability [rows of log][n_levels] of the policy that is judged. titri_ope_cut_fini
 * after a failure, too. */
titr_status titri_ope_cut_make(titri_ope_cut *cut, const titri_lab *lab, const titri_ope_log *log,
                               const float *probability, double horizon_h,
                               titr_error *err) TITR_NODISCARD;
void titri_ope_cut_fini(titri_ope_cut *cut);
/* What cut->q says of the levels given and of the policy. */
void titri_ope_cut_values(titri_ope_cut *cut);
/* Discount over an interval. */
double titri_ope_discount(const titri_lab *lab, double elapsed_min);

#endif
