// SPDX-License-Identifier: GPL-3.0-or-later
/* The chain: rule after rule, lane after lane. */
#include "titrate/agents/shield.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A difference that small is rounding (U, U/h): it is applied, but no intervention. */
#define ROUNDING 1e-9

/* One entry of the chain. */
typedef struct entry {
    const titr_shield_type *type;
    const void *def;
    size_t number;  /* index among the registered rules     */
    size_t at;      /* where its state begins in the lane's */
    size_t n_state; /* doubles of it                        */
} entry;

struct titr_shield {
    entry rule[TITR_SHIELD_RULES_MAX];
    size_t n, n_lanes, n_state, n_registered;
    double interval_min;
    double *state;       /* [n_lanes][n_state]      */
    double *withheld_u;  /* [n_lanes][n_registered] */
    unsigned char *last; /* [n_lanes] number of the last rule that acted; 0: none */
};

/* @return n_registered for a rule that is not in the registry: it acts, and is counted nowhere. */
static size_t number_of(const titr_shield_type *type)
{
    size_t n = 0, i = 0;
    const titr_shield_type *const *all = titr_shield_all(&n);
    while (i < n && all[i] != type) {
        i++;
    }
    return i;
}

static void lay_out(titr_shield *s, const titr_shield_def *def)
{
    (void)titr_shield_all(&s->n_registered);
    for (s->n = 0; s->n < def->n; s->n++) {
        const titr_slot slot = def->rule[s->n];
        const titr_shield_type *type = slot.type;
        const size_t size =
            type->n_state != NULL ? type->n_state(slot.def, s->interval_min) : (size_t)0;
        s->rule[s->n] = (entry){type, slot.def, number_of(type), s->n_state, size};
        s->n_state += size;
    }
}

titr_status titr_shield_create(const titr_shield_def *def, size_t n_lanes,
                               double decision_interval_min, titr_shield **out, titr_error *err)
{
    titr_shield *s = calloc(1, sizeof *s);
    if (s != NULL) {
        s->n_lanes = n_lanes;
        s->interval_min = decision_interval_min;
        lay_out(s, def);
        s->state = calloc(n_lanes * s->n_state + 1, sizeof *s->state);
        s->withheld_u = calloc(n_lanes * (s->n_registered + 1), sizeof *s->withheld_u);
        s->last = calloc(n_lanes + 1, 1);
    }
    if (s == NULL || s->state == NULL || s->withheld_u == NULL || s->last == NULL) {
        titr_shield_destroy(s);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a shield of %zu lanes", n_lanes);
    }
    *out = s;
    return TITR_OK;
}

void titr_shield_destroy(titr_shield *shield)
{
    if (shield == NULL) {
        return;
    }
    free(shield->state);
    free(shield->withheld_u);
    free(shield->last);
    free(shield);
}

/* The lower of the two, but not below 0; `before` where the rule's answer is no number. */
static double lowered(double before, double limit)
{
    return isnan(limit) ? before : fmin(before, fmax(limit, 0.0));
}

static titr_dose pass(titr_shield *s, const entry *rule, const titr_shield_view *view,
                      titr_dose dose)
{
    const titr_dose limit = rule->type->limit(rule->def, view, dose);
    const titr_dose after = {lowered(dose.basal_u_per_h, limit.basal_u_per_h),
                             lowered(dose.bolus_u, limit.bolus_u)};
    if (dose.basal_u_per_h - after.basal_u_per_h > ROUNDING ||
        dose.bolus_u - after.bolus_u > ROUNDING) {
        double *withheld_u = s->withheld_u + view->lane * (s->n_registered + 1);
        withheld_u[rule->number] += titr_dose_insulin_u(dose, s->interval_min) -
                                    titr_dose_insulin_u(after, s->interval_min);
        s->last[view->lane] =
            (unsigned char)(rule->number < s->n_registered ? rule->number + 1 : 0);
    }
    return after;
}

static titr_dose decide(titr_shield *s, titr_shield_view view, titr_dose dose)
{
    double *state = s->state + view.lane * s->n_state;
    for (size_t i = 0; i < s->n; i++) {
        view.state = state + s->rule[i].at;
        dose = pass(s, &s->rule[i], &view, dose);
    }
    for (size_t i = 0; i < s->n; i++) {
        if (s->rule[i].type->given != NULL) {
            view.state = state + s->rule[i].at;
            s->rule[i].type->given(s->rule[i].def, &view, dose);
        }
    }
    return dose;
}

void titr_shield_apply(titr_shield *shield, const titr_record *record, const unsigned char *first,
                       const unsigned char *running, titr_dose *dose)
{
    const size_t columns = shield->n_registered + 1;
    for (size_t l = 0; l < shield->n_lanes; l++) {
        if (!running[l]) {
            continue;
        }
        if (first[l]) {
            memset(shield->state + l * shield->n_state, 0, shield->n_state * sizeof *shield->state);
        }
        memset(shield->withheld_u + l * columns, 0, columns * sizeof *shield->withheld_u);
        shield->last[l] = 0;
        if (isfinite(dose[l].basal_u_per_h) && isfinite(dose[l].bolus_u)) {
            const titr_shield_view view = {record, l, shield->interval_min, first[l], NULL};
            dose[l] = decide(shield, view, dose[l]);
        }
    }
}

int titr_shield_rule(const titr_shield *shield, size_t lane)
{
    return shield->last[lane];
}

const double *titr_shield_withheld_u(const titr_shield *shield, size_t lane)
{
    return shield->withheld_u + lane * (shield->n_registered + 1);
}

titr_status titr_shield_visit(titr_shield *shield, titr_visitor *v, titr_error *err)
{
    const size_t shape[2] = {shield->n_lanes, shield->n_state};
    return shield->n_state == 0
               ? TITR_OK
               : titr_state_visit(v, "rules", TITR_F64, 2, shape, shield->state, err);
}
