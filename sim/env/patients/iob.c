// SPDX-License-Identifier: GPL-3.0-or-later
/* The ring's beginning, turning and saving; sums over it are in clinic.c, lane-wise. */
#include "iob.h"

#include "titrate/base/clinical.h"

#include <math.h>

size_t titri_iob_slots(double duration_min, double interval_min)
{
    return (size_t)ceil(duration_min / interval_min);
}

void titri_iob_tabulate(titri_iob *iob, double peak_min, double duration_min, double interval_min)
{
    for (size_t j = 0; j < iob->slots; j++) {
        const double age_min = (double)(j + 1) * interval_min;
        iob->at_start[j] = titr_iob_fraction(age_min, peak_min, duration_min);
        iob->at_middle[j] = titr_iob_fraction(age_min - 0.5 * interval_min, peak_min, duration_min);
    }
}

void titri_iob_clear(titri_iob *iob, size_t block, size_t l)
{
    for (size_t slot = 0; slot < iob->slots; slot++) {
        const size_t at = (block * iob->slots + slot) * iob->lanes + l;
        iob->bolus_u[at] = 0.0;
        iob->basal_u[at] = 0.0;
    }
}

void titri_iob_turn(titri_iob *iob)
{
    iob->head = (iob->head + iob->slots - 1) % iob->slots;
}

void titri_iob_scan(titri_iob *iob, size_t blocks)
{
    for (size_t row = 0; row < blocks * iob->slots; row++) {
        iob->any_bolus[row] = 0;
        for (size_t l = 0; l < iob->lanes; l++) {
            iob->any_bolus[row] |= iob->bolus_u[row * iob->lanes + l] != 0.0;
        }
    }
}
