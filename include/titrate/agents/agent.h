// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/agents/agent.h
 * @brief The contract of everything that doses: learners, clinical baselines, replayed regimens.
 *
 *   record, observation, mask --act--> level or dose, propensity
 *   transitions --learn--> (learners only)
 *
 * Everything that evaluates an agent evaluates a guideline. Agents see the clinic record and the
 * episode's keys, never a child's parameters or state.
 *
 * Shapes    obs [n][n_obs], mask [n][n_levels], the rest [n].
 * Ownership an agent owns its tables; a batch and its arrays are borrowed for the call.
 * Threads   one agent instance per thread.
 */
#ifndef TITR_AGENTS_AGENT_H
#define TITR_AGENTS_AGENT_H

#include "titrate/agents/network_view.h"
#include "titrate/agents/observe.h"
#include "titrate/base/option.h"
#include "titrate/base/rng.h"
#include "titrate/base/visit.h"
#include "titrate/env/env.h"

/** What a decision is for: learning (may try things) or being judged. */
typedef enum titr_act_mode { TITR_ACT_EXPLORE, TITR_ACT_GREEDY } titr_act_mode;

/** One decision for all lanes. */
typedef struct titr_batch {
    size_t n;                     /* lanes */
    const titr_record *record;    /* clinic record of all lanes */
    const double *obs;            /* [n][n_obs] what the observer made of the record */
    const unsigned char *mask;    /* [n][n_levels] 1 = level allowed */
    const unsigned char *first;   /* 1 = first decision of an episode: forget the lane's past */
    const unsigned char *running; /* 0 = lane has ended: leave its decision untouched         */
    const titr_rng_key *key;      /* seed, patient, episode; the agent sets purpose           */
    const uint32_t *index;        /* number of the decision within its episode                */
} titr_batch;

/** One lane's decision. */
typedef struct titr_decision {
    int level;         /* level of the action set, or -1: `dose` was chosen directly       */
    titr_dose dose;    /* the agent fills it when level is -1, the runner otherwise         */
    double propensity; /* probability of this choice under the agent; 1 if deterministic    */
} titr_decision;

/** What a learner learns from. Lanes of one decision, in lane order. */
typedef struct titr_transitions {
    size_t n;                     /* lanes */
    const unsigned char *valid;   /* 0 = no transition in this lane (had ended, or FAULT)    */
    const double *obs, *next_obs; /* [n][n_obs]                                              */
    const unsigned char *mask, *next_mask; /* [n][n_levels] */
    const int *level;         /* to learn about: the level given, after the shield, or the one
                                 proposed, as train.learn_from says; without a level: not valid */
    const double *propensity; /* of the level proposed, under the agent that chose it */
    const double *reward, *elapsed_min; /* of the interval between the two observations */
    const titr_end *end;       /* only TERMINATED stops bootstrapping                     */
    const int *level_proposed; /* that the agent chose; the same as `level` without a shield */
} titr_transitions;

/** What an agent is told at creation. */
typedef struct titr_agent_context {
    size_t n_lanes, n_levels, n_obs; /* shapes of every batch to come */
    const titr_observer *observer;   /* borrowed for the agent's life                           */
    titr_slot actions;               /* borrowed; labels, and doses for level-based wrappers    */
    double decision_interval_min;    /* regular length of an interval */
    uint64_t seed; /* of this agent: weights, replay, exploration. Two agents trained side by side
                      have two */
    void *inner;   /* wrappers: the titr_agent they act through (taken over)  */
    struct titr_agent *const *others; /* [n_others] who gathers: the further trainings of that
                                         policy; array borrowed for the call, agents taken over */
    size_t n_others;
} titr_agent_context;

/** Values to try for one REAL option when a policy is tuned per child on training seeds. */
typedef struct titr_tune_axis {
    const char *option; /* full name of a REAL option of the agent */
    titr_reals values;  /* tried in this order */
} titr_tune_axis;

/** Scalars that one learner may report. */
#define TITR_REPORTS_MAX 16

/** A scalar that tells how learning goes, e.g. loss, mean Q, gradient norm: a column of the
 *  learning curve. */
typedef struct titr_reported {
    const char *name, *unit, *doc; /* snake_case, unique in its table; UCUM; one line */
} titr_reported;

/** A registered agent: a constant table of functions. */
typedef struct titr_agent_type {
    titr_part part;             /* name, doc, source, options */
    const titr_tune_axis *tune; /* the grid of `tuned = true`; NULL: nothing to tune */
    size_t n_tune;              /* rows of tune */
    int learns;                 /* 1 = has learn and visit                                */
    int wraps;                  /* 1 = acts through another policy, named by its key "of" */
    int gathers;     /* 1 = wraps, and acts through all trainings of that policy at once */
    int plays_tasks; /* 1 = may play a benchmark task although it does not learn: it
                        reads nothing of the record itself and chooses levels */
    const titr_reported *reported; /* what `report` tells, whatever the options; or NULL */
    size_t n_reported;             /* rows of reported, at most TITR_REPORTS_MAX */
    /** Many agents are made to act only: what learning alone needs and is large (replay, moments)
     *  is taken at the first `learn`, or on loading it in `visit_training`.
     *  @param[in] def checked, borrowed for the call. On failure context->inner and others stay the
     *  caller's. */
    titr_status (*create)(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err);
    void (*destroy)(void *self); /* NULL is fine */
    /** @param[out] decision [n], written for running lanes. */
    titr_status (*act)(void *self, const titr_batch *batch, titr_act_mode mode,
                       titr_decision *decision, titr_error *err);
    titr_status (*learn)(void *self, const titr_transitions *t,
                         titr_error *err); /* NULL: no learner */
    /** Go on learning from the transitions that `learn` was given, without new ones. The runner
     * then calls `learn` for the data only; the agent's own pace (learn_start) does not hold. NULL:
     * the agent cannot learn from data alone. @param[in] steps gradient steps. */
    titr_status (*learn_offline)(void *self, int64_t steps, titr_error *err);
    /** Save or load everything that learning changed and acting needs; NULL: nothing to keep. */
    titr_status (*visit)(void *self, titr_visitor *v, titr_error *err);
    /** Save or load what going on with a training needs besides: target network, moments, replay,
     *  schedules, counters; NULL: nothing. Called after `visit`. */
    titr_status (*visit_training)(void *self, titr_visitor *v, titr_error *err);
    /** Save or load what the agent remembers of running episodes, for checkpoints of a training;
     *  NULL: nothing. Needs the same number of lanes, which `visit` does not. */
    titr_status (*visit_lanes)(void *self, titr_visitor *v, titr_error *err);
    /** How learning goes: called before each row of the learning curve. A mean is over what came
     *  since the call before; its sums are state of the training. NULL: nothing to tell.
     *  @param[out] value [n_reported]; NaN where nothing is known. */
    void (*report)(void *self, double *value);
    /** Bytes that a training with this def will hold, for the notice before it starts; NULL:
     * little. */
    size_t (*memory_bytes)(const void *def, const titr_agent_context *context);
    /** Q(obs, level) of each lane, [n][n_levels]; NULL: not a value-based agent. */
    titr_status (*values)(void *self, const titr_batch *batch, double *q, titr_error *err);
    /** Probability of each level when the agent is judged (TITR_ACT_GREEDY), for off-policy
     *  evaluation. It stands in for `act`: what is remembered of the episode moves on alike. NULL:
     *  nothing is left to chance, `act` tells. @param[out] p [n][n_levels], written for running
     *  lanes; levels not allowed get 0. */
    titr_status (*probabilities)(void *self, const titr_batch *batch, double *p, titr_error *err);
    /** What `values` computes, as a network that can be exported; NULL: there is none.
     *  @param[out] out borrowed from the agent, see its header. */
    titr_status (*network)(const void *self, titr_network_view *out, titr_error *err);
} titr_agent_type;

/** Registered agent by name. @return static object, NULL if unknown. */
const titr_agent_type *titr_agent_find(const char *name);
/** Registered agents in list order. @return static array of *n entries. */
const titr_agent_type *const *titr_agent_all(size_t *n);

/** A created agent. */
typedef struct titr_agent {
    const titr_agent_type *type; /* static */
    void *self;                  /* what the type's create made; owned */
} titr_agent;

/** Checks the slot's options and creates the agent. context->inner and others are taken over, on
 *  failure too.
 *  @param[out] out owned by the caller: titr_agent_destroy. */
titr_status titr_agent_create(titr_slot slot, const titr_agent_context *context, titr_agent **out,
                              titr_error *err) TITR_NODISCARD;
/** Probability of each level when the agent is judged, of any agent that chooses levels. Call it in
 *  place of `act`, for every decision of an episode in order.
 *  @param[out] p [batch->n][n_levels], written for running lanes; levels not allowed get 0.
 *  @return TITR_ERR_ARG for an agent that chose a dose directly, or by a chance it does not tell.
 */
titr_status titr_agent_probabilities(const titr_agent *agent, const titr_batch *batch,
                                     size_t n_levels, double *p, titr_error *err) TITR_NODISCARD;
/** Destroys what the agent wraps as well. NULL is fine. */
void titr_agent_destroy(titr_agent *agent);

#endif
