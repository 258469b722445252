// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/agents/shield.h
 * @brief The shield: a chain of named rules between policy and environment. A rule sees the clinic
 *        record and the dose so far, and may only lower it.
 *
 *   proposed dose --rule 1--> ... --rule n--> given dose;  what each rule withheld is told by name
 *
 * A rule is a constant table of functions over one lane. What it remembers of an episode (whether
 * it has suspended, what was given in the last hours) are doubles of the lane that the chain owns,
 * zero at an episode's first decision.
 *
 * The chain holds rules to their word: a dose that a rule would raise, or make negative, stays as
 * it was. A dose that is not finite passes as it is, for the environment to refuse. A rule limits
 * the members of titr_dose that it knows and leaves the others alone, so that doses of other drugs
 * can join.
 *
 * Shapes    first, running, dose [n_lanes].
 * Units     withheld insulin in U over one decision interval: basal and bolus together.
 * Threads   one chain per thread; titr_shield_apply allocates nothing.
 */
#ifndef TITR_AGENTS_SHIELD_H
#define TITR_AGENTS_SHIELD_H

#include "titrate/base/option.h"
#include "titrate/base/visit.h"
#include "titrate/env/actions.h"

/** Registered rules, and entries of a chain. */
#define TITR_SHIELD_RULES_MAX 32

/** What a rule may know of one lane at a decision. */
typedef struct titr_shield_view {
    const titr_record *record;    /* the clinic's, of all lanes */
    size_t lane;                  /* whose dose it is */
    double decision_interval_min; /* regular time until the next decision */
    int first;                    /* 1 = first decision of an episode */
    double *state;                /* [n_state] of the rule that is asked */
} titr_shield_view;

/** A registered rule: a constant table of functions. */
typedef struct titr_shield_type {
    titr_part part; /* name, doc, source, options */
    /** Doubles that it remembers of a lane; NULL: none. */
    size_t (*n_state)(const void *def, double decision_interval_min);
    /** The dose that the rule lets pass. Called once per decision.
     *  @param[in] dose as the rules before it left it. */
    titr_dose (*limit)(const void *def, const titr_shield_view *view, titr_dose dose);
    /** Told what was given in the end; NULL: needs not know. */
    void (*given)(const void *def, const titr_shield_view *view, titr_dose dose);
} titr_shield_type;

/** Registered rule by name. @return static object, NULL if unknown. */
const titr_shield_type *titr_shield_find(const char *name);
/** Registered rules in list order: rule number k of a trajectory is entry k - 1.
 *  @return static array of *n entries, n <= TITR_SHIELD_RULES_MAX. */
const titr_shield_type *const *titr_shield_all(size_t *n);

/** Rules in the order in which they act. */
typedef struct titr_shield_def {
    titr_slot rule[TITR_SHIELD_RULES_MAX]; /* titr_shield_type each; owned by whoever holds it */
    size_t n;                              /* rules in use */
} titr_shield_def;

/** A chain at work on some lanes; its inside is private. */
typedef struct titr_shield titr_shield;

/** @param[in] def borrowed for the shield's life. @param[out] out owned by the caller:
 *  titr_shield_destroy. @return TITR_ERR_NOMEM. */
titr_status titr_shield_create(const titr_shield_def *def, size_t n_lanes,
                               double decision_interval_min, titr_shield **out,
                               titr_error *err) TITR_NODISCARD;
/** NULL is fine. */
void titr_shield_destroy(titr_shield *shield);
/** One decision of all lanes.
 *  @param[in] running 0 = the lane is left alone. @param[in,out] dose proposed, afterwards to be
 *  given. */
void titr_shield_apply(titr_shield *shield, const titr_record *record, const unsigned char *first,
                       const unsigned char *running, titr_dose *dose);
/** Number (1 = first registered) of the last rule that lowered the lane's dose at its last
 *  decision, whose limit it was given at; 0 if none did. */
int titr_shield_rule(const titr_shield *shield, size_t lane);
/** Insulin that the registered rules withheld from the lane at its last decision, U.
 *  @return [number of registered rules], borrowed until the next titr_shield_apply. */
const double *titr_shield_withheld_u(const titr_shield *shield, size_t lane);
/** Save or load what the rules remember of running episodes. */
titr_status titr_shield_visit(titr_shield *shield, titr_visitor *v, titr_error *err) TITR_NODISCARD;

#endif
