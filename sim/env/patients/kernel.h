// SPDX-License-Identifier: GPL-3.0-or-later
/* One decision interval of a block of lanes; compiled once per variant (titrate/base/lanes.h).
 *
 *   plan.c    doses --> pump, menu --> mouth: what each minute brings
 *   step.c    minutes --> spans of constant inputs --> solver --> glucose, sensor, end, reward
 *   clinic.c  what the clinic then knows
 */
#ifndef SIM_ENV_PATIENTS_KERNEL_H
#define SIM_ENV_PATIENTS_KERNEL_H

#include "patients.h"

#include "titrate/base/lanes.h"

/* How the rest of the environment calls a variant. */
struct titri_kernel {
    /* Play one interval. @param[in] dose of the whole environment, [n]. */
    titr_status (*step)(titri_patients *env, titri_work *work, size_t block, const titr_dose *dose,
                        titr_error *err);
    /* First reading, and the record at an episode's start. */
    void (*begin)(titri_patients *env, size_t lane);
};

/* The block at hand and what its lanes do in this interval. */
typedef struct titri_play {
    titri_patients *env;
    titri_work *work;
    titri_block b;
    titr_flag runs[TITR_LANES];   /* takes part in this interval */
    titr_flag lives[TITR_LANES];  /* has not ended yet           */
    titr_flag active[TITR_LANES]; /* takes part in this span     */
    titr_flag failed[TITR_LANES]; /* its solver gave up          */
    double from_min[TITR_LANES], to_min[TITR_LANES];
    double lived_min[TITR_LANES]; /* minutes of the interval behind the lane */
    double before_mg_dl[TITR_LANES], bolus_u[TITR_LANES];
    double iob_u[TITR_LANES], bolus_iob_u[TITR_LANES];
} titri_play;

/* What the interval brings, minute by minute, into the work's insulin_u and carbs_g. */
void TITR_SYMBOL(titri_plan)(titri_play *p, const titr_dose *dose);
/* Lanes `lived` to the end of the interval's minute `minute`: read their sensors. Its first is 1; 0
 * is where an episode begins. */
void TITR_SYMBOL(titri_clinic_read)(titri_play *p, size_t minute, const titr_flag *lived);
/* Note what the interval gave, and sum up the insulin on board.
 * @param[in] basal_u [L] delivered as basal minus scheduled. */
void TITR_SYMBOL(titri_clinic_note)(titri_play *p, const double *basal_u);
/* A decision is due in the lanes that run: its reading joins the history. */
void TITR_SYMBOL(titri_clinic_turn)(titri_play *p);
/* Fill the record and mask of the lanes that run. */
void TITR_SYMBOL(titri_clinic_fill)(titri_play *p);
/* An episode begins in `lane`: all readings before it are its first. */
void TITR_SYMBOL(titri_clinic_begin)(titri_patients *env, size_t lane);

#endif
