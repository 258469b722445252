// SPDX-License-Identifier: GPL-3.0-or-later
/* Against cvode at rtol 1e-12 on a child's morning, its order by halving the step, its faults. */
#include "support/body.h"
#include "titrate/cohort/cohort.h"

#include <criterion/criterion.h>
#include <math.h>

static titr_cohort children(void)
{
    titr_cohort cohort;
    titr_error err;
    const titr_status st = titr_cohort_load("s2008-published", "", "children",
                                            titr_model_find("glucose_s2008"), &cohort, &err);
    cr_assert_eq(st, TITR_OK, "%s", err.what);
    return cohort;
}

static body new_body(const titr_patient *patient, const char *solver, const char *option,
                     double value)
{
    titr_slot slot;
    titr_error err;
    body b;
    cr_assert_eq(titr_slot_init(&slot, titr_solver_find(solver), &err), TITR_OK);
    cr_assert(slot_set(slot, option, value));
    cr_assert_eq(body_init(&b, patient, "safe", slot, &err), TITR_OK, "%s", err.what);
    titr_slot_fini(&slot);
    return b;
}

/* Largest difference from the reference over 8 h; `meal_g` at 60 min with a bolus. */
static double error_of(const titr_patient *patient, double step_min, double meal_g)
{
    body ours = new_body(patient, "rk4", "step_min", step_min);
    body tight = new_body(patient, "cvode", "rtol", 1e-12);
    double worst = 0.0;
    for (int k = 0; k < 480; k++) {
        const double food_g = k == 60 ? meal_g : 0.0;
        const double insulin_u = k == 60 ? 2.0 : (k % 8 == 0 ? 0.05 : 0.0);
        titr_error err;
        cr_assert_eq(body_minute(&ours, food_g, insulin_u, &err), TITR_OK);
        cr_assert_eq(body_minute(&tight, food_g, insulin_u, &err), TITR_OK);
        cr_assert(ours.fault.code == TITR_FAULT_NONE && tight.fault.code == TITR_FAULT_NONE);
        const double off =
            fabs(body_output(&ours, "glucose_mg_dl") - body_output(&tight, "glucose_mg_dl"));
        worst = off > worst ? off : worst;
    }
    body_fini(&ours);
    body_fini(&tight);
    return worst;
}

Test(rk4, error_against_cvode_within_the_prototypes_figures)
{
    titr_cohort cohort = children();
    for (size_t c = 0; c < cohort.n; c++) {
        const titr_patient *patient = &cohort.child[c].patient;
        cr_assert_leq(error_of(patient, 1.0, 60.0), 0.2, "%s at 1 min", patient->id);
        cr_assert_leq(error_of(patient, 0.5, 60.0), 0.02, "%s at 0.5 min", patient->id);
    }
    titr_cohort_fini(&cohort);
}

/* Without a meal nothing is kinked on the way: the error falls by 2^4 when the step is halved. */
Test(rk4, is_of_order_four)
{
    titr_cohort cohort = children();
    const titr_patient *patient = &cohort.child[0].patient;
    const double coarse = error_of(patient, 1.0, 0.0), fine = error_of(patient, 0.5, 0.0);
    cr_assert(coarse / fine > 11.0 && coarse / fine < 22.0, "%g / %g", coarse, fine);
    titr_cohort_fini(&cohort);
}

Test(rk4, faults_name_the_state_and_leave_it_as_it_was)
{
    titr_cohort cohort = children();
    titr_error err;
    body b = new_body(&cohort.child[0].patient, "rk4", "step_min", 1.0);
    const double kept = b.x[3];
    b.theta[0] = (double)NAN;
    for (size_t i = 0; i < b.model->n_theta; i++) {
        b.theta[i] = (double)NAN;
    }
    cr_assert_eq(body_advance(&b, 2.0, NULL, &err), TITR_OK);
    cr_assert_eq(b.fault.code, TITR_FAULT_NON_FINITE);
    cr_assert(b.fault.state[0] != '\0' && b.x[3] == kept);
    body_fini(&b);
    b = new_body(&cohort.child[0].patient, "rk4", "step_min", 1.0);
    b.x[3] = -1.0;
    cr_assert_eq(body_advance(&b, 2.0, NULL, &err), TITR_OK);
    cr_assert_eq(b.fault.code, TITR_FAULT_NEGATIVE_MASS);
    cr_assert_str_eq(b.fault.state, b.model->states.row[3].name);
    cr_assert_eq(b.fault.value, -1.0);
    body_fini(&b);
    titr_cohort_fini(&cohort);
}
