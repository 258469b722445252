// SPDX-License-Identifier: GPL-3.0-or-later
/* A child's meals from yesterday to tomorrow, as the scenario plans them. */
#ifndef SIM_ENV_PATIENTS_MENU_H
#define SIM_ENV_PATIENTS_MENU_H

#include "titrate/env/env.h"

enum { MENU_DAYS = 3 };

typedef struct titri_menu {
    unsigned today;                /* counted from midnight before the episode's start */
    titr_day_plan plan[MENU_DAYS]; /* of day d at d % MENU_DAYS                        */
} titri_menu;

/* What the menu tells the clinic at a decision that asks about [from, from + interval) and looks
 * back to from - reach. */
typedef struct titri_announced {
    double interval_g; /* for the interval asked about                             */
    double recent_g;   /* from `reach` before it to its end                        */
    double last_min;   /* beginning of the last announced meal; < 0: none so far   */
    double holds_min;  /* the same answer for every later `from` up to here        */
} titri_announced;

/* Plan yesterday, today and tomorrow afresh. @param[in] key any purpose. */
titr_status titri_menu_plan(titri_menu *menu, const titr_env_def *def, const titr_patient *patient,
                            titr_rng_key key, unsigned today, titr_error *err) TITR_NODISCARD;
/* Go on to `today`, the menu's own day or the next. */
titr_status titri_menu_turn(titri_menu *menu, const titr_env_def *def, const titr_patient *patient,
                            titr_rng_key key, unsigned today, titr_error *err) TITR_NODISCARD;
/* Beginning of the first meal of today or tomorrow at or after `from_min`; HUGE_VAL: none. */
double titri_menu_next_min(const titri_menu *menu, double from_min);
/* carbs_g[m * stride] += what begins to be eaten in [from_min + m, from_min + m + 1), m < n. */
void titri_menu_serve(const titri_menu *menu, double from_min, size_t n, size_t stride,
                      double *carbs_g);
titri_announced titri_menu_announced(const titri_menu *menu, double reach_min, double from_min,
                                     double interval_min);

#endif
