// SPDX-License-Identifier: GPL-3.0-or-later
/* What an interval brings, minute by minute: insulin through the pump, food through the mouth. */
#include "kernel.h"

#include <string.h>

static void request(titri_play *p, const titr_dose *dose)
{
    double basal_u_per_h[TITR_LANES] = {0.0}, bolus_u[TITR_LANES] = {0.0};
    for (size_t l = 0; l < p->b.n; l++) {
        if (p->runs[l]) {
            basal_u_per_h[l] = dose[p->b.first + l].basal_u_per_h;
            bolus_u[l] = dose[p->b.first + l].bolus_u;
        }
    }
    const titri_patients *env = p->env;
    env->pump->request(env->def.pump.def, p->b.pump, basal_u_per_h, bolus_u);
    TITR_FOR_LANES(l)
    {
        p->bolus_u[l] = TITR_AT(p->b.pump, TITR_PUMP_BOLUS, l);
    }
}

/* Meals that begin in the interval, in the minute in which they begin. */
static void serve(titri_play *p)
{
    titri_patients *env = p->env;
    const double *time_min = env->time_min + p->b.first;
    double *next_min = env->cache.next_meal_min + p->b.first;
    const double length_min = (double)env->minutes;
    titr_flag served[TITR_LANES], some = 0;
    memset(p->work->carbs_g, 0, env->minutes * TITR_LANES * sizeof *p->work->carbs_g);
    TITR_OR_LANES(l, some)
    {
        served[l] = p->runs[l] && next_min[l] < time_min[l] + length_min;
        some |= served[l];
    }
    for (size_t l = 0; some && l < TITR_LANES; l++) {
        if (served[l]) {
            const titri_menu *menu = &env->menu[p->b.first + l];
            titri_menu_serve(menu, time_min[l], env->minutes, TITR_LANES, p->work->carbs_g + l);
            next_min[l] = titri_menu_next_min(menu, time_min[l] + length_min);
        }
    }
}

void TITR_SYMBOL(titri_plan)(titri_play *p, const titr_dose *dose)
{
    titri_patients *env = p->env;
    titr_mouth *mouth = env->mouth + p->b.first;
    request(p, dose);
    serve(p);
    for (size_t m = 0; m < env->minutes; m++) {
        double *carbs_g = p->work->carbs_g + m * TITR_LANES;
        env->pump->minute(env->def.pump.def, p->b.pump, p->work->insulin_u + m * TITR_LANES);
        TITR_FOR_LANES(l)
        {
            carbs_g[l] = titr_mouth_bite(&mouth[l], carbs_g[l]);
        }
    }
}
