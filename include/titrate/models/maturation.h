// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/models/maturation.h
 * @brief How mature a child's organs are: kidneys and enzymes of the liver by age.
 *
 * Shapes  scalars
 * Units   years of age; weeks of post-menstrual age (PMA); mL/min
 * Errors  none: arguments out of range give NAN
 */
#ifndef TITR_MODELS_MATURATION_H
#define TITR_MODELS_MATURATION_H

#include "titrate/models/patient.h"

#include <stddef.h>

/** Weeks before birth of a child born at term. */
#define TITR_TERM_WEEKS 40.0

/** Post-menstrual age of a child born at term: 40 + 52.18 age. @param[in] age_years >= 0. */
double titr_pma_weeks(double age_years);
/** PMA^hill / (tm50^hill + PMA^hill), 0 to 1 [anderson2008]. @param[in] pma_weeks, tm50_weeks, hill
 *  > 0. Busulfan's clearance has 45.7 and 2.3 [mccune2014]. */
double titr_maturation(double pma_weeks, double tm50_weeks, double hill);

/** Glomerular filtration, mL/min: 121.2 (W / 70)^0.75 PMA^3.4 / (47.7^3.4 + PMA^3.4)
 *  [rhodin2009]. @param[in] weight_kg, pma_weeks > 0. */
double titr_gfr_ml_min(double weight_kg, double pma_weeks);
/** Estimated filtration, mL/min/1.73 m2: 0.413 H / creatinine [schwartz2009]. @param[in] height_cm,
 *  creatinine_mg_dl > 0, enzymatic assay. */
double titr_egfr_bedside(double height_cm, double creatinine_mg_dl);
/** The same with the constants of the older assay (Jaffe): 0.45 below 1 year (0.33 born before
 *  term), 0.7 of boys from 13 years, else 0.55 [schwartz1987]. */
double titr_egfr_schwartz(titr_sex sex, double age_years, int preterm, double height_cm,
                          double creatinine_mg_dl);

/** Expression of an enzyme or transporter as part of an adult's:
 *    birth + (most - birth) a^n / (a50^n + a^n),  a = min(age, cap)                          (1) */
typedef struct titr_enzyme {
    const char *name;                 /* "CYP3A4" */
    double most, birth, a50_years, n; /* of (1) */
    double cap_years;                 /* ages beyond count as this */
    const char *source;
} titr_enzyme;
/** All of them in the order of their names. @return static array of *n. */
const titr_enzyme *titr_enzymes(size_t *n);
/** @return static, NULL where there is none of this name. */
const titr_enzyme *titr_enzyme_find(const char *name);
/** (1). @param[in] age_years >= 0. */
double titr_enzyme_share(const titr_enzyme *enzyme, double age_years);

#endif
