// SPDX-License-Identifier: GPL-3.0-or-later
#include "cdc2000.h"

#include "titrate/base/math.h"

#include <math.h>

#define MONTHS_PER_YEAR 12.0

static const char *const names[TITR_N_GROWTH] = {"weight", "length", "stature", "body mass index"};

titr_growth_measure titr_growth_height(double age_years)
{
    return age_years < 2.0 ? TITR_GROWTH_LENGTH_CM : TITR_GROWTH_STATURE_CM;
}

static double between(double a, double b, double share)
{
    return a + share * (b - a);
}

titr_status titr_growth_lms(titr_growth_measure measure, titr_sex sex, double age_years,
                            titr_lms *out, titr_error *err)
{
    if (sex != TITR_SEX_MALE && sex != TITR_SEX_FEMALE) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "%s for age: the sex is unknown; expected male or "
                         "female",
                         names[measure]);
    }
    const titri_lms_table *t = &titri_cdc2000[measure][sex == TITR_SEX_FEMALE];
    const double months = age_years * MONTHS_PER_YEAR;
    const double first = t->row[0].age_months, last = t->row[t->n - 1].age_months;
    if (!(months >= first && months <= last)) {
        return titr_fail(err, TITR_ERR_RANGE, "%s for age: %g years, the table has %g to %g",
                         names[measure], age_years, first / MONTHS_PER_YEAR,
                         last / MONTHS_PER_YEAR);
    }
    size_t i = 0;
    while (i + 2 < t->n && months > t->row[i + 1].age_months) {
        i++;
    }
    const titri_lms_row *a = &t->row[i], *b = a + 1;
    const double share = (months - a->age_months) / (b->age_months - a->age_months);
    *out = (titr_lms){between(a->l, b->l, share), between(a->m, b->m, share),
                      between(a->s, b->s, share)};
    return TITR_OK;
}

double titr_lms_value(titr_lms lms, double z)
{
    if (fabs(lms.l) < 1e-9) {
        return lms.m * titr_exp(lms.s * z);
    }
    const double base = 1.0 + lms.l * lms.s * z;
    return base > 0.0 ? lms.m * titr_pow(base, 1.0 / lms.l) : (double)NAN;
}

double titr_lms_z(titr_lms lms, double value)
{
    if (fabs(lms.l) < 1e-9) {
        return titr_log(value / lms.m) / lms.s;
    }
    return (titr_pow(value / lms.m, lms.l) - 1.0) / (lms.l * lms.s);
}

/* ---- weight and height together ---- */

/* From 2 years in steps of one; derived as the header says. */
static const double correlation[2][19] = {
    {0.62, 0.75, 0.80, 0.81, 0.79, 0.78, 0.77, 0.77, 0.75, 0.73, 0.71, 0.72, 0.72, 0.70, 0.64, 0.59,
     0.57, 0.56, 0.56},
    {0.59, 0.74, 0.78, 0.77, 0.76, 0.76, 0.75, 0.72, 0.67, 0.64, 0.66, 0.66, 0.60, 0.50, 0.43, 0.40,
     0.39, 0.38, 0.33},
};

double titr_growth_correlation(titr_sex sex, double age_years)
{
    const double *r = correlation[sex == TITR_SEX_FEMALE];
    const double at = fmin(fmax(age_years - 2.0, 0.0), 18.0);
    const size_t i = at < 18.0 ? (size_t)at : 17;
    return between(r[i], r[i + 1], at - (double)i);
}

titr_status titr_growth_child(titr_sex sex, double age_years, double weight_z, double other_z,
                              double *weight_kg, double *height_cm, titr_error *err)
{
    titr_lms weight, height;
    if (!(fabs(weight_z) <= TITR_GROWTH_Z_MAX)) {
        return titr_fail(err, TITR_ERR_RANGE, "weight for age: z = %g, allowed [%g, %g]", weight_z,
                         -TITR_GROWTH_Z_MAX, TITR_GROWTH_Z_MAX);
    }
    TITR_TRY(titr_growth_lms(TITR_GROWTH_WEIGHT_KG, sex, age_years, &weight, err));
    TITR_TRY(titr_growth_lms(titr_growth_height(age_years), sex, age_years, &height, err));
    const double r = titr_growth_correlation(sex, age_years);
    const double drawn = r * weight_z + sqrt(1.0 - r * r) * other_z;
    const double z = fmin(fmax(drawn, -TITR_GROWTH_Z_MAX), TITR_GROWTH_Z_MAX);
    *weight_kg = titr_lms_value(weight, weight_z);
    *height_cm = titr_lms_value(height, z);
    return TITR_OK;
}
