// SPDX-License-Identifier: GPL-3.0-or-later
/* The environment's contract: whatever is inside answers these calls. */
#include "titrate/env/type.h"

const char *titr_end_name(titr_end end)
{
    static const char *const names[] = {[TITR_END_NONE] = "none",
                                        [TITR_END_TERMINATED] = "terminated",
                                        [TITR_END_TRUNCATED] = "truncated",
                                        [TITR_END_FAULT] = "fault"};
    return names[end];
}

titr_status titr_env_reset(titr_env *env, const titr_lane_start *start, size_t n, titr_error *err)
{
    return env->type->reset(env, start, n, err);
}

titr_status titr_env_step(titr_env *env, const titr_dose *dose, titr_error *err)
{
    if (env->type->step == NULL) {
        return titr_fail(err, TITR_ERR_ARG, "this environment takes levels, not doses");
    }
    return env->type->step(env, dose, err);
}

titr_status titr_env_step_levels(titr_env *env, const int *level, titr_error *err)
{
    if (env->type->step_levels == NULL) {
        return titr_fail(err, TITR_ERR_ARG, "this environment takes doses, not levels");
    }
    return env->type->step_levels(env, level, err);
}

void titr_env_state(const titr_env *env, size_t lane, double *state)
{
    env->type->state(env, lane, state);
}

const titr_env_view *titr_env_look(const titr_env *env)
{
    return &env->view;
}

titr_status titr_env_visit(titr_env *env, titr_visitor *v, const titr_lane_start *start,
                           titr_error *err)
{
    return env->type->visit(env, v, start, err);
}

void titr_env_destroy(titr_env *env)
{
    if (env != NULL) {
        env->type->destroy(env);
    }
}
