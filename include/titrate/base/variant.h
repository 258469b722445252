// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/variant.h
 * @brief Lane-wise code is compiled several times: per number of lanes and vector instruction set.
 *
 * All variants give the same bits: no contraction, no libm, no sums across lanes. Which one runs is
 * a matter of speed alone and stands in no file.
 */
#ifndef TITR_BASE_VARIANT_H
#define TITR_BASE_VARIANT_H

#include "titrate/base/status.h"

#include <stddef.h>

#if defined(__x86_64__)
/** enum, suffix of its symbols, lanes, bits of a vector register; cmake/variants.cmake has the same
 *  list with the compiler's flags. */
#define TITR_VARIANT_MAP(X)                                                                        \
    X(L1, l1, 1, 64)                                                                               \
    X(L8, l8, 8, 128)                                                                              \
    X(L8_AVX2, l8_avx2, 8, 256)                                                                    \
    X(L8_AVX512, l8_avx512, 8, 512)
#else
/** The same without x86-64's vectors of 256 and 512 bits. */
#define TITR_VARIANT_MAP(X)                                                                        \
    X(L1, l1, 1, 64)                                                                               \
    X(L8, l8, 8, 128)
#endif

/** One way of compiling lane-wise code. */
typedef enum titr_variant {
#define X(id, suffix, lanes, bits) TITR_##id,
    TITR_VARIANT_MAP(X)
#undef X
        TITR_N_VARIANTS /* number of variants */
} titr_variant;

/** Lanes of a block. */
size_t titr_variant_lanes(titr_variant variant);
/** Bits of its vectors: 64 (one lane at a time), 128, 256 or 512. */
size_t titr_variant_bits(titr_variant variant);
/** 1 if this processor has the variant's instructions. */
int titr_variant_runs(titr_variant variant);
/** The variant of several lanes with the widest vectors that run here.
 *  @param[in] bits 0, or 128, 256, 512: this width and no other.
 *  @return TITR_ERR_RANGE for another number, TITR_ERR_NOT_FOUND for vectors that this processor
 *  does not have. */
titr_status titr_variant_wide(size_t bits, titr_variant *out, titr_error *err) TITR_NODISCARD;

#endif
