// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/runner/version.h"

#include "titrate/agents/blas.h"
#include "titrate/solve/version.h"
#include "titrate/store/version.h"

#include <gsl/gsl_version.h>
#include <stdio.h>

const char *titr_version(void)
{
    return TITR_VERSION;
}

void titr_library_versions(char *text, size_t size)
{
    char solve[64], store[64], blas[64];
    titr_solve_library(solve, sizeof solve);
    titr_store_library(store, sizeof store);
    titr_blas_version(blas, sizeof blas);
    (void)snprintf(text, size, "%s, %s, GSL %s, %s", solve, store, gsl_version, blas);
}
