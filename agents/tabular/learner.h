// SPDX-License-Identifier: GPL-3.0-or-later
/* What the tabular agents share. Each of them is a titri_rule and its own equations.
 *
 *   observation --features--> values --explore.h or safe.h--> level           (act, actor.c)
 *   transitions --chain.c: one choice to the next--> rule's target --table.h or traces.h--> values
 *
 * Lanes learn one after the other in lane order: the result depends on nothing else. */
#ifndef TITR_AGENTS_TABULAR_LEARNER_H
#define TITR_AGENTS_TABULAR_LEARNER_H

#include "features.h"
#include "table.h"
#include "traces.h"

#include "titrate/agents/agent.h"
#include "titrate/agents/discount.h"

#define TITRI_TABLES_MAX 2

typedef struct titri_learner titri_learner;

/* The choice that an update bootstraps from. */
typedef struct titri_next {
    const size_t *feature; /* [tilings] active there                     */
    const unsigned char *mask;
    int level;    /* given there; -1: not known, the episode was truncated */
    size_t table; /* that is being updated                      */
} titri_next;

/* What makes an agent. */
typedef struct titri_rule {
    const char *name; /* of the agent */
    size_t n_tables;  /* 1, or 2 that are updated at random */
    int own_draws;    /* explores by its own seed and counter; 0: by the episode's key */
    int waits;        /* the target needs the next level */
    int traces;       /* learns along traces */
    int cuts;         /* which end at a level that is not the best */
    double (*value)(const titri_learner *q, const titri_next *next); /* to bootstrap from */
} titri_rule;

/* A choice whose consequences are still being added up: R and G of q_learning.c. Its pairs are in
 * titri_learner.open_pair. */
typedef struct titri_open {
    double rewards, discount;
    unsigned char waits; /* both are complete, the next level is awaited */
} titri_open;

struct titri_learner {
    titri_tabular_def def;
    const titri_rule *rule;        /* static */
    const titr_observer *observer; /* borrowed */
    titr_discount discount;
    uint64_t seed; /* of own draws */
    size_t n_levels, n_obs, n_lanes, n_tables;
    titri_features features;
    titri_qtable table[TITRI_TABLES_MAX];
    titri_traces *traces; /* [n_lanes]; NULL: none */
    titri_open *open;     /* [n_lanes] */
    int64_t *open_pair;   /* [n_lanes][tilings], of table 0; the first is -1: none is open */
    int64_t decisions;    /* choices made while exploring: drives the schedules and own draws */
    int64_t updates;      /* drives the choice among tables */
};

/* The functions of titr_agent_type. */
titr_status titri_learner_create(const titri_rule *rule, const titri_tabular_def *def,
                                 const titr_agent_context *context, void **self, titr_error *err);
void titri_learner_destroy(void *self);
size_t titri_learner_memory_bytes(const titri_rule *rule, const titri_tabular_def *def,
                                  const titr_agent_context *context);
titr_status titri_learner_act(void *self, const titr_batch *batch, titr_act_mode mode,
                              titr_decision *decision, titr_error *err);
titr_status titri_learner_learn(void *self, const titr_transitions *t, titr_error *err);
titr_status titri_learner_visit(void *self, titr_visitor *v, titr_error *err);
titr_status titri_learner_visit_lanes(void *self, titr_visitor *v, titr_error *err);
titr_status titri_learner_values_of(void *self, const titr_batch *batch, double *value,
                                    titr_error *err);

void titri_learner_report(void *self, double *value);
enum { TITRI_N_REPORTED = 2 };
extern const titr_reported titri_learner_reported[TITRI_N_REPORTED];

/* Members of a titr_agent_type and of its part. */
#define TITRI_TABULAR_FUNCTIONS                                                                    \
    .learns = 1, .reported = titri_learner_reported, .n_reported = TITRI_N_REPORTED,               \
    .destroy = titri_learner_destroy, .act = titri_learner_act, .learn = titri_learner_learn,      \
    .visit = titri_learner_visit, .visit_lanes = titri_learner_visit_lanes,                        \
    .report = titri_learner_report, .values = titri_learner_values_of
#define TITRI_TABULAR_OPTIONS(rows)                                                                \
    .options = titri_tabular_options, .n_options = (rows), .def_size = sizeof(titri_tabular_def)

/* Values of all levels that the agent chooses by: of its table, or the mean of both.
 * @param[in] feature [tilings] @param[out] value [n_levels] */
void titri_learner_values(const titri_learner *q, const size_t *feature, double *value);
/* The value of the next choice's level; where that is not known, its mean under the policy. */
double titri_level_value(const titri_learner *q, const titri_next *next);
/* The next choice's value under the policy that explores now: its mean over the allowed levels. */
double titri_expected_value(const titri_learner *q, const titri_next *next);
/* The next choice's largest value among the allowed levels. */
double titri_best_value(const titri_learner *q, const titri_next *next);
/* Words of the agent's own stream. */
void titri_own_words(const titri_learner *q, titr_purpose purpose, size_t lane, int64_t counter,
                     uint32_t word[4]);

#endif
