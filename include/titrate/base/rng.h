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

/* titr_philox4x32, titr_rng_words, titr_rng_uniform and titr_rng_normal: */
#include "titrate/base/rng_inline.h"

/** Uniform integer in [0, n), n >= 1, without modulo bias beyond 2^-32. */
uint32_t titr_rng_below(titr_rng_key key, uint32_t index, uint32_t n);
/** 32-bit key of a text (FNV-1a), e.g. of a patient's id. */
uint32_t titr_hash32(const char *text);

#endif
