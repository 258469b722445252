// SPDX-License-Identifier: GPL-3.0-or-later
/* Rows of a comparison: hand calculations. */
#include "episodes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* a: child 1 60 %, 80 %; child 2 40 % (one seed). b: child 1 50 %, 70 %; child 2 40 %. */
static titr_summary two_policies(void)
{
    titr_summary s;
    titr_summary_init(&s);
    add_episode(&s, "a", "child#1", 1001, 6, TITR_END_TRUNCATED);
    add_episode(&s, "b", "child#1", 1001, 5, TITR_END_TRUNCATED);
    add_episode(&s, "a", "child#1", 1002, 8, TITR_END_TRUNCATED);
    add_episode(&s, "b", "child#1", 1002, 7, TITR_END_TRUNCATED);
    add_episode(&s, "a", "child#2", 1001, 4, TITR_END_TRUNCATED);
    add_episode(&s, "b", "child#2", 1001, 4, TITR_END_TRUNCATED);
    return s;
}

Test(summary, every_child_weighs_the_same)
{
    titr_summary s = two_policies();
    titr_error err = {0};
    cr_assert_eq(titr_summary_finish(&s, "b", 7, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(s.n_rows, 2);
    const titr_summary_row *a = titr_summary_find(&s, "a");
    cr_assert_eq(a, &s.row[0]);
    cr_assert_eq(a->episodes, 3);
    cr_assert_eq(a->children, 2);
    cr_assert_float_eq(a->patient_days, 3.0, 1e-12);
    /* (70 + 40) / 2, not (60 + 80 + 40) / 3 */
    cr_assert_float_eq(titr_summary_mean(&s, a, "tir_70_180_percent"), 55.0, 1e-12);
    cr_assert_float_eq(titr_summary_mean(&s, a, "cgm_tir_70_180_percent"), 55.0, 1e-12);
    cr_assert_float_eq(a->tir_itt_percent.estimate, 55.0, 1e-12);
    cr_assert(a->tir_itt_percent.lo < 55.0 && a->tir_itt_percent.hi > 55.0);
    cr_assert_str_eq(a->worst_patient, "child#2");
    cr_assert_float_eq(titr_summary_worst(&s, a, "tir_itt_percent"), 40.0, 1e-12);
    cr_assert(isnan(titr_summary_mean(&s, a, "nonsense")));
    cr_assert(isnan(titr_summary_worst(&s, a, "nonsense")));
    titr_summary_fini(&s);
}

Test(summary, difference_is_paired)
{
    titr_summary s = two_policies();
    /* unpaired: another seed of a alone must not enter the difference */
    add_episode(&s, "a", "child#2", 1002, 9, TITR_END_TRUNCATED);
    cr_assert_eq(titr_summary_finish(&s, "b", 7, NULL), TITR_OK);
    const titr_summary_row *a = titr_summary_find(&s, "a");
    cr_assert_eq(a->pairs, 3);
    /* child 1: +10 and +10; child 2: 0 */
    cr_assert_float_eq(a->tir_itt_difference.estimate, 5.0, 1e-12);
    cr_assert_geq(a->tir_itt_difference.lo, 0.0);
    cr_assert_leq(a->tir_itt_difference.hi, 10.0);
    cr_assert(isnan(titr_summary_find(&s, "b")->tir_itt_difference.estimate));
    const titr_interval first = a->tir_itt_difference;
    cr_assert_eq(titr_summary_finish(&s, "b", 7, NULL), TITR_OK); /* may be made again */
    cr_assert_float_eq(titr_summary_find(&s, "a")->tir_itt_difference.lo, first.lo, 0.0);
    cr_assert_eq(titr_summary_finish(&s, "", 7, NULL), TITR_OK);
    cr_assert(isnan(titr_summary_find(&s, "a")->tir_itt_difference.estimate));
    titr_summary_fini(&s);
}

Test(summary, failures_and_faults)
{
    titr_summary s;
    titr_summary_init(&s);
    for (uint32_t k = 0; k < 8; k++) {
        add_episode(&s, "a", "child#1", k, 10, TITR_END_TRUNCATED);
    }
    add_episode(&s, "a", "child#1", 8, 5, TITR_END_TERMINATED);
    add_episode(&s, "a", "child#1", 9, 5, TITR_END_FAULT);
    cr_assert_eq(titr_summary_finish(&s, "", 7, NULL), TITR_OK);
    const titr_summary_row *a = titr_summary_find(&s, "a");
    cr_assert_eq(a->terminated, 1);
    cr_assert_eq(a->faults, 1);
    cr_assert_eq(a->valid, 0);
    cr_assert_float_eq(a->patient_days, 9.0, 1e-12);
    /* binom.test(2, 10), poisson.test(2, 9) of R */
    cr_assert_float_eq(a->failed_percent.estimate, 20.0, 1e-12);
    cr_assert_float_eq(a->failed_percent.lo, 2.521073, 1e-5);
    cr_assert_float_eq(a->failed_percent.hi, 55.609546, 1e-5);
    cr_assert_float_eq(a->failures_per_100_patient_days.estimate, 200.0 / 9.0, 1e-9);
    cr_assert_float_eq(a->failures_per_100_patient_days.lo, 0.2422093 * 100.0 / 9.0, 1e-5);
    cr_assert_float_eq(a->failures_per_100_patient_days.hi, 7.2246875 * 100.0 / 9.0, 1e-4);
    /* failed halfway, all in range until then: 50 % each, 100 % otherwise */
    cr_assert_float_eq(titr_summary_mean(&s, a, "tir_itt_percent"), 90.0, 1e-9);
    titr_summary_fini(&s);
}

Test(summary, refuses_nothing_and_an_unknown_reference)
{
    titr_summary s;
    titr_error err = {0};
    titr_summary_init(&s);
    cr_assert_eq(titr_summary_finish(&s, "", 7, &err), TITR_ERR_ARG);
    titr_summary_fini(&s);
    s = two_policies();
    cr_assert_eq(titr_summary_finish(&s, "aa", 7, &err), TITR_ERR_NOT_FOUND);
    cr_assert_str_eq(err.what, "no episode of policy 'aa' to compare with, nearest is 'a'");
    cr_assert_null(titr_summary_find(&s, "a"));
    titr_summary_fini(&s);
}

Test(summary, table_puts_failures_first_and_aligns)
{
    titr_summary s = two_policies();
    add_episode(&s, "p\xC3\xA9\n", "child#1", 1001, 5, TITR_END_FAULT);
    cr_assert_eq(titr_summary_finish(&s, "b", 7, NULL), TITR_OK);
    char *text = NULL;
    cr_assert_eq(titr_summary_table(&s, TITR_SUMMARY_POLICIES, &text, NULL), TITR_OK);
    cr_assert_eq(strncmp(text, "INVALID COMPARISON: 1 of 1 episodes of p", 40), 0, "%s", text);
    char *head = strstr(text, "\npolicy") + 1;
    cr_assert_eq(strncmp(head, "policy     failed  % failed", 27), 0, "%s", text);
    const char *a = strchr(head, '\n') + 1;
    const char *b = strchr(a, '\n') + 1;
    const char *c = strchr(b, '\n') + 1;
    cr_assert_eq(strncmp(a, "a ", 2), 0, "%s", a);
    cr_assert_eq(strncmp(c, "p\xC3\xA9?     ", 8), 0, "%s", c); /* no line break from a name */
    cr_assert_not_null(strstr(b, "reference"));
    cr_assert_not_null(strstr(c, "1/1 FAULT"));
    cr_assert_not_null(strstr(a, "child#2: 40.0"));
    free(text);
    titr_summary_fini(&s);
}

Test(summary, names_of_replicates)
{
    size_t length = 0;
    cr_assert_eq(titr_replicate_number("q#12", &length), 12);
    cr_assert_eq(length, 1);
    static const char *const others[] = {"q", "q#", "#1", "q#0", "q#1x", "q#+1", "q#1234567"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        cr_assert_eq(titr_replicate_number(others[i], &length), 0, "%s", others[i]);
        cr_assert_eq(length, strlen(others[i]));
    }
    cr_assert(titr_policy_covers("q", "q#2") && titr_policy_covers("q", "q"));
    cr_assert(titr_policy_covers("q#2", "q#2") && !titr_policy_covers("q#2", "q"));
    cr_assert(!titr_policy_covers("q", "qq#2") && !titr_policy_covers("qq", "q#2"));
}

/* Trainings of q with time in range of 60, 80, 90 and 40 % on one child's two seeds, the second
 * seed always 10 points above; of b 50 and 60 %. */
static titr_summary four_replicates(void)
{
    static const int in_range[] = {6, 8, 9, 4};
    titr_summary s;
    titr_summary_init(&s);
    for (size_t r = 0; r < 4; r++) {
        char name[16];
        (void)snprintf(name, sizeof name, "q#%zu", r + 1);
        add_episode(&s, name, "child#1", 1001, in_range[r], TITR_END_TRUNCATED);
        add_episode(&s, name, "child#1", 1002, in_range[r] + 1, TITR_END_TRUNCATED);
    }
    add_episode(&s, "b", "child#1", 1001, 5, TITR_END_TRUNCATED);
    add_episode(&s, "b", "child#1", 1002, 6, TITR_END_TRUNCATED);
    return s;
}

Test(summary, replicates_share_a_row_and_have_their_own)
{
    titr_summary s = four_replicates();
    titr_error err = {0};
    cr_assert_eq(titr_summary_finish(&s, "b", 7, &err), TITR_OK, "%s", err.what);
    cr_assert(s.n_rows == 2 && s.n_replicates == 4);
    const titr_summary_row *q = titr_summary_find(&s, "q"), *b = titr_summary_find(&s, "b");
    cr_assert(q == &s.row[0] && q->replicates == 4 && q->episodes == 8 && q->children == 1);
    cr_assert(b->replicates == 1 && isnan(b->replicates_iqm.estimate) && isnan(b->replicates_min));
    /* means of 65, 85, 95 and 45 */
    cr_assert_float_eq(q->tir_itt_percent.estimate, 72.5, 1e-12);
    cr_assert_float_eq(titr_summary_mean(&s, q, "tir_itt_percent"), 72.5, 1e-12);
    cr_assert_float_eq(q->replicates_iqm.estimate, 75.0, 1e-12);
    cr_assert_float_eq(q->replicates_min, 45.0, 1e-12);
    cr_assert_float_eq(q->replicates_max, 95.0, 1e-12);
    cr_assert(q->replicates_iqm.lo >= 45.0 && q->replicates_iqm.lo < 75.0);
    cr_assert(q->replicates_iqm.hi <= 95.0 && q->replicates_iqm.hi > 75.0);
    /* over seeds the mean training is 67.5 or 77.5: trainings do not widen this interval */
    cr_assert_float_eq(q->tir_itt_percent.lo, 67.5, 1e-12);
    cr_assert_float_eq(q->tir_itt_percent.hi, 77.5, 1e-12);
    /* paired by child and seed: 67.5 - 50 and 77.5 - 60 */
    cr_assert_eq(q->pairs, 2);
    cr_assert_float_eq(q->tir_itt_difference.estimate, 17.5, 1e-12);
    cr_assert_float_eq(q->tir_itt_difference.lo, 17.5, 1e-12);
    cr_assert_float_eq(titr_summary_find(&s, "q#3")->tir_itt_difference.estimate, 40.0, 1e-12);
    cr_assert_eq(titr_summary_finish(&s, "q", 7, &err), TITR_OK, "%s", err.what);
    b = titr_summary_find(&s, "b");
    cr_assert_eq(b->pairs, 2);
    cr_assert_float_eq(b->tir_itt_difference.estimate, -17.5, 1e-12);
    cr_assert(isnan(titr_summary_find(&s, "q#1")->tir_itt_difference.estimate));
    titr_summary_fini(&s);
}

Test(summary, a_replicate_alone_is_a_policy)
{
    titr_summary s;
    titr_summary_init(&s);
    add_episode(&s, "q#2", "child#1", 1001, 6, TITR_END_TRUNCATED);
    cr_assert_eq(titr_summary_finish(&s, "", 7, NULL), TITR_OK);
    cr_assert(s.n_rows == 1 && s.n_replicates == 0 && s.row[0].replicates == 1);
    cr_assert_str_eq(s.row[0].policy, "q#2");
    titr_summary_fini(&s);
}

Test(summary, table_has_replicates_where_wanted)
{
    titr_summary s = four_replicates();
    char *brief = NULL, *full = NULL;
    cr_assert_eq(titr_summary_finish(&s, "b", 7, NULL), TITR_OK);
    cr_assert_eq(titr_summary_table(&s, TITR_SUMMARY_POLICIES, &brief, NULL), TITR_OK);
    cr_assert_eq(titr_summary_table(&s, TITR_SUMMARY_REPLICATES, &full, NULL), TITR_OK);
    cr_assert_not_null(strstr(brief, "\nq               4  72.5  75.0 ["), "%s", brief);
    cr_assert_null(strstr(brief, "q#"), "%s", brief);
    const char *q = strstr(full, "\nq "), *third = strstr(full, "\nq#3 "),
               *b = strstr(full, "\nb ");
    cr_assert(q != NULL && third > q && b > third, "%s", full);
    free(brief);
    free(full);
    titr_summary_fini(&s);
    s = two_policies();
    cr_assert_eq(titr_summary_finish(&s, "b", 7, NULL), TITR_OK);
    cr_assert_eq(titr_summary_table(&s, TITR_SUMMARY_REPLICATES, &full, NULL), TITR_OK);
    cr_assert_null(strstr(full, "trainings"), "%s", full);
    free(full);
    titr_summary_fini(&s);
}
