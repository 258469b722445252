// SPDX-License-Identifier: GPL-3.0-or-later
/* ./dev validate tabular-reference [DIR]: what the tabular agents learn against optimal values.
 *
 * DIR holds <task>_<variant>_gamma<gamma>.csv with columns s,q0,q1,...,v,greedy_actions; see
 * tests/support/task_reference.h. Each method trains on the task that the name says, with its
 * discount, from exploring starts: an episode begins in any state with any level, so that every
 * pair is visited without end, and the methods that learn about their own policy can be greedy
 * otherwise.
 *
 *   error  = largest |Q - Q_ref| over the pairs that were given in training
 *   loss   = largest v_ref - Q_ref(s, greedy level), over the states in which one was given: ties
 *            may be broken in any way
 *   bounds : of the error, tasks without chance 1e-9, others a share of the largest |Q_ref|; of the
 *            loss, twice that
 *
 * sarsa_lambda has no proof of convergence to the optimal values [singh2000]; it is held to the
 * same bounds. After the files comes CliffWalking with epsilon 0.1: what each method's policy that
 * explores is worth, exactly and played. */

#include "tabular_cliff.h"

#include "support/school.h"
#include "support/task_reference.h"

#include "titrate/base/csv.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BOUND_CERTAIN 1e-9
#define BOUND_CHANCE 0.05       /* of the largest value */
#define DECISIONS_CERTAIN 2000  /* per pair */
#define DECISIONS_CHANCE 100000 /* per pair; 20 million at least */
#define DECISIONS_LEAST 20000000
#define STEPS_CHANCE 2 /* of an episode: nearly every pair is a start */
#define LANES 8

static const char *const methods[] = {"q_learning", "double_q",       "q_lambda",
                                      "sarsa",      "expected_sarsa", "sarsa_lambda"};
enum { N_METHODS = sizeof methods / sizeof methods[0] };

/* One file of the folder. */
typedef struct lesson {
    char name[256];
    titr_slot task;
    size_t n_states, n_levels;
    double gamma, scale, *q; /* [n_states][n_levels]; scale: the largest |q| */
    int chance;              /* 1 = steps are drawn */
    char problem[320];       /* why it cannot be compared; empty if it can */
} lesson;

/* How one method did in one lesson. */
typedef struct mark {
    double error, loss, bound;
    size_t pairs, states;
    uint64_t decisions;
    double seconds;
    char problem[320];
} mark;

/* --- files --- */

static int has_chance(const lesson *f)
{
    const titr_task_type *type = f->task.type;
    titr_task_successor next[TITR_TASK_SUCCESSORS_MAX];
    for (size_t i = 0; i < f->n_states * f->n_levels; i++) {
        if (type->successors(f->task.def, i / f->n_levels, i % f->n_levels, next) > 1) {
            return 1;
        }
    }
    return 0;
}

static titr_status read_values(lesson *f, const titr_csv *csv, titr_error *err)
{
    if (csv->n_rows != f->n_states || csv->n_columns != f->n_levels + 3) {
        return titr_fail(err, TITR_ERR_CONFIG, "%zu states in %zu columns, expected %zu in %zu",
                         csv->n_rows, csv->n_columns, f->n_states, f->n_levels + 3);
    }
    f->q = calloc(f->n_states * f->n_levels, sizeof *f->q);
    if (f->q == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu states", f->n_states);
    }
    for (size_t i = 0; i < f->n_states * f->n_levels; i++) {
        TITR_TRY(titr_csv_real(csv, i / f->n_levels, 1 + i % f->n_levels, &f->q[i], err));
        f->scale = fmax(f->scale, fabs(f->q[i]));
    }
    return TITR_OK;
}

static titr_status open_lesson(lesson *f, const char *folder, titr_error *err)
{
    char path[4096];
    titr_csv csv;
    const titr_task_shape shape = titr_task_shape_of(f->task);
    f->n_states = shape.n_states;
    f->n_levels = shape.n_levels;
    f->gamma = strtod(strstr(f->name, "_gamma") + strlen("_gamma"), NULL);
    if (f->n_states == 0 || !(f->gamma > 0.0 && f->gamma <= 1.0)) {
        return titr_fail(err, TITR_ERR_CONFIG, "%zu states, gamma %g", f->n_states, f->gamma);
    }
    f->chance = has_chance(f);
    (void)snprintf(path, sizeof path, "%s/%s", folder, f->name);
    TITR_TRY(titr_csv_read(path, &csv, err));
    const titr_status st = read_values(f, &csv, err);
    titr_csv_fini(&csv);
    return st;
}

static int is_table(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot != NULL && strcmp(dot, ".csv") == 0 && strstr(entry->d_name, "_gamma") != NULL;
}

/* @return how many; -1 without such a folder. */
static int open_lessons(const char *folder, lesson **out)
{
    struct dirent **entry = NULL;
    const int n = scandir(folder, &entry, is_table, alphasort);
    lesson *f = calloc((size_t)(n > 0 ? n : 0) + 1, sizeof *f);
    for (int i = 0; i < n; i++) {
        titr_error err = {0};
        (void)snprintf(f[i].name, sizeof f[i].name, "%s", entry[i]->d_name);
        f[i].task = task_of_file(f[i].name);
        if (f[i].task.type != NULL && open_lesson(&f[i], folder, &err) != TITR_OK) {
            (void)snprintf(f[i].problem, sizeof f[i].problem, "%.300s", err.what);
        }
        free(entry[i]);
    }
    free(entry);
    *out = f;
    return n;
}

/* --- training --- */

static void set_real(titr_slot slot, const char *name, double value)
{
    *(double *)titr_slot_field(slot, name) = value;
}

/* Where steps are drawn, step sizes begin small: with gamma = 1 and policies that never end, as on
 * the ice, values that chance has made too large would keep each other up. With alpha = 1,
 * double_q's tables can copy each other for ever. */
static void set_step_size(titr_slot slot, const char *method, int chance)
{
    const double certain = strcmp(method, "double_q") == 0 ? 0.9 : 1.0;
    set_real(slot, "alpha.from", chance ? 0.1 : certain);
    set_real(slot, "alpha.to", 0.0);
    set_real(slot, "alpha.decay", chance ? 0.003 : 0.0);
    set_real(slot, "alpha.power", 0.8);
}

/* Greedy but for exploring starts; the others look around a little as well. */
static titr_slot pupil(const char *method, const lesson *f)
{
    titr_slot slot = {NULL, NULL};
    const double epsilon = strstr(method, "sarsa") != NULL ? 0.0 : 0.2;
    if (titr_slot_init(&slot, titr_agent_find(method), NULL) != TITR_OK) {
        return slot;
    }
    set_real(slot, "gamma", f->gamma);
    set_real(slot, "epsilon.from", epsilon);
    set_real(slot, "epsilon.to", epsilon);
    *(int *)titr_slot_field(slot, "exploring_starts") = 1;
    set_step_size(slot, method, f->chance);
    if (titr_slot_field(slot, "lambda") != NULL) {
        set_real(slot, "lambda", f->chance ? 0.3 : 0.9);
    }
    return slot;
}

static uint64_t decisions_for(const lesson *f)
{
    const uint64_t pairs = f->n_states * f->n_levels;
    const uint64_t many = pairs * DECISIONS_CHANCE;
    return !f->chance ? pairs * DECISIONS_CERTAIN : many > DECISIONS_LEAST ? many : DECISIONS_LEAST;
}

static titr_status train(school *s, const lesson *f, uint32_t *taken, titr_error *err)
{
    const uint64_t wanted = decisions_for(f);
    while (s->decisions < wanted) {
        TITR_TRY(school_step(s, TITR_ACT_EXPLORE, err));
        for (size_t l = 0; l < s->lanes; l++) {
            taken[(size_t)s->obs[l] * f->n_levels + (size_t)s->level[l]] = 1;
        }
    }
    return TITR_OK;
}

static void compare_state(const lesson *f, size_t state, const double *q, const uint32_t *taken,
                          mark *m)
{
    const double *ref = &f->q[state * f->n_levels];
    double best = -HUGE_VAL;
    size_t greedy = 0, any = 0;
    for (size_t a = 0; a < f->n_levels; a++) {
        best = fmax(best, ref[a]);
        greedy = q[a] > q[greedy] ? a : greedy;
        if (taken[state * f->n_levels + a]) {
            const double error = fabs(q[a] - ref[a]);
            m->error = error <= m->error ? m->error : error; /* NaN is the worst */
            m->pairs++;
            any = 1;
        }
    }
    if (any) {
        m->states++;
        m->loss = fmax(m->loss, best - ref[greedy]);
    }
}

static titr_status judge(school *s, const lesson *f, const uint32_t *taken, mark *m,
                         titr_error *err)
{
    double q[TITR_LEVELS_MAX];
    for (size_t state = 0; state < f->n_states; state++) {
        TITR_TRY(school_values(s, state, q, err));
        compare_state(f, state, q, taken, m);
    }
    return TITR_OK;
}

static titr_status attend(const lesson *f, titr_slot agent, titr_slot task, mark *m,
                          titr_error *err)
{
    school s = {0};
    uint32_t *taken = calloc(f->n_states * f->n_levels, sizeof *taken);
    titr_status st = taken == NULL ? titr_fail(err, TITR_ERR_NOMEM, "no memory")
                                   : school_open(&s, task, agent, f->chance ? LANES : 1, 1, err);
    st = st == TITR_OK ? train(&s, f, taken, err) : st;
    st = st == TITR_OK ? judge(&s, f, taken, m, err) : st;
    m->decisions = s.decisions;
    school_close(&s);
    free(taken);
    return st;
}

static mark mark_of(const lesson *f, const char *method)
{
    mark m = {.bound = f->chance ? BOUND_CHANCE * f->scale : BOUND_CERTAIN};
    titr_error err = {0};
    titr_slot task = {NULL, NULL}, agent = pupil(method, f);
    struct timespec from, to;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    titr_status st = titr_slot_copy(&task, f->task, &err);
    if (st == TITR_OK) {
        *(int *)titr_slot_field(task, "random_start") = 1;
        *(int64_t *)titr_slot_field(task, "steps_max") = f->chance ? STEPS_CHANCE : 20;
        st = attend(f, agent, task, &m, &err);
    }
    if (st != TITR_OK) {
        (void)snprintf(m.problem, sizeof m.problem, "%.300s", err.what);
    }
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    m.seconds = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
    titr_slot_fini(&task);
    titr_slot_fini(&agent);
    return m;
}

/* --- all of it --- */

typedef struct report {
    size_t n, compared, ok, skipped, failed; /* a case is a method on a file */
    double worst;                            /* error or loss over its bound */
    char worst_case[300], why_skipped[300];
} report;

static void add(report *r, const lesson *f, const char *method, const mark *m)
{
    const double over = fmax(m->error / m->bound, m->loss / (2.0 * m->bound));
    if (m->problem[0] != '\0') {
        (void)printf("%-46s %-15s %s\n", f->name, method, m->problem);
        r->failed++;
        return;
    }
    r->compared++;
    r->ok += m->pairs > 0 && m->error <= m->bound && m->loss <= 2.0 * m->bound;
    if (!(over <= r->worst) || r->worst_case[0] == '\0') {
        r->worst = over;
        (void)snprintf(r->worst_case, sizeof r->worst_case, "%s, %s", f->name, method);
    }
    (void)printf("%-46s %-15s error %.2e of %.1e, loss %.2e, %zu pairs, %zu states, "
                 "%.0fM decisions, %.1f s\n",
                 f->name, method, m->error, m->bound, m->loss, m->pairs, m->states,
                 1e-6 * (double)m->decisions, m->seconds);
}

static void add_file(report *r, const lesson *f, const mark *m)
{
    r->n += N_METHODS;
    if (f->task.type == NULL) {
        r->skipped += N_METHODS;
        (void)snprintf(r->why_skipped, sizeof r->why_skipped, "%.250s is of no task here", f->name);
        return;
    }
    for (size_t k = 0; k < N_METHODS; k++) {
        add(r, f, methods[k], &m[k]);
    }
}

static void study(const lesson *f, int n, mark *m)
{
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < n * N_METHODS; i++) {
        const lesson *mine = &f[i / N_METHODS];
        if (mine->task.type != NULL && mine->problem[0] == '\0') {
            m[i] = mark_of(mine, methods[i % N_METHODS]);
        } else {
            (void)snprintf(m[i].problem, sizeof m[i].problem, "%.300s", mine->problem);
        }
    }
}

static void conclude(const report *r)
{
    (void)printf("bounds: error %g without chance, else %g of the largest value; loss twice that\n",
                 BOUND_CERTAIN, BOUND_CHANCE);
    (void)printf("tabular-reference: compared %zu of %zu, ok %zu, worst %.3g (%s), skipped %zu: %s",
                 r->compared, r->n, r->ok, r->worst, r->compared > 0 ? r->worst_case : "none",
                 r->skipped + r->failed, r->skipped > 0 ? r->why_skipped : "none");
    if (r->failed > 0) {
        (void)printf("; %zu could not be compared", r->failed);
    }
    (void)printf("\n");
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : TITR_REFERENCE_DIR "/rl";
    lesson *f = NULL;
    report r = {.n = 0};
    const int n = open_lessons(folder, &f);
    mark *m = calloc((size_t)(n > 0 ? n : 0) * N_METHODS + 1, sizeof *m);
    if (n < 0) {
        (void)printf("no folder %s\n", folder);
    }
    study(f, n, m);
    for (int i = 0; i < n; i++) {
        add_file(&r, &f[i], &m[(size_t)i * N_METHODS]);
        titr_slot_fini(&f[i].task);
        free(f[i].q);
    }
    free(f);
    free(m);
    const int cliff = tabular_cliff();
    conclude(&r);
    return r.compared > 0 && r.ok == r.compared && r.failed == 0 && cliff ? 0 : 1;
}
