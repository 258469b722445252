// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/glucose_reference.h
 * @brief Compares the bodies with trajectories of the peers' own equations.
 *
 * A folder of that format has a manifest.json and one file per case: minute by minute the state and
 * the inputs of the coming minute. Files that the manifest does not list are compared too, by their
 * name.
 *
 *   glucose_s2008    <group>_<number>_<case>[_legacyDbar].csv.gz; the manifest's `files` name file,
 *                    patient and case. Only announced food and insulin are read; eating is
 * titrate's own. glucose_hovorka  hovorka2004_BW<kg>_<case>.csv.gz; `hovorka2004_files.files` name
 * file, BW and the peer's 15 parameters P (without it: the model's defaults). The case begins in
 * the basal steady state at its first glucose.
 *
 * Bounds  |x - ref| / max(|ref|, 1e-3) <= 1e-6 for each state and |glucose - ref| <= 1e-4 mg/dL in
 *         each minute up to the manifest's compare_only_up_to_t.
 * Spans   end where an input changes, so a night without food or a new rate is one span.
 */
#ifndef TITR_TESTS_SUPPORT_GLUCOSE_REFERENCE_H
#define TITR_TESTS_SUPPORT_GLUCOSE_REFERENCE_H

#include <stddef.h>
#include <stdio.h>

#define REFERENCE_STATE_BOUND 1e-6
#define REFERENCE_GLUCOSE_BOUND 1e-4
/** The manifest asks for rtol <= 1e-9. CVODE's rtol bounds one step, and errors add up: at 1e-9 two
 *  of 48 cases miss the states' bound where X (x7) crosses zero (docs/decisions.md, D17). */
#define REFERENCE_RTOL 1e-12

typedef struct reference_result {
    size_t n_files, compared, ok;
    size_t failed;         /* cases that could not be compared: unreadable or unknown patient */
    double worst;          /* largest difference over its bound           */
    double glucose, state; /* largest differences: mg/dL, relative        */
    char worst_file[256];  /* empty if none was compared                  */
} reference_result;

/** Compare every case of `folder` at CVODE's `rtol`. @param[in] out one line per case; NULL =
 * silent.
 *  @return 0 when the folder cannot be opened. */
int reference_compare(const char *folder, double rtol, FILE *out, reference_result *result);
/** 1 if something was compared and all is within bounds. */
int reference_holds(const reference_result *result);

#endif
