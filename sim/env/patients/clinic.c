// SPDX-License-Identifier: GPL-3.0-or-later
/* What the clinic knows of a child at a decision. Lanes that do not run keep what they show. */
#include "kernel.h"

#include "titrate/base/clinical.h"
#include "titrate/base/units.h"

#include <math.h>
#include <string.h>

/* Weight of a new minute in the averages of the last days: 1 - exp(-1 min / 2 days). */
#define NEW_MINUTE 0.00034716194756285535

/* A column of the record where the block begins. */
static inline double *column(const titri_play *p, titr_observable what)
{
    return p->env->base.view.record.col[what] + p->b.first;
}

/* Readings of the block `minute` minutes after the interval's beginning, -TITRI_READINGS < minute.
 */
static inline double *readings(const titri_play *p, int minute)
{
    const size_t slot = p->env->readings_head + (size_t)(minute + TITRI_READINGS);
    return p->b.readings + slot % TITRI_READINGS * TITR_LANES;
}

/* Reading of lane l `ago` minutes before now: a lane that has ended stays in its last minute. */
static inline double reading(const titri_play *p, size_t l, int ago)
{
    return readings(p, (int)p->lived_min[l] - ago)[l];
}

void TITR_SYMBOL(titri_clinic_read)(titri_play *p, size_t minute, const titr_flag *lived)
{
    const titri_patients *env = p->env;
    double cgm_mg_dl[TITR_LANES];
    double *const newest_mg_dl = readings(p, (int)minute);
    double *const held_mg_dl = env->held_mg_dl + p->b.first;
    double *const seen_min = env->seen_min + p->b.first;
    const double *const time_min = env->time_min + p->b.first;
    double *const mean_mg_dl = column(p, TITR_OBS_CGM_MEAN_2D);
    double *const low_percent = column(p, TITR_OBS_CGM_LOW_2D);
    env->sensor->read(env->def.sensor.def, env->cache.sensor + p->b.first,
                      env->time_min + p->b.first, env->glucose_mg_dl + p->b.first, p->b.sensor,
                      cgm_mg_dl);
    TITR_FOR_LANES(l)
    {
        const double mean = mean_mg_dl[l], share = low_percent[l];
        const double low = cgm_mg_dl[l] < TITR_LOW_MG_DL ? 100.0 : 0.0;
        const titr_flag shows = lived[l] & (titr_flag)(cgm_mg_dl[l] == cgm_mg_dl[l]);
        newest_mg_dl[l] = titr_pick(lived[l], cgm_mg_dl[l], newest_mg_dl[l]);
        held_mg_dl[l] = titr_pick(shows, cgm_mg_dl[l], held_mg_dl[l]);
        seen_min[l] = titr_pick(shows, time_min[l], seen_min[l]);
        mean_mg_dl[l] = titr_pick(shows, mean + NEW_MINUTE * (cgm_mg_dl[l] - mean), mean);
        low_percent[l] = titr_pick(shows, share + NEW_MINUTE * (low - share), share);
    }
}

void TITR_SYMBOL(titri_clinic_turn)(titri_play *p)
{
    const titr_record *r = &p->env->base.view.record;
    const size_t row = titri_history_next(p->env);
    double *const history_mg_dl = r->cgm_history + row * r->stride + p->b.first;
    uint32_t *const newest = r->cgm_newest + p->b.first;
    for (size_t l = 0; l < TITR_LANES; l++) {
        if (p->runs[l]) {
            newest[l] = (uint32_t)row;
            history_mg_dl[l] = p->env->held_mg_dl[p->b.first + l];
        }
    }
}

/* Sums over the ring, of the lanes of a block. */
typedef struct iob_sum {
    double basal_u[TITR_LANES], bolus_u[TITR_LANES];
} iob_sum;

/* Add the intervals j = from + 1 .. to, newest first; the newest of them lies in `row`. */
TITR_INLINE void add_iob(const titri_iob *iob, size_t row, size_t from, size_t to, iob_sum *sum)
{
    for (size_t j = from; j < to; j++) {
        const double *const basal_u = iob->basal_u + (row + j - from) * TITR_LANES;
        const double middle = iob->at_middle[j];
        TITR_FOR_LANES(l)
        {
            sum->basal_u[l] += middle * basal_u[l];
        }
    }
    for (size_t j = from; j < to; j++) {
        if (iob->any_bolus[row + j - from]) {
            const double *const bolus_u = iob->bolus_u + (row + j - from) * TITR_LANES;
            const double start = iob->at_start[j];
            TITR_FOR_LANES(l)
            {
                sum->bolus_u[l] += start * bolus_u[l];
            }
        }
    }
}

void TITR_SYMBOL(titri_clinic_note)(titri_play *p, const double *basal_u)
{
    const titri_iob iob = p->env->iob;
    const size_t first = p->b.index * iob.slots, row = first + iob.head;
    titr_flag some = 0;
    iob_sum sum;
    TITR_OR_LANES(l, some)
    {
        TITR_AT(iob.bolus_u, row, l) = p->bolus_u[l];
        TITR_AT(iob.basal_u, row, l) = basal_u[l];
        sum.basal_u[l] = sum.bolus_u[l] = 0.0;
        some |= p->bolus_u[l] != 0.0;
    }
    iob.any_bolus[row] = some != 0;
    add_iob(&iob, row, 0, iob.slots - iob.head, &sum);
    add_iob(&iob, first, iob.slots - iob.head, iob.slots, &sum);
    TITR_FOR_LANES(l)
    {
        p->iob_u[l] = sum.basal_u[l] + sum.bolus_u[l];
        p->bolus_iob_u[l] = sum.bolus_u[l];
    }
}

/* Mean and least-squares slope of those readings 0, 5, 10 and 15 min ago that are there: a sensor
 * that showed nothing for a while. The mean stays without any, the slope is 0 below two. */
static void bridge_gap(const double *mg_dl, double *mean, double *rate_per_min)
{
    double n = 0.0, sum = 0.0, sum_min = 0.0, products = 0.0, squares = 0.0;
    for (size_t k = 0; k < 4; k++) {
        const double there = isnan(mg_dl[k]) ? 0.0 : 1.0;
        n += there;
        sum += there > 0.0 ? mg_dl[k] : 0.0;
        sum_min -= there * 5.0 * (double)k;
    }
    *mean = n > 0.0 ? sum / n : *mean;
    for (size_t k = 0; k < 4; k++) {
        const double from_middle = -5.0 * (double)k - sum_min / (n > 0.0 ? n : 1.0);
        products += isnan(mg_dl[k]) ? 0.0 : from_middle * mg_dl[k];
        squares += isnan(mg_dl[k]) ? 0.0 : from_middle * from_middle;
    }
    *rate_per_min = n > 1.0 ? products / squares : 0.0;
}

/* Readings 0, 5, 10 and 15 min ago: the mean, and the least-squares slope over those times. */
static void fill_cgm(const titri_play *p)
{
    titr_flag gap[TITR_LANES], some = 0;
    double *const age_min = column(p, TITR_OBS_CGM_AGE);
    const double *const time_min = p->env->time_min + p->b.first;
    const double *const seen_min = p->env->seen_min + p->b.first;
    double now[TITR_LANES], ago5[TITR_LANES], ago10[TITR_LANES], ago15[TITR_LANES];
    double *const cgm_mg_dl = column(p, TITR_OBS_CGM);
    double *const mean_mg_dl = column(p, TITR_OBS_CGM_MEAN_15);
    double *const rate_mg_dl_per_min = column(p, TITR_OBS_CGM_RATE);
    for (size_t l = 0; l < TITR_LANES; l++) {
        now[l] = reading(p, l, 0);
        ago5[l] = reading(p, l, 5);
        ago10[l] = reading(p, l, 10);
        ago15[l] = reading(p, l, 15);
    }
    TITR_OR_LANES(l, some)
    {
        const titr_flag runs = p->runs[l];
        const double mean = 0.25 * (now[l] + ago5[l] + ago10[l] + ago15[l]);
        const double rate = (7.5 * (now[l] - ago15[l]) + 2.5 * (ago5[l] - ago10[l])) / 125.0;
        const titr_flag whole = runs & (titr_flag)(mean == mean);
        gap[l] = runs & (whole ^ 1);
        some |= gap[l];
        cgm_mg_dl[l] = titr_pick(runs, now[l], cgm_mg_dl[l]);
        age_min[l] = titr_pick(runs, time_min[l] - seen_min[l], age_min[l]);
        mean_mg_dl[l] = titr_pick(whole, mean, mean_mg_dl[l]);
        rate_mg_dl_per_min[l] = titr_pick(whole, rate, rate_mg_dl_per_min[l]);
    }
    for (size_t l = 0; some && l < TITR_LANES; l++) {
        if (gap[l]) {
            const double mg_dl[] = {now[l], ago5[l], ago10[l], ago15[l]};
            bridge_gap(mg_dl, &mean_mg_dl[l], &rate_mg_dl_per_min[l]);
        }
    }
}

/* Announced meals: looked up anew only when the answer changes. */
static void fill_meals(const titri_play *p)
{
    titri_patients *env = p->env;
    const double *const time_min = env->time_min + p->b.first;
    const double *const holds_min = env->cache.told_holds_min + p->b.first;
    const double *const told_at_min = env->cache.told_at_min + p->b.first;
    double *const since_min = column(p, TITR_OBS_SINCE_MEAL);
    titr_flag stale[TITR_LANES], some = 0;
    TITR_OR_LANES(l, some)
    {
        stale[l] = p->runs[l] & (titr_flag)(time_min[l] > holds_min[l]);
        some |= stale[l];
    }
    for (size_t l = 0; some && l < TITR_LANES; l++) {
        if (stale[l]) {
            titri_show_meals(env, p->b.first + l);
        }
    }
    TITR_FOR_LANES(l)
    {
        const double since = time_min[l] - told_at_min[l];
        const double shown = since < TITR_MIN_PER_DAY ? since : TITR_MIN_PER_DAY;
        since_min[l] = titr_pick(p->runs[l], shown, since_min[l]);
    }
}

/* The clock, and the settings when another hour has begun. */
static void fill_settings(const titri_play *p)
{
    titri_patients *env = p->env;
    const double *const time_min = env->time_min + p->b.first;
    const double *const shown_hour = env->cache.hour + p->b.first;
    double *const of_day_min = column(p, TITR_OBS_TIME_OF_DAY);
    double *const shown_min = column(p, TITR_OBS_TIME), *const left_min =
                                                            column(p, TITR_OBS_TIME_LEFT);
    double hour[TITR_LANES];
    titr_flag stale[TITR_LANES], some = 0;
    TITR_OR_LANES(l, some)
    {
        const titr_flag runs = p->runs[l];
        const double clock_min = env->def.clock_start_min + time_min[l];
        const double of_day = clock_min - TITR_MIN_PER_DAY * floor(clock_min / TITR_MIN_PER_DAY);
        hour[l] = floor(of_day / TITR_MIN_PER_HOUR);
        of_day_min[l] = titr_pick(runs, of_day, of_day_min[l]);
        shown_min[l] = titr_pick(runs, time_min[l], shown_min[l]);
        left_min[l] = titr_pick(runs, env->def.horizon_min - time_min[l], left_min[l]);
        stale[l] = runs & (titr_flag)(hour[l] != shown_hour[l]);
        some |= stale[l];
    }
    for (size_t l = 0; some && l < TITR_LANES; l++) {
        if (stale[l]) {
            titri_show_settings(env, p->b.first + l, (size_t)hour[l]);
        }
    }
}

static void fill_iob(const titri_play *p)
{
    const double *const weight_kg = column(p, TITR_OBS_WEIGHT);
    const double *const tdi_u = column(p, TITR_OBS_TDI);
    double *const iob_u = column(p, TITR_OBS_IOB), *const bolus_u = column(p, TITR_OBS_BOLUS_IOB);
    double *const per_kg = column(p, TITR_OBS_IOB_PER_KG);
    double *const of_tdi = column(p, TITR_OBS_IOB_FRACTION);
    double *const basal_of_tdi = column(p, TITR_OBS_BASAL_IOB_FRACTION);
    TITR_FOR_LANES(l)
    {
        const titr_flag runs = p->runs[l];
        const double all = p->iob_u[l], bolus = p->bolus_iob_u[l];
        iob_u[l] = titr_pick(runs, all, iob_u[l]);
        bolus_u[l] = titr_pick(runs, bolus, bolus_u[l]);
        per_kg[l] = titr_pick(runs, all / weight_kg[l], per_kg[l]);
        of_tdi[l] = titr_pick(runs, all / tdi_u[l], of_tdi[l]);
        basal_of_tdi[l] = titr_pick(runs, (all - bolus) / tdi_u[l], basal_of_tdi[l]);
    }
}

/* What a bolus calculator makes of it. */
static void fill_advice(const titri_play *p)
{
    const double *const carbs_g = column(p, TITR_OBS_CARBS_ANNOUNCED);
    const double *const cr_g_per_u = column(p, TITR_OBS_CR);
    const double *const cgm_mg_dl = column(p, TITR_OBS_CGM);
    const double *const target_mg_dl = column(p, TITR_OBS_TARGET);
    const double *const cf_mg_dl_per_u = column(p, TITR_OBS_CF);
    const double *const bolus_iob_u = column(p, TITR_OBS_BOLUS_IOB);
    const double *const recent_g = column(p, TITR_OBS_CARBS_4H);
    const double *const tdi_u = column(p, TITR_OBS_TDI);
    double *const proposed_u = column(p, TITR_OBS_BOLUS_PROPOSED);
    double *const ratio = column(p, TITR_OBS_CORRECTION_RATIO);
    double *const recent_of_tdi = column(p, TITR_OBS_CARBS_4H_FRACTION);
    TITR_FOR_LANES(l)
    {
        const titr_calculator c = {.carbs_g = carbs_g[l],
                                   .cr_g_per_u = cr_g_per_u[l],
                                   .cgm_mg_dl = cgm_mg_dl[l],
                                   .target_mg_dl = target_mg_dl[l],
                                   .cf_mg_dl_per_u = cf_mg_dl_per_u[l],
                                   .bolus_iob_u = bolus_iob_u[l]};
        const double meal_u = titr_calculator_meal_u(c);
        const double share = titr_calculator_needed_u(c) / meal_u;
        const double proposal_u = titr_calculator_proposal_u(c);
        const double shown = meal_u > 0.0 ? share : 0.0;
        const double recent = recent_g[l] / (cr_g_per_u[l] * tdi_u[l]);
        proposed_u[l] = titr_pick(p->runs[l], proposal_u, proposed_u[l]);
        ratio[l] = titr_pick(p->runs[l], shown, ratio[l]);
        recent_of_tdi[l] = titr_pick(p->runs[l], recent, recent_of_tdi[l]);
    }
}

void TITR_SYMBOL(titri_clinic_fill)(titri_play *p)
{
    titri_patients *env = p->env;
    fill_cgm(p);
    fill_meals(p);
    fill_settings(p);
    fill_iob(p);
    fill_advice(p);
    for (size_t l = 0; l < TITR_LANES; l++) {
        const size_t lane = p->b.first + l;
        if (p->runs[l]) {
            env->actions->mask(env->def.actions.def, &env->base.view.record, lane,
                               env->mask + lane * env->base.view.n_levels);
        }
    }
}

void TITR_SYMBOL(titri_clinic_begin)(titri_patients *env, size_t lane)
{
    titri_play p = {.env = env, .b = titri_block_of(env, lane / TITR_LANES)};
    const size_t l = lane - p.b.first;
    p.runs[l] = 1;
    env->sensor->start(env->def.sensor.def, env->cache.sensor[lane], l, p.b.sensor);
    TITR_SYMBOL(titri_clinic_read)(&p, 0, p.runs);
    const double first = reading(&p, l, 0);
    const titr_record *r = &env->base.view.record;
    r->col[TITR_OBS_CGM_MEAN_2D][lane] = first;
    r->col[TITR_OBS_CGM_LOW_2D][lane] = 0.0;
    r->cgm_newest[lane] = (uint32_t)env->history_row;
    for (size_t k = 0; k < TITRI_READINGS; k++) {
        TITR_AT(p.b.readings, k, l) = first;
    }
    for (size_t k = 0; k < TITR_CGM_HISTORY; k++) {
        r->cgm_history[k * r->stride + lane] = first;
    }
    TITR_SYMBOL(titri_clinic_fill)(&p);
}
