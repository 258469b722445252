// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/models/body_size.h
 * @brief Body surface, fat-free mass and allometry from weight, height, age and sex.
 *
 * Shapes  scalars
 * Units   kg, cm, years, m2
 * Errors  none: arguments out of range give NAN
 */
#ifndef TITR_MODELS_BODY_SIZE_H
#define TITR_MODELS_BODY_SIZE_H

#include "titrate/models/patient.h"

/** Weight of the adult whom allometry refers to. */
#define TITR_STANDARD_WEIGHT_KG 70.0

/** kg/m2. @param[in] weight_kg, height_cm > 0. */
double titr_bmi_kg_m2(double weight_kg, double height_cm);

/** Formulas of body surface area. */
typedef enum titr_bsa_formula {
    TITR_BSA_MOSTELLER,    /* sqrt(H W / 3600) [mosteller1987]                  */
    TITR_BSA_HAYCOCK,      /* 0.024265 H^0.3964 W^0.5378 [haycock1978]          */
    TITR_BSA_DUBOIS,       /* 0.007184 H^0.725 W^0.425 [dubois1916]             */
    TITR_BSA_GEHAN_GEORGE, /* 0.0235 H^0.42246 W^0.51456 [gehan1970]            */
    TITR_N_BSA
} titr_bsa_formula;
/** m2. @param[in] weight_kg, height_cm > 0. */
double titr_bsa_m2(titr_bsa_formula formula, double weight_kg, double height_cm);

/** Formulas of fat-free mass. */
typedef enum titr_ffm_formula {
    TITR_FFM_ALSALLAMI, /* from 3 years; the adults' times what is missing with age [alsallami2015]
                         */
    TITR_FFM_JANMAHASATIAN /* adults [janmahasatian2005] */
} titr_ffm_formula;
/** Fat-free mass, kg.
 *    adult  male 9270 W / (6680 + 216 BMI), female 9270 W / (8780 + 244 BMI) [janmahasatian2005]
 *    child  adult (0.88 + 0.12 / (1 + (age / 13.4)^-12.7)), girls
 *           adult (1.11 - 0.11 / (1 + (age / 7.1)^-1.1)) [alsallami2015]
 *  @param[in] age_years > 0; read for children's. @return NAN for an unknown sex. */
double titr_ffm_kg(titr_ffm_formula formula, titr_sex sex, double age_years, double weight_kg,
                   double height_cm);

/** (W / 70 kg)^exponent: 0.75 for clearances and flows, 1 for volumes, -0.25 for rates
 *  [anderson2008]. @param[in] weight_kg > 0. */
double titr_allometry(double weight_kg, double exponent);

#endif
