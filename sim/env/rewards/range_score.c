// SPDX-License-Identifier: GPL-3.0-or-later
/* Reward of an interval by the range of the glucose at its end:
 *
 *   1 within 70 to 180 mg/dL; 0 above; -low_cost below 70 and -very_low_cost below 54 mg/dL;
 *   -very_high_cost above 250 mg/dL; less risk_cost x its Magni risk [magni2007]
 *
 * The ranges are the consensus's [battelino2019]; what leaving them costs is a choice. The risk
 * tells two values of the same range apart, so that a learner is drawn away from the far ends.
 * Oracle: the consensus's boundaries, tests/sim/env/rewards/test_range_score.c. */
#include "titrate/base/clinical.h"
#include "titrate/base/lanes.h"
#include "titrate/env/reward.h"

#include <math.h>

typedef struct score_def {
    double low_cost, very_low_cost, very_high_cost, risk_cost;
} score_def;

#define COST(field_, name_, init_, doc_)                                                           \
    {                                                                                              \
        .name = (name_), .kind = TITR_OPTION_REAL, .unit = "1", .init = (init_), .lo = 0.0,        \
        .hi = 1000.0, .doc = (doc_), .source = "choice", .offset = offsetof(score_def, field_)     \
    }

static const titr_option options[] = {
    COST(low_cost, "low_cost", 2.0, "cost of an interval that ends from 54 to below 70 mg/dL"),
    COST(very_low_cost, "very_low_cost", 5.0, "cost of an interval that ends below 54 mg/dL"),
    COST(very_high_cost, "very_high_cost", 0.5, "cost of an interval that ends above 250 mg/dL"),
    COST(risk_cost, "risk_cost", 0.0, "cost of each unit of the Magni risk at its end"),
};

static void step(const void *def, const double *before_mg_dl, const double *after_mg_dl,
                 double *reward)
{
    const score_def d = *(const score_def *)def;
    (void)before_mg_dl;
    TITR_FOR_LANES(l)
    {
        const double glucose = after_mg_dl[l];
        const double low = glucose < TITR_VERY_LOW_MG_DL ? -d.very_low_cost : -d.low_cost;
        const double high = glucose > TITR_VERY_HIGH_MG_DL ? -d.very_high_cost : 0.0;
        const double above = glucose > TITR_HIGH_MG_DL ? high : 1.0;
        const double score = glucose < TITR_LOW_MG_DL ? low : above;
        reward[l] = score - d.risk_cost * titr_risk_magni(glucose);
    }
}

/* Limits that leave nothing out of range still have a deadly interval's 1 to take back. */
static double worst(const void *def, double lo_mg_dl, double hi_mg_dl)
{
    const score_def *d = def;
    double most = lo_mg_dl > TITR_LOW_MG_DL || hi_mg_dl < TITR_HIGH_MG_DL ? 1.0 : 0.0;
    most = lo_mg_dl < TITR_LOW_MG_DL ? fmax(most, d->low_cost) : most;
    most = lo_mg_dl < TITR_VERY_LOW_MG_DL ? fmax(most, d->very_low_cost) : most;
    most = hi_mg_dl > TITR_VERY_HIGH_MG_DL ? fmax(most, d->very_high_cost) : most;
    return most + d->risk_cost * fmax(titr_risk_magni(lo_mg_dl), titr_risk_magni(hi_mg_dl));
}

const titr_reward_type TITR_SYMBOL(titr_reward_range_score) = {
    .part = {.name = "range_score",
             .doc = "1 while true glucose is within 70 to 180 mg/dL at the interval's end, less "
                    "what leaving the range costs",
             .source = "battelino2019",
             TITR_OPTIONS(options, score_def)},
    .step = step,
    .worst = worst,
};
