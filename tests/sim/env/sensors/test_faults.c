// SPDX-License-Identifier: GPL-3.0-or-later
/* Bias and losses of every sensor that has them. Oracle: a second sensor without, and the losses
 * worked out again from what the header promises of their stream. */
#include "support/one_lane.h"

#include "support/part.h"
#include "titrate/base/units.h"

#include <criterion/criterion.h>
#include <math.h>

#define DAYS 20
#define SAMPLE_MIN 5
#define STATE_MAX 64

static const titr_rng_key key = {
    .seed = 7, .purpose = TITR_PURPOSE_SENSOR, .patient = 11, .episode = 1001};

static double glucose(int minute)
{
    return 150.0 + 60.0 * sin(minute / 200.0);
}

static titr_slot faulty(const titr_sensor_type *type, double bias, int64_t losses, double loss_min)
{
    titr_slot slot = test_slot(type);
    test_set_real(slot, "bias_fraction", bias);
    *(int64_t *)test_option(slot, "losses_per_day") = losses;
    test_set_real(slot, "loss_min", loss_min);
    return slot;
}

/* Two sensors on the same child. */
typedef struct pair {
    const titr_sensor_type *type;
    titr_slot sound, faulty;
    double state[2][STATE_MAX];
} pair;

static void begin(pair *p, const titr_sensor_type *type, titr_slot slot)
{
    *p = (pair){.type = type, .sound = test_slot(type), .faulty = slot};
    cr_assert_leq(type->n_state, STATE_MAX);
    type->start(p->sound.def, key, 0, p->state[0]);
    type->start(p->faulty.def, key, 0, p->state[1]);
}

static void look(pair *p, int minute, double *sound, double *faulty_mg_dl)
{
    *sound = sensor_read(p->type, p->sound.def, key, p->state[0], minute, glucose(minute));
    *faulty_mg_dl = sensor_read(p->type, p->faulty.def, key, p->state[1], minute, glucose(minute));
}

static void end(pair *p)
{
    titr_slot_fini(&p->sound);
    titr_slot_fini(&p->faulty);
}

/* The readings lie well within the limits of the devices. */
Test(sensor_faults, a_bias_is_that_fraction_of_the_reading)
{
    static const double bias[] = {0.1, -0.1, 0.25, -0.5};
    size_t n = 0;
    const titr_sensor_type *const *all = titr_sensor_all(&n);
    for (size_t i = 0; i < n; i++) {
        for (size_t b = 0; b < sizeof bias / sizeof bias[0]; b++) {
            pair p;
            begin(&p, all[i], faulty(all[i], bias[b], 0, 30.0));
            for (int minute = 0; minute < 1440; minute++) {
                double sound, off;
                look(&p, minute, &sound, &off);
                if (sound > 90.0) { /* above the lower limit with any of these */
                    cr_assert_float_eq(off, (1.0 + bias[b]) * sound, 1e-12 * sound, "%s at %d",
                                       all[i]->part.name, minute);
                }
            }
            end(&p);
        }
    }
}

/* Loss k of day d begins at minute floor(1440 u), u the draw d * 48 + k of the sensor's stream with
 * 1 in the upper half of its purpose. */
static int is_lost(double sample_min, int64_t losses, double loss_min)
{
    titr_rng_key own = key;
    own.purpose += 65536;
    for (uint32_t day = 0; day < DAYS; day++) {
        for (uint32_t k = 0; k < losses; k++) {
            const double from = 1440.0 * day + floor(1440.0 * titr_rng_uniform(own, day * 48 + k));
            if (sample_min >= from && sample_min < from + loss_min && sample_min > 0.0) {
                return 1;
            }
        }
    }
    return 0;
}

static void check_losses(const titr_sensor_type *type, int64_t losses, double loss_min)
{
    pair p;
    size_t lost = 0;
    begin(&p, type, faulty(type, 0.0, losses, loss_min));
    for (int minute = 0; minute < DAYS * 1440; minute++) {
        double sound, read;
        look(&p, minute, &sound, &read);
        const int gap = is_lost(minute - minute % SAMPLE_MIN, losses, loss_min);
        cr_assert_eq(isnan(read) != 0, gap, "%s at %d", type->part.name, minute);
        cr_assert(gap || read == sound, "%s: the noise is as without losses", type->part.name);
        lost += isnan(read) != 0;
    }
    if (losses == 1 && loss_min == 30.0) { /* each lasts 30 min, but the last may be cut off */
        cr_assert_float_eq((double)lost, DAYS * 30.0, 30.0);
    }
    end(&p);
}

Test(sensor_faults, losses_are_where_their_own_stream_says)
{
    size_t n = 0;
    const titr_sensor_type *const *all = titr_sensor_all(&n);
    for (size_t i = 0; i < n; i++) {
        check_losses(all[i], 0, 30.0);
        check_losses(all[i], 1, 30.0);
        check_losses(all[i], 3, 12.0);
        check_losses(all[i], 2, 1440.0); /* into the next day */
        check_losses(all[i], 48, 120.0);
    }
}

Test(sensor_faults, an_episode_begins_with_a_reading)
{
    size_t n = 0;
    const titr_sensor_type *const *all = titr_sensor_all(&n);
    for (size_t i = 0; i < n; i++) {
        titr_slot slot = faulty(all[i], 0.0, 48, TITR_MIN_PER_DAY);
        for (uint32_t episode = 0; episode < 50; episode++) {
            double state[STATE_MAX];
            titr_rng_key own = key;
            own.episode = episode;
            all[i]->start(slot.def, own, 0, state);
            cr_assert(!isnan(sensor_read(all[i], slot.def, own, state, 0.0, 120.0)));
        }
        titr_slot_fini(&slot);
    }
}
