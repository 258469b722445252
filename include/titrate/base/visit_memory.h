// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/visit_memory.h
 * @brief A state visitor that keeps what it saves in memory: to copy one component's state into
 *        another of the same make.
 *
 * Values are kept in the order of the visits; names, types and shapes are checked on loading.
 */
#ifndef TITR_BASE_VISIT_MEMORY_H
#define TITR_BASE_VISIT_MEMORY_H

#include "titrate/base/visit.h"

/** A visitor and what it has saved. */
typedef struct titr_memory_visitor {
    titr_visitor base;         /* pass &memory.base to visit functions */
    unsigned char *bytes;      /* owned */
    size_t size, capacity, at; /* bytes saved and reserved; where loading stands */
} titr_memory_visitor;

/** Start empty, saving. */
void titr_memory_visitor_init(titr_memory_visitor *m);
/** Rewind: from now on visits load what was saved. May be called again to load once more. */
void titr_memory_visitor_load(titr_memory_visitor *m);
/** Release what was saved. */
void titr_memory_visitor_fini(titr_memory_visitor *m);

#endif
