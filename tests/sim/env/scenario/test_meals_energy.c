// SPDX-License-Identifier: GPL-3.0-or-later
/* Energy-scaled meals against the moments of their definition: frequencies, truncated normal
 * times, sizes, counting errors. Bounds are 4.5 standard errors of the estimate (about one false
 * alarm in 10^5 per figure, and the seed is fixed). */
#include "titrate/env/scenario.h"

#include "support/part.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define DAYS 20000u
#define SLOTS 6
#define SIGMAS 4.5

/* An 8-year-old; sex unknown as in the published subjects. */
static const titr_patient child = {
    .id = "test#8", .age_years = 8.0, .weight_kg = 28.0, .height_cm = 128.0};
/* 1.2 (66.5 + 13.75 W + 5.003 H - 6.755 A) 0.45 / 4 g/d, the published environment's formula */
#define CARBS_G (1.2 * (66.5 + 13.75 * 28.0 + 5.003 * 128.0 - 6.755 * 8.0) * 0.45 / 4.0)

static const titr_rng_key key = {.seed = 11, .purpose = TITR_PURPOSE_MEALS, .patient = 3, 1001};
static const double shares[SLOTS] = {1.1, 0.15, 1.3, 0.15, 1.55, 0.15};
static const double probability[SLOTS] = {0.95, 0.3, 0.95, 0.3, 0.95, 0.3};
static const double mean_h[SLOTS] = {7.0, 9.5, 12.0, 15.0, 18.0, 21.5};
static const double sd_h[SLOTS] = {1.0, 0.5, 1.0, 0.5, 1.0, 0.5};
static const double lo_h[SLOTS] = {5.0, 9.0, 10.0, 14.0, 16.0, 20.0};
static const double hi_h[SLOTS] = {9.0, 10.0, 14.0, 16.0, 20.0, 23.0};

static const char *const lists[] = {"probability", "share",       "time_mean_min",
                                    "time_sd_min", "time_lo_min", "time_hi_min"};

/* Values that stand behind a list's end and must never be read. */
static void poison(titr_slot slot)
{
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        ((titr_reals *)test_option(slot, lists[i]))->v[SLOTS] = 1.0;
    }
}

static titr_slot energy(void)
{
    const titr_scenario_type *type = titr_scenario_find("meals_energy");
    titr_slot slot = test_slot(type);
    poison(slot);
    cr_assert_eq(type->prepare(slot.def, NULL), TITR_OK);
    return slot;
}

/* Only slot k ever happens. */
static void only(titr_slot slot, size_t k)
{
    titr_reals *p = test_option(slot, "probability");
    for (size_t i = 0; i < SLOTS; i++) {
        p->v[i] = i == k ? probability[k] : 0.0;
    }
}

static titr_day_plan plan_of(titr_slot slot, const titr_patient *who, titr_rng_key k, unsigned day)
{
    titr_day_plan plan = {.n = 0};
    const titr_scenario_type *type = slot.type;
    cr_assert_eq(type->plan_day(slot.def, who, k, 0.0, day, &plan, NULL), TITR_OK);
    return plan;
}

typedef struct moments {
    double n, sum, sum_sq;
} moments;

static void note(moments *m, double x)
{
    m->n += 1.0;
    m->sum += x;
    m->sum_sq += x * x;
}

static double mean_of(moments m)
{
    return m.sum / m.n;
}

static double sd_of(moments m)
{
    return sqrt(m.sum_sq / m.n - mean_of(m) * mean_of(m));
}

/* SE of a mean: sd / sqrt(n); of an SD of something near normal: sd / sqrt(2 n). */
static void expect_moments(moments m, double mean, double sd, const char *what, size_t slot)
{
    const double se = SIGMAS * sd / sqrt(m.n);
    cr_expect_float_eq(mean_of(m), mean, se, "%s %zu: mean %g, want %g +- %g", what, slot,
                       mean_of(m), mean, se);
    cr_expect_float_eq(sd_of(m), sd, se, "%s %zu: SD %g, want %g +- %g", what, slot, sd_of(m), sd,
                       se);
}

static double density(double x)
{
    return exp(-0.5 * x * x) / sqrt(2.0 * acos(-1.0));
}

/* Mean and SD of a normal truncated to [lo, hi], then rounded to whole minutes (variance 1/12). */
static void truncated(size_t k, double hi, double *mean, double *sd)
{
    const double a = (lo_h[k] - mean_h[k]) / sd_h[k], b = (hi - mean_h[k]) / sd_h[k];
    const double z = 0.5 * (erfc(-b / sqrt(2.0)) - erfc(-a / sqrt(2.0)));
    const double shift = (density(a) - density(b)) / z;
    const double scale = 1.0 + (a * density(a) - b * density(b)) / z - shift * shift;
    *mean = 60.0 * (mean_h[k] + sd_h[k] * shift);
    *sd = sqrt(3600.0 * sd_h[k] * sd_h[k] * scale + 1.0 / 12.0);
}

static void check_slot(titr_slot slot, size_t k)
{
    moments time = {0}, grams = {0};
    only(slot, k);
    for (unsigned day = 0; day < DAYS; day++) {
        const titr_day_plan plan = plan_of(slot, &child, key, day);
        cr_assert_leq(plan.n, 1);
        if (plan.n == 1) {
            const titr_meal meal = plan.meal[0];
            const double of_day = meal.time_min - 1440.0 * day;
            cr_assert(of_day >= 60.0 * lo_h[k] && of_day <= 60.0 * hi_h[k]);
            cr_assert_float_eq(of_day, floor(of_day), 0.0);
            cr_assert_float_eq(meal.carbs_g, meal.carbs_announced_g, 0.0);
            note(&time, of_day);
            note(&grams, meal.carbs_g);
        }
    }
    const double p = probability[k];
    cr_expect_float_eq(time.n, p * DAYS, SIGMAS * sqrt(DAYS * p * (1.0 - p)), "slot %zu", k);
    double mean = 0.0, sd = 0.0;
    truncated(k, hi_h[k], &mean, &sd);
    expect_moments(time, mean, sd, "time of slot", k);
    const double size = CARBS_G * shares[k] / 4.4; /* 1.1 + 1.3 + 1.55 + 3 x 0.15 */
    expect_moments(grams, size, sqrt(0.0225 * size * size + 1.0 / 12.0), "grams of slot", k);
}

Test(meals_energy, every_slot_has_the_published_moments)
{
    titr_slot slot = energy();
    for (size_t k = 0; k < SLOTS; k++) {
        check_slot(slot, k);
    }
    titr_slot_fini(&slot);
}

/* The published windows lie evenly around their means; this one does not. */
Test(meals_energy, a_lopsided_window)
{
    titr_slot slot = energy();
    moments time = {0};
    only(slot, 2);
    ((titr_reals *)test_option(slot, "time_hi_min"))->v[2] = 735.0;
    for (unsigned day = 0; day < DAYS; day++) {
        const titr_day_plan plan = plan_of(slot, &child, key, day);
        if (plan.n == 1) {
            note(&time, plan.meal[0].time_min - 1440.0 * day);
        }
    }
    double mean = 0.0, sd = 0.0;
    truncated(2, 12.25, &mean, &sd);
    expect_moments(time, mean, sd, "time of slot", 2);
    titr_slot_fini(&slot);
}

/* Times of day and grams, for comparing days. */
static double fingerprint(titr_day_plan plan, unsigned day)
{
    double sum = (double)plan.n;
    for (size_t k = 0; k < plan.n; k++) {
        sum = 7.0 * sum + plan.meal[k].time_min - 1440.0 * day + 31.0 * plan.meal[k].carbs_g;
    }
    return sum;
}

Test(meals_energy, days_differ)
{
    titr_slot slot = energy();
    int same = 0;
    for (unsigned day = 0; day < 100; day++) {
        same += fingerprint(plan_of(slot, &child, key, day), day) ==
                fingerprint(plan_of(slot, &child, key, day + 1), day + 1);
    }
    cr_assert_leq(same, 2);
    titr_slot_fini(&slot);
}

Test(meals_energy, a_days_plan_is_in_order_and_depends_on_nothing_else)
{
    titr_slot slot = energy();
    titr_rng_key other = key;
    other.seed++;
    int differs = 0;
    for (unsigned day = 0; day < 100; day++) {
        const titr_day_plan a = plan_of(slot, &child, key, day);
        const titr_day_plan later = plan_of(slot, &child, key, 99 - day);
        const titr_day_plan again = plan_of(slot, &child, key, day);
        const titr_day_plan b = plan_of(slot, &child, other, day);
        cr_assert_leq(later.n, SLOTS);
        cr_assert_eq(a.n, again.n);
        for (size_t k = 0; k < a.n; k++) {
            cr_assert_float_eq(a.meal[k].time_min, again.meal[k].time_min, 0.0);
            cr_assert_float_eq(a.meal[k].carbs_g, again.meal[k].carbs_g, 0.0);
            cr_assert(k == 0 || a.meal[k].time_min >= a.meal[k - 1].time_min);
        }
        differs += a.n != b.n || memcmp(a.meal, b.meal, a.n * sizeof a.meal[0]) != 0;
    }
    cr_assert_gt(differs, 95);
    titr_slot_fini(&slot);
}

Test(meals_energy, counting_errors_change_the_announcement_alone)
{
    titr_slot plain = energy(), wrong = energy();
    test_set_real(wrong, "count_error_cv", 0.2);
    test_set_real(wrong, "missed_bolus_probability", 0.05);
    moments error = {0};
    double meals = 0.0, missed = 0.0;
    for (unsigned day = 0; day < DAYS; day++) {
        const titr_day_plan a = plan_of(plain, &child, key, day);
        const titr_day_plan b = plan_of(wrong, &child, key, day);
        cr_assert_eq(a.n, b.n);
        for (size_t k = 0; k < a.n; k++) {
            cr_assert_float_eq(a.meal[k].carbs_g, b.meal[k].carbs_g, 0.0);
            cr_assert_float_eq(a.meal[k].time_min, b.meal[k].time_min, 0.0);
            cr_assert_geq(b.meal[k].carbs_announced_g, 0.0);
            meals += 1.0;
            if (b.meal[k].carbs_announced_g > 0.0) {
                note(&error, b.meal[k].carbs_announced_g / b.meal[k].carbs_g - 1.0);
            } else {
                missed += 1.0;
            }
        }
    }
    expect_moments(error, 0.0, 0.2, "counting error", 0);
    cr_expect_float_eq(missed / meals, 0.05, SIGMAS * sqrt(0.05 * 0.95 / meals));
    titr_slot_fini(&plain);
    titr_slot_fini(&wrong);
}

Test(meals_energy, rounding)
{
    titr_slot slot = energy();
    test_set_real(slot, "round_to_g", 5.0);
    for (unsigned day = 0; day < 200; day++) {
        const titr_day_plan plan = plan_of(slot, &child, key, day);
        for (size_t k = 0; k < plan.n; k++) {
            cr_assert(plan.meal[k].carbs_g > 0.0 && fmod(plan.meal[k].carbs_g, 5.0) == 0.0);
        }
    }
    test_set_real(slot, "round_to_g", 0.0);
    test_set_real(slot, "amount_cv", 0.0);
    const titr_day_plan plan = plan_of(slot, &child, key, 0);
    cr_assert_float_eq(plan.meal[0].carbs_g, CARBS_G * 1.1 / 4.4, 0.01);
    titr_slot_fini(&slot);
}

/* What the two equations of 1918 give for the same child. */
Test(meals_energy, sex_selects_the_equation)
{
    titr_slot slot = energy();
    test_set_real(slot, "round_to_g", 0.0);
    titr_patient who = child;
    const double unknown_g = plan_of(slot, &who, key, 0).meal[0].carbs_g;
    who.sex = TITR_SEX_MALE;
    cr_assert_float_eq(plan_of(slot, &who, key, 0).meal[0].carbs_g, unknown_g, 0.0);
    who.sex = TITR_SEX_FEMALE;
    const double girl = 655.1 + 9.563 * 28.0 + 1.850 * 128.0 - 4.676 * 8.0;
    const double boy = 66.5 + 13.75 * 28.0 + 5.003 * 128.0 - 6.755 * 8.0;
    cr_assert_float_eq(plan_of(slot, &who, key, 0).meal[0].carbs_g / unknown_g, girl / boy, 2e-3);
    titr_slot_fini(&slot);
}

Test(meals_energy, a_time_without_spread_is_its_mean)
{
    titr_slot slot = energy();
    titr_reals *sd = test_option(slot, "time_sd_min");
    const titr_scenario_type *type = slot.type;
    only(slot, 2);
    sd->v[2] = 0.0;
    cr_assert_eq(type->prepare(slot.def, NULL), TITR_OK);
    for (unsigned day = 0; day < 10; day++) {
        const titr_day_plan plan = plan_of(slot, &child, key, day);
        cr_assert(plan.n == 0 || plan.meal[0].time_min == 1440.0 * day + 720.0);
    }
    titr_reals *mean = test_option(slot, "time_mean_min");
    static const double outside_min[] = {599.0, 841.0};
    for (size_t i = 0; i < 2; i++) {
        mean->v[2] = outside_min[i];
        cr_assert_eq(type->prepare(slot.def, NULL), TITR_ERR_RANGE);
    }
    titr_slot_fini(&slot);
}

static void set_lengths(titr_slot slot, size_t n)
{
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        titr_reals *list = test_option(slot, lists[i]);
        for (size_t k = list->n; k < n; k++) {
            list->v[k] = list->v[0];
        }
        list->n = n;
    }
}

Test(meals_energy, one_to_48_slots)
{
    titr_slot slot = energy();
    const titr_scenario_type *type = slot.type;
    static const size_t good[] = {6, 48, 1}, bad[] = {49, 0};
    for (size_t i = 0; i < 3; i++) {
        set_lengths(slot, good[i]);
        cr_assert_eq(type->prepare(slot.def, NULL), TITR_OK, "%zu slots", good[i]);
    }
    for (size_t i = 0; i < 2; i++) {
        set_lengths(slot, bad[i]);
        cr_assert_eq(type->prepare(slot.def, NULL), TITR_ERR_RANGE, "%zu slots", bad[i]);
    }
    titr_slot_fini(&slot);
}

Test(meals_energy, impossible_set_ups_are_refused)
{
    titr_error err;
    titr_slot slot = energy();
    const titr_scenario_type *type = slot.type;
    titr_reals *mean = test_option(slot, "time_mean_min"), *lo = test_option(slot, "time_lo_min");
    titr_reals *share = test_option(slot, "share");
    mean->v[1] = 1200.0;
    cr_assert_eq(type->prepare(slot.def, &err), TITR_ERR_RANGE);
    cr_assert_str_eq(err.what, "meals_energy: slot 1: a time of 1200 +- 30 min never falls "
                               "between time_lo_min = 540 and time_hi_min = 600");
    mean->v[1] = 570.0;
    lo->v[3] = 840.5;
    cr_assert_eq(type->prepare(slot.def, &err), TITR_ERR_RANGE);
    cr_assert_not_null(strstr(err.what, "time_lo_min = 840.5"));
    lo->v[3] = 840.0;
    share->n = 5;
    cr_assert_eq(type->prepare(slot.def, &err), TITR_ERR_RANGE);
    cr_assert_str_eq(err.what, "meals_energy: 5 values of share and 6 of probability, expected "
                               "one of each per meal slot, 1 to 48");
    *share = (titr_reals){.n = 6};
    cr_assert_eq(type->prepare(slot.def, &err), TITR_ERR_RANGE);
    cr_assert_str_eq(err.what, "meals_energy: share: all are 0, expected one above");
    titr_slot_fini(&slot);
}

Test(meals_energy, a_body_without_metabolism_is_refused)
{
    titr_error err;
    titr_slot slot = energy();
    const titr_scenario_type *type = slot.type;
    titr_day_plan plan = {.n = 0};
    const titr_patient odd = {.id = "odd", .age_years = 120.0, .weight_kg = 1.0, .height_cm = 1.0};
    cr_assert_eq(type->plan_day(slot.def, &odd, key, 0.0, 0, &plan, &err), TITR_ERR_RANGE);
    cr_assert_not_null(strstr(err.what, "odd: weight 1 kg"));
    titr_slot_fini(&slot);
}

/* A girl of 9 years, 29.0 kg and 133 cm needs 1,660 kcal a day by the DRI tables [iom2005]; half
 * of it as carbohydrate is 207 g. */
Test(meals_energy, energy_that_a_child_needs)
{
    titr_slot slot = energy();
    const titr_patient girl = {.id = "girl",
                               .age_years = 9.0,
                               .weight_kg = 29.0,
                               .height_cm = 133.0,
                               .sex = TITR_SEX_FEMALE};
    *(int *)test_option(slot, "energy") = 1;
    *(double *)test_option(slot, "carbs_energy_fraction") = 0.5;
    *(double *)test_option(slot, "amount_cv") = 0.0;
    *(double *)test_option(slot, "round_to_g") = 0.0;
    titr_reals *p = test_option(slot, "probability");
    for (size_t i = 0; i < SLOTS; i++) {
        p->v[i] = 1.0;
    }
    const titr_day_plan plan = plan_of(slot, &girl, key, 0);
    double carbs_g = 0.0;
    for (size_t i = 0; i < plan.n; i++) {
        carbs_g += plan.meal[i].carbs_g;
    }
    cr_expect_float_eq(carbs_g, 207.5, 2.0, "%g g", carbs_g);
    titr_slot_fini(&slot);
}

Test(meals_energy, activity_belongs_to_the_other_source)
{
    titr_slot slot = energy();
    const titr_scenario_type *type = slot.type;
    titr_error err = {.what = ""};
    *(int *)test_option(slot, "energy") = 1;
    *(double *)test_option(slot, "activity") = 2.0;
    cr_expect_eq(type->prepare(slot.def, &err), TITR_ERR_RANGE);
    cr_expect_not_null(strstr(err.what, "activity = 2"), "%s", err.what);
    titr_slot_fini(&slot);
}

Test(meals_energy, grown_ups_have_no_need_by_that_table)
{
    titr_slot slot = energy();
    const titr_scenario_type *type = slot.type;
    const titr_patient adult = {
        .id = "adult", .age_years = 30.0, .weight_kg = 70.0, .height_cm = 175.0};
    titr_day_plan plan = {.n = 0};
    titr_error err = {.what = ""};
    *(int *)test_option(slot, "energy") = 1;
    cr_expect_eq(type->plan_day(slot.def, &adult, key, 0.0, 0, &plan, &err), TITR_ERR_RANGE);
    cr_expect_not_null(strstr(err.what, "adult: 30 years"), "%s", err.what);
    titr_slot_fini(&slot);
}
