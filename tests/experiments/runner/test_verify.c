// SPDX-License-Identifier: GPL-3.0-or-later
/* The solver's error for a set-up: that of a coarse solver is seen, that of a fine one is small,
 * and one that fails is named. */
#include "small.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static titr_verification verify_within(const titr_experiment *e, double within_mg_dl)
{
    titr_verification v;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_verify(e, 0.5, within_mg_dl, NULL, &v, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(v.n, 2);
    cr_assert_str_eq(v.row[0].patient, "child#001");
    cr_assert_str_eq(v.row[1].patient, "child#002");
    return v;
}

static titr_verify_row *verify(const titr_experiment *e)
{
    return verify_within(e, 0.1).row; /* the caller frees it */
}

/* The cheapest step within the bound is recommended, a looser bound a cheaper one; where none is
 * near enough, none. */
Test(verify, recommends_the_cheapest_step_within_the_bound)
{
    static const double bounds_mg_dl[] = {10.0, 1e-2, 1e-4, 1e-9};
    titr_experiment *e = small_experiment(SMALL_BB, "solver.name=cvode", NULL);
    size_t before = 0;
    for (size_t b = 0; b < sizeof bounds_mg_dl / sizeof bounds_mg_dl[0]; b++) {
        titr_verification v = verify_within(e, bounds_mg_dl[b]);
        cr_assert_geq(v.recommended, before);
        for (size_t k = 0; k < v.recommended; k++) {
            cr_assert_gt(v.step[k].worst_mg_dl, bounds_mg_dl[b]);
        }
        if (v.recommended < TITR_VERIFY_STEPS) {
            cr_assert_leq(v.step[v.recommended].worst_mg_dl, bounds_mg_dl[b]);
            cr_assert_not_null(strstr(v.step[v.recommended].patient, "child#00"));
        }
        before = v.recommended;
        titr_verification_fini(&v);
    }
    cr_assert_eq(before, TITR_VERIFY_STEPS, "nothing is within 1e-9 mg/dL");
    small_free(e);
}

/* rk4 at 1 min errs at the meal, by up to 0.2 mg/dL (docs/decisions.md, D28). */
Test(verify, a_coarse_solver_errs_more_than_a_fine_one)
{
    titr_experiment *e = small_experiment(SMALL_BB, NULL);
    titr_verify_row *coarse = verify(e);
    small_free(e);
    e = small_experiment(SMALL_BB, "solver.name=cvode", "solver.rtol=1e-9", NULL);
    titr_verify_row *fine = verify(e);
    small_free(e);
    e = small_experiment(SMALL_BB, "solver.name=rkck", NULL);
    titr_verify_row *fast = verify(e);
    small_free(e);
    for (size_t c = 0; c < 2; c++) {
        cr_assert(coarse[c].worst_mg_dl > 10.0 * fine[c].worst_mg_dl && coarse[c].worst_mg_dl < 0.2,
                  "%g, %g mg/dL", coarse[c].worst_mg_dl, fine[c].worst_mg_dl);
        cr_assert(coarse[c].at_min > SMALL_MEAL_MIN && coarse[c].at_min <= 720.0);
        cr_assert_lt(fine[c].worst_mg_dl, 1e-4);
        cr_assert_lt(fast[c].worst_mg_dl, 1e-3);
        cr_assert(coarse[c].fault[0] == '\0' && fine[c].fault[0] == '\0');
        cr_assert_eq(fast[c].fault[0], '\0');
    }
    free(fast);
    free(coarse);
    free(fine);
}

Test(verify, a_solver_that_fails_is_named)
{
    titr_experiment *e = small_experiment(SMALL_BB, NULL);
    titr_slot_fini(&e->solver);
    e->solver.type = &small_broken;
    titr_verify_row *row = verify(e);
    cr_assert_str_eq(row[0].fault, "non_finite at 60 min");
    free(row);
    small_free(e);
}

Test(verify, stops_when_asked)
{
    titr_experiment *e = small_experiment(SMALL_BB, NULL);
    titr_verification v = {.row = NULL};
    small_watch w;
    titr_error err = {.what = ""};
    small_watch_init(&w, 1);
    small_refused(titr_verify(e, 0.5, 0.1, &w.watch, &v, &err), TITR_ERR_STOPPED, &err, "stopped");
    cr_assert_null(v.row);
    small_free(e);
}
