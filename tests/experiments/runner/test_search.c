// SPDX-License-Identifier: GPL-3.0-or-later
/* Searches whose best is known: what is found, and how many trials it took. */
#include "runner/search.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { MOST = 400 };

static const titr_tune_axis axes[] = {
    {"a", {{1.0, 2.0, 3.0, 4.0, 5.0}, 5}},
    {"b", {{10.0, 20.0, 30.0, 40.0}, 4}},
    {"c", {{0.1, 0.2, 0.4}, 3}},
};

/* What was asked for. */
typedef struct diary {
    double seen[MOST][3];
    size_t n, fail_at;
    int kind; /* 0 a hill, 1 a ridge that no single option climbs, 2 level ground, 3 no number */
} diary;

static double height(int kind, const double *v)
{
    const double hill = -fabs(v[0] - 4.0) - fabs(v[1] - 20.0) / 10.0 - fabs(v[2] - 0.4);
    const int both = v[0] == 5.0 && v[1] == 40.0;
    return kind == 0 ? hill : kind == 1 ? 10.0 * both : kind == 2 ? 1.0 : (double)NAN;
}

static titr_status score(void *context, size_t trial, const double *v, double *out, titr_error *err)
{
    diary *d = context;
    cr_assert_eq(trial, d->n);
    cr_assert_lt(d->n, MOST);
    for (size_t i = 0; i < d->n; i++) {
        cr_assert_neq(memcmp(d->seen[i], v, sizeof d->seen[i]), 0, "tried again: trial %zu", i);
    }
    memcpy(d->seen[d->n++], v, sizeof d->seen[0]);
    *out = height(d->kind, v);
    return d->n == d->fail_at ? titr_fail(err, TITR_ERR_SOLVER, "no") : TITR_OK;
}

static titri_search search_of(diary *d, size_t most)
{
    return (titri_search){.axis = axes,
                          .n_axes = 3,
                          .most = most,
                          .key = {.seed = 4, .purpose = TITR_PURPOSE_TUNE},
                          .score = score,
                          .context = d};
}

static size_t run(diary *d, size_t most, double *value, double *best)
{
    const titri_search s = search_of(d, most);
    size_t tried = 0;
    titr_error err = {.what = ""};
    cr_assert_eq(titri_search_run(&s, value, best, &tried, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(tried, d->n);
    cr_assert_leq(tried, most);
    return tried;
}

Test(search, one_option_after_the_other_climbs_a_hill)
{
    static diary d;
    double value[3] = {2.5, 33.0, 0.3}, best = 0.0; /* on no axis */
    (void)run(&d, 25, value, &best);
    cr_assert(value[0] == 4.0 && value[1] == 20.0 && value[2] == 0.4);
    cr_assert_eq(best, 0.0);
    cr_assert(d.seen[0][0] == 2.5 && d.seen[0][1] == 33.0 && d.seen[0][2] == 0.3);
}

Test(search, chance_finds_what_single_options_do_not)
{
    static diary d = {.kind = 1};
    double value[3] = {1.0, 10.0, 0.1}, best = 0.0;
    const size_t tried = run(&d, MOST, value, &best);
    cr_assert(value[0] == 5.0 && value[1] == 40.0);
    cr_assert(tried > 30 && tried <= 60, "%zu trials", tried); /* 60 are all there are */
}

Test(search, of_equals_the_first_stands_and_trials_are_counted)
{
    static diary d = {.kind = 2}, e = {.kind = 2};
    double value[3] = {2.5, 33.0, 0.3}, best = 0.0;
    cr_assert_eq(run(&d, 1, value, &best), 1);
    cr_assert_eq(run(&e, 20, value, &best), 20);
    cr_assert(value[0] == 2.5 && value[1] == 33.0 && value[2] == 0.3);
}

Test(search, nothing_is_better_than_no_number)
{
    static diary d = {.kind = 3};
    double value[3] = {1.0, 10.0, 0.1}, best = 0.0;
    (void)run(&d, 12, value, &best);
    cr_assert_eq(best, -HUGE_VAL);
    cr_assert(value[0] == 1.0 && value[1] == 10.0 && value[2] == 0.1);
}

Test(search, what_a_trial_refuses_ends_it)
{
    static diary d = {.fail_at = 5};
    const titri_search s = search_of(&d, 100);
    double value[3] = {1.0, 10.0, 0.1}, best = 0.0;
    size_t tried = 0;
    titr_error err = {.what = ""};
    cr_assert_eq(titri_search_run(&s, value, &best, &tried, &err), TITR_ERR_SOLVER);
    cr_assert_str_eq(err.what, "no");
}
