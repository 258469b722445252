// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/task_reference.h"

#include "titrate/base/csv.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>

/* --- one lane --- */

one_task one_task_of(titr_slot task, uint32_t episode)
{
    one_task t = {.type = task.type,
                  .slot = task,
                  .shape = titr_task_shape_of(task),
                  .key = {.seed = 7, .purpose = TITR_PURPOSE_TASK, .episode = episode},
                  .runs = 1};
    t.type->start(task.def, t.key, t.state, 1);
    return t;
}

void one_task_step(one_task *t, int level)
{
    t->level = level;
    t->terminated = 0;
    const titr_task_lanes lanes = {1,        t->state,  &t->key,    &t->index,
                                   &t->runs, &t->level, &t->reward, &t->terminated};
    t->type->step(t->slot.def, &lanes);
    t->index++;
}

/* --- values --- */

/* Value of a level by what can follow it. */
static double backup(titr_slot task, const titr_task_shape *shape, double gamma, const double *q,
                     size_t state, size_t level)
{
    const titr_task_type *type = task.type;
    titr_task_successor next[TITR_TASK_SUCCESSORS_MAX];
    const size_t n = type->successors(task.def, state, level, next);
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        double best = -HUGE_VAL;
        unsigned char mask[TITR_LEVELS_MAX];
        const double at = (double)next[i].state;
        memset(mask, 1, sizeof mask);
        if (type->mask != NULL) {
            type->mask(task.def, &at, 1, mask);
        }
        for (size_t a = 0; a < shape->n_levels; a++) {
            const double value = q[next[i].state * shape->n_levels + a];
            best = mask[a] && value > best ? value : best;
        }
        sum += next[i].probability * (next[i].reward + (next[i].terminated ? 0.0 : gamma * best));
    }
    return sum;
}

double *task_values(titr_slot task, double gamma)
{
    const titr_task_shape shape = titr_task_shape_of(task);
    double *q = calloc(shape.n_states * shape.n_levels, sizeof *q);
    double change = 1.0;
    for (int sweep = 0; q != NULL && sweep < 100000 && change > 1e-13; sweep++) {
        change = 0.0;
        for (size_t s = 0; s < shape.n_states; s++) {
            for (size_t a = 0; a < shape.n_levels; a++) {
                const double value = backup(task, &shape, gamma, q, s, a);
                change = fmax(change, fabs(value - q[s * shape.n_levels + a]));
                q[s * shape.n_levels + a] = value;
            }
        }
    }
    return q;
}

/* --- files --- */

/* How one file went. */
typedef struct outcome {
    double worst; /* over its bound */
    size_t rows;
    char problem[320]; /* empty = compared */
} outcome;

static const struct {
    const char *prefix, *task, *option; /* of a file's name; option to set, or NULL */
    int value;
    const char *second;
    int second_value;
} names[] = {
    {"FrozenLake-v1_4x4_slippery_", "frozen_lake", "map", 0, "slippery", 1},
    {"FrozenLake-v1_4x4_deterministic_", "frozen_lake", "map", 0, "slippery", 0},
    {"FrozenLake-v1_8x8_slippery_", "frozen_lake", "map", 1, "slippery", 1},
    {"FrozenLake-v1_8x8_deterministic_", "frozen_lake", "map", 1, "slippery", 0},
    {"CliffWalking-v1_slippery_", "cliff_walking", "slippery", 1, NULL, 0},
    {"CliffWalking-v1_", "cliff_walking", "slippery", 0, NULL, 0},
    {"Taxi-v4_", "taxi", "masked", 0, NULL, 0},
    {"cartpole_", "cartpole", NULL, 0, NULL, 0},
    {"mountaincar_", "mountain_car", NULL, 0, NULL, 0},
    {"acrobot_", "acrobot", NULL, 0, NULL, 0},
};
enum { N_NAMES = sizeof names / sizeof names[0] };

titr_slot task_of_file(const char *file)
{
    titr_slot slot = {NULL, NULL};
    size_t i = 0;
    while (i < N_NAMES && strncmp(file, names[i].prefix, strlen(names[i].prefix)) != 0) {
        i++;
    }
    if (i == N_NAMES || titr_task_find(names[i].task) == NULL ||
        titr_slot_init(&slot, titr_task_find(names[i].task), NULL) != TITR_OK) {
        return slot;
    }
    if (names[i].option != NULL) {
        *(int *)titr_slot_field(slot, names[i].option) = names[i].value;
    }
    if (names[i].second != NULL) {
        *(int *)titr_slot_field(slot, names[i].second) = names[i].second_value;
    }
    return slot;
}

static void note(outcome *o, double difference, double bound)
{
    /* written so that NaN is the worst */
    o->worst = difference / bound <= o->worst ? o->worst : difference / bound;
}

/* A row's cells as numbers. @return 0 when one is none; an empty cell is NaN. */
static int row_of(const titr_csv *csv, size_t row, size_t first, size_t n, double *value)
{
    for (size_t c = 0; c < n; c++) {
        value[c] = (double)NAN;
        if (titr_csv_text(csv, row, first + c)[0] != '\0' &&
            titr_csv_real(csv, row, first + c, &value[c], NULL) != TITR_OK) {
            return 0;
        }
    }
    return 1;
}

/* One row of a trajectory against a step of `t`; afterwards t stands at the stored state if
 * `restart`. */
static void compare_step(one_task *t, const double *row, double bound, int restart, outcome *o)
{
    const size_t n = t->shape.n_state;
    const double *state = row + 3;
    if (row[1] == 0.0) {
        memcpy(t->state, state, n * sizeof *state);
        return;
    }
    one_task_step(t, (int)row[2]);
    for (size_t i = 0; i < n; i++) {
        note(o, fabs(t->state[i] - state[i]) / fmax(1.0, fabs(state[i])), bound);
    }
    note(o, fabs(t->reward - state[n]) + fabs((double)t->terminated - state[n + 1]), bound);
    o->rows++;
    if (restart) {
        memcpy(t->state, state, n * sizeof *state);
    }
}

static void compare_steps(titr_slot task, const titr_csv *csv, outcome *o)
{
    one_task single = one_task_of(task, 1), free_running = single;
    const size_t n = single.shape.n_state;
    const int free_too = strcmp(titr_slot_part(task)->name, "cartpole") == 0;
    double row[TITR_STATES_MAX + 8];
    if (csv->n_columns != n + 5 || strcmp(titr_csv_name(csv, 0), "episode") != 0 ||
        strcmp(titr_csv_name(csv, 3 + n), "reward") != 0) {
        (void)snprintf(o->problem, sizeof o->problem,
                       "columns are not episode,t,action,<state>,"
                       "reward,terminated");
        return;
    }
    for (size_t k = 0; k < csv->n_rows; k++) {
        if (!row_of(csv, k, 0, n + 5, row) || (k == 0 && row[1] != 0.0)) {
            (void)snprintf(o->problem, sizeof o->problem, "line %zu is no step", csv->line[k + 1]);
            return;
        }
        compare_step(&single, row, TASK_STEP_BOUND, 1, o);
        if (free_too) {
            compare_step(&free_running, row, TASK_FREE_BOUND, 0, o);
            o->rows -= row[1] != 0.0;
        }
    }
}

static void compare_values(titr_slot task, const char *file, const titr_csv *csv, outcome *o)
{
    const titr_task_shape shape = titr_task_shape_of(task);
    const double gamma = strtod(strstr(file, "_gamma") + strlen("_gamma"), NULL);
    double row[TITR_LEVELS_MAX + 1];
    if (shape.n_states != csv->n_rows || csv->n_columns != shape.n_levels + 3 ||
        !(gamma > 0.0 && gamma <= 1.0)) {
        (void)snprintf(o->problem, sizeof o->problem, "%zu states of %zu columns at gamma %g",
                       csv->n_rows, csv->n_columns, gamma);
        return;
    }
    double *q = task_values(task, gamma);
    for (size_t s = 0; q != NULL && s < shape.n_states; s++) {
        if (!row_of(csv, s, 0, shape.n_levels + 1, row) || row[0] != (double)s) {
            (void)snprintf(o->problem, sizeof o->problem, "line %zu is not state %zu",
                           csv->line[s + 1], s);
            break;
        }
        for (size_t a = 0; a < shape.n_levels; a++) {
            note(o, fabs(q[s * shape.n_levels + a] - row[1 + a]), TASK_VALUE_BOUND);
        }
        o->rows++;
    }
    free(q);
}

static outcome compare_file(const char *folder, const char *file, titr_slot task)
{
    char path[4096];
    titr_csv csv;
    titr_error err = {0};
    outcome o = {.worst = 0.0};
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    if (titr_csv_read(path, &csv, &err) != TITR_OK) {
        (void)snprintf(o.problem, sizeof o.problem, "%.300s", err.what);
        return o;
    }
    if (strstr(file, "_gamma") != NULL) {
        compare_values(task, file, &csv, &o);
    } else {
        compare_steps(task, &csv, &o);
    }
    titr_csv_fini(&csv);
    return o;
}

static void count(task_reference_result *r, const char *file, const outcome *o, FILE *out)
{
    if (o->problem[0] != '\0' || o->rows == 0) {
        r->failed++;
    } else {
        r->compared++;
        r->ok += o->worst <= 1.0;
        r->rows += o->rows;
        if (!(o->worst <= r->worst) || r->worst_file[0] == '\0') {
            r->worst = o->worst;
            (void)snprintf(r->worst_file, sizeof r->worst_file, "%s", file);
        }
    }
    if (out != NULL && o->problem[0] != '\0') {
        (void)fprintf(out, "%-48s %s\n", file, o->problem);
    } else if (out != NULL) {
        (void)fprintf(out, "%-48s %5zu rows, worst %.3g of its bound\n", file, o->rows, o->worst);
    }
}

static void visit_file(const char *folder, const char *file, FILE *out, task_reference_result *r)
{
    titr_slot task = task_of_file(file);
    r->n_files++;
    if (task.type == NULL) {
        r->skipped++;
        (void)snprintf(r->why_skipped, sizeof r->why_skipped, "%.200s is of no task here", file);
        return;
    }
    const outcome o = compare_file(folder, file, task);
    count(r, file, &o, out);
    titr_slot_fini(&task);
}

static int is_ours(const struct dirent *entry)
{
    const char *name = entry->d_name, *dot = strrchr(name, '.');
    return dot != NULL && strcmp(dot, ".csv") == 0 &&
           (strstr(name, "_gamma") != NULL || strstr(name, "_traj") != NULL);
}

int task_reference_compare(const char *folder, const char *prefix, FILE *out,
                           task_reference_result *result)
{
    struct dirent **entry = NULL;
    *result = (task_reference_result){.worst = 0.0};
    const int n = scandir(folder, &entry, is_ours, alphasort);
    for (int i = 0; i < n; i++) {
        if (strncmp(entry[i]->d_name, prefix, strlen(prefix)) == 0) {
            visit_file(folder, entry[i]->d_name, out, result);
        }
        free(entry[i]);
    }
    free(entry);
    return n >= 0;
}

int task_reference_holds(const task_reference_result *result)
{
    return result->compared > 0 && result->ok == result->compared && result->failed == 0;
}
