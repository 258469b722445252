// SPDX-License-Identifier: GPL-3.0-or-later
/* The comparison as plain text: failures first, columns aligned by characters. */
#include "returns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELL_MAX 96

/* Cells of equal size, row by row; row 0 is the head. */
typedef struct grid {
    char (*cell)[CELL_MAX];
    size_t rows, columns;
} grid;

static char *at(const grid *g, size_t row, size_t column)
{
    return g->cell[row * g->columns + column];
}

/* Characters of a UTF-8 text. */
static size_t width_of(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return n;
}

static size_t column_width(const grid *g, size_t column)
{
    size_t width = 0;
    for (size_t r = 0; r < g->rows; r++) {
        const size_t own = width_of(at(g, r, column));
        width = own > width ? own : width;
    }
    return width;
}

/* A control character in a name would break the line or drive the terminal. */
static void put_cell(titr_text *text, const char *cell)
{
    for (; *cell != '\0'; cell++) {
        const unsigned char c = (unsigned char)*cell;
        titr_text_add(text, c < 0x20 || c == 0x7F ? "?" : cell, 1);
    }
}

/* First and, if `last_left`, last column aligned left, the others right. */
static void put_grid(titr_text *text, const grid *g, int last_left)
{
    for (size_t r = 0; r < g->rows; r++) {
        for (size_t c = 0; c < g->columns; c++) {
            const int left = c == 0 || (last_left && c + 1 == g->columns);
            const size_t gap = column_width(g, c) - width_of(at(g, r, c));
            titr_text_printf(text, "%*s", (int)((c > 0 ? 2 : 0) + (left ? 0 : gap)), "");
            put_cell(text, at(g, r, c));
            if (left && c + 1 < g->columns) {
                titr_text_printf(text, "%*s", (int)gap, "");
            }
        }
        titr_text_add(text, "\n", 1);
    }
}

/* "1.0 [0.0, 3.6]" with `digits` decimals; "-" where undefined. */
static void put_interval(char *cell, titr_interval i, int digits, const char *sign)
{
    if (isnan(i.estimate)) {
        (void)snprintf(cell, CELL_MAX, "-");
    } else if (*sign == '+') {
        (void)snprintf(cell, CELL_MAX, "%+.*f [%+.*f, %+.*f]", digits, i.estimate, digits, i.lo,
                       digits, i.hi);
    } else {
        (void)snprintf(cell, CELL_MAX, "%.*f [%.*f, %.*f]", digits, i.estimate, digits, i.lo,
                       digits, i.hi);
    }
}

static void put_number(char *cell, double value, int digits)
{
    if (isnan(value)) {
        (void)snprintf(cell, CELL_MAX, "-");
    } else {
        (void)snprintf(cell, CELL_MAX, "%.*f", digits, value);
    }
}

static titr_status make_grid(grid *g, size_t rows, size_t columns, titr_error *err)
{
    *g = (grid){calloc(rows * columns + 1, sizeof *g->cell), rows, columns};
    return g->cell != NULL
               ? TITR_OK
               : titr_fail(err, TITR_ERR_NOMEM, "no memory for a table of %zu rows", rows);
}

/* The rows that a table shows: each policy's, then those of its replicates if they are wanted. */
typedef struct listing {
    const titr_summary_row **row;
    size_t n;
} listing;

static titr_status list_rows(const titr_summary *s, titr_summary_detail detail, listing *list,
                             titr_error *err)
{
    *list = (listing){.row = calloc(s->n_rows + s->n_replicates + 1, sizeof *list->row)};
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
    grid g;
    TITR_TRY(make_grid(&g, list->n + 1, N_COLUMNS, err));
    for (size_t c = 0; c < N_COLUMNS; c++) {
        (void)snprintf(at(&g, 0, c), CELL_MAX, "%s", head[c]);
    }
    (void)snprintf(at(&g, 0, DIFFERENCE), CELL_MAX, "%s%.60s", *s->compare_to ? "minus " : "",
                   s->compare_to);
    for (size_t r = 0; r < list->n; r++) {
        const titr_summary_row *row = list->row[r];
        (void)snprintf(at(&g, r + 1, POLICY), CELL_MAX, "%s", row->policy);
        (void)snprintf(at(&g, r + 1, FAILED), CELL_MAX, "%zu/%zu%s", row->terminated + row->faults,
                       row->episodes, row->valid ? "" : " FAULT");
        put_interval(at(&g, r + 1, PERCENT), row->failed_percent, 1, "");
        put_interval(at(&g, r + 1, RATE), row->failures_per_100_patient_days, 2, "");
        put_interval(at(&g, r + 1, ITT), row->tir_itt_percent, 1, "");
        if (*s->compare_to != '\0' && titr_policy_covers(s->compare_to, row->policy)) {
            (void)snprintf(at(&g, r + 1, DIFFERENCE), CELL_MAX, "reference");
        } else if (*s->compare_to != '\0') {
            put_interval(at(&g, r + 1, DIFFERENCE), row->tir_itt_difference, 1, "+");
        }
        (void)snprintf(at(&g, r + 1, WORST), CELL_MAX, "%s: %.1f", row->worst_patient,
                       titr_summary_worst(s, row, "tir_itt_percent"));
    }
    put_grid(text, &g, 1);
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
    grid g;
    TITR_TRY(make_grid(&g, list->n + 1, n_columns + 1, err));
    (void)snprintf(at(&g, 0, 0), CELL_MAX, "policy");
    for (size_t c = 0; c < n_columns; c++) {
        (void)snprintf(at(&g, 0, c + 1), CELL_MAX, "%s", column[c].head);
    }
    for (size_t r = 0; r < list->n; r++) {
        (void)snprintf(at(&g, r + 1, 0), CELL_MAX, "%s", list->row[r]->policy);
        for (size_t c = 0; c < n_columns; c++) {
            put_number(at(&g, r + 1, c + 1), titr_summary_mean(s, list->row[r], column[c].key),
                       column[c].digits);
        }
    }
    put_grid(text, &g, 0);
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
    (void)snprintf(cell, CELL_MAX, "%.*s", (int)(end != NULL ? end - name : 60), name);
}

/* A column per rule that lowered a dose anywhere; nothing when none did. */
static titr_status put_shield(const titr_summary *s, const listing *list, titr_text *text,
                              titr_error *err)
{
    size_t key[TITR_SHIELD_RULES_MAX + 2];
    const size_t n = shield_keys(s, key);
    grid g;
    if (n == 0) {
        return TITR_OK;
    }
    TITR_TRY(make_grid(&g, list->n + 1, n + 1, err));
    titr_text_printf(text, "\nShield, doses lowered per day (withheld_u: insulin, U per day):\n");
    (void)snprintf(at(&g, 0, 0), CELL_MAX, "policy");
    for (size_t c = 0; c < n; c++) {
        put_rule_name(at(&g, 0, c + 1), s->key[key[c]]);
    }
    for (size_t r = 0; r < list->n; r++) {
        (void)snprintf(at(&g, r + 1, 0), CELL_MAX, "%s", list->row[r]->policy);
        for (size_t c = 0; c < n; c++) {
            put_number(at(&g, r + 1, c + 1), list->row[r]->mean[key[c]], 2);
        }
    }
    put_grid(text, &g, 0);
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
    grid g;
    TITR_TRY(make_grid(&g, list->n + 1, N, err));
    for (size_t c = 0; c < N; c++) {
        (void)snprintf(at(&g, 0, c), CELL_MAX, "%s", head[c]);
    }
    (void)snprintf(at(&g, 0, DIFFERENCE), CELL_MAX, "%s%.60s", *s->compare_to ? "minus " : "",
                   s->compare_to);
    for (size_t r = 0; r < list->n; r++) {
        const titr_summary_row *row = list->row[r];
        const size_t ended = row->terminated + row->faults;
        (void)snprintf(at(&g, r + 1, POLICY), CELL_MAX, "%s", row->policy);
        (void)snprintf(at(&g, r + 1, EPISODES), CELL_MAX, "%zu", row->episodes);
        put_interval(at(&g, r + 1, MEAN), row->tir_itt_percent, digits, "");
        if (*s->compare_to != '\0' && titr_policy_covers(s->compare_to, row->policy)) {
            (void)snprintf(at(&g, r + 1, DIFFERENCE), CELL_MAX, "reference");
        } else if (*s->compare_to != '\0') {
            put_interval(at(&g, r + 1, DIFFERENCE), row->tir_itt_difference, digits, "+");
        }
        put_number(at(&g, r + 1, SD), row->returns.sd, digits);
        put_number(at(&g, r + 1, IQM), row->returns.iqm, digits);
        put_number(at(&g, r + 1, LEAST), row->returns.min, digits);
        put_number(at(&g, r + 1, MOST), row->returns.max, digits);
        put_number(at(&g, r + 1, LENGTH), titr_summary_mean(s, row, TITRI_STEPS), 1);
        (void)snprintf(at(&g, r + 1, TERMINATED), CELL_MAX, "%zu", row->terminated);
        (void)snprintf(at(&g, r + 1, CUT), CELL_MAX, "%zu", row->episodes - ended);
    }
    put_grid(text, &g, 0);
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
    grid g;
    size_t row = 0;
    TITR_TRY(make_grid(&g, s->n_rows + 1, N_COLUMNS, err));
    for (size_t c = 0; c < N_COLUMNS; c++) {
        (void)snprintf(at(&g, 0, c), CELL_MAX, "%s", head[c]);
    }
    for (size_t r = 0; r < s->n_rows; r++) {
        const titr_summary_row *from = &s->row[r];
        if (from->replicates < 2) {
            continue;
        }
        row++;
        (void)snprintf(at(&g, row, POLICY), CELL_MAX, "%s", from->policy);
        (void)snprintf(at(&g, row, NUMBER), CELL_MAX, "%zu", from->replicates);
        put_number(at(&g, row, MEAN), from->tir_itt_percent.estimate, digits);
        put_interval(at(&g, row, IQM), from->replicates_iqm, digits, "");
        put_number(at(&g, row, LEAST), from->replicates_min, digits);
        put_number(at(&g, row, MOST), from->replicates_max, digits);
    }
    g.rows = row + 1;
    if (row > 0) {
        titr_text_printf(text, "\nOver the trainings of a policy, %s:\n",
                         s->of_task ? "mean return" : "TIR itt %");
        put_grid(text, &g, 0);
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
            put_cell(text, row->policy);
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
