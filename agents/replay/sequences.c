// SPDX-License-Identifier: GPL-3.0-or-later
/* Windows of steps within one episode, for learners with a memory of their own. */
#include "ring.h"

#include <string.h>

/* How many steps of its episode stand before a row, as far as they are kept; at most `most`. */
static size_t steps_before(const titr_replay *r, titri_drawn at, size_t most)
{
    const size_t age = titri_row_age(r, at.lane, at.place);
    const uint64_t count = r->lane[at.lane].count;
    const size_t kept = (size_t)(count < r->rows ? count : r->rows);
    size_t n = 0, place = at.place;
    while (n < most && age + n + 1 < kept) {
        place = titri_row_before(r, at.lane, place);
        if (titri_row_kind(r, place) != TITRI_ROW_STEP) {
            break;
        }
        n++;
    }
    return n;
}

static void put_row(const titr_replay *r, size_t place, size_t at, const titr_replay_sequences *out)
{
    const size_t n_obs = r->spec.n_obs;
    memcpy(&out->obs[at * n_obs], &r->obs[place * n_obs], n_obs * sizeof *out->obs);
    out->mask[at] = titri_row_mask(r, place);
}

static void put_step(const titr_replay *r, size_t place, size_t at,
                     const titr_replay_sequences *out)
{
    const int terminated = titri_row_kind(r, place) == TITRI_ROW_TERMINATED;
    out->level[at] = r->tag[place] & TITRI_TAG_LEVEL;
    out->reward[at] = r->pay[2 * place];
    out->discount[at] = terminated ? 0.0F : r->pay[2 * place + 1];
    out->valid[at] = 1;
}

/* Window j: steps from `before` rows ahead of the drawn one until the episode or the window ends.
 */
static void fill(const titr_replay *r, titri_drawn at, size_t j, const titr_replay_sequences *out)
{
    const size_t before = steps_before(r, at, out->burn_in);
    const size_t length = out->burn_in + out->span;
    size_t t = out->burn_in - before, place = at.place;
    for (size_t k = 0; k < before; k++) {
        place = titri_row_before(r, at.lane, place);
    }
    out->reset[t * out->n + j] = 1;
    for (; t < length && titri_row_kind(r, place) != TITRI_ROW_LAST; t++) {
        put_row(r, place, t * out->n + j, out);
        put_step(r, place, t * out->n + j, out);
        place = titri_row_after(r, at.lane, place);
    }
    put_row(r, place, t * out->n + j, out);
}

static void clear(const titr_replay *r, const titr_replay_sequences *out)
{
    const size_t steps = (out->burn_in + out->span) * out->n, rows = steps + out->n;
    memset(out->obs, 0, rows * r->spec.n_obs * sizeof *out->obs);
    memset(out->mask, 0, rows * sizeof *out->mask);
    memset(out->level, 0, steps * sizeof *out->level);
    memset(out->reward, 0, steps * sizeof *out->reward);
    memset(out->discount, 0, steps * sizeof *out->discount);
    memset(out->valid, 0, steps);
    memset(out->reset, 0, steps);
}

titr_status titr_replay_sample_sequences(const titr_replay *replay, const titr_replay_draw *draw,
                                         const titr_replay_sequences *out, titr_error *err)
{
    titri_draws draws = {.n = 0};
    titri_drawn drawn[TITRI_DRAWS_CHUNK] = {{0, 0}};
    TITR_TRY(titri_draws_start(replay, draw, out->n, &draws, err));
    clear(replay, out);
    for (size_t at = 0, n; (n = titri_draws_next(&draws, drawn)) > 0; at += n) {
        for (size_t j = 0; j < n; j++) {
            fill(replay, drawn[j], at + j, out);
            if (out->weight != NULL) {
                out->weight[at + j] = titri_row_mass(replay, drawn[j].place);
            }
            if (out->id != NULL) {
                out->id[at + j] = titri_row_id(replay, drawn[j]);
            }
        }
    }
    if (out->weight != NULL && out->n > 0) {
        titri_draws_weights(&draws, draw->beta, out->weight);
    }
    return TITR_OK;
}
