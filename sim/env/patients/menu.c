// SPDX-License-Identifier: GPL-3.0-or-later
/* Meals are planned a day ahead, so that any decision interval finds what it needs. */
#include "menu.h"

#include <math.h>

static titr_status plan_day(titri_menu *menu, const titr_env_def *def, const titr_patient *patient,
                            titr_rng_key key, unsigned day, titr_error *err)
{
    titr_day_plan *plan = &menu->plan[day % MENU_DAYS];
    plan->n = 0;
    for (size_t i = 0; i < def->n_scenario; i++) {
        key.purpose = TITR_PURPOSE_MEALS + ((uint32_t)i << TITR_PURPOSE_PART_SHIFT);
        const titr_scenario_type *type = def->scenario[i].type;
        TITR_TRY(type->plan_day(def->scenario[i].def, patient, key, def->clock_start_min, day, plan,
                                err));
    }
    return TITR_OK;
}

titr_status titri_menu_plan(titri_menu *menu, const titr_env_def *def, const titr_patient *patient,
                            titr_rng_key key, unsigned today, titr_error *err)
{
    menu->today = today;
    menu->plan[(today + 2) % MENU_DAYS].n = 0; /* yesterday, if the episode began today */
    for (unsigned day = today > 0 ? today - 1 : 0; day <= today + 1; day++) {
        TITR_TRY(plan_day(menu, def, patient, key, day, err));
    }
    return TITR_OK;
}

titr_status titri_menu_turn(titri_menu *menu, const titr_env_def *def, const titr_patient *patient,
                            titr_rng_key key, unsigned today, titr_error *err)
{
    if (today == menu->today) {
        return TITR_OK;
    }
    menu->today = today;
    return plan_day(menu, def, patient, key, today + 1, err);
}

/* Plan of yesterday (0), today (1), tomorrow (2). */
static const titr_day_plan *plan_of(const titri_menu *menu, unsigned which)
{
    return &menu->plan[(menu->today + MENU_DAYS - 1 + which) % MENU_DAYS];
}

double titri_menu_next_min(const titri_menu *menu, double from_min)
{
    double next_min = HUGE_VAL;
    for (unsigned d = 1; d < MENU_DAYS; d++) {
        const titr_day_plan *plan = plan_of(menu, d);
        for (size_t i = plan->n; i-- > 0 && plan->meal[i].time_min >= from_min;) {
            const double at_min = plan->meal[i].time_min;
            next_min = at_min < next_min ? at_min : next_min;
        }
    }
    return next_min;
}

void titri_menu_serve(const titri_menu *menu, double from_min, size_t n, size_t stride,
                      double *carbs_g)
{
    for (unsigned d = 1; d < MENU_DAYS; d++) {
        const titr_day_plan *plan = plan_of(menu, d);
        for (size_t i = 0; i < plan->n; i++) {
            const double after_min = plan->meal[i].time_min - from_min;
            if (after_min >= 0.0 && after_min < (double)n) {
                carbs_g[(size_t)after_min * stride] += plan->meal[i].carbs_g;
            }
        }
    }
}

/* The answer changes after `change_min`, if that is still to come. */
static void note_change(titri_announced *told, double from_min, double change_min)
{
    if (change_min >= from_min && change_min < told->holds_min) {
        told->holds_min = change_min;
    }
}

titri_announced titri_menu_announced(const titri_menu *menu, double reach_min, double from_min,
                                     double interval_min)
{
    titri_announced told = {.last_min = -1.0, .holds_min = HUGE_VAL};
    for (unsigned d = 0; d < MENU_DAYS; d++) {
        const titr_day_plan *plan = plan_of(menu, d);
        for (size_t i = 0; i < plan->n; i++) {
            const titr_meal *meal = &plan->meal[i];
            const double at_min = meal->time_min;
            if (meal->carbs_announced_g <= 0.0) {
                continue;
            }
            if (at_min < from_min + interval_min) {
                told.interval_g += at_min >= from_min ? meal->carbs_announced_g : 0.0;
                told.recent_g += at_min >= from_min - reach_min ? meal->carbs_announced_g : 0.0;
                told.last_min = at_min;
            }
            note_change(&told, from_min, at_min - interval_min); /* then it is asked about */
            note_change(&told, from_min, at_min);                /* then it is recent      */
            note_change(&told, from_min, at_min + reach_min);    /* then it is no more     */
        }
    }
    return told;
}
