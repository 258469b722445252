// SPDX-License-Identifier: GPL-3.0-or-later
/* Every figure of the reference's growth folder: its tables row by row, its vectors (2 sexes, 14
 * ages, 23 quantities) to the digits that are printed. */
#include "titrate/base/csv.h"
#include "titrate/models/body_size.h"
#include "titrate/models/growth.h"
#include "titrate/models/maturation.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER TITR_REFERENCE_DIR "/growth/"
#define P95 1.6448536269514722

static titr_csv table(const char *path)
{
    titr_csv csv;
    titr_error err = {.what = ""};
    if (titr_csv_read(path, &csv, &err) != TITR_OK) {
        cr_skip_test("no %s", path);
    }
    return csv;
}

/* An empty cell or "nan" is not a number. */
static double number(const titr_csv *csv, size_t row, const char *column)
{
    const size_t c = titr_csv_column(csv, column);
    cr_assert_lt(c, csv->n_columns, "column %s", column);
    return strtod(titr_csv_text(csv, row, c), NULL);
}

static titr_sex sex_of(const titr_csv *csv, size_t row)
{
    return titr_csv_text(csv, row, titr_csv_column(csv, "sex"))[0] == 'F' ? TITR_SEX_FEMALE
                                                                          : TITR_SEX_MALE;
}

static double percentile(titr_growth_measure measure, titr_sex sex, double age_years, double z)
{
    titr_lms lms;
    return titr_growth_lms(measure, sex, age_years, &lms, NULL) == TITR_OK ? titr_lms_value(lms, z)
                                                                           : (double)NAN;
}

/* A child of median weight and height at the row's age. */
typedef struct median {
    titr_sex sex;
    double age_years, weight_kg, height_cm, pma_weeks;
} median;

static double size_of(const median *c, const char *name)
{
    static const char *const bsa[TITR_N_BSA] = {"bsa_mosteller", "bsa_haycock", "bsa_dubois",
                                                "bsa_gehan_george"};
    for (int f = 0; f < TITR_N_BSA; f++) {
        if (strcmp(name, bsa[f]) == 0) {
            return titr_bsa_m2((titr_bsa_formula)f, c->weight_kg, c->height_cm);
        }
    }
    if (strncmp(name, "wt_P", 4) == 0) {
        const double z = strcmp(name, "wt_P5") == 0    ? -P95
                         : strcmp(name, "wt_P95") == 0 ? P95
                                                       : 0.0;
        return percentile(TITR_GROWTH_WEIGHT_KG, c->sex, c->age_years, z);
    }
    if (strncmp(name, "ffm_", 4) == 0) {
        return titr_ffm_kg(strcmp(name, "ffm_alsallami") == 0 ? TITR_FFM_ALSALLAMI
                                                              : TITR_FFM_JANMAHASATIAN,
                           c->sex, c->age_years, c->weight_kg, c->height_cm);
    }
    if (strncmp(name, "allom_", 6) == 0) {
        return titr_allometry(c->weight_kg, strcmp(name, "allom_v_1") == 0 ? 1.0 : 0.75);
    }
    return strcmp(name, "ht_P50") == 0
               ? c->height_cm
               : percentile(TITR_GROWTH_BMI_KG_M2, c->sex, c->age_years, 0.0);
}

static double maturity_of(const median *c, const char *name)
{
    static const char *const enzyme[][2] = {{"cyp3a4_salem2014", "CYP3A4"},
                                            {"cyp1a2_salem2014", "CYP1A2"},
                                            {"cyp2c9_upreti2016", "CYP2C9"},
                                            {"cyp2d6_upreti2016", "CYP2D6"}};
    for (size_t i = 0; i < sizeof enzyme / sizeof enzyme[0]; i++) {
        if (strcmp(name, enzyme[i][0]) == 0) {
            return titr_enzyme_share(titr_enzyme_find(enzyme[i][1]), c->age_years);
        }
    }
    const double gfr = titr_gfr_ml_min(c->weight_kg, c->pma_weeks);
    if (strcmp(name, "pma_wk") == 0) {
        return c->pma_weeks;
    }
    if (strcmp(name, "gfr_rhodin_mLmin") == 0) {
        return gfr;
    }
    if (strcmp(name, "gfr_rhodin_mLmin_1.73") == 0) {
        return gfr * 1.73 / titr_bsa_m2(TITR_BSA_MOSTELLER, c->weight_kg, c->height_cm);
    }
    if (strcmp(name, "fmat_gfr") == 0) {
        return titr_maturation(c->pma_weeks, 47.7, 3.4);
    }
    if (strcmp(name, "fmat_busulfan_45.7_2.3") == 0) {
        return titr_maturation(c->pma_weeks, 45.7, 2.3);
    }
    cr_assert_str_eq(name, "schwartz_egfr_scr0.4");
    return titr_egfr_bedside(c->height_cm, 0.4);
}

Test(growth_reference, every_vector_to_its_digits)
{
    titr_csv csv = table(FOLDER "paediatric_scaling_vectors.csv");
    const size_t first_maturity = titr_csv_column(&csv, "pma_wk");
    size_t compared = 0;
    for (size_t row = 0; row < csv.n_rows; row++) {
        median c = {.sex = sex_of(&csv, row), .age_years = number(&csv, row, "age_y")};
        c.weight_kg = percentile(TITR_GROWTH_WEIGHT_KG, c.sex, c.age_years, 0.0);
        c.height_cm = percentile(titr_growth_height(c.age_years), c.sex, c.age_years, 0.0);
        c.pma_weeks = titr_pma_weeks(c.age_years);
        for (size_t k = 2; k < csv.n_columns; k++) {
            const char *name = titr_csv_name(&csv, k);
            const int matures = k >= first_maturity && strncmp(name, "allom_", 6) != 0;
            const double want = number(&csv, row, name);
            const double got = matures ? maturity_of(&c, name) : size_of(&c, name);
            cr_expect((isnan(want) && isnan(got)) || fabs(got - want) <= 1e-7 * fabs(want),
                      "row %zu, %s: %.9g, expected %.9g", row, name, got, want);
            compared += isfinite(want) ? 1 : 0;
        }
    }
    cr_expect_eq(csv.n_rows, 28);
    cr_log_info("%zu figures\n", compared);
    titr_csv_fini(&csv);
}

Test(growth_reference, every_row_of_the_growth_tables)
{
    static const char *const measure[TITR_N_GROWTH] = {"weight", "length", "stature", "bmi"};
    titr_csv csv = table(FOLDER "cdc2000_lms.csv");
    for (size_t row = 0; row < csv.n_rows; row++) {
        const char *name = titr_csv_text(&csv, row, titr_csv_column(&csv, "measure"));
        int m = 0;
        while (strcmp(measure[m], name) != 0) {
            m++;
        }
        titr_lms lms;
        cr_assert_eq(titr_growth_lms((titr_growth_measure)m, sex_of(&csv, row),
                                     number(&csv, row, "age_months") / 12.0, &lms, NULL),
                     TITR_OK);
        cr_expect_float_eq(lms.l, number(&csv, row, "L"), 1e-9);
        cr_expect_float_eq(lms.m, number(&csv, row, "M"), 1e-9 * lms.m);
        cr_expect_float_eq(lms.s, number(&csv, row, "S"), 1e-10);
    }
    cr_expect_eq(csv.n_rows, 1434);
    titr_csv_fini(&csv);
}

Test(growth_reference, every_enzyme)
{
    titr_csv csv = table(FOLDER "cyp_ontogeny.csv");
    size_t n = 0;
    (void)titr_enzymes(&n);
    cr_expect_eq(csv.n_rows, n);
    for (size_t row = 0; row < csv.n_rows; row++) {
        const titr_enzyme *e = titr_enzyme_find(titr_csv_text(&csv, row, 0));
        cr_assert_not_null(e);
        cr_expect_eq(e->most, number(&csv, row, "Fmax"));
        cr_expect_eq(e->birth, number(&csv, row, "Fbirth"));
        cr_expect_eq(e->a50_years, number(&csv, row, "Age50_y"));
        cr_expect_eq(e->n, number(&csv, row, "n"));
        cr_expect_eq(e->cap_years, number(&csv, row, "age_cap_y"));
    }
    titr_csv_fini(&csv);
}
