// SPDX-License-Identifier: GPL-3.0-or-later
/* Settings that are wrong on purpose: how wrong, and for whom. */
#include "runner/unsettle.h"

#include "titrate/base/rng.h"

#include <criterion/criterion.h>
#include <math.h>

enum { DRAWS = 20000 };

static titr_therapy flat(void)
{
    titr_therapy t;
    titr_therapy_flat(&t, 0.4, 20.0, 80.0, 120.0, 18.0);
    return t;
}

static double log_sd(double sum, double squares)
{
    return sqrt(squares / DRAWS - (sum / DRAWS) * (sum / DRAWS));
}

/* ln of basal is off by cv sqrt(1 + 1/4), that of the daily total by cv. */
Test(unsettle, errors_have_the_spread_that_was_asked_for)
{
    const titr_therapy own = flat();
    double sum[2] = {0.0, 0.0}, square[2] = {0.0, 0.0}, together = 0.0;
    for (uint32_t k = 0; k < DRAWS; k++) {
        const titr_therapy t =
            titri_unsettle(&own, (titr_rng_key){.seed = 3, .patient = 9, .episode = k}, 0.2);
        const double off[2] = {log(t.basal_u_per_h[3] / 0.4), log(t.tdi_u_per_day / 18.0)};
        for (int i = 0; i < 2; i++) {
            sum[i] += off[i];
            square[i] += off[i] * off[i];
        }
        together += off[0] * -log(t.cr_g_per_u[3] / 20.0);
        cr_assert_eq(t.target_mg_dl[0], 120.0);
        cr_assert_eq(t.cf_mg_dl_per_u[0], t.cf_mg_dl_per_u[23]);
    }
    cr_assert_float_eq(log_sd(sum[0], square[0]), 0.2 * sqrt(1.25), 0.005);
    cr_assert_float_eq(log_sd(sum[1], square[1]), 0.2, 0.005);
    cr_assert_float_eq(sum[0] / DRAWS, 0.0, 0.006);
    /* more basal goes with a stronger CR: they share the common factor */
    cr_assert_float_eq(together / DRAWS, 0.04, 0.003);
}

Test(unsettle, an_episode_has_its_own_error_and_keeps_it)
{
    const titr_therapy own = flat();
    const titr_rng_key key = {.seed = 3, .patient = 9, .episode = 1},
                       other = {.seed = 3, .patient = 9, .episode = 2};
    const titr_therapy a = titri_unsettle(&own, key, 0.2), b = titri_unsettle(&own, key, 0.2);
    const titr_therapy c = titri_unsettle(&own, other, 0.2), none = titri_unsettle(&own, key, 0.0);
    cr_assert_eq(a.cf_mg_dl_per_u[5], b.cf_mg_dl_per_u[5]);
    cr_assert_neq(a.cf_mg_dl_per_u[5], c.cf_mg_dl_per_u[5]);
    cr_assert_eq(none.basal_u_per_h[5], 0.4);
    cr_assert_eq(none.tdi_u_per_day, 18.0);
}

static titr_child published(void)
{
    titr_child child = {.patient = {.id = "child#005", .weight_kg = 37.8}};
    const titr_model_type *model = titr_model_find("glucose_s2008");
    for (size_t i = 0; i < model->params.n; i++) {
        child.patient.params[i] = model->params.row[i].init;
    }
    return child;
}

/* dx/dt of the child at its own basal steady state. */
static void at_rest(const titr_child *child, double dxdt[TITR_STATES_MAX])
{
    const titr_model_type *model = titr_model_find("glucose_s2008");
    double x[TITR_STATES_MAX], u[TITR_INPUTS_MAX], held[TITR_HELD_MAX], theta[TITR_THETA_MAX];
    const double t_min = 0.0;
    titr_error err;
    cr_assert_eq(model->individualise(&child->patient, 0, theta, &err), TITR_OK);
    model->initial(&child->patient, 0, x, u, held);
    model->modes[0].rhs(&t_min, x, u, held, theta, dxdt);
}

Test(unsettle, a_body_that_answers_differently_rests_where_it_did)
{
    const titr_child own = published();
    const titr_model_type *model = titr_model_find("glucose_s2008");
    const size_t ka1 = titr_table_find(model->params, "ka1");
    const size_t kp3 = titr_table_find(model->params, "kp3");
    double before[TITR_STATES_MAX], after[TITR_STATES_MAX], sum = 0.0, squares = 0.0;
    at_rest(&own, before);
    for (uint32_t k = 0; k < DRAWS; k++) {
        const titr_child other =
            titri_unsettle_body(&own, model, (titr_rng_key){.seed = 3, .episode = k}, 0.3);
        const double off = log(other.patient.params[ka1] / own.patient.params[ka1]);
        sum += off;
        squares += off * off;
        cr_assert_eq(other.patient.params[kp3], own.patient.params[kp3]);
        at_rest(&other, after);
        for (size_t i = 0; i < model->states.n; i++) {
            cr_assert_float_eq(after[i], before[i], 1e-9, "%s", model->states.row[i].name);
        }
    }
    cr_assert_float_eq(log_sd(sum, squares), 0.3, 0.006);
}
