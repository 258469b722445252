// SPDX-License-Identifier: GPL-3.0-or-later
/* Is what the user names in the experiment? */
#include "guard.h"

#include "titrate/base/option.h"

#include <stdlib.h>
#include <string.h>

titr_status titri_among(const char *kind, const char *name, const char *const *names, size_t n,
                        titr_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0) {
            return TITR_OK;
        }
    }
    const char *near = titr_nearest(name, names, n);
    return titr_fail(err, TITR_ERR_NOT_FOUND, "no %s '%s' in the experiment; %s '%s'%s", kind, name,
                     near ? "did you mean" : "the first is", near ? near : names[0],
                     near ? "?" : "");
}

static titr_status find_both(const titri_lab *lab, const char *policy, const char *patient,
                             char (*text)[TITR_NAME_MAX], const char **names, titr_error *err)
{
    size_t n = 0;
    for (size_t p = 0; p < lab->n_policies; p++) {
        const titri_policy *own = &lab->policy[p];
        for (int v = 0; v < TITRI_N_VARIANTS; v++) {
            size_t length = 0;
            if (!titri_has_variant(lab->e, own->def, (titri_variant)v)) {
                continue;
            }
            titri_variant_name(lab->e, own->def, (titri_variant)v, text[n]);
            names[n] = text[n];
            n++;
            if (titr_replicate_number(text[n - 1], &length) == 1) { /* all of them together */
                memcpy(text[n], text[n - 1], length);               /* all zeros behind it */
                names[n] = text[n];
                n++;
            }
        }
    }
    if (policy != NULL) {
        TITR_TRY(titri_among("policy", policy, names, n, err));
    }
    for (size_t c = 0; c < lab->cohort.n; c++) {
        names[c] = lab->cohort.child[c].patient.id;
    }
    return patient != NULL ? titri_among("patient", patient, names, lab->cohort.n, err) : TITR_OK;
}

titr_status titr_experiment_find(const titr_experiment *e, const char *policy, const char *patient,
                                 titr_error *err)
{
    titri_lab *lab = NULL;
    if (policy == NULL && patient == NULL) {
        return TITR_OK;
    }
    TITR_TRY(titri_lab_prepare(e, NULL, &lab, err));
    const size_t n = (size_t)2 * TITRI_N_VARIANTS * lab->n_policies;
    const char **names = calloc(n + lab->cohort.n + 1, sizeof *names);
    char(*text)[TITR_NAME_MAX] = calloc(n + 1, sizeof *text);
    const titr_status st = names != NULL && text != NULL
                               ? find_both(lab, policy, patient, text, names, err)
                               : titr_fail(err, TITR_ERR_NOMEM, "no memory for the names");
    free(text);
    free((void *)names);
    titri_lab_destroy(lab);
    return st;
}
