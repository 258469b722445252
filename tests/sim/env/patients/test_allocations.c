// SPDX-License-Identifier: GPL-3.0-or-later
/* A step allocates nothing, whatever happens in it; neither does a reset. */
#include "support/allocations.h"
#include "support/part.h"
#include "support/world.h"

#include "titrate/env/pump.h"
#include "titrate/env/sensor.h"

#include <stdlib.h>

Test(env_allocations, are_counted)
{
    if (TEST_SANITIZED) {
        cr_skip_test("the sanitizer has its own allocator");
    }
    const size_t before = allocations();
    void *volatile block = malloc(10);
    block = realloc(block, 1000);
    free(block);
    block = calloc(3, 3);
    free(block);
    block = aligned_alloc(64, 64);
    free(block);
    cr_assert_eq(allocations() - before, 4);
}

static void play(const char *solver)
{
    world w;
    world_init(&w);
    world_use(&w.def.solver, titr_solver_find(solver));
    world_random_meals(&w);
    world_use(&w.def.sensor, titr_sensor_find("cgm_breton_2008"));
    world_use(&w.def.pump, titr_pump_find("pump"));
    world_open(&w, 4);
    const titr_env_view *view = world_look(&w);
    titr_error err = {0};
    int ends = 0;
    for (int k = 0; k < 600; k++) {
        titr_dose dose[4];
        for (size_t lane = 0; lane < 4; lane++) {
            dose[lane] = (titr_dose){world_basal_u_per_h(&w, lane), lane == 3 ? 1.0 : 0.0};
        }
        const size_t before = allocations();
        titr_status status = titr_env_step(w.env, dose, &err);
        for (size_t lane = 0; lane < 4 && status == TITR_OK; lane++) {
            if (view->end[lane] != TITR_END_NONE) {
                status = titr_env_reset(w.env, &w.start[lane], 1, &err);
                ends++;
            }
        }
        const size_t made = allocations() - before;
        cr_assert_eq(status, TITR_OK, "%s", err.what);
        cr_assert_eq(made, 0, "%zu allocations in step %d", made, k);
    }
    cr_assert_gt(ends, 4, "deaths and horizons should have been met");
    world_fini(&w);
}

Test(env_allocations, step_and_reset_make_none)
{
    play("cvode"); /* one lane at a time */
    play("rk4");   /* blocks of lanes */
}
