// SPDX-License-Identifier: GPL-3.0-or-later
/* Policies judged from data: against what is known without an estimate, and what must be refused.
 */
#include "runner/ope_estimate.h"
#include "runner/ope_log.h"
#include "runner/ope_sheets.h"
#include "runner/ope_target.h"
#include "small.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POLICIES                                                                                   \
    "{ name = \"c\"; agent = \"constant_level\"; level = 2; },"                                    \
    "{ name = \"soft\"; agent = \"epsilon_soft\"; of = \"c\"; epsilon = 0.5; },"                   \
    "{ name = \"softer\"; agent = \"epsilon_soft\"; of = \"c\"; epsilon = 0.6; }," SMALL_BB

/* A run with what judging needs; two hours of it at 30 min are four decisions. */
static titr_experiment *with_run(const char *data_policy)
{
    titr_experiment *e = small_experiment(
        POLICIES, "record.learning=true", "scenario.decision_interval_min=30.0",
        "split.seeds_test=[1001,1020]", "ope.horizons_h=[1.0, 2.0]", "ope.rounds=20", NULL);
    titr_error err = {.what = ""};
    titr_summary summary;
    small_folder(e);
    (void)snprintf(e->ope.data_policy, TITR_TEXT_MAX, "%s", data_policy);
    cr_assert_eq(titr_evaluate(e, 0, NULL, &summary, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&summary);
    return e;
}

static void without_run(titr_experiment *e)
{
    (void)unlink(small_path(e, ".ope.h5"));
    small_folder_remove(e);
    small_free(e);
}

static const titr_judged *row_of(const titr_judgement *j, const char *policy, double horizon_h,
                                 titr_ope_method method)
{
    for (size_t r = 0; r < j->n; r++) {
        if (strcmp(j->row[r].policy, policy) == 0 && j->row[r].horizon_h == horizon_h &&
            j->row[r].method == method) {
            return &j->row[r];
        }
    }
    cr_assert_fail("no row of %s", policy);
    return NULL;
}

/* The behaviour judged from its own episodes has weights of 1: the estimate is their mean, and so
 * is the truth, which plays the same seeds. */
Test(ope_verb, the_behaviour_is_judged_by_its_mean)
{
    titr_experiment *e = with_run("soft");
    titr_error err = {.what = ""};
    titr_judgement j;
    cr_assert_eq(titr_judge(e, NULL, 1, NULL, &j, &err), TITR_OK, "%s", err.what);
    cr_expect_eq(j.episodes, 40);
    cr_expect_eq(j.children, 2);
    cr_expect_eq(j.n, 6 * (size_t)TITR_OPE_N, "bb chooses doses and is left out");
    const titr_judged *own = row_of(&j, "soft", 2.0, TITR_OPE_WIS);
    cr_expect_float_eq(own->estimate.ess, 40.0, 1e-9);
    cr_expect_float_eq(own->estimate.value, own->truth, 1e-6 * fabs(own->truth));
    cr_expect(own->lo <= own->estimate.value && own->estimate.value <= own->hi);
    cr_expect_eq(j.n_accuracy, 2 * (size_t)TITR_OPE_N);
    const titr_judged *constant = row_of(&j, "c", 2.0, TITR_OPE_WIS);
    cr_expect_eq(constant->estimate.refusal, TITR_OPE_LOW_ESS);
    cr_expect(isnan(constant->estimate.value) && isfinite(constant->truth));
    cr_expect_not_null(strstr(constant->why, " < 20"));
    cr_expect_eq(row_of(&j, "c", 2.0, TITR_OPE_MODEL)->estimate.refusal, TITR_OPE_FINE);
    titr_judgement_fini(&j);
    without_run(e);
}

/* w of an episode by hand, level by level: 0.6 / n and 0.4 more for the constant level, over 0.5 /
 * n and 0.5 more. */
static double weight_by_hand(const titri_ope_log *log, size_t i)
{
    const double n = (double)log->n_levels;
    double w = 1.0;
    cr_assert_eq(log->first[i + 1] - log->first[i], 4);
    for (size_t k = log->first[i]; k < log->first[i + 1]; k++) {
        const int own = log->level[k] == 2;
        w *= (0.6 / n + own * 0.4) / (0.5 / n + own * 0.5);
    }
    return w;
}

static double total_of(const titri_ope_log *log, size_t i)
{
    double total = 0.0;
    for (size_t k = log->first[i]; k < log->first[i + 1]; k++) {
        total += log->reward[k];
    }
    return total;
}

Test(ope_verb, weights_by_hand)
{
    titr_experiment *e = with_run("soft");
    titri_lab *lab = small_lab(e);
    titri_ope_log log;
    titr_error err = {.what = ""};
    cr_assert_eq(titri_ope_log_read(&log, lab, &err), TITR_OK, "%s", err.what);
    float *p = calloc(log.first[log.n] * log.n_levels, sizeof *p);
    cr_assert_eq(titri_ope_probabilities(lab, &log, 2, p, &err), TITR_OK, "%s", err.what);
    double value = 0.0, inverse = 0.0;
    for (size_t c = 0; c < 2; c++) {
        double sum = 0.0, weighted = 0.0, squares = 0.0;
        for (size_t i = 20 * c; i < 20 * (c + 1); i++) {
            const double w = weight_by_hand(&log, i);
            cr_assert_eq(log.child[i], c);
            sum += w;
            weighted += w * total_of(&log, i);
            squares += w * w;
        }
        value += 0.5 * weighted / sum;
        inverse += squares / (sum * sum);
    }
    titri_ope_cut cut;
    titr_judged row = {.method = TITR_OPE_WIS};
    cr_assert_eq(titri_ope_cut_make(&cut, lab, &log, p, 2.0, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(cut.left[0], 4.0);
    cr_assert_eq(cut.left[3], 1.0);
    cr_assert_eq(titri_ope_estimate(lab, &log, &cut.ope, &row, &err), TITR_OK, "%s", err.what);
    cr_expect_float_eq(row.estimate.value, value, 1e-5 * fabs(value));
    cr_expect_float_eq(row.estimate.ess, 4.0 / inverse, 1e-3);
    titri_ope_cut_fini(&cut);
    titri_ope_log_fini(&log);
    free(p);
    titri_lab_destroy(lab);
    without_run(e);
}

Test(ope_verb, a_deterministic_log_serves_fitted_q_evaluation_alone)
{
    titr_experiment *e = with_run("c");
    titr_error err = {.what = ""};
    titr_judgement j;
    cr_assert_eq(titr_judge(e, "softer", 0, NULL, &j, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(j.n, 2 * (size_t)TITR_OPE_N);
    for (size_t m = 0; m < TITR_OPE_N; m++) {
        const titr_judged *row = row_of(&j, "softer", 1.0, (titr_ope_method)m);
        cr_expect_eq(row->estimate.refusal,
                     m == TITR_OPE_MODEL ? TITR_OPE_FINE : TITR_OPE_DETERMINISTIC);
        cr_expect(isnan(row->truth));
    }
    cr_expect_eq(j.n_accuracy, 0);
    titr_judgement_fini(&j);
    without_run(e);
}

static void refused(const titr_experiment *e, const char *policy, const char *words)
{
    titr_error err = {.what = ""};
    titr_judgement j;
    cr_assert_neq(titr_judge(e, policy, 0, NULL, &j, &err), TITR_OK, "%s", words);
    cr_expect_not_null(strstr(err.what, words), "%s", err.what);
    cr_expect_null(strchr(err.what, '\n'));
    cr_expect_neq(access(small_path(e, ".ope.h5"), F_OK), 0);
}

Test(ope_verb, data_that_do_not_fit_are_refused)
{
    titr_experiment *e = with_run("soft");
    refused(e, "bb", "bb: basal_bolus chooses doses, not levels: it cannot be judged");
    (void)snprintf(e->ope.data_policy, TITR_TEXT_MAX, "soff");
    refused(e, NULL, "holds no episode of 'soff' and these children; it has c, soft, softer, bb");
    (void)snprintf(e->ope.data_policy, TITR_TEXT_MAX, "bb");
    refused(e, NULL, "'bb' chose a dose, not a level");
    e->ope.data_policy[0] = '\0';
    refused(e, NULL, "ope.data_policy: none");
    (void)snprintf(e->ope.data_policy, TITR_TEXT_MAX, "soft");
    e->ope.horizons_h.v[1] = 30.0;
    refused(e, NULL, "ope.horizons_h: 30 h");
    e->ope.horizons_h.v[1] = 2.0;
    e->policy[2].settings = TITR_SETTINGS_TYPED;
    e->policy[2].settings_basal_u_per_h = 0.123;
    refused(e, "softer", "its settings of child#001 are not those of the data");
    e->scenario.decision_interval_min = 60.0;
    refused(e, NULL, "its `scenario` is not that of the experiment");
    e->scenario.decision_interval_min = 30.0;
    (void)snprintf(e->ope.data_path, TITR_TEXT_MAX, "/nowhere.h5");
    refused(e, NULL, "ope.data_path: /nowhere.h5 cannot be read: No such file");
    without_run(e);
}

/* Who has learned from an episode is not judged by it. */
Test(ope_verb, what_training_has_seen_is_refused)
{
    titr_experiment *e = small_experiment(
        "{ name = \"r\"; agent = \"random\"; }, { name = \"o\"; agent = \"cql\"; train_steps = 64;"
        " scope = \"per_child\"; observe = ( { name = \"cgm\"; } ); }," SMALL_Q,
        "record.learning=true", "ope.data_policy=r", "ope.horizons_h=[1.0]", "ope.rounds=5", NULL);
    titr_error err = {.what = ""};
    titr_summary summary;
    small_folder(e);
    cr_assert_eq(titr_simulate(e, "r", 0, NULL, &summary, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&summary);
    (void)snprintf(e->policy[1].data_path, TITR_TEXT_MAX, "%s", small_path(e, ".h5"));
    cr_assert_eq(titr_train(e, NULL, 0, NULL, NULL, &err), TITR_OK, "%s", err.what);
    refused(e, "o", "policy o has learned from the episodes of child#001 in");
    titr_judgement j;
    cr_assert_eq(titr_judge(e, "q", 0, NULL, &j, &err), TITR_OK, "%s", err.what);
    titr_judgement_fini(&j);
    (void)unlink(small_path(e, ".ope.h5"));
    e->split.seeds_train_from = 1001;
    e->split.seeds_train_to = 1001;
    refused(e, "q", "episode 1001 is one of split.seeds_train");
    without_run(e);
}

/* Accuracy by hand: errors 1, -3 and a refusal; ranks in opposite order. */
Test(ope_verb, accuracy_by_hand)
{
    titr_judged row[3 * TITR_OPE_N];
    static const double estimate[3] = {11.0, 9.0, 0.0}, truth[3] = {10.0, 12.0, 5.0};
    for (size_t r = 0; r < 3 * (size_t)TITR_OPE_N; r++) {
        row[r] = (titr_judged){.horizon_h = 6.0,
                               .method = (titr_ope_method)(r % TITR_OPE_N),
                               .estimate = {estimate[r / TITR_OPE_N], 50.0, TITR_OPE_FINE},
                               .truth = truth[r / TITR_OPE_N]};
        row[r].estimate.refusal = r / TITR_OPE_N == 2 ? TITR_OPE_LOW_ESS : TITR_OPE_FINE;
    }
    titr_judgement j = {.row = row, .n = 3 * (size_t)TITR_OPE_N};
    cr_assert_eq(titri_judge_accuracy(&j, 3, NULL), TITR_OK);
    cr_assert_eq(j.n_accuracy, TITR_OPE_N);
    cr_expect_eq(j.accuracy[1].answered, 2);
    cr_expect_eq(j.accuracy[1].refused, 1);
    cr_expect_float_eq(j.accuracy[1].bias, -1.0, 1e-12);
    cr_expect_float_eq(j.accuracy[1].rmse, sqrt(5.0), 1e-12);
    cr_expect_float_eq(j.accuracy[1].rank_correlation, -1.0, 1e-12);
    free(j.accuracy);
}

Test(ope_verb, stops_when_asked_and_writes_nothing)
{
    titr_experiment *e = with_run("soft");
    titr_error err = {.what = ""};
    titr_judgement j;
    small_watch w;
    small_watch_init(&w, 5);
    cr_assert_eq(titr_judge(e, NULL, 0, &w.watch, &j, &err), TITR_ERR_STOPPED);
    cr_expect_str_eq(err.what, "off-policy evaluation stopped; nothing was written");
    cr_expect_neq(access(small_path(e, ".ope.h5"), F_OK), 0);
    without_run(e);
}
