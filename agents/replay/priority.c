// SPDX-License-Identifier: GPL-3.0-or-later
/* Priorities of drawn steps. */
#include "ring.h"

#include "titrate/base/math.h"

#include <stdint.h>

#define PRIORITY_MIN 1e-30
#define PRIORITY_MAX 1e30

static float mass_of(const titr_replay *r, double priority)
{
    return (float)(r->spec.alpha == 1.0 ? priority : titr_pow(priority, r->spec.alpha));
}

/* Place of a row by its id; SIZE_MAX if it has been overwritten or was never written. */
static size_t find_row(const titr_replay *r, uint64_t id)
{
    const uint64_t lane = id % r->spec.n_lanes, number = id / r->spec.n_lanes;
    const titri_replay_lane *l = &r->lane[lane];
    if (number >= l->count || l->count - number > r->rows) {
        return SIZE_MAX;
    }
    const size_t back = (size_t)(l->count - number); /* 1 = the newest */
    const size_t row = l->next >= back ? l->next - back : l->next + r->rows - back;
    return (size_t)lane * r->rows + row;
}

titr_status titr_replay_prioritise(titr_replay *replay, size_t n, const uint64_t *id,
                                   const double *priority, titr_error *err)
{
    for (size_t j = 0; j < n && replay->tree.leaf != NULL; j++) {
        if (!(priority[j] >= PRIORITY_MIN && priority[j] <= PRIORITY_MAX)) {
            return titr_fail(
                err, TITR_ERR_RANGE,
                "replay: a priority of %g, allowed %g to %g: has the learner diverged?",
                priority[j], PRIORITY_MIN, PRIORITY_MAX);
        }
        const size_t place = find_row(replay, id[j]);
        if (place != SIZE_MAX && replay->tree.leaf[place] > 0.0F) {
            const float mass = mass_of(replay, priority[j]);
            replay->most = mass > replay->most ? mass : replay->most;
            titri_sum_tree_set(&replay->tree, place, mass);
        }
    }
    return TITR_OK;
}
