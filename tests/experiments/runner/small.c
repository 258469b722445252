// SPDX-License-Identifier: GPL-3.0-or-later
#include "small.h"

#include "titrate/config/config.h"

#include <criterion/criterion.h>
#include <omp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OVERRIDES_MAX 12

static const char head[] =
    "experiment = \"small\"; seed = \"7\";\n"
    "cohort = { subjects = [\"child#001\", \"child#002\"]; };\n"
    "split = { folds = 2; seeds_train = [1, 8]; seeds_test = [1001, 1002]; };\n"
    "scenario = { horizon_days = 1.0; decision_interval_min = 5.0;\n"
    "  parts = ( { name = \"meals_fixed\"; time_of_day_min = [480.0]; carbs_g = [40.0]; } ); };\n"
    "sensor = { name = \"cgm_perfect\"; };\n"
    "delivery = { name = \"pump_ideal\"; };\n"
    "solver = { name = \"rk4\"; step_min = 1.0; };\n"
    "train = { parallel_patients = 3; curve_every = 0; };\n";

titr_experiment *small_experiment(const char *policies, ...)
{
    char text[4096];
    const char *override[OVERRIDES_MAX];
    size_t n = 0;
    va_list args;
    va_start(args, policies);
    for (const char *next = va_arg(args, const char *); next != NULL;
         next = va_arg(args, const char *)) {
        cr_assert_lt(n, OVERRIDES_MAX);
        override[n++] = next;
    }
    va_end(args);
    omp_set_num_threads(1);
    titr_experiment *e = calloc(1, sizeof *e);
    titr_error err = {.what = ""};
    cr_assert_not_null(e);
    const int length = snprintf(text, sizeof text, "%spolicies = ( %s );\n", head, policies);
    cr_assert(length > 0 && (size_t)length < sizeof text);
    cr_assert_eq(titr_config_read_text("small.cfg", text, (size_t)length, override, n, e, &err),
                 TITR_OK, "%s", err.what);
    return e;
}

void small_free(titr_experiment *e)
{
    titr_experiment_fini(e);
    free(e);
}

titri_lab *small_lab(const titr_experiment *e)
{
    titri_lab *lab = NULL;
    titr_error err = {.what = ""};
    cr_assert_eq(titri_lab_create(e, NULL, &lab, &err), TITR_OK, "%s", err.what);
    return lab;
}

const char *small_path(const titr_experiment *e, const char *suffix)
{
    static char path[3 * TITR_TEXT_MAX];
    titr_run_path(e, suffix, path, sizeof path);
    return path;
}

void small_folder(titr_experiment *e)
{
    const char *base = getenv("TMPDIR");
    (void)snprintf(e->output.folder, sizeof e->output.folder, "%.200s/titrate_runner_XXXXXX",
                   base == NULL ? "/tmp" : base);
    cr_assert_not_null(mkdtemp(e->output.folder));
}

void small_folder_remove(const titr_experiment *e)
{
    static const char *const suffixes[] = {
        ".h5",         ".agents.h5",     ".checkpoint.h5",
        ".partial.h5", ".robustness.h5", ".robustness.partial.h5"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        (void)unlink(small_path(e, suffixes[i]));
    }
    cr_assert_eq(rmdir(e->output.folder), 0, "something was left in %s", e->output.folder);
}

static void progress(void *context, const char *what, size_t done, size_t total)
{
    small_watch *w = context;
    cr_assert(what[0] != '\0' && done <= total, "%s: %zu of %zu", what, done, total);
    w->calls++;
    w->done = done;
    w->training += strncmp(what, "training", 8) == 0;
}

static void notice(void *context, const char *line)
{
    small_watch *w = context;
    (void)snprintf(w->line, sizeof w->line, "%s", line);
}

static int stop(void *context)
{
    small_watch *w = context;
    w->asks++;
    return w->stop_at > 0 && w->asks >= w->stop_at;
}

void small_watch_init(small_watch *w, size_t stop_at)
{
    *w = (small_watch){.watch = {progress, notice, stop, w}, .stop_at = stop_at};
}

static titr_status broken_create(const void *def, const titr_model_type *model,
                                 const titr_model_mode *mode, void **self, titr_error *err)
{
    (void)def, (void)mode, (void)err;
    const titr_model_type **held = malloc(sizeof(titr_model_type *));
    cr_assert_not_null(held);
    *held = model;
    *self = held;
    return TITR_OK;
}

static titr_status broken_advance(void *self, const titr_span *span, titr_error *err)
{
    (void)err;
    const titr_model_type *const *held = self;
    const size_t n = (*held)->states.n;
    const int late = span->from_min[0] >= 60.0;
    if (late) {
        span->failed[0] = 1;
        *span->fault = (titr_fault){
            .code = TITR_FAULT_NON_FINITE, .time_min = span->from_min[0], .value = -1.5};
        (void)snprintf(span->fault->state, sizeof span->fault->state, "%s",
                       (*held)->states.row[0].name);
        return TITR_OK;
    }
    for (size_t k = 0; span->minutes != NULL && k < span->n_minutes; k++) {
        memcpy(span->minutes + k * n, span->x, n * sizeof *span->x);
    }
    return TITR_OK;
}

const titr_solver_type small_broken = {
    .part = {.name = "broken", .doc = "", .source = "titrate"},
    .lanes = 1,
    .create = broken_create,
    .advance = broken_advance,
    .destroy = free,
};

void small_refused(titr_status got, titr_status expected, const titr_error *err, const char *words)
{
    cr_assert_eq(got, expected, "status %d, expected %d: %s", (int)got, (int)expected, err->what);
    cr_assert_not_null(strstr(err->what, words), "'%s' is not in: %s", words, err->what);
    cr_assert_null(strchr(err->what, '\n'), "%s", err->what);
}
