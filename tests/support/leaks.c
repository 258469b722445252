// SPDX-License-Identifier: GPL-3.0-or-later
/* What LeakSanitizer looks at. Criterion runs every test in a process of its own, marked by the
 * variable BXFI_MAP; the process that starts them leaks a few bytes of Criterion's when a test's
 * own child was killed. libhdf5 1.10 leaks when it gives up on a damaged file; ids that we forget
 * to close it closes itself at exit, so nothing of ours is lost by leaving it out. LLVM's OpenMP
 * forgets a team when the next one has more threads. Thread-local storage of a library that is
 * loaded late is left alone: LLVM 14 takes the 16 bytes in front of it for a header of glibc 2.19's
 * when it lies 16 bytes into a page, and dies of reading what they "point" to.
 */
#include <stdlib.h>

// NOLINTBEGIN(*-reserved-identifier,cert-dcl*,*-identifier-naming): names that LeakSanitizer calls
int __lsan_is_turned_off(void);
const char *__lsan_default_suppressions(void);
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "intercept_tls_get_addr=0";
}

int __lsan_is_turned_off(void)
{
    return getenv("BXFI_MAP") == NULL;
}

const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5_serial\nleak:libomp\n";
}
// NOLINTEND(*-reserved-identifier,cert-dcl*,*-identifier-naming)
