// SPDX-License-Identifier: GPL-3.0-or-later
/* The grammar of libconfig, checked before libconfig sees the text: brackets that do not match,
 * keys given twice, arrays of mixed numbers, texts without quotes, each at its line. */
#ifndef TITRI_CONFIG_SYNTAX_H
#define TITRI_CONFIG_SYNTAX_H

#include "titrate/base/status.h"

#include <stddef.h>

#define TITRI_NESTING_MAX 16
#define TITRI_MISTAKE_MAX 400

typedef struct titri_mistake {
    unsigned line; /* of the text, from 1 */
    char what[TITRI_MISTAKE_MAX];
} titri_mistake;

/** @return TITR_OK; TITR_ERR_CONFIG with `mistake` filled; TITR_ERR_NOMEM. */
titr_status titri_syntax_check(const char *text, size_t n, titri_mistake *mistake) TITR_NODISCARD;

#endif
