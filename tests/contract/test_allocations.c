// SPDX-License-Identifier: GPL-3.0-or-later
/* Every layer with too little memory: whichever allocation of ours fails, the answer is a status
 * and one line, nothing crashes and nothing is lost (the sanitizers' suite looks for leaks). */
#include "support/allocations.h"

#include "experiments/runner/small.h"
#include "runner/train.h"
#include "support/clinic.h"
#include "support/temp_file.h"
#include "support/world.h"

#include "titrate/config/config.h"
#include "titrate/metrics/readings.h"
#include "titrate/report/report.h"
#include "titrate/runner/robustness.h"
#include "titrate/store/export.h"

#include <stdio.h>
#include <stdlib.h>

#define SHORT "scenario.horizon_days=0.020833333333333332" /* half an hour */

/* --- config */

static titr_status read_config(void *context, titr_error *err)
{
    static const char *const overrides[] = {"split.seeds_train=[1,50]",
                                            "policies.q.epsilon.to=0.2"};
    titr_experiment *e = context;
    TITR_TRY(titr_config_read(TITR_SOURCE_DIR "/experiments/insulin_children.cfg", overrides, 2, e,
                              err));
    titr_experiment_fini(e);
    return TITR_OK;
}

Test(allocations, config)
{
    titr_experiment *e = calloc(1, sizeof *e);
    cr_assert_not_null(e);
    cr_assert_gt(allocations_fail_each(read_config, e, 1), 20);
    free(e);
}

static titr_status describe(void *context, titr_error *err)
{
    titr_experiment *e = context;
    char *text = NULL;
    TITR_TRY(titr_experiment_json(e, &text, err));
    free(text);
    TITR_TRY(titr_experiment_describe(TITR_DESCRIBE_MARKDOWN, &text, err));
    free(text);
    return TITR_OK;
}

Test(allocations, descriptions)
{
    titr_experiment *e = small_experiment(SMALL_Q, NULL);
    cr_assert_gt(allocations_fail_each(describe, e, 1), 5);
    small_free(e);
}

/* --- environment */

static titr_status create_env(void *context, titr_error *err)
{
    world *w = context;
    titr_env *env = NULL;
    TITR_TRY(titr_env_create(&w->def, 3, &env, err));
    const titr_status st = titr_env_reset(env, w->start, 3, err);
    titr_env_destroy(env);
    return st;
}

Test(allocations, environment_with_every_solver)
{
    size_t n = 0;
    const titr_solver_type *const *solver = titr_solver_all(&n);
    for (size_t i = 0; i < n; i++) {
        world w;
        world_init(&w);
        world_random_meals(&w);
        world_use(&w.def.solver, solver[i]);
        world_open(&w, 3);
        cr_assert_gt(allocations_fail_each(create_env, &w, 1), 3, "%s", solver[i]->part.name);
        world_fini(&w);
    }
}

/* --- agents */

typedef struct hiring {
    clinic c;
    titr_slot slot, basal;
} hiring;

static titr_status hire(void *context, titr_error *err)
{
    hiring *h = context;
    titr_agent *inner = NULL, *agent = NULL;
    titr_agent_context own = h->c.context;
    const titr_agent_type *type = h->slot.type;
    if (type->wraps) {
        TITR_TRY(titr_agent_create(h->basal, &own, &inner, err));
    }
    own.inner = inner; /* taken over, on failure too */
    TITR_TRY(titr_agent_create(h->slot, &own, &agent, err));
    titr_agent_destroy(agent);
    return TITR_OK;
}

Test(allocations, every_agent)
{
    static const char doses[] = "time_min,carbs_g,insulin_u\n0,10,1\n60,0,0.5\n";
    char path[TEMP_PATH_MAX];
    size_t n = 0;
    const titr_agent_type *const *agent = titr_agent_all(&n);
    cr_assert(temp_file(path, doses, sizeof doses - 1));
    for (size_t i = 0; i < n; i++) {
        hiring h = {.slot = test_slot(agent[i]),
                    .basal = test_slot(titr_agent_find("constant_basal"))};
        clinic_init(&h.c);
        h.c.observer.n = 1;
        h.c.context.n_obs = 1;
        if (strcmp(agent[i]->part.name, "replay") == 0) {
            (void)snprintf(test_option(h.slot, "path"), TITR_TEXT_MAX, "%s", path);
        }
        cr_assert_gt(allocations_fail_each(hire, &h, 1), 0, "%s", agent[i]->part.name);
        titr_slot_fini(&h.slot);
        titr_slot_fini(&h.basal);
    }
    temp_remove(path);
}

/* --- runner */

static titr_status create_lab(void *context, titr_error *err)
{
    titri_lab *lab = NULL;
    TITR_TRY(titri_lab_create(context, NULL, &lab, err));
    titri_lab_destroy(lab);
    return TITR_OK;
}

Test(allocations, lab)
{
    titr_experiment *e =
        small_experiment("{ name = \"bb\"; agent = \"basal_bolus\"; settings = \"titrated\"; }, "
                         "{ name = \"ls\"; agent = \"low_suspend\"; of = \"bb\"; }",
                         SHORT, "evaluate.constant_levels=true", "clinic.seeds=1",
                         "cohort.subjects=child#001", NULL);
    cr_assert_gt(allocations_fail_each(create_lab, e, 1), 20);
    small_free(e);
}

static titr_status tune(void *context, titr_error *err)
{
    titri_lab *lab = context;
    titri_policy *p = &lab->policy[0];
    const titr_status st = titri_tune(lab, 0, err);
    for (size_t c = 0; p->tuned != NULL && c < lab->cohort.n; c++) {
        titr_slot_fini(&p->tuned[c]);
    }
    free(p->tuned);
    p->tuned = NULL;
    return st;
}

Test(allocations, tuning)
{
    titr_experiment *e = small_experiment("{ name = \"pid\"; agent = \"pid\"; }", SHORT,
                                          "cohort.subjects=child#001", NULL);
    titri_lab *lab = small_lab(e);
    cr_assert_gt(allocations_fail_each(tune, lab, 1), 100);
    titri_lab_destroy(lab);
    small_free(e);
}

#define RUN                                                                                        \
    SMALL_BB ", " SMALL_Q, SHORT, "policies.q.train_steps=12", "train.curve_every=6",              \
        "split.seeds_test=[1001,1001]", "record.what=minutes", "record.learning=true"

static titr_status train(void *context, titr_error *err)
{
    return titr_train(context, NULL, 0, NULL, NULL, err);
}

static titr_status load_agents(void *context, titr_error *err)
{
    titri_lab *lab = NULL;
    TITR_TRY(titri_lab_create(context, NULL, &lab, err));
    const titr_status st = titri_load_agents(lab, err);
    titri_lab_destroy(lab);
    return st;
}

static titr_status evaluate(void *context, titr_error *err)
{
    titr_summary s;
    TITR_TRY(titr_evaluate(context, 0, NULL, &s, err));
    titr_summary_fini(&s);
    return TITR_OK;
}

/* One cell, in which the ratio is off. */
static titr_status robustness(void *context, titr_error *err)
{
    titr_robustness r;
    char *text = NULL;
    TITR_TRY(titr_robustness_run(context, (titr_experiment *)context + 1, 0, NULL, &r, err));
    titr_status st = titr_robustness_table(&r, &text, err);
    free(text);
    text = NULL;
    st = st == TITR_OK ? titr_robustness_json(&r, &text, err) : st;
    free(text);
    titr_robustness_fini(&r);
    return st;
}

Test(allocations, robustness_table)
{
    titr_experiment *e = small_experiment(RUN, NULL);
    titr_experiment *both = calloc(2, sizeof *both); /* slots are those of `e` */
    cr_assert_not_null(both);
    small_folder(e);
    e->robustness.n_cells = 1;
    both[0] = both[1] = *e;
    both[1].evaluate.cr_factor = 1.3;
    cr_assert_eq(train(e, NULL), TITR_OK);
    cr_assert_gt(allocations_fail_each(robustness, both, 7), 50);
    free(both);
    small_folder_remove(e);
    small_free(e);
}

Test(allocations, training_and_evaluation)
{
    titr_experiment *e = small_experiment(RUN, NULL);
    small_folder(e);
    cr_assert_gt(allocations_fail_each(train, e, 1), 50);
    cr_assert_gt(allocations_fail_each(load_agents, e, 1), 20);
    cr_assert_gt(allocations_fail_each(evaluate, e, 7), 50);
    small_folder_remove(e);
    small_free(e);
}

/* --- what reads a run */

static titr_status read_everything(titr_reader *r, titr_error *err)
{
    char hex[TITR_SHA256_HEX];
    double *values = NULL;
    char **texts = NULL;
    size_t rows = 0;
    titr_trajectory t;
    TITR_TRY(titr_reader_verify(r, err));
    TITR_TRY(titr_reader_sha256(r, hex, err));
    TITR_TRY(titr_reader_sheet_numbers(r, "patients", "age_years", &values, &rows, err));
    free(values);
    TITR_TRY(titr_reader_sheet_texts(r, "patients", "id", &texts, &rows, err));
    free(texts);
    titr_trajectory_init(&t);
    const titr_status st = titr_reader_episode(r, 1, &t, err);
    titr_trajectory_fini(&t);
    return st;
}

static titr_status export_everything(titr_reader *r, titr_error *err)
{
    static const char *const tables[] = {"steps", "minutes", "episodes", "doses", "patients"};
    char path[TEMP_PATH_MAX];
    titr_status st = TITR_OK;
    cr_assert(temp_file(path, "", 0));
    for (size_t i = 0; i < 5 && st == TITR_OK; i++) {
        st = titr_export_table(r, tables[i], path, err);
    }
    temp_remove(path);
    return st;
}

static titr_status summarise(titr_reader *r, titr_error *err)
{
    titr_summary s;
    char *text = NULL;
    TITR_TRY(titr_summary_of_run(r, 0.0, "bb", 7, &s, err));
    titr_status st = titr_summary_table(&s, TITR_SUMMARY_POLICIES, &text, err);
    free(text);
    text = NULL;
    st = st == TITR_OK ? titr_summary_json(&s, &text, err) : st;
    free(text);
    titr_summary_fini(&s);
    return st;
}

static titr_status report(titr_reader *r, titr_error *err)
{
    const titr_report_def def = {.patient = NULL};
    char path[TEMP_PATH_MAX];
    cr_assert(temp_file(path, "", 0));
    const titr_status st = titr_report_write(r, &def, path, err);
    temp_remove(path);
    return st;
}

typedef titr_status use_fn(titr_reader *r, titr_error *err);

typedef struct use_of_run {
    const char *path;
    use_fn *use;
} use_of_run;

static titr_status use(void *context, titr_error *err)
{
    const use_of_run *u = context;
    titr_reader *r = NULL;
    TITR_TRY(titr_reader_open(u->path, &r, err));
    const titr_status st = u->use(r, err);
    titr_reader_close(r);
    return st;
}

Test(allocations, readers)
{
    static use_fn *const uses[] = {read_everything, export_everything, summarise, report};
    titr_experiment *e = small_experiment(SMALL_BB, SHORT, "split.seeds_test=[1001,1001]",
                                          "record.what=minutes", NULL);
    titr_error err = {.what = ""};
    titr_summary s;
    small_folder(e);
    cr_assert_eq(titr_evaluate(e, 0, NULL, &s, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&s);
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        use_of_run u = {small_path(e, ".h5"), uses[i]};
        cr_assert_gt(allocations_fail_each(use, &u, 7), 5);
    }
    small_folder_remove(e);
    small_free(e);
}

static titr_status read_readings(void *context, titr_error *err)
{
    titr_readings readings;
    TITR_TRY(titr_readings_read_csv(context, NULL, &readings, err));
    titr_readings_fini(&readings);
    return TITR_OK;
}

Test(allocations, readings)
{
    static const char text[] = "id,time_min,cgm\na,0,100\na,5,110\nb,0,90\n";
    char path[TEMP_PATH_MAX];
    cr_assert(temp_file(path, text, sizeof text - 1));
    cr_assert_gt(allocations_fail_each(read_readings, path, 1), 3);
    temp_remove(path);
}
