// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/allocations.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static _Atomic size_t count;
static _Atomic size_t held, most;    /* bytes */
static _Atomic size_t until_failure; /* 1: the next one fails, 0: none */

size_t allocations(void)
{
    return count;
}

size_t allocations_mark(void)
{
    most = held;
    return held;
}

size_t allocations_most(void)
{
    return most;
}

#if !TEST_SANITIZED
static void *taken(void *block)
{
    const size_t size = malloc_usable_size(block);
    const size_t now = atomic_fetch_add(&held, size) + size;
    size_t before = atomic_load(&most);
    while (now > before && !atomic_compare_exchange_weak(&most, &before, now)) {
    }
    count++;
    return block;
}

/* seen by shared libraries too, whose allocations are then counted as well */
#pragma GCC visibility push(default)
/* NOLINTBEGIN(bugprone-reserved-*,cert-dcl*,readability-identifier-naming): the C library's own
 * second names for what is replaced below */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);
/* NOLINTEND(bugprone-reserved-*,cert-dcl*,readability-identifier-naming) */

void *malloc(size_t size)
{
    return taken(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
    return taken(__libc_calloc(n, size));
}

void *realloc(void *block, size_t size)
{
    const size_t before = malloc_usable_size(block);
    void *grown = __libc_realloc(block, size);
    if (grown == NULL && size > 0) {
        return NULL;
    }
    held -= before;
    return taken(grown);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return taken(__libc_memalign(alignment, size));
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    *block = taken(__libc_memalign(alignment, size));
    return *block == NULL ? ENOMEM : 0;
}

void free(void *block)
{
    held -= malloc_usable_size(block);
    __libc_free(block);
}
#pragma GCC visibility pop
#endif

static int fails(void)
{
    return until_failure > 0 && --until_failure == 0;
}

void *test_malloc(size_t size)
{
    return fails() ? NULL : malloc(size);
}

void *test_calloc(size_t n, size_t size)
{
    return fails() ? NULL : calloc(n, size);
}

void *test_realloc(void *block, size_t size)
{
    return fails() ? NULL : realloc(block, size);
}

void *test_aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : aligned_alloc(alignment, size);
}

char *test_strdup(const char *text)
{
    return fails() ? NULL : strdup(text);
}

size_t allocations_fail_each(allocations_attempt *attempt, void *context, size_t step)
{
    size_t failures = 0;
    for (size_t n = 1;; n += step) {
        titr_error err = {.what = ""};
        until_failure = n;
        const titr_status status = attempt(context, &err);
        const int enough = until_failure > 0;
        until_failure = 0;
        if (enough) {
            cr_assert_eq(status, TITR_OK, "%s", err.what);
            return failures;
        }
        failures++;
        cr_expect_eq(status, TITR_ERR_NOMEM, "without allocation %zu: status %d, '%s'", n,
                     (int)status, err.what);
        cr_expect(err.what[0] != '\0' && strchr(err.what, '\n') == NULL, "allocation %zu: '%s'", n,
                  err.what);
    }
}
