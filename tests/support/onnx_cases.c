// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/onnx_cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* hidden layers, units of the recurrent layer, atoms, cosines, dueling, noisy, head, cvar, one-hot,
 * clip */
typedef struct recipe {
    size_t n_hidden, gru, atoms, cosines;
    int dueling, noisy;
    titr_network_head head;
    double cvar;
    int one_hot;
    double clip;
} recipe;

static const recipe recipes[] = {
    {0, 0, 1, 0, 0, 0, TITR_HEAD_VALUES, 1.0, 0, HUGE_VAL},
    {1, 0, 1, 0, 0, 0, TITR_HEAD_VALUES, 1.0, 0, 5.0},
    {2, 0, 1, 0, 0, 0, TITR_HEAD_VALUES, 1.0, 0, HUGE_VAL},
    {3, 0, 1, 0, 0, 0, TITR_HEAD_VALUES, 1.0, 1, 1.0},
    {2, 0, 1, 0, 1, 0, TITR_HEAD_VALUES, 1.0, 0, 5.0},
    {2, 0, 1, 0, 0, 1, TITR_HEAD_VALUES, 1.0, 1, HUGE_VAL},
    {2, 0, 1, 0, 1, 1, TITR_HEAD_VALUES, 1.0, 1, 5.0},
    {2, 0, 51, 0, 0, 0, TITR_HEAD_CATEGORICAL, 1.0, 0, 5.0},
    {2, 0, 51, 0, 1, 0, TITR_HEAD_CATEGORICAL, 1.0, 1, 5.0},
    {2, 0, 51, 0, 0, 0, TITR_HEAD_CATEGORICAL, 0.25, 0, 5.0},
    {2, 0, 51, 0, 1, 1, TITR_HEAD_CATEGORICAL, 0.1, 0, 5.0},
    {2, 0, 32, 0, 0, 0, TITR_HEAD_QUANTILES, 1.0, 0, 5.0},
    {2, 0, 32, 0, 1, 0, TITR_HEAD_QUANTILES, 1.0, 0, 5.0},
    {2, 0, 32, 0, 0, 0, TITR_HEAD_QUANTILES, 0.25, 0, 5.0},
    {2, 0, 32, 0, 1, 1, TITR_HEAD_QUANTILES, 0.11, 1, 5.0},
    {2, 0, 1, 16, 0, 0, TITR_HEAD_IMPLICIT, 1.0, 0, 5.0},
    {3, 0, 1, 16, 1, 1, TITR_HEAD_IMPLICIT, 1.0, 1, 5.0},
    {2, 7, 1, 0, 0, 0, TITR_HEAD_VALUES, 1.0, 0, 5.0},
    {0, 5, 1, 0, 0, 0, TITR_HEAD_VALUES, 1.0, 0, HUGE_VAL},
    {1, 5, 1, 0, 1, 0, TITR_HEAD_VALUES, 1.0, 1, 5.0},
    {2, 7, 32, 0, 1, 1, TITR_HEAD_QUANTILES, 0.5, 0, 5.0},
    {2, 7, 51, 0, 1, 0, TITR_HEAD_CATEGORICAL, 1.0, 0, 5.0},
    {1, 5, 1, 16, 1, 0, TITR_HEAD_IMPLICIT, 1.0, 0, 5.0},
};

static const titr_rng_key key = {77, TITR_PURPOSE_TEST, 0, 0};

size_t onnx_cases(void)
{
    return sizeof recipes / sizeof recipes[0];
}

titr_onnx_about onnx_case_about(void)
{
    static const char *const names[ONNX_OBS] = {"cgm_mg_dl", "iob_u",     "time_left_min",
                                                "place",     "age_years", "weight_kg"};
    static const char *const units[ONNX_OBS] = {"mg/dL", "U", "min", "1", "a", "kg"};
    static const char *const levels[5] = {"0 x basal", "0.5 x basal", "1 x basal", "1.5 x basal",
                                          "2 x basal"};
    return (titr_onnx_about){"cases", "best", "dqn", "0.1.0", names, units, levels};
}

/* Columns as they are, but for place (0 to 3), which is one-hot if wanted. @return inputs */
static size_t make_feed(onnx_case *c, const recipe *r)
{
    static const double centre[ONNX_OBS] = {150.0, 2.0, 700.0, 0.0, 9.0, 30.0};
    static const double width[ONNX_OBS] = {60.0, 1.5, 400.0, 1.0, 4.0, 15.0};
    size_t n = 0;
    for (size_t k = 0; k < ONNX_OBS; k++) {
        for (int v = 0; r->one_hot && k == 3 && v < 4; v++) {
            c->feed[n++] = (titr_network_feed){.column = k, .one_hot = 1, .value = v};
        }
        if (!r->one_hot || k != 3) {
            c->feed[n++] =
                (titr_network_feed){.column = k, .shift = centre[k], .scale = 1.0 / width[k]};
        }
    }
    return n;
}

titr_status onnx_case_init(onnx_case *c, size_t k, titr_error *err)
{
    const recipe *r = &recipes[k];
    titr_net_spec spec = titr_net_default_spec();
    memset(c, 0, sizeof *c);
    spec.n_in = make_feed(c, r);
    spec.n_out = 5;
    spec.n_hidden = r->n_hidden;
    for (size_t i = 0; i < r->n_hidden; i++) {
        spec.hidden[i] = 12 + i;
    }
    spec.atoms = r->atoms;
    spec.gru = r->gru;
    spec.cosines = r->cosines;
    spec.dueling = r->dueling;
    spec.noisy = r->noisy;
    TITR_TRY(titr_net_create(&spec, &c->net, err));
    const size_t n = titr_net_n_params(c->net);
    c->params = malloc(n * sizeof *c->params);
    if (c->params == NULL) {
        titr_net_destroy(c->net);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu parameters", n);
    }
    for (size_t i = 0; i < n; i++) {
        c->params[i] = (titr_real)(0.5 * titr_rng_normal(key, (uint32_t)i));
    }
    for (size_t i = 0; i < ONNX_ATOMS_MAX; i++) {
        c->atom[i] = -10.0 + 0.4 * (double)i;
    }
    for (size_t i = 0; i < ONNX_TAUS; i++) {
        c->tau[i] = 0.3 * ((double)i + 0.5) / ONNX_TAUS;
    }
    c->view = (titr_network_view){c->net,  c->params, ONNX_OBS, c->feed,   r->clip,
                                  r->head, c->atom,   c->tau,   ONNX_TAUS, r->cvar};
    return TITR_OK;
}

void onnx_case_fini(onnx_case *c)
{
    titr_net_destroy(c->net);
    free(c->params);
}

/* --- titrate's own values --- */

typedef struct sheet {
    float obs[ONNX_ROWS * ONNX_OBS];
    titr_real x[ONNX_ROWS * 16], tau[ONNX_ROWS * ONNX_TAUS];
    titr_real state[ONNX_ROWS * 8], next[ONNX_ROWS * 8];
    titr_real out[ONNX_ROWS * 5 * ONNX_ATOMS_MAX];
    double q[ONNX_ROWS * 5];
} sheet;

static void make_observations(sheet *s, const onnx_case *c)
{
    const size_t n_in = titr_net_get_spec(c->net)->n_in;
    for (size_t r = 0; r < ONNX_ROWS; r++) {
        float *o = &s->obs[r * ONNX_OBS];
        const uint32_t at = (uint32_t)(1000000 + 10 * r);
        o[0] = (float)(150.0 + 80.0 * titr_rng_normal(key, at));
        o[1] = (float)(2.0 + 2.0 * titr_rng_normal(key, at + 1));
        o[2] = (float)(5 * titr_rng_below(key, at + 2, 288));
        o[3] = (float)titr_rng_below(key, at + 3, 4);
        o[4] = (float)(3 + titr_rng_below(key, at + 4, 14));
        o[5] = (float)(30.0 + 15.0 * titr_rng_normal(key, at + 5));
        for (size_t k = 0; k < n_in; k++) {
            const titr_network_feed *f = &c->feed[k];
            const double v = (double)o[f->column];
            const double y = fmax(-c->view.clip, fmin(c->view.clip, (v - f->shift) * f->scale));
            s->x[r * n_in + k] = (titr_real)(f->one_hot ? v == f->value : y);
        }
        for (size_t k = 0; k < ONNX_TAUS; k++) {
            s->tau[r * ONNX_TAUS + k] = (titr_real)c->tau[k];
        }
    }
    for (size_t i = 0; i < sizeof s->state / sizeof s->state[0]; i++) {
        s->state[i] = (titr_real)(2.0 * titr_rng_uniform(key, (uint32_t)(2000000 + i)) - 1.0);
    }
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Mean of the worst share of outcomes z with probabilities p, z ascending. */
static double worst_share(const double *z, const double *p, size_t n, double share)
{
    double left = share, sum = 0.0;
    for (size_t i = 0; i < n && left > 0.0; i++) {
        const double part = p[i] < left ? p[i] : left;
        sum += part * z[i];
        left -= part;
    }
    return sum / share;
}

/* Value of one level from its outputs, by definition. */
static double worth(const titr_network_view *v, const titr_real *out, size_t n, size_t step)
{
    double z[ONNX_ATOMS_MAX], p[ONNX_ATOMS_MAX], sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        z[i] = (double)out[i * step];
        p[i] = 1.0 / (double)n;
    }
    if (v->head == TITR_HEAD_CATEGORICAL) {
        for (size_t i = 0; i < n; i++) {
            p[i] = exp(z[i]);
            sum += p[i];
        }
        for (size_t i = 0; i < n; i++) {
            p[i] /= sum;
            z[i] = v->atom[i];
        }
    }
    qsort(z, n, sizeof z[0], ascending); /* ascending already, or all of one mass */
    return worst_share(z, p, n, v->cvar);
}

static void make_values(sheet *s, const onnx_case *c)
{
    const titr_net_spec *spec = titr_net_get_spec(c->net);
    const int taus = spec->cosines > 0;
    const size_t n = taus ? ONNX_TAUS : spec->atoms, per_row = 5 * n;
    for (size_t r = 0; r < ONNX_ROWS; r++) {
        for (size_t a = 0; a < 5; a++) {
            const titr_real *out = &s->out[r * per_row + (taus ? a : a * n)];
            s->q[r * 5 + a] = worth(&c->view, out, n, taus ? 5 : 1);
        }
    }
}

static titr_status evaluate(const onnx_case *c, sheet *s, titr_error *err)
{
    titr_net_ws *ws = NULL;
    const titr_net_limits limits = {ONNX_ROWS, 1, ONNX_TAUS};
    make_observations(s, c);
    TITR_TRY(titr_net_ws_create(c->net, limits, &ws, err));
    const int gru = titr_net_get_spec(c->net)->gru > 0;
    const titr_net_input in = {.rows = ONNX_ROWS,
                               .x = s->x,
                               .h0 = gru ? s->state : NULL,
                               .h_last = gru ? s->next : NULL,
                               .taus = ONNX_TAUS,
                               .tau = s->tau};
    const titr_status status = titr_net_forward(c->net, c->params, ws, &in, s->out, err);
    titr_net_ws_destroy(ws);
    make_values(s, c);
    return status;
}

/* --- files --- */

static void write_floats(FILE *f, const char *name, const float *v, size_t cols)
{
    if (v == NULL || cols == 0) {
        return;
    }
    (void)fprintf(f, "\"%s\": [", name);
    for (size_t i = 0; i < ONNX_ROWS * cols; i++) {
        (void)fprintf(f, "%s%.9g", i == 0 ? "[" : i % cols == 0 ? "], [" : ", ", (double)v[i]);
    }
    (void)fprintf(f, "]],\n");
}

titr_status onnx_expected_write(const onnx_expected *x, const char *path, titr_error *err)
{
    FILE *f = fopen(path, "w");
    if (f == NULL) {
        return titr_fail(err, TITR_ERR_IO, "cannot write %s", path);
    }
    (void)fprintf(f, "{");
    write_floats(f, "observation", x->obs, x->n_obs);
    write_floats(f, "state", x->state, x->units);
    write_floats(f, "next_state", x->next_state, x->units);
    write_floats(f, "q", x->q, x->n_levels);
    (void)fprintf(f, "\"rows\": %d}\n", ONNX_ROWS);
    return fclose(f) == 0 ? TITR_OK : titr_fail(err, TITR_ERR_IO, "cannot write %s", path);
}

static titr_status write_expected(const onnx_case *c, const sheet *s, const char *path,
                                  titr_error *err)
{
    float q[ONNX_ROWS * 5];
    for (size_t i = 0; i < sizeof q / sizeof q[0]; i++) {
        q[i] = (float)s->q[i];
    }
    const size_t units = titr_net_get_spec(c->net)->gru;
    const onnx_expected x = {s->obs, s->state, s->next, q, ONNX_OBS, units, 5};
    return onnx_expected_write(&x, path, err);
}

titr_status onnx_case_write(const onnx_case *c, const char *folder, size_t k, titr_error *err)
{
    char path[512];
    const titr_onnx_about about = onnx_case_about();
    sheet *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a case");
    }
    titr_status status = evaluate(c, s, err);
    (void)snprintf(path, sizeof path, "%s/case_%02zu.onnx", folder, k);
    if (status == TITR_OK) {
        status = titr_onnx_write(&c->view, &about, path, err);
    }
    (void)snprintf(path, sizeof path, "%s/case_%02zu.json", folder, k);
    if (status == TITR_OK) {
        status = write_expected(c, s, path, err);
    }
    free(s);
    return status;
}
