// SPDX-License-Identifier: GPL-3.0-or-later
/* The robustness table: hand calculations on small episodes. */
#include "episodes.h"

#include "support/temp_file.h"
#include "titrate/stats/robustness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One scored episode whose other readings are at 60 mg/dL. */
static void add(titr_robustness *r, const char *policy, const char *cell, const char *patient,
                uint32_t episode, int in_range, titr_end end)
{
    const titr_trajectory t = an_episode(policy, patient, episode, in_range, 60.0F, end);
    cr_assert_eq(titr_robustness_add(r, cell, &t, 0.0, NULL), TITR_OK);
}

/* a: nominal 90 and 70, late 60 and 60, early 80 and (failed half way) 50; b: nominal alone, then
 * late. */
static titr_robustness small_table(void)
{
    titr_robustness r;
    titr_robustness_init(&r);
    add(&r, "a", "nominal", "child#1", 1, 9, TITR_END_TRUNCATED);
    add(&r, "a", "nominal", "child#2", 1, 7, TITR_END_TRUNCATED);
    add(&r, "b#1", "nominal", "child#1", 1, 8, TITR_END_TRUNCATED);
    add(&r, "b#2", "nominal", "child#1", 1, 6, TITR_END_TRUNCATED);
    add(&r, "a", "late", "child#1", 1, 6, TITR_END_TRUNCATED);
    add(&r, "a", "late", "child#2", 1, 6, TITR_END_TRUNCATED);
    add(&r, "b#1", "late", "child#1", 1, 5, TITR_END_TRUNCATED);
    add(&r, "b#2", "late", "child#1", 1, 5, TITR_END_TRUNCATED);
    add(&r, "a", "early", "child#1", 1, 8, TITR_END_TRUNCATED);
    add(&r, "a", "early", "child#2", 1, 5, TITR_END_TERMINATED);
    return r;
}

/* The failed one: 5 of 5 readings in range until noon, out of it for the other half. */
static void check_small(const titr_robustness *r)
{
    cr_assert_eq(r->n, 2);
    const titr_robust_policy *a = &r->policy[0], *b = &r->policy[1];
    cr_assert_str_eq(a->policy, "a");
    cr_assert_str_eq(b->policy, "b", "replicates are one policy");
    cr_assert(a->cells.n_rows == 3 && b->cells.n_rows == 2);
    cr_assert_str_eq(a->cells.row[0].policy, TITR_CELL_NOMINAL);
    const titr_summary_row *late = titr_summary_find(&a->cells, "late");
    const titr_summary_row *early = titr_summary_find(&a->cells, "early");
    cr_assert_float_eq(a->cells.row[0].tir_itt_percent.estimate, 80.0, 1e-9);
    cr_assert_float_eq(late->tir_itt_percent.estimate, 60.0, 1e-9);
    cr_assert_float_eq(late->tir_itt_difference.estimate, (-30.0 - 10.0) / 2.0, 1e-9);
    cr_assert_float_eq(early->tir_itt_percent.estimate, (80.0 + 50.0) / 2.0, 1e-9);
    cr_assert_float_eq(early->failed_percent.estimate, 50.0, 1e-9);
    cr_assert(late->pairs == 2 && early->pairs == 2);
    cr_assert_eq(titr_robust_worst(a), late, "60 is less than 65");
    cr_assert_float_eq(titr_robust_mean(a, "tir_itt_percent"), (60.0 + 65.0) / 2.0, 1e-9);
    cr_assert_float_eq(titr_robust_mean(a, "tbr_below_70_percent"), (40.0 + 10.0) / 2.0, 1e-9);
    cr_assert_float_eq(titr_robust_mean_failed(a), 25.0, 1e-9);
    const titr_summary_row *of_b = titr_robust_worst(b);
    cr_assert_eq(of_b->replicates, 2);
    cr_assert_float_eq(of_b->tir_itt_difference.estimate, 50.0 - 70.0, 1e-9);
    cr_assert(isnan(titr_robust_mean(a, "nonsense")));
}

Test(robustness, cells_are_paired_with_the_nominal_one)
{
    titr_robustness r = small_table();
    cr_assert_eq(titr_robustness_finish(&r, 7, NULL), TITR_OK);
    check_small(&r);
    titr_robustness_fini(&r);
}

Test(robustness, without_other_cells_there_is_no_worst)
{
    titr_robustness r;
    titr_robustness_init(&r);
    add(&r, "a", "nominal", "child#1", 1, 9, TITR_END_TRUNCATED);
    cr_assert_eq(titr_robustness_finish(&r, 7, NULL), TITR_OK);
    cr_assert_null(titr_robust_worst(&r.policy[0]));
    cr_assert(isnan(titr_robust_mean(&r.policy[0], "tir_itt_percent")));
    cr_assert(isnan(titr_robust_mean_failed(&r.policy[0])));
    char *text = NULL;
    cr_assert_eq(titr_robustness_table(&r, &text, NULL), TITR_OK);
    free(text);
    cr_assert_eq(titr_robustness_json(&r, &text, NULL), TITR_OK);
    free(text);
    titr_robustness_fini(&r);
}

Test(robustness, table_and_json_show_mean_and_worst)
{
    titr_robustness r = small_table();
    char *text = NULL;
    cr_assert_eq(titr_robustness_finish(&r, 7, NULL), TITR_OK);
    cr_assert_eq(titr_robustness_table(&r, &text, NULL), TITR_OK);
    static const char *const words[] = {"nominal", "reference", "mean of cells", "worst: late",
                                        "1/2",     "62.5",      "25.00"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        cr_assert_not_null(strstr(text, words[i]), "no %s in\n%s", words[i], text);
    }
    free(text);
    cr_assert_eq(titr_robustness_json(&r, &text, NULL), TITR_OK);
    cr_assert_not_null(strstr(text, "\"tir_itt_percent\": 62.5"), "%s", text);
    cr_assert_not_null(strstr(text, "\"worst\": {"));
    free(text);
    titr_robustness_fini(&r);
}

/* Stored, read again, and every episode taken over into another table: the same table. */
Test(robustness, a_table_comes_back_from_a_run_file)
{
    titr_robustness r = small_table(), read, taken;
    titr_writer *w = NULL;
    titr_reader *run = NULL;
    titr_error err = {.what = ""};
    char path[TEMP_PATH_MAX];
    cr_assert(temp_file(path, "", 0));
    cr_assert_eq(titr_robustness_finish(&r, 7, NULL), TITR_OK);
    cr_assert_eq(titr_writer_open(path, TITR_COMPRESS_NONE, 0, NULL, &w, &err), TITR_OK, "%s",
                 err.what);
    cr_assert_eq(titr_robustness_write(&r, w, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_writer_manifest(w, "{}", &err), TITR_OK);
    cr_assert_eq(titr_writer_commit(w, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_open(path, &run, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_robustness_read(run, &read, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_robustness_finish(&read, 7, NULL), TITR_OK);
    check_small(&read);
    titr_robustness_init(&taken);
    for (size_t p = 0; p < r.n; p++) {
        for (size_t i = 0; i < r.policy[p].cells.n_episodes; i++) {
            const titr_summary_episode *e = &r.policy[p].cells.episode[i];
            titr_trajectory t = {.episode = e->episode};
            char cell[TITR_NAME_MAX];
            size_t length = 0, q = 0, k = 0;
            const size_t number = titr_replicate_number(e->policy, &length);
            (void)snprintf(cell, sizeof cell, "%.*s", (int)length, e->policy);
            (void)snprintf(t.policy, sizeof t.policy, number > 0 ? "%s#%zu" : "%s",
                           r.policy[p].policy, number);
            (void)snprintf(t.patient, sizeof t.patient, "%s", e->patient);
            cr_assert(titr_robustness_find(&read, cell, &t, &q, &k));
            cr_assert_eq(titr_robustness_take(&taken, cell, &t, &read, &err), TITR_OK);
            cr_assert_not(titr_robustness_find(&read, cell, &t, &q, &k), "it is gone");
            cr_assert_eq(titr_robustness_take(&taken, cell, &t, &read, &err), TITR_ERR_NOT_FOUND);
        }
    }
    cr_assert_eq(titr_robustness_finish(&taken, 7, NULL), TITR_OK);
    check_small(&taken);
    titr_robustness_fini(&taken);
    titr_robustness_fini(&read);
    titr_robustness_fini(&r);
    titr_reader_close(run);
    temp_remove(path);
}
