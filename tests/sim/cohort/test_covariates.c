// SPDX-License-Identifier: GPL-3.0-or-later
/* Real covariates, virtual bodies: who is in the file is drawn, whoever stands beside; stature that
 * is not known is the CDC table's; files of every broken kind. */
#include "titrate/cohort/sample.h"

#include "titrate/cohort/source.h"

#include "support/allocations.h"
#include "support/temp_file.h"

#include <criterion/criterion.h>
#include <omp.h>
#include <string.h>

static const titr_model_type *model(void)
{
    return titr_model_find("glucose_hovorka");
}

static titr_status load(const char *text, titr_cohort *out, titr_error *err)
{
    char path[TEMP_PATH_MAX];
    cr_assert(temp_file(path, text, strlen(text)));
    const titr_status status = titr_cohort_load(
        &(titr_cohort_request){.source = "sample", .path = path}, model(), out, err);
    temp_remove(path);
    return status;
}

Test(covariates, who_is_in_the_file_is_drawn)
{
    titr_cohort cohort, alone;
    titr_error err = {.what = ""};
    cr_assert_eq(load("Name,Age,Sex,BW,Height\nAnna,4.5,female,17.2,106\nBen,13,male,48,158.5\n",
                      &cohort, &err),
                 TITR_OK, "%s", err.what);
    cr_assert_eq(cohort.n, 2);
    cr_assert_not_null(cohort.child);
    const titr_patient *anna = &cohort.child[0].patient, *ben = &cohort.child[1].patient;
    cr_expect_str_eq(anna->id, "Anna");
    cr_expect_eq(anna->age_years, 4.5);
    cr_expect_eq(anna->sex, TITR_SEX_FEMALE);
    cr_expect_eq(anna->weight_kg, 17.2);
    cr_expect_eq(anna->height_cm, 106.0);
    cr_expect_eq(ben->sex, TITR_SEX_MALE);
    cr_expect_not_null(strstr(cohort.note, "2 children drawn from seed 1 for given covariates"));
    /* basal insulin of a clinic of that weight: 0.1 to 0.6 U/kg/d */
    cr_expect(titr_basal_u_per_h(anna, model()) * 24.0 / 17.2 > 0.1 &&
              titr_basal_u_per_h(anna, model()) * 24.0 / 17.2 < 0.6);
    cr_assert_eq(load("BW,Name,Sex,Height,Age\n48,Ben,male,158.5,13\n", &alone, &err), TITR_OK,
                 "%s", err.what);
    cr_expect_eq(memcmp(&alone.child[0], &cohort.child[1], sizeof alone.child[0]), 0);
    titr_cohort_fini(&alone);
    titr_cohort_fini(&cohort);
}

/* CDC 2000: boys of 10 years have a median weight of 31.935557 kg and stature of 138.6321 cm; girls
 * of 5 years 18.00 kg (17.9) and 107.7 cm (107.8). */
Test(covariates, stature_that_is_not_known_follows_from_weight)
{
    titr_cohort cohort;
    titr_error err = {.what = ""};
    cr_assert_eq(
        load("Name,Age,Sex,BW\na,10,male,31.935557\nb,10,male,45\nc,10,male,150\n", &cohort, &err),
        TITR_OK, "%s", err.what);
    cr_expect_float_eq(cohort.child[0].patient.height_cm, 138.6, 0.3, "%g",
                       cohort.child[0].patient.height_cm);
    cr_expect_gt(cohort.child[1].patient.height_cm, 142.0);
    cr_expect_lt(cohort.child[2].patient.height_cm, 160.0); /* beyond the table's weights */
    cr_expect_not_null(strstr(cohort.note, "3 without height by their weight"));
    titr_cohort_fini(&cohort);
}

static void refused(const char *text, const char *says)
{
    titr_cohort cohort;
    titr_error err = {.what = ""};
    cr_expect_eq(load(text, &cohort, &err), TITR_ERR_CONFIG, "accepted:\n%s", text);
    cr_expect_not_null(strstr(err.what, says), "'%s' says not '%s'", err.what, says);
    cr_expect_null(strchr(err.what, '\n'));
}

Test(covariates, files_that_say_nothing_sensible_are_refused)
{
    refused("Name,Age,Sex\na,5,male\n", "column 'BW' is missing");
    refused("Nome,Age,Sex,BW\na,5,male,20\n", "column 'Name' is missing; nearest is 'Nome'");
    refused("Name,Age,Sex,BW,Hight\na,5,male,20,110\n",
            "unknown column 5 'Hight', nearest is 'Height'");
    refused("Name,Age,Sex,BW\n", "no children below the header");
    refused("Name,Age,Sex,BW\na,1.5,male,11\n", ":2: column Age: 1.5, expected 2 to 18");
    refused("Name,Age,Sex,BW\na,5,male,20\nb,19,male,60\n", ":3: column Age: 19");
    refused("Name,Age,Sex,BW\na,5,male,2\n", "column BW: 2, expected 5 to 200");
    refused("Name,Age,Sex,BW,Height\na,5,male,20,1.1\n", "column Height: 1.1, expected 50 to 220");
    refused("Name,Age,Sex,BW\na,5,boy,20\n", "column Sex: 'boy', expected male, female or nothing");
    refused("Name,Age,Sex,BW\na,5,,20\n", "column Sex: nothing, expected male or female");
    refused("Name,Age,Sex,BW\na,5,male,20\na,6,male,22\n", "subject 'a' is in line 2 already");
    refused("Name,Age,Sex,BW\na,five,male,20\n", "five");
    refused("Name,Age,Sex,BW\n,5,male,20\n", "column Name: '', expected 1 to");
    refused("", "");
}

static titr_status draw_file(void *path, titr_error *err)
{
    titr_cohort cohort;
    TITR_TRY(titr_cohort_load(&(titr_cohort_request){.source = "sample", .path = path}, model(),
                              &cohort, err));
    titr_cohort_fini(&cohort);
    return TITR_OK;
}

Test(allocations, covariates)
{
    static const char text[] = "Name,Age,Sex,BW\na,5,male,20\n";
    char path[TEMP_PATH_MAX];
    omp_set_num_threads(1);
    cr_assert(temp_file(path, text, strlen(text)));
    cr_expect_gt(allocations_fail_each(draw_file, path, 1), 6);
    temp_remove(path);
}
