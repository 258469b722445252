// SPDX-License-Identifier: GPL-3.0-or-later
/* A changed dose is learned about as the level whose dose it is; where it is none, as the allowed
 * level of the most insulin that is not above it, or else of the least insulin (docs/shield.md). */
#include "guard.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SAME 1e-9 /* of a rate in U/h, of a bolus and of insulin over an interval in U */

titr_status titri_guard_fits(const titr_env_view *view, titr_error *err)
{
    return !view->takes_levels
               ? TITR_OK
               : titr_fail(err, TITR_ERR_CONFIG,
                           "shield: it limits doses, and a benchmark task takes levels; expected "
                           "train.shield and evaluate.shield = false, and no policy with shield = "
                           "\"on\"");
}

titr_status titri_guard(titri_roller *r, const titr_shield_def *def, titr_error *err)
{
    TITR_TRY(titri_guard_fits(r->view, err));
    return titr_shield_create(def, r->n, r->interval_min, &r->shield, err);
}

/* Allowed level that stands for a given dose. */
static int level_of(const titri_roller *r, size_t l, titr_dose given)
{
    const titr_actions_type *actions = r->actions.type;
    const unsigned char *mask = r->mask + l * r->n_levels;
    const double given_u = titr_dose_insulin_u(given, r->interval_min);
    int below = -1, least = -1;
    double below_u = -HUGE_VAL, least_u = HUGE_VAL;
    for (size_t k = 0; k < r->n_levels; k++) {
        if (!mask[k]) {
            continue;
        }
        const titr_dose dose = actions->dose(r->actions.def, &r->view->record, l, k);
        const double dose_u = titr_dose_insulin_u(dose, r->interval_min);
        if (fabs(dose.basal_u_per_h - given.basal_u_per_h) <= SAME &&
            fabs(dose.bolus_u - given.bolus_u) <= SAME) {
            return (int)k;
        }
        if (dose_u <= given_u + SAME && dose_u > below_u) {
            below = (int)k;
            below_u = dose_u;
        }
        if (dose_u < least_u) {
            least = (int)k;
            least_u = dose_u;
        }
    }
    return below >= 0 ? below : least;
}

void titri_guard_doses(titri_roller *r)
{
    titr_shield_apply(r->shield, &r->view->record, r->first, r->acted, r->dose);
    for (size_t l = 0; l < r->n; l++) {
        if (!r->acted[l]) {
            continue;
        }
        titr_step *row = &r->row[l];
        row->dose_given_basal_u_per_h = (float)r->dose[l].basal_u_per_h;
        row->dose_given_bolus_u = (float)r->dose[l].bolus_u;
        row->shield_rule = (int8_t)titr_shield_rule(r->shield, l);
        if (row->shield_rule != 0 && r->level[l] >= 0) {
            r->level[l] = level_of(r, l, r->dose[l]);
        }
    }
}

int titri_guards_training(const titr_experiment *e, const titr_policy_def *policy)
{
    return policy->shield == TITR_SHIELD_ON ||
           (policy->shield == TITR_SHIELD_DEFAULT && e->train.shield);
}

int titri_has_variant(const titr_experiment *e, const titr_policy_def *policy,
                      titri_variant variant)
{
    const int shielded = variant == TITRI_SHIELDED;
    switch (policy->shield) {
    case TITR_SHIELD_ON:
        return shielded;
    case TITR_SHIELD_OFF:
        return !shielded;
    default:
        return e->evaluate.shield == TITR_EVALUATE_BOTH ||
               shielded == (e->evaluate.shield == TITR_EVALUATE_SHIELDED);
    }
}

int titri_guards_evaluation(const titri_lab *lab)
{
    int any = 0;
    for (size_t p = 0; p < lab->n_policies; p++) {
        any |= titri_has_variant(lab->e, lab->policy[p].def, TITRI_SHIELDED);
    }
    return any;
}

int titri_guards_any(const titr_experiment *e)
{
    int any = e->train.shield || e->evaluate.shield != TITR_EVALUATE_PLAIN;
    for (size_t i = 0; i < e->n_policies; i++) {
        any |= e->policy[i].shield == TITR_SHIELD_ON;
    }
    return any;
}

void titri_variant_name(const titr_experiment *e, const titr_policy_def *policy,
                        titri_variant variant, char name[TITR_NAME_MAX])
{
    const int both =
        titri_has_variant(e, policy, TITRI_PLAIN) && titri_has_variant(e, policy, TITRI_SHIELDED);
    const char *suffix = both && variant == TITRI_SHIELDED ? TITRI_SHIELDED_SUFFIX : "";
    size_t length = 0; /* a replicate's number comes last: "q+shield#2" */
    (void)titr_replicate_number(policy->name, &length);
    char number[16];
    (void)snprintf(number, sizeof number, "%.15s", policy->name + length);
    const size_t most = TITR_NAME_MAX - 1 - strlen(suffix) - strlen(number);
    (void)snprintf(name, TITR_NAME_MAX, "%.*s%s%.8s", (int)(length < most ? length : most),
                   policy->name, suffix, number);
}

titr_status titri_guard_training(const titri_lab *lab, size_t policy, titri_roller *r,
                                 titr_error *err)
{
    r->learns_proposed = lab->e->train.learn_from == TITR_LEARN_PROPOSED;
    return titri_guards_training(lab->e, lab->policy[policy].def)
               ? titri_guard(r, &lab->e->shield, err)
               : TITR_OK;
}

void titri_guard_record(const titri_roller *r, size_t lane, titr_trajectory *t)
{
    const double *withheld_u = r->shield != NULL ? titr_shield_withheld_u(r->shield, lane) : NULL;
    float *row = titr_trajectory_panel_row(t, TITR_PANEL_SHIELD, t->n - 1);
    for (size_t i = 0; i < t->width[TITR_PANEL_SHIELD]; i++) {
        row[i] = withheld_u != NULL ? (float)withheld_u[i] : 0.0F;
    }
}

titr_status titri_write_rules(const titri_lab *lab, titr_writer *w, titr_error *err)
{
    size_t n = 0;
    const titr_shield_type *const *all = titr_shield_all(&n);
    const char *name[TITR_SHIELD_RULES_MAX], *doc[TITR_SHIELD_RULES_MAX];
    double number[TITR_SHIELD_RULES_MAX];
    for (size_t i = 0; i < n; i++) {
        number[i] = (double)(i + 1);
        name[i] = all[i]->part.name;
        doc[i] = all[i]->part.doc;
    }
    const titr_sheet_column columns[] = {
        {"number", "1", "as in /steps/shield_rule", number, NULL},
        {"rule", "", "name of the rule", NULL, name},
        {"meaning", "", "what it limits", NULL, doc},
    };
    return titri_guards_evaluation(lab) ? titr_writer_sheet(w, "shield_rules", columns, 3, n, err)
                                        : TITR_OK;
}
