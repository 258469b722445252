// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/runner/robustness.h
 * @brief How policies fare when the world is not as they were trained and set for.
 *
 *   experiment --lab--> trained agents, titrated settings --+--> nominal cell = titr_evaluate
 *                                                           +--> cell: other world, same episodes
 *
 * A cell is a copy of the experiment with a few keys changed. Policies, what they learned, what was
 * tuned for them and their settings stay those of the experiment; children, seeds and random
 * streams too, so that each cell pairs with the nominal one episode by episode.
 *
 * Files   FOLDER/NAME.robustness.h5: the nominal cell as a run file, and the table in sheets
 *         robustness/POLICY/...; NAME.robustness.partial.h5 only after an interruption.
 */
#ifndef TITR_RUNNER_ROBUSTNESS_H
#define TITR_RUNNER_ROBUSTNESS_H

#include "titrate/runner/runner.h"
#include "titrate/stats/robustness.h"

/** Assignments in a cell. */
#define TITR_CELL_KEYS_MAX 16

/** A cell's assignments, cut apart. */
typedef struct titr_cell_keys {
    size_t n;                                     /* how many there are */
    char text[TITR_CELL_KEYS_MAX][TITR_TEXT_MAX]; /* "key=VALUE" each */
} titr_cell_keys;

/** The cells that a config without robustness.cells has. */
void titr_cells_default(titr_experiment *e);
/** Cut "KEY = VALUE; .." apart at semicolons outside quotes and brackets.
 *  @return TITR_ERR_CONFIG for what is no assignment, or a key that would need policies trained
 *  anew or episodes that do not pair; the text names neither cell nor file. */
titr_status titr_cell_cut(const titr_cell_def *cell, titr_cell_keys *out,
                          titr_error *err) TITR_NODISCARD;

/** Evaluate every policy in the nominal world and in every cell, and write NAME.robustness.h5.
 *  @param[in] cell [e->robustness.n_cells] the experiment as each cell changes it.
 *  @param[in] resume 1: episodes found in NAME.robustness.partial.h5 are taken over.
 *  @param[out] out the table, owned by the caller.
 *  @return TITR_ERR_CONFIG without cells or with a task, which has no children. */
titr_status titr_robustness_run(const titr_experiment *e, const titr_experiment *cell, int resume,
                                const titr_watch *watch, titr_robustness *out,
                                titr_error *err) TITR_NODISCARD;

#endif
