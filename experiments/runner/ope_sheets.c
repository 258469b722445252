// SPDX-License-Identifier: GPL-3.0-or-later
#include "ope_sheets.h"

#include "manifest.h"

#include "titrate/stats/stats.h"

#include <math.h>
#include <stdlib.h>

/* --- accuracy --- */

/* Of n rows of one horizon and estimator, TITR_OPE_N apart. @param[out] x, y [n] work space. */
static titr_judged_accuracy accuracy_of(const titr_judged *row, size_t n, double *x, double *y)
{
    titr_judged_accuracy a = {.horizon_h = row->horizon_h, .method = row->method};
    double sum = 0.0, squares = 0.0;
    for (size_t k = 0; k < n; k++) {
        const titr_judged *r = &row[k * TITR_OPE_N];
        if (r->estimate.refusal != TITR_OPE_FINE || !isfinite(r->truth)) {
            a.refused++;
            continue;
        }
        const double error = r->estimate.value - r->truth;
        x[a.answered] = r->estimate.value;
        y[a.answered++] = r->truth;
        a.covered += r->lo <= r->truth && r->truth <= r->hi ? 1.0 : 0.0;
        sum += error;
        squares += error * error;
    }
    a.bias = a.answered > 0 ? sum / (double)a.answered : (double)NAN;
    a.rmse = a.answered > 0 ? sqrt(squares / (double)a.answered) : (double)NAN;
    a.covered = row->method == TITR_OPE_MODEL ? (double)NAN : a.covered;
    a.rank_correlation = titr_spearman(x, y, a.answered);
    return a;
}

titr_status titri_judge_accuracy(titr_judgement *out, size_t n, titr_error *err)
{
    const size_t horizons = out->n / (n * TITR_OPE_N);
    double *work = calloc(2 * n, sizeof *work);
    out->accuracy = calloc(horizons * TITR_OPE_N, sizeof *out->accuracy);
    if (work == NULL || out->accuracy == NULL) {
        free(work);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the accuracy of %zu policies", n);
    }
    for (size_t h = 0; h < horizons; h++) {
        for (size_t m = 0; m < TITR_OPE_N; m++) {
            out->accuracy[out->n_accuracy++] =
                accuracy_of(&out->row[h * n * TITR_OPE_N + m], n, work, work + n);
        }
    }
    free(work);
    return TITR_OK;
}

void titr_judgement_fini(titr_judgement *j)
{
    free(j->row);
    free(j->accuracy);
    *j = (titr_judgement){.row = NULL};
}

/* --- the file --- */

enum { E_HORIZON, E_ESTIMATE, E_LO, E_HI, E_ESS, E_TRUTH, E_TRUTH_SE, E_NUMBERS };
enum { E_POLICY = E_NUMBERS, E_ESTIMATOR, E_WHY, E_COLUMNS };
enum { A_HORIZON, A_ANSWERED, A_REFUSED, A_COVERED, A_BIAS, A_RMSE, A_RANK, A_NUMBERS };

static titr_status write_estimates(titr_writer *w, const titr_judgement *j, titr_error *err)
{
    const size_t n = j->n;
    double *v = calloc(E_NUMBERS * n, sizeof *v);
    const char **text = calloc(3 * n, sizeof *text);
    if (v == NULL || text == NULL) {
        free(v);
        free((void *)text);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a sheet of %zu rows", n);
    }
    for (size_t r = 0; r < n; r++) {
        const titr_judged *row = &j->row[r];
        const double value[E_NUMBERS] = {row->horizon_h, row->estimate.value, row->lo,
                                         row->hi,        row->estimate.ess,   row->truth,
                                         row->truth_se};
        for (size_t c = 0; c < E_NUMBERS; c++) {
            v[c * n + r] = value[c];
        }
        text[r] = row->policy;
        text[n + r] = titr_ope_name(row->method);
        text[2 * n + r] = row->why;
    }
    const titr_sheet_column column[E_COLUMNS] = {
        [E_POLICY] = {"policy", "1", "who is judged", NULL, text},
        [E_ESTIMATOR] = {"estimator", "1", "how", NULL, text + n},
        [E_WHY] = {"refused", "1", "why there is no estimate; empty if there is", NULL,
                   text + 2 * n},
        [E_HORIZON] = {"horizon_h", "h", "of the return", &v[E_HORIZON * n], NULL},
        [E_ESTIMATE] = {"estimate", "1", "of the return; NaN: refused", &v[E_ESTIMATE * n], NULL},
        [E_LO] = {"lo", "1", "bootstrap 95 % interval, lower end", &v[E_LO * n], NULL},
        [E_HI] = {"hi", "1", "bootstrap 95 % interval, upper end", &v[E_HI * n], NULL},
        [E_ESS] = {"ess", "1", "effective sample size, episodes", &v[E_ESS * n], NULL},
        [E_TRUTH] = {"truth", "1", "mean return in the simulator; NaN: not asked for",
                     &v[E_TRUTH * n], NULL},
        [E_TRUTH_SE] = {"truth_se", "1", "its standard error over episodes", &v[E_TRUTH_SE * n],
                        NULL},
    };
    const titr_status st = titr_writer_sheet(w, "ope/estimates", column, E_COLUMNS, n, err);
    free(v);
    free((void *)text);
    return st;
}

static titr_status write_accuracy(titr_writer *w, const titr_judgement *j, titr_error *err)
{
    const size_t n = j->n_accuracy;
    double *v = calloc(A_NUMBERS * n + 1, sizeof *v);
    const char **text = calloc(n + 1, sizeof *text);
    if (v == NULL || text == NULL) {
        free(v);
        free((void *)text);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a sheet of %zu rows", n);
    }
    for (size_t r = 0; r < n; r++) {
        const titr_judged_accuracy *a = &j->accuracy[r];
        const double value[A_NUMBERS] = {
            a->horizon_h, (double)a->answered, (double)a->refused, a->covered, a->bias,
            a->rmse,      a->rank_correlation};
        for (size_t c = 0; c < A_NUMBERS; c++) {
            v[c * n + r] = value[c];
        }
        text[r] = titr_ope_name(a->method);
    }
    const titr_sheet_column column[] = {
        {"estimator", "1", "how", NULL, text},
        {"horizon_h", "h", "of the return", &v[A_HORIZON * n], NULL},
        {"answered", "1", "policies with an estimate", &v[A_ANSWERED * n], NULL},
        {"refused", "1", "policies without", &v[A_REFUSED * n], NULL},
        {"covered", "1", "estimates whose interval holds the truth", &v[A_COVERED * n], NULL},
        {"bias", "1", "mean of estimate - truth", &v[A_BIAS * n], NULL},
        {"rmse", "1", "root mean square of estimate - truth", &v[A_RMSE * n], NULL},
        {"rank_correlation", "1", "Spearman's, of estimate and truth", &v[A_RANK * n], NULL},
    };
    const titr_status st =
        titr_writer_sheet(w, "ope/accuracy", column, sizeof column / sizeof column[0], n, err);
    free(v);
    free((void *)text);
    return st;
}

titr_status titri_judge_write(const titr_experiment *e, const titr_judgement *j, titr_error *err)
{
    char path[TITR_TEXT_MAX * 3], *manifest = NULL;
    titr_writer *w = NULL;
    titr_run_path(e, ".ope.h5", path, sizeof path);
    TITR_TRY(titri_manifest_of_judgement(e, &manifest, err));
    titr_status st = titr_writer_open_task(path, TITR_COMPRESS_NONE, NULL, &w, err);
    if (st == TITR_OK) {
        st = write_estimates(w, j, err);
        st = st == TITR_OK && j->n_accuracy > 0 ? write_accuracy(w, j, err) : st;
        st = st == TITR_OK ? titr_writer_manifest(w, manifest, err) : st;
        if (st == TITR_OK) {
            st = titr_writer_commit(w, err);
        } else {
            titr_writer_abort(w);
        }
    }
    free(manifest);
    return st;
}
