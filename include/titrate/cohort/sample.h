// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/cohort/sample.h
 * @brief Virtual children of any age from 2 to 18 years, any number of them.
 *
 *   number --age, sex, weight, height, tempo of puberty--> covariates
 *          --need of that age, kinetics--> body whose meals take the insulin needed
 *          --tests in silico, a clinic's error--> therapy settings
 *
 * Everything of child i is drawn from streams of (seed, i), so it is the same however many children
 * are drawn with it. A body that is not viable is drawn again with the same covariates:
 *   no steady state, a parameter out of the model's range, no sensitivity with which meals take the
 *   insulin needed, insulin that acts less than 1 h or more than 8 h, less than 180 mg/dL after 12
 * h without insulin, a correction that lowers nothing. The clinic's settings are the measured ones
 * with errors of CV 10 % (basal) and 15 % (CR, CF), and a target of 110 mg/dL: assumed. Methods and
 * what was fitted to what: docs/model-cards/virtual_children.md.
 *
 * Ownership  titr_sampler is the caller's: titr_sampler_destroy. Threads may share one.
 * Errors     TITR_ERR_RANGE for a bad description, or when no viable body is found.
 */
#ifndef TITR_COHORT_SAMPLE_H
#define TITR_COHORT_SAMPLE_H

#include "titrate/cohort/cohort.h"
#include "titrate/cohort/in_silico.h"

/** What is known of a drawn child beside the child. */
typedef struct titr_drawn {
    double tempo;       /* of its puberty, titrate/models/puberty.h */
    titr_need need;     /* what it was made to need                 */
    titr_measured is;   /* what its body was measured to do         */
    double sensitivity; /* factor with which it does                */
    unsigned rejected;  /* bodies drawn before it that were not viable */
} titr_drawn;

/** Draws children of one description and one body; its inside is private. */
typedef struct titr_sampler titr_sampler;

/** 200 children of 2 to 18 years, seed 1. */
titr_sample titr_sample_init(void);
/** Within its ranges? The message begins with the name of the field. */
titr_status titr_sample_check(const titr_sample *sample, titr_error *err) TITR_NODISCARD;
/** @param[in] model of one lane. @param[out] out owned by the caller. */
titr_status titr_sampler_create(const titr_sample *sample, const titr_model_type *model,
                                titr_sampler **out, titr_error *err) TITR_NODISCARD;
/** NULL is fine. */
void titr_sampler_destroy(titr_sampler *sampler);
/** Child number `i`, 0 to n - 1. @param[in,out] bench of the same model, one per thread.
 *  @param[out] drawn NULL if not wanted. */
titr_status titr_sampler_draw(const titr_sampler *sampler, titr_in_silico *bench, size_t i,
                              titr_child *child, titr_drawn *drawn, titr_error *err) TITR_NODISCARD;
/** A child of given covariates: body and settings from the streams of (seed, its id).
 *  @param[in] covariates id, age 2 to 18 years, sex, weight and height. */
titr_status titr_sampler_draw_for(const titr_sampler *sampler, titr_in_silico *bench,
                                  const titr_patient *covariates, titr_child *child,
                                  titr_drawn *drawn, titr_error *err) TITR_NODISCARD;
/** Edges of the age bands, years. */
#define TITR_AGE_BANDS 5
extern const double titr_age_band_years[TITR_AGE_BANDS + 1];

#endif
