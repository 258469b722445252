// SPDX-License-Identifier: GPL-3.0-or-later
/* The comparison as JSON: keys carry units, undefined is null. */
#include "returns.h"

#include "titrate/env/env.h"

static void put_interval(titr_json *json, const char *key, titr_interval i)
{
    titr_json_open(json, key, '{');
    titr_json_real(json, "estimate", i.estimate);
    titr_json_real(json, "lo", i.lo);
    titr_json_real(json, "hi", i.hi);
    titr_json_close(json, '}');
}

static void put_policy(titr_json *json, const titr_summary *s, const titr_summary_row *row)
{
    titr_json_open(json, NULL, '{');
    titr_json_text(json, "policy", row->policy);
    titr_json_bool(json, "valid", row->valid);
    put_interval(json, "failed_percent", row->failed_percent);
    put_interval(json, "failures_per_100_patient_days", row->failures_per_100_patient_days);
    titr_json_int(json, "failures", (int64_t)(row->terminated + row->faults));
    titr_json_int(json, "terminated", (int64_t)row->terminated);
    titr_json_int(json, "faults", (int64_t)row->faults);
    titr_json_int(json, "episodes", (int64_t)row->episodes);
    titr_json_int(json, "children", (int64_t)row->children);
    titr_json_int(json, "replicates", (int64_t)row->replicates);
    if (row->replicates > 1) {
        put_interval(json, "tir_itt_percent_replicates_iqm", row->replicates_iqm);
        titr_json_real(json, "tir_itt_percent_replicates_min", row->replicates_min);
        titr_json_real(json, "tir_itt_percent_replicates_max", row->replicates_max);
    }
    titr_json_real(json, "patient_days", row->patient_days);
    put_interval(json, "tir_itt_percent_interval", row->tir_itt_percent);
    put_interval(json, "tir_itt_difference_percent_points", row->tir_itt_difference);
    titr_json_int(json, "pairs", (int64_t)row->pairs);
    for (size_t k = 0; k < s->n_keys; k++) {
        titr_json_real(json, s->key[k], row->mean[k]);
    }
    titr_json_open(json, "worst", '{');
    titr_json_text(json, "patient", row->worst_patient);
    for (size_t k = 0; k < s->n_keys; k++) {
        titr_json_real(json, s->key[k], row->worst[k]);
    }
    titr_json_close(json, '}');
    titr_json_close(json, '}');
}

/* One row of a benchmark task. */
static void put_returns(titr_json *json, const titr_summary *s, const titr_summary_row *row)
{
    titr_json_open(json, NULL, '{');
    titr_json_text(json, "policy", row->policy);
    titr_json_bool(json, "valid", row->valid);
    titr_json_int(json, "episodes", (int64_t)row->episodes);
    titr_json_int(json, "replicates", (int64_t)row->replicates);
    if (row->replicates > 1) {
        put_interval(json, "return_replicates_iqm", row->replicates_iqm);
        titr_json_real(json, "return_replicates_min", row->replicates_min);
        titr_json_real(json, "return_replicates_max", row->replicates_max);
    }
    put_interval(json, "return_mean", row->tir_itt_percent);
    put_interval(json, "return_difference", row->tir_itt_difference);
    titr_json_int(json, "pairs", (int64_t)row->pairs);
    titr_json_real(json, "return_sd", row->returns.sd);
    titr_json_real(json, "return_iqm", row->returns.iqm);
    titr_json_real(json, "return_min", row->returns.min);
    titr_json_real(json, "return_max", row->returns.max);
    titr_json_real(json, "steps_mean", titr_summary_mean(s, row, TITRI_STEPS));
    titr_json_int(json, "terminated", (int64_t)row->terminated);
    titr_json_int(json, "truncated", (int64_t)(row->episodes - row->terminated - row->faults));
    titr_json_int(json, "faults", (int64_t)row->faults);
    titr_json_close(json, '}');
}

static void put_row(titr_json *json, const titr_summary *s, const titr_summary_row *row)
{
    if (s->of_task) {
        put_returns(json, s, row);
    } else {
        put_policy(json, s, row);
    }
}

static void put_episode(titr_json *json, const titr_summary_episode *e)
{
    titr_json_open(json, NULL, '{');
    titr_json_text(json, "policy", e->policy);
    titr_json_text(json, "patient", e->patient);
    titr_json_int(json, "episode", e->episode);
    titr_json_text(json, "end", titr_end_name((titr_end)e->end));
    titr_scores_json(&e->scores, json);
    titr_json_close(json, '}');
}

titr_status titr_summary_json(const titr_summary *s, char **json, titr_error *err)
{
    titr_json out = {.indent = 1};
    int valid = 1;
    for (size_t r = 0; r < s->n_rows; r++) {
        valid = valid && s->row[r].valid;
    }
    titr_json_open(&out, NULL, '{');
    titr_json_text(&out, "notice", "SIMULATED - for research and education, not a medical device");
    titr_json_bool(&out, "valid", valid);
    titr_json_text(&out, "compare_to", *s->compare_to != '\0' ? s->compare_to : NULL);
    titr_json_open(&out, "policies", '[');
    for (size_t r = 0; r < s->n_rows; r++) {
        put_row(&out, s, &s->row[r]);
    }
    titr_json_close(&out, ']');
    titr_json_open(&out, "replicates", '[');
    for (size_t r = 0; r < s->n_replicates; r++) {
        put_row(&out, s, &s->replicate[r]);
    }
    titr_json_close(&out, ']');
    titr_json_open(&out, "episodes", '[');
    for (size_t i = 0; i < s->n_episodes; i++) {
        put_episode(&out, &s->episode[i]);
    }
    titr_json_close(&out, ']');
    titr_json_close(&out, '}');
    titr_text_add(&out.text, "\n", 1);
    return titr_text_take(&out.text, json, err);
}
