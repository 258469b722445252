// SPDX-License-Identifier: GPL-3.0-or-later
/* Learning curves: a row for each block of train.curve_every decisions, and for each validation.
 * Columns: what training was like, what validation said, what the agent reports. */
#ifndef TITRI_CURVE_H
#define TITRI_CURVE_H

#include "titrate/agents/agent.h"
#include "titrate/store/store.h"

/* The first columns of every curve; how many there are depends on the learner and on whether there
 * are validations, see titri_curve_columns. */
enum {
    TITRI_CURVE_DECISIONS,
    TITRI_CURVE_REWARD,
    TITRI_CURVE_TIR,
    TITRI_CURVE_TERMINATED,
    TITRI_CURVE_EPISODES,
    TITRI_CURVE_RETURN,
    TITRI_CURVE_TRAINING, /* number of them */
    TITRI_CURVE_SCORE = TITRI_CURVE_TRAINING,
    TITRI_CURVE_VALIDATION_TIR,
    TITRI_CURVE_VALIDATION_REWARD,
    TITRI_CURVE_VALIDATION_RETURN,
    TITRI_CURVE_VALIDATION_FAILED,
    TITRI_CURVE_VALIDATED, /* number of them, validation included */
    TITRI_CURVE_MAX = TITRI_CURVE_VALIDATED + TITR_REPORTS_MAX
};

typedef struct titri_curve {
    size_t width; /* columns */
    double *cell; /* [n][width], owned; NaN where a row has nothing to tell */
    size_t n, capacity;
    double open[TITRI_CURVE_TRAINING]; /* sums since the last row; DECISIONS: those counted */
} titri_curve;

/* Name, unit and meaning of each column. @param[in] validated 1 = with those of validation.
 * @param[out] column [TITRI_CURVE_MAX]. @return their number. */
size_t titri_curve_columns(const titr_agent_type *type, int validated, titr_sheet_column *column);
void titri_curve_fini(titri_curve *curve);
/* Append a row. @param[in] row [width]. */
titr_status titri_curve_append(titri_curve *curve, const double *row,
                               titr_error *err) TITR_NODISCARD;
/* The training columns of a row from the open sums, which begin anew. */
void titri_curve_close(titri_curve *curve, int64_t decisions, double *row);
/* Save or load; the width must be the same. */
titr_status titri_curve_visit(titri_curve *curve, titr_visitor *v, titr_error *err) TITR_NODISCARD;

#endif
