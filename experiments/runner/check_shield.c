// SPDX-License-Identifier: GPL-3.0-or-later
/* What a shield's section must be, where one is in use. */
#include "check_shield.h"

#include "guard.h"

#include <stdio.h>

static titr_status check_rule(titr_slot slot, titr_error *err)
{
    titr_error inner = {0};
    const titr_part *part = titr_slot_part(slot);
    if (part == NULL) {
        return titr_fail(err, TITR_ERR_CONFIG, "shield.rules: no rule is chosen");
    }
    if (titr_options_check(part->options, part->n_options, slot.def, &inner) != TITR_OK) {
        return titr_fail(err, TITR_ERR_CONFIG, "shield.rules.%.60s.%s", part->name, inner.what);
    }
    const double *teen_years = titr_slot_field(slot, "teen_from_years");
    const double *adult_years = titr_slot_field(slot, "adult_from_years");
    if (teen_years != NULL && adult_years != NULL && *adult_years < *teen_years) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "shield.rules.%.60s.adult_from_years: %.10g a, expected at least "
                         "teen_from_years = %.10g a",
                         part->name, *adult_years, *teen_years);
    }
    return TITR_OK;
}

titr_status titri_check_shield(const titr_experiment *e, titr_error *err)
{
    for (size_t i = 0; i < e->shield.n; i++) {
        TITR_TRY(check_rule(e->shield.rule[i], err));
    }
    if (e->shield.n == 0 && titri_guards_any(e)) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "shield.rules: empty, and a shield is in use; expected at least one, see "
                         "`titrate list shield`");
    }
    return TITR_OK;
}
