// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/cohort/need.h
 * @brief How much insulin a child of an age needs, as clinics have found it.
 *
 *   total    T = (0.75 + 0.28 min(p / 0.6, 1)) (1 - 0.30 s)  U/kg/d                         (1)
 *            p: how far through puberty, 0 to 1; s: how far from stage 5 to 21 years, 0 to 1
 *   basal    share = 0.34 + 0.09 c,  c: how far from 3 to 10 years, 0 to 1                   (2)
 *   food     carbohydrate = half of the energy of a child of low activity                   (3)
 *
 * (1) Before puberty 0.7 [hanas2017] and 0.8 [kerouz1995]; in it 0.94 (46 U at 49 kg, 12 to 15
 *     years, [tidepool_simulator]) to 1.25 [kerouz1995]; a fall of 20 to 30 % to 21 years
 *     [kerouz1995]. The middle of these; that the rise takes the first 0.6 of puberty is assumed.
 * (2) 38 +- 11 % at 7.0 years [hanas2017]; basal insulin of 0.25, 0.33, 0.43 U/kg/d below 6, 12
 *     and 18 years [bachran2012].
 * (3) [iom2005]; carbohydrate 45 to 55 % of the energy [smart2018].
 * A child's own need is spread about (1) with a CV of 15.5 % and about (2) with an SD of 11.5
 * points, independently and within two SDs either way, which leaves 14 % and 10 points; [hanas2017]
 * has 0.7 +- 0.1 U/kg/d and 38 +- 11 %. Fasting glucose is 115 +- 7 mg/dL: in the upper half of 70
 * to 144 mg/dL [ispad2022], above the target of 95 that [hanas2017] set, for the bodies' own is
 * about 140. Assumed.
 */
#ifndef TITR_COHORT_NEED_H
#define TITR_COHORT_NEED_H

#include "titrate/models/patient.h"

/** What a child needs a day, and the glucose that it has on its basal insulin. */
typedef struct titr_need {
    double tdd_u_per_kg;  /* basal and meal insulin of a day            */
    double basal_share;   /* of it, (0, 1)                              */
    double carbs_g;       /* of a day                                   */
    double fasting_mg_dl; /* glucose at rest                            */
} titr_need;

/** Standard normal numbers that tell a child from the mean of its age. */
typedef struct titr_need_z {
    double tdd, share, fasting;
} titr_need_z;

/** (1). @param[in] tempo of its puberty, titrate/models/puberty.h. */
double titr_need_tdd_u_per_kg(titr_sex sex, double age_years, double tempo);
/** (2). */
double titr_need_basal_share(double age_years);
/** (3), g/d. @param[in] patient 1 to 18 years; an unknown sex counts as a boy. */
double titr_need_carbs_g(const titr_patient *patient);
/** A child's own need. @param[in] z each within two either way. */
titr_need titr_need_of(const titr_patient *patient, double tempo, titr_need_z z);

#endif
