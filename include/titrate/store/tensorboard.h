// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/store/tensorboard.h
 * @brief Curves as event files, which TensorBoard and the programs that read its files show.
 *
 *   FOLDER/events.out.tfevents.titrate: one folder is one run in the display; it shows all folders
 *   below the one it is started on (`tensorboard --logdir`).
 *
 * Format  TFRecord: length (8 bytes, little end first), masked CRC-32C of it, data, masked CRC-32C
 *         of them; data are Event messages with a wall time, a step and one scalar. Single
 * precision. Resume  a file that exists is gone on with: what a crash left incomplete at its end,
 * and what was written after the step of the checkpoint that the training goes on from, is cut off.
 * Errors  TITR_ERR_IO with the system's reason; TITR_ERR_CONFIG for a file that is no event file.
 * Threads one writer per thread.
 */
#ifndef TITR_STORE_TENSORBOARD_H
#define TITR_STORE_TENSORBOARD_H

#include "titrate/base/status.h"

#include <stdint.h>

/** An event file being written; its inside is private. */
typedef struct titr_tensorboard titr_tensorboard;

/** Open FOLDER's event file for appending; FOLDER is made if it is missing, as are those above it.
 *  @param[in] keep_to_step events up to this step are kept, up to the first beyond it; INT64_MAX:
 *  all; negative: none, the file is begun anew. Steps must not go back.
 *  @param[in] wall_s time of a file that is begun, seconds since 1970.
 *  @param[out] out owned by the caller: titr_tensorboard_close. */
titr_status titr_tensorboard_open(const char *folder, int64_t keep_to_step, double wall_s,
                                  titr_tensorboard **out, titr_error *err) TITR_NODISCARD;
/** One point of the curve `tag`, e.g. "train/reward". Not on disk before a flush.
 *  @param[in] wall_s time, seconds since 1970. @param[in] step >= 0.
 *  @return TITR_ERR_ARG for an empty tag or a negative step. */
titr_status titr_tensorboard_scalar(titr_tensorboard *t, double wall_s, int64_t step,
                                    const char *tag, double value, titr_error *err) TITR_NODISCARD;
/** What was written is in the file from now on, whatever happens to the process. */
titr_status titr_tensorboard_flush(titr_tensorboard *t, titr_error *err) TITR_NODISCARD;
/** Flush and release, in any case; NULL is fine. */
titr_status titr_tensorboard_close(titr_tensorboard *t, titr_error *err) TITR_NODISCARD;

#endif
