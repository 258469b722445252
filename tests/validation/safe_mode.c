// SPDX-License-Identifier: GPL-3.0-or-later
/* ./dev validate safe-mode [RUNS]: no mass falls below -1e-9 whatever insulin and meals are given.
 * 10,000 random runs of 12 h on the 30 published subjects, see tests/support/safe_runs.h.
 */
#include "support/safe_runs.h"
#include "titrate/solve/solver.h"

#include <stdio.h>
#include <stdlib.h>

#define BOUND (-1e-9)

int main(int argc, char **argv)
{
    const size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
    titr_slot slot = {0};
    titr_error err = {0};
    safe_result r = {0};
    titr_status status = titr_slot_init(&slot, titr_solver_find("cvode"), &err);
    status = status != TITR_OK ? status : safe_runs(slot, 0, n, &r, &err);
    titr_slot_fini(&slot);
    if (status != TITR_OK) {
        (void)printf("safe-mode: %s\n", err.what);
        return 1;
    }
    if (r.faults > 0) {
        (void)printf("first fault: %s\n", r.fault);
    }
    const int ok = n > 0 && r.faults == 0 && r.lowest >= BOUND;
    (void)printf("glucose visited: %.3g to %.5g mg/dL; bound: mass >= %g\n", r.glucose_lo_mg_dl,
                 r.glucose_hi_mg_dl, BOUND);
    (void)printf("safe-mode: compared %zu of %zu, ok %zu, worst %.3g (%s, run %zu), skipped 0\n", n,
                 n, ok ? n : n - r.faults, r.lowest, r.lowest_state, r.lowest_run);
    return ok ? 0 : 1;
}
