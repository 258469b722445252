// SPDX-License-Identifier: GPL-3.0-or-later
/* What is written comes back, to the last bit; equal content is an equal file. */
#include "sample.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char folder[256];
static char path[300];

static void setup(void)
{
    sample_folder(folder);
    (void)snprintf(path, sizeof path, "%s/run.h5", folder);
}

static void teardown(void)
{
    sample_folder_remove(folder);
}

TestSuite(store, .init = setup, .fini = teardown);

static void check_round_trip(const sample_run *run)
{
    titr_error err = {.what = ""};
    titr_reader *r = NULL;
    titr_trajectory expected;
    titr_trajectory got;
    titr_trajectory_init(&expected);
    titr_trajectory_init(&got);
    cr_assert_eq(sample_write(run, path, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_open(path, &r, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_episodes(r), run->episodes);
    /* backwards, so that no order is taken for granted */
    for (size_t k = run->episodes; k-- > 0;) {
        sample_episode(run, k, &expected);
        cr_assert_eq(titr_reader_episode(r, k, &got, &err), TITR_OK, "%s", err.what);
        cr_assert(sample_equal(&expected, &got), "episode %zu differs", k);
    }
    cr_assert_eq(titr_reader_verify(r, &err), TITR_OK, "%s", err.what);
    titr_reader_close(r);
    titr_trajectory_fini(&got);
    titr_trajectory_fini(&expected);
}

Test(store, round_trip)
{
    static const sample_run runs[] = {
        {1, 0, 0, 0, 0, TITR_COMPRESS_GZIP}, /* empty run                    */
        {2, 3, 0, 0, 0, TITR_COMPRESS_NONE}, /* episodes without a step      */
        {3, 1, 7, 0, 0, TITR_COMPRESS_GZIP},         {4, 7, 40, 0, 0, TITR_COMPRESS_NONE},
        {5, 7, 40, 200, 0, TITR_COMPRESS_GZIP},      {6, 7, 40, 0, 4, TITR_COMPRESS_GZIP},
        {7, 7, 40, 90, 3, TITR_COMPRESS_NONE},       {8, 1200, 2, 0, 0, TITR_COMPRESS_GZIP},
        {9, 6, 40000, 30000, 2, TITR_COMPRESS_GZIP}, /* more than one chunk of each  */
    };
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        check_round_trip(&runs[i]);
    }
}
