// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_run.h"

#include "titrate/base/rng.h"
#include "titrate/env/env.h"
#include "titrate/stats/summary.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

sample_run sample_run_default(void)
{
    return (sample_run){.policy = {"bb_clinic", "q_population", NULL},
                        .patient = {"child#001", "child#002", "child#008", NULL},
                        .experiment = "sample",
                        .seeds = 2,
                        .days = 14.0,
                        .levels = 1,
                        .scores = 1,
                        .learner = 1};
}

static double bump(double minute, double at, double height)
{
    const double since = minute - at;
    return since > 0.0 ? height * (since / 60.0) * exp(1.0 - since / 60.0) : 0.0;
}

/* Meals at 7:30, 12:30 and 18:30, a slow wave and correlated noise. */
static void play(titr_trajectory *t, unsigned policy, unsigned patient, const sample_run *sample)
{
    static const double meal[] = {450.0, 750.0, 1110.0};
    const titr_rng_key key = {7, TITR_PURPOSE_TEST, 10 * policy + patient, t->episode};
    const unsigned n = (unsigned)(sample->days * 288.0);
    double noise = 0.0;
    for (unsigned k = 0; k < n; k++) {
        const double minute = 5.0 * (k % 288);
        double eaten = 0.0, bolus = 0.0, wave = 0.0;
        for (unsigned m = 0; m < 3; m++) {
            const double grams = 40.0 + 12.0 * m + 4.0 * titr_rng_normal(key, 100000 + k / 288 + m);
            wave += bump(minute, meal[m], (1.0 + 0.3 * (1 - (int)policy) + 0.2 * patient) * grams);
            eaten += minute >= meal[m] && minute < meal[m] + 10.0 ? 0.5 * grams : 0.0;
            bolus += minute == meal[m] ? 0.05 * floor(grams / 12.0 / 0.05) : 0.0;
        }
        noise = 0.97 * noise + 4.0 * titr_rng_normal(key, k);
        const double glucose = fmax(112.0 + 10.0 * patient + wave + noise, 45.0);
        const int level = glucose < 90.0 ? 0 : glucose < 150.0 ? 2 : glucose < 200.0 ? 3 : 4;
        const titr_step row = {
            .time_min = 5.0F * (float)k,
            .glucose_mg_dl = (float)glucose,
            .plasma_glucose_mg_dl = (float)glucose,
            .cgm_mg_dl = (float)(glucose + 9.0 * titr_rng_normal(key, 200000 + k)),
            .action_level = (int16_t)(sample->levels && policy > 0 ? level : -1),
            .elapsed_min = 5.0F,
            .carbs_g = (float)eaten,
            .basal_insulin_u = (float)(0.35 / 12.0 * 0.5 * level),
            .insulin_u = (float)(0.35 / 12.0 * 0.5 * level + bolus),
            .programmed_basal_u_per_h = (float)(0.35 * 0.5 * level),
            .propensity = 1.0F,
            .dose_proposed_bolus_u = 2.0F,
            .dose_given_bolus_u = sample->shield && policy > 0 && k % 24 == 0 ? 1.0F : 2.0F,
            .shield_rule =
                (int8_t)(sample->shield && policy > 0 && k % 24 == 0 ? 2 + k / 24 % 2 : 0),
        };
        cr_assert_eq(titr_trajectory_append(t, &row, NULL), TITR_OK);
    }
}

static void end_episode(titr_trajectory *t, const sample_run *sample, int failed, titr_end how)
{
    t->horizon_min = 1440.0 * sample->days;
    t->end = (int)(failed ? how : TITR_END_TRUNCATED);
    t->end_min = failed ? 1440.0 : t->horizon_min;
    t->n = failed ? 288 : t->n;
    t->final_glucose_mg_dl = failed ? 39.0F : 120.0F;
    t->final_cgm_mg_dl = t->final_glucose_mg_dl;
}

static void write_episodes(const sample_run *sample, titr_writer *w, titr_summary *summary)
{
    titr_trajectory t;
    titr_trajectory_init(&t);
    for (unsigned p = 0; p < 4 && sample->policy[p] != NULL; p++) {
        const int last = p == 3 || sample->policy[p + 1] == NULL;
        for (unsigned c = 0; c < 4 && sample->patient[c] != NULL; c++) {
            for (unsigned s = 0; s < sample->seeds; s++) {
                titr_trajectory_clear(&t);
                (void)snprintf(t.policy, sizeof t.policy, "%s", sample->policy[p]);
                (void)snprintf(t.patient, sizeof t.patient, "%s", sample->patient[c]);
                t.seed = 20261121;
                t.episode = 1001 + s;
                play(&t, p, c, sample);
                const int first = c == 0 && s == 0;
                const int final = s + 1 == sample->seeds && (c == 3 || !sample->patient[c + 1]);
                if (sample->faults && final) {
                    end_episode(&t, sample, 1, TITR_END_FAULT);
                } else {
                    end_episode(&t, sample, sample->failures && last && first, TITR_END_TERMINATED);
                }
                cr_assert_eq(titr_summary_add(summary, &t, 0.0, NULL), TITR_OK);
                cr_assert_eq(titr_writer_append(w, &t, NULL), TITR_OK);
            }
        }
    }
    titr_trajectory_fini(&t);
}

static void write_sheets(const sample_run *sample, titr_writer *w, titr_summary *summary)
{
    static const double age[] = {9.0, 4.5, 11.0, 7.0}, weight[] = {34.6, 17.2, 41.0, 23.1},
                        height[] = {135.0, 104.0, 144.0, 121.0},
                        decisions[] = {100.0, 200.0, 300.0};
    static const double reward[2][3] = {{-5.0, -3.0, -1.0}, {-3.0, -1.0, (double)NAN}};
    static const char *const sex[] = {"unknown", "female", "male", "female"};
    static const char *const label[] = {"0 x basal", "0.5 x basal", "1 x basal", "1.5 x basal",
                                        "2 x basal"};
    size_t n = 0;
    while (n < 4 && sample->patient[n] != NULL) {
        n++;
    }
    const titr_sheet_column patients[] = {{"id", "", "identifier", NULL, sample->patient},
                                          {"sex", "", "sex", NULL, sex},
                                          {"age_years", "a", "age", age, NULL},
                                          {"weight_kg", "kg", "body weight", weight, NULL},
                                          {"height_cm", "cm", "height", height, NULL}};
    const titr_sheet_column actions = {"label", "", "name of the level", NULL, label};
    static const char *const rule[] = {"first", "<b>second"};
    const titr_sheet_column rules = {"rule", "", "name of the rule", NULL, rule};
    cr_assert_eq(titr_writer_sheet(w, "patients", patients, 5, n, NULL), TITR_OK);
    cr_assert_eq(titr_writer_sheet(w, "actions", &actions, 1, 5, NULL), TITR_OK);
    if (sample->shield) {
        cr_assert_eq(titr_writer_sheet(w, "shield_rules", &rules, 1, 2, NULL), TITR_OK);
    }
    if (sample->learner) {
        for (size_t fold = 0; fold < 2; fold++) {
            const titr_sheet_column training[] = {
                {"decisions", "1", "decisions", decisions, NULL},
                {"reward", "1", "mean reward", reward[fold], NULL}};
            char group[128];
            (void)snprintf(group, sizeof group, "training/%s/fold_%zu", sample->policy[1], fold);
            cr_assert_eq(titr_writer_sheet(w, group, training, 2, 3, NULL), TITR_OK);
        }
    }
    if (sample->scores) {
        cr_assert_eq(titr_summary_finish(summary, sample->policy[0], 20261121, NULL), TITR_OK);
        cr_assert_eq(titr_summary_write(summary, w, NULL), TITR_OK);
    }
}

static void write_manifest(const sample_run *sample, titr_writer *w)
{
    titr_json json = {.indent = 1};
    char *text = NULL;
    titr_json_open(&json, NULL, '{');
    titr_json_text(&json, "program", "titrate");
    titr_json_text(&json, "version", "0.1.0");
    titr_json_open(&json, "experiment", '{');
    titr_json_text(&json, "experiment", sample->experiment);
    titr_json_text(&json, "seed", "20261121");
    titr_json_open(&json, "body", '{');
    titr_json_text(&json, "model", "glucose_s2008");
    titr_json_text(&json, "mode", "safe");
    titr_json_close(&json, '}');
    titr_json_open(&json, "scenario", '{');
    titr_json_real(&json, "horizon_days", sample->days);
    titr_json_real(&json, "clock_start_min", 0.0);
    titr_json_close(&json, '}');
    titr_json_open(&json, "sensor", '{');
    titr_json_text(&json, "name", "cgm_breton_2008");
    titr_json_close(&json, '}');
    titr_json_open(&json, "evaluate", '{');
    titr_json_text(&json, "compare_to", sample->policy[0]);
    titr_json_real(&json, "drop_days", 0.0);
    titr_json_close(&json, '}');
    titr_json_close(&json, '}');
    titr_json_close(&json, '}');
    cr_assert_eq(titr_text_take(&json.text, &text, NULL), TITR_OK);
    cr_assert_eq(titr_writer_manifest(w, text, NULL), TITR_OK);
    free(text);
}

const char *sample_run_write(const sample_run *sample)
{
    static char path[64];
    titr_writer *w = NULL;
    titr_summary summary;
    titr_error err = {0};
    (void)snprintf(path, sizeof path, "/tmp/titrate_run_XXXXXX");
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    (void)close(fd);
    titr_summary_init(&summary);
    cr_assert_eq(titr_writer_open(path, TITR_COMPRESS_GZIP, 0, NULL, &w, &err), TITR_OK, "%s",
                 err.what);
    write_episodes(sample, w, &summary);
    write_sheets(sample, w, &summary);
    write_manifest(sample, w);
    cr_assert_eq(titr_writer_commit(w, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&summary);
    return path;
}
