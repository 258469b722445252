// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/store/store.h
 * @brief Runs on disk (HDF5): trajectories, patients, training curves, metrics, manifest,
 * checkpoints.
 *
 *   titr_writer: NAME.tmp in the same folder -> close -> fsync -> rename -> fsync folder
 *
 * A file under its final name is always whole; it is never updated in place. The layout is
 * described in docs/file-format.md; schema version in the attribute `schema_version` of the root
 * group.
 *
 * Errors   TITR_ERR_IO (with the system's reason: full disk, no permission), TITR_ERR_CONFIG for a
 *          file that is truncated, damaged, foreign, or of a newer schema.
 * Threads  one writer or reader per thread. A writer compresses with as many OpenMP threads as
 * there were when it was opened, outside of HDF5's global lock; its file does not depend on them.
 * Memory   a writer's does not grow with the episodes, see docs/file-format.md.
 */
#ifndef TITR_STORE_STORE_H
#define TITR_STORE_STORE_H

#include "titrate/base/visit.h"
#include "titrate/cohort/cohort.h"
#include "titrate/store/trajectory.h"

/** Of the files that this program writes. */
#define TITR_SCHEMA_VERSION 1

/** Of columns, on disk. */
typedef enum titr_compression { TITR_COMPRESS_NONE, TITR_COMPRESS_GZIP } titr_compression;

/** A small named table of numbers and texts, e.g. a learning curve or the comparison. */
typedef struct titr_sheet_column {
    const char *name, *unit, *doc; /* column name, UCUM, one line */
    const double *number;          /* [rows], or NULL: text is used */
    const char *const *text;       /* [rows]                         */
} titr_sheet_column;

/** A run being written; its inside is private. */
typedef struct titr_writer titr_writer;

/** Start NAME.tmp. Refuses when the folder is missing or not writable.
 *  @param[in] panels [TITR_N_PANELS] columns of each recorded panel (rows borrowed until commit),
 * an empty table: not recorded; NULL: none. */
titr_status titr_writer_open(const char *path, titr_compression compression, int with_minutes,
                             const titr_table *panels, titr_writer **out,
                             titr_error *err) TITR_NODISCARD;
/** A run on a benchmark task: the same without what has to do with children: glucose, doses,
 *  minutes. Of a trajectory it stores time_min, action_level, propensity, elapsed_min and reward.
 */
titr_status titr_writer_open_task(const char *path, titr_compression compression,
                                  const titr_table *panels, titr_writer **out,
                                  titr_error *err) TITR_NODISCARD;
/** Append one episode: /steps, /minutes and a row of /episodes. */
titr_status titr_writer_append(titr_writer *w, const titr_trajectory *t,
                               titr_error *err) TITR_NODISCARD;
/** Sheets "patients" (covariates and model parameters, one row per child) and
 *  "published_settings" (one row per child and hour), and the cohort's note. */
titr_status titr_writer_patients(titr_writer *w, const titr_cohort *cohort,
                                 const titr_model_type *model, titr_error *err) TITR_NODISCARD;
/** A table under `group`, e.g. "training/q/fold_1" or "metrics/episodes". */
titr_status titr_writer_sheet(titr_writer *w, const char *group, const titr_sheet_column *column,
                              size_t n_columns, size_t rows, titr_error *err) TITR_NODISCARD;
/** /manifest: one JSON text. */
titr_status titr_writer_manifest(titr_writer *w, const char *json, titr_error *err) TITR_NODISCARD;
/** Close, fsync, rename. The writer is released in any case; on failure NAME.tmp is removed. */
titr_status titr_writer_commit(titr_writer *w, titr_error *err) TITR_NODISCARD;
/** Remove NAME.tmp and release; NULL is fine. */
void titr_writer_abort(titr_writer *w);

/** A whole file takes another name in the same folder, in place of a file that has it: fsync,
 * rename, fsync folder. On failure each keeps its name. */
titr_status titr_file_rename(const char *from, const char *to, titr_error *err) TITR_NODISCARD;

/** An open run; its inside is private. */
typedef struct titr_reader titr_reader;
/** Open and check the layout. @param[out] out owned by the caller: titr_reader_close. */
titr_status titr_reader_open(const char *path, titr_reader **out, titr_error *err) TITR_NODISCARD;
/** NULL is fine. */
void titr_reader_close(titr_reader *r);
/** TITR_ERR_ARG if `path` names the file that is read: nothing may be written over it. */
titr_status titr_reader_spare(const titr_reader *r, const char *path,
                              titr_error *err) TITR_NODISCARD;
/** 1 if the run is one on a benchmark task: its trajectories have no glucose and no doses (NaN;
 *  whole numbers 0). */
int titr_reader_of_task(const titr_reader *r);
/** Number of episodes. */
size_t titr_reader_episodes(const titr_reader *r);
/** Read episode k into `t` (initialised; its old rows are forgotten). */
titr_status titr_reader_episode(titr_reader *r, size_t k, titr_trajectory *t,
                                titr_error *err) TITR_NODISCARD;
/** Only the row of /episodes: policy, patient, seed, end, number of steps in t->n; no columns. */
titr_status titr_reader_episode_header(titr_reader *r, size_t k, titr_trajectory *t,
                                       titr_error *err) TITR_NODISCARD;
/** Manifest text. @return borrowed until close. */
const char *titr_reader_manifest(const titr_reader *r);
/** What was derived or assumed of the children (titr_cohort's note), "" if nothing is known.
 *  @return borrowed until close. */
const char *titr_reader_cohort_note(const titr_reader *r);
/** Names of a panel's columns, in the order of a trajectory's rows. @return borrowed until close;
 *  *n = 0: it was not recorded. */
const char *const *titr_reader_panel(const titr_reader *r, titr_panel panel, size_t *n);
/** Number `column` of sheet `group`, e.g. "patients". @param[out] values malloc'ed, caller frees.
 *  @return TITR_ERR_NOT_FOUND when there is no such column. */
titr_status titr_reader_sheet_numbers(titr_reader *r, const char *group, const char *column,
                                      double **values, size_t *rows,
                                      titr_error *err) TITR_NODISCARD;
/** Text `column` of sheet `group`. @param[out] texts one malloc'ed block of pointers and bytes. */
titr_status titr_reader_sheet_texts(titr_reader *r, const char *group, const char *column,
                                    char ***texts, size_t *rows, titr_error *err) TITR_NODISCARD;
/** 1 if a group or dataset of that path exists. */
int titr_reader_has(titr_reader *r, const char *path);
/** Calls `found` for every direct member of `group`, in name order. */
titr_status titr_reader_list(titr_reader *r, const char *group,
                             void (*found)(void *ctx, const char *name), void *ctx,
                             titr_error *err) TITR_NODISCARD;
/** Read every dataset once, so that damage anywhere is found (Fletcher32). */
titr_status titr_reader_verify(titr_reader *r, titr_error *err) TITR_NODISCARD;

#define TITR_SHA256_HEX 65 /* bytes of a SHA-256 as text, terminating zero included */
/** SHA-256 of the trajectories as stored (/episodes, /steps, /minutes, /states), whatever the
 *  compression and the manifest. */
titr_status titr_reader_sha256(titr_reader *r, char hex[TITR_SHA256_HEX],
                               titr_error *err) TITR_NODISCARD;

/** Save through `visit` into a file of its own (tmp, fsync, rename). */
titr_status titr_checkpoint_save(const char *path, const char *manifest_json,
                                 titr_status (*visit)(void *ctx, titr_visitor *v, titr_error *err),
                                 void *ctx, titr_error *err) TITR_NODISCARD;
/** Load through `visit`; the saved manifest must equal `manifest_json` unless that is NULL. After a
 *  failure the values visited before it are loaded and the others are not: do not go on. */
titr_status titr_checkpoint_load(const char *path, const char *manifest_json,
                                 titr_status (*visit)(void *ctx, titr_visitor *v, titr_error *err),
                                 void *ctx, titr_error *err) TITR_NODISCARD;

#endif
