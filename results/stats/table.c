// SPDX-License-Identifier: GPL-3.0-or-later
/* The comparison as plain text: failures first, columns aligned by characters. */
#include "grid.h"
#include "returns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The rows that a table shows: each policy's, then those of its replicates if they are wanted. */
typedef struct listing {
    const titr_summary_row **row;
    size_t n;
} listing;

static titr_status list_rows(const titr_summary *s, titr_summary_detail detail, listing *list,
                             titr_error *err)
{
    *list =
        (listing){.row = calloc(s->n_rows + s->n_replicates + 1, sizeof(const titr_summary_row *))};
    if (list->row == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a table of %zu rows", s->n_rows);
    }
    for (size_t r = 0; r < s->n_rows; r++) {
        list->row[list->n++] = &s->row[r];
        for (size_t k = 0; detail == TITR_SUMMARY_REPLICATES && k < s->n_replicates; k++) {
            if (titr_policy_covers(s->row[r].policy, s->replicate[k].policy)) {
                list->row[list->n++] = &s->replicate[k];
            }
        }
    }
    return TITR_OK;
}

static titr_status put_outcomes(const titr_summary *s, const listing *list, titr_text *text,
                                titr_error *err)
{
    enum { POLICY, FAILED, PERCENT, RATE, ITT, DIFFERENCE, WORST, N_COLUMNS };
    static const char *const head[N_COLUMNS] = {"policy",
                                                "failed",
                                                "% failed [95 % CI]",
                                                "per 100 days [95 % CI]",
                                                "TIR itt % [95 % CI]",
                                                "",
                                                "worst child: TIR itt %"};
    titri_grid g;
    TITR_TRY(titri_grid_make(&g, list->n + 1, N_COLUMNS, err));
    for (size_t c = 0; c < N_COLUMNS; c++) {
        (void)snprintf(titri_grid_at(&g, 0, c), TITRI_CELL_MAX, "%s", head[c]);
    }
    (void)snprintf(titri_grid_at(&g, 0, DIFFERENCE), TITRI_CELL_MAX, "%s%.60s",
                   *s->compare_to ? "minus " : "", s->compare_to);
    for (size_t r = 0; r < list->n; r++) {
        const titr_summary_row *row = list->row[r];
        (void)snprintf(titri_grid_at(&g, r + 1, POLICY), TITRI_CELL_MAX, "%s", row->policy);
        (void)snprintf(titri_grid_at(&g, r + 1, FAILED), TITRI_CELL_MAX, "%zu/%zu%s",
                       row->terminated + row->faults, row->episodes, row->valid ? "" : " FAULT");
        titri_cell_interval(titri_grid_at(&g, r + 1, PERCENT), row->failed_percent, 1, "");
        titri_cell_interval(titri_grid_at(&g, r + 1, RATE), row->failures_per_100_patient_days, 2,
                            "");
        titri_cell_interval(titri_grid_at(&g, r + 1, ITT), row->tir_itt_percent, 1, "");
        if (*s->compare_to != '\0' && titr_policy_covers(s->compare_to, row->policy)) {
            (void)snprintf(titri_grid_at(&g, r + 1, DIFFERENCE), TITRI_CELL_MAX, "reference");
        } else if (*s->compare_to != '\0') {
            titri_cell_interval(titri_grid_at(&g, r + 1, DIFFERENCE), row->tir_itt_difference, 1,
                                "+");
        }
        (void)snprintf(titri_grid_at(&g, r + 1, WORST), TITRI_CELL_MAX, "%s: %.1f",
                       row->worst_patient, titr_summary_worst(s, row, "tir_itt_percent"));
    }
    titri_grid_put(text, &g, 1);
    free(g.cell);
    return TITR_OK;
}

static titr_status put_means(const titr_summary *s, const listing *list, titr_text *text,
                             titr_error *err)
{
    static const struct {
        const char *head, *key;
        int digits;
    } column[] = {
        {"TIR %", "tir_70_180_percent", 1},
        {"70-140 %", "titr_70_140_percent", 1},
        {"<70 %", "tbr_below_70_percent", 2},
        {"<54 %", "tbr_below_54_percent", 2},
        {">180 %", "tar_above_180_percent", 1},
        {">250 %", "tar_above_250_percent", 1},
        {"mean mg/dL", "mean_glucose_mg_dl", 1},
        {"SD", "sd_glucose_mg_dl", 1},
        {"CV %", "cv_percent", 1},
        {"GMI %", "gmi_percent", 2},
        {"LBGI", "lbgi", 2},
        {"HBGI", "hbgi", 2},
        {"Magni", "magni_risk", 2},
        {"U/day", "insulin_u_per_day", 1},
        {"basal %", "basal_insulin_percent", 0},
        {"carbs g/day", "carbs_g_per_day", 0},
    };
    const size_t n_columns = sizeof column / sizeof column[0];
    titri_grid g;
    TITR_TRY(titri_grid_make(&g, list->n + 1, n_columns + 1, err));
    (void)snprintf(titri_grid_at(&g, 0, 0), TITRI_CELL_MAX, "policy");
    for (size_t c = 0; c < n_columns; c++) {
        (void)snprintf(titri_grid_at(&g, 0, c + 1), TITRI_CELL_MAX, "%s", column[c].head);
    }
    for (size_t r = 0; r < list->n; r++) {
        (void)snprintf(titri_grid_at(&g, r + 1, 0), TITRI_CELL_MAX, "%s", list->row[r]->policy);
        for (size_t c = 0; c < n_columns; c++) {
            titri_cell_number(titri_grid_at(&g, r + 1, c + 1),
                              titr_summary_mean(s, list->row[r], column[c].key), column[c].digits);
        }
    }
    titri_grid_put(text, &g, 0);
    free(g.cell);
    return TITR_OK;
}

/* 1 if any policy's mean of the key is above 0. */
static int any_above_0(const titr_summary *s, size_t key)
{
    for (size_t r = 0; r < s->n_rows; r++) {
        if (s->row[r].mean[key] > 0.0) {
            return 1;
        }
    }
    return 0;
}

static const char shield_prefix[] = "shield_";

/* Keys of the shield's rules that acted. @param[out] key [TITR_SHIELD_RULES_MAX + 2].
 * @return their number. */
static size_t shield_keys(const titr_summary *s, size_t *key)
{
    size_t n = 0;
    for (size_t k = 0; k < s->n_keys && n < TITR_SHIELD_RULES_MAX + 2; k++) {
        if (strncmp(s->key[k], shield_prefix, sizeof shield_prefix - 1) == 0 && any_above_0(s, k)) {
            key[n++] = k;
        }
    }
    return n;
}

/* "max_iob" of "shield_max_iob_per_day". */
static void put_rule_name(char *cell, const char *key)
{
    const char *name = key + sizeof shield_prefix - 1;
    const char *end = strstr(name, "_per_day");
    (void)snprintf(cell, TITRI_CELL_MAX, "%.*s", (int)(end != NULL ? end - name : 60), name);
}

/* A column per rule that lowered a dose anywhere; nothing when none did. */
static titr_status put_shield(const titr_summary *s, const listing *list, titr_text *text,
                              titr_error *err)
{
    size_t key[TITR_SHIELD_RULES_MAX + 2];
    const size_t n = shield_keys(s, key);
    titri_grid g;
    if (n == 0) {
        return TITR_OK;
    }
    TITR_TRY(titri_grid_make(&g, list->n + 1, n + 1, err));
    titr_text_printf(text, "\nShield, doses lowered per day (withheld_u: insulin, U per day):\n");
    (void)snprintf(titri_grid_at(&g, 0, 0), TITRI_CELL_MAX, "policy");
    for (size_t c = 0; c < n; c++) {
        put_rule_name(titri_grid_at(&g, 0, c + 1), s->key[key[c]]);
    }
    for (size_t r = 0; r < list->n; r++) {
        (void)snprintf(titri_grid_at(&g, r + 1, 0), TITRI_CELL_MAX, "%s", list->row[r]->policy);
        for (size_t c = 0; c < n; c++) {
            titri_cell_number(titri_grid_at(&g, r + 1, c + 1), list->row[r]->mean[key[c]], 2);
        }
    }
    titri_grid_put(text, &g, 0);
    free(g.cell);
    return TITR_OK;
}

/* Three decimals for returns of a few units, two for others. */
static int return_digits(const titr_summary *s)
{
    double most = 0.0;
    for (size_t r = 0; r < s->n_rows; r++) {
        most = fmax(most, fmax(fabs(s->row[r].returns.min), fabs(s->row[r].returns.max)));
    }
    return most < 10.0 ? 3 : 2;
}

/* Of a benchmark task: the spread of the returns, and how episodes ended. */
static titr_status put_returns(const titr_summary *s, const listing *list, titr_text *text,
                               titr_error *err)
{
    enum { POLICY, EPISODES, MEAN, DIFFERENCE, SD, IQM, LEAST, MOST, LENGTH, TERMINATED, CUT, N };
    static const char *const head[N] = {
        "policy",     "episodes", "mean return [95 % CI]", "", "SD", "IQM", "min", "max", "length",
        "terminated", "truncated"};
    const int digits = return_digits(s);
    titri_grid g;
    TITR_TRY(titri_grid_make(&g, list->n + 1, N, err));
    for (size_t c = 0; c < N; c++) {
        (void)snprintf(titri_grid_at(&g, 0, c), TITRI_CELL_MAX, "%s", head[c]);
    }
    (void)snprintf(titri_grid_at(&g, 0, DIFFERENCE), TITRI_CELL_MAX, "%s%.60s",
                   *s->compare_to ? "minus " : "", s->compare_to);
    for (size_t r = 0; r < list->n; r++) {
        const titr_summary_row *row = list->row[r];
        const size_t ended = row->terminated + row->faults;
        (void)snprintf(titri_grid_at(&g, r + 1, POLICY), TITRI_CELL_MAX, "%s", row->policy);
        (void)snprintf(titri_grid_at(&g, r + 1, EPISODES), TITRI_CELL_MAX, "%zu", row->episodes);
        titri_cell_interval(titri_grid_at(&g, r + 1, MEAN), row->tir_itt_percent, digits, "");
        if (*s->compare_to != '\0' && titr_policy_covers(s->compare_to, row->policy)) {
            (void)snprintf(titri_grid_at(&g, r + 1, DIFFERENCE), TITRI_CELL_MAX, "reference");
        } else if (*s->compare_to != '\0') {
            titri_cell_interval(titri_grid_at(&g, r + 1, DIFFERENCE), row->tir_itt_difference,
                                digits, "+");
        }
        titri_cell_number(titri_grid_at(&g, r + 1, SD), row->returns.sd, digits);
        titri_cell_number(titri_grid_at(&g, r + 1, IQM), row->returns.iqm, digits);
        titri_cell_number(titri_grid_at(&g, r + 1, LEAST), row->returns.min, digits);
        titri_cell_number(titri_grid_at(&g, r + 1, MOST), row->returns.max, digits);
        titri_cell_number(titri_grid_at(&g, r + 1, LENGTH), titr_summary_mean(s, row, TITRI_STEPS),
                          1);
        (void)snprintf(titri_grid_at(&g, r + 1, TERMINATED), TITRI_CELL_MAX, "%zu",
                       row->terminated);
        (void)snprintf(titri_grid_at(&g, r + 1, CUT), TITRI_CELL_MAX, "%zu", row->episodes - ended);
    }
    titri_grid_put(text, &g, 0);
    free(g.cell);
    return TITR_OK;
}

/* How much the trainings of a policy differ, where there are several. */
static titr_status put_replicates(const titr_summary *s, titr_text *text, titr_error *err)
{
    enum { POLICY, NUMBER, MEAN, IQM, LEAST, MOST, N_COLUMNS };
    static const char *const head[N_COLUMNS] = {"policy",        "trainings", "mean",
                                                "IQM [95 % CI]", "min",       "max"};
    const int digits = s->of_task ? return_digits(s) : 1;
    titri_grid g;
    size_t row = 0;
    TITR_TRY(titri_grid_make(&g, s->n_rows + 1, N_COLUMNS, err));
    for (size_t c = 0; c < N_COLUMNS; c++) {
        (void)snprintf(titri_grid_at(&g, 0, c), TITRI_CELL_MAX, "%s", head[c]);
    }
    for (size_t r = 0; r < s->n_rows; r++) {
        const titr_summary_row *from = &s->row[r];
        if (from->replicates < 2) {
            continue;
        }
        row++;
        (void)snprintf(titri_grid_at(&g, row, POLICY), TITRI_CELL_MAX, "%s", from->policy);
        (void)snprintf(titri_grid_at(&g, row, NUMBER), TITRI_CELL_MAX, "%zu", from->replicates);
        titri_cell_number(titri_grid_at(&g, row, MEAN), from->tir_itt_percent.estimate, digits);
        titri_cell_interval(titri_grid_at(&g, row, IQM), from->replicates_iqm, digits, "");
        titri_cell_number(titri_grid_at(&g, row, LEAST), from->replicates_min, digits);
        titri_cell_number(titri_grid_at(&g, row, MOST), from->replicates_max, digits);
    }
    g.rows = row + 1;
    if (row > 0) {
        titr_text_printf(text, "\nOver the trainings of a policy, %s:\n",
                         s->of_task ? "mean return" : "TIR itt %");
        titri_grid_put(text, &g, 0);
    }
    free(g.cell);
    return TITR_OK;
}

static void put_validity(const titr_summary *s, titr_text *text)
{
    for (size_t r = 0; r < s->n_rows; r++) {
        const titr_summary_row *row = &s->row[r];
        if (!row->valid) {
            titr_text_printf(text, "INVALID COMPARISON: %zu of %zu episodes of ", row->faults,
                             row->episodes);
            titri_put_plain(text, row->policy);
            titr_text_printf(text, " ended as FAULT (numerical failure)\n");
        }
    }
}

titr_status titr_summary_table(const titr_summary *s, titr_summary_detail detail, char **text,
                               titr_error *err)
{
    titr_text t = {0};
    listing list;
    TITR_TRY(list_rows(s, detail, &list, err));
    put_validity(s, &t);
    titr_status status =
        s->of_task ? put_returns(s, &list, &t, err) : put_outcomes(s, &list, &t, err);
    if (status == TITR_OK) {
        status = put_replicates(s, &t, err);
    }
    if (status == TITR_OK && !s->of_task) {
        titr_text_printf(&t, "\nMean over children, true glucose:\n");
        status = put_means(s, &list, &t, err);
    }
    if (status == TITR_OK) {
        status = put_shield(s, &list, &t, err);
    }
    free((void *)list.row);
    if (status != TITR_OK) {
        titr_text_fini(&t);
        return status;
    }
    return titr_text_take(&t, text, err);
}
