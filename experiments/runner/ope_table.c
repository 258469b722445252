// SPDX-License-Identifier: GPL-3.0-or-later
/* A judgement for the user: as text and as JSON. */
#include "titrate/runner/ope.h"

#include "titrate/base/text.h"

#include <math.h>
#include <stdio.h>

static void put_number(titr_text *text, double value)
{
    if (isnan(value)) {
        titr_text_printf(text, "  %11s", "-");
    } else {
        titr_text_printf(text, "  %11.5g", value);
    }
}

static void put_row(titr_text *text, const titr_judged *row, int width, int with_truth)
{
    titr_text_printf(text, "%-*s  %-9s", width, row->method == TITR_OPE_WIS ? row->policy : "",
                     titr_ope_name(row->method));
    if (row->estimate.refusal != TITR_OPE_FINE) {
        titr_text_printf(text, "  refused: %s", row->why);
        if (with_truth && row->method == TITR_OPE_WIS) {
            titr_text_printf(text, " (truth %.5g)", row->truth);
        }
    } else {
        put_number(text, row->estimate.value);
        put_number(text, row->lo);
        put_number(text, row->hi);
        titr_text_printf(text, "  %7.1f", row->estimate.ess);
        if (with_truth) {
            put_number(text, row->truth);
            put_number(text, row->truth_se);
            put_number(text, row->estimate.value - row->truth);
        }
    }
    titr_text_add(text, "\n", 1);
}

static void put_head(titr_text *text, double horizon_h, int width, int with_truth)
{
    titr_text_printf(text, "\nthe first %g h\n%-*s  %-9s  %11s  %11s  %11s  %7s", horizon_h, width,
                     "policy", "estimator", "estimate", "95 % from", "to", "ess");
    if (with_truth) {
        titr_text_printf(text, "  %11s  %11s  %11s", "truth", "+-", "error");
    }
    titr_text_add(text, "\n", 1);
}

static void put_accuracy(titr_text *text, const titr_judgement *j)
{
    titr_text_printf(text, "\nagainst the simulator, over the policies that were answered for\n");
    titr_text_printf(text, "%9s  %-9s  %8s  %7s  %7s  %11s  %11s  %11s\n", "horizon", "estimator",
                     "answered", "refused", "covered", "bias", "rmse", "rank");
    for (size_t i = 0; i < j->n_accuracy; i++) {
        const titr_judged_accuracy *a = &j->accuracy[i];
        char horizon[32];
        (void)snprintf(horizon, sizeof horizon, "%g h", a->horizon_h);
        titr_text_printf(text, "%9s  %-9s  %8zu  %7zu", horizon, titr_ope_name(a->method),
                         a->answered, a->refused);
        if (isnan(a->covered)) {
            titr_text_printf(text, "  %7s", "-");
        } else {
            titr_text_printf(text, "  %7.0f", a->covered);
        }
        put_number(text, a->bias);
        put_number(text, a->rmse);
        put_number(text, a->rank_correlation);
        titr_text_add(text, "\n", 1);
    }
}

titr_status titr_judgement_table(const titr_judgement *j, char **text, titr_error *err)
{
    titr_text out = {0};
    int width = 6;
    for (size_t r = 0; r < j->n; r++) {
        const int own = snprintf(NULL, 0, "%s", j->row[r].policy);
        width = own > width ? own : width;
    }
    titr_text_printf(&out, "judged from %zu episodes of %s, %zu %s\n", j->episodes, j->data_policy,
                     j->children, j->children == 1 ? "child" : "children");
    for (size_t r = 0; r < j->n; r++) {
        if (r == 0 || j->row[r].horizon_h != j->row[r - 1].horizon_h) {
            put_head(&out, j->row[r].horizon_h, width, j->n_accuracy > 0);
        }
        put_row(&out, &j->row[r], width, j->n_accuracy > 0);
    }
    if (j->n_accuracy > 0) {
        put_accuracy(&out, j);
    }
    return titr_text_take(&out, text, err);
}

static void json_row(titr_json *out, const titr_judged *row)
{
    titr_json_open(out, NULL, '{');
    titr_json_text(out, "policy", row->policy);
    titr_json_real(out, "horizon_h", row->horizon_h);
    titr_json_text(out, "estimator", titr_ope_name(row->method));
    titr_json_real(out, "estimate", row->estimate.value);
    titr_json_real(out, "lo", row->lo);
    titr_json_real(out, "hi", row->hi);
    titr_json_real(out, "ess", row->estimate.ess);
    titr_json_text(out, "refused", row->why[0] != '\0' ? row->why : NULL);
    titr_json_real(out, "truth", row->truth);
    titr_json_real(out, "truth_se", row->truth_se);
    titr_json_close(out, '}');
}

static void json_accuracy(titr_json *out, const titr_judged_accuracy *a)
{
    titr_json_open(out, NULL, '{');
    titr_json_real(out, "horizon_h", a->horizon_h);
    titr_json_text(out, "estimator", titr_ope_name(a->method));
    titr_json_int(out, "answered", (int64_t)a->answered);
    titr_json_int(out, "refused", (int64_t)a->refused);
    titr_json_real(out, "covered", a->covered);
    titr_json_real(out, "bias", a->bias);
    titr_json_real(out, "rmse", a->rmse);
    titr_json_real(out, "rank_correlation", a->rank_correlation);
    titr_json_close(out, '}');
}

titr_status titr_judgement_json(const titr_judgement *j, char **json, titr_error *err)
{
    titr_json out = {.indent = 1};
    titr_json_open(&out, NULL, '{');
    titr_json_text(&out, "data_policy", j->data_policy);
    titr_json_int(&out, "episodes", (int64_t)j->episodes);
    titr_json_int(&out, "children", (int64_t)j->children);
    titr_json_int(&out, "faults", (int64_t)j->faults);
    titr_json_open(&out, "estimates", '[');
    for (size_t r = 0; r < j->n; r++) {
        json_row(&out, &j->row[r]);
    }
    titr_json_close(&out, ']');
    titr_json_open(&out, "accuracy", '[');
    for (size_t i = 0; i < j->n_accuracy; i++) {
        json_accuracy(&out, &j->accuracy[i]);
    }
    titr_json_close(&out, ']');
    titr_json_close(&out, '}');
    titr_text_add(&out.text, "\n", 1);
    return titr_text_take(&out.text, json, err);
}
