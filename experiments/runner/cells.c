// SPDX-License-Identifier: GPL-3.0-or-later
/* Cells of the robustness table: those by default, and what a cell may change. */
#include "cells.h"

#include "titrate/base/option.h"
#include "titrate/runner/robustness.h"

#include <stdio.h>
#include <string.h>

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
#define BLANKS " \t\r\n"

/* One loss a day is assumed: published gap statistics are of whole days without data, not of how
 * often half an hour is lost. */
static const titr_cell_def by_default[] = {
    {"cr_plus_30", "evaluate.cr_factor = 1.3"},
    {"cr_minus_30", "evaluate.cr_factor = 0.7"},
    {"sensitivity_x0.6", "body.insulin_sensitivity = 0.6"},
    {"sensitivity_x1.4", "body.insulin_sensitivity = 1.4"},
    {"cgm_plus_10", "sensor.bias_fraction = 0.1"},
    {"cgm_minus_10", "sensor.bias_fraction = -0.1"},
    {"cgm_loss_30min", "sensor.losses_per_day = 1; sensor.loss_min = 30.0"},
    {"meal_20min_late", "scenario.announce_delay_min = 20.0"},
};
enum { N_DEFAULT = sizeof by_default / sizeof by_default[0] };

/* Keys that a cell may change, and sections that it may change all keys of but those excepted. */
static const char *const free_keys[] = {"body.insulin_sensitivity", "body.mode",
                                        "evaluate.basal_factor",    "evaluate.cr_factor",
                                        "evaluate.cf_factor",       "shield.rules"};
static const char *const free_sections[] = {"scenario", "sensor", "delivery", "solver", "iob"};
static const char *const bound_keys[] = {"scenario.decision_interval_min"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void titr_cells_default(titr_experiment *e)
{
    memcpy(e->robustness.cell, by_default, sizeof by_default);
    e->robustness.n_cells = N_DEFAULT;
}

/* 1 if `key` is `name` or inside of it. */
static int within(const char *key, const char *name)
{
    const size_t n = strlen(name);
    return strncmp(key, name, n) == 0 && (key[n] == '\0' || key[n] == '.');
}

static int any_within(const char *key, const char *const *names, size_t n)
{
    int found = 0;
    for (size_t i = 0; i < n; i++) {
        found |= within(key, names[i]);
    }
    return found;
}

static titr_status check_key(const char *key, titr_error *err)
{
    const int allowed = any_within(key, free_keys, COUNT(free_keys)) ||
                        any_within(key, free_sections, COUNT(free_sections));
    if (allowed && !any_within(key, bound_keys, COUNT(bound_keys))) {
        return TITR_OK;
    }
    const char *near = titr_nearest(key, free_keys, COUNT(free_keys));
    if (near != NULL) {
        return titr_fail(err, TITR_ERR_CONFIG, "%.80s: unknown key; did you mean '%s'?", key, near);
    }
    return titr_fail(err, TITR_ERR_CONFIG,
                     "%.80s: policies would have to be trained anew, or episodes would not pair; "
                     "expected a key of body, scenario, sensor, delivery, solver, iob, "
                     "shield.rules or evaluate.*_factor",
                     key);
}

/* How long the assignment is that the text begins with: up to a semicolon that stands outside of
 * quotes and brackets. */
static size_t length_of(const char *text)
{
    int depth = 0, quoted = 0;
    size_t n = 0;
    for (; text[n] != '\0' && (text[n] != ';' || depth > 0 || quoted); n++) {
        if (text[n] == '"' && (n == 0 || text[n - 1] != '\\')) {
            quoted = !quoted;
        }
        depth += !quoted && strchr("([{", text[n]) != NULL;
        depth -= !quoted && strchr(")]}", text[n]) != NULL;
    }
    return n;
}

/* "key = value" of n bytes as "key=value", without blanks around either. */
static titr_status take_key(const char *text, size_t n, char out[TITR_TEXT_MAX], titr_error *err)
{
    const char *equals = memchr(text, '=', n);
    const size_t lead = strspn(text, BLANKS);
    size_t key = equals != NULL ? (size_t)(equals - text) : 0;
    while (key > lead && strchr(BLANKS, text[key - 1]) != NULL) {
        key--;
    }
    if (equals == NULL || key <= lead) {
        return titr_fail(err, TITR_ERR_CONFIG, "'%.*s', expected KEY = VALUE; KEY = VALUE ..",
                         (int)(n < 80 ? n : 80), text);
    }
    const char *value = equals + 1;
    const char *end = text + n;
    value += strspn(value, BLANKS) < (size_t)(end - value) ? strspn(value, BLANKS) : 0;
    while (end > value && strchr(BLANKS, end[-1]) != NULL) {
        end--;
    }
    (void)snprintf(out, TITR_TEXT_MAX, "%.*s=%.*s", (int)(key - lead), text + lead,
                   (int)(end - value), value);
    char name[TITR_TEXT_MAX];
    (void)snprintf(name, sizeof name, "%.*s", (int)(key - lead), text + lead);
    return check_key(name, err);
}

titr_status titr_cell_cut(const titr_cell_def *cell, titr_cell_keys *out, titr_error *err)
{
    out->n = 0;
    for (const char *text = cell->set; *text != '\0';) {
        const size_t n = length_of(text);
        if (strspn(text, BLANKS) < n) {
            if (out->n == TITR_CELL_KEYS_MAX) {
                return titr_fail(err, TITR_ERR_CONFIG, "expected at most %d assignments",
                                 TITR_CELL_KEYS_MAX);
            }
            TITR_TRY(take_key(text, n, out->text[out->n], err));
            out->n++;
        }
        text += n + (text[n] == ';');
    }
    return out->n > 0 ? TITR_OK
                      : titr_fail(err, TITR_ERR_CONFIG,
                                  "nothing is changed, expected KEY = VALUE; KEY = VALUE ..");
}

static titr_status check_name(const titr_experiment *e, size_t i, titr_error *err)
{
    const char *name = e->robustness.cell[i].name;
    if (name[0] == '\0' || name[strspn(name, NAME_CHARACTERS)] != '\0' ||
        strlen(name) > TITR_NAME_MAX / 2) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "robustness.cells.%zu.name: \"%.60s\", expected up to %d letters, digits, "
                         "_ . -",
                         i, name, TITR_NAME_MAX / 2);
    }
    int taken = strcmp(name, TITR_CELL_NOMINAL) == 0;
    for (size_t k = 0; k < i; k++) {
        taken |= strcmp(name, e->robustness.cell[k].name) == 0;
    }
    return taken
               ? titr_fail(err, TITR_ERR_CONFIG,
                           "robustness.cells.%zu.name: \"%.60s\", expected a name of its own, and "
                           "not \"" TITR_CELL_NOMINAL "\"",
                           i, name)
               : TITR_OK;
}

titr_status titri_check_cells(const titr_experiment *e, titr_error *err)
{
    for (size_t i = 0; i < e->robustness.n_cells; i++) {
        titr_error inner = {0};
        titr_cell_keys keys;
        TITR_TRY(check_name(e, i, err));
        if (titr_cell_cut(&e->robustness.cell[i], &keys, &inner) != TITR_OK) {
            return titr_fail(err, TITR_ERR_CONFIG, "robustness.cells.%.60s.set: %s",
                             e->robustness.cell[i].name, inner.what);
        }
    }
    return TITR_OK;
}
