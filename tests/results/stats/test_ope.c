// SPDX-License-Identifier: GPL-3.0-or-later
/* Off-policy estimates on a decision process so small that every episode can be listed: each counts
 * with its probability under the behaviour, and an estimate must be the target's value to the last
 * digits. */
#include "titrate/stats/ope.h"

#include "titrate/base/rng.h"

#include "support/allocations.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STATES = 3, LEVELS = 2, HORIZON = 4, EPISODES_MAX = 1 << 14 };

static const titr_rng_key key = {5, TITR_PURPOSE_TEST, 0, 0};

/* Rewards, discounts, transitions (the last "state" ends the episode) and both policies. */
typedef struct process {
    double reward[STATES][LEVELS], discount[STATES][LEVELS];
    double next[STATES][LEVELS][STATES + 1];
    double behaviour[STATES][LEVELS], target[STATES][LEVELS];
    double q[HORIZON][STATES][LEVELS]; /* of the target, by backward induction */
} process;

typedef struct episodes {
    titr_ope_data data;
    size_t first[EPISODES_MAX + 1];
    double target[EPISODES_MAX * HORIZON], behaviour[EPISODES_MAX * HORIZON],
        reward[EPISODES_MAX * HORIZON], discount[EPISODES_MAX * HORIZON], q[EPISODES_MAX * HORIZON],
        v[EPISODES_MAX * HORIZON], count[EPISODES_MAX];
    unsigned char choice[EPISODES_MAX * HORIZON];
} episodes;

static double draw(uint32_t index)
{
    return titr_rng_uniform(key, index);
}

static void normalise(double *p, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += p[i];
    }
    for (size_t i = 0; i < n; i++) {
        p[i] /= sum;
    }
}

static double value_of(const process *p, size_t t, size_t s)
{
    double v = 0.0;
    for (size_t a = 0; a < LEVELS && t < HORIZON && s < STATES; a++) {
        v += p->target[s][a] * p->q[t][s][a];
    }
    return v;
}

static void make_process(process *p, uint32_t seed)
{
    uint32_t at = seed * 1000;
    for (size_t s = 0; s < STATES; s++) {
        for (size_t a = 0; a < LEVELS; a++) {
            p->reward[s][a] = 4.0 * draw(at++) - 2.0;
            p->discount[s][a] = 0.7 + 0.3 * draw(at++);
            p->behaviour[s][a] = 0.2 + draw(at++);
            p->target[s][a] = 0.1 + draw(at++);
            for (size_t n = 0; n <= STATES; n++) {
                p->next[s][a][n] = draw(at++);
            }
            normalise(p->next[s][a], STATES + 1);
        }
        normalise(p->behaviour[s], LEVELS);
        normalise(p->target[s], LEVELS);
    }
    for (size_t t = HORIZON; t-- > 0;) {
        for (size_t s = 0; s < STATES; s++) {
            for (size_t a = 0; a < LEVELS; a++) {
                p->q[t][s][a] = p->reward[s][a];
                for (size_t n = 0; n < STATES && t + 1 < HORIZON; n++) {
                    p->q[t][s][a] += p->discount[s][a] * p->next[s][a][n] * value_of(p, t + 1, n);
                }
            }
        }
    }
}

enum { WAYS = LEVELS * (STATES + 1) }; /* of a step: the level, and where it leads */

/* The episode that begins in state s and goes the ways that the digits of `code` name. One that
 * ends before its digits do is listed once: with zeros behind. */
static void list_episode(const process *p, episodes *e, size_t s, size_t code)
{
    const size_t begin = e->first[e->data.n];
    double probability = 1.0 / STATES;
    size_t t = 0;
    for (; t < HORIZON && s < STATES; t++, code /= WAYS) {
        const size_t a = code % LEVELS, n = code % WAYS / LEVELS, k = begin + t;
        e->target[k] = p->target[s][a];
        e->behaviour[k] = p->behaviour[s][a];
        e->reward[k] = p->reward[s][a];
        e->discount[k] = p->discount[s][a];
        e->q[k] = p->q[t][s][a];
        e->v[k] = value_of(p, t, s);
        e->choice[k] = 1;
        probability *= p->behaviour[s][a] * p->next[s][a][n];
        s = n;
    }
    if (code == 0) {
        cr_assert_lt(e->data.n + 1, EPISODES_MAX);
        e->count[e->data.n++] = probability;
        e->first[e->data.n] = begin + t;
    }
}

static episodes *list_all(const process *p)
{
    episodes *e = calloc(1, sizeof *e);
    cr_assert_not_null(e);
    for (size_t s = 0; s < STATES; s++) {
        for (size_t code = 0; code < (size_t)WAYS * WAYS * WAYS * WAYS; code++) {
            list_episode(p, e, s, code);
        }
    }
    e->data = (titr_ope_data){.n = e->data.n,
                              .first = e->first,
                              .target = e->target,
                              .behaviour = e->behaviour,
                              .choice = e->choice,
                              .reward = e->reward,
                              .discount = e->discount,
                              .q = e->q,
                              .v = e->v,
                              .count = e->count};
    return e;
}

static double truth(const process *p)
{
    double sum = 0.0;
    for (size_t s = 0; s < STATES; s++) {
        sum += value_of(p, 0, s) / STATES;
    }
    return sum;
}

static double estimate(const titr_ope_data *d, titr_ope_method method)
{
    titr_ope_estimate out;
    titr_error err;
    cr_assert_eq(titr_ope(d, method, &out, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(out.refusal, TITR_OPE_FINE);
    return out.value;
}

Test(ope, every_episode_by_its_probability_gives_the_value)
{
    for (uint32_t seed = 0; seed < 5; seed++) {
        process p;
        make_process(&p, seed);
        episodes *e = list_all(&p);
        for (int m = 0; m < TITR_OPE_N; m++) {
            cr_assert_float_eq(estimate(&e->data, (titr_ope_method)m), truth(&p), 1e-10, "%s",
                               titr_ope_name((titr_ope_method)m));
        }
        free(e);
    }
}

/* A model that is wrong anywhere leaves DR and WDR right, as long as the probabilities are. */
Test(ope, doubly_robust_by_the_probabilities)
{
    process p;
    make_process(&p, 7);
    episodes *e = list_all(&p);
    const double right = truth(&p);
    process wrong = p;
    for (size_t t = 0; t < HORIZON; t++) {
        for (size_t s = 0; s < STATES; s++) {
            for (size_t a = 0; a < LEVELS; a++) {
                wrong.q[t][s][a] = 10.0 * draw((uint32_t)(t * 100 + s * 10 + a)) - 3.0;
            }
        }
    }
    free(e);
    e = list_all(&wrong);
    cr_assert_float_eq(estimate(&e->data, TITR_OPE_DR), right, 1e-10);
    cr_assert_float_eq(estimate(&e->data, TITR_OPE_WDR), right, 1e-10);
    cr_assert_gt(fabs(estimate(&e->data, TITR_OPE_MODEL) - right), 0.1);
    free(e);
}

/* Probabilities that are wrong leave DR right, as long as the model is. */
Test(ope, doubly_robust_by_the_model)
{
    process p;
    make_process(&p, 8);
    episodes *e = list_all(&p);
    const double right = truth(&p);
    for (size_t k = 0; k < e->first[e->data.n]; k++) {
        e->behaviour[k] = 0.5 * e->behaviour[k] + 0.2;
    }
    cr_assert_float_eq(estimate(&e->data, TITR_OPE_DR), right, 1e-10);
    cr_assert_gt(fabs(estimate(&e->data, TITR_OPE_WIS) - right), 1e-3);
    free(e);
}

/* Three episodes by hand. */
static const size_t hand_first[] = {0, 2, 3, 5};
static const double hand_target[] = {0.5, 1.0, 0.2, 0.9, 0.3};
static const double hand_behaviour[] = {0.25, 0.5, 0.4, 0.9, 0.6};
static const double hand_reward[] = {1.0, 2.0, -1.0, 0.5, 3.0};
static const double hand_discount[] = {0.9, 1.0, 0.8, 0.5, 1.0};
static const unsigned char hand_choice[] = {1, 1, 1, 0, 1};

static titr_ope_data by_hand(void)
{
    return (titr_ope_data){.n = 3,
                           .first = hand_first,
                           .target = hand_target,
                           .behaviour = hand_behaviour,
                           .choice = hand_choice,
                           .reward = hand_reward,
                           .discount = hand_discount};
}

Test(ope, three_episodes_by_hand)
{
    titr_ope_data d = by_hand();
    titr_ope_estimate out;
    /* weights: 2 x 2 = 4, 0.5, 1 x 0.5; returns: 2.8, -1, 2 */
    cr_assert_eq(titr_ope(&d, TITR_OPE_WIS, &out, NULL), TITR_OK);
    cr_assert_float_eq(out.value, (4.0 * 2.8 - 0.5 + 0.5 * 2.0) / 5.0, 1e-14);
    cr_assert_float_eq(out.ess, 25.0 / 16.5, 1e-13);
    /* step 0: weights 2, 0.5, 1; step 1: 4, 0.5 (has ended), 0.5 */
    cr_assert_eq(titr_ope(&d, TITR_OPE_PDWIS, &out, NULL), TITR_OK);
    const double first = (2.0 * 1.0 - 0.5 * 1.0 + 1.0 * 0.5) / 3.5;
    const double second = (4.0 * 0.9 * 2.0 + 0.5 * 0.5 * 3.0) / 5.0;
    cr_assert_float_eq(out.value, first + second, 1e-14);
    const double g = (0.9 + 0.5) / 3.0, ess0 = 12.25 / 5.25, ess1 = 25.0 / 16.5;
    cr_assert_float_eq(out.ess, (1.0 + g * g) / (1.0 / ess0 + g * g / ess1), 1e-13);
}

Test(ope, an_episode_that_counts_twice_is_there_twice)
{
    titr_ope_data d = by_hand();
    const size_t first[] = {0, 2, 4, 5, 7};
    double v[5][7];
    const double *from[5] = {hand_target, hand_behaviour, hand_reward, hand_discount, NULL};
    unsigned char choice[7] = {1, 1, 1, 1, 1, 0, 1};
    static const size_t source[] = {0, 1, 0, 1, 2, 3, 4};
    for (size_t c = 0; c < 4; c++) {
        for (size_t k = 0; k < 7; k++) {
            v[c][k] = from[c][source[k]];
        }
    }
    const titr_ope_data twice = {.n = 4,
                                 .first = first,
                                 .target = v[0],
                                 .behaviour = v[1],
                                 .choice = choice,
                                 .reward = v[2],
                                 .discount = v[3]};
    const double count[] = {2.0, 1.0, 1.0};
    d.count = count;
    for (int m = TITR_OPE_WIS; m <= TITR_OPE_PDWIS; m++) {
        titr_ope_estimate a, b;
        cr_assert_eq(titr_ope(&d, (titr_ope_method)m, &a, NULL), TITR_OK);
        cr_assert_eq(titr_ope(&twice, (titr_ope_method)m, &b, NULL), TITR_OK);
        cr_assert_float_eq(a.value, b.value, 1e-14);
        cr_assert_float_eq(a.ess, b.ess, 1e-13);
    }
}

Test(ope, refusals_say_why)
{
    titr_ope_data d = by_hand();
    titr_ope_estimate out;
    char text[128];
    d.least_ess = TITR_OPE_LEAST_ESS;
    cr_assert_eq(titr_ope(&d, TITR_OPE_WIS, &out, NULL), TITR_OK);
    cr_assert(out.refusal == TITR_OPE_LOW_ESS && isnan(out.value) && out.ess > 1.5);
    titr_ope_why(&d, &out, text, sizeof text);
    cr_assert_str_eq(text, "effective sample size 1.5 < 20");
    cr_assert_eq(titr_ope(&d, TITR_OPE_DR, &out, NULL), TITR_OK);
    cr_assert_eq(out.refusal, TITR_OPE_NO_MODEL);
    static const double certain[] = {1.0, 1.0, 1.0, 0.5, 1.0}, v[] = {1.0, 0.0, 2.0, 6.0, 0.0};
    d.behaviour = certain; /* what is below 1 was no choice */
    d.q = d.v = v;
    for (int m = TITR_OPE_WIS; m < TITR_OPE_MODEL; m++) {
        cr_assert_eq(titr_ope(&d, (titr_ope_method)m, &out, NULL), TITR_OK);
        cr_assert_eq(out.refusal, TITR_OPE_DETERMINISTIC);
    }
    titr_ope_why(&d, &out, text, sizeof text);
    cr_assert_not_null(strstr(text, "fitted Q evaluation"));
    cr_assert_eq(titr_ope(&d, TITR_OPE_MODEL, &out, NULL), TITR_OK);
    cr_assert_float_eq(out.value, 3.0, 1e-15);
}

/* A policy that never does what was done has no weight at all. */
Test(ope, weights_of_zero_and_beyond_all_range)
{
    titr_ope_data d = by_hand();
    titr_ope_estimate out;
    static const double never[] = {0.0, 0.0, 0.0, 0.0, 0.0};
    d.target = never;
    for (int m = TITR_OPE_WIS; m <= TITR_OPE_PDWIS; m++) {
        d.least_ess = 1e-9;
        cr_assert_eq(titr_ope(&d, (titr_ope_method)m, &out, NULL), TITR_OK);
        cr_assert_eq(out.refusal, TITR_OPE_LOW_ESS, "method %d", m);
    }
    enum { STEPS = 2000 };
    static double one[2 * STEPS], rare[2 * STEPS], reward[2 * STEPS];
    static unsigned char choice[2 * STEPS];
    const size_t all = sizeof choice, first[] = {0, STEPS, all};
    for (size_t k = 0; k < all; k++) {
        one[k] = 1.0;
        rare[k] = 0.01; /* products of 100^2000 */
        reward[k] = k < STEPS ? 1.0 : 3.0;
        choice[k] = 1;
    }
    d = (titr_ope_data){.n = 2,
                        .first = first,
                        .target = one,
                        .behaviour = rare,
                        .choice = choice,
                        .reward = reward,
                        .discount = one};
    for (int m = TITR_OPE_WIS; m <= TITR_OPE_PDWIS; m++) {
        cr_assert_float_eq(estimate(&d, (titr_ope_method)m), 2.0 * STEPS, 1e-9);
    }
}

Test(ope, numbers_that_are_none_are_refused)
{
    double bad[5];
    titr_error err;
    titr_ope_estimate out;
    static const double no_probability[] = {0.0, -0.1, 1.1, (double)NAN};
    for (size_t i = 0; i < 4; i++) {
        titr_ope_data d = by_hand();
        memcpy(bad, hand_behaviour, sizeof bad);
        bad[2] = no_probability[i];
        d.behaviour = bad;
        cr_assert_eq(titr_ope(&d, TITR_OPE_WIS, &out, &err), TITR_ERR_CONFIG);
        cr_assert_not_null(strstr(err.what, "step 2"), "%s", err.what);
    }
    titr_ope_data d = by_hand();
    memcpy(bad, hand_reward, sizeof bad);
    bad[4] = (double)NAN;
    d.reward = bad;
    cr_assert_eq(titr_ope(&d, TITR_OPE_WIS, &out, &err), TITR_ERR_CONFIG);
    d.n = 0;
    cr_assert_eq(titr_ope(&d, TITR_OPE_WIS, &out, &err), TITR_ERR_CONFIG);
}

static titr_status attempt(void *context, titr_error *err)
{
    titr_ope_estimate out;
    return titr_ope(context, TITR_OPE_PDWIS, &out, err);
}

Test(ope, lack_of_memory_is_told)
{
    titr_ope_data d = by_hand();
    cr_assert_eq(allocations_fail_each(attempt, &d, 1), 1);
}
