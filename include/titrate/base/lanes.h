// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/lanes.h
 * @brief What a source needs to be compiled once per variant (titrate/base/variant.h).
 *
 * The build compiles every lane-wise source once per variant with -DTITR_LANES=L
 * -DTITR_VARIANT=<name>; what it exports is named by TITR_SYMBOL, so that the variants live side by
 * side in one library. Loops over lanes have a constant length and no branches, so they vectorise.
 */
#ifndef TITR_BASE_LANES_H
#define TITR_BASE_LANES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef TITR_LANES
/** Lanes that this source is compiled for. */
#define TITR_LANES 1
/** Name of the variant that this source is compiled as. */
#define TITR_VARIANT l1
#endif

/** Joins three tokens as they stand. */
#define TITR_PASTE3(a, b, c) a##b##c
/** Joins three tokens after expanding them. */
#define TITR_GLUE3(a, b, c) TITR_PASTE3(a, b, c)
/** name_<variant> */
#define TITR_SYMBOL(name) TITR_GLUE3(name, _, TITR_VARIANT)
/** Element i of lane l. */
#define TITR_AT(array, i, l) ((array)[((size_t)(i)) * (size_t)TITR_LANES + (l)])
/** A pragma, from a macro. */
#define TITR_PRAGMA(text) _Pragma(#text)
/** Loop over lanes that have nothing to do with each other: becomes vector instructions. */
#define TITR_FOR_LANES(l) TITR_PRAGMA(omp simd) for (size_t l = 0; (l) < TITR_LANES; (l)++)
/* NOLINTBEGIN(bugprone-macro-parentheses): a pragma's clause takes the bare name */
/** The same for a loop that gathers `flag |= ...` over all lanes; one flag or several. */
#define TITR_OR_LANES(l, ...)                                                                      \
    TITR_PRAGMA(omp simd reduction(| : __VA_ARGS__)) for (size_t l = 0; (l) < TITR_LANES; (l)++)
/* NOLINTEND(bugprone-macro-parentheses) */

/** For what must be compiled into each of its callers, so that what they pass is a constant. */
#define TITR_INLINE static inline __attribute__((always_inline))

/** Yes or no of a lane, as wide as a double so that loops with both vectorise. */
typedef int64_t titr_flag;

/** `yes` ? a : b for yes = 0 or 1, by the bits: compilers make branches and masked stores of `?:`.
 */
static inline double titr_pick(titr_flag yes, double a, double b)
{
    uint64_t x, y;
    const uint64_t mask = (uint64_t)0 - (uint64_t)yes;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    x = (x & mask) | (y & ~mask);
    memcpy(&a, &x, sizeof a);
    return a;
}

#endif
