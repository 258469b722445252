// SPDX-License-Identifier: GPL-3.0-or-later
/* The forecasts of the agent oref0, as the reference design describes them [oref0].
 *
 * All per tick of 5 min; CSF = ISF / CR. A_k: fall of insulin on board in tick k by what was given
 * beyond the schedule; Z_k: likewise, if nothing at all is given from now on.
 *
 *   BGI   = -ISF A_0                                                                     (1)
 *   deviation = 6 (least(delta, short) - BGI); below 0: 6 (least(short, long) - BGI);
 *               still below 0: 6 (long - BGI)                                            (2)
 *   eventual  = naive + deviation,  naive = glucose - ISF IOB                            (3)
 *   expected delta = BGI + (target - eventual) / 24                                      (4)
 *   CI    = least(delta, short) - BGI, at most 30 g/h CSF / 12                           (5)
 *
 *   forecasts over 48 ticks, each beginning at the reading:
 *   IOB   - ISF A_k + CI (1 - k/12)+                                                     (6)
 *   ZT    - ISF Z_k                                                                      (7)
 *   COB   - ISF A_k + min(0, CI) (1 - k/12)+ + CI+ (1 - k/(2 D))+ + rest_k               (8)
 *   UAM   - ISF A_k + min(0, CI) (1 - k/12)+ + max(0, min(CI + k slope, CI (1 - k/36)))  (9)
 *
 * D = ticks in which CI alone would absorb the carbohydrate on board, at most half of the
 * absorption time T; what D leaves, up to 90 g, is absorbed as a triangle of length T: rest_k. T =
 * time_h, or on board / 20 g/h if longer, and 1.5 times the age of the meal. slope: how fast
 * deviations have been falling, per tick.
 *
 * Guards are the lowest values of the forecasts, minima those beyond 90 min, when insulin given now
 * has acted; (8) and (9) are weighed by the share of the meal that is still on board. */
#ifndef AGENTS_CLINICAL_OREF0_FORECAST_H
#define AGENTS_CLINICAL_OREF0_FORECAST_H

#include <stddef.h>

enum { TITRI_OREF0_TICKS = 48 };

/* What is known at a decision. */
typedef struct titri_oref0_now {
    double glucose_mg_dl;
    double delta, short_delta, long_delta; /* mg/dL per 5 min */
    double isf_mg_dl_per_u, cr_g_per_u, target_mg_dl, threshold_mg_dl;
    double iob_u;                                   /* beyond the schedule */
    double falls_u[TITRI_OREF0_TICKS];              /* A_k */
    double zero_falls_u[TITRI_OREF0_TICKS];         /* Z_k */
    double on_board_g, eaten_g, meal_age_h, time_h; /* carbohydrate; time_h of T */
    double slope_mg_dl;                             /* <= 0 */
} titri_oref0_now;

typedef struct titri_oref0_forecast {
    double bgi_mg_dl, deviation_mg_dl, naive_mg_dl, eventual_mg_dl, expected_delta, least_delta;
    double iob[TITRI_OREF0_TICKS + 1], zero[TITRI_OREF0_TICKS + 1];  /* (6), (7), mg/dL */
    double carbs[TITRI_OREF0_TICKS + 1], uam[TITRI_OREF0_TICKS + 1]; /* (8), (9) */
    double guard_mg_dl;     /* lowest that must be reckoned with */
    double least_mg_dl;     /* lowest once insulin given now has acted */
    double least_iob_mg_dl; /* the same of (6) alone */
} titri_oref0_forecast;

void titri_oref0_forecast_make(const titri_oref0_now *now, titri_oref0_forecast *f);

#endif
