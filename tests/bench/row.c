// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/row.h"

#include "titrate/base/variant.h"

#include <stdio.h>

typedef double peak_fn(size_t rounds);
#define X(id, suffix, lanes, bits) double peak_##suffix(size_t rounds);
TITR_VARIANT_MAP(X)
#undef X

/* The best of several tries: what the core can do, not what it was left. */
double bench_peak_flop_per_s(void)
{
    static peak_fn *const peaks[TITR_N_VARIANTS] = {
#define X(id, suffix, lanes, bits) [TITR_##id] = peak_##suffix,
        TITR_VARIANT_MAP(X)
#undef X
    };
    titr_variant wide = TITR_L1;
    if (titr_variant_wide(0, &wide, NULL) != TITR_OK) {
        return 0.0;
    }
    double best = 0.0;
    for (int k = 0; k < 9; k++) {
        const double before = timing_cpu_s();
        const double flop = peaks[wide](200000);
        const double rate = flop / (timing_cpu_s() - before);
        best = rate > best ? rate : best;
    }
    return best;
}

static void print_text(const char *name, const char *text)
{
    if (text != NULL) {
        (void)printf(",\"%s\":\"%s\"", name, text);
    } else {
        (void)printf(",\"%s\":null", name);
    }
}

void bench_print(const bench_row *row, double *value, size_t n)
{
    const double median = timing_median(value, n); /* sorts */
    (void)printf("{\"name\":\"%s\",\"value\":%.6g,\"unit\":\"%s\",\"spread\":%.3g", row->name,
                 median, row->unit, (value[n - 1] - value[0]) / median);
    if (row->peer > 0.0) {
        (void)printf(",\"peer\":%.6g", row->peer);
    } else {
        (void)printf(",\"peer\":null");
    }
    print_text("peer_source", row->peer_source);
    print_text("workload", row->workload);
    print_text("error", row->error);
    if (row->flop_per_unit > 0.0) {
        (void)printf(",\"limit_share\":%.3g",
                     median * row->flop_per_unit / bench_peak_flop_per_s());
    }
    (void)printf("}\n");
    (void)fflush(stdout);
}
