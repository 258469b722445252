// SPDX-License-Identifier: GPL-3.0-or-later
/* Made-up runs for the store's tests: every value a function of a seed. */
#ifndef TITR_TESTS_STORE_SAMPLE_H
#define TITR_TESTS_STORE_SAMPLE_H

#include "titrate/store/store.h"

typedef struct sample_run {
    uint64_t seed;
    size_t episodes;
    size_t steps;   /* mean per episode; every third episode has none */
    size_t minutes; /* per episode, 0 = not recorded                   */
    size_t states;  /* 0 = not recorded, at most 4                     */
    titr_compression compression;
} sample_run;

/* splitmix64 */
uint64_t sample_next(uint64_t *state);
/* Episode k of the run; `t` initialised. */
void sample_episode(const sample_run *run, size_t k, titr_trajectory *t);
/* States of the run as a table. */
titr_table sample_states(const sample_run *run);
/* Two children with two parameters. @return static */
const titr_cohort *sample_cohort(void);
const titr_model_type *sample_model(void);
/* Write it all: episodes, patients, a training sheet, a manifest. */
titr_status sample_write(const sample_run *run, const char *path, titr_error *err);
/* 1 if both hold the same, bit by bit. */
int sample_equal(const titr_trajectory *a, const titr_trajectory *b);
/* Content of a file and a zero behind it; aborts if it cannot be read. @param[out] bytes or NULL.
 * @return malloc'ed. */
char *sample_slurp(const char *path, size_t *bytes);
/* A fresh empty folder for the calling test, removed by sample_folder_remove. */
void sample_folder(char folder[256]);
void sample_folder_remove(const char *folder);

#endif
