// SPDX-License-Identifier: GPL-3.0-or-later
#include "tabular_cliff.h"

#include "support/school.h"
#include "support/task_reference.h"

#include "titrate/agents/explore.h"

#include <math.h>
#include <stdio.h>

#define EPSILON 0.1
/* Of the exact value of a policy: learned ones may differ in ties. */
#define BOUND 0.05
enum { STATES = 48, LEVELS = 4, START = 36, EPISODES = 20000 };

typedef struct walker {
    const char *method;
    double alpha_from, alpha_decay; /* alpha.power 0.8 */
    uint64_t decisions;
    double soft, greedy; /* what its policy with and without exploration is worth */
} walker;

static const walker walkers[] = {
    {"sarsa", 0.5, 0.01, 20000000, -20.71, -15.0},
    {"expected_sarsa", 1.0, 0.0, 2000000, -20.71, -15.0},
    {"q_learning", 1.0, 0.0, 2000000, -45.80, -13.0},
};

static const unsigned char all[LEVELS] = {1, 1, 1, 1};

static titr_slot pupil(const walker *w)
{
    titr_slot slot = {NULL, NULL};
    if (titr_slot_init(&slot, titr_agent_find(w->method), NULL) == TITR_OK) {
        const struct {
            const char *name;
            double value;
        } option[] = {{"gamma", 1.0},          {"epsilon.from", EPSILON},
                      {"epsilon.to", EPSILON}, {"alpha.from", w->alpha_from},
                      {"alpha.to", 0.0},       {"alpha.decay", w->alpha_decay},
                      {"alpha.power", 0.8}};
        for (size_t i = 0; i < sizeof option / sizeof option[0]; i++) {
            *(double *)titr_slot_field(slot, option[i].name) = option[i].value;
        }
    }
    return slot;
}

static titr_status learn(const walker *w, titr_slot task, double q[STATES][LEVELS], titr_error *err)
{
    school s;
    titr_slot agent = pupil(w);
    titr_status st = school_open(&s, task, agent, 1, 1, err);
    while (st == TITR_OK && s.decisions < w->decisions) {
        st = school_step(&s, TITR_ACT_EXPLORE, err);
    }
    for (size_t x = 0; st == TITR_OK && x < STATES; x++) {
        st = school_values(&s, x, q[x], err);
    }
    school_close(&s);
    titr_slot_fini(&agent);
    return st;
}

/* Value of the epsilon-greedy policy of q from the start: swept until nothing moves. */
static double exact_value(titr_slot task, double q[STATES][LEVELS], double epsilon)
{
    const titr_task_type *type = task.type;
    double v[STATES] = {0.0}, change = 1.0;
    for (int sweep = 0; sweep < 200000 && change > 1e-12; sweep++) {
        change = 0.0;
        for (size_t x = 0; x < STATES; x++) {
            double p[LEVELS], sum = 0.0;
            titr_epsilon_probabilities(all, LEVELS, q[x], epsilon, p);
            for (size_t a = 0; a < LEVELS; a++) {
                titr_task_successor next[TITR_TASK_SUCCESSORS_MAX];
                (void)type->successors(task.def, x, a, next); /* one: nothing is drawn */
                sum += p[a] * (next->reward + (next->terminated ? 0.0 : v[next->state]));
            }
            sum = fmax(sum, -1e4); /* a greedy policy may walk for ever where it never comes */
            change = fmax(change, fabs(sum - v[x]));
            v[x] = sum;
        }
    }
    return v[START];
}

/* Mean return of the same policy, played. @param[out] error of the mean, standard */
static double played_value(titr_slot task, double q[STATES][LEVELS], double *error)
{
    double sum = 0.0, squares = 0.0;
    for (uint32_t e = 0; e < EPISODES; e++) {
        one_task t = one_task_of(task, e);
        const titr_rng_key key = {.seed = 1, .purpose = TITR_PURPOSE_TEST, .episode = e};
        double total = 0.0;
        for (t.terminated = 0; !t.terminated;) {
            uint32_t word[4];
            titr_rng_words(key, t.index, word);
            const double *values = q[(size_t)t.state[0]];
            one_task_step(&t, (int)titr_choose_epsilon(all, LEVELS, values, EPSILON, word).level);
            total += t.reward;
        }
        sum += total;
        squares += total * total;
    }
    const double mean = sum / EPISODES;
    *error = sqrt((squares / EPISODES - mean * mean) / EPISODES);
    return mean;
}

static int holds(const walker *w, titr_slot task)
{
    static double q[STATES][LEVELS];
    titr_error err = {0};
    double error = 0.0;
    if (learn(w, task, q, &err) != TITR_OK) {
        (void)printf("CliffWalking %s: %s\n", w->method, err.what);
        return 0;
    }
    const double soft = exact_value(task, q, EPSILON), greedy = exact_value(task, q, 0.0);
    const double played = played_value(task, q, &error);
    const int ok =
        fabs(soft - w->soft) <= BOUND && greedy == w->greedy && fabs(played - soft) <= 5.0 * error;
    (void)printf("CliffWalking, epsilon 0.1: %-15s %.3f (expected %.2f), played %.2f +- %.2f, "
                 "greedy path %g (expected %g)%s\n",
                 w->method, soft, w->soft, played, error, greedy, w->greedy, ok ? "" : " NOT OK");
    return ok;
}

int tabular_cliff(void)
{
    titr_slot task = {NULL, NULL};
    int ok = titr_slot_init(&task, titr_task_find("cliff_walking"), NULL) == TITR_OK;
    for (size_t k = 0; task.type != NULL && k < sizeof walkers / sizeof walkers[0]; k++) {
        ok &= holds(&walkers[k], task);
    }
    titr_slot_fini(&task);
    return ok;
}
