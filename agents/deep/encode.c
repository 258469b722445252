// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Deviations below this count as none: the value is constant and is only centred. */
#define LEAST_SD 1e-6

static void list_discrete(const titr_observer *observer, size_t *discrete)
{
    for (size_t k = 0; k < observer->n; k++) {
        const titr_observe *entry = &observer->entry[k];
        for (size_t i = entry->history > 1 ? entry->history : 1; i > 0; i--) {
            *discrete++ = entry->discrete;
        }
    }
}

titr_status titri_encoder_make(titri_encoder *e, size_t n, const size_t *discrete,
                               titri_normalise mode, titr_error *err)
{
    *e = (titri_encoder){.mode = mode, .n_obs = n};
    e->discrete = calloc(n + 1, sizeof *e->discrete);
    e->shift = calloc(4 * n + 1, sizeof *e->shift);
    if (e->discrete == NULL || e->shift == NULL) {
        titri_encoder_fini(e);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu observed values", n);
    }
    e->scale = e->shift + n;
    e->mean = e->shift + 2 * n;
    e->square = e->shift + 3 * n;
    for (size_t i = 0; i < n; i++) {
        e->discrete[i] = discrete != NULL ? discrete[i] : 0;
        e->n_in += e->discrete[i] > 0 ? e->discrete[i] : 1;
        e->scale[i] = 1.0;
    }
    return TITR_OK;
}

titr_status titri_encoder_init(titri_encoder *e, const titr_observer *observer, const double *lo,
                               const double *hi, titri_normalise mode, titr_error *err)
{
    const size_t n = titr_observer_size(observer);
    size_t *discrete = calloc(n + 1, sizeof *discrete);
    if (discrete == NULL) {
        *e = (titri_encoder){.mode = mode};
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu observed values", n);
    }
    list_discrete(observer, discrete);
    const titr_status st = titri_encoder_make(e, n, discrete, mode, err);
    free(discrete);
    for (size_t i = 0; st == TITR_OK && mode == TITRI_RANGE && i < n; i++) {
        if (hi[i] > lo[i]) {
            e->shift[i] = 0.5 * (lo[i] + hi[i]);
            e->scale[i] = 2.0 / (hi[i] - lo[i]);
        }
    }
    return st;
}

void titri_encoder_fini(titri_encoder *e)
{
    free(e->discrete);
    free(e->shift);
    *e = (titri_encoder){0};
}

void titri_encoder_see(titri_encoder *e, const double *obs, size_t n)
{
    for (size_t k = 0; k < n; k++, obs += e->n_obs) {
        e->seen += 1.0;
        for (size_t i = 0; i < e->n_obs; i++) {
            const double before = obs[i] - e->mean[i];
            e->mean[i] += before / e->seen;
            e->square[i] += before * (obs[i] - e->mean[i]);
        }
    }
}

void titri_encoder_settle(titri_encoder *e)
{
    for (size_t i = 0; i < e->n_obs && e->mode == TITRI_RUNNING && e->seen > 1.0; i++) {
        const double sd = sqrt(e->square[i] / (e->seen - 1.0));
        e->shift[i] = e->mean[i];
        e->scale[i] = sd > LEAST_SD ? 1.0 / sd : 1.0;
    }
}

static float *encode_value(const titri_encoder *e, size_t i, double value, float *x)
{
    if (e->discrete[i] == 0) {
        *x++ = (float)((value - e->shift[i]) * e->scale[i]);
        return x;
    }
    memset(x, 0, e->discrete[i] * sizeof *x);
    if (value >= 0.0 && value < (double)e->discrete[i]) {
        x[(size_t)value] = 1.0F;
    }
    return x + e->discrete[i];
}

void titri_encode(const titri_encoder *e, const double *obs, float *x)
{
    for (size_t i = 0; i < e->n_obs; i++) {
        x = encode_value(e, i, obs[i], x);
    }
}

void titri_encode_stored(const titri_encoder *e, const float *obs, float *x)
{
    for (size_t i = 0; i < e->n_obs; i++) {
        x = encode_value(e, i, (double)obs[i], x);
    }
}

titr_status titri_encoder_visit(titri_encoder *e, titr_visitor *v, titr_error *err)
{
    const size_t shape[2] = {4, e->n_obs};
    TITR_TRY(titr_state_visit(v, "normalisation", TITR_F64, 2, shape, e->shift, err));
    return titr_visit_vector(v, "normalisation_seen", TITR_F64, 1, &e->seen, err);
}
