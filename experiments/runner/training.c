// SPDX-License-Identifier: GPL-3.0-or-later
/* What became of each training job: rows for the user, as a table and as JSON; and the learning
 * curves in the run file. */
#include "train.h"

#include "titrate/base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void fill_row(const titri_lab *lab, size_t policy, size_t job, titr_training_row *row)
{
    const titri_learned *learned = &lab->policy[policy].learned[job];
    const titri_record *r = &learned->record;
    (void)snprintf(row->policy, sizeof row->policy, "%.*s", TITR_NAME_MAX - 1,
                   lab->policy[policy].def->name);
    titri_lab_job_name(lab, policy, job, row->job, sizeof row->job);
    row->decisions = r->decisions;
    row->wall_s = learned->wall_s;
    row->decisions_per_s =
        learned->wall_s > 0.0 ? (double)(r->decisions - learned->decisions_before) / learned->wall_s
                              : (double)NAN;
    row->validations = r->validations;
    row->last_score = r->last;
    row->best_score = r->best;
    row->best_at = r->best_at;
    row->stopped_early = (int)r->stopped_early;
    row->trained_before = learned->wall_s == 0.0;
}

titr_status titri_training_list(const titri_lab *lab, titr_training *out, titr_error *err)
{
    size_t n = 0;
    for (size_t p = 0; p < lab->n_policies; p++) {
        n += lab->policy[p].n_jobs;
    }
    titr_training t = {.row = calloc(n + 1, sizeof *t.row), .score = titri_lab_score(lab)};
    if (t.row == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory to list %zu trainings", n);
    }
    for (size_t p = 0; p < lab->n_policies; p++) {
        for (size_t j = 0; j < lab->policy[p].n_jobs; j++) {
            fill_row(lab, p, j, &t.row[t.n++]);
        }
    }
    *out = t;
    return TITR_OK;
}

void titr_training_fini(titr_training *t)
{
    free(t->row);
    *t = (titr_training){0};
}

static const char *score_name(titr_score_what score)
{
    return score == TITR_SCORE_REWARD   ? "reward"
           : score == TITR_SCORE_RETURN ? "return"
                                        : "tir_itt";
}

static void put_score(titr_text *text, double score, int64_t at)
{
    if (isnan(score)) {
        titr_text_printf(text, "  %*s", at > 0 ? 21 : 9, "-");
    } else if (at > 0) {
        titr_text_printf(text, "  %9.4g at %9lld", score, (long long)at);
    } else {
        titr_text_printf(text, "  %9.4g", score);
    }
}

static void put_row(titr_text *text, const titr_training_row *r, int width, int validated)
{
    titr_text_printf(text, "%-*s  %-12s  %10lld", width, r->policy, r->job,
                     (long long)r->decisions);
    if (r->trained_before) {
        titr_text_printf(text, "  %9s  %11s", "-", "-");
    } else {
        titr_text_printf(text, "  %9.1f  %11.0f", r->wall_s, r->decisions_per_s);
    }
    if (validated) {
        put_score(text, r->last_score, 0);
        put_score(text, r->best_score, r->best_at > 0 ? r->best_at : 1);
    }
    titr_text_printf(text, "%s%s\n", r->stopped_early ? "  stopped early" : "",
                     r->trained_before ? "  trained before" : "");
}

titr_status titr_training_table(const titr_training *t, char **text, titr_error *err)
{
    titr_text out = {0};
    int width = 6, validated = 0;
    for (size_t i = 0; i < t->n; i++) {
        const int own = snprintf(NULL, 0, "%s", t->row[i].policy);
        width = own > width ? own : width;
        validated |= t->row[i].validations > 0;
    }
    titr_text_printf(&out, "%-*s  %-12s  %10s  %9s  %11s", width, "policy", "job", "decisions",
                     "wall s", "decisions/s");
    if (validated) {
        char head[32];
        (void)snprintf(head, sizeof head, "best %s", score_name(t->score));
        titr_text_printf(&out, "  %9s  %22s", "last", head);
    }
    titr_text_add(&out, "\n", 1);
    for (size_t i = 0; i < t->n; i++) {
        put_row(&out, &t->row[i], width, validated);
    }
    return titr_text_take(&out, text, err);
}

titr_status titr_training_json(const titr_training *t, char **json, titr_error *err)
{
    titr_json out = {.indent = 1};
    titr_json_open(&out, NULL, '{');
    titr_json_text(&out, "score", score_name(t->score));
    titr_json_open(&out, "jobs", '[');
    for (size_t i = 0; i < t->n; i++) {
        const titr_training_row *r = &t->row[i];
        titr_json_open(&out, NULL, '{');
        titr_json_text(&out, "policy", r->policy);
        titr_json_text(&out, "job", r->job);
        titr_json_int(&out, "decisions", r->decisions);
        titr_json_real(&out, "wall_s", r->trained_before ? (double)NAN : r->wall_s);
        titr_json_real(&out, "decisions_per_s", r->decisions_per_s);
        titr_json_int(&out, "validations", r->validations);
        titr_json_real(&out, "last_score", r->last_score);
        titr_json_real(&out, "best_score", r->best_score);
        titr_json_int(&out, "best_at", r->best_at);
        titr_json_bool(&out, "stopped_early", r->stopped_early);
        titr_json_bool(&out, "trained_before", r->trained_before);
        titr_json_close(&out, '}');
    }
    titr_json_close(&out, ']');
    titr_json_close(&out, '}');
    titr_text_add(&out.text, "\n", 1);
    return titr_text_take(&out.text, json, err);
}

/* --- learning curves --- */

static titr_status write_curve(titr_writer *w, const char *group, const titr_agent_type *type,
                               const titri_curve *c, int validated, titr_error *err)
{
    titr_sheet_column column[TITRI_CURVE_MAX];
    const size_t width = titri_curve_columns(type, validated, column);
    double *value = malloc((width * c->n + 1) * sizeof *value);
    if (value == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the learning curve");
    }
    for (size_t k = 0; k < width; k++) {
        column[k].number = &value[k * c->n];
        for (size_t i = 0; i < c->n; i++) {
            value[k * c->n + i] = c->cell[i * width + k];
        }
    }
    const titr_status st = titr_writer_sheet(w, group, column, width, c->n, err);
    free(value);
    return st;
}

titr_status titri_write_curves(const titri_lab *lab, titr_writer *w, titr_error *err)
{
    for (size_t p = 0; p < lab->n_policies; p++) {
        const titri_policy *policy = &lab->policy[p];
        for (size_t j = 0; j < policy->n_jobs; j++) {
            char job[TITR_ID_MAX + 16], group[TITR_TEXT_MAX * 2];
            titri_lab_job_name(lab, p, j, job, sizeof job);
            (void)snprintf(group, sizeof group, "training/%s/%s", policy->def->name, job);
            TITR_TRY(write_curve(w, group, policy->def->agent.type, &policy->learned[j].curve,
                                 lab->e->train.evaluate_every > 0, err));
        }
    }
    return TITR_OK;
}
