// SPDX-License-Identifier: GPL-3.0-or-later
/* Which library the matrix products come from, looked up as the loader bound them. */
/* NOLINTNEXTLINE(bugprone-*,cert-dcl*,readability-identifier-naming): dladdr, RTLD_DEFAULT */
#define _GNU_SOURCE
#include "titrate/agents/blas.h"

#include "gemm.h"

#include <cblas.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

void titri_blas_one_thread(void)
{
    if (openblas_get_num_threads() != 1) {
        openblas_set_num_threads(1);
    }
}

/* Where the library that has this symbol is in memory; NULL if it is part of the program. */
static const void *base_of(const char *symbol, const char **file)
{
    Dl_info info;
    void *place = dlsym(RTLD_DEFAULT, symbol);
    if (place == NULL || dladdr(place, &info) == 0) {
        return NULL;
    }
    *file = info.dli_fname;
    return info.dli_fbase;
}

int titr_blas_is_openblas(void)
{
    const char *file = NULL;
    return base_of("cblas_sgemm", &file) == base_of("openblas_get_config", &file);
}

void titr_blas_version(char *text, size_t size)
{
    if (!titr_blas_is_openblas()) {
        const char *file = "";
        (void)base_of("cblas_sgemm", &file);
        const char *slash = strrchr(file, '/');
        (void)snprintf(text, size, "not OpenBLAS but %s (slow)", slash != NULL ? slash + 1 : file);
        return;
    }
    /* "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..." */
    const char *config = openblas_get_config();
    const char *space = strchr(config, ' ');
    const size_t length =
        space != NULL ? (size_t)(space + 1 - config) + strcspn(space + 1, " ") : strlen(config);
    (void)snprintf(text, size, "%.*s", (int)length, config);
}

void titr_blas_library(char *text, size_t size)
{
    static const char *const parallel[] = {"sequential", "pthread", "OpenMP"};
    char version[96];
    titr_blas_version(version, sizeof version);
    if (!titr_blas_is_openblas()) {
        (void)snprintf(text, size, "%s", version);
        return;
    }
    titri_blas_one_thread();
    const int kind = openblas_get_parallel();
    (void)snprintf(text, size, "%s %s, %s kernels, %d thread", version,
                   kind >= 0 && kind <= 2 ? parallel[kind] : "?", openblas_get_corename(),
                   openblas_get_num_threads());
}
