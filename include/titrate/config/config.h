// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/config/config.h
 * @brief Experiment configs (libconfig syntax) into a titr_experiment.
 *
 * Errors  TITR_ERR_CONFIG; `what` is one line: "file:line: key: problem; expected ...; did you mean
 * ..".
 */
#ifndef TITR_CONFIG_CONFIG_H
#define TITR_CONFIG_CONFIG_H

#include "titrate/runner/robustness.h"

/** Read, apply overrides and check.
 *  @param[in] overrides n texts "key.path=value" (command line -D), value in libconfig syntax; a
 *  bare word is taken as text. Entries of a list go by name or number: "policies.q.tuned=true".
 *  Choosing another part ("sensor.name=cgm_perfect") forgets the old one's options.
 *  @param[out] e owned by the caller, on TITR_OK only: titr_experiment_fini. */
titr_status titr_config_read(const char *path, const char *const *overrides, size_t n,
                             titr_experiment *e, titr_error *err) TITR_NODISCARD;
/** The same, and titr_experiment_rehearse: for whoever is going to run it. */
titr_status titr_config_rehearse(const char *path, const char *const *overrides, size_t n,
                                 titr_experiment *e, titr_error *err) TITR_NODISCARD;
/** titr_config_read for a text in memory. @param[in] name what messages call it; its folder is
 * where included files and data files are looked for. */
titr_status titr_config_read_text(const char *name, const char *text, size_t size,
                                  const char *const *overrides, size_t n, titr_experiment *e,
                                  titr_error *err) TITR_NODISCARD;
/** One cell of the robustness table: the config with the cell's assignments after `overrides`, read
 *  and rehearsed. @param[in] cell of an experiment that was read so. @param[out] out owned by the
 *  caller. @return TITR_ERR_CONFIG; the text begins with "robustness.cells.NAME". */
titr_status titr_config_cell(const char *path, const char *const *overrides, size_t n,
                             const titr_cell_def *cell, titr_experiment *out,
                             titr_error *err) TITR_NODISCARD;

#endif
