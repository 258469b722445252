// SPDX-License-Identifier: GPL-3.0-or-later
/* Cohorts: the published figures, the choice of subjects, and CSV files of every broken kind.
 * Figures to compare with: vpatient_params.csv and Quest.csv of simglucose, commit a6f6777.
 */
#include "titrate/base/rng.h"
#include "titrate/cohort/source.h"

#include "support/allocations.h"
#include "support/temp_file.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const titr_model_type *model(void)
{
    return titr_model_find("glucose_s2008");
}

static titr_cohort load(const char *subjects)
{
    titr_cohort cohort;
    titr_error err = {0};
    cr_assert_eq(
        titr_cohort_load(&(titr_cohort_request){.source = "s2008-published", .subjects = subjects},
                         model(), &cohort, &err),
        TITR_OK, "%s", err.what);
    return cohort;
}

static double param(const titr_child *child, const char *name)
{
    return child->patient.params[titr_table_find(model()->params, name)];
}

/* Sum over the 30 subjects, and the sum weighted by their place, of each column as published
 * (vpatient_params.csv, Quest.csv), added up exactly: no figure can change or swap unseen. */
static const struct {
    const char *name;
    double sum, weighted;
} published_sums[] = {
    {"kabs", 6.807300425, 100.456798754},
    {"kmax", 1.188517354, 19.208414009},
    {"kmin", 0.287214163, 4.588812411},
    {"b", 23.1318107, 360.089286706},
    {"d", 5.041001484, 73.73023261},
    {"Vg", 55.558480503, 862.348351882},
    {"Vi", 1.592571423, 25.393097544},
    {"Vmx", 2.066461153, 36.013039279},
    {"Km0", 6974.078483, 107859.5154135},
    {"k2", 3.647686856, 53.862429291},
    {"k1", 1.970265737, 30.254586177},
    {"p2u", 1.210196782, 20.244375221},
    {"m1", 6.107020729, 98.302034419},
    {"m2", 7.987403019042, 112.562814018368},
    {"m4", 3.1949612076176, 45.0251256073564},
    {"m30", 9.1605310935, 147.4530516285},
    {"ki", 0.296284184, 4.236904484},
    {"kp1", 166.89346617851, 2464.42158260373},
    {"kp2", 0.175016913, 2.353315828},
    {"kp3", 0.338010793, 4.98781869},
    {"f", 27, 418.5},
    {"ke1", 0.015, 0.2325},
    {"ke2", 10170, 157635},
    {"Fsnc", 30, 465},
    {"Vm0", 171.76479938441, 2534.76165756063},
    {"kd", 0.487, 7.5294},
    {"ksc", 2.7022, 42.7628},
    {"ka1", 0.1128, 1.7668},
    {"ka2", 0.523, 8.3197},
    {"u2ss", 42.785907530717, 620.225933089482},
    {"Ib", 3198.0592119, 49734.99833404},
    {"Gpb", 7884.7094864, 121520.84172765},
    {"age", 775, 11334},
    {"weight", 1696.32211457, 24787.30548024},
    {"CR", 410, 6958},
    {"CF", 705.67381421609, 12319.70731362572},
    {"TDI", 1179.1958185883, 16579.7033982874},
};

static double published_figure(const titr_child *child, const char *name)
{
    const titr_therapy *t = &child->published;
    const struct {
        const char *name;
        double value;
    } about[] = {{"age", child->patient.age_years},
                 {"weight", child->patient.weight_kg},
                 {"CR", t->cr_g_per_u[0]},
                 {"CF", t->cf_mg_dl_per_u[0]},
                 {"TDI", t->tdi_u_per_day}};
    for (size_t i = 0; i < sizeof about / sizeof about[0]; i++) {
        if (strcmp(about[i].name, name) == 0) {
            return about[i].value;
        }
    }
    return param(child, name);
}

Test(cohort, every_column_adds_up_to_what_was_published)
{
    titr_cohort cohort = load("all");
    cr_assert_eq(cohort.n, 30);
    cr_assert_eq(model()->params.n + 5, sizeof published_sums / sizeof published_sums[0]);
    for (size_t k = 0; k < sizeof published_sums / sizeof published_sums[0]; k++) {
        double sum = 0.0, weighted = 0.0;
        for (size_t i = 0; i < cohort.n; i++) {
            const double value = published_figure(&cohort.child[i], published_sums[k].name);
            sum += value;
            weighted += (double)(i + 1) * value;
        }
        cr_assert_float_eq(sum, published_sums[k].sum, 1e-13 * sum, "%s: %.15g",
                           published_sums[k].name, sum);
        cr_assert_float_eq(weighted, published_sums[k].weighted, 1e-13 * weighted, "%s: %.15g",
                           published_sums[k].name, weighted);
    }
    titr_cohort_fini(&cohort);
}

Test(cohort, published_subjects_have_their_published_figures)
{
    titr_cohort cohort = load("");
    cr_assert_eq(cohort.n, 30);
    const titr_child *c = &cohort.child[20];
    cr_assert_str_eq(c->patient.id, "child#001");
    cr_assert_eq(c->patient.age_years, 9.0);
    cr_assert_eq(c->patient.weight_kg, 34.55648182);
    cr_assert_eq(c->patient.height_cm, 138.4);
    cr_assert_eq(c->patient.sex, TITR_SEX_UNKNOWN);
    cr_assert_eq(c->patient.key, titr_hash32("child#001"));
    cr_assert_eq(param(c, "Km0"), 185.8820726);
    cr_assert_eq(param(c, "Gpb"), 271.031853002);
    /* the reference manifest: 0.006578422760004344 U/min */
    cr_assert_float_eq(c->published.basal_u_per_h[7], 0.006578422760004344 * 60.0, 1e-12);
    cr_assert_eq(c->published.cr_g_per_u[0], 25.0);
    cr_assert_eq(c->published.cf_mg_dl_per_u[23], 42.7177301243);
    cr_assert_eq(c->published.target_mg_dl[12], 140.0);
    cr_assert_eq(c->published.tdi_u_per_day, 17.4729287744);
    const titr_child *a = &cohort.child[0];
    cr_assert_str_eq(a->patient.id, "adolescent#001");
    cr_assert_eq(a->patient.height_cm, 175.7);
    cr_assert_eq(a->published.cr_g_per_u[0], 12.0);
    cr_assert_eq(cohort.child[19].patient.height_cm, 177.0);
    cr_assert_neq(cohort.note[0], '\0');
    titr_cohort_fini(&cohort);
}

Test(cohort, every_published_subject_is_in_balance)
{
    titr_cohort cohort = load("all");
    for (size_t i = 0; i < cohort.n; i++) {
        const titr_patient *p = &cohort.child[i].patient;
        double x[TITR_STATES_MAX], u[TITR_INPUTS_MAX], held[TITR_HELD_MAX], theta[TITR_THETA_MAX];
        double dxdt[TITR_STATES_MAX];
        const double t = 0.0;
        cr_assert_eq(model()->individualise(p, 0, theta, NULL), TITR_OK);
        model()->initial(p, 0, x, u, held);
        for (size_t m = 0; m < model()->n_modes; m++) {
            model()->modes[m].rhs(&t, x, u, held, theta, dxdt);
            for (size_t k = 0; k < model()->states.n; k++) {
                cr_assert_float_eq(dxdt[k], 0.0, 1e-9, "%s: %s drifts by %g", p->id,
                                   model()->states.row[k].name, dxdt[k]);
            }
        }
    }
    titr_cohort_fini(&cohort);
}

Test(cohort, heights_by_bracket)
{
    cr_assert_eq(titr_height_assumed_cm(8.0, 25.6), 121.9);
    cr_assert_eq(titr_height_assumed_cm(8.0, 25.7), 128.0);
    cr_assert_eq(titr_height_assumed_cm(12.0, 200.0), 149.1);
    cr_assert_eq(titr_height_assumed_cm(13.0, 50.0), 156.2);
    cr_assert_eq(titr_height_assumed_cm(19.0, 70.31), 177.0);
    cr_assert_eq(titr_height_assumed_cm(20.0, 40.0), 177.0);
}

Test(cohort, subjects_are_chosen_in_the_order_asked_for)
{
    titr_cohort cohort = load("children");
    cr_assert_eq(cohort.n, 10);
    cr_assert_str_eq(cohort.child[9].patient.id, "child#010");
    titr_cohort_fini(&cohort);
    cohort = load(" child#003 ,adult#001");
    cr_assert_eq(cohort.n, 2);
    cr_assert_str_eq(cohort.child[0].patient.id, "child#003");
    cr_assert_str_eq(cohort.child[1].patient.id, "adult#001");
    titr_cohort_fini(&cohort);
}

static void refused(const char *source, const char *path, const char *subjects, titr_status code,
                    const char *says)
{
    titr_cohort cohort = {0};
    titr_error err = {0};
    cr_assert_eq(titr_cohort_load(
                     &(titr_cohort_request){.source = source, .path = path, .subjects = subjects},
                     model(), &cohort, &err),
                 code, "%s: %s", says, err.what);
    cr_assert_not_null(strstr(err.what, says), "'%s' says not '%s'", err.what, says);
    cr_assert_null(strchr(err.what, '\n'));
    cr_assert_null(cohort.child);
}

Test(cohort, wrong_names_are_told_with_the_nearest)
{
    refused("s2008-publishd", NULL, "", TITR_ERR_NOT_FOUND, "'s2008-published'");
    refused("s2008-published", NULL, "child#01", TITR_ERR_CONFIG, "nearest is 'child#0");
    refused("s2008-published", NULL, "child#001,,", TITR_ERR_CONFIG, "no subject ''");
    refused("s2008-published", NULL, "child#001, child#001", TITR_ERR_CONFIG, "listed twice");
    refused("file", NULL, "", TITR_ERR_CONFIG, "needs a path");
    refused("file", "/nonexistent/p.csv", "", TITR_ERR_CONFIG, "/nonexistent/p.csv");
}

Test(cohort, therapy_hours)
{
    cr_assert_eq(titr_therapy_hour(0.0), 0);
    cr_assert_eq(titr_therapy_hour(59.9), 0);
    cr_assert_eq(titr_therapy_hour(60.0), 1);
    cr_assert_eq(titr_therapy_hour(1439.9), 23);
    size_t n = 0;
    cr_assert_eq(titr_cohort_sources(&n)[0].load, titr_cohort_load_published);
    cr_assert_eq(n, 3);
}

/* ---- files ---- */

#define FILE_MAX 8192
typedef struct csv {
    char text[FILE_MAX];
    size_t n;
} csv;

static void put(csv *c, const char *text)
{
    const int n = snprintf(c->text + c->n, sizeof c->text - c->n, "%s", text);
    c->n += (size_t)n;
    cr_assert_lt(c->n, sizeof c->text);
}

static void put_real(csv *c, double v)
{
    char text[32];
    (void)snprintf(text, sizeof text, ",%.15g", v);
    put(c, text);
}

/* The header, then child#001 of the published table under each of the ids. `skip` leaves one column
 * out, `extra` adds one with `value`. */
static void write_csv(csv *c, const char *const *ids, size_t n, const char *skip, const char *extra,
                      const char *value)
{
    titr_cohort published = load("child#001");
    const titr_table params = model()->params;
    c->n = 0;
    put(c, "Name,BW");
    for (size_t p = 0; p < params.n; p++) {
        if (skip == NULL || strcmp(params.row[p].name, skip) != 0) {
            put(c, ",");
            put(c, params.row[p].name);
        }
    }
    put(c, extra != NULL ? "," : "");
    put(c, extra != NULL ? extra : "");
    for (size_t i = 0; i < n; i++) {
        put(c, "\n");
        put(c, ids[i]);
        put_real(c, published.child->patient.weight_kg);
        for (size_t p = 0; p < params.n; p++) {
            if (skip == NULL || strcmp(params.row[p].name, skip) != 0) {
                put_real(c, published.child->patient.params[p]);
            }
        }
        put(c, extra != NULL ? "," : "");
        put(c, extra != NULL ? value : "");
    }
    put(c, "\n");
    titr_cohort_fini(&published);
}

static void file_refused(const csv *c, const char *says)
{
    char path[TEMP_PATH_MAX];
    cr_assert(temp_file(path, c->text, c->n));
    refused("file", path, "", TITR_ERR_CONFIG, says);
    temp_remove(path);
}

static const char *const known[] = {"child#001", "child#002"};
static const char *const unknown[] = {"kid"};

Test(cohort, a_file_gives_back_what_was_written)
{
    csv c;
    char path[TEMP_PATH_MAX];
    titr_error err = {0};
    titr_cohort cohort, published = load("child#001");
    write_csv(&c, known, 2, NULL, NULL, NULL);
    cr_assert(temp_file(path, c.text, c.n));
    cr_assert_eq(
        titr_cohort_load(&(titr_cohort_request){.source = "file", .path = path, .subjects = "all"},
                         model(), &cohort, &err),
        TITR_OK, "%s", err.what);
    cr_assert_eq(cohort.n, 2);
    cr_assert_arr_eq(cohort.child[0].patient.params, published.child->patient.params,
                     sizeof published.child->patient.params);
    cr_assert_eq(cohort.child[0].published.tdi_u_per_day, published.child->published.tdi_u_per_day);
    cr_assert_eq(cohort.child[1].published.cr_g_per_u[0], 23.0, "child#002's own");
    cr_assert_not_null(strstr(cohort.note, "published CR, CF, TDI for 2 subjects"), "%s",
                       cohort.note);
    temp_remove(path);
    titr_cohort_fini(&cohort);
    titr_cohort_fini(&published);
}

/* 500 and 1800 rules on twice the basal insulin: 2 * 24 h * 0.3947 U/h = 18.9458 U. */
Test(cohort, missing_settings_are_derived_and_said_so)
{
    csv c;
    char path[TEMP_PATH_MAX];
    titr_error err = {0};
    titr_cohort cohort;
    write_csv(&c, unknown, 1, NULL, "Age", "7.5");
    cr_assert(temp_file(path, c.text, c.n));
    cr_assert_eq(titr_cohort_load(&(titr_cohort_request){.source = "file", .path = path}, model(),
                                  &cohort, &err),
                 TITR_OK, "%s", err.what);
    const titr_therapy *t = &cohort.child[0].published;
    cr_assert_float_eq(t->tdi_u_per_day, 18.945857548812511, 1e-9);
    cr_assert_float_eq(t->cr_g_per_u[3], 500.0 / 18.945857548812511, 1e-9);
    cr_assert_float_eq(t->cf_mg_dl_per_u[3], 1800.0 / 18.945857548812511, 1e-9);
    cr_assert_eq(cohort.child[0].patient.age_years, 7.5);
    cr_assert_eq(cohort.child[0].patient.height_cm, 138.4);
    cr_assert_str_eq(cohort.note, "missing settings of 1 subjects derived: TDI = 2 x basal, CR = "
                                  "500/TDI, CF = 1800/TDI; heights of 1 subjects assumed from "
                                  "weight");
    temp_remove(path);
    titr_cohort_fini(&cohort);
}

Test(cohort, broken_files_are_told_by_line_and_column)
{
    csv c;
    write_csv(&c, known, 2, "ksc", NULL, NULL);
    file_refused(&c, ":1: column 'ksc' is missing; nearest is '");
    write_csv(&c, known, 1, NULL, "ksx", "1");
    file_refused(&c, ":1: unknown column 35 'ksx', nearest is 'ksc'");
    write_csv(&c, known, 1, NULL, "BW", "30");
    file_refused(&c, ":1: columns 2 and 35 are both 'BW'");
    write_csv(&c, known, 1, NULL, "CR", "nan");
    file_refused(&c, ":2: column CR: 'nan', expected a number");
    write_csv(&c, known, 1, NULL, "CR", "-3");
    file_refused(&c, ":2: child#001: CR = -3 g/U, allowed (0, 500]");
    write_csv(&c, known, 1, NULL, "Age", "900");
    file_refused(&c, ":2: child#001: age = 900 years");
    write_csv(&c, known, 1, NULL, "x0_ 4", "250");
    file_refused(&c,
                 ":2: child#001: column x0_ 4: 250 mg/kg, expected the basal steady state 271.03");
    write_csv(&c, unknown, 1, NULL, NULL, NULL);
    file_refused(&c, "column 'Age' (years) is missing, and 'kid' is no published subject");
    static const char *const twice[] = {"child#001", "child#002", "child#001"};
    write_csv(&c, twice, 3, NULL, NULL, NULL);
    file_refused(&c, ":4: subject 'child#001' is in line 2 already");
    write_csv(&c, known, 2, NULL, NULL, NULL);
    c.n -= 30; /* cut short within the last row */
    file_refused(&c, ":3: ");
    write_csv(&c, known, 0, NULL, NULL, NULL);
    file_refused(&c, "no subjects below the header");
    static const char *const long_id[] = {"a-name-that-is-longer-than-31-bytes"};
    write_csv(&c, long_id, 1, NULL, "Age", "7");
    file_refused(&c, "expected 1 to 31 characters");
    c.n = 0;
    put(&c, "time,glucose\n1,2\n");
    file_refused(&c, ":1: column 'Name' is missing");
}

/* One parameter off: the child would drift away from its start without anything happening. */
Test(cohort, parameters_that_do_not_belong_together_are_refused)
{
    csv c;
    write_csv(&c, known, 1, "Vm0", "Vm0", "5.0");
    file_refused(&c, "not in balance at basal insulin: gt_mg_kg changes by");
    write_csv(&c, known, 1, "kabs", "kabs", "900");
    file_refused(&c, ":2: child#001: kabs = 900 /min, allowed [0.001, 5]");
}

/* The published file itself, as it is. */
Test(cohort, the_published_file_is_the_published_cohort)
{
    static const char path[] = TITR_REFERENCE_DIR "/params/vpatient_params.csv";
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        cr_skip_test("no reference folder: %s", path);
    }
    (void)fclose(file);
    titr_error err = {0};
    titr_cohort cohort, published = load("all");
    cr_assert_eq(
        titr_cohort_load(&(titr_cohort_request){.source = "file", .path = path, .subjects = "all"},
                         model(), &cohort, &err),
        TITR_OK, "%s", err.what);
    cr_assert_eq(cohort.n, published.n);
    for (size_t i = 0; i < cohort.n; i++) {
        cr_assert_eq(memcmp(&cohort.child[i], &published.child[i], sizeof cohort.child[i]), 0, "%s",
                     cohort.child[i].patient.id);
    }
    titr_cohort_fini(&cohort);
    titr_cohort_fini(&published);
}

static titr_status load_again(void *path, titr_error *err)
{
    titr_cohort cohort;
    TITR_TRY(
        titr_cohort_load(&(titr_cohort_request){.source = path == NULL ? "s2008-published" : "file",
                                                .path = path == NULL ? "" : path,
                                                .subjects = "child#002,child#001"},
                         model(), &cohort, err));
    titr_cohort_fini(&cohort);
    return TITR_OK;
}

Test(cohort, whatever_memory_is_lacking_is_told)
{
    csv c;
    char path[TEMP_PATH_MAX];
    write_csv(&c, known, 2, NULL, NULL, NULL);
    cr_assert(temp_file(path, c.text, c.n));
    cr_assert_gt(allocations_fail_each(load_again, NULL, 1), 2);
    cr_assert_gt(allocations_fail_each(load_again, path, 1), 4);
    temp_remove(path);
}
