// SPDX-License-Identifier: GPL-3.0-or-later
/* A step shared out to several threads gives the same bits, with one lane at a time and in blocks,
 * and tells the first error. */
#include "support/part.h"
#include "support/world.h"

#include "titrate/env/pump.h"
#include "titrate/env/sensor.h"

enum { LANES = 13, STEPS = 100 };

static size_t play(const char *solver, size_t threads, double *out)
{
    world w;
    world_init(&w);
    world_random_meals(&w);
    world_use(&w.def.solver, titr_solver_find(solver));
    world_use(&w.def.sensor, titr_sensor_find("cgm_breton_2008"));
    world_use(&w.def.pump, titr_pump_find("pump"));
    w.def.threads = threads;
    world_open(&w, LANES);
    for (size_t k = 0; k < STEPS; k++) {
        world_step(&w, k % 5 < 3 ? 1.4 : 0.6, k == 20 ? 1.0 : 0.0);
    }
    size_t n = 0;
    for (size_t lane = 0; lane < LANES; lane++) {
        n += world_snapshot(&w, lane, out + n);
    }
    world_fini(&w);
    return n;
}

Test(env_threads, any_number_gives_the_same_bits)
{
    static double one[LANES * WORLD_SNAPSHOT_MAX], many[LANES * WORLD_SNAPSHOT_MAX];
    static const char *const solvers[] = {"rk4", "cvode"};
    for (size_t s = 0; s < 2; s++) {
        const size_t n = play(solvers[s], 1, one);
        for (size_t threads = 0; threads < 30; threads += threads == 0 ? 2 : 9) {
            cr_assert_eq(play(solvers[s], threads, many), n);
            cr_assert_arr_eq(one, many, n * sizeof *one, "%s, %zu threads", solvers[s], threads);
        }
    }
}
