// SPDX-License-Identifier: GPL-3.0-or-later
/* Learning curves of the policy on show: mean over its training jobs, interval over jobs where
 * there are several. */
#include "panels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOBS_MAX 1024
#define ROWS_MAX 4096
#define TABLE_ROWS 50

/* A curve of one column over all jobs; rows are points at the same number of decisions. */
typedef struct curves {
    double *x, *mean, *lo, *hi; /* [n] */
    size_t n, jobs;
} curves;

static void curves_fini(curves *c)
{
    free(c->x);
    *c = (curves){0};
}

/* The groups "training/<policy>/<job>" of a policy. */
typedef struct job_list {
    titr_reader *run;
    const char *policy, *group; /* on show; being listed */
    char (*path)[TITR_NAME_MAX * 2 + TITR_ID_MAX];
    size_t n;
} job_list;

static void add_job(void *context, const char *name)
{
    job_list *list = context;
    if (list->n < JOBS_MAX) {
        (void)snprintf(list->path[list->n++], sizeof list->path[0], "training/%.63s/%.60s",
                       list->group, name);
    }
}

/* Names under "training". */
typedef struct group_list {
    char (*name)[TITR_NAME_MAX];
    size_t n;
} group_list;

static void add_group(void *context, const char *name)
{
    group_list *list = context;
    if (list->n < JOBS_MAX) {
        (void)snprintf(list->name[list->n++], sizeof list->name[0], "%.63s", name);
    }
}

static titr_status list_jobs(job_list *list, titr_error *err)
{
    group_list groups = {.name = calloc(JOBS_MAX, sizeof *groups.name)};
    titr_status st = groups.name != NULL
                         ? titr_reader_list(list->run, "training", add_group, &groups, err)
                         : titr_fail(err, TITR_ERR_NOMEM, "no memory for the learning curves");
    for (size_t g = 0; st == TITR_OK && g < groups.n; g++) {
        if (titr_policy_covers(list->policy, groups.name[g])) {
            char group[TITR_NAME_MAX + 16];
            (void)snprintf(group, sizeof group, "training/%s", groups.name[g]);
            list->group = groups.name[g];
            st = titr_reader_list(list->run, group, add_job, list, err);
        }
    }
    free(groups.name);
    return st;
}

/* Values of a column where it has any. @return rows kept; 0 when a job lacks it. */
static size_t read_column(titr_reader *run, const char *group, const char *column, double *x,
                          double *y)
{
    double *decisions = NULL, *value = NULL;
    size_t n = 0, rows = 0, other = 0;
    if (titr_reader_sheet_numbers(run, group, "decisions", &decisions, &rows, NULL) == TITR_OK &&
        titr_reader_sheet_numbers(run, group, column, &value, &other, NULL) == TITR_OK &&
        rows == other) {
        for (size_t i = 0; i < rows && n < ROWS_MAX; i++) {
            if (isfinite(value[i])) {
                x[n] = decisions[i];
                y[n++] = value[i];
            }
        }
    }
    free(decisions);
    free(value);
    return n;
}

/* Mean over jobs and its 95 % interval by the normal approximation: a picture, not a test. */
static void summarise(curves *c, const double *y, size_t jobs)
{
    c->jobs = jobs;
    for (size_t i = 0; i < c->n; i++) {
        double sum = 0.0, square = 0.0;
        for (size_t j = 0; j < jobs; j++) {
            sum += y[j * ROWS_MAX + i];
        }
        c->mean[i] = sum / (double)jobs;
        for (size_t j = 0; j < jobs; j++) {
            const double away = y[j * ROWS_MAX + i] - c->mean[i];
            square += away * away;
        }
        const double error =
            jobs > 1 ? 1.96 * sqrt(square / (double)(jobs - 1) / (double)jobs) : 0.0;
        c->lo[i] = c->mean[i] - error;
        c->hi[i] = c->mean[i] + error;
    }
}

/* As many points as every job has: some may have stopped early. */
static titr_status load(const job_list *list, const char *column, curves *c, titr_error *err)
{
    double *y = calloc(list->n * ROWS_MAX + 1, sizeof *y), *x = calloc(ROWS_MAX, sizeof *x);
    *c = (curves){.x = calloc((size_t)4 * ROWS_MAX, sizeof *c->x), .n = ROWS_MAX};
    if (y == NULL || x == NULL || c->x == NULL) {
        free(y);
        free(x);
        curves_fini(c);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the learning curves");
    }
    c->mean = c->x + ROWS_MAX;
    c->lo = c->mean + ROWS_MAX;
    c->hi = c->lo + ROWS_MAX;
    for (size_t j = 0; j < list->n; j++) {
        const size_t n =
            read_column(list->run, list->path[j], column, j == 0 ? c->x : x, &y[j * ROWS_MAX]);
        c->n = n < c->n ? n : c->n;
    }
    summarise(c, y, list->n);
    free(y);
    free(x);
    return TITR_OK;
}

/* A round step for about five ticks. */
static double tick_of(double range)
{
    const double rough = range / 5.0, unit = pow(10.0, floor(log10(rough)));
    const double part = rough / unit;
    return unit * (part < 1.5 ? 1.0 : part < 3.5 ? 2.0 : part < 7.5 ? 5.0 : 10.0);
}

static void frame(const titri_plot *plot)
{
    char label[32];
    const double step = tick_of(plot->y1 - plot->y0);
    for (double y = step * ceil(plot->y0 / step); y <= plot->y1 + 1e-9 * step; y += step) {
        (void)snprintf(label, sizeof label, "%.4g", fabs(y) < 1e-9 * step ? 0.0 : y);
        titri_plot_tick_y(plot, y, label, "grid");
    }
    const double wide = tick_of(plot->x1);
    for (double x = 0.0; x <= plot->x1 + 1e-9 * wide; x += wide) {
        (void)snprintf(label, sizeof label, "%.4g", x);
        titri_svg_text(plot->out, titri_plot_x(plot, x), plot->top + plot->height + 18.0, "t mid",
                       label);
    }
}

static void draw(titr_text *page, const titri_view *v, const char *id, const char *what,
                 const curves *c)
{
    double lo = c->lo[0], hi = c->hi[0];
    for (size_t i = 1; i < c->n; i++) {
        lo = fmin(lo, c->lo[i]);
        hi = fmax(hi, c->hi[i]);
    }
    const double margin = hi > lo ? 0.05 * (hi - lo) : 1.0;
    char text[256];
    (void)snprintf(text, sizeof text, "%s over decisions, policy %.60s, mean of %zu training jobs.",
                   what, v->shown->policy, c->jobs);
    titri_svg_open(page, id, 900.0, 260.0, what, text);
    const titri_plot plot = {page, 64.0,           28.0,        814.0,      190.0,
                             0.0,  c->x[c->n - 1], lo - margin, hi + margin};
    frame(&plot);
    titri_plot_name(&plot, what);
    if (c->jobs > 1) {
        titri_plot_band(&plot, c->x, c->lo, c->hi, c->n, "spread");
    }
    titri_plot_line(&plot, c->x, c->mean, c->n, "median");
    titri_svg_close(page);
}

/* The numbers of a picture, at most TABLE_ROWS of them. */
static void data_table(titr_text *page, const curves *c)
{
    const size_t step = (c->n + TABLE_ROWS - 1) / TABLE_ROWS;
    titr_text_printf(page, "<details><summary>The same as a table</summary>\n<div class=\"wide\">"
                           "<table><thead><tr><th class=\"num\">Decisions</th>"
                           "<th class=\"num\">Mean</th><th class=\"num\">From</th>"
                           "<th class=\"num\">To</th></tr></thead><tbody>\n");
    for (size_t i = (c->n - 1) % step; i < c->n; i += step) { /* the last one is among them */
        titr_text_printf(page, "<tr>");
        titri_cell(page, c->x[i], 0);
        titri_cell(page, c->mean[i], 3);
        titri_cell(page, c->lo[i], 3);
        titri_cell(page, c->hi[i], 3);
        titr_text_printf(page, "</tr>\n");
    }
    titr_text_printf(page, "</tbody></table></div></details>\n");
}

static titr_status put_curves(titr_text *page, const titri_view *v, const job_list *list,
                              titr_error *err)
{
    static const struct {
        const char *column, *id, *what;
    } row[] = {
        {"reward", "curve-reward", "Mean reward per decision while exploring"},
        {"validation_score", "curve-validation", "Score of greedy validation episodes"},
    };
    int open = 0;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        curves c;
        TITR_TRY(load(list, row[i].column, &c, err));
        if (c.n > 1) {
            if (!open) {
                titri_section_open(page, "training", "Learning");
                open = 1;
            }
            draw(page, v, row[i].id, row[i].what, &c);
            data_table(page, &c);
        }
        curves_fini(&c);
    }
    if (open) {
        titr_text_printf(page,
                         "<p class=\"note\">Mean over %zu training jobs (folds or children, and "
                         "replicates)%s, over decisions.</p>\n",
                         list->n, list->n > 1 ? " with its 95 % interval" : "");
        titri_section_close(page);
    }
    return TITR_OK;
}

titr_status titri_panel_training(titr_text *page, const titri_view *v, titr_error *err)
{
    if (!titr_reader_has(v->run, "training")) {
        return TITR_OK;
    }
    job_list list = {.run = v->run, .policy = v->shown->policy};
    list.path = calloc(JOBS_MAX, sizeof *list.path);
    titr_status st = list.path != NULL
                         ? list_jobs(&list, err)
                         : titr_fail(err, TITR_ERR_NOMEM, "no memory for the learning curves");
    if (st == TITR_OK && list.n > 0) {
        st = put_curves(page, v, &list, err);
    }
    free(list.path);
    return st;
}
