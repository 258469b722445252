// SPDX-License-Identifier: GPL-3.0-or-later
/* cohort: who takes part, how large and how sensitive, beside what clinics have found. */
#include "cli.h"

#include "titrate/cohort/clinic.h"
#include "titrate/report/cohort_picture.h"
#include "titrate/report/report.h"
#include "titrate/store/cohort_csv.h"
#include "titrate/store/text_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A cohort and what was measured of it. */
typedef struct exam {
    const titr_model_type *model;
    titr_cohort cohort;
    titr_measured *is;
} exam;

/* Mean and SD of something over the children of a band of ages; sex UNKNOWN = all. */
typedef struct band_mean {
    size_t n, girls;
    double mean, sd;
} band_mean;

/* Of fewer children a mean beyond its bound says little. */
enum { FEW = 100 };
enum { AGE = TITR_N_CLINIC, WEIGHT, HEIGHT, CR, ISF, N_SHOWN };
static const char *const names[N_SHOWN] = {[AGE] = "age, a",
                                           [WEIGHT] = "weight, kg",
                                           [HEIGHT] = "height, cm",
                                           [CR] = "CR, g/U",
                                           [ISF] = "ISF, mg/dL/U"};
static const int shown[] = {AGE,
                            WEIGHT,
                            HEIGHT,
                            TITR_CLINIC_TDD_U,
                            TITR_CLINIC_TDD_U_PER_KG,
                            TITR_CLINIC_BASAL_PERCENT,
                            TITR_CLINIC_FASTING_MG_DL,
                            CR,
                            TITR_CLINIC_CR_TDD_G,
                            ISF,
                            TITR_CLINIC_ISF_TDD_MMOL_L,
                            TITR_CLINIC_ACTION_H};
enum { N_ROWS = sizeof shown / sizeof shown[0] };

static const char *name_of(int what)
{
    return what < TITR_N_CLINIC ? titr_clinic_name((titr_clinic_quantity)what) : names[what];
}

static double value_of(int what, const exam *x, size_t i)
{
    const titr_patient *p = &x->cohort.child[i].patient;
    switch (what) {
    case AGE:
        return p->age_years;
    case WEIGHT:
        return p->weight_kg;
    case HEIGHT:
        return p->height_cm;
    case CR:
        return x->is[i].cr_g_per_u;
    case ISF:
        return x->is[i].isf_mg_dl_per_u;
    default:
        return titr_clinic_value((titr_clinic_quantity)what, p, &x->is[i]);
    }
}

static band_mean mean_of(int what, const exam *x, double from, double to)
{
    band_mean m = {0};
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < x->cohort.n; i++) {
        const titr_patient *p = &x->cohort.child[i].patient;
        const double value = value_of(what, x, i);
        const double band[2] = {from, to};
        if (!isnan(value) && titr_clinic_is_aged(p->age_years, band)) {
            m.n++;
            m.girls += p->sex == TITR_SEX_FEMALE;
            sum += value;
            squares += value * value;
        }
    }
    m.mean = m.n > 0 ? sum / (double)m.n : (double)NAN;
    m.sd = m.n > 1 ? sqrt(fmax(squares - sum * m.mean, 0.0) / (double)(m.n - 1)) : (double)NAN;
    return m;
}

static void print_number(double value)
{
    if (isnan(value)) {
        (void)printf("%8s", "-");
    } else {
        (void)printf("%8.*f", fabs(value) < 9.995 ? 2 : fabs(value) < 99.95 ? 1 : 0, value);
    }
}

static void print_bands(const exam *x)
{
    (void)printf("%-24s", "age band");
    for (size_t b = 0; b < TITR_AGE_BANDS; b++) {
        char band[32];
        (void)snprintf(band, sizeof band, "%g-%g a", titr_age_band_years[b],
                       titr_age_band_years[b + 1]);
        (void)printf("%17s", band);
    }
    (void)printf("\n%-24s", "children (girls)");
    for (size_t b = 0; b < TITR_AGE_BANDS; b++) {
        const band_mean m = mean_of(AGE, x, titr_age_band_years[b], titr_age_band_years[b + 1]);
        char count[48];
        (void)snprintf(count, sizeof count, "%zu (%zu)", m.n, m.girls);
        (void)printf("%17s", count);
    }
    for (size_t r = 0; r < N_ROWS; r++) {
        (void)printf("\n%-24s", name_of(shown[r]));
        for (size_t b = 0; b < TITR_AGE_BANDS; b++) {
            const band_mean m =
                mean_of(shown[r], x, titr_age_band_years[b], titr_age_band_years[b + 1]);
            print_number(m.mean);
            (void)printf(" ");
            print_number(m.sd);
        }
    }
    (void)printf("\n(mean and SD; insulin figures measured in silico)\n");
}

static void print_range(const double *range)
{
    char text[32] = "-";
    if (!isnan(range[0])) {
        (void)snprintf(text, sizeof text, range[0] == range[1] ? "%.3g" : "%.3g to %.3g", range[0],
                       range[1]);
    }
    (void)printf("%14s", text);
}

static void print_clinic(const exam *x)
{
    size_t n = 0;
    const titr_clinic_figure *f = titr_clinic_figures(&n);
    (void)printf("\n%-24s %-8s %5s %8s %13s %8s %13s\n", "beside clinics", "ages", "n", "mean",
                 "clinic", "SD", "clinic");
    for (size_t i = 0; i < n; i++) {
        const titr_clinic_match m = titr_clinic_compare(&f[i], &x->cohort, x->is);
        char ages[48];
        if (m.n == 0) {
            continue;
        }
        (void)snprintf(ages, sizeof ages, "%g-%g a", f[i].age_years[0], f[i].age_years[1]);
        (void)printf("%-24s %-8s %5zu ", titr_clinic_name(f[i].quantity), ages, m.n);
        print_number(m.mean);
        print_range(f[i].mean);
        (void)printf(" ");
        print_number(m.sd);
        print_range(f[i].sd);
        (void)printf("  %s%s\n", titr_clinic_basis_name(f[i].basis),
                     m.n < FEW                    ? ""
                     : m.mean_holds && m.sd_holds ? ""
                                                  : ", missed");
    }
    (void)printf("%s\n", TITR_REPORT_NOTICE);
}

static void json_child(titr_json *json, const exam *x, size_t i)
{
    const titr_patient *p = &x->cohort.child[i].patient;
    static const char *const sexes[] = {"unknown", "male", "female"};
    titr_json_open(json, NULL, '{');
    titr_json_text(json, "id", p->id);
    titr_json_real(json, "age_years", p->age_years);
    titr_json_text(json, "sex", sexes[p->sex]);
    titr_json_real(json, "weight_kg", p->weight_kg);
    titr_json_real(json, "height_cm", p->height_cm);
    titr_json_real(json, "basal_u_per_h", x->is[i].basal_u_per_h);
    titr_json_real(json, "fasting_mg_dl", x->is[i].fasting_mg_dl);
    titr_json_real(json, "cr_g_per_u", x->is[i].cr_g_per_u);
    titr_json_real(json, "isf_mg_dl_per_u", x->is[i].isf_mg_dl_per_u);
    titr_json_real(json, "action_h", x->is[i].action_h);
    titr_json_real(json, "tdd_u_per_d", x->is[i].tdd_u_per_d);
    titr_json_close(json, '}');
}

static titr_status print_json(const exam *x, titr_error *err)
{
    titr_json json = {.indent = 1};
    char *text = NULL;
    titr_json_open(&json, NULL, '{');
    titr_json_text(&json, "notice", TITR_REPORT_NOTICE);
    titr_json_text(&json, "note", x->cohort.note);
    titr_json_real(&json, "rejected_percent", x->cohort.rejected_percent);
    titr_json_open(&json, "children", '[');
    for (size_t i = 0; i < x->cohort.n; i++) {
        json_child(&json, x, i);
    }
    titr_json_close(&json, ']');
    titr_json_close(&json, '}');
    TITR_TRY(titr_text_take(&json.text, &text, err));
    (void)puts(text);
    free(text);
    return TITR_OK;
}

static titr_status write_files(const cli_args *args, const titr_experiment *e, const exam *x,
                               titr_error *err)
{
    char csv[TITR_TEXT_MAX * 3], svg[TITR_TEXT_MAX * 3], *picture = NULL;
    titr_run_path(e, ".cohort.csv", csv, sizeof csv);
    titr_run_path(e, ".cohort.svg", svg, sizeof svg);
    TITR_TRY(titr_cohort_write_csv(&x->cohort, x->model, csv, err));
    TITR_TRY(titr_cohort_picture(&x->cohort, x->is, e->name, &picture, err));
    const titr_status status = titr_text_file_write(svg, picture, strlen(picture), err);
    free(picture);
    if (status == TITR_OK && !args->quiet) {
        (void)fprintf(args->json ? stderr : stdout, "\ntable:   %s\npicture: %s\n", csv, svg);
    }
    return status;
}

static titr_status examine(const cli_args *args, const titr_experiment *e, exam *x, titr_error *err)
{
    const titr_cohort_request who = titr_experiment_cohort(e);
    x->model = titr_model_find(e->body.model);
    TITR_TRY(titr_cohort_load(&who, x->model, &x->cohort, err));
    x->is = calloc(x->cohort.n, sizeof *x->is);
    if (x->is == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "cohort: no memory for %zu children", x->cohort.n);
    }
    TITR_TRY(titr_cohort_measure(&x->cohort, x->model, x->is, err));
    if (args->json) {
        TITR_TRY(print_json(x, err));
    } else {
        (void)printf("%zu of body %s%s%s\n\n", x->cohort.n, e->body.model,
                     x->cohort.note[0] != '\0' ? ": " : "", x->cohort.note);
        if (e->body.insulin_sensitivity != 1.0) {
            (void)printf("Tested as they are: without body.insulin_sensitivity = %g.\n\n",
                         e->body.insulin_sensitivity);
        }
        print_bands(x);
        print_clinic(x);
    }
    return write_files(args, e, x, err);
}

static int show(const cli_args *args, const titr_experiment *e)
{
    titr_error err = {0};
    exam x = {0};
    const titr_status status =
        e->task.type != NULL
            ? titr_fail(&err, TITR_ERR_ARG, "%s: a task has no children", args->arg[0])
            : examine(args, e, &x, &err);
    free(x.is);
    titr_cohort_fini(&x.cohort);
    return status == TITR_OK ? CLI_OK : cli_fail(status, &err);
}

static int run(const cli_args *args)
{
    return cli_with_experiment(args, 1, show);
}

const cli_command cli_cmd_cohort = {
    .name = "cohort",
    .usage = "CONFIG",
    .doc = "the virtual children of an experiment, beside what clinics have found",
    .help = "Draws or reads the children of the config's `cohort`, tests them in silico (how much\n"
            "insulin meals take, how far a unit lowers glucose, how long it acts) and prints them "
            "by\n"
            "age band, then beside the figures of clinics. Writes NAME.cohort.csv, which\n"
            "cohort.source = \"file\" reads back, and NAME.cohort.svg. Children of 2 to 18 years "
            "are\n"
            "tested, in the body's safe mode and without body.insulin_sensitivity; others, and "
            "those\n"
            "that a test has no answer for, are only written.",
    .options = CLI_OPT_RUN | CLI_OPT_JSON,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
