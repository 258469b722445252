// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/store/cohort_csv.h
 * @brief A cohort as a CSV that source "file" reads back, bit for bit.
 *
 *   Name,Age,Sex,BW,Height,CR,CF,TDI,Basal,Target,<parameters of the model>
 *
 * Age a, BW kg, Height cm, CR g/U, CF mg/dL/U, TDI U/d, Basal U/h, Target mg/dL: the settings of
 * the first hour of the day. Sex is male, female or empty.
 */
#ifndef TITR_STORE_COHORT_CSV_H
#define TITR_STORE_COHORT_CSV_H

#include "titrate/cohort/cohort.h"

/** @return TITR_ERR_IO with the system's reason; the file is whole or not there. */
titr_status titr_cohort_write_csv(const titr_cohort *cohort, const titr_model_type *model,
                                  const char *path, titr_error *err) TITR_NODISCARD;

#endif
