// SPDX-License-Identifier: GPL-3.0-or-later
/* Made-up runs from the command line, for the scripts beside this file.
 *
 *   store_tool write FILE SEED EPISODES STEPS MINUTES STATES none|gzip
 *   store_tool check FILE       read everything; exit 1 and one line when it is refused
 *   store_tool speed FILE EPISODES none|gzip    decisions per second, written and read back
 */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static titr_compression compression_of(const char *name)
{
    return strcmp(name, "gzip") == 0 ? TITR_COMPRESS_GZIP : TITR_COMPRESS_NONE;
}

static titr_status check(const char *path, titr_error *err)
{
    titr_reader *r = NULL;
    char hex[TITR_SHA256_HEX] = "";
    TITR_TRY(titr_reader_open(path, &r, err));
    titr_trajectory t;
    titr_trajectory_init(&t);
    titr_status status = titr_reader_verify(r, err);
    for (size_t k = 0; k < titr_reader_episodes(r) && status == TITR_OK; k++) {
        status = titr_reader_episode(r, k, &t, err);
    }
    if (status == TITR_OK) {
        status = titr_reader_sha256(r, hex, err);
    }
    titr_trajectory_fini(&t);
    titr_reader_close(r);
    if (status == TITR_OK) {
        (void)printf("%s\n", hex);
    }
    return status;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

/* A fortnight of 5-minute decisions as a simulation makes them: smooth glucose, sensor noise,
 * doses in pump steps, most columns constant for long. */
static void plausible_episode(uint64_t *state, titr_trajectory *t)
{
    double glucose = 120.0;
    titr_trajectory_clear(t);
    for (size_t i = 0; i < 4032; i++) {
        const double noise = (double)(sample_next(state) % 2000) / 100.0 - 10.0;
        const float basal = 0.05F * (float)(sample_next(state) % 8);
        glucose += 0.1 * noise + 0.02 * (130.0 - glucose);
        const titr_step row = {.time_min = 5.0F * (float)i,
                               .glucose_mg_dl = (float)glucose,
                               .plasma_glucose_mg_dl = (float)(glucose * 1.01),
                               .cgm_mg_dl = (float)(glucose + noise),
                               .iob_u = basal * 0.3F,
                               .action_level = (int16_t)(sample_next(state) % 5),
                               .dose_proposed_basal_u_per_h = basal,
                               .dose_given_basal_u_per_h = basal,
                               .propensity = 1.0F,
                               .elapsed_min = 5.0F,
                               .carbs_g = i % 72 < 2 ? 25.0F : 0.0F,
                               .insulin_u = basal / 12.0F,
                               .basal_insulin_u = basal / 12.0F,
                               .programmed_basal_u_per_h = basal,
                               .reward = (float)(-0.01 * noise * noise)};
        if (titr_trajectory_append(t, &row, NULL) != TITR_OK) {
            abort();
        }
    }
}

enum { N_KINDS = 8 }; /* different episodes, so that gzip cannot point back at the last one */

static titr_status write_and_read(const char *path, size_t episodes, titr_compression compression,
                                  titr_error *err)
{
    titr_writer *w = NULL;
    titr_reader *r = NULL;
    titr_trajectory t[N_KINDS];
    struct timespec start;
    uint64_t state = 5;
    for (size_t i = 0; i < N_KINDS; i++) {
        titr_trajectory_init(&t[i]);
        plausible_episode(&state, &t[i]);
    }
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    TITR_TRY(titr_writer_open(path, compression, 0, NULL, &w, err));
    for (size_t k = 0; k < episodes; k++) {
        TITR_TRY(titr_writer_append(w, &t[k % N_KINDS], err));
    }
    TITR_TRY(titr_writer_commit(w, err));
    const double rows = (double)episodes * (double)t[0].n;
    const double written = seconds_since(&start);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    TITR_TRY(titr_reader_open(path, &r, err));
    for (size_t k = 0; k < episodes; k++) {
        TITR_TRY(titr_reader_episode(r, k, &t[0], err));
    }
    titr_reader_close(r);
    (void)printf("%.0f decisions: write %.3g /s, read %.3g /s\n", rows, rows / written,
                 rows / seconds_since(&start));
    for (size_t i = 0; i < N_KINDS; i++) {
        titr_trajectory_fini(&t[i]);
    }
    return TITR_OK;
}

int main(int argc, char **argv)
{
    titr_error err = {.what = "usage: see the head of store_tool.c"};
    titr_status status = TITR_ERR_ARG;
    if (argc == 9 && strcmp(argv[1], "write") == 0) {
        const sample_run run = {.seed = strtoull(argv[3], NULL, 10),
                                .episodes = strtoul(argv[4], NULL, 10),
                                .steps = strtoul(argv[5], NULL, 10),
                                .minutes = strtoul(argv[6], NULL, 10),
                                .states = strtoul(argv[7], NULL, 10),
                                .compression = compression_of(argv[8])};
        status = sample_write(&run, argv[2], &err);
    } else if (argc == 3 && strcmp(argv[1], "check") == 0) {
        status = check(argv[2], &err);
    } else if (argc == 5 && strcmp(argv[1], "speed") == 0) {
        status = write_and_read(argv[2], strtoul(argv[3], NULL, 10), compression_of(argv[4]), &err);
    }
    if (status != TITR_OK) {
        (void)fprintf(stderr, "%s\n", err.what);
    }
    return status == TITR_OK ? 0 : 1;
}
