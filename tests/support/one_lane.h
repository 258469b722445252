// SPDX-License-Identifier: GPL-3.0-or-later
/* Lane-wise parts called with one lane, by value. */
#ifndef TESTS_SUPPORT_ONE_LANE_H
#define TESTS_SUPPORT_ONE_LANE_H

#include "titrate/env/pump.h"
#include "titrate/env/reward.h"
#include "titrate/env/sensor.h"

static inline double sensor_read(const titr_sensor_type *type, const void *def, titr_rng_key key,
                                 double *state, double time_min, double glucose_mg_dl)
{
    double reading_mg_dl = 0.0;
    type->read(def, &key, &time_min, &glucose_mg_dl, state, &reading_mg_dl);
    return reading_mg_dl;
}

static inline void pump_request(const titr_pump_type *type, const void *def, double *state,
                                double basal_u_per_h, double bolus_u)
{
    type->request(def, state, &basal_u_per_h, &bolus_u);
}

static inline double pump_minute(const titr_pump_type *type, const void *def, double *state)
{
    double delivered_u = 0.0;
    type->minute(def, state, &delivered_u);
    return delivered_u;
}

static inline double reward_step(const titr_reward_type *type, const void *def, double before_mg_dl,
                                 double after_mg_dl)
{
    double reward = 0.0;
    type->step(def, &before_mg_dl, &after_mg_dl, &reward);
    return reward;
}

#endif
