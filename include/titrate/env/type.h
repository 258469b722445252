// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/env/type.h
 * @brief What an implementation of the environment's contract (titrate/env/env.h) provides. Nothing
 *        above this layer includes it.
 *
 * An implementation's own struct begins with a titr_env; its creator fills in `type` and the view.
 */
#ifndef TITR_ENV_TYPE_H
#define TITR_ENV_TYPE_H

#include "titrate/env/env.h"

/** The functions behind titr_env_reset, _step, _state, _visit and _destroy. */
typedef struct titr_env_type {
    titr_status (*reset)(titr_env *env, const titr_lane_start *start, size_t n,
                         titr_error *err); /* titr_env_reset */
    titr_status (*step)(titr_env *env, const titr_dose *dose,
                        titr_error *err); /* titr_env_step; NULL: takes levels */
    titr_status (*step_levels)(titr_env *env, const int *level,
                               titr_error *err); /* titr_env_step_levels; NULL: takes doses */
    void (*state)(const titr_env *env, size_t lane, double *state); /* titr_env_state */
    titr_status (*visit)(titr_env *env, titr_visitor *v, const titr_lane_start *start,
                         titr_error *err); /* titr_env_visit */
    void (*destroy)(titr_env *env);        /* not NULL */
} titr_env_type;

/** What every implementation has. */
struct titr_env {
    const titr_env_type *type; /* static */
    titr_env_view view;        /* what titr_env_look shows; its arrays are the implementation's */
};

/** For an implementation's visit: save who plays in the lanes, or check that the same play on.
 *  @param[in] who [n] saving: of the environment's last resets; loading: who is to play on.
 *  @return TITR_ERR_CONFIG when the saved lanes are others. */
titr_status titr_env_visit_starts(titr_visitor *v, const titr_lane_start *who, size_t n,
                                  titr_error *err) TITR_NODISCARD;

#endif
