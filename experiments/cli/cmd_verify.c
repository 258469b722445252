// SPDX-License-Identifier: GPL-3.0-or-later
/* verify: the solver's error for the children and meals of this experiment, and the step that a
 * fast one needs. */
#include "cli.h"

#include <math.h>
#include <stdio.h>

typedef struct total {
    double worst_mg_dl;
    size_t faults;
} total;

static total total_of(const titr_verification *v)
{
    total t = {0.0, 0};
    for (size_t i = 0; i < v->n; i++) {
        t.worst_mg_dl = fmax(t.worst_mg_dl, v->row[i].worst_mg_dl);
        t.faults += v->row[i].fault[0] != '\0';
    }
    return t;
}

static void show_json(const titr_verification *v, double within_mg_dl)
{
    const total t = total_of(v);
    (void)printf("{\"children\": [");
    for (size_t i = 0; i < v->n; i++) {
        const titr_verify_row *row = &v->row[i];
        (void)printf("%s\n {\"patient\": \"%s\", \"max_error_mg_dl\": %.9g, \"at_min\": %.9g, "
                     "\"fault\": \"%s\"}",
                     i ? "," : "", row->patient, row->worst_mg_dl, row->at_min, row->fault);
    }
    (void)printf("],\n \"max_error_mg_dl\": %.9g, \"faults\": %zu,\n \"rk4\": [", t.worst_mg_dl,
                 t.faults);
    for (size_t k = 0; k < TITR_VERIFY_STEPS; k++) {
        const titr_verify_step *step = &v->step[k];
        (void)printf("%s\n {\"step_min\": %g, \"steps_while_eating\": %lld, "
                     "\"max_error_mg_dl\": %.9g, \"patient\": \"%s\", \"faults\": %zu, "
                     "\"recommended\": %s}",
                     k ? "," : "", step->step_min, (long long)step->steps_while_eating,
                     step->worst_mg_dl, step->patient, step->faults,
                     k == v->recommended ? "true" : "false");
    }
    (void)printf("],\n \"within_mg_dl\": %g}\n", within_mg_dl);
}

static void show_children(const titr_verification *v)
{
    const total t = total_of(v);
    (void)printf("%-16s %22s %10s  %s\n", "child", "max error, mg/dL", "at, min", "fault");
    for (size_t i = 0; i < v->n; i++) {
        const titr_verify_row *row = &v->row[i];
        (void)printf("%-16s %22.3g %10.0f  %s\n", row->patient, row->worst_mg_dl, row->at_min,
                     row->fault[0] ? row->fault : "-");
    }
    (void)printf("worst of %zu children: %.3g mg/dL, %zu faults\n", v->n, t.worst_mg_dl, t.faults);
}

static void show_steps(const titr_verification *v, double within_mg_dl)
{
    (void)printf("\nthe fast solver rk4, for the same days:\n%8s %20s %22s  %-16s %s\n", "step_min",
                 "steps_while_eating", "max error, mg/dL", "child", "faults");
    for (size_t k = 0; k < TITR_VERIFY_STEPS; k++) {
        const titr_verify_step *step = &v->step[k];
        (void)printf("%8g %20lld %22.3g  %-16s %zu\n", step->step_min,
                     (long long)step->steps_while_eating, step->worst_mg_dl, step->patient,
                     step->faults);
    }
    if (v->recommended == TITR_VERIFY_STEPS) {
        (void)printf("none is within %g mg/dL: use cvode or rkck\n", within_mg_dl);
        return;
    }
    const titr_verify_step *step = &v->step[v->recommended];
    (void)printf("recommended within %g mg/dL: solver = { name = \"rk4\"; step_min = %.2f; "
                 "steps_while_eating = %lld; };\n",
                 within_mg_dl, step->step_min, (long long)step->steps_while_eating);
}

static int verify_children(const cli_args *args, const titr_experiment *e)
{
    const titr_watch watch = cli_watch(args);
    titr_error err = {0};
    titr_verification v = {.row = NULL};
    const double days = isnan(args->days) ? 1.0 : args->days;
    const titr_status st = titr_verify(e, days, args->within_mg_dl, &watch, &v, &err);
    cli_watch_end();
    int code = st == TITR_OK ? CLI_OK : cli_fail(st, &err);
    if (st == TITR_OK && args->json) {
        show_json(&v, args->within_mg_dl);
    } else if (st == TITR_OK) {
        show_children(&v);
        show_steps(&v, args->within_mg_dl);
    }
    if (st == TITR_OK && total_of(&v).faults > 0) {
        code = CLI_FAILED;
    }
    titr_verification_fini(&v);
    return code;
}

static int verify(const cli_args *args)
{
    return cli_with_experiment(args, 0, verify_children);
}

const cli_command cli_cmd_verify = {
    .name = "verify",
    .usage = "CONFIG",
    .doc = "the solver's error for this very set-up, child by child, and the step rk4 needs",
    .help =
        "Each child lives --days (default 1) under the same doses with the reference at rtol\n"
        "1e-12, with the experiment's solver and with the fast solver rk4 at several steps, of\n"
        "which the cheapest within --within is recommended. Exit code 1 if the experiment's\n"
        "solver or the reference faults.",
    .options = CLI_OPT_DEFINE | CLI_OPT_THREADS | CLI_OPT_JSON | CLI_OPT_DAYS | CLI_OPT_WITHIN,
    .min_args = 1,
    .max_args = 1,
    .run = verify,
};
