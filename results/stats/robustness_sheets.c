// SPDX-License-Identifier: GPL-3.0-or-later
/* The robustness table as text, as JSON and in a run file. */
#include "grid.h"

#include "titrate/stats/robustness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUP "robustness"

/* --- text --- */

enum { CELL, FAILED, PERCENT, ITT, DIFFERENCE, TIR, LOW, N_COLUMNS };

static void put_row(const titri_grid *g, size_t at, const titr_robust_policy *p,
                    const titr_summary_row *row)
{
    (void)snprintf(titri_grid_at(g, at, CELL), TITRI_CELL_MAX, "%s", row->policy);
    (void)snprintf(titri_grid_at(g, at, FAILED), TITRI_CELL_MAX, "%zu/%zu%s",
                   row->terminated + row->faults, row->episodes, row->valid ? "" : " FAULT");
    titri_cell_number(titri_grid_at(g, at, PERCENT), row->failed_percent.estimate, 1);
    titri_cell_interval(titri_grid_at(g, at, ITT), row->tir_itt_percent, 1, "");
    if (strcmp(row->policy, TITR_CELL_NOMINAL) == 0) {
        (void)snprintf(titri_grid_at(g, at, DIFFERENCE), TITRI_CELL_MAX, "reference");
    } else {
        titri_cell_interval(titri_grid_at(g, at, DIFFERENCE), row->tir_itt_difference, 1, "+");
    }
    titri_cell_number(titri_grid_at(g, at, TIR),
                      titr_summary_mean(&p->cells, row, "tir_70_180_percent"), 1);
    titri_cell_number(titri_grid_at(g, at, LOW),
                      titr_summary_mean(&p->cells, row, "tbr_below_70_percent"), 2);
}

static void put_mean(const titri_grid *g, size_t at, const titr_robust_policy *p)
{
    (void)snprintf(titri_grid_at(g, at, CELL), TITRI_CELL_MAX, "mean of cells");
    titri_cell_number(titri_grid_at(g, at, PERCENT), titr_robust_mean_failed(p), 1);
    titri_cell_number(titri_grid_at(g, at, ITT), titr_robust_mean(p, "tir_itt_percent"), 1);
    titri_cell_number(titri_grid_at(g, at, TIR), titr_robust_mean(p, "tir_70_180_percent"), 1);
    titri_cell_number(titri_grid_at(g, at, LOW), titr_robust_mean(p, "tbr_below_70_percent"), 2);
}

static void put_worst(const titri_grid *g, size_t at, const titr_robust_policy *p)
{
    const titr_summary_row *worst = titr_robust_worst(p);
    if (worst != NULL) {
        put_row(g, at, p, worst);
        (void)snprintf(titri_grid_at(g, at, CELL), TITRI_CELL_MAX, "worst: %s", worst->policy);
    }
}

static titr_status put_policy(titr_text *text, const titr_robust_policy *p, titr_error *err)
{
    static const char *const head[N_COLUMNS] = {
        "cell",  "failed", "% failed", "TIR itt % [95 % CI]", "minus nominal [95 % CI]",
        "TIR %", "<70 %"};
    titri_grid g;
    const size_t n = p->cells.n_rows;
    TITR_TRY(titri_grid_make(&g, n + 3, N_COLUMNS, err));
    for (size_t c = 0; c < N_COLUMNS; c++) {
        (void)snprintf(titri_grid_at(&g, 0, c), TITRI_CELL_MAX, "%s", head[c]);
    }
    for (size_t r = 0; r < n; r++) {
        put_row(&g, r + 1, p, &p->cells.row[r]);
    }
    put_mean(&g, n + 1, p);
    put_worst(&g, n + 2, p);
    titri_put_plain(text, p->policy);
    titr_text_add(text, "\n", 1);
    titri_grid_put(text, &g, 0);
    free(g.cell);
    return TITR_OK;
}

titr_status titr_robustness_table(const titr_robustness *r, char **text, titr_error *err)
{
    titr_text out = {0};
    for (size_t p = 0; p < r->n; p++) {
        const titr_status st = put_policy(&out, &r->policy[p], err);
        if (st != TITR_OK) {
            titr_text_fini(&out);
            return st;
        }
        titr_text_add(&out, "\n", 1);
    }
    titr_text_printf(&out,
                     "TIR itt counts time after a failure as out of range; mean and worst are "
                     "over the cells that are not nominal,\nthe worst by TIR itt. Settings, "
                     "tuning and what was learned are those of the nominal cell.\n");
    return titr_text_take(&out, text, err);
}

/* --- JSON --- */

static void interval_json(titr_json *json, const char *key, titr_interval i)
{
    titr_json_open(json, key, '{');
    titr_json_real(json, "estimate", i.estimate);
    titr_json_real(json, "lo", i.lo);
    titr_json_real(json, "hi", i.hi);
    titr_json_close(json, '}');
}

static void row_json(titr_json *json, const char *key, const titr_robust_policy *p,
                     const titr_summary_row *row)
{
    const titr_summary *s = &p->cells;
    titr_json_open(json, key, '{');
    titr_json_text(json, "cell", row->policy);
    titr_json_bool(json, "valid", row->valid);
    titr_json_int(json, "failures", (int64_t)(row->terminated + row->faults));
    titr_json_int(json, "episodes", (int64_t)row->episodes);
    interval_json(json, "failed_percent", row->failed_percent);
    interval_json(json, "tir_itt_percent_interval", row->tir_itt_percent);
    interval_json(json, "tir_itt_difference_percent_points", row->tir_itt_difference);
    titr_json_int(json, "pairs", (int64_t)row->pairs);
    for (size_t k = 0; k < s->n_keys; k++) {
        titr_json_real(json, s->key[k], row->mean[k]);
    }
    titr_json_close(json, '}');
}

static void policy_json(titr_json *json, const titr_robust_policy *p)
{
    titr_json_open(json, NULL, '{');
    titr_json_text(json, "policy", p->policy);
    titr_json_open(json, "cells", '[');
    for (size_t r = 0; r < p->cells.n_rows; r++) {
        row_json(json, NULL, p, &p->cells.row[r]);
    }
    titr_json_close(json, ']');
    titr_json_open(json, "mean", '{');
    titr_json_real(json, "failed_percent", titr_robust_mean_failed(p));
    for (size_t k = 0; k < p->cells.n_keys; k++) {
        titr_json_real(json, p->cells.key[k], titr_robust_mean(p, p->cells.key[k]));
    }
    titr_json_close(json, '}');
    if (titr_robust_worst(p) != NULL) {
        row_json(json, "worst", p, titr_robust_worst(p));
    }
    titr_json_close(json, '}');
}

titr_status titr_robustness_json(const titr_robustness *r, char **json, titr_error *err)
{
    titr_json out = {.indent = 1};
    titr_json_open(&out, NULL, '{');
    titr_json_text(&out, "notice", "SIMULATED - for research and education, not a medical device");
    titr_json_open(&out, "policies", '[');
    for (size_t p = 0; p < r->n; p++) {
        policy_json(&out, &r->policy[p]);
    }
    titr_json_close(&out, ']');
    titr_json_close(&out, '}');
    titr_text_add(&out.text, "\n", 1);
    return titr_text_take(&out.text, json, err);
}

/* --- run file --- */

typedef struct group_path {
    char text[sizeof GROUP + 1 + TITR_NAME_MAX];
} group_path;

static group_path path_of(const char *policy)
{
    group_path path;
    (void)snprintf(path.text, sizeof path.text, GROUP "/%s", policy);
    return path;
}

titr_status titr_robustness_write(const titr_robustness *r, titr_writer *w, titr_error *err)
{
    for (size_t p = 0; p < r->n; p++) {
        const group_path path = path_of(r->policy[p].policy);
        TITR_TRY(titr_summary_write_under(&r->policy[p].cells, path.text, w, err));
    }
    return TITR_OK;
}

/* Policies of a run, while they are being read. */
typedef struct reading {
    titr_reader *run;
    titr_robustness *out;
    titr_error *err;
    titr_status status;
} reading;

static void read_policy(void *context, const char *name)
{
    reading *r = context;
    titr_robustness *out = r->out;
    const group_path path = path_of(name);
    if (r->status != TITR_OK) {
        return;
    }
    titr_robust_policy *grown = realloc(out->policy, (out->n + 1) * sizeof *grown);
    if (grown == NULL) {
        r->status = titr_fail(r->err, TITR_ERR_NOMEM, "no memory for the robustness table");
        return;
    }
    out->policy = grown;
    out->capacity = out->n + 1;
    titr_robust_policy *p = &out->policy[out->n];
    (void)snprintf(p->policy, sizeof p->policy, "%s", name);
    r->status = titr_summary_read_under(r->run, path.text, &p->cells, r->err);
    out->n += r->status == TITR_OK;
}

titr_status titr_robustness_read(titr_reader *run, titr_robustness *out, titr_error *err)
{
    titr_robustness_init(out);
    if (!titr_reader_has(run, GROUP)) {
        return TITR_OK;
    }
    reading r = {.run = run, .out = out, .err = err, .status = TITR_OK};
    const titr_status listed = titr_reader_list(run, GROUP, read_policy, &r, err);
    const titr_status st = listed != TITR_OK ? listed : r.status;
    if (st != TITR_OK) {
        titr_robustness_fini(out);
    }
    return st;
}
