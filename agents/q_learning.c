// SPDX-License-Identifier: GPL-3.0-or-later
/* Tabular Q-learning over the plain bins of what the policy observes [watkins1992].
 *
 *   target = R + G * max over allowed a' of Q(s', a')          (TERMINATED: target = R)    (1)
 *   Q(s, a) += alpha (target - Q(s, a))                                                    (2)
 *   gamma = 0.5^(elapsed / half life)                                                      (3)
 *   alpha = max(alpha.to, alpha.from / (1 + alpha.decay n)^alpha.power), n = the pair's visits
 *   epsilon falls linearly from epsilon.from to epsilon.to in epsilon.steps decisions, then stays
 *
 * A decision is learned about where the mask leaves a choice. R is the discounted sum of rewards
 * until the next choice (or the end) and G the discount over that time: with a choice at every step
 * this is the textbook rule, with a choice at meals only it is its semi-Markov form [bradtke1994].
 * An episode truncated between two choices teaches nothing about the last one.
 *
 * Masks act in exploration, in the greedy choice and in (1). Of equal values the lowest level wins.
 *
 * While it explores, an untried pair counts with initial_value (optimistic if that is above what
 * can be earned), so it will be tried. When it is evaluated, what is not proven must not win:
 *   - only levels tried at least min_visits times in this cell are candidates; if there is none,
 *     those of the nearest cell that has one (fewest bins away, summed over the axes; of equal ones
 *     the lowest cell, that is the lower bin of the first axis that differs). Children held out of
 *     training may well reach such cells;
 *   - the best candidate must beat fallback_level, standard care say, by `evidence` standard errors
 *     of the difference, as in safe policy improvement [laroche2019]. The error of Q(s, a) is the
 *     spread of its targets times the root of the sum of their squared weights in (2).
 * Where neither holds, fallback_level is given.
 *
 * Lanes learn one after the other in lane order: the result depends on nothing else.
 * Oracle: value iteration on small decision processes, tests/agents/test_q_learning.c. */
#include "titrate/agents/agent.h"
#include "titrate/base/math.h"
#include "titrate/env/reward.h"

#include "titrate/agents/levels.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_MAX ((size_t)40000000) /* pairs of cell and level: 1.1 GB */

typedef struct q_def {
    double gamma_half_life_min;
    double epsilon_from, epsilon_to;
    int64_t epsilon_steps;
    double alpha_from, alpha_to, alpha_decay, alpha_power;
    double initial_value;
    int64_t min_visits, fallback_level;
    double evidence;
} q_def;

/* A choice whose consequences are still being added up. */
typedef struct open_choice {
    int64_t pair;             /* index of Q(s, a); -1 = none */
    double rewards, discount; /* R and G so far */
} open_choice;

typedef struct learner {
    q_def def;
    const titr_observer *observer; /* borrowed */
    size_t n_cells, n_levels, n_obs;
    double *q;         /* [n_cells][n_levels]                    */
    uint32_t *visits;  /* [n_cells][n_levels]                    */
    double *variance;  /* [n_cells][n_levels] of the targets     */
    double *weight;    /* [n_cells][n_levels] sum of the targets' squared weights in q */
    size_t *bins;      /* [n_obs] bins of each axis              */
    open_choice *open; /* [n_lanes]                              */
    size_t n_lanes;
    int64_t decisions; /* made while exploring: drives epsilon   */
} learner;

static const titr_option options[] = {
    {.name = "gamma_half_life_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 180.0,
     .lo = 5.0,
     .hi = 10080.0,
     .doc = "a reward this far ahead counts half: the discount at any decision interval",
     .source = "choice",
     .offset = offsetof(q_def, gamma_half_life_min)},
    {.name = "epsilon.from",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 1.0,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "probability of a random level at the first decision of training",
     .source = "choice",
     .offset = offsetof(q_def, epsilon_from)},
    {.name = "epsilon.to",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.02,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "probability of a random level after epsilon.steps decisions",
     .source = "choice",
     .offset = offsetof(q_def, epsilon_to)},
    {.name = "epsilon.steps",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 200000,
     .lo = 1,
     .hi = 1e12,
     .doc = "decisions, over all lanes, in which epsilon falls linearly",
     .source = "choice",
     .offset = offsetof(q_def, epsilon_steps)},
    {.name = "alpha.from",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 1.0,
     .lo = 1e-6,
     .hi = 1.0,
     .doc = "step size at a pair's first visit",
     .source = "choice",
     .offset = offsetof(q_def, alpha_from)},
    {.name = "alpha.to",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.01,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "smallest step size",
     .source = "choice",
     .offset = offsetof(q_def, alpha_to)},
    {.name = "alpha.decay",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 1.0,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "step size = alpha.from / (1 + decay x visits)^power; 0 = constant",
     .source = "choice",
     .offset = offsetof(q_def, alpha_decay)},
    {.name = "alpha.power",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.8,
     .lo = 0.5,
     .hi = 1.0,
     .doc = "exponent of the step size's fall; above 0.5 for convergence",
     .source = "evendar2003",
     .offset = offsetof(q_def, alpha_power)},
    {.name = "initial_value",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.0,
     .lo = -1e9,
     .hi = 1e9,
     .doc = "value of an untried pair; 0 is optimistic where rewards are negative",
     .source = "choice",
     .offset = offsetof(q_def, initial_value)},
    {.name = "min_visits",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 10,
     .lo = 1,
     .hi = 1e9,
     .doc = "a level must have been tried this often in a cell to be chosen in evaluation",
     .source = "choice",
     .offset = offsetof(q_def, min_visits)},
    {.name = "fallback_level",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 0,
     .lo = 0,
     .hi = TITR_LEVELS_MAX - 1,
     .doc = "level chosen in evaluation where no other is proven, e.g. standard care",
     .source = "choice",
     .offset = offsetof(q_def, fallback_level)},
    {.name = "evidence",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.0,
     .lo = 0.0,
     .hi = 100.0,
     .doc = "standard errors by which a level must beat fallback_level to be chosen in evaluation; "
            "0 = the best value is enough",
     .source = "choice",
     .offset = offsetof(q_def, evidence)},
};

static void destroy(void *self)
{
    learner *q = self;
    if (q == NULL) {
        return;
    }
    free(q->q);
    free(q->visits);
    free(q->variance);
    free(q->weight);
    free(q->bins);
    free(q->open);
    free(q);
}

static titr_status check(const q_def *d, const titr_agent_context *context, titr_error *err)
{
    const size_t cells = titr_observer_cells(context->observer);
    if ((size_t)d->fallback_level >= context->n_levels) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "fallback_level = %" PRId64 ", the action set has levels 0 to %zu",
                         d->fallback_level, context->n_levels - 1);
    }
    if (cells > TABLE_MAX / context->n_levels) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "observe: the bins make %zu cells x %zu levels, at most %zu values are "
                         "allowed: use fewer bins",
                         cells, context->n_levels, TABLE_MAX);
    }
    return TITR_OK;
}

static void list_bins(const titr_observer *observer, size_t *bins)
{
    for (size_t k = 0; k < observer->n; k++) {
        const titr_observe *entry = &observer->entry[k];
        for (size_t i = entry->history > 1 ? entry->history : 1; i > 0; i--) {
            *bins++ = entry->edges.n + 1;
        }
    }
}

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    TITR_TRY(check(def, context, err));
    learner *q = calloc(1, sizeof *q);
    if (q == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for agent q_learning");
    }
    q->def = *(const q_def *)def;
    q->observer = context->observer;
    q->n_cells = titr_observer_cells(context->observer);
    q->n_levels = context->n_levels;
    q->n_obs = context->n_obs;
    const size_t n = q->n_cells * q->n_levels;
    q->q = malloc(n * sizeof *q->q);
    q->visits = calloc(n, sizeof *q->visits);
    q->variance = calloc(n, sizeof *q->variance);
    q->weight = calloc(n, sizeof *q->weight);
    q->bins = calloc(q->n_obs + 1, sizeof *q->bins);
    q->n_lanes = context->n_lanes;
    q->open = calloc(q->n_lanes, sizeof *q->open);
    if (q->q == NULL || q->visits == NULL || q->variance == NULL || q->weight == NULL ||
        q->bins == NULL || q->open == NULL) {
        destroy(q);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a table of %zu values", n);
    }
    for (size_t i = 0; i < n; i++) {
        q->q[i] = q->def.initial_value;
    }
    for (size_t l = 0; l < q->n_lanes; l++) {
        q->open[l].pair = -1;
    }
    list_bins(q->observer, q->bins);
    *self = q;
    return TITR_OK;
}

/* Best allowed level of a cell among those tried at least `least` times; n_levels if none. */
static size_t best_level(const learner *q, size_t cell, const unsigned char *mask, int64_t least)
{
    const double *value = &q->q[cell * q->n_levels];
    const uint32_t *visits = &q->visits[cell * q->n_levels];
    size_t best = q->n_levels;
    for (size_t a = 0; a < q->n_levels; a++) {
        if (mask[a] != 0 && visits[a] >= least && (best == q->n_levels || value[a] > value[best])) {
            best = a;
        }
    }
    return best;
}

/* How many bins two cells are apart, summed over the axes. */
static size_t distance(const learner *q, size_t a, size_t b)
{
    size_t sum = 0;
    for (size_t k = q->n_obs; k-- > 0;) {
        const size_t x = a % q->bins[k];
        const size_t y = b % q->bins[k];
        sum += x > y ? x - y : y - x;
        a /= q->bins[k];
        b /= q->bins[k];
    }
    return sum;
}

/* Squared standard error of a pair's value. */
static double uncertainty(const learner *q, size_t pair)
{
    return q->variance[pair] * q->weight[pair];
}

/* Whether a level of a cell beats the fallback level there by `evidence` standard errors of the
 * difference; with a fallback level that is masked or untried there is nothing to beat. */
static int is_proven(const learner *q, size_t cell, const unsigned char *mask, size_t level)
{
    const size_t fallback = (size_t)q->def.fallback_level;
    const size_t mine = cell * q->n_levels + level, other = cell * q->n_levels + fallback;
    if (mask[fallback] == 0 || q->visits[other] < q->def.min_visits) {
        return 1;
    }
    const double error = sqrt(uncertainty(q, mine) + uncertainty(q, other));
    return q->q[mine] - q->q[other] >= q->def.evidence * error;
}

/* This cell or the nearest one where an allowed level was tried often enough; n_cells if none. */
static size_t known_cell(const learner *q, size_t cell, const unsigned char *mask)
{
    size_t known = q->n_cells, nearest = SIZE_MAX;
    if (best_level(q, cell, mask, q->def.min_visits) < q->n_levels) {
        return cell;
    }
    for (size_t c = 0; c < q->n_cells; c++) {
        const size_t away = distance(q, c, cell);
        if (away < nearest && best_level(q, c, mask, q->def.min_visits) < q->n_levels) {
            nearest = away;
            known = c;
        }
    }
    return known;
}

/* Choice in evaluation, see above. */
static size_t proven_level(const learner *q, size_t cell, const unsigned char *mask)
{
    const size_t known = known_cell(q, cell, mask);
    if (known < q->n_cells) {
        const size_t best = best_level(q, known, mask, q->def.min_visits);
        if (is_proven(q, known, mask, best)) {
            return best;
        }
    }
    return titr_level_nearest(mask, q->n_levels, (size_t)q->def.fallback_level);
}

static double epsilon(const learner *q)
{
    const q_def *d = &q->def;
    const double done = (double)q->decisions / (double)d->epsilon_steps;
    return done < 1.0 ? d->epsilon_from + (d->epsilon_to - d->epsilon_from) * done : d->epsilon_to;
}

/* One epsilon-greedy choice; both draws are functions of the key and the decision's number. */
static titr_decision explore(const learner *q, size_t cell, const unsigned char *mask,
                             titr_rng_key key, uint32_t index)
{
    key.purpose = TITR_PURPOSE_EXPLORE;
    uint32_t word[4];
    titr_rng_words(key, index, word);
    const double eps = epsilon(q);
    const size_t allowed = titr_levels_allowed(mask, q->n_levels);
    const size_t greedy = best_level(q, cell, mask, 0);
    size_t level = greedy;
    if (((double)word[0] + 0.5) * 0x1p-32 < eps) {
        const size_t k = (size_t)(((uint64_t)word[1] * allowed) >> 32);
        level = titr_level_nth(mask, q->n_levels, k);
    }
    const double by_chance = eps / (double)allowed;
    return (titr_decision){.level = (int)level,
                           .propensity = level == greedy ? 1.0 - eps + by_chance : by_chance};
}

static titr_status act(void *self, const titr_batch *batch, titr_act_mode mode,
                       titr_decision *decision, titr_error *err)
{
    (void)err;
    learner *q = self;
    for (size_t l = 0; l < batch->n; l++) {
        if (!batch->running[l]) {
            continue;
        }
        const size_t cell = titr_observer_cell(q->observer, &batch->obs[l * q->n_obs]);
        const unsigned char *mask = &batch->mask[l * q->n_levels];
        if (mode == TITR_ACT_EXPLORE) {
            decision[l] = explore(q, cell, mask, batch->key[l], batch->index[l]);
            q->decisions += titr_levels_allowed(mask, q->n_levels) > 1;
        } else {
            decision[l] =
                (titr_decision){.level = (int)proven_level(q, cell, mask), .propensity = 1.0};
        }
    }
    return TITR_OK;
}

static double step_size(const q_def *d, uint32_t visits)
{
    const double fall = titr_pow(1.0 + d->alpha_decay * visits, d->alpha_power);
    const double alpha = d->alpha_from / fall;
    return alpha > d->alpha_to ? alpha : d->alpha_to;
}

/* Equation (2), and the running variance of the targets. */
static void update(learner *q, open_choice *open, double target)
{
    const size_t pair = (size_t)open->pair;
    const double alpha = step_size(&q->def, q->visits[pair]);
    const double before = target - q->q[pair];
    q->q[pair] += alpha * before;
    q->variance[pair] += alpha * (before * (target - q->q[pair]) - q->variance[pair]);
    q->weight[pair] = (1.0 - alpha) * (1.0 - alpha) * q->weight[pair] + alpha * alpha;
    q->visits[pair]++;
    open->pair = -1;
}

/* One lane's transition: open a choice, add up, close it at the next choice or the end. */
static void learn_lane(learner *q, const titr_transitions *t, size_t l)
{
    open_choice *open = &q->open[l];
    if (titr_levels_allowed(&t->mask[l * q->n_levels], q->n_levels) > 1) {
        const size_t cell = titr_observer_cell(q->observer, &t->obs[l * q->n_obs]);
        *open = (open_choice){(int64_t)(cell * q->n_levels + (size_t)t->level[l]), 0.0, 1.0};
    }
    if (open->pair < 0) {
        return;
    }
    open->rewards += open->discount * t->reward[l];
    open->discount *= titr_gamma(q->def.gamma_half_life_min, t->elapsed_min[l]);
    const unsigned char *next_mask = &t->next_mask[l * q->n_levels];
    if (t->end[l] == TITR_END_TERMINATED) {
        update(q, open, open->rewards);
    } else if (titr_levels_allowed(next_mask, q->n_levels) > 1) {
        const size_t cell = titr_observer_cell(q->observer, &t->next_obs[l * q->n_obs]);
        const size_t best = best_level(q, cell, next_mask, 0);
        update(q, open, open->rewards + open->discount * q->q[cell * q->n_levels + best]);
    } else if (t->end[l] != TITR_END_NONE) {
        open->pair = -1;
    }
}

static titr_status learn(void *self, const titr_transitions *t, titr_error *err)
{
    (void)err;
    learner *q = self;
    for (size_t l = 0; l < t->n; l++) {
        if (t->valid[l]) {
            learn_lane(q, t, l);
        } else {
            q->open[l].pair = -1; /* ended before, or a fault: nothing may be learned across it */
        }
    }
    return TITR_OK;
}

/* The edges that the table was learned with; on loading they must be the observer's. */
static titr_status visit_edges(const learner *q, titr_visitor *v, titr_error *err)
{
    double edge[TITR_OBSERVE_MAX * TITR_REALS_MAX], saved[TITR_OBSERVE_MAX * TITR_REALS_MAX];
    size_t n = 0;
    for (size_t k = 0; k < q->observer->n; k++) {
        const titr_reals *edges = &q->observer->entry[k].edges;
        memcpy(&edge[n], edges->v, edges->n * sizeof edge[0]);
        n += edges->n;
    }
    memcpy(saved, edge, n * sizeof edge[0]);
    TITR_TRY(titr_visit_vector(v, "edges", TITR_F64, n, saved, err));
    for (size_t i = 0; i < n; i++) {
        if (saved[i] != edge[i]) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "the table was learned with a bin edge at %.10g, the policy's observe "
                             "has %.10g there",
                             saved[i], edge[i]);
        }
    }
    return TITR_OK;
}

static titr_status visit(void *self, titr_visitor *v, titr_error *err)
{
    learner *q = self;
    const size_t shape[2] = {q->n_cells, q->n_levels};
    TITR_TRY(visit_edges(q, v, err));
    TITR_TRY(titr_state_visit(v, "q", TITR_F64, 2, shape, q->q, err));
    TITR_TRY(titr_state_visit(v, "visits", TITR_U32, 2, shape, q->visits, err));
    TITR_TRY(titr_state_visit(v, "variance", TITR_F64, 2, shape, q->variance, err));
    TITR_TRY(titr_state_visit(v, "weight", TITR_F64, 2, shape, q->weight, err));
    return titr_visit_vector(v, "decisions", TITR_I64, 1, &q->decisions, err);
}

static titr_status visit_lanes(void *self, titr_visitor *v, titr_error *err)
{
    learner *q = self;
    for (size_t l = 0; l < q->n_lanes; l++) {
        char name[32];
        (void)snprintf(name, sizeof name, "open_%zu", l);
        double sums[2] = {q->open[l].rewards, q->open[l].discount};
        TITR_TRY(titr_visit_enter(v, name, err));
        TITR_TRY(titr_visit_vector(v, "pair", TITR_I64, 1, &q->open[l].pair, err));
        TITR_TRY(titr_visit_vector(v, "sums", TITR_F64, 2, sums, err));
        TITR_TRY(titr_visit_leave(v, err));
        q->open[l].rewards = sums[0];
        q->open[l].discount = sums[1];
        if (q->open[l].pair >= (int64_t)(q->n_cells * q->n_levels)) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "saved choice %lld of lane %zu is not in the table",
                             (long long)q->open[l].pair, l);
        }
    }
    return TITR_OK;
}

static const titr_reported reported[] = {
    {"epsilon", "1", "probability of a random level"},
};

static void report(void *self, double *value)
{
    value[0] = epsilon(self);
}

static titr_status values(void *self, const titr_batch *batch, double *out, titr_error *err)
{
    (void)err;
    const learner *q = self;
    for (size_t l = 0; l < batch->n; l++) {
        const size_t cell = titr_observer_cell(q->observer, &batch->obs[l * q->n_obs]);
        memcpy(&out[l * q->n_levels], &q->q[cell * q->n_levels], q->n_levels * sizeof *out);
    }
    return TITR_OK;
}

const titr_agent_type titr_agent_q_learning = {
    .part = {.name = "q_learning",
             .doc = "tabular Q-learning over plain bins",
             .source = "watkins1992",
             TITR_OPTIONS(options, q_def)},
    .learns = 1,
    .reported = reported,
    .n_reported = sizeof reported / sizeof reported[0],
    .create = create,
    .destroy = destroy,
    .act = act,
    .learn = learn,
    .visit = visit,
    .visit_lanes = visit_lanes,
    .report = report,
    .values = values,
};
