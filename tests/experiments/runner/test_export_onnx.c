// SPDX-License-Identifier: GPL-3.0-or-later
/* A policy's network leaves the program with its names; who has none, or several, is told so. The
 * policies here are of a kind made for these tests. */
#include "small.h"

#include "support/onnx_cases.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    (void)def;
    (void)context;
    onnx_case *c = calloc(1, sizeof *c);
    cr_assert_not_null(c);
    const titr_status status = onnx_case_init(c, 2, err);
    *self = c;
    return status;
}

static void destroy(void *self)
{
    if (self != NULL) {
        onnx_case_fini(self);
        free(self);
    }
}

static titr_status network(const void *self, titr_network_view *out, titr_error *err)
{
    (void)err;
    *out = ((const onnx_case *)self)->view;
    return TITR_OK;
}

static const titr_agent_type deep = {
    .part = {.name = "deep", .doc = "for these tests", .source = "titrate"},
    .create = create,
    .destroy = destroy,
    .network = network,
};

#define SIX                                                                                        \
    "{ name = \"six\"; agent = \"constant_level\"; observe = ( { name = \"cgm\"; history = 3; }, " \
    "{ name = \"iob\"; }, { name = \"time_left\"; }, { name = \"age\"; } ); }"

/* Bytes of the file as text: what is searched has no zeros. */
static char *load(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *bytes = malloc(1 << 16);
    cr_assert(f != NULL && bytes != NULL);
    *n = fread(bytes, 1, 1 << 16, f);
    (void)fclose(f);
    return bytes;
}

static int holds(const char *bytes, size_t n, const char *text)
{
    const size_t length = strlen(text);
    for (size_t i = 0; i + length <= n; i++) {
        if (memcmp(bytes + i, text, length) == 0) {
            return 1;
        }
    }
    return 0;
}

Test(export_onnx, names_of_observables_and_levels_go_with_the_network)
{
    titr_experiment *e = small_experiment(SIX, "actions.levels=[0.0,0.5,1.0,1.5,2.0]", NULL);
    titr_error err = {.what = ""};
    size_t n;
    small_folder(e);
    titr_slot_fini(&e->policy[0].agent);
    e->policy[0].agent.type = &deep;
    const char *path = small_path(e, ".onnx");
    cr_assert_eq(titr_export_onnx(e, NULL, NULL, path, NULL, &err), TITR_OK, "%s", err.what);
    char *bytes = load(path, &n);
    static const char *const words[] = {"cgm_mg_dl, 0 decisions ago",
                                        "cgm_mg_dl, 2 decisions ago",
                                        "time_left_min",
                                        "mg/dL",
                                        "not a medical device",
                                        "titrate_version",
                                        "small",
                                        "six",
                                        "deep"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        cr_assert(holds(bytes, n, words[i]), "%s is missing", words[i]);
    }
    free(bytes);
    (void)unlink(path);
    small_folder_remove(e);
    small_free(e);
}

Test(export_onnx, who_has_no_network_or_several_is_told_so)
{
    titr_experiment *e = small_experiment(SMALL_BB ", " SMALL_Q, NULL);
    titr_error err = {.what = ""};
    small_refused(titr_export_onnx(e, "bb", NULL, "/tmp/titrate_no.onnx", NULL, &err), TITR_ERR_ARG,
                  &err, "has no network");
    small_refused(titr_export_onnx(e, "q", NULL, "/tmp/titrate_no.onnx", NULL, &err), TITR_ERR_ARG,
                  &err, "--patient");
    small_refused(titr_export_onnx(e, "qq", NULL, "/tmp/titrate_no.onnx", NULL, &err),
                  TITR_ERR_NOT_FOUND, &err, "qq");
    small_refused(titr_export_onnx(e, "bb", "child#009", "/tmp/titrate_no.onnx", NULL, &err),
                  TITR_ERR_NOT_FOUND, &err, "child#009");
    cr_assert_neq(access("/tmp/titrate_no.onnx", F_OK), 0);
    small_free(e);
}

/* Nothing was trained: the agents file is missed before the network is. */
Test(export_onnx, what_was_not_trained_is_told_so)
{
    titr_experiment *e = small_experiment(SMALL_Q, NULL);
    titr_error err = {.what = ""};
    small_folder(e);
    small_refused(titr_export_onnx(e, "q", "child#001", "/tmp/titrate_no.onnx", NULL, &err),
                  TITR_ERR_IO, &err, "train first");
    small_folder_remove(e);
    small_free(e);
}
