// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as a cohort's CSV: read, or refused with one line. */
#include "fuzz/fuzz.h"
#include "titrate/cohort/cohort.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    titr_error err = {0};
    titr_cohort cohort = {0};
    const titr_model_type *model = titr_model_find("glucose_s2008");
    const titr_status status = titr_cohort_load(
        &(titr_cohort_request){
            .source = "file", .path = fuzz_file(data, size, "csv"), .subjects = "all"},
        model, &cohort, &err);
    fuzz_answer(status, &err);
    titr_cohort_fini(&cohort);
    return 0;
}
