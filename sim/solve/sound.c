// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound.h"

#include <stdio.h>

void titri_sound_init(titri_sound *out, const titr_model_type *model, const titr_model_mode *mode,
                      const double *slack)
{
    out->states = model->states;
    for (size_t i = 0; i < model->states.n; i++) {
        out->floor[i] = mode->masses_stay_positive ? model->states.row[i].lo - slack[i] : -HUGE_VAL;
    }
}

void titri_fault_state(const titri_sound *sound, const double *x, size_t i, titr_fault *fault)
{
    if (i < sound->states.n) {
        (void)snprintf(fault->state, sizeof fault->state, "%s", sound->states.row[i].name);
        fault->value = x[i];
    }
}

int titri_is_sound(const titri_sound *sound, const double *x, double t_min, titr_fault *fault)
{
    for (size_t i = 0; i < sound->states.n; i++) {
        if (!isfinite(x[i]) || x[i] < sound->floor[i]) {
            *fault = (titr_fault){.code = isfinite(x[i]) ? TITR_FAULT_NEGATIVE_MASS
                                                         : TITR_FAULT_NON_FINITE,
                                  .time_min = t_min};
            titri_fault_state(sound, x, i, fault);
            return 0;
        }
    }
    return 1;
}
