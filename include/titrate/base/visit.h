// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/visit.h
 * @brief One visitor saves and loads every state: agents, environment, counters, metrics.
 *
 *   component's <name>_visit(self, v)  -->  titr_state_visit(v, "q", F64, shape, q)  -->  back end
 *
 * A component writes its visit function once; the back end (HDF5 in results/store, memory in tests)
 * decides whether it reads or writes. Checkpoints happen only at decision boundaries, where every
 * solver is re-initialised: solver history is never state.
 */
#ifndef TITR_BASE_VISIT_H
#define TITR_BASE_VISIT_H

#include "titrate/base/status.h"

#include <stddef.h>

/** Type of a visited value's elements. */
typedef enum titr_dtype { TITR_F64, TITR_F32, TITR_I64, TITR_I32, TITR_U32, TITR_U8 } titr_dtype;

/** Bytes of one element. */
size_t titr_dtype_size(titr_dtype dtype);

typedef struct titr_visitor titr_visitor;
/** A back end's functions; its own data follow in a larger struct. */
struct titr_visitor {
    int loading; /* 1: `data` is overwritten with what was saved; 0: `data` is saved */
    /** @param[in] name unique within its group. @param[in] shape dims sizes, product = elements.
     *  @return TITR_ERR_CONFIG when a saved value is absent or has another type or shape. */
    titr_status (*value)(titr_visitor *v, const char *name, titr_dtype dtype, size_t dims,
                         const size_t *shape, void *data, titr_error *err);
    /** Enter and leave a named group of values. */
    titr_status (*enter)(titr_visitor *v, const char *name, titr_error *err);
    titr_status (*leave)(titr_visitor *v, titr_error *err); /* back to the group around it */
};

/** Save or load one array: the visitor's `value`. */
titr_status titr_state_visit(titr_visitor *v, const char *name, titr_dtype dtype, size_t dims,
                             const size_t *shape, void *data, titr_error *err) TITR_NODISCARD;
/** A vector of n values. */
titr_status titr_visit_vector(titr_visitor *v, const char *name, titr_dtype dtype, size_t n,
                              void *data, titr_error *err) TITR_NODISCARD;
/** Enter the named group. */
titr_status titr_visit_enter(titr_visitor *v, const char *name, titr_error *err) TITR_NODISCARD;
/** Leave the group entered last. */
titr_status titr_visit_leave(titr_visitor *v, titr_error *err) TITR_NODISCARD;
/** Saves or loads one of several things alike. */
typedef titr_status titr_visit_fn(void *self, size_t i, titr_visitor *v, titr_error *err);
/** The things 0 .. n - 1, each in a group "name_i" of its own. */
titr_status titr_visit_each(titr_visitor *v, const char *name, size_t n, titr_visit_fn *visit,
                            void *self, titr_error *err) TITR_NODISCARD;

#endif
