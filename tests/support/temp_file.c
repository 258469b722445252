// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/temp_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int temp_file(char path[TEMP_PATH_MAX], const char *bytes, size_t n)
{
    (void)snprintf(path, TEMP_PATH_MAX, "/tmp/titrate_test_XXXXXX");
    const int fd = mkstemp(path);
    if (fd < 0) {
        return 0;
    }
    FILE *file = fdopen(fd, "wb");
    if (file == NULL) {
        (void)close(fd);
        return 0;
    }
    const size_t written = fwrite(bytes, 1, n, file);
    return fclose(file) == 0 && written == n;
}

void temp_remove(const char *path)
{
    (void)unlink(path);
}
