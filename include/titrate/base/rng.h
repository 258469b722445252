// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/rng.h
 * @brief Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011).
 *
 *   draw = f(key = (seed, purpose, patient, episode), counter = index)
 *
 * Nothing depends on thread, rank, lane count or how often something was drawn before: a stream is
 * read at any index in any order. There is no state to save.
 *
 * Layout  Philox key = seed (2 x 32 bit); counter words = {index, purpose, patient, episode}.
 * Source  salmon2011, with the published known-answer vectors as test.
 */
#ifndef TITR_BASE_RNG_H
#define TITR_BASE_RNG_H

#include <stdint.h>

/** What a stream is for: streams of two purposes never overlap. Append only (values are in files).
 */
typedef enum titr_purpose {
    TITR_PURPOSE_SENSOR = 1,    /* noise of glucose readings */
    TITR_PURPOSE_MEALS = 2,     /* times and sizes of meals */
    TITR_PURPOSE_EXPLORE = 3,   /* an agent's exploration           */
    TITR_PURPOSE_POLICY = 4,    /* a random policy's own choice     */
    TITR_PURPOSE_BOOTSTRAP = 5, /* resampling in statistics         */
    TITR_PURPOSE_TEST = 6       /* tests only */
} titr_purpose;
/** Several parts with one purpose: purpose + (number of the part << TITR_PURPOSE_PART_SHIFT). */
#define TITR_PURPOSE_PART_SHIFT 16

/** Names one stream. */
typedef struct titr_rng_key {
    uint64_t seed;    /* of the experiment */
    uint32_t purpose; /* titr_purpose, and the number of the part in the upper half */
    uint32_t patient; /* titr_patient.key: depends on the child alone      */
    uint32_t episode; /* number of the episode seed, e.g. 1001             */
} titr_rng_key;

/** Four independent uniform 32-bit words at `index`. */
void titr_rng_words(titr_rng_key key, uint32_t index, uint32_t out[4]);
/** Raw Philox4x32-10 block, for the known-answer test. */
void titr_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
/** Uniform on the open interval (0, 1), 53 bits. */
double titr_rng_uniform(titr_rng_key key, uint32_t index);
/** Standard normal by the inverse distribution function of titrate/base/math.h. */
double titr_rng_normal(titr_rng_key key, uint32_t index);
/** Uniform integer in [0, n), n >= 1, without modulo bias beyond 2^-32. */
uint32_t titr_rng_below(titr_rng_key key, uint32_t index, uint32_t n);
/** 32-bit key of a text (FNV-1a), e.g. of a patient's id. */
uint32_t titr_hash32(const char *text);

#endif
