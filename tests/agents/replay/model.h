// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file model.h
 * @brief A replay memory by brute force: every row ever pushed in a plain list, and random pushes.
 *
 * The first value of an observation is the row's place in the list, so that whatever is drawn can
 * be looked up here.
 */
#ifndef TITR_TESTS_AGENTS_REPLAY_MODEL_H
#define TITR_TESTS_AGENTS_REPLAY_MODEL_H

#include "titrate/agents/replay.h"

#define MODEL_OBS 3
#define MODEL_LEVELS 13

/** A row as it was pushed; chains of one lane are linked by `next`. */
typedef struct model_row {
    size_t lane;
    uint64_t number; /* within its lane, from 0 */
    double obs[MODEL_OBS];
    unsigned char mask[MODEL_LEVELS];
    int step; /* 1 = the rest holds */
    int level;
    double reward, elapsed_min;
    int terminated;
    size_t next, before; /* rows in the list; SIZE_MAX: none */
} model_row;

/** The list and what the lanes are at. */
typedef struct model {
    titr_replay_spec spec;
    model_row *row;
    size_t n, capacity;
    size_t *newest;  /* [n_lanes] row of the running episode, SIZE_MAX: none runs */
    uint64_t *count; /* [n_lanes] rows pushed */
    uint32_t word;   /* of the random stream */
    uint64_t seed;
} model;

/** Defaults of a spec: 3 observations, 13 levels. */
titr_replay_spec model_spec(size_t capacity, size_t n_lanes, size_t n_step, double alpha);
void model_init(model *m, titr_replay_spec spec, uint64_t seed);
void model_fini(model *m);
/** One decision of all lanes: some step, some end, some are left out as invalid. */
void model_push(model *m, titr_replay *replay);
/** Rows of a lane's ring. */
size_t model_rows(const model *m);
/** Whether a row of the list can be drawn now. */
int model_ready(const model *m, size_t row);
/** How many can be drawn. */
size_t model_count_ready(const model *m);
/** Allowed levels of a row. */
uint64_t model_mask(const model_row *row);

/** R, G and the row after them by definition. */
typedef struct model_return {
    double reward, discount;
    size_t after;
} model_return;
model_return model_returns(const model *m, size_t row);

#endif
