// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest.h"

#include "titrate/base/text.h"
#include "titrate/runner/version.h"
#include "titrate/store/store.h"

#include <stdlib.h>
#include <string.h>

titr_status titri_manifest_of_judgement(const titr_experiment *e, char **json, titr_error *err)
{
    char *experiment = NULL, libraries[512];
    titr_experiment *copy = malloc(sizeof *copy);
    if (copy == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the manifest");
    }
    *copy = *e;                                    /* shallow */
    memset(&copy->output, 0, sizeof copy->output); /* where a run was put is not part of it */
    const titr_status st = titr_experiment_json(copy, &experiment, err);
    free(copy);
    TITR_TRY(st);
    titr_library_versions(libraries, sizeof libraries);
    titr_text text = {0};
    titr_text_printf(
        &text,
        "{\"program\": \"titrate\", \"version\": \"%s\", \"schema_version\": %d,\n"
        " \"notice\": \"SIMULATED - for research and education, not a medical device\",\n"
        " \"libraries\": \"%s\",\n \"experiment\": %s}\n",
        titr_version(), TITR_SCHEMA_VERSION, libraries, experiment);
    free(experiment);
    return titr_text_take(&text, json, err);
}

titr_status titri_manifest(const titr_experiment *e, char **json, titr_error *err)
{
    titr_experiment *copy = malloc(sizeof *copy);
    if (copy == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the manifest");
    }
    *copy = *e; /* shallow */
    memset(&copy->ope, 0, sizeof copy->ope);
    const titr_status st = titri_manifest_of_judgement(copy, json, err);
    free(copy);
    return st;
}
