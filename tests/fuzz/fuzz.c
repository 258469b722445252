// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *fuzz_file(const uint8_t *data, size_t size, const char *extension)
{
    static char path[64];
    (void)snprintf(path, sizeof path, "/dev/shm/titrate_fuzz_%ld.%s", (long)getpid(), extension);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
        abort();
    }
    return path;
}

void fuzz_answer(titr_status status, const titr_error *err)
{
    if (status != TITR_OK && (err->what[0] == '\0' || strchr(err->what, '\n') != NULL)) {
        (void)fprintf(stderr, "status %d without one line of text: '%s'\n", (int)status, err->what);
        abort();
    }
}
