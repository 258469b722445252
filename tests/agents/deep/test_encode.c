// SPDX-License-Identifier: GPL-3.0-or-later
/* Observations as a network takes them in. */
#include "deep/encode.h"

#include "titrate/base/rng.h"
#include "titrate/base/visit_memory.h"

#include <criterion/criterion.h>
#include <math.h>

enum { VALUES = 3, INPUTS = 6 }; /* one plain value, one of four, one plain value */

static const double lo[VALUES] = {40.0, 0.0, 5.0}, hi[VALUES] = {400.0, 0.0, 5.0};

static titr_observer observer_of(void)
{
    titr_observer observer = {.n = VALUES};
    observer.entry[1].discrete = 4;
    return observer;
}

static titri_encoder encoder_of(titri_normalise mode)
{
    const titr_observer observer = observer_of();
    titri_encoder e;
    cr_assert_eq(titri_encoder_init(&e, &observer, lo, hi, mode, NULL), TITR_OK);
    cr_assert_eq(e.n_in, INPUTS);
    return e;
}

static void expect(const titri_encoder *e, const double *obs, const double *want)
{
    float x[INPUTS], stored[VALUES], again[INPUTS];
    for (int i = 0; i < VALUES; i++) {
        stored[i] = (float)obs[i];
    }
    titri_encode(e, obs, x);
    titri_encode_stored(e, stored, again);
    for (int i = 0; i < INPUTS; i++) {
        cr_expect_float_eq((double)x[i], want[i], 1e-6, "input %d: %g, not %g", i, (double)x[i],
                           want[i]);
        cr_expect_float_eq((double)again[i], want[i], 1e-4);
    }
}

Test(encode, plain_values_and_one_of_many)
{
    static const double obs[VALUES] = {220.0, 2.0, 7.0};
    titri_encoder raw = encoder_of(TITRI_RAW), range = encoder_of(TITRI_RANGE);
    expect(&raw, obs, (const double[INPUTS]){220.0, 0.0, 0.0, 1.0, 0.0, 7.0});
    expect(&range, obs, (const double[INPUTS]){0.0, 0.0, 0.0, 1.0, 0.0, 7.0});
    expect(&range, (const double[VALUES]){400.0, 0.0, 7.0},
           (const double[INPUTS]){1.0, 1.0, 0.0, 0.0, 0.0, 7.0});
    expect(&range, (const double[VALUES]){40.0, 9.0, 7.0}, /* none of the four */
           (const double[INPUTS]){-1.0, 0.0, 0.0, 0.0, 0.0, 7.0});
    titri_encoder_fini(&raw);
    titri_encoder_fini(&range);
}

/* Mean and standard deviation of 1, 2, .. 100 are 50.5 and 29.0115; a constant is only centred. */
Test(encode, moments_of_what_was_seen_hold_from_settling_on)
{
    titri_encoder e = encoder_of(TITRI_RUNNING);
    for (int k = 1; k <= 100; k++) {
        const double obs[VALUES] = {k, k % 4, 5.0};
        titri_encoder_see(&e, obs, 1);
    }
    expect(&e, (const double[VALUES]){50.5, 1.0, 5.0},
           (const double[INPUTS]){50.5, 0.0, 1.0, 0.0, 0.0, 5.0});
    titri_encoder_settle(&e);
    const double sd = sqrt(100.0 * 101.0 / 12.0);
    expect(&e, (const double[VALUES]){50.5 + sd, 1.0, 6.0},
           (const double[INPUTS]){1.0, 0.0, 1.0, 0.0, 0.0, 1.0});
    const double far[VALUES] = {1e6, 0.0, 0.0};
    titri_encoder_see(&e, far, 1);
    expect(&e, (const double[VALUES]){50.5, 1.0, 5.0},
           (const double[INPUTS]){0.0, 0.0, 1.0, 0.0, 0.0, 0.0});
    titr_memory_visitor m;
    titr_memory_visitor_init(&m);
    titri_encoder again = encoder_of(TITRI_RUNNING);
    cr_assert_eq(titri_encoder_visit(&e, &m.base, NULL), TITR_OK);
    titr_memory_visitor_load(&m);
    cr_assert_eq(titri_encoder_visit(&again, &m.base, NULL), TITR_OK);
    expect(&again, (const double[VALUES]){50.5 - sd, 3.0, 5.0},
           (const double[INPUTS]){-1.0, 0.0, 0.0, 0.0, 1.0, 0.0});
    cr_assert_eq(again.seen, 101.0);
    titr_memory_visitor_fini(&m);
    titri_encoder_fini(&e);
    titri_encoder_fini(&again);
}
