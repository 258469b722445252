// SPDX-License-Identifier: GPL-3.0-or-later
/* Equations (1) to (7) of mpc_model.h.
 * Oracle: a linear plant of the same equations, simulated exactly, whose gains and drift the filter
 * must find, tests/agents/clinical/test_mpc.c. */
#include "mpc_model.h"

#include "titrate/base/math.h"

#include <math.h>
#include <string.h>

#define RESPONSE_STEPS 2000 /* in which a response has peaked */
#define GAIN_LO 0.5         /* of i and m, where they are used */
#define GAIN_HI 2.0

enum { N = TITRI_MPC_N };

static double pole(double interval_min, double time_min)
{
    return titr_exp(-interval_min / time_min);
}

/* Two equal poles in a row. */
static void chain(double pole, double in, double state[2])
{
    state[1] = pole * state[1] + (1.0 - pole) * state[0];
    state[0] = pole * state[0] + in;
}

/* Largest value of the response to one unit through two poles and the return. */
static double peak(double pole, double back)
{
    double state[2] = {1.0, 0.0}, x = 0.0, most = 0.0;
    for (int k = 0; k < RESPONSE_STEPS; k++) {
        x = back * x + (1.0 - pole) * state[1];
        chain(pole, 0.0, state);
        most = fmax(most, x);
    }
    return most;
}

void titri_mpc_model_init(titri_mpc_model *m, const titri_mpc_model_def *def, double interval_min)
{
    m->def = *def;
    m->insulin_pole = pole(interval_min, def->insulin_time_min);
    m->meal_pole = pole(interval_min, def->meal_time_min);
    m->return_pole = pole(interval_min, def->return_time_min);
    m->drift_pole = pole(interval_min, def->drift_time_min);
    m->sensor_pole = pole(interval_min, def->sensor_time_min);
    m->insulin_peak = peak(m->insulin_pole, m->return_pole);
    m->meal_peak = peak(m->meal_pole, m->return_pole);
}

titri_mpc_gains titri_mpc_gains_of(const titri_mpc_model *m, double cr_g_per_u,
                                   double cf_mg_dl_per_u, double weight_kg)
{
    const titri_mpc_model_def *d = &m->def;
    const double meal = d->meal_rise_mg_dl / fmax(weight_kg, 1.0);
    const double by_ratio = titr_pow(cr_g_per_u * meal, d->settings_share);
    const double by_factor = titr_pow(cf_mg_dl_per_u, 1.0 - d->settings_share);
    return (titri_mpc_gains){d->insulin_gain * by_factor * by_ratio, meal};
}

static double stationary(double pole, double step_variance)
{
    return step_variance / (1.0 - pole * pole);
}

void titri_mpc_state_begin(const titri_mpc_model *m, titri_mpc_state *s)
{
    const titri_mpc_model_def *d = &m->def;
    memset(s, 0, sizeof *s);
    s->mean[TITRI_MPC_I] = s->mean[TITRI_MPC_M] = 1.0;
    const double drift = stationary(m->drift_pole, d->drift_sd_mg_dl * d->drift_sd_mg_dl);
    s->covariance[N * TITRI_MPC_X + TITRI_MPC_X] =
        stationary(m->return_pole, d->glucose_sd_mg_dl * d->glucose_sd_mg_dl + drift);
    s->covariance[N * TITRI_MPC_DRIFT + TITRI_MPC_DRIFT] = drift;
    s->covariance[N * TITRI_MPC_ERROR + TITRI_MPC_ERROR] = d->sensor_sd_mg_dl * d->sensor_sd_mg_dl;
    s->covariance[N * TITRI_MPC_I + TITRI_MPC_I] = d->gain_sd * d->gain_sd;
    s->covariance[N * TITRI_MPC_M + TITRI_MPC_M] = d->gain_sd * d->gain_sd;
}

/* Readings have no error beside n, but rounding must not make the covariance indefinite. */
#define READING_VARIANCE 1.0

void titri_mpc_correct(const titri_mpc_model *m, titri_mpc_state *s, double cgm_mg_dl)
{
    double *p = s->covariance, seen[N], gain[N];
    for (size_t i = 0; i < N; i++) {
        seen[i] = p[N * i + TITRI_MPC_X] + p[N * i + TITRI_MPC_ERROR];
    }
    const double variance = seen[TITRI_MPC_X] + seen[TITRI_MPC_ERROR] + READING_VARIANCE;
    const double innovation =
        cgm_mg_dl - m->def.fasting_mg_dl - s->mean[TITRI_MPC_X] - s->mean[TITRI_MPC_ERROR];
    for (size_t i = 0; i < N; i++) {
        gain[i] = seen[i] / variance;
        s->mean[i] += gain[i] * innovation;
    }
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            p[N * i + j] -= gain[i] * seen[j];
        }
    }
}

/* Fall by insulin and rise by the meal in the coming interval, for gains of 1, mg/dL. */
static double fall(const titri_mpc_model *m, titri_mpc_gains gains, const double insulin_u[2])
{
    return gains.insulin_mg_dl_per_u / m->insulin_peak * (1.0 - m->insulin_pole) * insulin_u[1];
}

static double rise(const titri_mpc_model *m, titri_mpc_gains gains, const double meal_g[2])
{
    return gains.meal_mg_dl_per_g / m->meal_peak * (1.0 - m->meal_pole) * meal_g[1];
}

/* covariance = f covariance f^T for the f of (3) to (5). */
static void spread(const titri_mpc_model *m, double down, double up, double *p)
{
    const double pole[N] = {m->return_pole, m->drift_pole, m->sensor_pole, 1.0, 1.0};
    for (int side = 0; side < 2; side++) {
        const size_t row = side ? 1 : N, col = side ? N : 1;
        for (size_t j = 0; j < N; j++) {
            double *at = &p[j * col];
            const double x = m->return_pole * at[TITRI_MPC_X * row] + at[TITRI_MPC_DRIFT * row] -
                             down * at[TITRI_MPC_I * row] + up * at[TITRI_MPC_M * row];
            for (size_t i = 1; i < N; i++) {
                at[i * row] *= pole[i];
            }
            at[TITRI_MPC_X * row] = x;
        }
    }
}

static double square(double x)
{
    return x * x;
}

void titri_mpc_predict(const titri_mpc_model *m, titri_mpc_gains gains, titri_mpc_state *s,
                       double insulin_u)
{
    const titri_mpc_model_def *d = &m->def;
    const double down = fall(m, gains, s->insulin_u), up = rise(m, gains, s->meal_g);
    double *x = s->mean, *p = s->covariance;
    x[TITRI_MPC_X] = m->return_pole * x[TITRI_MPC_X] + x[TITRI_MPC_DRIFT] - down * x[TITRI_MPC_I] +
                     up * x[TITRI_MPC_M];
    x[TITRI_MPC_DRIFT] *= m->drift_pole;
    x[TITRI_MPC_ERROR] *= m->sensor_pole;
    spread(m, down, up, p);
    p[N * TITRI_MPC_X + TITRI_MPC_X] += square(d->glucose_sd_mg_dl);
    p[N * TITRI_MPC_DRIFT + TITRI_MPC_DRIFT] += square(d->drift_sd_mg_dl);
    p[N * TITRI_MPC_ERROR + TITRI_MPC_ERROR] +=
        square(d->sensor_sd_mg_dl) * (1.0 - square(m->sensor_pole));
    chain(m->insulin_pole, insulin_u, s->insulin_u);
    chain(m->meal_pole, 0.0, s->meal_g);
}

void titri_mpc_eat(titri_mpc_state *s, double carbs_g)
{
    s->meal_g[0] += carbs_g;
}

double titri_mpc_gain(const titri_mpc_state *s, size_t which)
{
    return fmin(fmax(s->mean[which], GAIN_LO), GAIN_HI);
}

void titri_mpc_free_response(const titri_mpc_model *m, titri_mpc_gains gains,
                             const titri_mpc_state *s, size_t n, double *glucose_mg_dl)
{
    double x = s->mean[TITRI_MPC_X], drift = s->mean[TITRI_MPC_DRIFT];
    double insulin_u[2], meal_g[2];
    memcpy(insulin_u, s->insulin_u, sizeof insulin_u);
    memcpy(meal_g, s->meal_g, sizeof meal_g);
    const double i = titri_mpc_gain(s, TITRI_MPC_I), c = titri_mpc_gain(s, TITRI_MPC_M);
    for (size_t k = 0; k < n; k++) {
        x = m->return_pole * x + drift - i * fall(m, gains, insulin_u) + c * rise(m, gains, meal_g);
        drift *= m->drift_pole;
        chain(m->insulin_pole, 0.0, insulin_u);
        chain(m->meal_pole, 0.0, meal_g);
        glucose_mg_dl[k] = m->def.fasting_mg_dl + x;
    }
}

void titri_mpc_unit_response(const titri_mpc_model *m, size_t n, double *fall_mg_dl)
{
    double state[2] = {0.0, 0.0}, x = 0.0, in = 1.0;
    for (size_t k = 0; k < n; k++) {
        x = m->return_pole * x + (1.0 - m->insulin_pole) * state[1] / m->insulin_peak;
        chain(m->insulin_pole, in, state);
        in = 0.0;
        fall_mg_dl[k] = x;
    }
}
