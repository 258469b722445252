// SPDX-License-Identifier: GPL-3.0-or-later
/* Which variant this processor runs. The instruction sets asked for are those that
 * cmake/variants.cmake compiles with. */
#include "titrate/base/variant.h"

static const struct {
    size_t lanes, bits;
} variants[TITR_N_VARIANTS] = {
#define X(id, suffix, lanes, bits) [TITR_##id] = {(lanes), (bits)},
    TITR_VARIANT_MAP(X)
#undef X
};

size_t titr_variant_lanes(titr_variant variant)
{
    return variants[variant].lanes;
}

size_t titr_variant_bits(titr_variant variant)
{
    return variants[variant].bits;
}

int titr_variant_runs(titr_variant variant)
{
#if defined(__x86_64__)
    switch (variant) {
    case TITR_L8_AVX2:
        return __builtin_cpu_supports("avx2") != 0;
    case TITR_L8_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
    default:
        break;
    }
#endif
    return variant < TITR_N_VARIANTS;
}

titr_status titr_variant_wide(size_t bits, titr_variant *out, titr_error *err)
{
    if (bits != 0 && bits != 128 && bits != 256 && bits != 512) {
        return titr_fail(err, TITR_ERR_RANGE, "vectors of %zu bits, expected 128, 256 or 512",
                         bits);
    }
    for (size_t v = TITR_N_VARIANTS; v-- > TITR_L8;) {
        if ((bits == 0 || variants[v].bits == bits) && titr_variant_runs((titr_variant)v)) {
            *out = (titr_variant)v;
            return TITR_OK;
        }
    }
    return titr_fail(err, TITR_ERR_NOT_FOUND, "this processor has no vectors of %zu bits", bits);
}
