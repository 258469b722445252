// SPDX-License-Identifier: GPL-3.0-or-later
#include "tolerance.h"

#include <math.h>

#define SCALE_OF_RANGE 1e-9
#define MASS_TOLERANCE 1e-9
#define MASS_TOLERANCE_ATOL 100.0

void titri_tolerance_init(titri_tolerance *out, titr_table states, titri_tolerance_def def)
{
    out->rtol = def.rtol;
    for (size_t i = 0; i < states.n; i++) {
        const titr_quantity *state = &states.row[i];
        const double scale = SCALE_OF_RANGE * fmax(fabs(state->lo), fabs(state->hi));
        out->atol[i] = def.rtol * def.atol_factor * scale;
    }
}

void titri_tolerance_slack(const titri_tolerance *tolerance, size_t n, double *slack)
{
    for (size_t i = 0; i < n; i++) {
        slack[i] = fmax(MASS_TOLERANCE, MASS_TOLERANCE_ATOL * tolerance->atol[i]);
    }
}
