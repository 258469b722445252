// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as a sensor's CSV: read, or refused with one line. */
#include "fuzz/fuzz.h"
#include "titrate/metrics/readings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    titr_error err = {0};
    titr_readings readings = {0};
    const titr_status status =
        titr_readings_read_csv(fuzz_file(data, size, "csv"), NULL, &readings, &err);
    fuzz_answer(status, &err);
    titr_readings_fini(&readings);
    return 0;
}
