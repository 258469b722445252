// SPDX-License-Identifier: GPL-3.0-or-later
/* An oref0-type controller: temporary basal rates and super-micro-boluses from forecasts of glucose
 * [oref0]. Forecasts, eventual glucose, deviation: oref0_forecast.h. From them, every 5 min:
 *
 *   threshold = target - (target - 40) / 2                                               (1)
 *   glucose or guard below (1): nothing, unless insulin is already short by 20 min of basal and
 *     glucose rises faster than expected                                                 (2)
 *   eventual below target: the schedule if glucose rises faster than expected, else
 *     required = 2 (eventual - target) / ISF, less while glucose falls slower than expected;
 *     rate = schedule + 2 required                                                       (3)
 *   without super-micro-boluses: the schedule while glucose falls faster than expected, or while
 *     the least of forecast and eventual is below target                                 (4)
 *   required = (least of forecast and eventual - target) / ISF, so that insulin on board stays
 *     within its maximum; below 0 and rising: the schedule, as in (3), or higher glucose would
 *     get less                                                                           (5)
 *   super-micro-bolus = smb_share required, at most smb_basal_min of basal, in whole steps; not
 *     when a reading jumped by more than 20 %. The rate beside it makes up for the worst case: the
 *     mean of naive and least forecast stays at target                                   (6)
 *   rate = schedule + 2 required, that is, required over 30 min, at most the least of
 *     max_daily_factor and max_current_factor times the schedule                         (7)
 *
 * A reading older than 12 min is none: the schedule, and a meal's own bolus; a source that lets a
 * lower temporary rate run on until it ends does nothing else then.
 *
 * The pump's limits by age are those of hard_limits.h. Carbohydrate on board falls by what
 * deviations show, at least by min_carb_impact_mg_dl per 5 min. The activity of insulin follows
 * from this agent's own doses; insulin on board is the record's. A meal's bolus is the
 * calculator's, carbohydrate / CR: corrections are (5)'s affair. Oracle: decisions worked by hand,
 * tests/agents/clinical/test_oref0.c. */
#include "titrate/agents/agent.h"
#include "titrate/base/clinical.h"
#include "titrate/base/units.h"

#include "hard_limits.h"
#include "oref0_forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TICK_MIN 5.0
#define TOO_OLD_MIN 12.0 /* of a reading */
#define MOST_TICKS 24.0  /* of a decision interval */
#define LONG_MEAL_H 6.0  /* after which nothing of a meal is left */
#define JUMP 0.2         /* of glucose: (6) */
#define SHORT_MIN 20.0   /* of basal: (2) */
#define WORST_MIN 30.0   /* steps of the rate beside a super-micro-bolus, min */

typedef struct oref0_def {
    double isf_factor, target_mg_dl, meal_share, smb_share, smb_basal_min, smb_step_u;
    double max_iob_share, min_carb_impact_mg_dl, max_carbs_g, carb_time_h;
    double max_daily_factor, max_current_factor, insulin_peak_min, insulin_duration_min;
    int meal_bolus, smb;
} oref0_def;

/* Ticks that a dose is followed: its whole action and the forecast. */
enum { FOLLOWED = 120 + TITRI_OREF0_TICKS, DEVIATIONS = 9 };

/* One lane. */
typedef struct lane {
    double falls_u[FOLLOWED];     /* of insulin on board in the ticks to come, by past doses */
    double deviation[DEVIATIONS]; /* mg/dL per tick, latest first */
    double carbs[3];              /* on board g, eaten g, tick's fall foreseen U */
} lane;
enum { ON_BOARD, EATEN, FORESEEN };

typedef struct oref0 {
    oref0_def def;
    size_t ticks; /* of a decision interval */
    size_t n_lanes;
    double fall[FOLLOWED];      /* of 1 U given at once, tick by tick */
    double zero_fall[FOLLOWED]; /* of 1 U/h from now on */
    lane lane[];
} oref0;

static const titr_option options[] = {
    {.name = "isf_factor",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 1.0,
     .lo = 0.2,
     .hi = 5.0,
     .doc = "ISF of the forecasts over the correction factor",
     .source = "assumed",
     .offset = offsetof(oref0_def, isf_factor)},
    {.name = "target_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = (double)NAN,
     .lo = 80.0,
     .hi = 180.0,
     .doc = "glucose aimed at; auto = the therapy's target",
     .source = "choice",
     .offset = offsetof(oref0_def, target_mg_dl)},
    {.name = "meal_share",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 1.0,
     .lo = 0.0,
     .hi = 2.0,
     .doc = "share of carbohydrate / CR given as bolus at an announced meal",
     .source = "choice",
     .offset = offsetof(oref0_def, meal_share)},
    {.name = "smb_share",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.5,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "share of the insulin required that a super-micro-bolus gives",
     .source = "oref0",
     .offset = offsetof(oref0_def, smb_share)},
    {.name = "smb_basal_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 30.0,
     .lo = 0.0,
     .hi = 120.0,
     .doc = "largest super-micro-bolus, in minutes of scheduled basal",
     .source = "oref0",
     .offset = offsetof(oref0_def, smb_basal_min)},
    {.name = "smb_step_u",
     .kind = TITR_OPTION_REAL,
     .unit = "U",
     .init = 0.05,
     .lo = 0.01,
     .hi = 0.5,
     .doc = "super-micro-boluses are whole multiples of this",
     .source = "choice",
     .offset = offsetof(oref0_def, smb_step_u)},
    {.name = "max_iob_share",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.15,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "largest insulin on board without a meal's, as a share of daily insulin; the design's "
            "own default is 0, to be opted into",
     .source = "assumed",
     .offset = offsetof(oref0_def, max_iob_share)},
    {.name = "min_carb_impact_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 8.0,
     .lo = 0.0,
     .hi = 50.0,
     .doc = "least rise per 5 min that absorbing carbohydrate is credited with",
     .source = "oref0",
     .offset = offsetof(oref0_def, min_carb_impact_mg_dl)},
    {.name = "max_carbs_g",
     .kind = TITR_OPTION_REAL,
     .unit = "g",
     .init = 120.0,
     .lo = 0.0,
     .hi = 400.0,
     .doc = "largest carbohydrate on board that is believed",
     .source = "oref0",
     .offset = offsetof(oref0_def, max_carbs_g)},
    {.name = "carb_time_h",
     .kind = TITR_OPTION_REAL,
     .unit = "h",
     .init = 3.0,
     .lo = 1.0,
     .hi = 6.0,
     .doc = "least time in which a meal is absorbed",
     .source = "oref0",
     .offset = offsetof(oref0_def, carb_time_h)},
    {.name = "max_daily_factor",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 3.0,
     .lo = 1.0,
     .hi = 10.0,
     .doc = "largest rate over the largest scheduled one",
     .source = "oref0",
     .offset = offsetof(oref0_def, max_daily_factor)},
    {.name = "max_current_factor",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 4.0,
     .lo = 1.0,
     .hi = 10.0,
     .doc = "largest rate over the scheduled one of the hour",
     .source = "oref0",
     .offset = offsetof(oref0_def, max_current_factor)},
    {.name = "insulin_peak_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 75.0,
     .lo = 30.0,
     .hi = 150.0,
     .doc = "peak of the insulin's activity",
     .source = "loopkit_exponential",
     .offset = offsetof(oref0_def, insulin_peak_min)},
    {.name = "insulin_duration_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 360.0,
     .lo = 250.0,
     .hi = 600.0,
     .doc = "end of it, more than twice the peak",
     .source = "loopkit_exponential",
     .offset = offsetof(oref0_def, insulin_duration_min)},
    {.name = "meal_bolus",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .init = 1,
     .doc = "bolus announced meals and count their carbohydrate; false: they are not looked at",
     .source = "choice",
     .offset = offsetof(oref0_def, meal_bolus)},
    {.name = "smb",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .init = 1,
     .doc = "give super-micro-boluses; false: temporary basal rates alone",
     .source = "oref0",
     .offset = offsetof(oref0_def, smb)},
};

static const titr_tune_axis tune[] = {
    {"meal_share", {{0.9, 1.0, 1.15, 1.3, 1.45, 1.6}, 6}},
    {"target_mg_dl", {{100.0, 106.0, 112.0, 120.0, 130.0}, 5}},
    {"isf_factor", {{0.5, 0.75, 1.0, 1.3, 1.7, 2.2}, 6}},
    {"smb_basal_min", {{3.0, 15.0, 30.0, 60.0, 90.0}, 5}},
    {"max_iob_share", {{0.02, 0.05, 0.15, 0.3}, 4}},
    {"max_current_factor", {{1.4, 2.0, 3.0, 4.0}, 4}},
    {"smb_share", {{0.3, 0.5, 0.75, 0.95}, 4}},
    {"min_carb_impact_mg_dl", {{8.0, 16.0, 24.0, 40.0}, 4}},
    {"insulin_peak_min", {{60.0, 75.0, 90.0}, 3}},
    {"insulin_duration_min", {{360.0, 420.0, 540.0}, 3}},
};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    const oref0_def *d = def;
    if (!(d->insulin_duration_min > 2.0 * d->insulin_peak_min)) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "insulin_duration_min: %.10g min, expected more than twice "
                         "insulin_peak_min = %.10g min",
                         d->insulin_duration_min, d->insulin_peak_min);
    }
    const double ticks = context->decision_interval_min / TICK_MIN;
    if (!(ticks >= 1.0 && ticks <= MOST_TICKS && ticks == floor(ticks))) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "agent oref0: decisions every %.10g min, expected a multiple of %g min up "
                         "to %g min",
                         context->decision_interval_min, TICK_MIN, MOST_TICKS * TICK_MIN);
    }
    oref0 *o = calloc(1, sizeof *o + context->n_lanes * sizeof o->lane[0]);
    if (o == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for agent oref0");
    }
    o->def = *d;
    o->n_lanes = context->n_lanes;
    o->ticks = (size_t)ticks;
    double left = 1.0, gone = 0.0;
    for (size_t k = 0; k < FOLLOWED; k++) {
        const double now = titr_iob_fraction(TICK_MIN * (double)(k + 1), d->insulin_peak_min,
                                             d->insulin_duration_min);
        o->fall[k] = left - now;
        left = now;
        gone += o->fall[k];
        o->zero_fall[k] = gone * TICK_MIN / TITR_MIN_PER_HOUR;
    }
    *self = o;
    return TITR_OK;
}

/* Mean change per tick since the readings `from` to `to` ticks ago; the latest change if no reading
 * is that old. */
static double mean_delta(const oref0 *o, const titr_record *record, size_t l, size_t from,
                         size_t to)
{
    const double now = titr_record_cgm(record, l, 0);
    double sum = 0.0, n = 0.0;
    for (size_t ago = 1; ago * o->ticks <= to; ago++) {
        if (ago * o->ticks >= from) {
            sum += (now - titr_record_cgm(record, l, ago)) / (double)(ago * o->ticks);
            n += 1.0;
        }
    }
    return n > 0.0 ? sum / n : (now - titr_record_cgm(record, l, 1)) / (double)o->ticks;
}

/* Least slope of the deviations since their highest, or a third of that since their lowest. */
static double slope_of(const double *deviation)
{
    double since_most = 0.0, since_least = 0.0, most = deviation[0], least = deviation[0];
    for (size_t k = 1; k < DEVIATIONS; k++) {
        if (deviation[k] > most) {
            most = deviation[k];
            since_most = (deviation[0] - most) / (double)k;
        }
        if (deviation[k] < least) {
            least = deviation[k];
            since_least = (deviation[0] - least) / (double)k;
        }
    }
    return fmin(since_most, -since_least / 3.0);
}

/* The interval just over: what was absorbed of the meal, and where the deviations stand. */
static void settle_interval(const oref0 *o, lane *a, const titri_oref0_now *n)
{
    const double now = n->delta + n->isf_mg_dl_per_u * a->carbs[FORESEEN];
    memmove(a->deviation + 1, a->deviation, (DEVIATIONS - 1) * sizeof *a->deviation);
    a->deviation[0] = now;
    const double impact = fmax(now, o->def.min_carb_impact_mg_dl) * (double)o->ticks;
    a->carbs[ON_BOARD] -= impact * n->cr_g_per_u / n->isf_mg_dl_per_u;
    if (a->carbs[ON_BOARD] <= 0.0 || n->meal_age_h >= LONG_MEAL_H) {
        a->carbs[ON_BOARD] = a->carbs[EATEN] = 0.0;
    }
}

static void eat(const oref0 *o, lane *a, double carbs_g, titri_oref0_now *n)
{
    a->carbs[EATEN] += carbs_g;
    a->carbs[ON_BOARD] = fmin(a->carbs[ON_BOARD] + carbs_g, o->def.max_carbs_g);
    n->meal_age_h = carbs_g > 0.0 ? 0.0 : n->meal_age_h;
    n->on_board_g = a->carbs[ON_BOARD];
    n->eaten_g = a->carbs[EATEN];
}

/* What is known, before anything is given. */
static titri_oref0_now look(const oref0 *o, const titr_record *record, size_t l)
{
    double *const *col = record->col;
    const double own = o->def.target_mg_dl;
    titri_oref0_now n = {.glucose_mg_dl = titr_record_cgm_held(record, l),
                         .delta = mean_delta(o, record, l, 1, 1),
                         .short_delta = mean_delta(o, record, l, 1, 3),
                         .long_delta = mean_delta(o, record, l, 4, 8),
                         .isf_mg_dl_per_u = o->def.isf_factor * col[TITR_OBS_CF][l],
                         .cr_g_per_u = col[TITR_OBS_CR][l],
                         .target_mg_dl = isnan(own) ? col[TITR_OBS_TARGET][l] : own,
                         .iob_u = col[TITR_OBS_IOB][l],
                         .meal_age_h = col[TITR_OBS_SINCE_MEAL][l] / TITR_MIN_PER_HOUR,
                         .time_h = o->def.carb_time_h};
    n.threshold_mg_dl = n.target_mg_dl - 0.5 * (n.target_mg_dl - 40.0);
    return n;
}

/* A dose that is on its way. */
static void follow(const oref0 *o, lane *a, double beyond_u_per_h, double bolus_u)
{
    const double tick_u = beyond_u_per_h * TICK_MIN / TITR_MIN_PER_HOUR;
    for (size_t k = 0; k < FOLLOWED; k++) {
        a->falls_u[k] += bolus_u * o->fall[k];
        for (size_t t = 0; t < o->ticks && t <= k; t++) {
            a->falls_u[k] += tick_u * o->fall[k - t];
        }
    }
}

/* The interval passes. */
static void turn(const oref0 *o, lane *a)
{
    a->carbs[FORESEEN] = 0.0;
    for (size_t t = 0; t < o->ticks; t++) {
        a->carbs[FORESEEN] += a->falls_u[t] / (double)o->ticks;
    }
    memmove(a->falls_u, a->falls_u + o->ticks, (FOLLOWED - o->ticks) * sizeof *a->falls_u);
    memset(a->falls_u + FOLLOWED - o->ticks, 0, o->ticks * sizeof *a->falls_u);
}

/* What bounds a decision. */
typedef struct bounds {
    double basal_u_per_h, most_u_per_h, max_iob_u, bolus_u;
} bounds;

static bounds bounds_of(const oref0 *o, const titr_record *record, size_t l)
{
    const oref0_def *d = &o->def;
    const titri_hard_limits hard = titri_hard_limits_of(record->col[TITR_OBS_AGE][l]);
    const double basal = record->col[TITR_OBS_BASAL][l];
    const double safe = fmin(d->max_daily_factor, d->max_current_factor) * basal;
    return (bounds){basal, fmax(basal, fmin(safe, hard.basal_u_per_h)),
                    fmin(d->max_iob_share * record->col[TITR_OBS_TDI][l], hard.iob_u),
                    hard.bolus_u};
}

/* Equation (3). */
static double rate_when_low(const bounds *b, const titri_oref0_now *n,
                            const titri_oref0_forecast *f)
{
    if (f->least_delta > f->expected_delta && f->least_delta > 0.0) {
        return f->naive_mg_dl < 40.0 ? 0.0 : b->basal_u_per_h;
    }
    const double required = 2.0 * (f->eventual_mg_dl - n->target_mg_dl) / n->isf_mg_dl_per_u;
    const int slower = f->least_delta < 0.0 && f->least_delta > f->expected_delta;
    const double eased = slower ? required * f->least_delta / f->expected_delta : required;
    return fmax(0.0, b->basal_u_per_h + 2.0 * eased);
}

/* Equation (6). @param[out] rate beside the bolus, changed only if there is one. @return bolus, U
 */
static double small_bolus_u(const oref0_def *d, const bounds *b, const titri_oref0_now *n,
                            const titri_oref0_forecast *f, double required_u, double *rate)
{
    const double jump = fmax(n->delta, fmax(n->short_delta, n->long_delta));
    if (!d->smb || jump > JUMP * n->glucose_mg_dl) {
        return 0.0;
    }
    const double most = fmin(b->basal_u_per_h * d->smb_basal_min / TITR_MIN_PER_HOUR, b->bolus_u);
    const double wanted = fmin(d->smb_share * required_u, most);
    const double bolus_u = d->smb_step_u * floor(wanted / d->smb_step_u + 1e-9);
    if (bolus_u <= 0.0) {
        return 0.0;
    }
    const double worst =
        (n->target_mg_dl - (f->naive_mg_dl + f->least_iob_mg_dl) / 2.0) / n->isf_mg_dl_per_u;
    const double without_min = TITR_MIN_PER_HOUR * worst / b->basal_u_per_h;
    if (without_min >= WORST_MIN) {
        *rate = 0.0;
    } else if (without_min > 0.0) {
        *rate = b->basal_u_per_h * (1.0 - without_min / WORST_MIN);
    }
    return bolus_u;
}

/* Equations (2) to (7). @param[in] quiet 1: no super-micro-bolus now. */
static titr_dose judge(const oref0_def *d, const bounds *b, const titri_oref0_now *n,
                       const titri_oref0_forecast *f, int quiet)
{
    const double basal = b->basal_u_per_h;
    const int rising = f->least_delta > 0.0 && f->least_delta > f->expected_delta;
    const int already = n->glucose_mg_dl < n->threshold_mg_dl &&
                        n->iob_u < -basal * SHORT_MIN / TITR_MIN_PER_HOUR && rising;
    const double least = fmin(n->glucose_mg_dl, f->guard_mg_dl);
    if (!already && least < n->threshold_mg_dl) {
        return (titr_dose){0.0, 0.0};
    }
    if (f->eventual_mg_dl < n->target_mg_dl) {
        return (titr_dose){fmin(rate_when_low(b, n, f), b->most_u_per_h), 0.0};
    }
    const double reached = fmin(f->least_mg_dl, f->eventual_mg_dl);
    if (!d->smb && (f->least_delta < f->expected_delta || reached < n->target_mg_dl)) {
        return (titr_dose){basal, 0.0};
    }
    if (n->iob_u > b->max_iob_u) {
        return (titr_dose){basal, 0.0};
    }
    const double required =
        fmin((reached - n->target_mg_dl) / n->isf_mg_dl_per_u, b->max_iob_u - n->iob_u);
    if (required < 0.0 && rising) {
        return (titr_dose){basal, 0.0};
    }
    double rate = fmin(fmax(0.0, basal + 2.0 * required), b->most_u_per_h);
    const int may_bolus = !quiet && n->glucose_mg_dl > n->threshold_mg_dl;
    const double bolus_u = may_bolus ? small_bolus_u(d, b, n, f, required, &rate) : 0.0;
    return (titr_dose){rate, bolus_u};
}

static titr_dose decide(oref0 *o, const titr_batch *batch, size_t l)
{
    const titr_record *record = batch->record;
    lane *a = &o->lane[l];
    if (batch->first[l]) {
        memset(a, 0, sizeof *a);
    }
    titri_oref0_now n = look(o, record, l);
    const bounds b = bounds_of(o, record, l);
    double meal_u = 0.0;
    settle_interval(o, a, &n);
    if (o->def.meal_bolus) {
        eat(o, a, record->col[TITR_OBS_CARBS_ANNOUNCED][l], &n);
        meal_u = fmin(o->def.meal_share * titr_meal_bolus_u(record, l), b.bolus_u);
    }
    follow(o, a, 0.0, meal_u);
    n.iob_u += meal_u;
    n.slope_mg_dl = slope_of(a->deviation);
    memcpy(n.falls_u, a->falls_u, sizeof n.falls_u);
    for (size_t k = 0; k < TITRI_OREF0_TICKS; k++) {
        n.zero_falls_u[k] = a->falls_u[k] - b.basal_u_per_h * o->zero_fall[k];
    }
    titri_oref0_forecast f;
    titri_oref0_forecast_make(&n, &f);
    titr_dose dose = judge(&o->def, &b, &n, &f, meal_u > 0.0);
    if (record->col[TITR_OBS_CGM_AGE][l] > TOO_OLD_MIN) {
        dose = (titr_dose){b.basal_u_per_h, 0.0};
    }
    follow(o, a, dose.basal_u_per_h - b.basal_u_per_h, dose.bolus_u);
    turn(o, a);
    dose.bolus_u += meal_u;
    return dose;
}

static titr_status act(void *self, const titr_batch *batch, titr_act_mode mode,
                       titr_decision *decision, titr_error *err)
{
    (void)mode;
    (void)err;
    for (size_t l = 0; l < batch->n; l++) {
        if (batch->running[l]) {
            decision[l] = (titr_decision){-1, decide(self, batch, l), 1.0};
        }
    }
    return TITR_OK;
}

static titr_status visit_lane(void *self, size_t l, titr_visitor *v, titr_error *err)
{
    lane *a = &((oref0 *)self)->lane[l];
    TITR_TRY(titr_visit_vector(v, "falls_u", TITR_F64, FOLLOWED, a->falls_u, err));
    TITR_TRY(titr_visit_vector(v, "deviation", TITR_F64, DEVIATIONS, a->deviation, err));
    return titr_visit_vector(v, "carbs", TITR_F64, 3, a->carbs, err);
}

static titr_status visit_lanes(void *self, titr_visitor *v, titr_error *err)
{
    oref0 *o = self;
    return titr_visit_each(v, "lane", o->n_lanes, visit_lane, o, err);
}

const titr_agent_type titr_agent_oref0 = {
    .part = {.name = "oref0",
             .doc = "temporary basal and super-micro-boluses from forecasts of glucose",
             .source = "oref0",
             TITR_OPTIONS(options, oref0_def)},
    .tune = tune,
    .n_tune = sizeof tune / sizeof tune[0],
    .create = create,
    .destroy = free,
    .act = act,
    .visit_lanes = visit_lanes,
};
