// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/runner/kind.h
 * @brief The kinds of registered parts, so that any of them can be listed, found by name and
 *        described without knowing its kind.
 */
#ifndef TITR_RUNNER_KIND_H
#define TITR_RUNNER_KIND_H

#include "titrate/base/option.h"

/** One kind of part. */
typedef struct titr_kind {
    const char *name;                 /* "sensor": what `titrate list` takes    */
    const char *doc;                  /* one line                               */
    const titr_part *(*at)(size_t i); /* i-th registered part; NULL beyond the last */
} titr_kind;

/** @return static table of *n kinds. */
const titr_kind *titr_kinds(size_t *n);
/** @return NULL when there is no such kind. */
const titr_kind *titr_kind_find(const char *name);
/** Part by name; it is also the part's titr_<kind>_type. @return NULL when there is none. */
const titr_part *titr_kind_part(const titr_kind *kind, const char *name);
/** The registered name nearest to `name`. @return NULL when nothing is near. */
const char *titr_kind_nearest(const titr_kind *kind, const char *name);

#endif
