// SPDX-License-Identifier: GPL-3.0-or-later
/* A run file's decisions as a policy saw them: recorded columns become the record of one lane, and
 * the observer that looks at a running environment looks at it. */
#ifndef TITRI_RECALL_H
#define TITRI_RECALL_H

#include "lab.h"

/* One lane's record, filled from recorded columns. It must stay where it is. */
typedef struct titri_sight {
    size_t first, n_columns; /* of the record's columns, which are recorded */
    double value[TITR_COLUMNS_MAX], history[TITR_CGM_HISTORY];
    uint32_t newest;
    titr_record record; /* in the memory above */
} titri_sight;

void titri_sight_init(titri_sight *s, const titri_lab *lab, size_t n_columns);
/* The next decision's columns. @param[in] row [n_columns]. @param[in] begins 1 = of an episode. */
void titri_sight_see(titri_sight *s, const float *row, int begins);

typedef struct titri_recall {
    const char *path;
    titr_reader *reader;
    titr_trajectory t; /* the episode read last */
    size_t n_columns, n_levels;
    titri_sight sight;
} titri_recall;

/* Open a file whose columns and levels are those of the experiment, written with record.learning =
 * true. @param[in] path borrowed. The struct must stay where it is. titri_recall_close after a
 * failure, too. */
titr_status titri_recall_open(titri_recall *r, const titri_lab *lab, const char *path,
                              titr_error *err) TITR_NODISCARD;
void titri_recall_close(titri_recall *r);
/* What was known before decision k of the episode read last, into r->sight; one decision after the
 * other, from 0. @param[in] k <= t.n: t.n is what the last interval left. @param[out] mask
 * [n_levels] */
void titri_recall_look(titri_recall *r, size_t k, unsigned char *mask);

#endif
