// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/cohort/in_silico.h
 * @brief Tests that a clinic makes of a child, made of a virtual one: how much insulin a meal
 *        takes, how far a unit lowers glucose, how long insulin acts.
 *
 *   meal        at rest, a meal of a quarter of the day's carbohydrate with its bolus: CR is right
 *               when plasma glucose is back where it was after 4 h.
 *   correction  plasma glucose 14 mmol/L and insulin at rest, then the bolus that the 100 rule
 * gives, (14 mmol/L - fasting glucose) TDD / 100: ISF is the fall after 2.6 h, the duration of
 *               insulin action of [hanas2017], per unit.
 *   action      at rest, 0.02 U/kg: insulin has acted when glucose no longer falls.
 *   day         TDD = 24 h basal + carbohydrate of a day / CR.
 *
 * The rule and the adjusting of it to what is seen are those of [hanas2017]; that 14 mmol/L is the
 * state from which it is seen is assumed. Meals are eaten in 15 min from their bolus on. How other
 * definitions of ISF would come out stands in docs/model-cards/virtual_children.md.
 *
 * Errors     TITR_ERR_RANGE with the child's id where a test has no answer or a solve fails.
 * Ownership  titr_in_silico is the caller's: titr_in_silico_destroy. One per thread.
 */
#ifndef TITR_COHORT_IN_SILICO_H
#define TITR_COHORT_IN_SILICO_H

#include "titrate/cohort/need.h"
#include "titrate/models/model.h"

/** A bench for children of one body; its inside is private. */
typedef struct titr_in_silico titr_in_silico;

/** What was measured. */
typedef struct titr_measured {
    double basal_u_per_h;       /* that keeps the child at rest            */
    double fasting_mg_dl;       /* plasma glucose at rest                  */
    double cr_g_per_u;          /* carbohydrate ratio                      */
    double isf_mg_dl_per_u;     /* insulin sensitivity (correction) factor */
    double action_h;            /* duration of insulin action              */
    double tdd_u_per_d;         /* basal and meals                         */
    double untreated_12h_mg_dl; /* plasma glucose after 12 h without insulin or food */
} titr_measured;

/** @param[in] model of one lane. @param[out] out owned by the caller. */
titr_status titr_in_silico_create(const titr_model_type *model, titr_in_silico **out,
                                  titr_error *err) TITR_NODISCARD;
/** NULL is fine. */
void titr_in_silico_destroy(titr_in_silico *bench);

/** Plasma glucose 4 h after a meal and its bolus over what it was, mg/dL. @param[in] patient valid
 *  for the model. */
titr_status titr_in_silico_meal(titr_in_silico *bench, const titr_patient *patient, double carbs_g,
                                double bolus_u, double *rise_mg_dl, titr_error *err) TITR_NODISCARD;
/** All tests. @param[in] carbs_g of a day. */
titr_status titr_in_silico_measure(titr_in_silico *bench, const titr_patient *patient,
                                   double carbs_g, titr_measured *out,
                                   titr_error *err) TITR_NODISCARD;

/** What is done with child `i`. */
typedef titr_status titr_in_silico_visit(void *context, titr_in_silico *bench, size_t i,
                                         titr_error *err);
/** Visit 0 to n - 1 on all threads, each thread with a bench of its own. @param[in] visit changes
 *  what belongs to its own i alone. @return the failure of the lowest i, whatever the threads. */
titr_status titr_in_silico_each(const titr_model_type *model, size_t n, titr_in_silico_visit *visit,
                                void *context, titr_error *err) TITR_NODISCARD;

#endif
