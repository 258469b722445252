// SPDX-License-Identifier: GPL-3.0-or-later
/* A deep Q-learner: a network, what its outputs mean, and how it is trained.
 *
 *   observation --encode--> x --network--> outputs --head--> values --mask, explore--> level
 *   transitions --choices--> replay --batch--> targets --head--> gradient --optimiser--> weights
 *
 *   learner.c    life, saving and loading            act.c        choosing levels
 *   training.c   what only training needs            gradient.c   one gradient step
 *   choices.c    from transitions to replay          sequence.c   one gradient step through time
 *   network.c    what can be exported                offline.c    learning from what others did
 *
 * Everything drawn is a function of the agent's seed, a stream and a counter, all of which are
 * saved. */
#ifndef TITRI_DEEP_H
#define TITRI_DEEP_H

#include "titrate/agents/net.h"
#include "titrate/agents/optimiser.h"
#include "titrate/agents/replay.h"

#include "encode.h"
#include "head.h"
#include "options.h"

/* Streams of one agent's seed. */
typedef enum titri_stream {
    TITRI_STREAM_WEIGHTS = 1,
    TITRI_STREAM_REPLAY = 2,
    TITRI_STREAM_NOISE = 3,     /* of gradient steps */
    TITRI_STREAM_NOISE_ACT = 4, /* of decisions      */
    TITRI_STREAM_TAU = 5
} titri_stream;

/* A decision that left a choice, while its consequences are added up [bradtke1994]. */
typedef struct titri_choice {
    int open, level;
    double rewards, discount, elapsed_min;
} titri_choice;

/* Room for one forward pass of all lanes. */
typedef struct titri_acting {
    titr_net_ws *ws;
    titr_real *x, *out, *tau, *h, *noise; /* [lanes][..], lanes gathered; noise [n_noise] */
    unsigned char *first, *fresh;         /* [lanes] of the gathered; of each lane: no choice yet */
    size_t *lane;                         /* [lanes] which lanes were gathered */
    titr_real *hidden;                    /* [lanes][gru] of each lane        */
    double *q;                            /* [levels] */
    titr_network_feed *feed;              /* [n_in] for titri_deep_network */
    double *place;                        /* [atoms] likewise: grid of returns, or taus */
} titri_acting;

/* Sums over the gradient steps since the last report. */
typedef struct titri_shown {
    double loss, value, gradient_norm, steps;
} titri_shown;

/* What only training needs; made at the first transition. */
typedef struct titri_training {
    titr_replay *replay;
    titr_optimiser *optimiser;
    titr_real *target, *gradient, *noise; /* [n_params], [n_params], [n_noise] */
    titr_net_ws *ws;
    titr_real *x, *next_x, *out, *next_out, *online_out, *dout, *tau, *next_tau;
    titr_replay_batch batch;
    titr_replay_sequences windows; /* with a recurrent network */
    unsigned char *first;          /* [L + 1][n] of the windows */
    double *priority;              /* [batch] */
    titri_choice *choice;          /* [lanes] */
    double *choice_obs;            /* [lanes][n_obs] of the open choices */
    unsigned char *choice_mask;    /* [lanes][n_levels] */
    double *choice_rows;           /* [lanes][5] for saving */
    titri_shown shown;
} titri_training;

typedef struct titri_deep {
    titri_deep_def def;
    titri_head head;
    titri_encoder encoder;
    titr_discount discount;
    uint64_t seed;
    size_t n_lanes, n_levels, n_obs;
    titr_net *net;
    titr_real *weights; /* [n_params] */
    titri_acting acting;
    titri_training *training; /* NULL until there is something to learn from */
    int64_t decisions;  /* made while exploring: drive epsilon and the beginning of learning */
    int64_t learned_at; /* decisions at the last gradient step */
    int64_t gradient_steps;
    uint64_t calls; /* of act while exploring */
} titri_deep;

titr_status titri_deep_create(const titri_deep_def *def, titri_head_kind kind,
                              const titr_agent_context *context, void **self,
                              titr_error *err) TITR_NODISCARD;
void titri_deep_destroy(void *self);
titr_status titri_deep_act(void *self, const titr_batch *batch, titr_act_mode mode,
                           titr_decision *decision, titr_error *err);
titr_status titri_deep_probabilities(void *self, const titr_batch *batch, double *p,
                                     titr_error *err);
titr_status titri_deep_learn(void *self, const titr_transitions *t, titr_error *err);
titr_status titri_deep_learn_offline(void *self, int64_t steps, titr_error *err);
titr_status titri_deep_visit(void *self, titr_visitor *v, titr_error *err);
titr_status titri_deep_visit_training(void *self, titr_visitor *v, titr_error *err);
titr_status titri_deep_visit_lanes(void *self, titr_visitor *v, titr_error *err);
titr_status titri_deep_values(void *self, const titr_batch *batch, double *q, titr_error *err);
void titri_deep_report(void *self, double *value);
titr_status titri_deep_network(const void *self, titr_network_view *out, titr_error *err);
size_t titri_deep_memory(const void *def, const titr_agent_context *context);

/* Key of one of the agent's streams. */
titr_rng_key titri_deep_key(const titri_deep *d, titri_stream stream);
/* n taus of a stream, uniform in [0, most]. */
void titri_draw_tau(const titri_deep *d, uint64_t draw, double most, size_t n, titr_real *tau);

titr_status titri_training_create(const titri_deep *d, titri_training **out,
                                  titr_error *err) TITR_NODISCARD;
void titri_training_destroy(titri_training *t);
titr_replay_spec titri_replay_spec(const titri_deep_def *def, const titr_discount *discount,
                                   size_t n_lanes, size_t n_obs, size_t n_levels);

/* Levels that may be considered: all that are allowed, or those that the data show (offline.c). */
uint64_t titri_supported(const titri_deep *d, const titr_real *out, uint64_t allowed);
/* Add what offline learners add to a sample's gradient. */
void titri_learn_offline_terms(const titri_deep *d, const titr_real *out, size_t level,
                               uint64_t allowed, double weight, titr_real *dout);

/* Take a decision's transitions into the replay memory. */
titr_status titri_choices_take(titri_deep *d, const titr_transitions *t,
                               titr_error *err) TITR_NODISCARD;
/* Save or load the open choices. */
titr_status titri_choices_visit(titri_deep *d, titr_visitor *v, titr_error *err) TITR_NODISCARD;
titr_status titri_gradient_step(titri_deep *d, titr_error *err) TITR_NODISCARD;
titr_status titri_sequence_step(titri_deep *d, titr_error *err) TITR_NODISCARD;
/* Level of the largest value among the allowed ones, by which the next state is valued. Masks act
 * here: what is forbidden next is never bootstrapped from. */
size_t titri_best_next(const titri_deep *d, const titr_real *out, uint64_t allowed, double *value);
/* Clip, follow the gradient, and move the target network when it is time. */
titr_status titri_follow(titri_deep *d, titr_error *err) TITR_NODISCARD;

/* What titri_deep_report tells. */
enum { TITRI_N_REPORTED = 5 };
extern const titr_reported titri_deep_reported[TITRI_N_REPORTED];

/* The functions of an agent whose def is a titri_deep_def. */
#define TITRI_DEEP_FUNCTIONS                                                                       \
    .learns = 1, .destroy = titri_deep_destroy, .act = titri_deep_act, .learn = titri_deep_learn,  \
    .visit = titri_deep_visit, .visit_training = titri_deep_visit_training,                        \
    .visit_lanes = titri_deep_visit_lanes, .values = titri_deep_values,                            \
    .report = titri_deep_report, .reported = titri_deep_reported, .n_reported = TITRI_N_REPORTED,  \
    .memory_bytes = titri_deep_memory, .learn_offline = titri_deep_learn_offline,                  \
    .probabilities = titri_deep_probabilities

#endif
