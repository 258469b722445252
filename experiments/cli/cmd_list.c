// SPDX-License-Identifier: GPL-3.0-or-later
/* list: what is registered. */
#include "cli.h"

#include "titrate/runner/kind.h"

#include <stdio.h>

static void list_kind(const titr_kind *kind)
{
    (void)printf("%s: %s\n", kind->name, kind->doc);
    const titr_part *part = NULL;
    for (size_t i = 0; (part = kind->at(i)) != NULL; i++) {
        (void)printf("  %-30s %s\n", part->name, part->doc);
    }
}

static int unknown(const char *name, const titr_kind *kinds, size_t n)
{
    const char *names[32];
    for (size_t i = 0; i < n && i < 32; i++) {
        names[i] = kinds[i].name;
    }
    const char *near = titr_nearest(name, names, n < 32 ? n : 32);
    (void)fprintf(stderr, "titrate list: no kind '%s'%s%s%s\n", name,
                  near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return CLI_BAD_INPUT;
}

static int list(const cli_args *args)
{
    size_t n = 0;
    const titr_kind *kinds = titr_kinds(&n);
    if (args->n_args == 0) {
        for (size_t i = 0; i < n; i++) {
            list_kind(&kinds[i]);
        }
        return CLI_OK;
    }
    const titr_kind *kind = titr_kind_find(args->arg[0]);
    size_t length = 0;
    while (args->arg[0][length] != '\0') {
        length++;
    }
    if (kind == NULL && length > 1 && args->arg[0][length - 1] == 's') { /* "agents" as well */
        char singular[64];
        (void)snprintf(singular, sizeof singular, "%.*s", (int)(length - 1), args->arg[0]);
        kind = titr_kind_find(singular);
    }
    if (kind == NULL) {
        return unknown(args->arg[0], kinds, n);
    }
    list_kind(kind);
    return CLI_OK;
}

const cli_command cli_cmd_list = {
    .name = "list",
    .usage = "[KIND]",
    .doc = "models, agents, sensors, ...: what can be named in a config",
    .help = "Without KIND: everything. `titrate describe NAME` tells more about one of them.",
    .max_args = 1,
    .run = list,
};
