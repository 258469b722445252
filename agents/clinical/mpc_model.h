// SPDX-License-Identifier: GPL-3.0-or-later
/* The population model of the agent mpc and its state estimator.
 *
 *   insulin   q1' = a q1 + u,  q2' = a q2 + (1-a) q1                           U        (1)
 *   meal      m1' = b (m1 + c),  m2' = b m2 + (1-b) (m1 + c)                   g        (2)
 *   glucose   x'  = g x - i G_I/k_I (1-a) q2 + m G_M/k_M (1-b) m2 + d          mg/dL    (3)
 *   drift     d'  = e d,    sensor error  n' = r n                             mg/dL    (4)
 *   gains     i' = i,  m' = m                                                  1        (5)
 *   reading   CGM = fasting + x + n                                            mg/dL    (6)
 *
 * A prime marks the next decision; u = insulin beyond the scheduled basal, c = announced
 * carbohydrate. (1) and (3) are the third-order model of [vanheusden2012]: insulin reaches glucose
 * through two equal poles, glucose returns by a third. k_I, k_M are the peaks of the responses of
 * (1, 3) and (2, 3) to one unit, so that G_I is the largest fall by 1 U and G_M the largest rise by
 * 1 g. Both come from what the clinic knows:
 *
 *   G_M = meal_rise / weight,    G_I = insulin_gain CF^(1-s) (CR G_M)^s                 (7)
 *
 * (1) and (2) follow from what was given and announced, without an error of their own. What is
 * uncertain, (x, d, n, i, m), is linear in the reading once q2 and m2 are known: a time-varying
 * Kalman filter [kalman1960] estimates it, the child's own gains i and m included. */
#ifndef AGENTS_CLINICAL_MPC_MODEL_H
#define AGENTS_CLINICAL_MPC_MODEL_H

#include <stddef.h>

/* What the model is made of. Times are those after which 1/e is left. */
typedef struct titri_mpc_model_def {
    double insulin_gain, settings_share, meal_rise_mg_dl, fasting_mg_dl;
    double insulin_time_min, meal_time_min, return_time_min, drift_time_min;
    double drift_sd_mg_dl, glucose_sd_mg_dl, gain_sd, sensor_sd_mg_dl, sensor_time_min;
} titri_mpc_model_def;

typedef struct titri_mpc_model {
    titri_mpc_model_def def;
    double insulin_pole, meal_pole, return_pole, drift_pole, sensor_pole;
    double insulin_peak, meal_peak; /* k_I, k_M */
} titri_mpc_model;

/* What the filter estimates. */
enum { TITRI_MPC_X, TITRI_MPC_DRIFT, TITRI_MPC_ERROR, TITRI_MPC_I, TITRI_MPC_M, TITRI_MPC_N };

/* One lane. */
typedef struct titri_mpc_state {
    double insulin_u[2], meal_g[2];               /* q1, q2; m1, m2 */
    double mean[TITRI_MPC_N];                     /* of the estimate */
    double covariance[TITRI_MPC_N * TITRI_MPC_N]; /* symmetric */
} titri_mpc_state;

/* G_I and G_M of a child at a decision. */
typedef struct titri_mpc_gains {
    double insulin_mg_dl_per_u, meal_mg_dl_per_g;
} titri_mpc_gains;

void titri_mpc_model_init(titri_mpc_model *m, const titri_mpc_model_def *def, double interval_min);
/* Equation (7). */
titri_mpc_gains titri_mpc_gains_of(const titri_mpc_model *m, double cr_g_per_u,
                                   double cf_mg_dl_per_u, double weight_kg);
/* Before the first reading: at the fasting value, nothing on board. */
void titri_mpc_state_begin(const titri_mpc_model *m, titri_mpc_state *s);
/* The reading corrects the estimate. */
void titri_mpc_correct(const titri_mpc_model *m, titri_mpc_state *s, double cgm_mg_dl);
/* A meal is announced: c of (2). */
void titri_mpc_eat(titri_mpc_state *s, double carbs_g);
/* One interval passes; u of (1). */
void titri_mpc_predict(const titri_mpc_model *m, titri_mpc_gains gains, titri_mpc_state *s,
                       double insulin_u);
/* Glucose after 1, 2, .. n intervals if nothing but the scheduled basal is given, mg/dL. */
void titri_mpc_free_response(const titri_mpc_model *m, titri_mpc_gains gains,
                             const titri_mpc_state *s, size_t n, double *glucose_mg_dl);
/* Fall after 1, 2, .. n intervals by 1/G_I units given at once, i = 1, mg/dL. */
void titri_mpc_unit_response(const titri_mpc_model *m, size_t n, double *fall_mg_dl);
/* The gain i or m, kept where it makes sense. */
double titri_mpc_gain(const titri_mpc_state *s, size_t which);

#endif
