// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/store/onnx.h
 * @brief A learned policy as an ONNX model (opset 13, IR version 8), for any program that runs
 * those.
 *
 *   observation [batch, n_obs], (state [batch, units]) --> q [batch, n_levels], (next_state)
 *
 * The graph takes the observation in the units of its columns: normalisation, one-hot coding,
 * dueling heads, and the expectation (or CVaR) over atoms or quantiles are nodes of it. Single
 * precision. A recurrent policy takes its state and gives the next one; zeros begin an episode.
 * Masks are the caller's: only allowed levels may be chosen from q.
 *
 * Metadata properties of the model: title, policy, agent, titrate_version, notice, observable_<k>
 * with observable_<k>_unit, level_<a>, n_observables, n_levels. Same policy, same bytes.
 * Errors   TITR_ERR_IO with the system's reason, the file is whole or not there; TITR_ERR_ARG for a
 *          view that does not fit its network; TITR_ERR_NOMEM.
 */
#ifndef TITR_STORE_ONNX_H
#define TITR_STORE_ONNX_H

#include "titrate/agents/network_view.h"

/** "SIMULATED - for research and education, not a medical device". */
extern const char titr_onnx_notice[];

/** What the model tells about itself. */
typedef struct titr_onnx_about {
    const char *title, *policy, *agent; /* experiment, policy, kind of agent */
    const char *version;                /* of titrate */
    const char *const *observable;      /* [n_obs] names of the columns */
    const char *const *unit;            /* [n_obs] */
    const char *const *level;           /* [n_levels] what each level means */
} titr_onnx_about;

/** Write the model. */
titr_status titr_onnx_write(const titr_network_view *view, const titr_onnx_about *about,
                            const char *path, titr_error *err) TITR_NODISCARD;

#endif
