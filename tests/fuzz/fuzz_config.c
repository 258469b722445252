// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as a config; what follows a byte 0x01 is an override (-D). */
#include "fuzz/fuzz.h"
#include "titrate/config/config.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static titr_experiment e;
    titr_error err = {0};
    const uint8_t *mark = size > 0 ? memchr(data, 1, size) : NULL;
    const size_t n = mark != NULL ? (size_t)(mark - data) : size;
    const size_t rest = mark != NULL ? size - n - 1 : 0;
    char *override = calloc(1, rest + 1);
    if (override == NULL) {
        return 0;
    }
    if (rest > 0) {
        memcpy(override, mark + 1, rest);
    }
    const char *const overrides[] = {override};
    const titr_status status = titr_config_read_text("/nowhere/t.cfg", (const char *)data, n,
                                                     overrides, mark != NULL, &e, &err);
    fuzz_answer(status, &err);
    if (status == TITR_OK) {
        char *json = NULL;
        if (titr_experiment_json(&e, &json, &err) != TITR_OK) {
            abort(); /* what was accepted can be written down */
        }
        free(json);
        titr_experiment_fini(&e);
    }
    free(override);
    return 0;
}
