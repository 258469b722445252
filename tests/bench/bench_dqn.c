// SPDX-License-Identifier: GPL-3.0-or-later
/* Gradient steps of DQN per second on one core: a batch drawn at random from a ring of transitions,
 * forward through the target network and through the online one, Huber loss on the level taken,
 * backward, Adam, and the target copied every 500 steps. In the fast mode and in the deterministic
 * one; beside them what OpenBLAS's sgemm reaches on square matrices, the limit of one core. */
#include "bench/row.h"
#include "titrate/agents/blas.h"
#include "titrate/agents/optimiser.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RING ((size_t)100000)
#define INPUTS ((size_t)20)
#define SGEMM ((size_t)512)

enum { RUNS = 9, COPY_EVERY = 500, BATCH_MAX = 64 };

typedef struct load {
    const char *name;
    size_t units, levels, batch, steps; /* steps of one run */
    int deterministic;
    double peer; /* steps/s */
} load;

#define PEER_SOURCE                                                                                \
    "torch 1.13 (Debian 12, OpenBLAS) with sampling, one thread, measured on another machine, an " \
    "AMD EPYC of the Zen 4 kind"
static const load loads[] = {
    {"dqn_grad_64_per_s", 64, 10, 64, 4000, 0, 2025.0},
    {"dqn_grad_64_deterministic_per_s", 64, 10, 64, 4000, 1, 2025.0},
    {"dqn_grad_256_per_s", 256, 21, 64, 400, 0, 1002.0},
    {"dqn_grad_256_deterministic_per_s", 256, 21, 64, 400, 1, 1002.0},
};

/* What was seen: a transition begins at each row and ends at the next. */
typedef struct ring {
    float *obs; /* [RING + 1][INPUTS] */
    float reward[RING];
    unsigned char level[RING];
} ring;

typedef struct learner {
    titr_net *net;
    titr_net_ws *ws;
    titr_optimiser *adam;
    size_t n, levels, batch;
    titr_rng_key key;
    uint32_t drawn;
    float *online, *target, *grad;       /* [n] */
    float *obs, *next, *q, *q_next, *dq; /* [batch][...] */
    float *reward;
    unsigned char *level;
    size_t place[BATCH_MAX]; /* of the batch's rows in the ring */
} learner;

static float *floats(size_t n)
{
    float *x = calloc(n, sizeof *x);
    if (x == NULL) {
        (void)fprintf(stderr, "bench dqn: no memory\n");
        exit(1);
    }
    return x;
}

static titr_status learner_init(learner *a, const load *l, titr_error *err)
{
    titr_net_spec spec = titr_net_default_spec();
    spec.n_in = INPUTS;
    spec.n_hidden = 2;
    spec.hidden[0] = spec.hidden[1] = l->units;
    spec.n_out = l->levels;
    spec.deterministic = l->deterministic;
    const titr_optimiser_def adam = titr_optimiser_default_def(TITR_ADAM);
    *a = (learner){.levels = l->levels, .batch = l->batch};
    TITR_TRY(titr_net_create(&spec, &a->net, err));
    TITR_TRY(titr_net_ws_create(a->net, (titr_net_limits){.rows = l->batch}, &a->ws, err));
    a->n = titr_net_n_params(a->net);
    TITR_TRY(titr_optimiser_create(&adam, a->n, &a->adam, err));
    a->online = floats(a->n);
    a->target = floats(a->n);
    a->grad = floats(a->n);
    a->obs = floats(l->batch * INPUTS);
    a->next = floats(l->batch * INPUTS);
    a->q = floats(l->batch * l->levels);
    a->q_next = floats(l->batch * l->levels);
    a->dq = floats(l->batch * l->levels);
    a->reward = floats(l->batch);
    a->level = (unsigned char *)floats(l->batch);
    a->key = (titr_rng_key){.seed = 1, .purpose = TITR_PURPOSE_TEST};
    titr_net_init(a->net, a->key, a->online);
    titr_target_update(a->target, a->online, a->n, 1.0);
    return TITR_OK;
}

static void learner_fini(learner *a)
{
    float *const arrays[] = {a->online, a->target, a->grad, a->obs,    a->next,
                             a->q,      a->q_next, a->dq,   a->reward, (float *)(void *)a->level};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        free(arrays[i]);
    }
    titr_optimiser_destroy(a->adam);
    titr_net_ws_destroy(a->ws);
    titr_net_destroy(a->net);
}

/* As the replay does it: all places first, so that their rows come from memory side by side. */
static void draw(learner *a, const ring *r)
{
    uint32_t word[4];
    for (size_t b = 0; b < a->batch; b++) {
        if (b % 4 == 0) {
            titr_rng_words(a->key, a->drawn++, word);
        }
        a->place[b] = (size_t)(((uint64_t)word[b % 4] * RING) >> 32);
        for (size_t i = 0; i < 2 * INPUTS; i += 16) {
            __builtin_prefetch(r->obs + a->place[b] * INPUTS + i);
        }
    }
    for (size_t b = 0; b < a->batch; b++) {
        const size_t i = a->place[b];
        memcpy(a->obs + b * INPUTS, r->obs + i * INPUTS, INPUTS * sizeof(float));
        memcpy(a->next + b * INPUTS, r->obs + (i + 1) * INPUTS, INPUTS * sizeof(float));
        a->reward[b] = r->reward[i];
        a->level[b] = r->level[i];
    }
}

/* Gradient of the mean Huber loss of r + 0.99 max Q'(s', .) - Q(s, a). */
static void huber(learner *a)
{
    memset(a->dq, 0, a->batch * a->levels * sizeof *a->dq);
    for (size_t b = 0; b < a->batch; b++) {
        const float *q = a->q_next + b * a->levels;
        float best = q[0];
        for (size_t l = 1; l < a->levels; l++) {
            best = q[l] > best ? q[l] : best;
        }
        const size_t at = b * a->levels + a->level[b];
        const float error = a->q[at] - (a->reward[b] + 0.99F * best);
        const float cut = error > 1.0F ? 1.0F : error;
        a->dq[at] = (cut < -1.0F ? -1.0F : cut) / (float)a->batch;
    }
}

static titr_status gradient_step(learner *a, const ring *r, titr_error *err)
{
    draw(a, r);
    const titr_net_input next = {.rows = a->batch, .x = a->next};
    TITR_TRY(titr_net_forward(a->net, a->target, a->ws, &next, a->q_next, err));
    const titr_net_input now = {.rows = a->batch, .x = a->obs};
    TITR_TRY(titr_net_forward(a->net, a->online, a->ws, &now, a->q, err));
    huber(a);
    titr_net_backward(a->net, a->online, a->ws, a->dq, a->grad);
    titr_optimiser_step(a->adam, 2.5e-4, a->grad, a->online);
    if (titr_optimiser_steps(a->adam) % COPY_EVERY == 0) {
        titr_target_update(a->target, a->online, a->n, 1.0);
    }
    return TITR_OK;
}

/* 2 batch (4 P - P_1): two forwards, one backward of parameters and one of activations but the
 * first layer's; P weights, P_1 those of the first layer. */
static double flop_per_step(const load *l)
{
    const double first = (double)(INPUTS * l->units);
    const double all = first + (double)(l->units * l->units + l->units * l->levels);
    return 2.0 * (double)l->batch * (4.0 * all - first);
}

/* Best of several: what the core can do. */
static double sgemm_flop_per_s(void)
{
    float *a = floats(SGEMM * SGEMM), *b = floats(SGEMM * SGEMM), *c = floats(SGEMM * SGEMM);
    double best = 0.0;
    const int n = (int)SGEMM;
    for (size_t i = 0; i < SGEMM * SGEMM; i++) {
        a[i] = b[i] = 1e-3F * (float)(i % 7);
    }
    for (int k = 0; k < 9; k++) {
        const double before = timing_cpu_s();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0F, a, n, b, n, 0.0F, c,
                    n);
        const double rate = (double)(2 * SGEMM * SGEMM * SGEMM) / (timing_cpu_s() - before);
        best = rate > best ? rate : best;
    }
    free(a);
    free(b);
    free(c);
    return best;
}

static titr_status measure(const load *l, const ring *r, const char *blas, titr_error *err)
{
    learner a;
    double speed[RUNS];
    titr_status status = learner_init(&a, l, err);
    for (size_t k = 0; k < RUNS && status == TITR_OK; k++) {
        const double before = timing_cpu_s();
        for (size_t i = 0; i < l->steps && status == TITR_OK; i++) {
            status = gradient_step(&a, r, err);
        }
        speed[k] = (double)l->steps / (timing_cpu_s() - before);
    }
    learner_fini(&a);
    TITR_TRY(status);
    char workload[320];
    const double peak = sgemm_flop_per_s();
    double sorted[RUNS];
    memcpy(sorted, speed, sizeof sorted);
    (void)snprintf(
        workload, sizeof workload,
        "gradient steps of DQN, %zu-%zu-%zu-%zu, batch %zu, with sampling, Adam and target "
        "copy, one core%s; %.0f %% of the %.0f GFLOP/s of sgemm, %s",
        INPUTS, l->units, l->units, l->levels, l->batch, l->deterministic ? ", deterministic" : "",
        100.0 * timing_median(sorted, RUNS) * flop_per_step(l) / peak, peak / 1e9, blas);
    const bench_row row = {.name = l->name,
                           .unit = "steps/s",
                           .workload = workload,
                           .peer = l->peer,
                           .peer_source = PEER_SOURCE};
    bench_print(&row, speed, RUNS);
    return TITR_OK;
}

static void ring_init(ring *r)
{
    const titr_rng_key key = {.seed = 2, .purpose = TITR_PURPOSE_TEST};
    r->obs = floats((RING + 1) * INPUTS);
    for (size_t i = 0; i < (RING + 1) * INPUTS; i++) {
        r->obs[i] = (float)(2.0 * titr_rng_uniform(key, (uint32_t)i) - 1.0);
    }
    for (size_t i = 0; i < RING; i++) {
        r->reward[i] = r->obs[i * INPUTS];
        r->level[i] = (unsigned char)(i * 7 % 10);
    }
}

int main(void)
{
    titr_error err = {.what = ""};
    char blas[128];
    titr_blas_library(blas, sizeof blas);
    if (!titr_blas_is_openblas()) {
        (void)fprintf(stderr, "bench dqn: %s: nothing measured\n", blas);
        return 1;
    }
    static ring r;
    ring_init(&r);
    titr_status status = TITR_OK;
    for (size_t i = 0; i < sizeof loads / sizeof loads[0] && status == TITR_OK; i++) {
        status = measure(&loads[i], &r, blas, &err);
    }
    free(r.obs);
    if (status != TITR_OK) {
        (void)fprintf(stderr, "bench dqn: %s\n", err.what);
    }
    return status == TITR_OK ? 0 : 1;
}
