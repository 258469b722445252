// SPDX-License-Identifier: GPL-3.0-or-later
/* Training in rounds: stopped and gone on with, it writes the same bytes; what belongs to another
 * experiment is refused. */
#include "runner/train.h"
#include "small.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two jobs of several slices each. */
#define LONG "policies.q.train_steps=4500", "train.curve_every=1500"

static int there(const titr_experiment *e, const char *suffix)
{
    return access(small_path(e, suffix), F_OK) == 0;
}

/* Bytes of the agents' file. */
static char *slurp(const titr_experiment *e, size_t *n)
{
    FILE *file = fopen(small_path(e, ".agents.h5"), "rb");
    char *bytes = malloc(1 << 20);
    cr_assert(file != NULL && bytes != NULL);
    *n = fread(bytes, 1, 1 << 20, file);
    cr_assert(*n > 0 && *n < 1 << 20);
    (void)fclose(file);
    return bytes;
}

static void train(const titr_experiment *e, int resume)
{
    titr_error err = {.what = ""};
    cr_assert_eq(titr_train(e, NULL, resume, NULL, NULL, &err), TITR_OK, "%s", err.what);
    cr_assert(there(e, ".agents.h5") && !there(e, ".checkpoint.h5"));
}

Test(train, stopped_and_gone_on_with_it_writes_the_same_bytes)
{
    titr_experiment *e = small_experiment(SMALL_Q, LONG, NULL);
    small_watch w;
    titr_error err = {.what = ""};
    size_t n = 0, m = 0;
    small_folder(e);
    train(e, 0);
    char *whole = slurp(e, &n);
    for (size_t stop_at = 1; stop_at <= 7; stop_at += 3) {
        (void)unlink(small_path(e, ".agents.h5"));
        small_watch_init(&w, stop_at);
        small_refused(titr_train(e, NULL, 0, &w.watch, NULL, &err), TITR_ERR_STOPPED, &err,
                      "--resume");
        cr_assert_not_null(strstr(err.what, small_path(e, ".checkpoint.h5")), "%s", err.what);
        cr_assert(there(e, ".checkpoint.h5") && !there(e, ".agents.h5"));
        cr_assert(stop_at == 1 ? w.done == 0 : w.done > 0 && w.done < 9000, "%zu", w.done);
        train(e, 1);
        char *resumed = slurp(e, &m);
        cr_assert(m == n && memcmp(whole, resumed, n) == 0);
        free(resumed);
    }
    free(whole);
    small_folder_remove(e);
    small_free(e);
}

/* A lab's agents after loading are those that were trained. */
Test(train, agents_are_loaded_as_they_were_trained)
{
    titr_experiment *e = small_experiment(SMALL_Q, LONG, NULL);
    titr_error err = {.what = ""};
    small_folder(e);
    titri_lab *trained = small_lab(e), *loaded = small_lab(e);
    cr_assert(titri_has_learners(trained));
    cr_assert_eq(titri_train(trained, NULL, 0, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titri_load_agents(loaded, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(loaded->policy[0].n_jobs, 2);
    for (size_t j = 0; j < 2; j++) {
        const titri_learned *a = &trained->policy[0].learned[j];
        const titri_learned *b = &loaded->policy[0].learned[j];
        const size_t cells = 3 * a->curve.width;
        cr_assert(a->curve.n == 3 && b->curve.n == 3 && b->curve.width == a->curve.width);
        cr_assert_eq(memcmp(a->curve.cell, b->curve.cell, cells * sizeof(double)), 0);
        cr_assert(a->record.decisions == 4500 && b->record.decisions == 4500);
    }
    for (size_t c = 0; c < 2; c++) { /* a copy for each batch */
        titr_agent *agent = NULL;
        cr_assert_eq(titri_lab_agent(loaded, 0, c, 5, &agent, &err), TITR_OK, "%s", err.what);
        titr_agent_destroy(agent);
    }
    titri_lab_destroy(trained);
    titri_lab_destroy(loaded);
    small_folder_remove(e);
    small_free(e);
}

Test(train, what_belongs_to_another_experiment_is_refused)
{
    titr_experiment *e = small_experiment(SMALL_Q, LONG, NULL);
    small_watch w;
    titr_error err = {.what = ""};
    titr_summary s;
    small_folder(e);
    small_refused(titr_evaluate(e, 0, NULL, &s, &err), TITR_ERR_IO, &err, "train first");
    small_watch_init(&w, 1);
    cr_assert_eq(titr_train(e, NULL, 0, &w.watch, NULL, &err), TITR_ERR_STOPPED);
    e->seed = 8;
    (void)snprintf(e->seed_text, sizeof e->seed_text, "8");
    small_refused(titr_train(e, NULL, 1, NULL, NULL, &err), TITR_ERR_CONFIG, &err,
                  ".checkpoint.h5");
    train(e, 0);
    e->clinic.target_mg_dl = 110.0; /* may be what settings were titrated to */
    small_refused(titr_evaluate(e, 0, NULL, &s, &err), TITR_ERR_CONFIG, &err, ".agents.h5");
    e->clinic.target_mg_dl = 120.0;
    e->evaluate.drop_days = 0.5; /* did not shape what was learned */
    cr_assert_eq(titr_evaluate(e, 0, NULL, &s, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&s);
    small_folder_remove(e);
    small_free(e);
}

/* Looks for the checkpoint each time it is told of progress. */
static void look(void *context, const char *what, size_t done, size_t total)
{
    const titr_experiment *e = context;
    (void)what, (void)done, (void)total;
    cr_assert(!there(e, ".checkpoint.h5"));
}

Test(train, without_an_interval_nothing_is_saved_on_the_way)
{
    titr_experiment *e = small_experiment(SMALL_Q, LONG, "train.checkpoint_every_s=0", NULL);
    const titr_watch watch = {.progress = look, .context = e};
    titr_error err = {.what = ""};
    small_folder(e);
    cr_assert_eq(titr_train(e, NULL, 0, &watch, NULL, &err), TITR_OK, "%s", err.what);
    small_folder_remove(e);
    small_free(e);
}

Test(train, what_cannot_be_trained_is_refused)
{
    titr_experiment *e = small_experiment(SMALL_BB, NULL);
    titr_error err = {.what = ""};
    small_refused(titr_train(e, NULL, 0, NULL, NULL, &err), TITR_ERR_CONFIG, &err, "no policy");
    small_free(e);
    e = small_experiment(SMALL_Q, "output.folder=/nonexistent/folder", NULL);
    small_refused(titr_train(e, NULL, 0, NULL, NULL, &err), TITR_ERR_IO, &err,
                  "/nonexistent/folder");
    small_free(e);
    e = small_experiment(SMALL_Q, "cohort.subjects=child#001", NULL);
    small_folder(e);
    small_refused(titr_train(e, NULL, 0, NULL, NULL, &err), TITR_ERR_RANGE, &err,
                  "split.folds = 2");
    small_folder_remove(e);
    small_free(e);
}
