// SPDX-License-Identifier: GPL-3.0-or-later
/* What ./dev validate work-precision measures, and its picture. */
#ifndef TITR_TESTS_VALIDATION_WORK_PRECISION_H
#define TITR_TESTS_VALIDATION_WORK_PRECISION_H

#include <stddef.h>

#define WP_POINTS_MAX 8
#define WP_SERIES 5

/* One setting of one method. */
typedef struct wp_point {
    double setting;     /* of the series' option */
    double bound_mg_dl; /* documented error; 0 = none */
    int is_default;     /* the solver's own */
    double error_mg_dl; /* largest of any minute, against the reference */
    double speed;       /* patient-min/s of one core's time, median */
    double spread;      /* of the speeds: (max - min) / median */
    int ok;
} wp_point;

/* One method: a solver, and the option that makes it finer. */
typedef struct wp_series {
    const char *label, *solver, *option;
    const char *unit; /* of the option; empty for a tolerance, whose settings are powers of ten */
    int bdf;          /* cvode's method */
    int in_blocks;    /* many children at once, in blocks of lanes */
    size_t n;
    wp_point point[WP_POINTS_MAX];
} wp_series;

/* Error against speed on logarithmic axes, one line per method.
 * @param[in] floor_mg_dl what the references differ by: smaller errors mean nothing
 * @return 0 when the file cannot be written. */
int wp_draw(const char *path, const wp_series *series, double floor_mg_dl);

#endif
