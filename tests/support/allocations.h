// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/allocations.h
 * @brief Counts allocations of the whole process, libraries included.
 *
 * The test binary has its own malloc, calloc, realloc and aligned_alloc, which count and pass on to
 * the C library. Sanitizers bring their own: there nothing is counted.
 */
#ifndef TITR_TESTS_SUPPORT_ALLOCATIONS_H
#define TITR_TESTS_SUPPORT_ALLOCATIONS_H

#include <stddef.h>

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

#endif
