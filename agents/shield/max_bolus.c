// SPDX-License-Identifier: GPL-3.0-or-later
/* The largest bolus.
 *
 *   bolus <= max(limit, bolus by the carbohydrate ratio for the announced carbohydrate, counting
 *                no more than spared_meal_g of it)
 *
 * AndroidAPS cuts meal boluses at the limit as well; whom that would leave without insulin for an
 * ordinary meal takes another of its age bands. Here the bands go by age, and a child who needs
 * 1 U for 7 g would be refused half of a plate of noodles: so much of a meal is spared as Loop
 * takes without asking twice. spared_meal_g = 0 is AndroidAPS's rule.
 * Oracle: limits worked out by hand, tests/agents/shield/test_max_bolus.c. */
#include "limit.h"

#include <math.h>

typedef struct bolus_def {
    titri_limit limit;
    double spared_meal_g;
} bolus_def;

static const titr_option options[] = {
    TITRI_BY_ROW(TITRI_BY_BOTH),
    TITRI_LIMIT_ROW(band[TITRI_CHILD], "child_u", "U", 5.0, 75.0, "androidaps",
                    "largest bolus of a child"),
    TITRI_LIMIT_ROW(band[TITRI_TEEN], "teen_u", "U", 10.0, 75.0, "androidaps",
                    "largest bolus of a teenager"),
    TITRI_LIMIT_ROW(band[TITRI_ADULT], "adult_u", "U", 17.0, 75.0, "androidaps",
                    "largest bolus of an adult"),
    TITRI_LIMIT_ROW(per_kg, "u_per_kg", "U/kg", 0.3, 75.0, "assumed",
                    "largest bolus by body weight"),
    TITRI_LIMIT_ROW(fixed, "fixed_u", "U", 5.0, 75.0, "choice",
                    "largest bolus with by = \"fixed\""),
    TITRI_BAND_ROWS,
    {.name = "spared_meal_g",
     .kind = TITR_OPTION_REAL,
     .unit = "g",
     .init = 99.0,
     .lo = 0.0,
     .hi = 400.0,
     .doc = "the bolus by the carbohydrate ratio for so much announced carbohydrate is not cut",
     .source = "loop",
     .offset = offsetof(bolus_def, spared_meal_g)},
};

static titr_dose limit(const void *def, const titr_shield_view *view, titr_dose dose)
{
    const bolus_def *d = def;
    const double meal_g = fmin(titri_shown(view, TITR_OBS_CARBS_ANNOUNCED), d->spared_meal_g);
    const double spared_u = meal_g / titri_shown(view, TITR_OBS_CR);
    dose.bolus_u = fmin(dose.bolus_u, fmax(titri_limit_of(&d->limit, view), spared_u));
    return dose;
}

const titr_shield_type titr_shield_max_bolus = {
    .part = {.name = "max_bolus",
             .doc = "largest bolus, by age band and weight; an ordinary meal's own is spared",
             .source = "androidaps",
             TITR_OPTIONS(options, bolus_def)},
    .limit = limit,
};
