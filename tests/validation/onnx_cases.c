// SPDX-License-Identifier: GPL-3.0-or-later
/* onnx_cases FOLDER: models of networks of every make, and of every registered learner that has a
 * network, with what titrate makes of some observations. See onnx.sh and
 * tests/results/store/onnx_by_hand.py. */
#include "support/onnx_cases.h"

#include "titrate/agents/agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS 5
#define UNITS_MAX 512

static const titr_rng_key key = {78, TITR_PURPOSE_TEST, 0, 0};

/* Four values as they are and one of 0 to 3. */
static titr_observer observer(void)
{
    titr_observer o = {.n = ONNX_OBS - 1};
    o.entry[0] = (titr_observe){.what = TITR_OBS_CGM, .history = 2};
    o.entry[1] = (titr_observe){.what = TITR_OBS_IOB};
    o.entry[2] = (titr_observe){.what = TITR_OBS_TIME_OF_DAY};
    o.entry[3] = (titr_observe){.what = TITR_OBS_CARBS_ANNOUNCED, .discrete = 4};
    o.entry[4] = (titr_observe){.what = TITR_OBS_AGE};
    return o;
}

static void make_observations(double *obs)
{
    static const double hi[ONNX_OBS] = {400.0, 400.0, 10.0, 1440.0, 0.0, 18.0};
    for (uint32_t i = 0; i < ONNX_ROWS * ONNX_OBS; i++) {
        const size_t k = i % ONNX_OBS;
        obs[i] = k == 4 ? (double)titr_rng_below(key, i, 4)
                        : (double)(float)(hi[k] * titr_rng_uniform(key, i));
    }
}

/* Values of the first decisions of an episode. */
static titr_status value(titr_agent *agent, const double *obs, double *q, titr_error *err)
{
    unsigned char mask[ONNX_ROWS * LEVELS], ones[ONNX_ROWS];
    titr_rng_key keys[ONNX_ROWS];
    const uint32_t index[ONNX_ROWS] = {0};
    memset(mask, 1, sizeof mask);
    memset(ones, 1, sizeof ones);
    for (size_t r = 0; r < ONNX_ROWS; r++) {
        keys[r] = key;
    }
    const titr_batch batch = {.n = ONNX_ROWS,
                              .obs = obs,
                              .mask = mask,
                              .first = ones,
                              .running = ones,
                              .key = keys,
                              .index = index};
    return agent->type->values(agent->self, &batch, q, err);
}

static titr_status write_model(titr_agent *agent, const char *stem, titr_error *err)
{
    static const float zeros[ONNX_ROWS * UNITS_MAX];
    const titr_onnx_about about = onnx_case_about();
    double obs[ONNX_ROWS * ONNX_OBS], q[ONNX_ROWS * LEVELS];
    float o[ONNX_ROWS * ONNX_OBS], f[ONNX_ROWS * LEVELS];
    char path[600];
    titr_network_view view;
    make_observations(obs);
    TITR_TRY(value(agent, obs, q, err));
    TITR_TRY(agent->type->network(agent->self, &view, err));
    (void)snprintf(path, sizeof path, "%s.onnx", stem);
    TITR_TRY(titr_onnx_write(&view, &about, path, err));
    for (size_t i = 0; i < sizeof o / sizeof o[0]; i++) {
        o[i] = (float)obs[i];
    }
    for (size_t i = 0; i < sizeof f / sizeof f[0]; i++) {
        f[i] = (float)q[i];
    }
    const size_t units = titr_net_get_spec(view.net)->gru;
    if (units > UNITS_MAX) {
        return titr_fail(err, TITR_ERR_ARG, "%zu units of a recurrent layer", units);
    }
    const onnx_expected x = {o, zeros, NULL, f, ONNX_OBS, units, LEVELS};
    (void)snprintf(path, sizeof path, "%s.json", stem);
    return onnx_expected_write(&x, path, err);
}

/* Observations scaled by their plausible ranges: raw ones of hundreds make values of which single
 * precision keeps four digits, whoever computes them. */
static void normalise_by_range(titr_slot slot)
{
    int *normalise = titr_slot_field(slot, "normalise");
    const titr_part *part = titr_slot_part(slot);
    const titr_option *option = titr_option_find(part->options, part->n_options, "normalise");
    while (option != NULL && strcmp(option->choices[*normalise], "range") != 0) {
        *normalise = option->choices[*normalise + 1] != NULL ? *normalise + 1 : 0;
    }
}

/* A grid of returns of the size of what is asked for: of the mean over 0 +- 100 single precision
 * keeps less than the bound. */
static void narrow_grid(titr_slot slot)
{
    double *lo = titr_slot_field(slot, "v_min"), *hi = titr_slot_field(slot, "v_max");
    if (lo != NULL && hi != NULL) {
        *lo = -10.0;
        *hi = 10.0;
    }
}

/* A learner as it starts; with `cautious` by the worst quarter of returns, if it can. */
static titr_status write_agent(const titr_agent_type *type, int cautious, const char *folder,
                               titr_error *err)
{
    char stem[512];
    const titr_observer o = observer();
    const titr_agent_context context = {.n_lanes = ONNX_ROWS,
                                        .n_levels = LEVELS,
                                        .n_obs = ONNX_OBS,
                                        .observer = &o,
                                        .decision_interval_min = 5.0,
                                        .seed = 11};
    titr_slot slot = {0};
    titr_agent *agent = NULL;
    TITR_TRY(titr_slot_init(&slot, type, err));
    normalise_by_range(slot);
    narrow_grid(slot);
    double *cvar = titr_slot_field(slot, "cvar");
    if (cautious && cvar == NULL) {
        titr_slot_fini(&slot);
        return TITR_OK;
    }
    if (cautious) {
        *cvar = 0.25;
    }
    titr_status status = titr_agent_create(slot, &context, &agent, err);
    (void)snprintf(stem, sizeof stem, "%s/case_%s%s", folder, type->part.name,
                   cautious ? "_cautious" : "");
    if (status == TITR_OK) {
        status = write_model(agent, stem, err);
    }
    titr_agent_destroy(agent);
    titr_slot_fini(&slot);
    return status;
}

static titr_status write_agents(const char *folder, titr_error *err)
{
    size_t n;
    const titr_agent_type *const *type = titr_agent_all(&n);
    for (size_t i = 0; i < n; i++) {
        if (type[i]->network != NULL) {
            TITR_TRY(write_agent(type[i], 0, folder, err));
            TITR_TRY(write_agent(type[i], 1, folder, err));
        }
    }
    return TITR_OK;
}

static titr_status write_cases(const char *folder, titr_error *err)
{
    for (size_t k = 0; k < onnx_cases(); k++) {
        onnx_case c;
        TITR_TRY(onnx_case_init(&c, k, err));
        const titr_status status = onnx_case_write(&c, folder, k, err);
        onnx_case_fini(&c);
        TITR_TRY(status);
    }
    return write_agents(folder, err);
}

int main(int argc, char **argv)
{
    titr_error err = {0};
    if (argc != 2) {
        (void)fprintf(stderr, "usage: onnx_cases FOLDER\n");
        return 2;
    }
    if (write_cases(argv[1], &err) != TITR_OK) {
        (void)fprintf(stderr, "onnx_cases: %s\n", err.what);
        return 1;
    }
    return 0;
}
