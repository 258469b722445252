// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/units.h
 * @brief The only place where unit factors stand. Canonical units: min, mg/dL, U, mg, kg, cm.
 */
#ifndef TITR_BASE_UNITS_H
#define TITR_BASE_UNITS_H

/** Minutes of an hour. */
#define TITR_MIN_PER_HOUR 60.0
/** Minutes of a day. */
#define TITR_MIN_PER_DAY 1440.0
/** Milligrams of a gram. */
#define TITR_MG_PER_G 1000.0
/** 1 U of insulin = 6000 pmol (the convention of the S2008 model; 1 U = 6 nmol). */
#define TITR_PMOL_PER_U 6000.0
/** Milligrams of a millimole of glucose (molar mass 180.16 g/mol). */
#define TITR_MG_PER_MMOL 180.16
/** mg/dL of glucose in 1 mmol/L: for display, and at the border of a body that computes in mmol. */
#define TITR_MG_DL_PER_MMOL_L 18.016

#endif
