// SPDX-License-Identifier: GPL-3.0-or-later
/* Every registered part of every kind tells what it is, and every number its unit, range and
 * source; sources resolve in docs/references.bib. */
#include "titrate/agents/agent.h"
#include "titrate/agents/shield.h"
#include "titrate/env/pump.h"
#include "titrate/env/reward.h"
#include "titrate/env/sensor.h"
#include "titrate/env/task.h"
#include "titrate/metrics/metric.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_bibliography(void)
{
    FILE *file = fopen(TITR_SOURCE_DIR "/docs/references.bib", "rb");
    cr_assert_not_null(file, "docs/references.bib cannot be read");
    char *text = calloc(1, 1 << 20);
    cr_assert_not_null(text);
    cr_assert_lt(fread(text, 1, 1 << 20, file), 1 << 20, "a larger buffer is needed");
    cr_assert_eq(fclose(file), 0);
    return text;
}

static int has_key(const char *bibliography, const char *key)
{
    char entry[128];
    (void)snprintf(entry, sizeof entry, "{%s,", key);
    return strstr(bibliography, entry) != NULL;
}

static int is_source(const char *bibliography, const char *key)
{
    static const char *const ours[] = {"choice", "assumed", "derived", "titrate"};
    for (size_t i = 0; key != NULL && i < sizeof ours / sizeof ours[0]; i++) {
        if (strcmp(key, ours[i]) == 0) {
            return 1;
        }
    }
    return key != NULL && has_key(bibliography, key);
}

static int is_number(titr_option_kind kind)
{
    return kind == TITR_OPTION_REAL || kind == TITR_OPTION_INT || kind == TITR_OPTION_REALS;
}

static size_t field_size(titr_option_kind kind)
{
    static const size_t size[] = {
        [TITR_OPTION_REAL] = sizeof(double), [TITR_OPTION_INT] = sizeof(int64_t),
        [TITR_OPTION_FLAG] = sizeof(int),    [TITR_OPTION_CHOICE] = sizeof(int),
        [TITR_OPTION_TEXT] = TITR_TEXT_MAX,  [TITR_OPTION_REALS] = sizeof(titr_reals),
    };
    return size[kind];
}

/* How a name ends when its value has this unit: "U/h" -> "u_per_h", "mg/dL" -> "mg_dl". */
static void ending_of(const char *unit, char *text, size_t size)
{
    size_t n = 0;
    for (const char *c = unit; *c != '\0' && n + 6 < size; c++) {
        if (*c != '/') {
            text[n++] = (char)tolower((unsigned char)*c);
        } else if (strncmp(c, "/dL", 3) == 0) {
            text[n++] = '_';
        } else {
            n += (size_t)snprintf(text + n, size - n, "%sper_", c == unit ? "" : "_");
        }
    }
    text[n] = '\0';
}

static int ends_in_unit(const char *name, const char *unit)
{
    static const struct {
        const char *unit, *ending;
    } spelled_out[] = {{"a", "years"}, {"d", "days"}, {"U/d", "u_per_day"}, {"%", "percent"}};
    char ending[64];
    ending_of(unit, ending, sizeof ending);
    for (size_t i = 0; i < sizeof spelled_out / sizeof spelled_out[0]; i++) {
        if (strcmp(unit, spelled_out[i].unit) == 0) {
            (void)snprintf(ending, sizeof ending, "%s", spelled_out[i].ending);
        }
    }
    const size_t n = strlen(name), m = strlen(ending);
    return strcmp(unit, "1") == 0 || (n >= m && strcmp(name + n - m, ending) == 0);
}

/* No two options set the same bytes. */
static void check_layout(const titr_part *part)
{
    for (size_t i = 0; i < part->n_options; i++) {
        const titr_option *a = &part->options[i];
        for (size_t j = 0; j < i; j++) {
            const titr_option *b = &part->options[j];
            cr_assert(a->offset + field_size(a->kind) <= b->offset ||
                          b->offset + field_size(b->kind) <= a->offset,
                      "%s: %s and %s share memory", part->name, a->name, b->name);
        }
    }
}

static void check_option(const char *bib, const titr_part *part, const titr_option *o)
{
    cr_assert(o->name != NULL && o->doc != NULL && o->doc[0] != '\0',
              "%s: an option without name "
              "or meaning",
              part->name);
    cr_assert(is_source(bib, o->source), "%s.%s: source '%s' is not in docs/references.bib",
              part->name, o->name, o->source ? o->source : "(none)");
    cr_assert_leq(o->offset + field_size(o->kind), part->def_size, "%s.%s: outside its def",
                  part->name, o->name);
    cr_assert_eq(titr_option_find(part->options, part->n_options, o->name), o, "%s.%s: twice",
                 part->name, o->name);
    if (is_number(o->kind)) {
        cr_assert(o->unit != NULL && o->unit[0] != '\0', "%s.%s: no unit", part->name, o->name);
        cr_assert(o->lo < o->hi, "%s.%s: no range", part->name, o->name);
        cr_assert(ends_in_unit(o->name, o->unit), "%s.%s does not end in its unit %s", part->name,
                  o->name, o->unit);
    }
    if (o->kind == TITR_OPTION_CHOICE) {
        int n = 0;
        while (o->choices != NULL && o->choices[n] != NULL) {
            n++;
        }
        cr_assert(n >= 2 && (int)o->init < n, "%s.%s: choices", part->name, o->name);
    }
}

/* Names are part of configs, files and tables. */
static void check_name(const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        cr_assert(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '_' ||
                      *c == '-',
                  "'%s' is not lower_case", name);
    }
}

static void check_part(const char *bib, const titr_part *part)
{
    cr_assert(part->name != NULL && part->doc != NULL && part->doc[0] != '\0');
    check_name(part->name);
    cr_assert(is_source(bib, part->source), "%s: source '%s' is not in docs/references.bib",
              part->name, part->source ? part->source : "(none)");
    cr_assert_eq(part->n_options > 0, part->def_size > 0, "%s: options without a def", part->name);
    for (size_t i = 0; i < part->n_options; i++) {
        check_option(bib, part, &part->options[i]);
    }
    check_layout(part);
}

/* What the defaults leave out (required texts) is for the config to give. */
static void check_defaults(const titr_part *part)
{
    titr_slot slot = {0};
    titr_error err = {0};
    cr_assert_eq(titr_slot_init(&slot, part, NULL), TITR_OK);
    for (size_t i = 0; i < part->n_options; i++) {
        if (!part->options[i].required) {
            cr_assert_eq(titr_options_check(&part->options[i], 1, slot.def, &err), TITR_OK,
                         "%s: the default is refused: %s", part->name, err.what);
        }
    }
    titr_slot_fini(&slot);
}

#define FOR_EACH_KIND(X)                                                                           \
    X(model)                                                                                       \
    X(solver)                                                                                      \
    X(scenario) X(sensor) X(pump) X(actions) X(reward) X(task) X(agent) X(shield) X(metric)

Test(parts, every_part_and_option_is_documented_with_its_source)
{
    char *bib = read_bibliography();
#define X(kind)                                                                                    \
    {                                                                                              \
        size_t n = 0;                                                                              \
        const titr_##kind##_type *const *all = titr_##kind##_all(&n);                              \
        cr_assert_gt(n, 0);                                                                        \
        for (size_t i = 0; i < n; i++) {                                                           \
            check_part(bib, &all[i]->part);                                                        \
            check_defaults(&all[i]->part);                                                         \
            cr_assert_eq(titr_##kind##_find(all[i]->part.name), all[i]);                           \
        }                                                                                          \
        cr_assert_null(titr_##kind##_find("no such " #kind));                                      \
    }
    FOR_EACH_KIND(X)
#undef X
    free(bib);
}

static void check_table(const char *bib, const char *model, titr_table table)
{
    for (size_t i = 0; i < table.n; i++) {
        const titr_quantity *q = &table.row[i];
        cr_assert(q->name != NULL && q->unit != NULL && q->unit[0] != '\0', "%s: row %zu", model,
                  i);
        cr_assert(q->lo <= q->init && q->init <= q->hi && q->lo < q->hi, "%s.%s: range", model,
                  q->name);
        cr_assert(is_source(bib, q->source), "%s.%s: source '%s' is not in docs/references.bib",
                  model, q->name, q->source ? q->source : "(none)");
        cr_assert_eq(titr_table_find(table, q->name), i, "%s.%s: twice", model, q->name);
    }
}

Test(parts, every_quantity_of_a_model_has_unit_range_and_source)
{
    char *bib = read_bibliography();
    size_t n = 0;
    const titr_model_type *const *all = titr_model_all(&n);
    for (size_t i = 0; i < n; i++) {
        const titr_model_type *m = all[i];
        const titr_table tables[] = {m->states, m->inputs, m->held, m->params, m->outputs};
        for (size_t k = 0; k < sizeof tables / sizeof tables[0]; k++) {
            check_table(bib, m->part.name, tables[k]);
        }
    }
    free(bib);
}
