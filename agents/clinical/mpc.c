// SPDX-License-Identifier: GPL-3.0-or-later
/* Zone model predictive control with a state estimator and an insulin-on-board constraint.
 *
 *   estimate  the population model of mpc_model.h, corrected by each reading          (1)-(7)
 *   plan      v_j = i G_I (insulin per interval beyond the schedule) in block j of
 *             1, 2, 3, 4, 6, 8, 12, 12 intervals, then the schedule again;
 *             minimise the squared excursions from the zone over the horizon, lows weighing
 *             low_weight times as much, plus move_weight v_j^2 per interval             (8)
 *   subject to 0 <= insulin, at most max_basal_factor times the schedule after now      (9)
 *             insulin on board after now <= iob_factor [ max(0, G - zone_hi) / CF
 *                                 + carbohydrate on board / CR ] + iob_share daily insulin  (10)
 *             now: at least meal_share of the meal's bolus by the carbohydrate ratio    (11)
 *   give      the first block's insulin, as basal rate up to the limit of (9), the rest as bolus
 *
 * Zone and unequal weights: [gondhalekar2016]; insulin on board as a limit: [ellingsen2009]. (10)
 * and the limits by age (hard_limits.h) bound what (8) may ask for, (11) is the clinic's and not
 * bound by (10). Settings, CGM, insulin on board, weight and announced meals are the record's; the
 * insulin that (1) follows is what was asked for, decision by decision.
 * Oracle: optimality against brute force (test_zone_qp.c), an exact linear plant, hand-worked
 * limits, tests/agents/clinical/test_mpc.c. */
#include "titrate/agents/agent.h"
#include "titrate/base/units.h"

#include "hard_limits.h"
#include "mpc_model.h"
#include "zone_qp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct mpc_def {
    titri_mpc_model_def model;
    double zone_lo_mg_dl, zone_hi_mg_dl, low_weight, move_weight, horizon_min;
    double max_basal_factor, iob_factor, iob_share, meal_share;
    int meal_bolus;
} mpc_def;

enum { HORIZON_MAX = TITRI_QP_PREDICTIONS }; /* intervals */

/* Intervals of each block; the last blocks may reach beyond the horizon and are cut. */
static const size_t block_length[] = {1, 2, 3, 4, 6, 8, 12, 12};
enum { BLOCKS = TITRI_QP_MOVES };
_Static_assert(sizeof block_length / sizeof block_length[0] == BLOCKS, "a length for each block");

/* One lane: what is estimated, and the last plan, from which the next search begins. */
typedef struct lane {
    titri_mpc_state state;
    double plan[BLOCKS];
} lane;

typedef struct mpc {
    mpc_def def;
    titri_mpc_model model;
    double interval_min;
    size_t horizon;
    double response[HORIZON_MAX * BLOCKS];    /* fall by v_j = 1 in all of block j */
    double move[BLOCKS], weight[HORIZON_MAX]; /* r and w of zone_qp.h */
    size_t n_lanes;
    lane lane[];
} mpc;

static const titr_option options[] = {
    {.name = "insulin_gain",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 1.1,
     .lo = 0.1,
     .hi = 10.0,
     .doc = "G_I over its estimate from the settings",
     .source = "assumed",
     .offset = offsetof(mpc_def, model.insulin_gain)},
    {.name = "settings_share",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.9,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "s: G_I from the carbohydrate ratio and weight (1), from the correction factor (0)",
     .source = "assumed",
     .offset = offsetof(mpc_def, model.settings_share)},
    {.name = "meal_rise_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 170.0,
     .lo = 10.0,
     .hi = 1000.0,
     .doc = "rise by 1 g of carbohydrate per kg of body weight, without insulin: G_M times weight",
     .source = "assumed",
     .offset = offsetof(mpc_def, model.meal_rise_mg_dl)},
    {.name = "fasting_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 140.0,
     .lo = 80.0,
     .hi = 200.0,
     .doc = "glucose that the scheduled basal holds",
     .source = "assumed",
     .offset = offsetof(mpc_def, model.fasting_mg_dl)},
    {.name = "insulin_time_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 88.0,
     .lo = 5.0,
     .hi = 300.0,
     .doc = "time constant of insulin's two poles; 140 in the published model",
     .source = "assumed",
     .offset = offsetof(mpc_def, model.insulin_time_min)},
    {.name = "meal_time_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 49.0,
     .lo = 5.0,
     .hi = 300.0,
     .doc = "time constant of the meal's two poles",
     .source = "assumed",
     .offset = offsetof(mpc_def, model.meal_time_min)},
    {.name = "return_time_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 350.0,
     .lo = 30.0,
     .hi = 1000.0,
     .doc = "time constant of glucose's return; 247 in the published model",
     .source = "vanheusden2012",
     .offset = offsetof(mpc_def, model.return_time_min)},
    {.name = "drift_time_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 41.0,
     .lo = 5.0,
     .hi = 1000.0,
     .doc = "time constant of what nobody announced",
     .source = "assumed",
     .offset = offsetof(mpc_def, model.drift_time_min)},
    {.name = "drift_sd_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 0.1,
     .lo = 0.0,
     .hi = 20.0,
     .doc = "standard deviation of what is new in it, per interval",
     .source = "assumed",
     .offset = offsetof(mpc_def, model.drift_sd_mg_dl)},
    {.name = "glucose_sd_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 4.4,
     .lo = 0.0,
     .hi = 20.0,
     .doc = "standard deviation of glucose's own error, per interval",
     .source = "assumed",
     .offset = offsetof(mpc_def, model.glucose_sd_mg_dl)},
    {.name = "gain_sd",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.14,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "standard deviation of the child's own gains i and m; 0: not estimated",
     .source = "assumed",
     .offset = offsetof(mpc_def, model.gain_sd)},
    {.name = "sensor_sd_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 11.7,
     .lo = 0.1,
     .hi = 50.0,
     .doc = "standard deviation of the sensor's error",
     .source = "breton2008",
     .offset = offsetof(mpc_def, model.sensor_sd_mg_dl)},
    {.name = "sensor_time_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 42.0,
     .lo = 1.0,
     .hi = 300.0,
     .doc = "time constant of the sensor's error: autocorrelation 0.7 after 15 min",
     .source = "breton2008",
     .offset = offsetof(mpc_def, model.sensor_time_min)},
    {.name = "zone_lo_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 115.0,
     .lo = 60.0,
     .hi = 150.0,
     .doc = "lower end of the zone",
     .source = "choice",
     .offset = offsetof(mpc_def, zone_lo_mg_dl)},
    {.name = "zone_hi_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 120.0,
     .lo = 80.0,
     .hi = 200.0,
     .doc = "upper end of the zone",
     .source = "choice",
     .offset = offsetof(mpc_def, zone_hi_mg_dl)},
    {.name = "low_weight",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 20.0,
     .lo = 1.0,
     .hi = 1000.0,
     .doc = "weight of a low excursion over a high one",
     .source = "assumed",
     .offset = offsetof(mpc_def, low_weight)},
    {.name = "move_weight",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.4,
     .lo = 0.0001,
     .hi = 1000.0,
     .doc = "weight of insulin off the schedule",
     .source = "assumed",
     .offset = offsetof(mpc_def, move_weight)},
    {.name = "horizon_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 270.0,
     .lo = 30.0,
     .hi = 600.0,
     .doc = "how far ahead is predicted",
     .source = "choice",
     .offset = offsetof(mpc_def, horizon_min)},
    {.name = "max_basal_factor",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 5.0,
     .lo = 1.0,
     .hi = 50.0,
     .doc = "upper limit of the rate as a multiple of the scheduled basal",
     .source = "choice",
     .offset = offsetof(mpc_def, max_basal_factor)},
    {.name = "iob_factor",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.65,
     .lo = 0.0,
     .hi = 5.0,
     .doc = "insulin on board allowed, as a share of what glucose and carbohydrate ask for",
     .source = "assumed",
     .offset = offsetof(mpc_def, iob_factor)},
    {.name = "iob_share",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.06,
     .lo = 0.0,
     .hi = 0.5,
     .doc = "insulin on board allowed besides, as a share of daily insulin",
     .source = "assumed",
     .offset = offsetof(mpc_def, iob_share)},
    {.name = "meal_share",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 1.0,
     .lo = 0.0,
     .hi = 2.0,
     .doc = "share of carbohydrate / CR given at once at an announced meal",
     .source = "assumed",
     .offset = offsetof(mpc_def, meal_share)},
    {.name = "meal_bolus",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .init = 1,
     .doc = "announced meals are bolused and foreseen; false: they are not looked at",
     .source = "choice",
     .offset = offsetof(mpc_def, meal_bolus)},
};

static const titr_tune_axis tune[] = {
    {"insulin_gain", {{0.7, 0.85, 1.0, 1.15, 1.3, 1.5}, 6}},
    {"meal_share", {{0.7, 0.8, 0.9, 1.0, 1.1, 1.2}, 6}},
    {"move_weight", {{0.05, 0.15, 0.4, 1.0, 3.0}, 5}},
    {"iob_share", {{0.01, 0.03, 0.06, 0.1, 0.15}, 5}},
    {"iob_factor", {{0.5, 0.65, 0.8, 1.0, 1.5, 2.5}, 6}},
    {"zone_lo_mg_dl", {{90.0, 100.0, 110.0, 115.0}, 4}},
    {"zone_hi_mg_dl", {{120.0, 130.0, 140.0}, 3}},
    {"low_weight", {{5.0, 10.0, 20.0, 50.0}, 4}},
    {"meal_rise_mg_dl", {{130.0, 150.0, 170.0, 200.0}, 4}},
    {"drift_sd_mg_dl", {{0.1, 0.5, 1.0, 2.0}, 4}},
};

/* Fall after k + 1 intervals by v_j = 1 throughout block j. */
static void fill_response(mpc *c)
{
    double unit[HORIZON_MAX];
    titri_mpc_unit_response(&c->model, c->horizon, unit);
    size_t from = 0;
    for (size_t j = 0; j < BLOCKS; j++) {
        for (size_t k = 0; k < c->horizon; k++) {
            double sum = 0.0;
            for (size_t at = from; at < from + block_length[j] && at <= k; at++) {
                sum += unit[k - at];
            }
            c->response[k * BLOCKS + j] = sum;
        }
        from += block_length[j];
        c->move[j] = fmax(c->def.move_weight * (double)block_length[j], 1e-9);
    }
    for (size_t k = 0; k < c->horizon; k++) {
        c->weight[k] = 1.0;
    }
}

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    const mpc_def *d = def;
    if (!(d->zone_lo_mg_dl < d->zone_hi_mg_dl)) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "zone_lo_mg_dl: %.10g mg/dL, expected below zone_hi_mg_dl = %.10g mg/dL",
                         d->zone_lo_mg_dl, d->zone_hi_mg_dl);
    }
    mpc *c = calloc(1, sizeof *c + context->n_lanes * sizeof c->lane[0]);
    if (c == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for agent mpc");
    }
    c->def = *d;
    c->n_lanes = context->n_lanes;
    c->interval_min = context->decision_interval_min;
    const double steps = fmax(2.0, floor(d->horizon_min / c->interval_min));
    c->horizon = steps < HORIZON_MAX ? (size_t)steps : HORIZON_MAX;
    titri_mpc_model_init(&c->model, &d->model, c->interval_min);
    fill_response(c);
    *self = c;
    return TITR_OK;
}

/* A child at a decision, in units per interval. */
typedef struct need {
    titri_mpc_gains gains;
    double gain;        /* i G_I, mg/dL per U            */
    double scheduled_u; /* basal of the interval          */
    double meal_u;      /* that (11) gives                */
    double most_u;      /* insulin now, at most           */
    double rate_u;      /* basal of the interval, at most */
} need;

static need need_of(const mpc *c, const titr_record *record, size_t l)
{
    const mpc_def *d = &c->def;
    const titri_mpc_state *s = &c->lane[l].state;
    double *const *col = record->col;
    const titri_hard_limits limits = titri_hard_limits_of(col[TITR_OBS_AGE][l]);
    const double hours = c->interval_min / TITR_MIN_PER_HOUR;
    const double scheduled = col[TITR_OBS_BASAL][l];
    need n = {.scheduled_u = scheduled * hours};
    n.gains = titri_mpc_gains_of(&c->model, col[TITR_OBS_CR][l], col[TITR_OBS_CF][l],
                                 col[TITR_OBS_WEIGHT][l]);
    n.gain = titri_mpc_gain(s, TITRI_MPC_I) * n.gains.insulin_mg_dl_per_u;
    const double now = d->model.fasting_mg_dl + s->mean[TITRI_MPC_X];
    const double asked_u = fmax(0.0, now - d->zone_hi_mg_dl) / col[TITR_OBS_CF][l] +
                           (s->meal_g[0] + s->meal_g[1]) / col[TITR_OBS_CR][l];
    const double allowed =
        fmin(d->iob_factor * asked_u + d->iob_share * col[TITR_OBS_TDI][l], limits.iob_u);
    const double free_u = fmax(0.0, allowed - col[TITR_OBS_IOB][l]);
    n.rate_u = fmin(d->max_basal_factor * scheduled, fmax(limits.basal_u_per_h, scheduled)) * hours;
    n.meal_u = d->meal_bolus ? d->meal_share * titr_meal_bolus_u(record, l) : 0.0;
    n.meal_u = fmin(n.meal_u, limits.bolus_u);
    n.most_u = fmax(n.meal_u, fmin(n.scheduled_u + free_u, limits.bolus_u));
    return n;
}

/* Insulin of the coming interval by (8) to (11), U. */
static double plan_u(const mpc *c, lane *a, const need *n)
{
    double free_mg_dl[HORIZON_MAX], lower[BLOCKS], upper[BLOCKS];
    titri_mpc_free_response(&c->model, n->gains, &a->state, c->horizon, free_mg_dl);
    for (size_t j = 0; j < BLOCKS; j++) {
        lower[j] = -n->gain * n->scheduled_u;
        upper[j] = n->gain * (n->rate_u - n->scheduled_u);
    }
    lower[0] = n->gain * (n->meal_u - n->scheduled_u);
    upper[0] = n->gain * (n->most_u - n->scheduled_u);
    const titri_zone_qp qp = {.n_y = c->horizon,
                              .a = c->response,
                              .free = free_mg_dl,
                              .w = c->weight,
                              .r = c->move,
                              .lower = lower,
                              .upper = upper,
                              .lo = c->def.zone_lo_mg_dl,
                              .hi = c->def.zone_hi_mg_dl,
                              .low_weight = c->def.low_weight};
    (void)titri_zone_qp_solve(&qp, a->plan);
    return fmax(0.0, n->scheduled_u + a->plan[0] / n->gain);
}

static titr_dose decide(mpc *c, const titr_batch *batch, size_t l)
{
    lane *a = &c->lane[l];
    titri_mpc_state *s = &a->state;
    const titr_record *record = batch->record;
    if (batch->first[l]) {
        titri_mpc_state_begin(&c->model, s);
        memset(a->plan, 0, sizeof a->plan);
    }
    if (!isnan(record->col[TITR_OBS_CGM][l])) { /* without a reading the forecast stands */
        titri_mpc_correct(&c->model, s, record->col[TITR_OBS_CGM][l]);
    }
    if (c->def.meal_bolus) {
        titri_mpc_eat(s, record->col[TITR_OBS_CARBS_ANNOUNCED][l]);
    }
    const need n = need_of(c, record, l);
    const double u = plan_u(c, a, &n);
    titri_mpc_predict(&c->model, n.gains, s, u - n.scheduled_u);
    const double rate_u = fmin(u, n.rate_u);
    return (titr_dose){rate_u * TITR_MIN_PER_HOUR / c->interval_min, u - rate_u};
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
    lane *a = &((mpc *)self)->lane[l];
    titri_mpc_state *s = &a->state;
    const size_t n = TITRI_MPC_N;
    TITR_TRY(titr_visit_vector(v, "insulin_u", TITR_F64, 2, s->insulin_u, err));
    TITR_TRY(titr_visit_vector(v, "meal_g", TITR_F64, 2, s->meal_g, err));
    TITR_TRY(titr_visit_vector(v, "mean", TITR_F64, n, s->mean, err));
    TITR_TRY(titr_visit_vector(v, "covariance", TITR_F64, n * n, s->covariance, err));
    return titr_visit_vector(v, "plan", TITR_F64, BLOCKS, a->plan, err);
}

static titr_status visit_lanes(void *self, titr_visitor *v, titr_error *err)
{
    mpc *c = self;
    return titr_visit_each(v, "lane", c->n_lanes, visit_lane, c, err);
}

const titr_agent_type titr_agent_mpc = {
    .part = {.name = "mpc",
             .doc = "zone model predictive control with state estimator and insulin-on-board limit",
             .source = "gondhalekar2016",
             TITR_OPTIONS(options, mpc_def)},
    .tune = tune,
    .n_tune = sizeof tune / sizeof tune[0],
    .create = create,
    .destroy = free,
    .act = act,
    .visit_lanes = visit_lanes,
};
