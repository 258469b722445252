// SPDX-License-Identifier: GPL-3.0-or-later
/* Rows of a replay memory: what is kept of a step, and when it can be drawn. */
#include "ring.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX ((size_t)1 << 31) /* places are drawn with 32 bits */

static size_t rows_per_lane(const titr_replay_spec *s)
{
    const size_t rows = (s->capacity + s->n_lanes - 1) / s->n_lanes;
    return rows > s->n_step + 2 ? rows : s->n_step + 2;
}

static titr_status check(const titr_replay_spec *s, titr_error *err)
{
    if (s->n_lanes < 1 || s->n_obs < 1 || s->n_step < 1 || s->n_levels < 1 ||
        s->n_levels > TITR_LEVELS_MAX || !(s->alpha >= 0.0 && s->alpha <= 1.0)) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "replay of %zu lanes, %zu observed values, %zu levels (1..%d), %zu steps "
                         "a return, alpha = %g (0 to 1)",
                         s->n_lanes, s->n_obs, s->n_levels, TITR_LEVELS_MAX, s->n_step, s->alpha);
    }
    if (s->n_step > ROWS_MAX || s->capacity > ROWS_MAX ||
        rows_per_lane(s) > ROWS_MAX / s->n_lanes || s->n_obs > SIZE_MAX / 64 / ROWS_MAX) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "replay capacity = %zu rows in %zu lanes, at most %zu are allowed",
                         s->capacity, s->n_lanes, ROWS_MAX);
    }
    return TITR_OK;
}

static size_t mask_bytes(const titr_replay_spec *s)
{
    return (s->n_levels + 7) / 8;
}

size_t titr_replay_bytes(const titr_replay_spec *spec)
{
    if (check(spec, NULL) != TITR_OK) {
        return 0;
    }
    const size_t n = rows_per_lane(spec) * spec->n_lanes;
    const size_t row = (spec->n_obs + 2) * sizeof(float) + mask_bytes(spec) + 1;
    const size_t tree = spec->alpha > 0.0 ? titri_sum_tree_bytes(n) : 0;
    return sizeof(titr_replay) + n * row + tree + spec->n_lanes * sizeof(titri_replay_lane);
}

void titr_replay_destroy(titr_replay *replay)
{
    if (replay == NULL) {
        return;
    }
    free(replay->obs);
    free(replay->pay);
    free(replay->mask);
    free(replay->tag);
    free(replay->lane);
    titri_sum_tree_fini(&replay->tree);
    free(replay);
}

static int allocate(titr_replay *r)
{
    const titr_replay_spec *s = &r->spec;
    const size_t n = r->rows * s->n_lanes;
    r->obs = calloc(n, s->n_obs * sizeof *r->obs);
    r->pay = calloc(n * 2, sizeof *r->pay);
    r->mask = calloc(n * r->mask_bytes + 1, 1);
    r->tag = calloc(n, sizeof *r->tag);
    r->lane = calloc(s->n_lanes, sizeof *r->lane);
    return r->obs != NULL && r->pay != NULL && r->mask != NULL && r->tag != NULL &&
           r->lane != NULL && (s->alpha == 0.0 || titri_sum_tree_init(&r->tree, n));
}

titr_status titr_replay_create(const titr_replay_spec *spec, titr_replay **out, titr_error *err)
{
    TITR_TRY(check(spec, err));
    titr_replay *r = calloc(1, sizeof *r);
    if (r != NULL) {
        r->spec = *spec;
        r->rows = rows_per_lane(spec);
        r->mask_bytes = mask_bytes(spec);
        r->most = 1.0F;
        r->usual_min = spec->discount.interval_min;
        r->usual = titr_discount_over(&spec->discount, r->usual_min);
    }
    if (r == NULL || !allocate(r)) {
        titr_replay_destroy(r);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a replay of %zu bytes",
                         titr_replay_bytes(spec));
    }
    *out = r;
    return TITR_OK;
}

size_t titr_replay_ready(const titr_replay *replay)
{
    return replay->n_ready;
}

int titri_row_ready(const titr_replay *r, size_t lane, size_t place)
{
    const titri_replay_lane *l = &r->lane[lane];
    if (titri_row_kind(r, place) == TITRI_ROW_LAST) {
        return 0;
    }
    const size_t age = titri_row_age(r, lane, place);
    return !(l->open && age < r->spec.n_step && l->count - 1 - age >= l->start);
}

uint64_t titri_row_id(const titr_replay *r, titri_drawn at)
{
    const uint64_t number = r->lane[at.lane].count - 1 - titri_row_age(r, at.lane, at.place);
    return number * r->spec.n_lanes + at.lane;
}

/* The newest `steps` steps of the lane but for the last `keep`: they can be drawn from now on. */
static void release(titr_replay *r, size_t lane, uint64_t steps, uint64_t keep)
{
    size_t place = lane * r->rows + r->lane[lane].next;
    for (uint64_t back = 0; back <= steps; back++) {
        place = titri_row_before(r, lane, place);
        if (back > keep) {
            r->n_ready++;
            if (r->tree.leaf != NULL) {
                titri_sum_tree_set(&r->tree, place, r->most);
            }
        }
    }
}

/* Room for the lane's next row: the oldest one goes. */
static size_t claim(titr_replay *r, size_t lane)
{
    titri_replay_lane *l = &r->lane[lane];
    const size_t place = lane * r->rows + l->next;
    if (titri_row_kind(r, place) != TITRI_ROW_LAST) {
        r->n_ready--;
        if (r->tree.leaf != NULL) {
            titri_sum_tree_set(&r->tree, place, 0.0F);
        }
    }
    l->count++;
    l->next = l->next + 1 == r->rows ? 0 : l->next + 1;
    r->filled = l->count > r->filled && r->filled < r->rows ? (size_t)l->count : r->filled;
    return place;
}

/* A new row: an observation without a step yet. */
static size_t write_row(titr_replay *r, size_t lane, const double *obs, const unsigned char *mask)
{
    const size_t place = claim(r, lane), n_obs = r->spec.n_obs;
    float *to = &r->obs[place * n_obs];
    unsigned char *bits = &r->mask[place * r->mask_bytes];
    for (size_t k = 0; k < n_obs; k++) {
        to[k] = (float)obs[k];
    }
    memset(bits, 0, r->mask_bytes);
    for (size_t a = 0; a < r->spec.n_levels; a++) {
        bits[a / 8] = (unsigned char)(bits[a / 8] | (mask[a] != 0) << (a % 8));
    }
    r->tag[place] = TITRI_ROW_LAST << TITRI_TAG_SHIFT;
    return place;
}

static titr_status check_step(const titr_replay *r, size_t lane, const titr_replay_step *step,
                              titr_error *err)
{
    if (lane >= r->spec.n_lanes || step->level < 0 || (size_t)step->level >= r->spec.n_levels) {
        return titr_fail(err, TITR_ERR_RANGE, "replay: level %d of %zu in lane %zu of %zu",
                         step->level, r->spec.n_levels, lane, r->spec.n_lanes);
    }
    if (!isfinite(step->reward) || !(step->elapsed_min >= 0.0) || isinf(step->elapsed_min) ||
        step->end == TITR_END_FAULT) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "replay: a reward of %g over %g min with end %s cannot be learned from",
                         step->reward, step->elapsed_min, titr_end_name(step->end));
    }
    return TITR_OK;
}

static float discount_of(titr_replay *r, double elapsed_min)
{
    if (elapsed_min != r->usual_min) {
        r->usual_min = elapsed_min;
        r->usual = titr_discount_over(&r->spec.discount, elapsed_min);
    }
    return (float)r->usual;
}

/* Steps of the lane's running episode, as far as a return reaches back. */
static uint64_t open_steps(const titr_replay *r, const titri_replay_lane *l)
{
    const uint64_t steps = l->count - 1 - l->start;
    return steps < r->spec.n_step ? steps : r->spec.n_step;
}

void titr_replay_break(titr_replay *replay, size_t lane)
{
    titri_replay_lane *l = &replay->lane[lane];
    if (l->open) {
        const uint64_t steps = open_steps(replay, l);
        /* of n_step steps the oldest was complete already */
        release(replay, lane, steps < replay->spec.n_step ? steps : steps - 1, 0);
        l->open = 0;
    }
}

titr_status titr_replay_add(titr_replay *replay, size_t lane, const titr_replay_step *step,
                            titr_error *err)
{
    TITR_TRY(check_step(replay, lane, step, err));
    titri_replay_lane *l = &replay->lane[lane];
    if (!l->open) {
        l->start = l->count;
        l->open = 1;
        (void)write_row(replay, lane, step->obs, step->mask);
    }
    const size_t place = titri_row_before(replay, lane, lane * replay->rows + l->next);
    const int kind = step->end == TITR_END_TERMINATED ? TITRI_ROW_TERMINATED : TITRI_ROW_STEP;
    replay->tag[place] = (unsigned char)(kind << TITRI_TAG_SHIFT | step->level);
    replay->pay[2 * place] = (float)step->reward;
    replay->pay[2 * place + 1] = discount_of(replay, step->elapsed_min);
    (void)write_row(replay, lane, step->next_obs, step->next_mask);
    const uint64_t steps = open_steps(replay, l);
    if (steps == replay->spec.n_step) {
        release(replay, lane, steps, steps - 1);
    }
    if (step->end != TITR_END_NONE) {
        titr_replay_break(replay, lane);
    }
    return TITR_OK;
}

titr_status titr_replay_push(titr_replay *replay, const titr_transitions *t, titr_error *err)
{
    const size_t n_obs = replay->spec.n_obs, n_levels = replay->spec.n_levels;
    for (size_t l = 0; l < t->n; l++) {
        if (!t->valid[l]) {
            titr_replay_break(replay, l);
            continue;
        }
        const titr_replay_step step = {.obs = &t->obs[l * n_obs],
                                       .next_obs = &t->next_obs[l * n_obs],
                                       .mask = &t->mask[l * n_levels],
                                       .next_mask = &t->next_mask[l * n_levels],
                                       .level = t->level[l],
                                       .reward = t->reward[l],
                                       .elapsed_min = t->elapsed_min[l],
                                       .end = t->end[l]};
        TITR_TRY(titr_replay_add(replay, l, &step, err));
    }
    return TITR_OK;
}
