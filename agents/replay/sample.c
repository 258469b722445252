// SPDX-License-Identifier: GPL-3.0-or-later
/* Which steps are drawn, and what is gathered of them. */
#include "ring.h"

#include "titrate/base/math.h"

#include <string.h>

#define LINE 64      /* bytes of a cache line */
#define TRIES_MAX 64 /* places without a step in a row, before the steps themselves are counted */

titr_status titri_draws_start(const titr_replay *r, const titr_replay_draw *draw, size_t n,
                              titri_draws *draws, titr_error *err)
{
    if (r->n_ready == 0) {
        return titr_fail(err, TITR_ERR_ARG, "the replay holds no step that can be drawn yet");
    }
    if (!(draw->beta >= 0.0 && draw->beta <= 1.0)) {
        return titr_fail(err, TITR_ERR_RANGE, "replay: beta = %g, allowed 0 to 1", draw->beta);
    }
    *draws = (titri_draws){.replay = r, .key = draw->key, .n = n};
    draws->key.patient = (uint32_t)(draw->count >> 32);
    draws->key.episode = (uint32_t)draw->count;
    draws->used = TITRI_DRAWS_CHUNK;
    return TITR_OK;
}

/* Where the place that a word stands for is: rows that are filled in the fullest lane, of all
 * lanes. */
static titri_drawn place_of(const titr_replay *r, uint32_t word)
{
    const uint64_t places = (uint64_t)r->spec.n_lanes * r->filled;
    const uint32_t at = (uint32_t)((word * places) >> 32), filled = (uint32_t)r->filled;
    const uint32_t lane = at / filled;
    return (titri_drawn){lane * r->rows + (at - lane * filled), lane};
}

static void refill(titri_draws *d)
{
    for (uint32_t b = 0; b < TITRI_DRAWS_CHUNK / 4; b++) {
        titr_rng_words(d->key, d->block + b, &d->word[(size_t)4 * b]);
    }
    d->block += TITRI_DRAWS_CHUNK / 4;
    d->used = 0;
    for (uint32_t j = 0; d->replay->tree.leaf == NULL && j < TITRI_DRAWS_CHUNK; j++) {
        __builtin_prefetch(&d->replay->tag[place_of(d->replay, d->word[j]).place]);
    }
}

static uint32_t next_word(titri_draws *d)
{
    if (d->used == TITRI_DRAWS_CHUNK) {
        refill(d);
    }
    return d->word[d->used++];
}

/* The k-th step that can be drawn, lane after lane. */
static titri_drawn count_out(const titr_replay *r, size_t k)
{
    titri_drawn at = {0, 0};
    for (at.lane = 0; at.lane < r->spec.n_lanes; at.lane++) {
        for (size_t row = 0; row < r->rows; row++) {
            at.place = at.lane * r->rows + row;
            if (titri_row_ready(r, at.lane, at.place) && k-- == 0) {
                return at;
            }
        }
    }
    return at; /* not reached: k < n_ready */
}

/* Places are drawn until one has a step that can be drawn: each such step is as probable. Where
 * they are too sparse for that, at the start of many lanes say, they are counted instead. */
static titri_drawn draw_uniform(titri_draws *d)
{
    const titr_replay *r = d->replay;
    for (int i = 0; i < TRIES_MAX; i++) {
        const titri_drawn at = place_of(r, next_word(d));
        if (titri_row_ready(r, at.lane, at.place)) {
            return at;
        }
    }
    return count_out(r, (size_t)((next_word(d) * (uint64_t)r->n_ready) >> 32));
}

/* One draw from each of equal parts of the whole mass, as many as the batch has draws. */
static void draw_stratified(titri_draws *d, size_t n, titri_drawn *drawn)
{
    const titr_replay *r = d->replay;
    const double width = titri_sum_tree_total(&r->tree) / (double)d->n;
    double at[TITRI_DRAWS_CHUNK];
    size_t place[TITRI_DRAWS_CHUNK];
    for (size_t j = 0; j < n; j++) {
        at[j] = ((double)(d->done + j) + ((double)next_word(d) + 0.5) * 0x1p-32) * width;
    }
    titri_sum_tree_find(&r->tree, at, n, place);
    for (size_t j = 0; j < n; j++) {
        drawn[j] = (titri_drawn){place[j], place[j] / r->rows};
    }
}

/* What gathering will read: the row and its successor (unless the ring wraps), and the rest. */
static void prefetch(const titr_replay *r, size_t place)
{
    const char *row = (const char *)&r->obs[place * r->spec.n_obs];
    for (size_t at = 0; at < 2 * r->spec.n_obs * sizeof(float); at += LINE) {
        __builtin_prefetch(row + at);
    }
    __builtin_prefetch(&r->pay[2 * place]);
    __builtin_prefetch(&r->mask[place * r->mask_bytes]);
    __builtin_prefetch(&r->tag[place]);
}

size_t titri_draws_next(titri_draws *d, titri_drawn *drawn)
{
    const titr_replay *r = d->replay;
    size_t n = d->n - d->done;
    n = n < TITRI_DRAWS_CHUNK ? n : TITRI_DRAWS_CHUNK;
    if (r->tree.leaf != NULL) {
        draw_stratified(d, n, drawn);
    }
    for (size_t j = 0; j < n; j++) {
        drawn[j] = r->tree.leaf == NULL ? draw_uniform(d) : drawn[j];
        prefetch(r, drawn[j].place);
    }
    d->done += n;
    return n;
}

void titri_draws_weights(const titri_draws *d, double beta, float *weight)
{
    float least = weight[0];
    for (size_t j = 1; j < d->n; j++) {
        least = weight[j] < least ? weight[j] : least;
    }
    for (size_t j = 0; j < d->n; j++) {
        const double ratio = (double)least / (double)weight[j];
        weight[j] = ratio == 1.0 ? 1.0F : (float)titr_pow(ratio, beta);
    }
}

/* R, G and where the return ends, (1). */
typedef struct stretch {
    size_t after; /* place of the next observation */
    double reward, discount;
} stretch;

static stretch walk(const titr_replay *r, titri_drawn at)
{
    stretch s = {at.place, 0.0, 1.0};
    for (size_t k = 0; k < r->spec.n_step; k++) {
        const int kind = titri_row_kind(r, s.after);
        if (kind == TITRI_ROW_LAST) {
            break;
        }
        s.reward += s.discount * (double)r->pay[2 * s.after];
        s.discount *= (double)r->pay[2 * s.after + 1];
        s.after = titri_row_after(r, at.lane, s.after);
        if (kind == TITRI_ROW_TERMINATED) {
            s.discount = 0.0;
            break;
        }
    }
    return s;
}

static void gather_row(const titr_replay *r, size_t place, size_t j, float *obs, uint64_t *mask)
{
    const size_t n_obs = r->spec.n_obs;
    if (obs != NULL) {
        memcpy(&obs[j * n_obs], &r->obs[place * n_obs], n_obs * sizeof *obs);
    }
    if (mask != NULL) {
        mask[j] = titri_row_mask(r, place);
    }
}

static void gather(const titr_replay *r, titri_drawn at, size_t j, const titr_replay_batch *out)
{
    const stretch s = walk(r, at);
    gather_row(r, at.place, j, out->obs, out->mask);
    gather_row(r, s.after, j, out->next_obs, out->next_mask);
    if (out->level != NULL) {
        out->level[j] = r->tag[at.place] & TITRI_TAG_LEVEL;
    }
    if (out->reward != NULL) {
        out->reward[j] = (float)s.reward;
    }
    if (out->discount != NULL) {
        out->discount[j] = (float)s.discount;
    }
    if (out->weight != NULL) {
        out->weight[j] = titri_row_mass(r, at.place);
    }
    if (out->id != NULL) {
        out->id[j] = titri_row_id(r, at);
    }
}

titr_status titr_replay_sample(const titr_replay *replay, const titr_replay_draw *draw,
                               const titr_replay_batch *out, titr_error *err)
{
    titri_draws draws = {.n = 0};
    titri_drawn drawn[TITRI_DRAWS_CHUNK] = {{0, 0}};
    TITR_TRY(titri_draws_start(replay, draw, out->n, &draws, err));
    for (size_t at = 0, n; (n = titri_draws_next(&draws, drawn)) > 0; at += n) {
        for (size_t j = 0; j < n; j++) {
            gather(replay, drawn[j], at + j, out);
        }
    }
    if (out->weight != NULL && out->n > 0) {
        titri_draws_weights(&draws, draw->beta, out->weight);
    }
    return TITR_OK;
}
