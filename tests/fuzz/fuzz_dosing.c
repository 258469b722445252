// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as a dosing record: read, or refused with one line. */
#include "fuzz/fuzz.h"
#include "titrate/env/dosing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    titr_error err = {0};
    titr_dosing dosing = {0};
    const titr_status status = titr_dosing_read(fuzz_file(data, size, "csv"), &dosing, &err);
    fuzz_answer(status, &err);
    titr_dosing_fini(&dosing);
    return 0;
}
