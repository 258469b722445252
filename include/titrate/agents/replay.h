// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/agents/replay.h
 * @brief Replay memory: a single-copy ring of transitions, sampled uniformly, by priority, or as
 *        sequences.
 *
 *   transitions of all lanes --push--> rows --sample--> obs, level, R, G, next obs, next mask
 *                                           --sample_sequences--> windows within one episode
 *
 * Rows    every observation is kept once: the row after a step's row is its next observation, and
 *         becomes a step itself when the lane goes on. The real last observation of an episode is a
 *         row of its own that is no step. Each lane has its own ring, in one piece: a row's
 *         successor stands beside it, and nothing reads across an episode's seam, a lane's seam, an
 *         invalid transition or the write head. Seams are known from `end` and from breaks, never
 * by comparing observations. Return  over n steps, fewer where the episode ends or breaks off
 * before: R = r_0 + g_0 r_1 + g_0 g_1 r_2 + ...,   G = g_0 g_1 ... g_{k-1},   k <= n          (1)
 *         with g_i the discount over interval i; G = 0 where step k-1 terminated (no bootstrap),
 * and next obs and mask are those after step k-1. The target is R + G max over the next mask. A
 * step can be drawn once its n steps are there or its episode has ended or broken off. Priority
 * P(i) = p_i^alpha / sum_k p_k^alpha, w_i = (min_j P(j) / P(i))^beta within the batch; a new step
 * has the largest priority seen so far. Draws are stratified.        [schaul2016] (2) Draws   are
 * functions of (key, count) and of what the memory holds: count the gradient steps. Memory  per row
 * 4 n_obs + 8 + 1 bytes and one per 8 levels; 4.6 more with priorities: 10^6 rows of 20
 * observations and 10 levels take 95.6 MB. Units   observations and rewards are kept in single
 * precision; discounts too. Threads one memory per thread; nothing allocates after creation.
 */
#ifndef TITR_AGENTS_REPLAY_H
#define TITR_AGENTS_REPLAY_H

#include "titrate/agents/agent.h"
#include "titrate/agents/discount.h"

/** What a memory holds. */
typedef struct titr_replay_spec {
    size_t capacity;        /* rows of all lanes together; rounded up to whole lanes, and to n_step
                               + 2 rows a lane                                                     */
    size_t n_lanes;         /* >= 1 */
    size_t n_obs;           /* >= 1 */
    size_t n_levels;        /* 1..TITR_LEVELS_MAX */
    size_t n_step;          /* >= 1: steps of a return, (1) */
    titr_discount discount; /* of an interval */
    double alpha;           /* [0, 1]: exponent of priorities, (2); 0: uniform, no tree is kept */
} titr_replay_spec;

/** A memory, opaque. */
typedef struct titr_replay titr_replay;

/** Bytes that a memory of this spec holds. 0 if the spec is out of range. */
size_t titr_replay_bytes(const titr_replay_spec *spec);
/** @param[out] out owned by the caller: titr_replay_destroy. */
titr_status titr_replay_create(const titr_replay_spec *spec, titr_replay **out,
                               titr_error *err) TITR_NODISCARD;
/** NULL is fine. */
void titr_replay_destroy(titr_replay *replay);

/** One step of one lane; arrays are borrowed for the call. Where the lane goes on from the step
 *  before, obs and mask must be what next_obs and next_mask were then: they are not read again. */
typedef struct titr_replay_step {
    const double *obs, *next_obs;          /* [n_obs]    */
    const unsigned char *mask, *next_mask; /* [n_levels] */
    int level;
    double reward, elapsed_min; /* of the interval, which may span many decisions (semi-Markov) */
    titr_end end; /* NONE: the lane's next step goes on from next_obs; TERMINATED: no bootstrap  */
} titr_replay_step;

/** Keep one step. A lane without a step is simply left out; see titr_replay_break.
 *  @return TITR_ERR_RANGE for a level out of range, a reward that is not finite or an interval that
 *  is not positive; then nothing is kept. */
titr_status titr_replay_add(titr_replay *replay, size_t lane, const titr_replay_step *step,
                            titr_error *err) TITR_NODISCARD;
/** The lane's next step does not go on from the last one (fault, invalid step, restart). */
void titr_replay_break(titr_replay *replay, size_t lane);
/** titr_replay_add for every valid lane, titr_replay_break for the others.
 *  @param[in] t of spec.n_lanes lanes. */
titr_status titr_replay_push(titr_replay *replay, const titr_transitions *t,
                             titr_error *err) TITR_NODISCARD;

/** Steps that can be drawn now. */
size_t titr_replay_ready(const titr_replay *replay);

/** What a draw depends on. */
typedef struct titr_replay_draw {
    titr_rng_key key; /* seed and purpose; patient and episode are replaced by the count */
    uint64_t count;   /* of the gradient step */
    double beta;      /* [0, 1]: exponent of the weights, (2); unused without priorities */
} titr_replay_draw;

/** Drawn steps; arrays are the caller's, NULL where not wanted. Bit a of a mask: level a is
 * allowed.
 */
typedef struct titr_replay_batch {
    size_t n;                   /* steps to draw */
    float *obs, *next_obs;      /* [n][n_obs] */
    uint64_t *mask, *next_mask; /* [n] */
    int *level;                 /* [n] */
    float *reward, *discount;   /* [n] R and G of (1) */
    float *weight;              /* [n] of (2); 1 without priorities */
    uint64_t *id;               /* [n] for titr_replay_prioritise; never reused */
} titr_replay_batch;

/** Draw out->n steps, with replacement. @return TITR_ERR_ARG if none is ready. */
titr_status titr_replay_sample(const titr_replay *replay, const titr_replay_draw *draw,
                               const titr_replay_batch *out, titr_error *err) TITR_NODISCARD;

/** Windows of steps; arrays are the caller's, time first. Row `burn_in` is a drawn step; the rows
 *  before it are those that led to it in its episode, as far as they are kept, and are for the
 * state only; the rows after it follow in the same episode. Where there is no step, `valid` is 0
 * and the rest 0, except that obs and mask after the last step are its next ones. */
typedef struct titr_replay_sequences {
    size_t n;             /* windows to draw */
    size_t burn_in, span; /* L = burn_in + span steps; span >= 1 */
    float *obs;           /* [L + 1][n][n_obs] */
    uint64_t *mask;       /* [L + 1][n] */
    int *level;           /* [L][n] */
    float *reward;        /* [L][n] of one step each */
    float *discount;      /* [L][n] of one step each; 0 where it terminated */
    unsigned char *valid; /* [L][n] 1 = a step */
    unsigned char *reset; /* [L][n] 1 = the window's first step: forget the state before it */
    float *weight;        /* [n] */
    uint64_t *id;         /* [n] of the drawn step */
} titr_replay_sequences;

/** Draw out->n windows; no array of `out` may be NULL but weight and id.
 *  @return TITR_ERR_ARG if no step is ready. */
titr_status titr_replay_sample_sequences(const titr_replay *replay, const titr_replay_draw *draw,
                                         const titr_replay_sequences *out,
                                         titr_error *err) TITR_NODISCARD;

/** New priorities of drawn steps; those overwritten since are left out, and nothing is done without
 *  priorities. Of an id that stands there twice the last counts.
 *  @param[in] priority in [1e-30, 1e30], |error| + something say. @return TITR_ERR_RANGE for
 * another value; the ones before it are kept. */
titr_status titr_replay_prioritise(titr_replay *replay, size_t n, const uint64_t *id,
                                   const double *priority, titr_error *err) TITR_NODISCARD;

/** Save or load everything; the spec must be the same. */
titr_status titr_replay_visit(titr_replay *replay, titr_visitor *v, titr_error *err) TITR_NODISCARD;

#endif
