// SPDX-License-Identifier: GPL-3.0-or-later
#include "spread.h"

#include "titrate/base/math.h"

#include <math.h>
#include <string.h>

#define WITHIN_SD 2.0
#define TRIES 200 /* one in three is within, of 22 quantities */

double titri_to_scale(titri_scale scale, double value)
{
    return titr_log(scale == TITRI_SCALE_LOG ? value : value / (1.0 - value));
}

static double from_scale(titri_scale scale, double y)
{
    return scale == TITRI_SCALE_LOG ? titr_exp(y) : 1.0 / (1.0 + titr_exp(-y));
}

double titri_normal_within(titr_rng_key key, uint32_t index, double most)
{
    const double below = titr_normal_cdf(-most);
    return titr_normal_quantile(below + (1.0 - 2.0 * below) * titr_rng_uniform(key, index));
}

/* ---- from subjects ---- */

enum { SUBJECTS_MAX = 64, GROUPS_MAX = 8 };

typedef struct sample {
    double z[SUBJECTS_MAX][TITRI_SPREAD_MAX]; /* subjects less the mean of their group, over sd */
    size_t n;
    double dof;
} sample;

/* Mean of column k over the subjects that have flag[i] == value. */
static double mean_of(const double *y, size_t width, size_t k, const int *flag, int value, size_t n)
{
    double sum = 0.0, count = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += flag[i] == value ? y[i * width + k] : 0.0;
        count += flag[i] == value ? 1.0 : 0.0;
    }
    return sum / count;
}

static void standardise(titri_spread *s, const double *y, const int *group, int n_groups,
                        sample *out)
{
    for (size_t k = 0; k < s->n; k++) {
        double mean[GROUPS_MAX], squares = 0.0;
        for (int g = 0; g < n_groups; g++) {
            mean[g] = mean_of(y, s->n, k, group, g, out->n);
        }
        for (size_t i = 0; i < out->n; i++) {
            out->z[i][k] = y[i * s->n + k] - mean[group[i]];
            squares += out->z[i][k] * out->z[i][k];
        }
        s->sd[k] = sqrt(squares / out->dof);
        for (size_t i = 0; i < out->n; i++) {
            out->z[i][k] /= s->sd[k];
        }
    }
}

/* Correlation of columns j and k, and the variance of that estimate: w_i = z_ij z_ik, Var(mean w)
 * = n / (n - 1)^3 sum (w_i - mean w)^2 [schaefer2005], with the degrees of freedom for n. */
static double correlation(const sample *s, size_t j, size_t k, double *variance)
{
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < s->n; i++) {
        sum += s->z[i][j] * s->z[i][k];
    }
    const double mean = sum / (double)s->n;
    for (size_t i = 0; i < s->n; i++) {
        const double off = s->z[i][j] * s->z[i][k] - mean;
        squares += off * off;
    }
    const double less = s->dof - 1.0;
    *variance = s->dof / (less * less * less) * squares;
    return sum / s->dof;
}

/* Shrunken correlations into s->chol, both halves. */
static void shrink(titri_spread *s, const sample *of)
{
    double variances = 0.0, squares = 0.0;
    for (size_t j = 0; j < s->n; j++) {
        s->chol[j][j] = 1.0;
        for (size_t k = 0; k < j; k++) {
            double variance;
            const double r = correlation(of, j, k, &variance);
            s->chol[j][k] = s->chol[k][j] = r;
            variances += variance;
            squares += r * r;
        }
    }
    s->shrinkage = fmin(variances / squares, 1.0);
    for (size_t j = 0; j < s->n; j++) {
        for (size_t k = 0; k < s->n; k++) {
            s->chol[j][k] *= j == k ? 1.0 : 1.0 - s->shrinkage;
        }
    }
}

/* In place, column by column. Not the library's: that calls a BLAS, whose bits differ between
 * machines. @return 0 when the matrix is not positive definite. */
static int factorise(titri_spread *s)
{
    for (size_t k = 0; k < s->n; k++) {
        double *const row = s->chol[k];
        for (size_t j = 0; j <= k; j++) {
            double sum = row[j];
            for (size_t i = 0; i < j; i++) {
                sum -= row[i] * s->chol[j][i];
            }
            if (j == k && !(sum > 0.0)) {
                return 0;
            }
            row[j] = j == k ? sqrt(sum) : sum / s->chol[j][j];
        }
        for (size_t j = k + 1; j < s->n; j++) {
            row[j] = 0.0;
        }
    }
    return 1;
}

titr_status titri_spread_of(titri_spread *s, const double *y, const int *group, const int *central,
                            size_t n_subjects, int n_groups, titr_error *err)
{
    if (n_subjects > SUBJECTS_MAX || s->n > TITRI_SPREAD_MAX || n_groups > GROUPS_MAX ||
        n_subjects < (size_t)n_groups + 3) {
        return titr_fail(err, TITR_ERR_ARG, "a spread of %zu quantities of %zu subjects", s->n,
                         n_subjects);
    }
    sample of = {.n = n_subjects, .dof = (double)n_subjects - (double)n_groups};
    for (size_t k = 0; k < s->n; k++) {
        s->mean[k] = mean_of(y, s->n, k, central, 1, n_subjects);
    }
    standardise(s, y, group, n_groups, &of);
    shrink(s, &of);
    return factorise(s) ? TITR_OK
                        : titr_fail(err, TITR_ERR_RANGE,
                                    "the subjects' correlations are not positive definite");
}

void titri_spread_apart(titri_spread *s)
{
    memset(s->chol, 0, sizeof s->chol);
    for (size_t k = 0; k < s->n; k++) {
        s->chol[k][k] = 1.0;
    }
    s->shrinkage = 1.0;
}

/* Standard normal y, correlated; attempt t reads indices first + t n to first + t n + n - 1.
 * @return 1 when all are within the cut. */
static int try_draw(const titri_spread *s, titr_rng_key key, uint32_t first, double *y)
{
    double z[TITRI_SPREAD_MAX];
    int within = 1;
    for (size_t k = 0; k < s->n; k++) {
        z[k] = titr_rng_normal(key, first + (uint32_t)k);
        y[k] = 0.0;
        for (size_t j = 0; j <= k; j++) {
            y[k] += s->chol[k][j] * z[j];
        }
        within &= fabs(y[k]) <= WITHIN_SD;
    }
    return within;
}

void titri_spread_draw(const titri_spread *s, titr_rng_key key, uint32_t first, double weight_kg,
                       double *value)
{
    double y[TITRI_SPREAD_MAX];
    for (uint32_t t = 0; t < TRIES && !try_draw(s, key, first + t * (uint32_t)s->n, y); t++) {
    }
    for (size_t k = 0; k < s->n; k++) {
        const double inside = fmin(fmax(y[k], -WITHIN_SD), WITHIN_SD); /* after the last try */
        value[k] = from_scale(s->row[k].scale, s->mean[k] + s->sd[k] * inside) *
                   titr_pow(weight_kg / s->reference_kg, s->row[k].exponent);
    }
}
