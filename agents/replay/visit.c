// SPDX-License-Identifier: GPL-3.0-or-later
/* Saving and loading of a replay memory; what is loaded must fit together. */
#include "ring.h"

#include <math.h>
#include <stdlib.h>

/* --- lanes --- */

static titr_status check_lane(const titr_replay *r, size_t lane, const int64_t row[3],
                              titr_error *err)
{
    const int open = row[2] == 1;
    if (row[0] < 0 || row[1] < 0 || row[2] < 0 || row[2] > 1 ||
        (open ? row[1] >= row[0] : row[1] > row[0])) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "saved replay: lane %zu of %zu with %lld rows, episode from row %lld",
                         lane, r->spec.n_lanes, (long long)row[0], (long long)row[1]);
    }
    return TITR_OK;
}

/* Rows written, first row of the running episode, and whether one runs, of each lane. */
static titr_status visit_lanes(titr_replay *r, titr_visitor *v, titr_error *err)
{
    const size_t n = r->spec.n_lanes, shape[2] = {n, 3};
    int64_t *row = calloc(n * 3, sizeof *row);
    if (row == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu lanes of a replay", n);
    }
    for (size_t l = 0; l < n; l++) {
        row[3 * l] = (int64_t)r->lane[l].count;
        row[3 * l + 1] = (int64_t)r->lane[l].start;
        row[3 * l + 2] = r->lane[l].open;
    }
    titr_status status = titr_state_visit(v, "lanes", TITR_I64, 2, shape, row, err);
    for (size_t l = 0; status == TITR_OK && v->loading && l < n; l++) {
        status = check_lane(r, l, &row[3 * l], err);
        if (status == TITR_OK) {
            r->lane[l] = (titri_replay_lane){.count = (uint64_t)row[3 * l],
                                             .start = (uint64_t)row[3 * l + 1],
                                             .next = (size_t)row[3 * l] % r->rows,
                                             .open = (int)row[3 * l + 2]};
        }
    }
    free(row);
    return status;
}

/* --- rows --- */

/* A row must be of a known kind and level, one that is not written yet or is the newest cannot be a
 * step, and the mass of a step that cannot be drawn must be 0. */
static titr_status check_row(const titr_replay *r, size_t lane, size_t place, titr_error *err)
{
    const uint64_t count = r->lane[lane].count;
    const size_t row = place - lane * r->rows, level = r->tag[place] & TITRI_TAG_LEVEL;
    const int kind = titri_row_kind(r, place);
    const int step = kind != TITRI_ROW_LAST;
    const int may = row < count && titri_row_age(r, lane, place) > 0;
    const float mass = titri_row_mass(r, place);
    const int drawn = step && may && titri_row_ready(r, lane, place);
    if (kind > TITRI_ROW_TERMINATED || level >= r->spec.n_levels || (step && !may) ||
        (r->tree.leaf != NULL && (drawn ? !(mass > 0.0F && mass <= r->most) : mass != 0.0F))) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "saved replay: row %zu of lane %zu does not fit the rest", row, lane);
    }
    return TITR_OK;
}

/* What follows from the lanes and rows. */
static titr_status derive(titr_replay *r, titr_error *err)
{
    r->n_ready = 0;
    r->filled = 0;
    for (size_t l = 0; l < r->spec.n_lanes; l++) {
        const uint64_t count = r->lane[l].count;
        const size_t kept = (size_t)(count < r->rows ? count : r->rows);
        r->filled = kept > r->filled ? kept : r->filled;
        for (size_t row = 0; row < r->rows; row++) {
            const size_t place = l * r->rows + row;
            TITR_TRY(check_row(r, l, place, err));
            r->n_ready += titri_row_ready(r, l, place) != 0;
        }
    }
    if (r->tree.leaf != NULL) {
        titri_sum_tree_derive(&r->tree);
    }
    return TITR_OK;
}

static titr_status visit_rows(titr_replay *r, titr_visitor *v, titr_error *err)
{
    const size_t n = r->spec.n_lanes * r->rows;
    const size_t obs[2] = {n, r->spec.n_obs}, pay[2] = {n, 2}, mask[2] = {n, r->mask_bytes};
    TITR_TRY(titr_state_visit(v, "obs", TITR_F32, 2, obs, r->obs, err));
    TITR_TRY(titr_state_visit(v, "reward_discount", TITR_F32, 2, pay, r->pay, err));
    TITR_TRY(titr_state_visit(v, "mask", TITR_U8, 2, mask, r->mask, err));
    return titr_visit_vector(v, "tag", TITR_U8, n, r->tag, err);
}

static titr_status visit_priorities(titr_replay *r, titr_visitor *v, titr_error *err)
{
    if (r->tree.leaf == NULL) {
        return TITR_OK;
    }
    TITR_TRY(titr_visit_vector(v, "mass", TITR_F32, r->tree.n, r->tree.leaf, err));
    return titr_visit_vector(v, "mass_max", TITR_F32, 1, &r->most, err);
}

titr_status titr_replay_visit(titr_replay *replay, titr_visitor *v, titr_error *err)
{
    TITR_TRY(visit_lanes(replay, v, err));
    TITR_TRY(visit_rows(replay, v, err));
    TITR_TRY(visit_priorities(replay, v, err));
    return v->loading ? derive(replay, err) : TITR_OK;
}
