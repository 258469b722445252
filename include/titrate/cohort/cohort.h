// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/cohort/cohort.h
 * @brief Virtual children: who they are and the therapy settings they come with.
 *
 * Sources of a cohort are registered: "s2008-published" (the 30 published subjects), "file" (a CSV
 * with the published column names) and "sample" (drawn, titrate/cohort/sample.h).
 *
 * Ownership  titr_cohort owns its children; titr_cohort_fini releases them.
 * Errors     TITR_ERR_CONFIG with file, line, column and nearest name for a bad CSV;
 *            TITR_ERR_RANGE for a value outside its range.
 */
#ifndef TITR_COHORT_COHORT_H
#define TITR_COHORT_COHORT_H

#include "titrate/models/model.h"

/** A child's pump settings, as 24 hourly profiles: element h holds from h:00 to h:59. */
typedef struct titr_therapy {
    double basal_u_per_h[24];  /* background insulin */
    double cr_g_per_u[24];     /* carbohydrate ratio                   */
    double cf_mg_dl_per_u[24]; /* correction factor (ISF)              */
    double target_mg_dl[24];   /* glucose the correction aims at       */
    double tdi_u_per_day;      /* total daily insulin                  */
} titr_therapy;

/** Same value in every hour. */
void titr_therapy_flat(titr_therapy *therapy, double basal_u_per_h, double cr_g_per_u,
                       double cf_mg_dl_per_u, double target_mg_dl, double tdi_u_per_day);
/** Hour index of a time of day, 0..23. @param time_of_day_min [0, 1440). */
size_t titr_therapy_hour(double time_of_day_min);

/** A virtual child. */
typedef struct titr_child {
    titr_patient patient;   /* covariates and model parameters */
    titr_therapy published; /* as published with the subject (target: the peer's 140 mg/dL), or as
                               a clinic would have set them for a drawn one (110 mg/dL) */
} titr_child;

/** Children in the order of their source. */
typedef struct titr_cohort {
    titr_child *child; /* owned */
    size_t n;          /* children */
    char note[256];    /* one line for the user: what was derived or assumed; empty if nothing */
    double rejected_percent; /* of drawn bodies, which were not viable; 0 for other sources */
} titr_cohort;

/** Who is drawn by source "sample". */
typedef struct titr_sample {
    uint64_t seed;               /* of all children                                          */
    int64_t n;                   /* children, 1 to 10^6                                      */
    double age_years[2];         /* from, to; within 2 and 18; uniform                       */
    titr_sex sex;                /* TITR_SEX_UNKNOWN = boys and girls, each as likely        */
    double weight_percentile[2]; /* of weight for age, from, to; within 0.7 and 99.3         */
    int stratified; /* 1: sexes and the bands 2-6-9-12-15-18 years in turn, equally many of each */
} titr_sample;

/** Whom to load; NULL and "" are alike. */
typedef struct titr_cohort_request {
    const char *source;   /* "s2008-published", "file" or "sample" */
    const char *path;     /* CSV of "file"; covariates of "sample", or none */
    const char *subjects; /* "" or "all" = everyone; "children" = ids that begin with "child"; else
                             ids separated by commas */
    const titr_sample *sample; /* of "sample"; NULL = titr_sample_init() */
} titr_cohort_request;

/** @param[out] out owned by the caller. */
titr_status titr_cohort_load(const titr_cohort_request *want, const titr_model_type *model,
                             titr_cohort *out, titr_error *err) TITR_NODISCARD;
/** Release the children. */
void titr_cohort_fini(titr_cohort *cohort);

#endif
