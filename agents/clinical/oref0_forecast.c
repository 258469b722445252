// SPDX-License-Identifier: GPL-3.0-or-later
/* Equations (1) to (9) of oref0_forecast.h.
 * Oracle: forecasts worked by hand, tests/agents/clinical/test_oref0.c. */
#include "oref0_forecast.h"

#include <math.h>

#define TICKS_PER_H 12.0
#define DEVIATION_TICKS 6.0    /* a deviation lasts 30 min */
#define TARGET_TICKS 24.0      /* in which the target is to be reached */
#define FASTEST_G_PER_H 30.0   /* absorption that CI may stand for */
#define ASSUMED_G_PER_H 20.0   /* absorption when nothing else is known */
#define REST_MAX_G 90.0        /* carbohydrate that D may leave */
#define IMPACT_TICKS 12.0      /* in which CI fades in (6) */
#define UNANNOUNCED_TICKS 36.0 /* in which it fades in (9) */
#define ACTED_TICKS 18         /* insulin given now has acted */
#define FLOOR_MG_DL 39.0       /* no forecast ends lower */
#define CEILING_MG_DL 401.0    /* nor higher */

enum { TICKS = TITRI_OREF0_TICKS };

/* How carbohydrate on board is expected to appear. */
typedef struct absorption {
    double impact;      /* CI, mg/dL per tick */
    double unannounced; /* CI before its limit */
    double half_ticks;  /* D */
    double time_h;      /* T */
    double rest_peak;   /* height of the triangle, mg/dL per tick */
} absorption;

static void judge_deltas(const titri_oref0_now *n, titri_oref0_forecast *f)
{
    f->bgi_mg_dl = -n->isf_mg_dl_per_u * n->falls_u[0];
    f->least_delta = fmin(n->delta, n->short_delta);
    double d = f->least_delta - f->bgi_mg_dl;
    d = d < 0.0 ? fmin(n->short_delta, n->long_delta) - f->bgi_mg_dl : d;
    d = d < 0.0 ? n->long_delta - f->bgi_mg_dl : d;
    f->deviation_mg_dl = DEVIATION_TICKS * d;
    f->naive_mg_dl = n->glucose_mg_dl - n->isf_mg_dl_per_u * n->iob_u;
    f->eventual_mg_dl = f->naive_mg_dl + f->deviation_mg_dl;
    f->expected_delta = f->bgi_mg_dl + (n->target_mg_dl - f->eventual_mg_dl) / TARGET_TICKS;
}

static absorption absorption_of(const titri_oref0_now *n, const titri_oref0_forecast *f)
{
    const double csf = n->isf_mg_dl_per_u / n->cr_g_per_u;
    absorption a = {.unannounced = f->least_delta - f->bgi_mg_dl, .time_h = n->time_h};
    a.impact = fmin(a.unannounced, FASTEST_G_PER_H * csf / TICKS_PER_H);
    if (n->on_board_g > 0.0) {
        a.time_h = fmax(n->time_h, n->on_board_g / ASSUMED_G_PER_H) + 1.5 * n->meal_age_h;
    }
    const double by_impact_g = fmax(0.0, a.impact) * TICKS_PER_H * a.time_h / 2.0 / csf;
    const double rest_g = fmin(REST_MAX_G, fmax(0.0, n->on_board_g - by_impact_g));
    a.rest_peak = rest_g * csf / TICKS_PER_H / (a.time_h / 2.0);
    if (a.impact > 0.0) {
        a.half_ticks = fmin(a.time_h * TICKS_PER_H / 2.0, n->on_board_g * csf / a.impact);
    }
    return a;
}

/* The triangle of what D leaves, at tick k. */
static double rest_at(const absorption *a, double k)
{
    const double ticks = a->time_h * TICKS_PER_H;
    return fmax(0.0, fmin(k, ticks - k) / (ticks / 2.0) * a->rest_peak);
}

/* A line from 1 at tick 0 to 0 at tick `ticks`, 0 from there on. */
static double fade(double k, double ticks)
{
    return ticks > 0.0 ? fmax(0.0, 1.0 - k / ticks) : 0.0;
}

static void run_forward(const titri_oref0_now *n, const absorption *a, titri_oref0_forecast *f)
{
    f->iob[0] = f->zero[0] = f->carbs[0] = f->uam[0] = n->glucose_mg_dl;
    const double isf = n->isf_mg_dl_per_u;
    for (size_t t = 0; t < TICKS; t++) {
        const double k = (double)(t + 1), fall = isf * n->falls_u[t];
        const double faded = a->impact * fade(k, IMPACT_TICKS);
        const double by_carbs =
            fmax(0.0, a->impact) * fade(k, fmax(1.0, 2.0 * a->half_ticks)) + rest_at(a, k);
        const double falling = fmax(0.0, a->unannounced + k * n->slope_mg_dl);
        const double fading = fmax(0.0, a->unannounced * fade(k, UNANNOUNCED_TICKS));
        f->iob[t + 1] = f->iob[t] - fall + faded;
        f->zero[t + 1] = f->zero[t] - isf * n->zero_falls_u[t];
        f->carbs[t + 1] = f->carbs[t] - fall + fmin(0.0, faded) + by_carbs;
        f->uam[t + 1] = f->uam[t] - fall + fmin(0.0, faded) + fmin(falling, fading);
    }
}

static double clip(double mg_dl)
{
    return fmin(fmax(mg_dl, FLOOR_MG_DL), CEILING_MG_DL);
}

/* Lowest value from tick `from` on. */
static double lowest(const double *forecast, size_t from)
{
    double least = forecast[TICKS];
    for (size_t k = from; k < TICKS; k++) {
        least = fmin(least, forecast[k]);
    }
    return clip(least);
}

static double blend(double share, double a, double b)
{
    return share * a + (1.0 - share) * b;
}

/* The lowest of (9), drawn towards the lowest of (7): with nothing given glucose would fall so far,
 * and insulin on top could not be taken back. */
static double unannounced_least(const titri_oref0_now *n, double least, double zero_guard)
{
    if (zero_guard < n->threshold_mg_dl) {
        return (least + zero_guard) / 2.0;
    }
    if (zero_guard < n->target_mg_dl) {
        const double share =
            (zero_guard - n->threshold_mg_dl) / (n->target_mg_dl - n->threshold_mg_dl);
        return (least + blend(share, least, zero_guard)) / 2.0;
    }
    return zero_guard > least ? (least + zero_guard) / 2.0 : least;
}

static void weigh(const titri_oref0_now *n, int carbs, titri_oref0_forecast *f)
{
    const double left = carbs && n->eaten_g > 0.0 ? fmin(1.0, n->on_board_g / n->eaten_g) : 0.0;
    const double zero_guard = lowest(f->zero, 1);
    const double last_iob = clip(f->iob[TICKS]), last_uam = clip(f->uam[TICKS]);
    const double by_uam = unannounced_least(n, lowest(f->uam, ACTED_TICKS + 1), zero_guard);
    f->least_iob_mg_dl = lowest(f->iob, ACTED_TICKS + 1);
    double average = (last_iob + last_uam) / 2.0;
    f->guard_mg_dl = lowest(f->uam, 1);
    f->least_mg_dl = fmax(f->least_iob_mg_dl, by_uam);
    f->eventual_mg_dl = fmax(f->eventual_mg_dl, last_uam);
    if (carbs) {
        const double by_carbs = lowest(f->carbs, ACTED_TICKS + 1);
        average = blend(left, clip(f->carbs[TICKS]), last_uam);
        f->guard_mg_dl = blend(left, lowest(f->carbs, 1), f->guard_mg_dl);
        f->least_mg_dl = fmax(f->least_iob_mg_dl, fmax(by_carbs, blend(left, by_carbs, by_uam)));
        f->eventual_mg_dl = fmax(f->eventual_mg_dl, clip(f->carbs[TICKS]));
    }
    f->least_mg_dl = fmin(f->least_mg_dl, fmax(average, zero_guard));
}

void titri_oref0_forecast_make(const titri_oref0_now *now, titri_oref0_forecast *f)
{
    judge_deltas(now, f);
    const absorption a = absorption_of(now, f);
    run_forward(now, &a, f);
    weigh(now, a.half_ticks > 0.0 || a.rest_peak > 0.0, f);
}
