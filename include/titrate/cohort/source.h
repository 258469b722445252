// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/cohort/source.h
 * @brief Where cohorts come from: one row per source.
 *
 *   source --load--> every subject it has --titr_cohort_load--> the subjects asked for
 */
#ifndef TITR_COHORT_SOURCE_H
#define TITR_COHORT_SOURCE_H

#include "titrate/cohort/cohort.h"

/** A place where children come from. */
typedef struct titr_cohort_source {
    const char *name, *doc; /* config key; one line */
    /** @param[in] want whom; a source reads what concerns it, and not the subjects.
     *  @param[out] out owned by the caller, every subject of the source in its order. */
    titr_status (*load)(const titr_cohort_request *want, const titr_model_type *model,
                        titr_cohort *out, titr_error *err);
} titr_cohort_source;

/** @return static array of *n sources. */
const titr_cohort_source *titr_cohort_sources(size_t *n);

/** The 30 published academic subjects [simglucose] [kovatchev2009]. */
titr_status titr_cohort_load_published(const titr_cohort_request *want,
                                       const titr_model_type *model, titr_cohort *out,
                                       titr_error *err) TITR_NODISCARD;
/** A CSV with the published column names. */
titr_status titr_cohort_load_file(const titr_cohort_request *want, const titr_model_type *model,
                                  titr_cohort *out, titr_error *err) TITR_NODISCARD;
/** Drawn children, titrate/cohort/sample.h; on all threads. */
titr_status titr_cohort_load_sample(const titr_cohort_request *want, const titr_model_type *model,
                                    titr_cohort *out, titr_error *err) TITR_NODISCARD;

/** What is published about a subject beside the model's parameters. */
typedef struct titr_published {
    const char *id;                                   /* "child#001" */
    double age_years, weight_kg;                      /* age and body weight */
    double cr_g_per_u, cf_mg_dl_per_u, tdi_u_per_day; /* therapy settings */
} titr_published;
/** Published subject by id, e.g. "child#001". @return static object, NULL if there is none. */
const titr_published *titr_published_find(const char *id);

/** Height of a subject whose height is not known, cm: weight brackets by age group (children below
 *  13 years, adolescents below 20) of the project whose meals scale with body size [rl4bg2020].
 *  Assumed. */
double titr_height_assumed_cm(double age_years, double weight_kg);

/** Check the patient against the model's ranges, derive its key and set its flat therapy; basal is
 *  the insulin of the model's initial steady state, the target the peer's 140 mg/dL.
 *  @param[in,out] child id, covariates and parameters are given. */
titr_status titr_child_finish(titr_child *child, const titr_model_type *model, double cr_g_per_u,
                              double cf_mg_dl_per_u, double tdi_u_per_day,
                              titr_error *err) TITR_NODISCARD;
/** Basal insulin of the model's initial steady state, U/h. The patient must be valid. */
double titr_basal_u_per_h(const titr_patient *patient, const titr_model_type *model);

#endif
