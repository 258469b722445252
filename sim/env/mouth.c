// SPDX-License-Identifier: GPL-3.0-or-later
/* Food enters the mouth at 5 g in a minute; what is left waits for the next. */
#include "titrate/env/scenario.h"

#include <math.h>

double titr_mouth_bite(titr_mouth *mouth, double carbs_g)
{
    const double planned_g = mouth->planned_g + carbs_g;
    const double bite_g = fmin(planned_g, TITR_EAT_G_PER_MIN);
    mouth->planned_g = planned_g - bite_g;
    return bite_g;
}
