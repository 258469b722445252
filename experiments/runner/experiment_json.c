// SPDX-License-Identifier: GPL-3.0-or-later
/* The resolved experiment as JSON: the keys of the option tables, in their order. */
#include "guard.h"

#include "titrate/base/text.h"
#include "titrate/runner/experiment.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A file as the config gave it; of an absolute path only the file's name: no host, no user. */
static const char *shown_path(const char *path, const char *folder)
{
    const size_t n = strlen(folder);
    if (n > 0 && strncmp(path, folder, n) == 0 && path[n] == '/') {
        return path + n + 1;
    }
    const char *slash = strrchr(path, '/');
    return path[0] == '/' && slash != NULL ? slash + 1 : path;
}

static void write_value(titr_json *json, const char *key, const titr_option *o, const void *field,
                        const char *folder)
{
    switch (o->kind) {
    case TITR_OPTION_REAL: {
        const double value = *(const double *)field;
        if (isnan(value)) {
            titr_json_text(json, key, "auto");
        } else {
            titr_json_real(json, key, value);
        }
        return;
    }
    case TITR_OPTION_INT:
        titr_json_int(json, key, *(const int64_t *)field);
        return;
    case TITR_OPTION_FLAG:
        titr_json_bool(json, key, *(const int *)field);
        return;
    case TITR_OPTION_CHOICE:
        titr_json_text(json, key, o->choices[*(const int *)field]);
        return;
    case TITR_OPTION_TEXT:
        titr_json_text(json, key, shown_path(field, titr_option_is_path(o) ? folder : ""));
        return;
    case TITR_OPTION_REALS: {
        const titr_reals *reals = field;
        titr_json_open(json, key, '[');
        for (size_t i = 0; i < reals->n; i++) {
            titr_json_real(json, NULL, reals->v[i]);
        }
        titr_json_close(json, ']');
        return;
    }
    }
}

/* Length of the group that a name belongs to: "epsilon" of "epsilon.from", "limits" of "limits[0]";
 * 0 when it stands alone. */
static size_t group_length(const char *name)
{
    const size_t n = strcspn(name, ".[");
    return name[n] == '\0' ? 0 : n;
}

typedef struct writer {
    titr_json json;
    const char *folder;         /* the config's                                            */
    const titr_option *written; /* keys of the open group that are there already: a policy */
    size_t n_written;           /* and its agent may share one                             */
} writer;

static void write_options(writer *w, const titr_option *options, size_t n, const void *def)
{
    const char *group = "";
    size_t length = 0;
    char closing = '\0';
    for (size_t i = 0; i < n; i++) {
        const char *name = options[i].name;
        const size_t next = group_length(name);
        if (titr_option_find(w->written, w->n_written, name) != NULL) {
            continue;
        }
        if (length > 0 && (next != length || strncmp(name, group, length) != 0)) {
            titr_json_close(&w->json, closing);
            length = 0;
        }
        if (next > 0 && length == 0) {
            char key[TITR_TEXT_MAX];
            (void)snprintf(key, sizeof key, "%.*s", (int)next, name);
            closing = name[next] == '[' ? ']' : '}';
            titr_json_open(&w->json, key, name[next] == '[' ? '[' : '{');
            group = name;
            length = next;
        }
        const char *key = length == 0 ? name : closing == ']' ? NULL : name + length + 1;
        write_value(&w->json, key, &options[i], (const char *)def + options[i].offset, w->folder);
    }
    if (length > 0) {
        titr_json_close(&w->json, closing);
    }
}

/* The members of a chosen part: its name under `key`, then its options. */
static void write_slot(writer *w, const char *key, titr_slot slot)
{
    const titr_part *part = titr_slot_part(slot);
    titr_json_text(&w->json, key, part != NULL ? part->name : NULL);
    if (part != NULL) {
        write_options(w, part->options, part->n_options, slot.def);
    }
}

static void write_observe(titr_json *json, const titr_experiment *e, const titr_observe *entry)
{
    titr_json_open(json, NULL, '{');
    titr_json_text(json, "name", titr_observe_name(e, entry));
    titr_json_open(json, "edges", '[');
    for (size_t k = 0; k < entry->edges.n; k++) {
        titr_json_real(json, NULL, entry->edges.v[k]);
    }
    titr_json_close(json, ']');
    titr_json_int(json, "history", entry->history);
    titr_json_close(json, '}');
}

static void write_policy(writer *w, const titr_experiment *e, const titr_policy_def *p)
{
    size_t n = 0;
    const titr_option *options = titr_policy_options(&n);
    titr_json_open(&w->json, NULL, '{');
    write_options(w, options, n, p);
    titr_json_open(&w->json, "observe", '[');
    for (size_t i = 0; i < p->observe.n; i++) {
        write_observe(&w->json, e, &p->observe.entry[i]);
    }
    titr_json_close(&w->json, ']');
    w->written = options;
    w->n_written = n;
    write_slot(w, "agent", p->agent);
    w->n_written = 0;
    titr_json_close(&w->json, '}');
}

static void write_slots(writer *w, const char *key, const titr_slot *slot, size_t n)
{
    titr_json_open(&w->json, key, '[');
    for (size_t i = 0; i < n; i++) {
        titr_json_open(&w->json, NULL, '{');
        write_slot(w, "name", slot[i]);
        titr_json_close(&w->json, '}');
    }
    titr_json_close(&w->json, ']');
}

static void write_cells(writer *w, const titr_section *section, const titr_experiment *e)
{
    titr_json_open(&w->json, "cells", '[');
    for (size_t i = 0; i < e->robustness.n_cells; i++) {
        titr_json_open(&w->json, NULL, '{');
        write_options(w, section->options, section->n_options, &e->robustness.cell[i]);
        titr_json_close(&w->json, '}');
    }
    titr_json_close(&w->json, ']');
}

static void write_list(writer *w, const titr_section *section, const titr_experiment *e)
{
    const char *name = section->name;
    if (strcmp(name, "scenario.parts") == 0) {
        write_slots(w, "parts", e->scenario.part, e->scenario.n_parts);
    } else if (strcmp(name, "shield.rules") == 0) { /* rules out of use shape nothing */
        write_slots(w, "rules", e->shield.rule, titri_guards_any(e) ? e->shield.n : 0);
    } else if (strcmp(name, "robustness.cells") == 0) {
        write_cells(w, section, e);
    } else if (strcmp(name, "policies") == 0) {
        titr_json_open(&w->json, name, '[');
        for (size_t i = 0; i < e->n_policies; i++) {
            write_policy(w, e, &e->policy[i]);
        }
        titr_json_close(&w->json, ']');
    }
}

static titr_slot slot_at(const titr_experiment *e, const titr_section *section)
{
    titr_slot slot;
    memcpy(&slot, (const char *)e + section->slot, sizeof slot);
    return slot;
}

/* Without children the sections about them say nothing, and without a task its section. */
static int is_part_of(const titr_experiment *e, const titr_section *section)
{
    const int task = strcmp(section->name, "task") == 0;
    if (strcmp(section->name, "ope") == 0) { /* no part of a run */
        return e->ope.data_policy[0] != '\0';
    }
    return e->task.type != NULL ? !section->of_children : !task;
}

/* Key, options and chosen part of a group; the caller closes it. */
static void open_group(writer *w, const titr_experiment *e, const titr_section *section,
                       const char *key)
{
    titr_json_open(&w->json, key, '{');
    if (section->shape == TITR_SECTION_PART) {
        write_slot(w, "name", slot_at(e, section));
    }
    write_options(w, section->options, section->n_options, e);
}

titr_status titr_experiment_json(const titr_experiment *e, char **json, titr_error *err)
{
    size_t n = 0;
    const titr_section *section = titr_experiment_sections(&n);
    writer w = {.json = {.indent = 1}, .folder = e->folder};
    int open = 0; /* 1 = a group waits for the inner sections that follow it in the table */
    titr_json_open(&w.json, NULL, '{');
    write_options(&w, section[0].options, section[0].n_options, e);
    for (size_t i = 1; i < n; i++) {
        const char *dot = strrchr(section[i].name, '.');
        if (!is_part_of(e, &section[i])) {
            continue;
        }
        if (dot == NULL && open) {
            titr_json_close(&w.json, '}');
            open = 0;
        }
        if (section[i].shape == TITR_SECTION_LIST) {
            write_list(&w, &section[i], e);
        } else if (dot == NULL) {
            open_group(&w, e, &section[i], section[i].name);
            open = 1;
        } else if (slot_at(e, &section[i]).type != NULL) { /* train.solver, when there is one */
            open_group(&w, e, &section[i], dot + 1);
            titr_json_close(&w.json, '}');
        }
    }
    if (open) {
        titr_json_close(&w.json, '}');
    }
    titr_json_close(&w.json, '}');
    return titr_text_take(&w.json.text, json, err);
}
