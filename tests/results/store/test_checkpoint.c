// SPDX-License-Identifier: GPL-3.0-or-later
/* State visitor on HDF5: what was saved is loaded, to the bit; anything else is refused. */
#include "sample.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[256];
static char path[300];

static void setup(void)
{
    sample_folder(folder);
    (void)snprintf(path, sizeof path, "%s/agent.h5", folder);
}

static void teardown(void)
{
    sample_folder_remove(folder);
}

TestSuite(checkpoint, .init = setup, .fini = teardown);

typedef struct state {
    double q[3][4];
    float replay[300][1001]; /* more than one chunk */
    int64_t steps;
    int32_t bins[5];
    uint32_t key;
    unsigned char mask[2];
    size_t q_rows;     /* to provoke another shape    */
    titr_dtype q_type; /* and another type            */
    const char *q_name;
} state;

static state make_state(int filled)
{
    static state s;
    memset(&s, 0, sizeof s);
    s.q_rows = 3;
    s.q_type = TITR_F64;
    s.q_name = "values";
    for (size_t i = 0; filled && i < sizeof s.replay / sizeof s.replay[0][0]; i++) {
        s.replay[i / 1001][i % 1001] = (float)i * 0.5F;
    }
    if (filled) {
        s.q[1][2] = 1.0 / 3.0;
        s.q[2][3] = (double)-INFINITY;
        s.q[0][0] = -0.0;
        s.steps = INT64_MIN + 7;
        s.bins[4] = -5;
        s.key = 4294967295U;
        s.mask[1] = 255;
    }
    return s;
}

static titr_status visit(void *ctx, titr_visitor *v, titr_error *err)
{
    state *s = ctx;
    const size_t q_shape[] = {s->q_rows, 4};
    const size_t replay_shape[] = {300, 1001};
    TITR_TRY(titr_visit_enter(v, "agent", err));
    TITR_TRY(titr_visit_enter(v, "q", err));
    TITR_TRY(titr_state_visit(v, s->q_name, s->q_type, 2, q_shape, s->q, err));
    TITR_TRY(titr_state_visit(v, "steps", TITR_I64, 0, NULL, &s->steps, err));
    TITR_TRY(titr_visit_leave(v, err));
    TITR_TRY(titr_state_visit(v, "replay", TITR_F32, 2, replay_shape, s->replay, err));
    TITR_TRY(titr_visit_vector(v, "bins", TITR_I32, 5, s->bins, err));
    TITR_TRY(titr_visit_leave(v, err));
    TITR_TRY(titr_visit_vector(v, "key", TITR_U32, 1, &s->key, err));
    TITR_TRY(titr_visit_vector(v, "nothing", TITR_F64, 0, NULL, err));
    return titr_visit_vector(v, "mask", TITR_U8, 2, s->mask, err);
}

Test(checkpoint, what_was_saved_is_loaded)
{
    static state saved;
    static state loaded;
    titr_error err = {.what = ""};
    saved = make_state(1);
    loaded = make_state(0);
    cr_assert_eq(titr_checkpoint_save(path, "{\"seed\": 1}", visit, &saved, &err), TITR_OK, "%s",
                 err.what);
    cr_assert_eq(titr_checkpoint_load(path, "{\"seed\": 1}", visit, &loaded, &err), TITR_OK, "%s",
                 err.what);
    cr_assert_eq(memcmp(saved.q, loaded.q, sizeof saved.q), 0);
    cr_assert_eq(memcmp(saved.replay, loaded.replay, sizeof saved.replay), 0);
    cr_assert_eq(memcmp(saved.bins, loaded.bins, sizeof saved.bins), 0);
    cr_assert_eq(loaded.steps, INT64_MIN + 7);
    cr_assert_eq(loaded.key, 4294967295U);
    cr_assert_eq(loaded.mask[1], 255);
}

static void check_refused(state *s, const char *reason)
{
    titr_error err = {.what = ""};
    cr_assert_eq(titr_checkpoint_load(path, NULL, visit, s, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, reason), "%s", err.what);
}

Test(checkpoint, another_make_is_refused)
{
    static state s;
    titr_error err = {.what = ""};
    s = make_state(1);
    cr_assert_eq(titr_checkpoint_save(path, "{\"seed\": 1}", visit, &s, &err), TITR_OK);
    s.q_rows = 2;
    check_refused(&s, "/state/agent/q/values has shape 3 x 4, expected 2 x 4");
    s.q_rows = 3;
    s.q_type = TITR_I64;
    check_refused(&s, "/state/agent/q/values has another type");
    s.q_type = TITR_F64;
    s.q_name = "weights";
    check_refused(&s, "has no /state/agent/q/weights");
    s.q_name = "values";
    cr_assert_eq(titr_checkpoint_load(path, "{\"seed\": 2}", visit, &s, &err), TITR_ERR_CONFIG);
    cr_assert(strstr(err.what, "its manifest has {\"seed\": 1}, expected {\"seed\": 2}"), "%s",
              err.what);
    cr_assert_eq(titr_checkpoint_load(path, NULL, visit, &s, &err), TITR_OK, "%s", err.what);
}

Test(checkpoint, bad_names_are_refused_and_nothing_is_left)
{
    static state s;
    static const char *const names[] = {"", "a/b", "."};
    titr_error err = {.what = ""};
    s = make_state(1);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        s.q_name = names[i];
        cr_assert_eq(titr_checkpoint_save(path, NULL, visit, &s, &err), TITR_ERR_ARG);
        cr_assert_eq(access(path, F_OK), -1);
    }
    s.q_name = "steps"; /* twice the same name */
    cr_assert_eq(titr_checkpoint_save(path, NULL, visit, &s, &err), TITR_ERR_IO);
    cr_assert(strstr(err.what, "/state/agent/q/steps"), "%s", err.what);
    cr_assert_eq(access(path, F_OK), -1);
}

typedef struct few {
    double q[6];
    int64_t steps;
} few;

static titr_status visit_few(void *ctx, titr_visitor *v, titr_error *err)
{
    few *f = ctx;
    TITR_TRY(titr_visit_vector(v, "q", TITR_F64, 6, f->q, err));
    return titr_visit_vector(v, "steps", TITR_I64, 1, &f->steps, err);
}

Test(checkpoint, flipped_bits, .timeout = 300)
{
    static const few saved = {{1.0, -2.0, 1.0 / 3.0, 4.0, 5.0, 6.0}, 1234567};
    few loaded = saved;
    titr_error err = {.what = ""};
    uint64_t random = 3;
    struct stat st;
    cr_assert_eq(titr_checkpoint_save(path, "{}", visit_few, &loaded, &err), TITR_OK);
    cr_assert_eq(stat(path, &st), 0);
    const int fd = open(path, O_RDWR);
    for (size_t i = 0; i < 1000; i++) {
        const off_t at = (off_t)(sample_next(&random) % (uint64_t)st.st_size);
        unsigned char byte = 0;
        cr_assert_eq(pread(fd, &byte, 1, at), 1);
        const unsigned char flipped = (unsigned char)(byte ^ (1U << (sample_next(&random) % 8)));
        cr_assert_eq(pwrite(fd, &flipped, 1, at), 1);
        memset(&loaded, 0, sizeof loaded);
        if (titr_checkpoint_load(path, "{}", visit_few, &loaded, &err) == TITR_OK) {
            cr_assert_eq(memcmp(&loaded, &saved, sizeof saved), 0, "byte %lld", (long long)at);
        }
        cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
    }
    (void)close(fd);
}

Test(checkpoint, runs_and_checkpoints_are_told_apart)
{
    static state s;
    static const sample_run run = {1, 1, 5, 0, 0, TITR_COMPRESS_NONE};
    titr_error err = {.what = ""};
    titr_reader *r = NULL;
    s = make_state(1);
    cr_assert_eq(titr_checkpoint_save(path, NULL, visit, &s, &err), TITR_OK);
    cr_assert_eq(titr_reader_open(path, &r, &err), TITR_ERR_CONFIG);
    cr_assert(strstr(err.what, "is a titrate checkpoint, expected a titrate run"), "%s", err.what);
    cr_assert_eq(sample_write(&run, path, &err), TITR_OK);
    check_refused(&s, "is a titrate run, expected a titrate checkpoint");
}
