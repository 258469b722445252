// SPDX-License-Identifier: GPL-3.0-or-later
/* Against cvode at rtol 1e-12 on a child's morning, its order by halving the step, its faults. */
#include "support/body.h"
#include "titrate/cohort/cohort.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static titr_cohort children(void)
{
    titr_cohort cohort;
    titr_error err;
    const titr_status st = titr_cohort_load(
        &(titr_cohort_request){.source = "s2008-published", .subjects = "children"},
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
static double error_in(body ours, const titr_patient *patient, double meal_g)
{
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

static double error_of(const titr_patient *patient, double step_min, double meal_g)
{
    return error_in(new_body(patient, "rk4", "step_min", step_min), patient, meal_g);
}

/* With steps of 1 min. */
static double error_while_eating(const titr_patient *patient, double steps_while_eating)
{
    titr_slot slot;
    titr_error err;
    body ours;
    cr_assert_eq(titr_slot_init(&slot, titr_solver_find("rk4"), &err), TITR_OK);
    cr_assert(slot_set(slot, "step_min", 1.0));
    cr_assert(slot_set(slot, "steps_while_eating", steps_while_eating));
    cr_assert_eq(body_init(&ours, patient, "safe", slot, &err), TITR_OK, "%s", err.what);
    titr_slot_fini(&slot);
    return error_in(ours, patient, 60.0);
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

/* While food goes in, steps can be cut finer: the error of the meal goes, that of the rest stays.
 */
Test(rk4, shorter_steps_while_eating_take_the_meals_error_away)
{
    titr_cohort cohort = children();
    for (size_t c = 0; c < cohort.n; c++) {
        const titr_patient *patient = &cohort.child[c].patient;
        cr_assert_leq(error_while_eating(patient, 4), 5e-3, "%s", patient->id);
    }
    titr_cohort_fini(&cohort);
}

enum { LANES = 8 };

/* A block of children between two events; lane l begins at `from` and ends at `to`. */
typedef struct block {
    double x[TITR_STATES_MAX * LANES], u[TITR_INPUTS_MAX * LANES], held[TITR_HELD_MAX * LANES];
    double theta[TITR_THETA_MAX * LANES], rows[8 * TITR_STATES_MAX * LANES];
    double from_min[LANES], to_min[LANES];
    titr_flag active[LANES], failed[LANES];
    titr_fault fault[LANES];
} block;

static titr_span span_of(block *b, size_t first, int with_rows)
{
    return (titr_span){.from_min = b->from_min + first,
                       .to_min = b->to_min + first,
                       .active = b->active + first,
                       .x = b->x,
                       .u = b->u,
                       .held = b->held,
                       .theta = b->theta,
                       .minutes = with_rows ? b->rows : NULL,
                       .n_minutes = 8,
                       .failed = b->failed + first,
                       .fault = b->fault + first};
}

/* Child l in lane l, at breakfast for 3 min; each to another end, lane 3 masked. */
static void fill_lane(const titr_model_type *model, const titr_patient *patient, size_t lane,
                      size_t l, block *b)
{
    const titr_event food = {0.0, TITR_EVENT_RATE, 0, 5000.0, 3.0};
    const titr_event insulin = {0.0, TITR_EVENT_RATE, 1, 0.02 * (double)(l + 1), 1.0};
    cr_assert_eq(model->individualise(patient, lane, b->theta, NULL), TITR_OK);
    model->initial(patient, lane, b->x, b->u, b->held);
    if (l % 2 == 0) {
        model->modes[0].at_event(&food, lane, b->x, b->u, b->held, b->theta);
    }
    model->modes[0].at_event(&insulin, lane, b->x, b->u, b->held, b->theta);
    b->from_min[l] = 10.0 * (double)l;
    b->to_min[l] = b->from_min[l] + (l == 5 ? 0.0 : 0.3 + 0.9 * (double)l);
    b->active[l] = l != 3;
}

static titr_solver *make(titr_variant variant)
{
    titr_slot slot;
    titr_solver *solver = NULL;
    const titr_model_type *model = titr_model_variant(titr_model_find("glucose_s2008"), variant);
    cr_assert_eq(titr_slot_init(&slot, titr_solver_find("rk4"), NULL), TITR_OK);
    cr_assert(slot_set(slot, "step_min", 0.7) && slot_set(slot, "steps_while_eating", 3));
    const titr_slot as = {titr_solver_variant(slot.type, variant), slot.def};
    cr_assert_eq(titr_solver_create(as, model, &model->modes[0], &solver, NULL), TITR_OK);
    titr_slot_fini(&slot);
    return solver;
}

/* Lane l of a block is, bit for bit, what it would be alone; its rows too. */
static void compare_lane(const block *wide, block *alone, size_t n, size_t l)
{
    const size_t rows = (size_t)(alone->to_min[l] - alone->from_min[l]);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(memcmp(&wide->x[i * LANES + l], &alone->x[i], sizeof(double)), 0,
                     "lane %zu, state %zu: %.17g, alone %.17g", l, i, wide->x[i * LANES + l],
                     alone->x[i]);
        for (size_t k = 0; k < rows && alone->active[l] && !alone->failed[l]; k++) {
            cr_assert_eq(wide->rows[(k * n + i) * LANES + l], alone->rows[k * n + i]);
        }
    }
    cr_assert_eq(wide->failed[l], alone->failed[l]);
    cr_assert_eq(wide->fault[l].code, alone->fault[l].code);
    cr_assert_eq(wide->fault[l].time_min, alone->fault[l].time_min);
    cr_assert_str_eq(wide->fault[l].state, alone->fault[l].state);
}

static void check_block(titr_variant variant, const titr_cohort *cohort)
{
    const titr_model_type *one = titr_model_find("glucose_s2008");
    const titr_model_type *many = titr_model_variant(one, variant);
    titr_solver *wide_solver = make(variant), *narrow_solver = make(TITR_L1);
    static block wide, alone;
    wide = (block){.failed = {0}};
    for (size_t l = 0; l < LANES; l++) {
        fill_lane(many, &cohort->child[l].patient, l, l, &wide);
    }
    wide.x[3 * LANES + 6] = -1.0;            /* lane 6 begins with a negative mass         */
    wide.theta[8 * LANES + 7] = (double)NAN; /* lane 7 gets what is no number on its way  */
    titr_span span = span_of(&wide, 0, 1);
    cr_assert_eq(titr_solver_advance(wide_solver, &span, NULL), TITR_OK);
    for (size_t l = 0; l < LANES; l++) {
        alone = (block){.failed = {0}};
        fill_lane(one, &cohort->child[l].patient, 0, l, &alone);
        alone.x[3] = l == 6 ? -1.0 : alone.x[3];
        alone.theta[8] = l == 7 ? (double)NAN : alone.theta[8];
        span = span_of(&alone, l, 1);
        cr_assert_eq(titr_solver_advance(narrow_solver, &span, NULL), TITR_OK);
        compare_lane(&wide, &alone, one->states.n, l);
        cr_assert_eq(alone.failed[l], l >= 6);
    }
    titr_solver_destroy(wide_solver);
    titr_solver_destroy(narrow_solver);
}

Test(rk4, each_lane_of_a_block_is_as_if_it_were_alone)
{
    titr_cohort cohort = children();
    for (size_t v = TITR_L8; v < TITR_N_VARIANTS; v++) {
        if (titr_variant_runs((titr_variant)v)) {
            check_block((titr_variant)v, &cohort);
        }
    }
    titr_cohort_fini(&cohort);
}

Test(rk4, a_span_that_runs_backwards_is_refused)
{
    titr_cohort cohort = children();
    titr_error err = {0};
    titr_solver *solver = make(TITR_L8);
    static block b;
    for (size_t l = 0; l < LANES; l++) {
        fill_lane(titr_model_variant(titr_model_find("glucose_s2008"), TITR_L8),
                  &cohort.child[l].patient, l, l, &b);
    }
    b.to_min[2] = b.from_min[2] - 1.0;
    titr_span span = span_of(&b, 0, 0);
    cr_assert_eq(titr_solver_advance(solver, &span, &err), TITR_ERR_ARG);
    cr_assert_not_null(strstr(err.what, "from 20 to 19 min"), "%s", err.what);
    b.active[2] = 0; /* but nobody asks about a lane that is masked */
    cr_assert_eq(titr_solver_advance(solver, &span, &err), TITR_OK);
    titr_solver_destroy(solver);
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

#define MARK (-1e9) /* in a row: never written */

/* Rows k of lane l are written for k < `rows` and for no other. */
static void expect_rows(const block *b, const titr_model_type *model, size_t l, size_t rows)
{
    for (size_t i = 0; i < model->states.n * 8; i++) {
        const double value = b->rows[i * model->lanes + l];
        cr_assert_eq(value != MARK, i < model->states.n * rows, "lane %zu, number %zu", l, i);
    }
}

/* Insulin is drawn out of lane 0's skin, whose first store runs dry after some whole minutes; lane
 * 1 ends at half a minute, lane 2 is masked. */
static void fill_draining(const titr_model_type *model, const titr_cohort *cohort, block *b)
{
    *b = (block){.failed = {0}};
    for (size_t l = 0; l < model->lanes; l++) {
        const titr_event insulin = {100.0, TITR_EVENT_RATE, 1, -0.08, 8.0};
        cr_assert_eq(model->individualise(&cohort->child[l].patient, l, b->theta, NULL), TITR_OK);
        model->initial(&cohort->child[l].patient, l, b->x, b->u, b->held);
        if (l == 0) {
            model->modes[0].at_event(&insulin, l, b->x, b->u, b->held, b->theta);
        }
        b->from_min[l] = 100.0;
        b->to_min[l] = l == 1 ? 102.5 : 108.0;
        b->active[l] = l != 2;
    }
    for (size_t i = 0; i < sizeof b->rows / sizeof b->rows[0]; i++) {
        b->rows[i] = MARK;
    }
}

static void drain(titr_variant variant, const titr_cohort *cohort)
{
    const titr_model_type *model = titr_model_variant(titr_model_find("glucose_s2008"), variant);
    titr_solver *solver = make(variant);
    static block b, before;
    fill_draining(model, cohort, &b);
    before = b;
    titr_span span = span_of(&b, 0, 1);
    span.n_minutes = 7;
    cr_assert_eq(titr_solver_advance(solver, &span, NULL), TITR_OK);
    cr_assert_eq(b.failed[0], 1);
    cr_assert_eq(b.fault[0].code, TITR_FAULT_NEGATIVE_MASS);
    cr_assert_str_eq(b.fault[0].state, "isc1_pmol_kg");
    const size_t whole = (size_t)(b.fault[0].time_min - b.from_min[0]) - 1;
    cr_assert(whole >= 2 && whole < 7, "%zu whole minutes before the fault", whole);
    for (size_t l = 0; l < model->lanes; l++) {
        expect_rows(&b, model, l, l == 0 ? whole : l == 1 ? 2 : l == 2 ? 0 : 7);
        for (size_t i = 0; i < model->states.n && l % 2 == 0 && l <= 2; i++) {
            const size_t at = i * model->lanes + l;
            cr_assert_eq(b.x[at], before.x[at], "lane %zu, state %zu", l, i);
        }
    }
    titr_solver_destroy(solver);
}

Test(rk4, a_fault_after_whole_minutes_takes_its_lane_back_to_the_beginning)
{
    titr_cohort cohort = children();
    for (size_t v = 0; v < TITR_N_VARIANTS; v++) {
        if (titr_variant_runs((titr_variant)v)) {
            drain((titr_variant)v, &cohort);
        }
    }
    titr_cohort_fini(&cohort);
}

Test(rk4, what_is_no_number_at_the_beginning_is_a_fault_there)
{
    enum { GS = 12 };
    static const double wrong[] = {HUGE_VAL, -HUGE_VAL, (double)NAN};
    static const char *const mode[] = {"safe", "faithful"};
    titr_cohort cohort = children();
    for (size_t i = 0; i < 6; i++) {
        titr_slot slot;
        titr_error err;
        body b;
        cr_assert_eq(titr_slot_init(&slot, titr_solver_find("rk4"), &err), TITR_OK);
        cr_assert_eq(body_init(&b, &cohort.child[0].patient, mode[i / 3], slot, &err), TITR_OK);
        titr_slot_fini(&slot);
        b.x[GS] = wrong[i % 3];
        cr_assert_eq(body_advance(&b, 1.0, NULL, &err), TITR_OK);
        cr_assert_eq(b.fault.code, TITR_FAULT_NON_FINITE);
        cr_assert_eq(b.fault.time_min, 0.0);
        cr_assert_str_eq(b.fault.state, b.model->states.row[GS].name);
        body_fini(&b);
    }
    titr_cohort_fini(&cohort);
}
