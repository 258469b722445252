// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as an experiment: read, or refused with one line. */
#include "fuzz/fuzz.h"
#include "titrate/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    titr_error err = {0};
    titr_experiment experiment = {0};
    const titr_status status =
        titr_config_read_text("fuzz.cfg", (const char *)data, size, NULL, 0, &experiment, &err);
    fuzz_answer(status, &err);
    if (status == TITR_OK) {
        titr_experiment_fini(&experiment);
    }
    return 0;
}
