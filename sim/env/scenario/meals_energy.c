// SPDX-License-Identifier: GPL-3.0-or-later
/* Random meals whose carbohydrate follows from the child's energy need.
 *
 *   energy = activity * BMR(weight, height, age, sex)           kcal/d                    (1)
 *         or what a child of that size, age and sex and of low activity needs, growth included
 *   carbs  = energy * carbs_energy_fraction / carbs_kcal_per_g  g/d                       (2)
 *   slot k of the day happens with probability_k,                                        (3)
 *     at a normal time (time_mean_min_k, time_sd_min_k) truncated to [time_lo, time_hi]_k,  (4)
 *     with carbs * share_k / sum(share) * (1 + amount_cv z) grams, not below 0           (5)
 *   announced = eaten * (1 + count_error_cv z'), not below 0; 0 when forgotten            (6)
 *
 * BMR: [harris_benedict1918], men's equation when the sex is unknown, as in the environment whose
 * energy-scaled meals these are [rl4bg2020]; (3)-(5) and the defaults are its figures. What a child
 * needs: [iom2005], 1 to 18 years, boys' equation when the sex is unknown.
 * Every draw is addressed by day, slot and use alone, so a day is planned without those before it,
 * and one option changes nothing but what it names.
 * Oracle: moments of (2)-(6), tests/sim/env/scenario/test_meals_energy.c.
 */
#include "titrate/base/clinical.h"
#include "titrate/base/math.h"
#include "titrate/base/units.h"
#include "titrate/env/scenario.h"

#include <math.h>
#include <stddef.h>

typedef struct energy_def {
    titr_reals probability, share, time_mean_min, time_sd_min, time_lo_min, time_hi_min;
    double activity, carbs_energy_fraction, carbs_kcal_per_g, amount_cv;
    double count_error_cv, missed_bolus_probability, round_to_g;
    int energy; /* an energy_source */
} energy_def;

typedef enum energy_source { ENERGY_HARRIS_BENEDICT, ENERGY_IOM2005 } energy_source;
#define ACTIVITY 1.2 /* of harris_benedict [rl4bg2020] */
static const char *const energy_names[] = {"harris_benedict", "iom2005", NULL};

/* What a slot's random numbers are for. */
enum { DRAW_HAPPENS, DRAW_TIME, DRAW_AMOUNT, DRAW_COUNT_ERROR, DRAW_MISSED, N_DRAWS };

static const titr_option options[] = {
    {.name = "probability",
     .kind = TITR_OPTION_REALS,
     .unit = "1",
     .lo = 0.0,
     .hi = 1.0,
     .text = "0.95, 0.3, 0.95, 0.3, 0.95, 0.3",
     .doc = "probability that the slot's meal happens (breakfast, snack, lunch, snack, dinner, "
            "snack)",
     .source = "rl4bg2020",
     .offset = offsetof(energy_def, probability)},
    {.name = "share",
     .kind = TITR_OPTION_REALS,
     .unit = "1",
     .lo = 0.0,
     .hi = 100.0,
     .text = "1.1, 0.15, 1.3, 0.15, 1.55, 0.15",
     .doc = "share of the day's carbohydrate, relative to the sum of all shares",
     .source = "rl4bg2020",
     .offset = offsetof(energy_def, share)},
    {.name = "time_mean_min",
     .kind = TITR_OPTION_REALS,
     .unit = "min",
     .lo = 0.0,
     .hi = 1439.0,
     .text = "420, 570, 720, 900, 1080, 1290",
     .doc = "mean time of day before truncation",
     .source = "rl4bg2020",
     .offset = offsetof(energy_def, time_mean_min)},
    {.name = "time_sd_min",
     .kind = TITR_OPTION_REALS,
     .unit = "min",
     .lo = 0.0,
     .hi = 720.0,
     .text = "60, 30, 60, 30, 60, 30",
     .doc = "standard deviation of the time before truncation; 0: always at its mean",
     .source = "rl4bg2020",
     .offset = offsetof(energy_def, time_sd_min)},
    {.name = "time_lo_min",
     .kind = TITR_OPTION_REALS,
     .unit = "min",
     .lo = 0.0,
     .hi = 1439.0,
     .text = "300, 540, 600, 840, 960, 1200",
     .doc = "earliest time of day",
     .source = "rl4bg2020",
     .offset = offsetof(energy_def, time_lo_min)},
    {.name = "time_hi_min",
     .kind = TITR_OPTION_REALS,
     .unit = "min",
     .lo = 0.0,
     .hi = 1439.0,
     .text = "540, 600, 840, 960, 1200, 1380",
     .doc = "latest time of day",
     .source = "rl4bg2020",
     .offset = offsetof(energy_def, time_hi_min)},
    {.name = "energy",
     .kind = TITR_OPTION_CHOICE,
     .unit = "",
     .choices = energy_names,
     .doc =
         "energy of a day: harris_benedict: activity times the basal metabolic rate; iom2005: what "
         "a child of low activity needs, 1 to 18 years",
     .source = "choice",
     .offset = offsetof(energy_def, energy)},
    {.name = "activity",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = ACTIVITY,
     .lo = 1.0,
     .hi = 3.0,
     .doc = "harris_benedict: energy need over basal metabolic rate",
     .source = "rl4bg2020",
     .offset = offsetof(energy_def, activity)},
    {.name = "carbs_energy_fraction",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.45,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "fraction of the energy eaten as carbohydrate",
     .source = "rl4bg2020",
     .offset = offsetof(energy_def, carbs_energy_fraction)},
    {.name = "carbs_kcal_per_g",
     .kind = TITR_OPTION_REAL,
     .unit = "kcal/g",
     .init = 4.0,
     .lo = 3.0,
     .hi = 5.0,
     .doc = "energy in a gram of carbohydrate",
     .source = "rl4bg2020",
     .offset = offsetof(energy_def, carbs_kcal_per_g)},
    {.name = "amount_cv",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.15,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "standard deviation of a meal's size over its mean",
     .source = "rl4bg2020",
     .offset = offsetof(energy_def, amount_cv)},
    {.name = "count_error_cv",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.0,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "standard deviation of the carbohydrate-counting error over the meal's size",
     .source = "choice",
     .offset = offsetof(energy_def, count_error_cv)},
    {.name = "missed_bolus_probability",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.0,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "probability that a meal is not announced at all",
     .source = "choice",
     .offset = offsetof(energy_def, missed_bolus_probability)},
    {.name = "round_to_g",
     .kind = TITR_OPTION_REAL,
     .unit = "g",
     .init = 1.0,
     .lo = 0.0,
     .hi = 50.0,
     .doc = "meals are rounded to a multiple of this; 0: not rounded",
     .source = "rl4bg2020",
     .offset = offsetof(energy_def, round_to_g)},
};

/* A window with less of the distribution than this holds no meal worth planning. */
#define LEAST_WINDOW 1e-6

/* The part of a normal distribution that lies in slot k's window: (4). */
typedef struct window {
    double below, within; /* probability below the window, and in it */
} window;

static window window_of(const energy_def *d, size_t k)
{
    const double mean = d->time_mean_min.v[k], sd = d->time_sd_min.v[k];
    const double below = titr_normal_cdf((d->time_lo_min.v[k] - mean) / sd);
    return (window){below, titr_normal_cdf((d->time_hi_min.v[k] - mean) / sd) - below};
}

static titr_status check_slot(const energy_def *d, size_t k, titr_error *err)
{
    const double lo = d->time_lo_min.v[k], hi = d->time_hi_min.v[k];
    const double mean = d->time_mean_min.v[k], sd = d->time_sd_min.v[k];
    if (lo != floor(lo) || hi != floor(hi)) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "meals_energy: slot %zu: time_lo_min = %.10g and time_hi_min = %.10g, "
                         "expected whole minutes",
                         k, lo, hi);
    }
    const int held = sd > 0.0 ? window_of(d, k).within >= LEAST_WINDOW : lo <= mean && mean <= hi;
    if (!held) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "meals_energy: slot %zu: a time of %.10g +- %.10g min never falls between "
                         "time_lo_min = %.10g and time_hi_min = %.10g",
                         k, mean, sd, lo, hi);
    }
    return TITR_OK;
}

static titr_status prepare(void *def, titr_error *err)
{
    const energy_def *d = def;
    const titr_reals *const lists[] = {&d->probability, &d->share,       &d->time_mean_min,
                                       &d->time_sd_min, &d->time_lo_min, &d->time_hi_min};
    const size_t n = d->probability.n;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (lists[i]->n != n || n == 0 || n > TITR_MEALS_PER_DAY_MAX) {
            return titr_fail(err, TITR_ERR_RANGE,
                             "meals_energy: %zu values of %s and %zu of probability, expected one "
                             "of each per meal slot, 1 to %d",
                             lists[i]->n, options[i].name, n, TITR_MEALS_PER_DAY_MAX);
        }
    }
    if (d->energy == ENERGY_IOM2005 && d->activity != ACTIVITY) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "meals_energy: activity = %.10g: used with energy = \"harris_benedict\" "
                         "only",
                         d->activity);
    }
    double shares = 0.0;
    for (size_t k = 0; k < n; k++) {
        TITR_TRY(check_slot(d, k, err));
        shares += d->share.v[k];
    }
    if (!(shares > 0.0)) {
        return titr_fail(err, TITR_ERR_RANGE, "meals_energy: share: all are 0, expected one above");
    }
    return TITR_OK;
}

/* Equation (1). */
static titr_status energy_per_day(const energy_def *d, const titr_patient *p, double *energy_kcal,
                                  titr_error *err)
{
    const int female = p->sex == TITR_SEX_FEMALE;
    if (d->energy == ENERGY_IOM2005 && !(p->age_years >= 1.0 && p->age_years <= 18.0)) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "%s: %.10g years, the need for energy by iom2005 is that of 1 to 18 years",
                         p->id, p->age_years);
    }
    *energy_kcal = d->energy == ENERGY_IOM2005
                       ? titr_energy_iom2005_kcal(p->weight_kg, p->height_cm, p->age_years, female)
                       : d->activity * titr_bmr_harris_benedict_kcal(p->weight_kg, p->height_cm,
                                                                     p->age_years, female);
    if (!(*energy_kcal > 0.0)) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "%s: weight %.10g kg, height %.10g cm and age %.10g a give no need for "
                         "energy (%.4g kcal/d)",
                         p->id, p->weight_kg, p->height_cm, p->age_years, *energy_kcal);
    }
    return TITR_OK;
}

/* Equation (2). */
static titr_status carbs_per_day(const energy_def *d, const titr_patient *p, double *carbs_g,
                                 titr_error *err)
{
    double energy_kcal = 0.0;
    TITR_TRY(energy_per_day(d, p, &energy_kcal, err));
    *carbs_g = energy_kcal * d->carbs_energy_fraction / d->carbs_kcal_per_g;
    return TITR_OK;
}

/* Equation (4), to the whole minute. */
static double meal_time_min(const energy_def *d, size_t k, double u)
{
    const double mean = d->time_mean_min.v[k], sd = d->time_sd_min.v[k];
    double time_min = mean;
    if (sd > 0.0) {
        const window w = window_of(d, k);
        time_min += sd * titr_normal_quantile(w.below + u * w.within);
    }
    return fmin(fmax(floor(time_min + 0.5), d->time_lo_min.v[k]), d->time_hi_min.v[k]);
}

/* Equation (5). */
static double meal_g(const energy_def *d, double mean_g, double z)
{
    const double grams = fmax(mean_g * (1.0 + d->amount_cv * z), 0.0);
    return d->round_to_g > 0.0 ? d->round_to_g * floor(grams / d->round_to_g + 0.5) : grams;
}

/* Equation (6). */
static double announced_g(const energy_def *d, double eaten_g, double z, double u)
{
    return u < d->missed_bolus_probability ? 0.0
                                           : fmax(eaten_g * (1.0 + d->count_error_cv * z), 0.0);
}

static titr_status plan_day(const void *def, const titr_patient *patient, titr_rng_key key,
                            double clock_start_min, unsigned day, titr_day_plan *plan,
                            titr_error *err)
{
    const energy_def *d = def;
    double carbs_g = 0.0, shares = 0.0;
    TITR_TRY(carbs_per_day(d, patient, &carbs_g, err));
    for (size_t k = 0; k < d->share.n; k++) {
        shares += d->share.v[k];
    }
    const double midnight_min = TITR_MIN_PER_DAY * day - clock_start_min;
    for (size_t k = 0; k < d->share.n; k++) {
        const uint32_t at = (uint32_t)(((size_t)day * TITR_MEALS_PER_DAY_MAX + k) * N_DRAWS);
        if (titr_rng_uniform(key, at + DRAW_HAPPENS) >= d->probability.v[k]) {
            continue;
        }
        titr_meal meal = {.time_min = midnight_min +
                                      meal_time_min(d, k, titr_rng_uniform(key, at + DRAW_TIME)),
                          .carbs_g = meal_g(d, carbs_g * d->share.v[k] / shares,
                                            titr_rng_normal(key, at + DRAW_AMOUNT))};
        meal.carbs_announced_g =
            announced_g(d, meal.carbs_g, titr_rng_normal(key, at + DRAW_COUNT_ERROR),
                        titr_rng_uniform(key, at + DRAW_MISSED));
        if (meal.carbs_g > 0.0) {
            TITR_TRY(titr_day_plan_add(plan, meal, err));
        }
    }
    return TITR_OK;
}

const titr_scenario_type titr_scenario_meals_energy = {
    .part = {.name = "meals_energy",
             .doc = "random meals sized by the child's energy need",
             .source = "rl4bg2020",
             TITR_OPTIONS(options, energy_def)},
    .plan_day = plan_day,
    .prepare = prepare,
};
