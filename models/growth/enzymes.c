// SPDX-License-Identifier: GPL-3.0-or-later
/* Ontogeny of enzymes and transporters: figures of [salem2014] and [upreti2016], taken from a table
 * that a second hand has collected of both; where a row names both it does not say which. */
#include "titrate/models/maturation.h"

#include "titrate/base/math.h"

#include <math.h>
#include <string.h>

static const titr_enzyme enzymes[] = {
    {"CES1", 1, 0.205, 0.542, 0.977, 25, "salem2014, upreti2016"},
    {"CYP1A2", 1.71, 0.24, 0.36, 1.73, 3, "salem2014"},
    {"CYP2A6", 1, 0, 0.21, 5.68, 1, "salem2014, upreti2016"},
    {"CYP2B6", 1, 0.277, 1.537, 1.73, 25, "salem2014, upreti2016"},
    {"CYP2C19", 0.98, 0.3, 0.29, 2.44, 5, "salem2014, upreti2016"},
    {"CYP2C8", 1.053, 0.41, 0.366, 0.68, 20, "salem2014, upreti2016"},
    {"CYP2C9", 0.98, 0.17, 0.0157, 0.53, 5, "upreti2016"},
    {"CYP2D6", 1, 0.036, 0.1, 1, 10, "upreti2016"},
    {"CYP2E1", 0.99, 0, 0.23, 0.5, 18, "salem2014, upreti2016"},
    {"CYP3A4", 1.06, 0.11, 0.64, 1.91, 25, "salem2014"},
    {"OAT1_renal", 1, 0, 0.379, 0.43, 25, "salem2014, upreti2016"},
    {"OAT3_renal", 1, 0, 0.59, 0.51, 25, "salem2014, upreti2016"},
    {"UGT1A1", 1, 0, 0.183, 1.105, 25, "salem2014, upreti2016"},
    {"UGT1A4", 1.028, 0.05, 1.042, 1.36, 20, "salem2014, upreti2016"},
    {"UGT1A6", 1.025, 0.142, 0.411, 0.97, 15, "salem2014, upreti2016"},
};
#define N_ENZYMES (sizeof enzymes / sizeof enzymes[0])

const titr_enzyme *titr_enzymes(size_t *n)
{
    *n = N_ENZYMES;
    return enzymes;
}

const titr_enzyme *titr_enzyme_find(const char *name)
{
    for (size_t i = 0; i < N_ENZYMES; i++) {
        if (strcmp(enzymes[i].name, name) == 0) {
            return &enzymes[i];
        }
    }
    return NULL;
}

double titr_enzyme_share(const titr_enzyme *enzyme, double age_years)
{
    if (!(age_years >= 0.0)) {
        return (double)NAN;
    }
    if (age_years == 0.0) {
        return enzyme->birth;
    }
    const double age = fmin(age_years, enzyme->cap_years);
    const double share = 1.0 / (1.0 + titr_pow(enzyme->a50_years / age, enzyme->n));
    return enzyme->birth + (enzyme->most - enzyme->birth) * share;
}
