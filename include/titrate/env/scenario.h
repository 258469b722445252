// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/env/scenario.h
 * @brief What happens to a child: meals, day by day.
 *
 * A scenario is a list of parts; each plans one day at a time from the child, the episode's random
 * key and the day's number alone, so any day can be planned without planning those before it.
 */
#ifndef TITR_ENV_SCENARIO_H
#define TITR_ENV_SCENARIO_H

#include "titrate/base/option.h"
#include "titrate/base/rng.h"
#include "titrate/cohort/cohort.h"

/** Meals of one day, all parts together. */
#define TITR_MEALS_PER_DAY_MAX 48

/** One meal. */
typedef struct titr_meal {
    double time_min;          /* since the episode's start, a whole minute; eating begins here   */
    double carbs_g;           /* eaten                                                           */
    double carbs_announced_g; /* told to the clinic record (0 = forgotten)                       */
} titr_meal;

/** One day's meals, in order of time. */
typedef struct titr_day_plan {
    size_t n;                               /* meals */
    titr_meal meal[TITR_MEALS_PER_DAY_MAX]; /* the first n hold */
} titr_day_plan;

/** Put a meal in its place in the order of time; one before the episode's start is left out.
 *  @return TITR_ERR_RANGE when the plan is full. */
titr_status titr_day_plan_add(titr_day_plan *plan, titr_meal meal, titr_error *err) TITR_NODISCARD;

/** A registered scenario part: a constant table of functions. */
typedef struct titr_scenario_type {
    titr_part part; /* name, doc, source, options */
    /** Add the meals whose clock time lies in [day*1440, day*1440 + 1440), counted from midnight
     *  before the episode's start, with titr_day_plan_add.
     *  @param[in] def checked and prepared.
     *  @param[in] key purpose is set by the caller to TITR_PURPOSE_MEALS.
     *  @param[in] clock_start_min clock time at the episode's start, [0, 1440).
     *  @return TITR_ERR_RANGE when the day has more than TITR_MEALS_PER_DAY_MAX meals. */
    titr_status (*plan_day)(const void *def, const titr_patient *patient, titr_rng_key key,
                            double clock_start_min, unsigned day, titr_day_plan *plan,
                            titr_error *err);
    /** NULL or: check the def beyond its ranges and load what it names (a file). May allocate
     *  inside the def; `release` (NULL if there is nothing to free) undoes that. Called once per
     *  def; a def is copied before it is prepared, never after. */
    titr_status (*prepare)(void *def, titr_error *err);
    void (*release)(void *def); /* undoes prepare; NULL: nothing to undo */
} titr_scenario_type;

/** Registered part by name. @return static object, NULL if unknown. */
const titr_scenario_type *titr_scenario_find(const char *name);
/** Registered parts in list order. @return static array of *n entries. */
const titr_scenario_type *const *titr_scenario_all(size_t *n);

/** How food enters the mouth: at most 5 g in a minute, a later meal joins the queue
 *  [simglucose; order of events in the reference manifest]. */
typedef struct titr_mouth {
    double planned_g; /* still to eat */
} titr_mouth;
/** Largest bite of a minute [simglucose]. */
#define TITR_EAT_G_PER_MIN 5.0
/** Add `carbs_g` to what is planned and take this minute's bite; what is left waits for the next.
 *  @return bite, g, in [0, 5]. */
static inline double titr_mouth_bite(titr_mouth *mouth, double carbs_g)
{
    const double planned_g = mouth->planned_g + carbs_g;
    const double bite_g = planned_g < TITR_EAT_G_PER_MIN ? planned_g : TITR_EAT_G_PER_MIN;
    mouth->planned_g = planned_g - bite_g;
    return bite_g;
}

#endif
