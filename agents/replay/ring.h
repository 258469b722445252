// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file ring.h
 * @brief Rows of a replay memory and where they stand; see titrate/agents/replay.h.
 *
 * Row r of lane l stands at place l * rows_per_lane + r. A lane's rows are numbered for ever from 0
 * ("age" order); the id of a row is number * n_lanes + lane.
 */
#ifndef TITR_AGENTS_REPLAY_RING_H
#define TITR_AGENTS_REPLAY_RING_H

#include "sum_tree.h"
#include "titrate/agents/replay.h"

/** What a row is, in the two upper bits of its tag; the level stands in the lower six. */
enum {
    TITRI_ROW_LAST = 0,       /* an observation without a step: an episode's last, or the newest */
    TITRI_ROW_STEP = 1,       /* a step; the next row is its next observation */
    TITRI_ROW_TERMINATED = 2, /* a step after which nothing is to be expected */
    TITRI_TAG_SHIFT = 6,
    TITRI_TAG_LEVEL = 63
};

/** One lane's ring. */
typedef struct titri_replay_lane {
    uint64_t count; /* rows ever written; count - 1 is the newest, which is never a step */
    uint64_t start; /* number of the running episode's first row, while open */
    size_t next;    /* row that is written next: count modulo rows_per_lane */
    int open;       /* 1 = the next step goes on from the newest row */
} titri_replay_lane;

struct titr_replay {
    titr_replay_spec spec;
    size_t rows;             /* per lane */
    size_t n_ready;          /* steps that can be drawn */
    size_t filled;           /* rows of the fullest lane */
    size_t mask_bytes;       /* per row */
    float *obs;              /* [n_lanes * rows][n_obs] */
    float *pay;              /* [n_lanes * rows][2] reward, discount over its interval */
    unsigned char *mask;     /* [n_lanes * rows][mask_bytes] level a is bit a % 8 of byte a / 8 */
    unsigned char *tag;      /* [n_lanes * rows] */
    titri_replay_lane *lane; /* [n_lanes] */
    titri_sum_tree tree;     /* priority^alpha of steps that can be drawn; with alpha > 0 */
    float most;              /* largest priority^alpha seen */
    double usual_min, usual; /* discount of the interval seen last */
};

static inline int titri_row_kind(const titr_replay *r, size_t place)
{
    return r->tag[place] >> TITRI_TAG_SHIFT;
}

/** Place of the row after this one in the same lane. */
static inline size_t titri_row_after(const titr_replay *r, size_t lane, size_t place)
{
    return place + 1 == (lane + 1) * r->rows ? lane * r->rows : place + 1;
}

/** Place of the row before. */
static inline size_t titri_row_before(const titr_replay *r, size_t lane, size_t place)
{
    return place == lane * r->rows ? place + r->rows - 1 : place - 1;
}

/** How many rows after it were written: 0 = the newest. Only for rows that were written. */
static inline size_t titri_row_age(const titr_replay *r, size_t lane, size_t place)
{
    const size_t row = place - lane * r->rows, next = r->lane[lane].next;
    return row < next ? next - 1 - row : next + r->rows - 1 - row;
}

/** Allowed levels of a row. */
static inline uint64_t titri_row_mask(const titr_replay *r, size_t place)
{
    const unsigned char *byte = &r->mask[place * r->mask_bytes];
    uint64_t mask = 0;
    for (size_t k = 0; k < r->mask_bytes; k++) {
        mask |= (uint64_t)byte[k] << (8 * k);
    }
    return mask;
}

/** A drawn step. */
typedef struct titri_drawn {
    size_t place, lane;
} titri_drawn;

/** Steps drawn at once, at most. */
#define TITRI_DRAWS_CHUNK 64

/** A batch of draws under way, piece by piece: nothing is allocated. */
typedef struct titri_draws {
    const titr_replay *replay; /* borrowed */
    titr_rng_key key;
    size_t n, done;       /* draws of the batch, and made so far */
    uint32_t block, used; /* next block of the stream; words used of the last ones */
    uint32_t word[TITRI_DRAWS_CHUNK];
} titri_draws;

/** @return TITR_ERR_ARG if no step is ready, TITR_ERR_RANGE if beta is none. */
titr_status titri_draws_start(const titr_replay *r, const titr_replay_draw *draw, size_t n,
                              titri_draws *draws, titr_error *err) TITR_NODISCARD;
/** Draw the next steps. @param[out] drawn [TITRI_DRAWS_CHUNK]. @return how many; 0: all are made.
 */
size_t titri_draws_next(titri_draws *draws, titri_drawn *drawn);
/** Masses of drawn steps become weights, (2). @param[in,out] weight [n] from titri_row_mass. */
void titri_draws_weights(const titri_draws *draws, double beta, float *weight);
/** priority^alpha of a step; 1 without priorities. */
static inline float titri_row_mass(const titr_replay *r, size_t place)
{
    return r->tree.leaf == NULL ? 1.0F : r->tree.leaf[place];
}
/** Whether the row is a step that can be drawn. */
int titri_row_ready(const titr_replay *r, size_t lane, size_t place);
/** Id of a row. */
uint64_t titri_row_id(const titr_replay *r, titri_drawn at);

#endif
