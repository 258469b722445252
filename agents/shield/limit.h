// SPDX-License-Identifier: GPL-3.0-or-later
/* What several rules share: a limit by age band or body weight, the threshold of low glucose, and
 * what of a bolus belongs to a meal. */
#ifndef TITRI_SHIELD_LIMIT_H
#define TITRI_SHIELD_LIMIT_H

#include "titrate/agents/shield.h"

/* A child whose age is not known belongs to the first band. */
typedef enum titri_band { TITRI_CHILD, TITRI_TEEN, TITRI_ADULT, TITRI_N_BANDS } titri_band;

typedef struct titri_bands {
    double teen_from_years, adult_from_years;
} titri_bands;

titri_band titri_band_of(const titri_bands *bands, const titr_shield_view *view);

/* Option rows of the bands, for a def that begins with them. */
#define TITRI_BAND_ROWS                                                                            \
    {.name = "teen_from_years",                                                                    \
     .kind = TITR_OPTION_REAL,                                                                     \
     .unit = "a",                                                                                  \
     .init = 12.0,                                                                                 \
     .lo = 0.0,                                                                                    \
     .hi = 120.0,                                                                                  \
     .doc = "age from which a child is a teenager; the source leaves the choice to its user",      \
     .source = "ich_e11",                                                                          \
     .offset = offsetof(titri_bands, teen_from_years)},                                            \
    {                                                                                              \
        .name = "adult_from_years", .kind = TITR_OPTION_REAL, .unit = "a", .init = 18.0,           \
        .lo = 0.0, .hi = 120.0, .doc = "age from which a teenager is an adult",                    \
        .source = "ich_e11", .offset = offsetof(titri_bands, adult_from_years)                     \
    }

typedef enum titri_by { TITRI_BY_AGE, TITRI_BY_WEIGHT, TITRI_BY_FIXED, TITRI_BY_BOTH } titri_by;
extern const char *const titri_by_names[]; /* choices of the option `by` */

typedef struct titri_limit {
    titri_bands bands;
    int by;                     /* titri_by */
    double band[TITRI_N_BANDS]; /* of each age band */
    double per_kg, fixed;
} titri_limit;

/* BOTH is the tighter of age band and weight; a weight that is not known leaves the age band. */
double titri_limit_of(const titri_limit *limit, const titr_shield_view *view);

/* Option rows of a limit, for a def that begins with one. */
#define TITRI_BY_ROW(preset)                                                                       \
    {                                                                                              \
        .name = "by", .kind = TITR_OPTION_CHOICE, .unit = "", .choices = titri_by_names,           \
        .init = (preset), .source = "choice", .offset = offsetof(titri_limit, by),                 \
        .doc = "what the limit goes by; both: the tighter of age_band and weight"                  \
    }
#define TITRI_LIMIT_ROW(member, key, in, preset, most, origin, about)                              \
    {                                                                                              \
        .name = (key), .kind = TITR_OPTION_REAL, .unit = (in), .init = (preset), .lo = 0.0,        \
        .hi = (most), .source = (origin), .offset = offsetof(titri_limit, member), .doc = (about)  \
    }

/* What the record shows of the lane. */
static inline double titri_shown(const titr_shield_view *view, titr_observable what)
{
    return view->record->col[what][view->lane];
}

/* The reading, or the last one there was: sensor_guard is who minds its absence. */
static inline double titri_cgm(const titr_shield_view *view)
{
    return titr_record_cgm_held(view->record, view->lane);
}

/* Below it glucose is low: `below_mg_dl`, or halfway from the target to 40 mg/dL [oref0] where that
 * is NaN. */
double titri_low_mg_dl(const titr_shield_view *view, double below_mg_dl);

/* No more than the schedule and the meal's own bolus: nothing that the sensor asked for. */
titr_dose titri_scheduled(const titr_shield_view *view, titr_dose dose);

#endif
