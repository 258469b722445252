// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/solve/version.h"

#include <stdio.h>
#include <sundials/sundials_version.h>

void titr_solve_library(char *text, size_t size)
{
    char version[32] = "";
    (void)SUNDIALSGetVersion(version, (int)sizeof version);
    (void)snprintf(text, size, "SUNDIALS %s", version);
}

const char *titr_solve_build(void)
{
    return TITR_SUNDIALS_BUILD;
}
