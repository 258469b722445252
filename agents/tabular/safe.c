// SPDX-License-Identifier: GPL-3.0-or-later
/* The choice in evaluation, where what is not proven must not win:
 *   - only levels tried at least min_visits times in this cell are candidates; if there is none,
 *     those of the nearest cell that has one (fewest bins away, summed over the axes; of equal ones
 *     the lowest cell, that is the lower bin of the first axis that differs). Children held out of
 *     training may well reach such cells. With tilings every active tile must have been tried so
 *     often, and there is no nearest cell: neighbours share tiles as it is;
 *   - the best candidate must beat fallback_level, standard care say, by `evidence` standard errors
 *     of the difference, as in safe policy improvement [laroche2019]. The error of Q(s, a) is the
 *     spread of its targets times the root of the sum of their squared weights in the value.
 * Where neither holds, fallback_level is given. With min_visits and evidence at 0 this is the
 * greedy choice. */
#include "safe.h"

#include "titrate/agents/levels.h"

#include <math.h>
#include <stdint.h>

static uint32_t tried(const titri_learner *q, const size_t *feature, size_t level)
{
    uint32_t visits = 0;
    for (size_t k = 0; k < q->n_tables; k++) {
        const uint32_t more = titri_qtable_tried(&q->table[k], feature, level);
        visits = more > UINT32_MAX - visits ? UINT32_MAX : visits + more;
    }
    return visits;
}

/* Best allowed level among those tried at least min_visits times; n_levels if none.
 * @param[in] value [n_levels] */
static size_t best_candidate(const titri_learner *q, const size_t *feature,
                             const unsigned char *mask, const double *value)
{
    size_t best = q->n_levels;
    for (size_t a = 0; a < q->n_levels; a++) {
        if (mask[a] != 0 && tried(q, feature, a) >= q->def.min_visits &&
            (best == q->n_levels || value[a] > value[best])) {
            best = a;
        }
    }
    return best;
}

/* Squared standard error of a level's value; that of the mean of two tables is a quarter of both.
 */
static double uncertainty(const titri_learner *q, const size_t *feature, size_t level)
{
    double sum = 0.0;
    for (size_t k = 0; k < q->n_tables; k++) {
        sum += titri_qtable_uncertainty(&q->table[k], feature, level);
    }
    return sum / (double)(q->n_tables * q->n_tables);
}

/* Whether a level beats the fallback level by `evidence` standard errors of the difference; with a
 * fallback level that is masked or untried there is nothing to beat. */
static int is_proven(const titri_learner *q, const size_t *feature, const unsigned char *mask,
                     const double *value, size_t level)
{
    const size_t fallback = (size_t)q->def.fallback_level;
    if (mask[fallback] == 0 || tried(q, feature, fallback) < q->def.min_visits) {
        return 1;
    }
    const double error = sqrt(uncertainty(q, feature, level) + uncertainty(q, feature, fallback));
    return value[level] - value[fallback] >= q->def.evidence * error;
}

/* Whether a cell has any candidate. */
static int is_known(const titri_learner *q, const size_t *cell, const unsigned char *mask)
{
    for (size_t a = 0; a < q->n_levels; a++) {
        if (mask[a] != 0 && tried(q, cell, a) >= q->def.min_visits) {
            return 1;
        }
    }
    return 0;
}

/* The nearest cell that has a candidate; the number of cells if none. Plain bins only. */
static size_t nearest_known(const titri_learner *q, size_t cell, const unsigned char *mask)
{
    size_t known = q->features.n, nearest = SIZE_MAX;
    for (size_t c = 0; c < q->features.n; c++) {
        const size_t away = titri_features_distance(&q->features, c, cell);
        if (away < nearest && is_known(q, &c, mask)) {
            nearest = away;
            known = c;
        }
    }
    return known;
}

size_t titri_safe_level(const titri_learner *q, const size_t *feature, const unsigned char *mask)
{
    size_t near = 0;
    if (!is_known(q, feature, mask) && q->features.tilings == 1) {
        near = nearest_known(q, feature[0], mask);
        if (near < q->features.n) {
            feature = &near;
        }
    }
    double value[TITR_LEVELS_MAX];
    titri_learner_values(q, feature, value);
    const size_t best = best_candidate(q, feature, mask, value);
    if (best < q->n_levels && is_proven(q, feature, mask, value, best)) {
        return best;
    }
    return titr_level_nearest(mask, q->n_levels, (size_t)q->def.fallback_level);
}
