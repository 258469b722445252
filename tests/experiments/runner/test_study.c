// SPDX-License-Identifier: GPL-3.0-or-later
/* Transitions read from a run file against those of the very environment that wrote it. */
#include "runner/roller.h"
#include "runner/study.h"
#include "small.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { VALUES = 5, LEVELS = 5 };
#define STEPS ((size_t)288)
#define SEEDS ((size_t)2)

#define POLICIES                                                                                   \
    "{ name = \"r\"; agent = \"random\"; }, { name = \"o\"; agent = \"cql\"; train_steps = 64;"    \
    "  observe = ( { name = \"cgm\"; history = 3; }, { name = \"iob_u\"; },"                       \
    "              { name = \"carbs_announced_g\"; } ); }"

typedef struct told {
    double obs[SEEDS * STEPS][VALUES], next[SEEDS * STEPS][VALUES], reward[SEEDS * STEPS];
    int level[SEEDS * STEPS], valid[SEEDS * STEPS];
    titr_end end[SEEDS * STEPS];
    size_t n;
} told;

static titr_status note(void *self, const titr_transitions *t, titr_error *err)
{
    (void)err;
    told *s = self;
    cr_assert_eq(t->n, 1);
    cr_assert_lt(s->n, SEEDS * STEPS);
    memcpy(s->obs[s->n], t->obs, sizeof s->obs[0]);
    memcpy(s->next[s->n], t->next_obs, sizeof s->next[0]);
    s->reward[s->n] = t->reward[0];
    s->level[s->n] = t->level[0];
    s->valid[s->n] = t->valid[0];
    s->end[s->n++] = t->end[0];
    return TITR_OK;
}

static const titr_agent_type spy_type = {.part = {.name = "spy"}, .learns = 1, .learn = note};

/* A run of the random policy with all that learning needs, and the other one told to learn from it.
 */
static titr_experiment *with_data(void)
{
    titr_experiment *e = small_experiment(POLICIES, "record.learning=true", NULL);
    titr_error err = {.what = ""};
    titr_summary summary;
    small_folder(e);
    cr_assert_eq(titr_simulate(e, "r", 0, NULL, &summary, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&summary);
    (void)snprintf(e->policy[1].data_path, TITR_TEXT_MAX, "%s", small_path(e, ".h5"));
    return e;
}

/* The same episode once more, live. */
static void play(const titri_lab *lab, uint32_t episode, told *live)
{
    titr_agent *agent = NULL;
    titri_roller *r = NULL;
    const titr_env_def def = titri_lab_env(lab, 0, 0);
    const titr_lane_start start = {0, &lab->cohort.child[0], titri_lab_therapy(lab, 0, 0),
                                   lab->e->seed, episode};
    cr_assert_eq(titri_lab_agent(lab, 0, 0, 1, &agent, NULL), TITR_OK);
    cr_assert_eq(titri_roller_create(&def, &lab->policy[1].def->observe, agent, 1, &r, NULL),
                 TITR_OK);
    cr_assert_eq(titri_roller_start(r, &start, 1, NULL), TITR_OK);
    while (titri_roller_running(r) > 0) {
        cr_assert_eq(titri_roller_step(r, TITR_ACT_GREEDY, NULL), TITR_OK);
        const titr_transitions t = titri_roller_transitions(r);
        cr_assert_eq(note(live, &t, NULL), TITR_OK);
    }
    titri_roller_destroy(r);
    titr_agent_destroy(agent);
}

static void expect_near(double got, double want, size_t k)
{
    cr_expect_float_eq(got, want, 1e-5 * (1.0 + fabs(want)), "step %zu: %g, not %g", k, got, want);
}

Test(study, a_file_tells_what_the_environment_told)
{
    static told file, live;
    titr_experiment *e = with_data();
    titri_lab *lab = small_lab(e);
    titr_agent spy = {&spy_type, &file};
    titr_error err = {.what = ""};
    const size_t child = 0;
    play(lab, 1001, &live);
    play(lab, 1002, &live);
    cr_assert_eq(titri_study(lab, &e->policy[1], &child, 1, &spy, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(file.n, live.n);
    for (size_t k = 0; k < file.n; k++) {
        cr_assert_eq(file.level[k], live.level[k]);
        cr_assert_eq(file.valid[k], live.valid[k]);
        cr_assert_eq(file.end[k], live.end[k]);
        expect_near(file.reward[k], live.reward[k], k);
        for (size_t i = 0; i < VALUES; i++) {
            expect_near(file.obs[k][i], live.obs[k][i], k);
            expect_near(file.next[k][i], live.next[k][i], k);
        }
    }
    titri_lab_destroy(lab);
    small_folder_remove(e);
    small_free(e);
}

Test(study, a_policy_is_trained_from_a_file_and_evaluated)
{
    titr_experiment *e = with_data();
    titr_error err = {.what = ""};
    titr_summary summary;
    (void)snprintf(e->name, sizeof e->name, "other");
    cr_assert_eq(titr_run(e, 0, NULL, &summary, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&summary);
    (void)unlink(e->policy[1].data_path);
    small_folder_remove(e);
    small_free(e);
}

static void refused(titr_experiment *e, const char *words)
{
    static told file;
    titri_lab *lab = small_lab(e);
    titr_agent spy = {&spy_type, &file};
    titr_error err = {.what = ""};
    const size_t child = 0;
    const titr_status st = titri_study(lab, &e->policy[1], &child, 1, &spy, &err);
    cr_assert_neq(st, TITR_OK);
    cr_assert_not_null(strstr(err.what, words), "%s", err.what);
    titri_lab_destroy(lab);
}

Test(study, what_cannot_be_learned_from_is_said)
{
    titr_experiment *e = with_data();
    (void)snprintf(e->policy[1].data_policy, TITR_TEXT_MAX, "nobody");
    refused(e, "no decision of policy 'nobody'");
    e->policy[1].data_policy[0] = '\0';
    (void)snprintf(e->policy[1].data_path, TITR_TEXT_MAX, "/nowhere.h5");
    refused(e, "/nowhere.h5");
    titr_error err = {.what = ""};
    titr_summary summary;
    e->record.learning = 0;
    cr_assert_eq(titr_simulate(e, "r", 0, NULL, &summary, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&summary);
    (void)snprintf(e->policy[1].data_path, TITR_TEXT_MAX, "%s", small_path(e, ".h5"));
    refused(e, "record.learning = true");
    small_folder_remove(e);
    small_free(e);
}

/* The same name, other content: what was learned is not taken for learned from it. */
Test(study, other_data_under_the_same_name_are_seen)
{
    titr_experiment *e = with_data();
    titr_error err = {.what = ""};
    titr_summary summary;
    char data[3 * TITR_TEXT_MAX];
    (void)snprintf(data, sizeof data, "%s", e->policy[1].data_path);
    (void)snprintf(e->name, sizeof e->name, "other");
    cr_assert_eq(titr_run(e, 0, NULL, &summary, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&summary);
    cr_assert_eq(titr_evaluate(e, 0, NULL, &summary, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&summary);
    (void)snprintf(e->name, sizeof e->name, "small");
    e->split.seeds_test_from = 1002; /* fewer episodes */
    cr_assert_eq(titr_simulate(e, "r", 0, NULL, &summary, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&summary);
    e->split.seeds_test_from = 1001;
    (void)snprintf(e->name, sizeof e->name, "other");
    cr_assert_eq(titr_evaluate(e, 0, NULL, &summary, &err), TITR_ERR_CONFIG);
    cr_expect_not_null(strstr(err.what, "it was trained with data_sha256: "), "%s", err.what);
    (void)unlink(data); /* nobody can tell: taken as it is */
    small_watch w;
    small_watch_init(&w, 0);
    cr_assert_eq(titr_evaluate(e, 0, &w.watch, &summary, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&summary);
    cr_expect_not_null(strstr(w.line, "cannot be read: whether o#1 has learned from it"), "%s",
                       w.line);
    small_folder_remove(e);
    small_free(e);
}
