// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/allocations.h"

#include <stdlib.h>

static _Atomic size_t count;

size_t allocations(void)
{
    return count;
}

#if !TEST_SANITIZED
/* seen by shared libraries too, whose allocations are then counted as well */
#pragma GCC visibility push(default)
/* NOLINTBEGIN(bugprone-reserved-*,cert-dcl*,readability-identifier-naming): the C library's own
 * second names for what is replaced below */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
/* NOLINTEND(bugprone-reserved-*,cert-dcl*,readability-identifier-naming) */

void *malloc(size_t size)
{
    count++;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    count++;
    return __libc_calloc(n, size);
}

void *realloc(void *block, size_t size)
{
    count++;
    return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    count++;
    return __libc_memalign(alignment, size);
}
#pragma GCC visibility pop
#endif
