// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/agents/blas.h
 * @brief Which BLAS multiplies the networks' matrices. GSL's own is 12 to 14 times slower than
 *        OpenBLAS and is there silently where the wrong library is loaded first.
 */
#ifndef TITR_AGENTS_BLAS_H
#define TITR_AGENTS_BLAS_H

#include <stddef.h>

/** "OpenBLAS 0.3.21", or what it is instead. */
void titr_blas_version(char *text, size_t size);
/** The same with what this machine makes of it: "OpenBLAS 0.3.21 pthread, Zen kernels, 1 thread".
 */
void titr_blas_library(char *text, size_t size);
/** 1 if matrix products are OpenBLAS's. */
int titr_blas_is_openblas(void);

#endif
