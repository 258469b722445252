// SPDX-License-Identifier: GPL-3.0-or-later
/* The shield at work: between decision and environment, in training and in evaluation. */
#ifndef TITRI_GUARD_H
#define TITRI_GUARD_H

#include "lab.h"

/* How a policy is evaluated. */
typedef enum titri_variant { TITRI_PLAIN, TITRI_SHIELDED, TITRI_N_VARIANTS } titri_variant;

/* Ends the name of a policy's shielded variant when both are evaluated. */
#define TITRI_SHIELDED_SUFFIX "+shield"

/* @return TITR_ERR_CONFIG for an environment that takes levels: there is no dose to limit. */
titr_status titri_guard_fits(const titr_env_view *view, titr_error *err) TITR_NODISCARD;
/* Put the shield between the roller's decisions and its environment, before its first step.
 * @param[in] def borrowed. */
titr_status titri_guard(titri_roller *r, const titr_shield_def *def,
                        titr_error *err) TITR_NODISCARD;
/* Doses proposed become doses given; rows and levels tell. */
void titri_guard_doses(titri_roller *r);

/* 1 if the policy is trained, and tuned, behind the shield. */
int titri_guards_training(const titr_experiment *e, const titr_policy_def *policy);
/* 1 if the policy is evaluated as that variant. */
int titri_has_variant(const titr_experiment *e, const titr_policy_def *policy,
                      titri_variant variant);
/* 1 if any policy of the lab is evaluated behind the shield. */
int titri_guards_evaluation(const titri_lab *lab);
/* 1 if a shield is in use anywhere in the experiment. */
int titri_guards_any(const titr_experiment *e);
/* What the policy is called in the run, as that variant. */
void titri_variant_name(const titr_experiment *e, const titr_policy_def *policy,
                        titri_variant variant, char name[TITR_NAME_MAX]);
/* The roller of a training or tuning of the policy. */
titr_status titri_guard_training(const titri_lab *lab, size_t policy, titri_roller *r,
                                 titr_error *err) TITR_NODISCARD;
/* Insulin that each rule withheld at the decision appended last, into its row of the trajectory. */
void titri_guard_record(const titri_roller *r, size_t lane, titr_trajectory *t);
/* Sheet "shield_rules": the numbers of /steps/shield_rule; nothing without a shield. */
titr_status titri_write_rules(const titri_lab *lab, titr_writer *w, titr_error *err) TITR_NODISCARD;

#endif
