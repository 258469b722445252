// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/rng_key.h
 * @brief The name of a random stream. Included by titrate/base/rng.h.
 */
#ifndef TITR_BASE_RNG_KEY_H
#define TITR_BASE_RNG_KEY_H

#include <stdint.h>

/** What a stream is for: streams of two purposes never overlap. Append only (values are in files).
 */
typedef enum titr_purpose {
    TITR_PURPOSE_SENSOR = 1,    /* noise of glucose readings */
    TITR_PURPOSE_MEALS = 2,     /* times and sizes of meals */
    TITR_PURPOSE_EXPLORE = 3,   /* an agent's exploration           */
    TITR_PURPOSE_POLICY = 4,    /* a random policy's own choice     */
    TITR_PURPOSE_BOOTSTRAP = 5, /* resampling in statistics         */
    TITR_PURPOSE_TEST = 6,      /* tests only */
    TITR_PURPOSE_AGENT = 7,     /* the seed of an agent, and what an agent draws for itself */
    TITR_PURPOSE_TASK = 8,      /* starts and chances of benchmark tasks */
    TITR_PURPOSE_TUNE = 9,      /* settings that a tuning tries */
    TITR_PURPOSE_SETTINGS = 10, /* therapy settings that are wrong on purpose */
    TITR_PURPOSE_BODY = 11,     /* bodies that are varied in training */
    TITR_PURPOSE_CHILD = 12     /* virtual children: who they are and what they are made of */
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

#endif
