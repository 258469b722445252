// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/metrics/ranges.h"

#include <math.h>

titr_ranges titr_ranges_of(const titr_series *series)
{
    size_t in_70_180 = 0, in_70_140 = 0, below_70 = 0, below_54 = 0, above_180 = 0, above_250 = 0;
    for (size_t i = 0; i < series->n; i++) {
        const double g = series->glucose_mg_dl[i];
        in_70_180 += g >= 70.0 && g <= 180.0;
        in_70_140 += g >= 70.0 && g <= 140.0;
        below_70 += g < 70.0;
        below_54 += g < 54.0;
        above_180 += g > 180.0;
        above_250 += g > 250.0;
    }
    const double percent = series->n > 0 ? 100.0 / (double)series->n : (double)NAN;
    return (titr_ranges){
        .in_70_180 = percent * (double)in_70_180,
        .in_70_140 = percent * (double)in_70_140,
        .below_70 = percent * (double)below_70,
        .below_54 = percent * (double)below_54,
        .above_180 = percent * (double)above_180,
        .above_250 = percent * (double)above_250,
    };
}
