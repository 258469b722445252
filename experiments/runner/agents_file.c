// SPDX-License-Identifier: GPL-3.0-or-later
/* /state/policies: names, one per line; /state/NAME#REPLICATE/manifest, then what the caller adds.
 * A policy's only replicate is its first: more of them leave it as it was. */
#include "agents_file.h"

#include "guard.h"

#include "titrate/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES_MAX 100000000

/* Ends the manifest of a policy that learned from a file: what was in it, whatever its name. */
#define DATA_LINE "\ndata_sha256: "

/* @param[in,out] json replaced on TITR_OK. */
static titr_status add_data(const char *sha256, char **json, titr_error *err)
{
    titr_text text = {0};
    char *whole = NULL;
    titr_text_printf(&text, "%s%s%s\n", *json, DATA_LINE, sha256);
    TITR_TRY(titr_text_take(&text, &whole, err));
    free(*json);
    *json = whole;
    return TITR_OK;
}

/* What shapes the learning of one policy, as JSON: the experiment without what comes after
 * training, without the other policies, and without what only changes how often and how safely. */
static titr_status training_manifest(const titri_lab *lab, size_t policy, char **json,
                                     titr_error *err)
{
    titr_experiment *copy = malloc(sizeof *copy);
    if (copy == NULL) {
        (void)titr_fail(err, TITR_ERR_NOMEM, "no memory for the manifest");
        return TITR_ERR_NOMEM;
    }
    *copy = *lab->e; /* shallow: slots stay the original's */
    copy->n_policies = 1;
    copy->policy[0] = *lab->policy[policy].def;
    copy->policy[0].replicates = copy->train.replicates = 0;
    (void)snprintf(copy->policy[0].name, sizeof copy->policy[0].name, "%s",
                   lab->policy[policy].family);
    copy->train.shield = titri_guards_training(lab->e, lab->policy[policy].def);
    copy->train.learn_from = copy->train.shield ? lab->e->train.learn_from : TITR_LEARN_GIVEN;
    copy->policy[0].shield = TITR_SHIELD_DEFAULT;
    memset(&copy->evaluate, 0, sizeof copy->evaluate);
    copy->evaluate.drop_days = lab->e->train.evaluate_every > 0 ? lab->e->evaluate.drop_days : 0.0;
    memset(&copy->robustness, 0, sizeof copy->robustness);
    if (copy->policy[0].tuned != TITR_TUNED_POPULATION) {
        memset(&copy->tune, 0, sizeof copy->tune);
    }
    memset(&copy->record, 0, sizeof copy->record);
    memset(&copy->output, 0, sizeof copy->output);
    memset(&copy->ope, 0, sizeof copy->ope);
    copy->split.seeds_test_from = copy->split.seeds_test_to = 0;
    copy->train.checkpoint_every_s = 0.0;
    copy->train.tensorboard = 0;
    const titr_status st = titr_experiment_json(copy, json, err);
    free(copy);
    TITR_TRY(st);
    const char *sha256 = lab->policy[policy].data_sha256;
    return sha256[0] != '\0' ? add_data(sha256, json, err) : TITR_OK;
}

static void group_name(const titri_lab *lab, size_t policy, char *name, size_t size)
{
    const titri_policy *p = &lab->policy[policy];
    (void)snprintf(name, size, "%s#%zu", p->family, p->replicate + 1);
}

/* A text of any length: its length, then its bytes. */
static titr_status visit_length(titr_visitor *v, const char *name, int64_t *n, titr_error *err)
{
    char length[64];
    (void)snprintf(length, sizeof length, "%s_bytes", name);
    TITR_TRY(titr_visit_vector(v, length, TITR_I64, 1, n, err));
    if (*n < 0 || *n > TEXT_BYTES_MAX) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s of %lld bytes", name, (long long)*n);
    }
    return TITR_OK;
}

static titr_status save_text(titr_visitor *v, const char *name, char *text, titr_error *err)
{
    int64_t n = (int64_t)strlen(text);
    TITR_TRY(visit_length(v, name, &n, err));
    return titr_visit_vector(v, name, TITR_U8, (size_t)n, text, err);
}

/* @param[out] text malloc'ed */
static titr_status load_text(titr_visitor *v, const char *name, char **text, titr_error *err)
{
    int64_t n = 0;
    TITR_TRY(visit_length(v, name, &n, err));
    char *loaded = calloc((size_t)n + 1, 1);
    if (loaded == NULL) {
        (void)titr_fail(err, TITR_ERR_NOMEM, "no memory for %s of %lld bytes", name, (long long)n);
        return TITR_ERR_NOMEM; /* said out loud: the analyser knows that *text is set otherwise */
    }
    const titr_status st = titr_visit_vector(v, name, TITR_U8, (size_t)n, loaded, err);
    if (st != TITR_OK) {
        free(loaded);
        return st;
    }
    *text = loaded;
    return TITR_OK;
}

/* --- saving --- */

static titr_status list_names(const titri_agents *a, char **names, titr_error *err)
{
    titr_text text = {0};
    titr_text_add(&text, "", 0);
    for (size_t p = 0; p < a->lab->n_policies; p++) {
        char name[TITR_TEXT_MAX + 24];
        if (a->chosen[p]) {
            group_name(a->lab, p, name, sizeof name);
            titr_text_printf(&text, "%s\n", name);
        }
    }
    return titr_text_take(&text, names, err);
}

static titr_status save_policy(const titri_agents *a, size_t policy, titr_visitor *v,
                               titr_error *err)
{
    char name[TITR_TEXT_MAX + 24], *manifest = NULL;
    group_name(a->lab, policy, name, sizeof name);
    TITR_TRY(titr_visit_enter(v, name, err));
    TITR_TRY(training_manifest(a->lab, policy, &manifest, err));
    const titr_status st = save_text(v, "manifest", manifest, err);
    free(manifest);
    TITR_TRY(st);
    TITR_TRY(a->visit(a->context, policy, v, err));
    return titr_visit_leave(v, err);
}

static titr_status save(void *context, titr_visitor *v, titr_error *err)
{
    const titri_agents *a = context;
    char *names = NULL;
    TITR_TRY(list_names(a, &names, err));
    const titr_status st = save_text(v, "policies", names, err);
    free(names);
    TITR_TRY(st);
    for (size_t p = 0; p < a->lab->n_policies; p++) {
        if (a->chosen[p]) {
            TITR_TRY(save_policy(a, p, v, err));
        }
    }
    return TITR_OK;
}

titr_status titri_agents_save(titri_agents *agents, const char *path, titr_error *err)
{
    return titr_checkpoint_save(path, NULL, save, agents, err);
}

/* --- loading --- */

/* The line of the first difference between two manifests, or what of it there is room for. */
static void excerpt(const char *text, size_t at, char out[73])
{
    while (at > 0 && text[at - 1] != '\n') {
        at--;
    }
    at += strspn(text + at, " ");
    (void)snprintf(out, 73, "%.*s", (int)strcspn(text + at, ",\n"), text + at);
}

static titr_status misfit(titri_agents *a, const char *name, const char *found,
                          const char *expected, titr_error *err)
{
    if (a->misfit == TITRI_MISFIT_SKIPS) {
        a->misfits++;
        return TITR_OK;
    }
    char is[73], should[73];
    size_t at = 0;
    while (found[at] != '\0' && found[at] == expected[at]) {
        at++;
    }
    excerpt(found, at, is);
    excerpt(expected, at, should);
    return titr_fail(err, TITR_ERR_CONFIG,
                     "%s is of another set-up: it was trained with %s, the experiment has %s", name,
                     is, should);
}

/* Where the data are gone, nobody can tell whether they were these: agents are taken as they are.
 */
static void forgive_data(const titri_agents *a, size_t policy, const char *name, char *found)
{
    const titri_policy *p = &a->lab->policy[policy];
    char *data = strstr(found, DATA_LINE);
    if (p->data_sha256[0] == '\0' && data != NULL) {
        titri_notice(a->lab->watch,
                     "%s cannot be read: whether %s has learned from it is not known",
                     p->def->data_path, name);
        *data = '\0';
    }
}

/* Inside the policy's group. */
static titr_status load_fitting(titri_agents *a, size_t policy, const char *name, titr_visitor *v,
                                titr_error *err)
{
    char *found = NULL, *expected = NULL;
    titr_status st = load_text(v, "manifest", &found, err);
    st = st == TITR_OK ? training_manifest(a->lab, policy, &expected, err) : st;
    if (st == TITR_OK) {
        forgive_data(a, policy, name, found);
    }
    if (st == TITR_OK && strcmp(found, expected) != 0) {
        st = misfit(a, name, found, expected, err);
    } else if (st == TITR_OK) {
        st = a->visit(a->context, policy, v, err);
        a->loaded[policy] = st == TITR_OK;
    }
    free(found);
    free(expected);
    return st;
}

/* The policy of a group. @return n_policies when the lab has none of its name. */
static size_t find(const titri_lab *lab, const char *name)
{
    size_t p = 0;
    for (; p < lab->n_policies; p++) {
        char own[TITR_TEXT_MAX + 24];
        group_name(lab, p, own, sizeof own);
        if (strcmp(own, name) == 0) {
            break;
        }
    }
    return p;
}

static titr_status load_group(titri_agents *a, const char *name, titr_visitor *v, titr_error *err)
{
    const size_t policy = find(a->lab, name);
    const int known = policy < a->lab->n_policies;
    if (!known || !a->chosen[policy]) {
        a->others += !(known && a->lab->policy[policy].learned != NULL);
        return TITR_OK;
    }
    TITR_TRY(titr_visit_enter(v, name, err));
    TITR_TRY(load_fitting(a, policy, name, v, err));
    return titr_visit_leave(v, err);
}

static titr_status load(void *context, titr_visitor *v, titr_error *err)
{
    titri_agents *a = context;
    char *names = NULL;
    TITR_TRY(load_text(v, "policies", &names, err));
    titr_status st = TITR_OK;
    for (char *line = names, *end = NULL; st == TITR_OK && (end = strchr(line, '\n')) != NULL;
         line = end + 1) {
        *end = '\0';
        st = load_group(a, line, v, err);
    }
    free(names);
    return st;
}

titr_status titri_agents_load(titri_agents *agents, const char *path, titr_error *err)
{
    titr_error inner = {.what = ""};
    agents->others = agents->misfits = 0;
    const titr_status st = titr_checkpoint_load(path, NULL, load, agents, &inner);
    if (st != TITR_OK) {
        const int named = strncmp(inner.what, path, strlen(path)) == 0;
        return titr_fail(err, st, "%s%s%s", named ? "" : path, named ? "" : ": ", inner.what);
    }
    return TITR_OK;
}
