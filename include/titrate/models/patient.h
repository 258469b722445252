// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/models/patient.h
 * @brief One virtual child as a model sees it: covariates and the model's own parameters.
 */
#ifndef TITR_MODELS_PATIENT_H
#define TITR_MODELS_PATIENT_H

#include <stdint.h>

#define TITR_ID_MAX 32     /* bytes of an identifier, terminating zero included */
#define TITR_PARAMS_MAX 64 /* parameters of any model                           */

/** Sex as growth and energy needs know it. */
typedef enum titr_sex { TITR_SEX_UNKNOWN, TITR_SEX_MALE, TITR_SEX_FEMALE } titr_sex;

/** One virtual child; read-only once it has been checked. */
typedef struct titr_patient {
    char id[TITR_ID_MAX]; /* e.g. "child#001"                                              */
    uint32_t key;         /* titr_hash32(id): selects the child's random streams           */
    double age_years;     /* [0, 120]; the published table has adults too                  */
    double weight_kg;     /* (0, 250]                                                      */
    double height_cm;     /* (0, 250]                                                      */
    titr_sex sex;         /* UNKNOWN is allowed */
    double params[TITR_PARAMS_MAX]; /* in the order of the model's params table */
} titr_patient;

#endif
