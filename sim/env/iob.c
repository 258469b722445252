// SPDX-License-Identifier: GPL-3.0-or-later
/* Ring sums with the curve tabulated, so that no step evaluates an exponential. */
#include "iob.h"

#include "titrate/base/clinical.h"

#include <math.h>
#include <string.h>

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

static size_t row(const titri_iob *iob, size_t block, size_t slot)
{
    return (block * iob->slots + slot) * iob->lanes;
}

void titri_iob_clear(titri_iob *iob, size_t block, size_t l)
{
    for (size_t slot = 0; slot < iob->slots; slot++) {
        iob->bolus_u[row(iob, block, slot) + l] = 0.0;
        iob->basal_u[row(iob, block, slot) + l] = 0.0;
    }
}

void titri_iob_note(titri_iob *iob, size_t block, size_t l, double bolus_u, double basal_u)
{
    iob->bolus_u[row(iob, block, iob->head) + l] = bolus_u;
    iob->basal_u[row(iob, block, iob->head) + l] = basal_u;
}

/* Add the intervals j = from + 1 .. to, newest first; the newest of them lies in `slot`. */
static void add(const titri_iob *iob, size_t block, size_t slot, size_t from, size_t to,
                double *bolus_iob_u, double *basal_iob_u)
{
    for (size_t j = from; j < to; j++) {
        const double *bolus = iob->bolus_u + row(iob, block, slot - (j - from));
        const double *basal = iob->basal_u + row(iob, block, slot - (j - from));
        const double start = iob->at_start[j], middle = iob->at_middle[j];
        for (size_t l = 0; l < iob->lanes; l++) {
            bolus_iob_u[l] += start * bolus[l];
            basal_iob_u[l] += middle * basal[l];
        }
    }
}

void titri_iob_sum(const titri_iob *iob, size_t block, double *bolus_iob_u, double *iob_u)
{
    memset(bolus_iob_u, 0, iob->lanes * sizeof *bolus_iob_u);
    memset(iob_u, 0, iob->lanes * sizeof *iob_u);
    add(iob, block, iob->head, 0, iob->head + 1, bolus_iob_u, iob_u);
    add(iob, block, iob->slots - 1, iob->head + 1, iob->slots, bolus_iob_u, iob_u);
    for (size_t l = 0; l < iob->lanes; l++) {
        iob_u[l] += bolus_iob_u[l];
    }
}

void titri_iob_turn(titri_iob *iob)
{
    iob->head = (iob->head + 1) % iob->slots;
}
