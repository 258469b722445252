// SPDX-License-Identifier: GPL-3.0-or-later
/* Fitted Q evaluation with a table for a network (one input per state, no hidden layer) has one
 * answer: the values of the policy in the process that the log's own frequencies make up. They are
 * found here by solving the linear equations, and by backward induction where there is a horizon.
 */
#include "titrate/agents/fqe.h"

#include "titrate/base/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STATES = 3, LEVELS = 2, PAIRS = STATES * LEVELS, HORIZON = 5, EPISODES = 600, ROOM = 40000 };

static const double target[STATES][LEVELS] = {{0.9, 0.1}, {0.3, 0.7}, {0.5, 0.5}};

/* What was counted of the log: rewards, and where each pair led. */
typedef struct counted {
    double n, reward, next[STATES];
} counted;

typedef struct record {
    titr_fqe_data data;
    size_t first[EPISODES + 1], discrete;
    int level[ROOM];
    size_t state[ROOM];
    float obs[ROOM], probability[ROOM][LEVELS];
    double reward[ROOM], discount[ROOM], left[ROOM];
} record;

static double draw(uint32_t *at)
{
    const titr_rng_key key = {11, TITR_PURPOSE_TEST, 0, 0};
    return titr_rng_uniform(key, (*at)++);
}

/* Episodes of a random policy: level 0 goes up a state, level 1 down, with chances; they end by
 * chance, or at the horizon if there is one. */
static record *make_record(int horizon)
{
    record *r = calloc(1, sizeof *r);
    uint32_t at = 0;
    size_t k = 0;
    for (size_t i = 0; i < EPISODES; i++) {
        size_t s = (size_t)(STATES * draw(&at));
        for (int t = 0, ends = 0; !ends; t++, k++) {
            cr_assert_lt(k, ROOM);
            const int a = draw(&at) < 0.4;
            const double reward = (double)s - 0.7 * a + 0.5 * draw(&at);
            const size_t code = horizon ? s * HORIZON + (size_t)t : s;
            r->state[k] = s;
            r->obs[k] = (float)code;
            r->level[k] = a;
            r->reward[k] = reward;
            r->discount[k] = horizon ? 1.0 : 0.9;
            r->left[k] = HORIZON - t;
            r->probability[k][0] = (float)target[s][0];
            r->probability[k][1] = (float)target[s][1];
            ends = draw(&at) < 0.1 || (horizon && t + 1 == HORIZON);
            s = draw(&at) < 0.8 ? (s + (a ? STATES - 1 : 1)) % STATES : s;
        }
        r->first[i + 1] = k;
    }
    r->discrete = horizon ? STATES * HORIZON : STATES;
    r->data = (titr_fqe_data){.n = EPISODES,
                              .n_obs = 1,
                              .n_levels = LEVELS,
                              .first = r->first,
                              .obs = r->obs,
                              .discrete = &r->discrete,
                              .level = r->level,
                              .probability = &r->probability[0][0],
                              .reward = r->reward,
                              .discount = r->discount,
                              .left = horizon ? r->left : NULL};
    return r;
}

static void count(const record *r, int t, counted c[PAIRS])
{
    memset(c, 0, PAIRS * sizeof *c);
    for (size_t i = 0; i < EPISODES; i++) {
        for (size_t k = r->first[i]; k < r->first[i + 1]; k++) {
            counted *own = &c[r->state[k] * LEVELS + (size_t)r->level[k]];
            if (t < 0 || k == r->first[i] + (size_t)t) {
                own->n += 1.0;
                own->reward += r->reward[k];
                if (k + 1 < r->first[i + 1]) {
                    own->next[r->state[k + 1]] += 1.0;
                }
            }
        }
    }
}

/* Gauss's elimination with pivots; b becomes the solution. */
static void solve(double a[PAIRS][PAIRS], double b[PAIRS])
{
    for (size_t i = 0; i < PAIRS; i++) {
        size_t p = i;
        for (size_t r = i; r < PAIRS; r++) {
            p = fabs(a[r][i]) > fabs(a[p][i]) ? r : p;
        }
        for (size_t c = 0; c < PAIRS; c++) {
            const double swap = a[i][c];
            a[i][c] = a[p][c];
            a[p][c] = swap;
        }
        const double swap = b[i];
        b[i] = b[p];
        b[p] = swap;
        for (size_t r = 0; r < PAIRS; r++) {
            const double part = r == i ? 0.0 : a[r][i] / a[i][i];
            for (size_t c = 0; c < PAIRS; c++) {
                a[r][c] -= part * a[i][c];
            }
            b[r] -= part * b[i];
        }
    }
    for (size_t i = 0; i < PAIRS; i++) {
        b[i] /= a[i][i];
    }
}

static float *fit(const titr_fqe_data *data, int64_t rounds)
{
    const titr_fqe_def def = {
        .learning_rate = 0.05, .batch = 512, .steps = 60, .rounds = rounds, .seed = 3};
    titr_error err = {.what = ""};
    titr_fqe *f = NULL;
    float *q = calloc(data->first[data->n] * LEVELS, sizeof *q);
    cr_assert_eq(titr_fqe_create(&def, data, &f, &err), TITR_OK, "%s", err.what);
    for (int64_t k = 0; k < rounds; k++) {
        cr_assert_eq(titr_fqe_round(f, &err), TITR_OK, "%s", err.what);
    }
    cr_assert_eq(titr_fqe_values(f, q, &err), TITR_OK, "%s", err.what);
    titr_fqe_destroy(f);
    return q;
}

Test(fqe, is_the_solution_of_the_linear_equations)
{
    record *r = make_record(0);
    counted c[PAIRS];
    double a[PAIRS][PAIRS] = {{0.0}}, b[PAIRS];
    count(r, -1, c);
    for (size_t i = 0; i < PAIRS; i++) {
        a[i][i] = 1.0;
        b[i] = c[i].reward / c[i].n;
        for (size_t j = 0; j < PAIRS; j++) {
            a[i][j] -= 0.9 * c[i].next[j / LEVELS] / c[i].n * target[j / LEVELS][j % LEVELS];
        }
    }
    solve(a, b);
    float *q = fit(&r->data, 300);
    for (size_t k = 0; k < r->first[EPISODES]; k++) {
        for (size_t l = 0; l < LEVELS; l++) {
            const double want = b[r->state[k] * LEVELS + l];
            cr_assert_float_eq((double)q[k * LEVELS + l], want, 0.03,
                               "state %zu, level %zu: %g, not %g", r->state[k], l,
                               (double)q[k * LEVELS + l], want);
        }
    }
    free(q);
    free(r);
}

Test(fqe, looks_ahead_to_the_horizon_alone)
{
    record *r = make_record(1);
    double value[HORIZON + 1][STATES] = {{0.0}}, want[HORIZON][PAIRS];
    for (int t = HORIZON; t-- > 0;) {
        counted c[PAIRS];
        count(r, t, c);
        for (size_t i = 0; i < PAIRS; i++) {
            want[t][i] = c[i].reward;
            for (size_t s = 0; s < STATES; s++) {
                want[t][i] += c[i].next[s] * value[t + 1][s];
            }
            want[t][i] /= c[i].n;
            value[t][i / LEVELS] += target[i / LEVELS][i % LEVELS] * want[t][i];
        }
    }
    float *q = fit(&r->data, 150);
    for (size_t i = 0; i < EPISODES; i++) {
        for (size_t k = r->first[i]; k < r->first[i + 1]; k++) {
            for (size_t l = 0; l < LEVELS; l++) {
                const double exact = want[k - r->first[i]][r->state[k] * LEVELS + l];
                cr_assert_float_eq((double)q[k * LEVELS + l], exact, 0.05,
                                   "step %zu, state %zu, level %zu: %g, not %g", k - r->first[i],
                                   r->state[k], l, (double)q[k * LEVELS + l], exact);
            }
        }
    }
    free(q);
    free(r);
}

Test(fqe, the_same_seed_gives_the_same_bits)
{
    record *r = make_record(0);
    float *a = fit(&r->data, 3), *b = fit(&r->data, 3);
    cr_assert_eq(memcmp(a, b, r->first[EPISODES] * LEVELS * sizeof *a), 0);
    free(a);
    free(b);
    free(r);
}

Test(fqe, a_log_that_is_none_is_refused)
{
    record *r = make_record(1);
    const titr_fqe_def def = {.learning_rate = 0.1, .batch = 8, .steps = 1, .rounds = 1};
    titr_fqe_def slow = def;
    titr_error err = {.what = ""};
    titr_fqe *f = NULL;
    slow.learning_rate = 0.0;
    cr_expect_eq(titr_fqe_create(&slow, &r->data, &f, &err), TITR_ERR_RANGE);
    r->left[3] = 0.0;
    cr_expect_eq(titr_fqe_create(&def, &r->data, &f, &err), TITR_ERR_RANGE);
    cr_expect_str_eq(err.what, "decision 3: 0 decisions left, at least 1");
    r->left[3] = 1.0;
    r->level[5] = LEVELS;
    cr_expect_eq(titr_fqe_create(&def, &r->data, &f, &err), TITR_ERR_RANGE);
    r->level[5] = 0;
    r->data.n = 0;
    cr_expect_eq(titr_fqe_create(&def, &r->data, &f, &err), TITR_ERR_RANGE);
    cr_expect_str_eq(err.what, "no decision to learn from");
    cr_expect_null(f);
    free(r);
}
