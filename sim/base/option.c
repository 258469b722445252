// SPDX-License-Identifier: GPL-3.0-or-later
/* Option tables: defaults, range checks, slots. */
#include "titrate/base/option.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const titr_part *titr_slot_part(titr_slot slot)
{
    return slot.type; /* every titr_<kind>_type begins with its titr_part */
}

void *titr_slot_field(titr_slot slot, const char *name)
{
    const titr_part *part = titr_slot_part(slot);
    const titr_option *option =
        part == NULL ? NULL : titr_option_find(part->options, part->n_options, name);
    return option == NULL ? NULL : (char *)slot.def + option->offset;
}

titr_status titr_slot_init(titr_slot *slot, const void *type, titr_error *err)
{
    const titr_part *part = type;
    void *def = NULL;
    if (part->def_size > 0) {
        def = calloc(1, part->def_size);
        if (def == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for its options", part->name);
        }
        titr_options_default(part->options, part->n_options, def);
    }
    *slot = (titr_slot){type, def};
    return TITR_OK;
}

titr_status titr_slot_copy(titr_slot *to, titr_slot from, titr_error *err)
{
    titr_slot copy = {0};
    if (from.type != NULL) {
        TITR_TRY(titr_slot_init(&copy, from.type, err));
        if (copy.def != NULL) {
            memcpy(copy.def, from.def, titr_slot_part(from)->def_size);
        }
    }
    *to = copy;
    return TITR_OK;
}

void titr_slot_fini(titr_slot *slot)
{
    free(slot->def);
    *slot = (titr_slot){0};
}

static void default_reals(const char *text, titr_reals *reals)
{
    reals->n = 0;
    while (text != NULL && *text != '\0' && reals->n < TITR_REALS_MAX) {
        char *end = NULL;
        reals->v[reals->n++] = strtod(text, &end);
        text = end + strspn(end, ", ");
    }
}

void titr_options_default(const titr_option *options, size_t n, void *def)
{
    for (size_t i = 0; i < n; i++) {
        const titr_option *o = &options[i];
        void *field = (char *)def + o->offset;
        switch (o->kind) {
        case TITR_OPTION_REAL:
            *(double *)field = o->init;
            break;
        case TITR_OPTION_INT:
            *(int64_t *)field = (int64_t)o->init;
            break;
        case TITR_OPTION_FLAG:
        case TITR_OPTION_CHOICE:
            *(int *)field = (int)o->init;
            break;
        case TITR_OPTION_TEXT:
            (void)snprintf(field, TITR_TEXT_MAX, "%s", o->text ? o->text : "");
            break;
        case TITR_OPTION_REALS:
            default_reals(o->text, field);
            break;
        }
    }
}

/* "key = value unit, allowed [lo, hi]"; refuses NaN too, unless that means "auto". */
static titr_status check_number(const titr_option *o, double value, titr_error *err)
{
    if ((value >= o->lo && value <= o->hi) || (isnan(value) && isnan(o->init))) {
        return TITR_OK;
    }
    const int dimensionless = o->unit == NULL || strcmp(o->unit, "1") == 0 || o->unit[0] == '\0';
    return titr_fail(err, TITR_ERR_RANGE, "%s = %.10g%s%s, allowed [%.10g, %.10g]", o->name, value,
                     dimensionless ? "" : " ", dimensionless ? "" : o->unit, o->lo, o->hi);
}

static titr_status check_option(const titr_option *o, const void *def, titr_error *err)
{
    const void *field = (const char *)def + o->offset;
    switch (o->kind) {
    case TITR_OPTION_REAL:
        return check_number(o, *(const double *)field, err);
    case TITR_OPTION_INT:
        return check_number(o, (double)*(const int64_t *)field, err);
    case TITR_OPTION_REALS: {
        const titr_reals *reals = field;
        for (size_t k = 0; k < reals->n; k++) {
            TITR_TRY(check_number(o, reals->v[k], err));
        }
        return TITR_OK;
    }
    case TITR_OPTION_TEXT:
        if (o->required && *(const char *)field == '\0') {
            return titr_fail(err, TITR_ERR_RANGE, "%s is empty, expected %s", o->name, o->doc);
        }
        return TITR_OK;
    case TITR_OPTION_FLAG:
    case TITR_OPTION_CHOICE:
        return TITR_OK;
    }
    return TITR_OK;
}

titr_status titr_options_check(const titr_option *options, size_t n, const void *def,
                               titr_error *err)
{
    for (size_t i = 0; i < n; i++) {
        TITR_TRY(check_option(&options[i], def, err));
    }
    return TITR_OK;
}

const titr_option *titr_option_find(const titr_option *options, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(options[i].name, name) == 0) {
            return &options[i];
        }
    }
    return NULL;
}
