// SPDX-License-Identifier: GPL-3.0-or-later
/* What an exported policy does not depend on, and what is refused. Its values are checked by
 * onnx_by_hand.py and ./dev validate onnx. */
#include "support/onnx_cases.h"

#include "support/allocations.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t load(const char *path, unsigned char *bytes, size_t size)
{
    FILE *f = fopen(path, "rb");
    cr_assert_not_null(f);
    const size_t n = fread(bytes, 1, size, f);
    (void)fclose(f);
    cr_assert_lt(n, size);
    return n;
}

Test(onnx, the_same_policy_gives_the_same_bytes)
{
    static unsigned char a[1 << 17], b[1 << 17];
    char path[] = "/tmp/titrate_onnx_XXXXXX";
    const int fd = mkstemp(path);
    const titr_onnx_about about = onnx_case_about();
    onnx_case c;
    titr_error err;
    cr_assert_geq(fd, 0);
    (void)close(fd);
    cr_assert_eq(onnx_case_init(&c, 6, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_onnx_write(&c.view, &about, path, &err), TITR_OK, "%s", err.what);
    const size_t n = load(path, a, sizeof a);
    cr_assert_eq(titr_onnx_write(&c.view, &about, path, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(load(path, b, sizeof b), n);
    cr_assert_arr_eq(a, b, n);
    c.params[0] += 1.0F;
    cr_assert_eq(titr_onnx_write(&c.view, &about, path, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(load(path, b, sizeof b), n);
    cr_assert_neq(memcmp(a, b, n), 0);
    (void)remove(path);
    onnx_case_fini(&c);
}

Test(onnx, what_does_not_fit_the_network_is_refused)
{
    const titr_onnx_about about = onnx_case_about();
    onnx_case c;
    titr_error err;
    cr_assert_eq(onnx_case_init(&c, 2, &err), TITR_OK, "%s", err.what);
    titr_network_view bad[8];
    for (size_t i = 0; i < 8; i++) {
        bad[i] = c.view;
    }
    bad[0].head = TITR_HEAD_IMPLICIT;
    bad[1].cvar = 0.0;
    bad[2].cvar = 1.5;
    bad[3].clip = 0.0;
    bad[4].n_obs = 2;
    bad[5].clip = (double)NAN;
    bad[6].cvar = (double)NAN;
    bad[7].head = TITR_HEAD_CATEGORICAL;
    bad[7].atom = NULL;
    for (size_t i = 0; i < 8; i++) {
        cr_assert_eq(titr_onnx_write(&bad[i], &about, "/tmp/titrate_never.onnx", &err),
                     TITR_ERR_ARG, "view %zu", i);
        cr_assert_neq(access("/tmp/titrate_never.onnx", F_OK), 0, "nothing is written");
    }
    cr_assert_eq(titr_onnx_write(&c.view, &about, "/nonexistent/policy.onnx", &err), TITR_ERR_IO);
    onnx_case_fini(&c);
}

static titr_status attempt(void *context, titr_error *err)
{
    const onnx_case *c = context;
    const titr_onnx_about about = onnx_case_about();
    char path[] = "/tmp/titrate_onnx_XXXXXX";
    const int fd = mkstemp(path);
    if (fd >= 0) {
        (void)close(fd);
    }
    const titr_status status = titr_onnx_write(&c->view, &about, path, err);
    (void)remove(path);
    return status;
}

Test(onnx, lack_of_memory_is_told)
{
    onnx_case c;
    titr_error err;
    cr_assert_eq(onnx_case_init(&c, 22, &err), TITR_OK, "%s", err.what);
    cr_assert_geq(allocations_fail_each(attempt, &c, 1), 5);
    onnx_case_fini(&c);
}
