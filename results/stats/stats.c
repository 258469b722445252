// SPDX-License-Identifier: GPL-3.0-or-later
/* Exact intervals of proportions and rates, and the two-level bootstrap. */
#include "titrate/stats/stats.h"

#include "titrate/base/rng.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

static const titr_interval undefined = {(double)NAN, (double)NAN, (double)NAN};

titr_interval titr_interval_proportion(size_t events, size_t trials, double level)
{
    if (!(level > 0.0 && level < 1.0) || events > trials) {
        return undefined;
    }
    const double tail = 0.5 * (1.0 - level);
    const double k = (double)events, n = (double)trials;
    titr_interval i = {.estimate = trials > 0 ? k / n : (double)NAN, .lo = 0.0, .hi = 1.0};
    if (events > 0) {
        i.lo = gsl_cdf_beta_Pinv(tail, k, n - k + 1.0);
    }
    if (events < trials) {
        i.hi = gsl_cdf_beta_Qinv(tail, k + 1.0, n - k);
    }
    return i;
}

titr_interval titr_interval_rate(size_t events, double exposure, double level)
{
    if (!(level > 0.0 && level < 1.0) || !(exposure > 0.0) || !isfinite(exposure)) {
        return undefined;
    }
    const double tail = 0.5 * (1.0 - level);
    const double k = (double)events;
    titr_interval i = {.estimate = k / exposure, .lo = 0.0};
    if (events > 0) {
        i.lo = 0.5 * gsl_cdf_chisq_Pinv(tail, 2.0 * k) / exposure;
    }
    i.hi = 0.5 * gsl_cdf_chisq_Qinv(tail, 2.0 * k + 2.0) / exposure;
    return i;
}

double titr_mean(const double *value, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += value[i];
    }
    return n > 0 ? sum / (double)n : (double)NAN;
}

double titr_sd(const double *value, size_t n)
{
    const double mean = titr_mean(value, n);
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += (value[i] - mean) * (value[i] - mean);
    }
    return n < 2 ? (double)NAN : sqrt(sum / (double)(n - 1));
}

double titr_mean_known(const double *value, size_t n)
{
    double sum = 0.0;
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(value[i])) {
            sum += value[i];
            known++;
        }
    }
    return known > 0 ? sum / (double)known : (double)NAN;
}

void titr_group_means(const double *value, const size_t *group, size_t n, size_t n_groups,
                      double *mean, size_t *members)
{
    for (size_t g = 0; g < n_groups; g++) {
        mean[g] = 0.0;
        members[g] = 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (!isnan(value[i])) {
            mean[group[i]] += value[i];
            members[group[i]]++;
        }
    }
    for (size_t g = 0; g < n_groups; g++) {
        mean[g] = members[g] > 0 ? mean[g] / (double)members[g] : (double)NAN;
    }
}

double titr_quantile_sorted(const double *sorted, size_t n, double p)
{
    if (n == 0 || !(p >= 0.0 && p <= 1.0)) {
        return (double)NAN;
    }
    const double position = p * (double)(n - 1);
    const size_t below = (size_t)floor(position);
    const size_t above = below + 1 < n ? below + 1 : below;
    return sorted[below] + (position - (double)below) * (sorted[above] - sorted[below]);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Values sorted by group: members of group g are member[first[g] .. first[g + 1]). */
typedef struct grouped {
    const double *member;
    const size_t *first;
    size_t n_groups;
} grouped;

static double mean_of_group(const grouped *data, size_t g)
{
    return titr_mean(data->member + data->first[g], data->first[g + 1] - data->first[g]);
}

static double mean_of_groups(const grouped *data)
{
    double sum = 0.0;
    for (size_t g = 0; g < data->n_groups; g++) {
        sum += mean_of_group(data, g);
    }
    return sum / (double)data->n_groups;
}

/* One draw: groups with replacement, then as many members of each as it has. */
static double resampled_mean(const grouped *data, titr_rng_key key)
{
    uint32_t index = 0;
    double sum = 0.0;
    for (size_t g = 0; g < data->n_groups; g++) {
        const size_t pick = titr_rng_below(key, index++, (uint32_t)data->n_groups);
        const size_t members = data->first[pick + 1] - data->first[pick];
        double inner = 0.0;
        for (size_t m = 0; m < members; m++) {
            inner +=
                data->member[data->first[pick] + titr_rng_below(key, index++, (uint32_t)members)];
        }
        sum += inner / (double)members;
    }
    return sum / (double)data->n_groups;
}

static titr_status check_bootstrap(const double *value, const size_t *group, size_t n,
                                   size_t n_groups, double level, size_t draws, titr_error *err)
{
    if (n == 0 || n_groups == 0 || draws == 0 || n > UINT32_MAX || draws > UINT32_MAX) {
        return titr_fail(err, TITR_ERR_ARG,
                         "bootstrap of %zu values in %zu groups, %zu draws: none may be 0", n,
                         n_groups, draws);
    }
    if (!(level > 0.0 && level < 1.0)) {
        return titr_fail(err, TITR_ERR_RANGE, "bootstrap level = %g, allowed (0, 1)", level);
    }
    for (size_t i = 0; i < n; i++) {
        if (group[i] >= n_groups || !isfinite(value[i])) {
            return titr_fail(err, TITR_ERR_RANGE,
                             "bootstrap value %zu = %g in group %zu: expected a finite value and a "
                             "group below %zu",
                             i, value[i], group[i], n_groups);
        }
    }
    return TITR_OK;
}

/* Stable counting sort by group. @param[out] first [n_groups + 1], member [n]. */
static titr_status sort_by_group(const double *value, const size_t *group, size_t n,
                                 size_t n_groups, size_t *first, double *member, titr_error *err)
{
    for (size_t i = 0; i < n; i++) {
        first[group[i] + 1]++;
    }
    for (size_t g = 0; g < n_groups; g++) {
        if (first[g + 1] == 0) {
            return titr_fail(err, TITR_ERR_ARG, "bootstrap group %zu of %zu is empty", g, n_groups);
        }
        first[g + 1] += first[g];
    }
    for (size_t i = n; i-- > 0;) {
        member[--first[group[i] + 1]] = value[i];
    }
    for (size_t g = 0; g < n_groups; g++) {
        first[g] = first[g + 1];
    }
    first[n_groups] = n;
    return TITR_OK;
}

titr_status titr_interval_bootstrap(const double *value, const size_t *group, size_t n,
                                    size_t n_groups, double level, size_t draws, uint64_t seed,
                                    titr_interval *out, titr_error *err)
{
    TITR_TRY(check_bootstrap(value, group, n, n_groups, level, draws, err));
    titr_status status = TITR_OK;
    size_t *first = calloc(n_groups + 1, sizeof *first);
    double *member = malloc(n * sizeof *member);
    double *mean = malloc(draws * sizeof *mean);
    if (first == NULL || member == NULL || mean == NULL) {
        status = titr_fail(err, TITR_ERR_NOMEM, "bootstrap: no memory for %zu draws", draws);
        goto done;
    }
    status = sort_by_group(value, group, n, n_groups, first, member, err);
    if (status != TITR_OK) {
        goto done;
    }
    const grouped data = {member, first, n_groups};
    for (size_t d = 0; d < draws; d++) {
        const titr_rng_key key = {
            .seed = seed, .purpose = TITR_PURPOSE_BOOTSTRAP, .patient = (uint32_t)d};
        mean[d] = resampled_mean(&data, key);
    }
    qsort(mean, draws, sizeof *mean, ascending);
    const double tail = 0.5 * (1.0 - level);
    *out = (titr_interval){mean_of_groups(&data), titr_quantile_sorted(mean, draws, tail),
                           titr_quantile_sorted(mean, draws, 1.0 - tail)};
done:
    free(mean);
    free(member);
    free(first);
    return status;
}
