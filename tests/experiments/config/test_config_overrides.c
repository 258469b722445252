// SPDX-License-Identifier: GPL-3.0-or-later
/* -D key=value. */
#include "titrate/config/config.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char text[] =
    "experiment = \"t\";\n"
    "scenario = { parts = ( { name = \"meals_energy\"; count_error_cv = 0.1; } ); };\n"
    "sensor = { name = \"cgm_breton_2008\"; pacf = 0.5; };\n"
    "split = { seeds_train = [1, 50]; };\n"
    "reward = { name = \"magni_risk\"; terminal_penalty = 1e6; };\n"
    "policies = (\n"
    "  { name = \"q\"; agent = \"q_learning\"; settings = \"titrated\"; min_visits = 3;\n"
    "    observe = ( { name = \"cgm\"; bins = 4; } ); epsilon = { from = 0.9; }; },\n"
    "  { name = \"q.2\"; agent = \"constant_basal\"; }\n"
    ");\n";

static titr_experiment *read_with(const char *const *overrides, size_t n, titr_error *err)
{
    titr_experiment *e = calloc(1, sizeof *e);
    cr_assert_not_null(e);
    memset(err, 0, sizeof *err);
    if (titr_config_read_text("t.cfg", text, sizeof text - 1, overrides, n, e, err) != TITR_OK) {
        free(e);
        return NULL;
    }
    return e;
}

static titr_experiment *read_one(const char *override)
{
    titr_error err;
    const char *const overrides[] = {override};
    titr_experiment *e = read_with(overrides, 1, &err);
    cr_assert_not_null(e, "%s", err.what);
    return e;
}

static void done(titr_experiment *e)
{
    titr_experiment_fini(e);
    free(e);
}

/* A REAL option of a part by name. */
static double real_of(titr_slot slot, const char *name)
{
    const titr_part *part = titr_slot_part(slot);
    const titr_option *o = titr_option_find(part->options, part->n_options, name);
    cr_assert_not_null(o, "%s has no %s", part->name, name);
    return *(const double *)(const void *)((const char *)slot.def + o->offset);
}

Test(config_overrides, values_reach_their_keys)
{
    titr_experiment *e = read_one("train.steps=12345");
    cr_assert_eq(e->train.steps, 12345);
    done(e);
    e = read_one("seed=18446744073709551615");
    cr_assert_str_eq(e->seed_text, "18446744073709551615");
    cr_assert_eq(e->seed, UINT64_MAX);
    done(e);
    e = read_one("seed=42"); /* text without quotes */
    cr_assert_eq(e->seed, 42);
    done(e);
    e = read_one("train.steps=10000000000L");
    cr_assert_eq(e->train.steps, 10000000000);
    done(e);
    e = read_one("output.folder=some/where");
    cr_assert_str_eq(e->output.folder, "some/where");
    done(e);
    e = read_one("output.folder=\"with = sign\"");
    cr_assert_str_eq(e->output.folder, "with = sign");
    done(e);
    e = read_one("evaluate.constant_levels=true");
    cr_assert_eq(e->evaluate.constant_levels, 1);
    done(e);
    e = read_one("split.seeds_test=[5000, 5009]");
    cr_assert_eq(e->split.seeds_test_to, 5009);
    done(e);
}

Test(config_overrides, entries_of_lists_go_by_name_or_number)
{
    titr_experiment *e = read_one("policies.q.epsilon.from=0.5");
    cr_assert_float_eq(real_of(e->policy[0].agent, "epsilon.from"), 0.5, 0.0);
    done(e);
    e = read_one("policies.0.epsilon.to=0.25");
    cr_assert_float_eq(real_of(e->policy[0].agent, "epsilon.to"), 0.25, 0.0);
    cr_assert_float_eq(real_of(e->policy[0].agent, "epsilon.from"), 0.9, 0.0);
    done(e);
    e = read_one("policies.q.2.settings=titrated");
    cr_assert_eq(e->policy[1].settings, TITR_SETTINGS_TITRATED);
    done(e);
    e = read_one("policies.q.observe.cgm.bins=7");
    cr_assert_eq(e->policy[0].observe.entry[0].edges.n, 6);
    done(e);
    e = read_one("scenario.parts.meals_energy.count_error_cv=0.2");
    cr_assert_float_eq(real_of(e->scenario.part[0], "count_error_cv"), 0.2, 0.0);
    done(e);
}

Test(config_overrides, another_part_comes_with_its_own_defaults)
{
    titr_experiment *e = read_one("sensor.name=cgm_perfect");
    cr_assert_str_eq(titr_slot_part(e->sensor)->name, "cgm_perfect");
    done(e);
    e = read_one("sensor.name=cgm_breton_2008"); /* the same one: its options stay */
    cr_assert_float_eq(real_of(e->sensor, "pacf"), 0.5, 0.0);
    done(e);
    e = read_one("reward.name=kovatchev_risk"); /* a key of the section stays */
    cr_assert_float_eq(e->terminal_penalty, 1e6, 0.0);
    done(e);
    e = read_one("policies.q.agent=random"); /* keys of all policies stay */
    cr_assert_eq(e->policy[0].settings, TITR_SETTINGS_TITRATED);
    cr_assert_str_eq(titr_slot_part(e->policy[0].agent)->name, "random");
    done(e);
    e = read_one("scenario.parts.0.name=meals_fixed");
    cr_assert_str_eq(titr_slot_part(e->scenario.part[0])->name, "meals_fixed");
    done(e);
    e = read_one("train.solver.name=cvode"); /* a group that the file does not have */
    cr_assert_not_null(e->train_solver.type);
    done(e);
    static const char *const two[] = {"sensor.sample_time_min=10", "sensor.name=cgm_perfect"};
    titr_error err;
    e = read_with(two, 2, &err);
    cr_assert_not_null(e, "%s", err.what);
    cr_assert_float_eq(real_of(e->sensor, "sample_time_min"), 10.0, 0.0);
    done(e);
}

Test(config_overrides, groups_arrays_and_lists_can_be_given_whole)
{
    titr_experiment *e = read_one("sensor={ name = \"cgm_perfect\"; sample_time_min = 3; }");
    cr_assert_float_eq(real_of(e->sensor, "sample_time_min"), 3.0, 0.0);
    done(e);
    e = read_one("cohort.subjects=[\"child#003\", \"child#001\"]");
    cr_assert_str_eq(e->cohort.subjects, "child#003,child#001");
    done(e);
    e = read_one("policies=( { name = \"only\"; agent = \"q_learning\"; observe = ( { name = "
                 "\"cgm\"; edges = [1.5, 2.5]; }, { name = \"iob\"; bins = 3; } ); } )");
    cr_assert_eq(e->n_policies, 1);
    cr_assert_eq(e->policy[0].observe.n, 2);
    cr_assert_eq(e->policy[0].observe.entry[1].edges.n, 2);
    done(e);
}

Test(config_overrides, mistakes_are_named)
{
    static const struct {
        const char *override, *message;
    } c[] = {
        {"train.steps=abc", "-D train.steps=abc: train.steps: \"abc\", expected a whole number"},
        {"train.steps=10000000000", "with an L at the end beyond 32 bits"},
        {"train.steps=1.5", "train.steps: 1.5, expected a whole number"},
        {"train.steps=", "train.steps: \"\", expected a whole number"},
        {"iob.peak_min=nan", "iob.peak_min: \"nan\", expected a number in min"},
        {"train.step=5", "-D train.step=5: train.step: unknown key; did you mean 'steps'?"},
        {"trian.steps=5", "-D trian.steps=5: trian: unknown key; did you mean 'train'?"},
        {"sensor.name=cgm_perfct", "did you mean 'cgm_perfect'?"},
        {"sensor.pacf=2", "-D sensor.pacf=2: sensor.pacf: 2, expected a number from 0 to 0.99"},
        {"policies.z.settings=typed",
         "policies has no entry 'z', expected a number below 2, q, q.2"},
        {"policies.9.settings=typed", "policies has no entry '9'"},
        {"policies.q=5", "expected a key that leads to one value inside a group"},
        {"split.seeds_train.0=5", "an array is given whole"},
        {"experiment.x=5", "an array is given whole"},
        {"train", "-D train: expected key=value"},
        {"=5", "expected key=value"},
        {"", "expected key=value"},
        {"seed={ a = 1; }", "seed: a group, expected a text"},
        {"a b.c=5", "leads to a value"},
        {"a b=5", "letters, digits, _ and dots"},
        {"split.seeds_test[0]=5", "an array is given whole"},
        {"train.=5", "leads to one value inside a group"},
        {"split.seeds_train=[1, 2.5]",
         "-D split.seeds_train=[1, 2.5]: split.seeds_train: 2.5: an array mixes"},
        {"split.seeds_train=[1, 2", "is never closed"},
        {"seed=\"1\"; body = { }", "expected one value"},
        {"evaluate.compare_to=qq", "-D evaluate.compare_to=qq: evaluate.compare_to: \"qq\" is no "
                                   "policy; did you mean 'q'?"},
        {"reward.terminal_penalty=1", "makes dying pay"},
        {"train.steps=a\nb\x01", "-D train.steps=a?b?: "},
    };
    titr_error err;
    for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
        const char *const overrides[] = {c[i].override};
        cr_assert_null(read_with(overrides, 1, &err), "%s", c[i].override);
        cr_assert_eq(err.code, TITR_ERR_CONFIG);
        cr_assert_eq(strncmp(err.what, "-D ", 3), 0, "%s", err.what);
        cr_assert_not_null(strstr(err.what, c[i].message), "%s\nexpected %s", err.what,
                           c[i].message);
        cr_assert_null(strchr(err.what, '\n'));
    }
}

Test(config_overrides, a_very_long_one_is_cut_in_the_message)
{
    char *override = malloc(100000);
    titr_error err;
    cr_assert_not_null(override);
    memset(override, 'a', 99999);
    override[99999] = '\0';
    const char *const overrides[] = {override};
    cr_assert_null(read_with(overrides, 1, &err));
    memcpy(override, "train.steps=", 12);
    cr_assert_null(read_with(overrides, 1, &err));
    cr_assert_lt(strlen(err.what), 400);
    memcpy(override, "output.folder=", 14);
    cr_assert_null(read_with(overrides, 1, &err));
    cr_assert_not_null(strstr(err.what, "at most 255 bytes"), "%s", err.what);
    free(override);
}
