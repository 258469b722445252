// SPDX-License-Identifier: GPL-3.0-or-later
/* What no closed-loop controller may exceed, whatever its settings: the limits by age that an open
 * closed-loop system holds in its code [androidaps_limits]; child below 12 years, teenager below 18
 * [ich_e11]. */
#ifndef AGENTS_CLINICAL_HARD_LIMITS_H
#define AGENTS_CLINICAL_HARD_LIMITS_H

typedef struct titri_hard_limits {
    double bolus_u, basal_u_per_h, iob_u;
} titri_hard_limits;

static inline titri_hard_limits titri_hard_limits_of(double age_years)
{
    static const titri_hard_limits by_age[] = {
        {5.0, 2.0, 7.0}, {10.0, 5.0, 13.0}, {17.0, 10.0, 22.0}};
    return by_age[(age_years >= 12.0) + (age_years >= 18.0)];
}

#endif
