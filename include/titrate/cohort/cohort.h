// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/cohort/cohort.h
 * @brief Virtual children: who they are and the therapy settings they come with.
 *
 * Sources of a cohort are registered parts: "s2008-published" (the 30 published subjects) and
 * "file" (a CSV with the published column names).
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
    titr_patient patient; /* covariates and model parameters */
    titr_therapy
        published; /* settings as published with the subject (target: the peer's 140 mg/dL) */
} titr_child;

/** Children in the order of their source. */
typedef struct titr_cohort {
    titr_child *child; /* owned */
    size_t n;          /* children */
    char note[256];    /* one line for the user: what was derived or assumed; empty if nothing */
} titr_cohort;

/** A subject list: "" or "all" = everyone; "children" = ids that begin with "child"; else ids
 *  separated by commas. @param[in] source "s2008-published" or "file". @param[in] path CSV for
 * "file".
 *  @param[out] out owned by the caller. */
titr_status titr_cohort_load(const char *source, const char *path, const char *subjects,
                             const titr_model_type *model, titr_cohort *out,
                             titr_error *err) TITR_NODISCARD;
/** Release the children. */
void titr_cohort_fini(titr_cohort *cohort);

#endif
