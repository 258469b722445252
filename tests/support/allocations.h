// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/allocations.h
 * @brief Counts allocations of the whole process and the bytes that it holds, libraries included,
 * and makes one of ours fail.
 *
 * The test binary has its own malloc, calloc, realloc, aligned_alloc, posix_memalign and free,
 * which count and pass on to the C library. Sanitizers bring their own: there nothing is counted.
 *
 * The calls of the project's own library lead through here (its symbols are renamed for the tests),
 * with sanitizers too, so that any of them can be made to fail.
 */
#ifndef TITR_TESTS_SUPPORT_ALLOCATIONS_H
#define TITR_TESTS_SUPPORT_ALLOCATIONS_H

#include "titrate/base/status.h"

#include <stddef.h>

/* What the library calls in the test binary instead of the C library's functions. */
void *test_malloc(size_t size);
void *test_calloc(size_t n, size_t size);
void *test_realloc(void *block, size_t size);
void *test_aligned_alloc(size_t alignment, size_t size);
char *test_strdup(const char *text);

#if defined(__SANITIZE_ADDRESS__)
#define TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TEST_SANITIZED 1
#endif
#endif
#ifndef TEST_SANITIZED
#define TEST_SANITIZED 0
#endif

/** Calls so far; 0 under a sanitizer. */
size_t allocations(void);
/** Bytes held now; 0 under a sanitizer. From here on allocations_most counts. */
size_t allocations_mark(void);
/** The most bytes that were held at once since then. */
size_t allocations_most(void);

/** What is tried with too little memory: on success it has released everything again. */
typedef titr_status allocations_attempt(void *context, titr_error *err);
/** Try while the first allocation of ours fails, while the (1 + step)th does, and so on until none
 *  does. Fails the test unless each of them gives TITR_ERR_NOMEM with a one-line text, and the
 * last, which gets all it wants, TITR_OK.
 *  @param[in] step 1 unless the attempt takes long. @return how many failures there were. */
size_t allocations_fail_each(allocations_attempt *attempt, void *context, size_t step);

#endif
