// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/report/cohort_picture.h
 * @brief A cohort by age beside what clinics have found, as one SVG.
 */
#ifndef TITR_REPORT_COHORT_PICTURE_H
#define TITR_REPORT_COHORT_PICTURE_H

#include "titrate/cohort/clinic.h"

/** @param[in] is [cohort->n], titr_cohort_measure. @param[in] title e.g. the experiment's name.
 *  @param[out] svg owned by the caller. */
titr_status titr_cohort_picture(const titr_cohort *cohort, const titr_measured *is,
                                const char *title, char **svg, titr_error *err) TITR_NODISCARD;

#endif
