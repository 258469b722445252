// SPDX-License-Identifier: GPL-3.0-or-later
/* Against the checksums that HDF5 itself writes. */
#include "sample.h"
#include "store/fletcher32.h"

#include <criterion/criterion.h>
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

/* What HDF5 puts behind one chunk of n bytes, with no other filter. */
static uint32_t by_hdf5(const uint8_t *bytes, size_t n)
{
    const hsize_t size = n, first = 0;
    uint8_t *stored = malloc(n + TITRI_FLETCHER32_BYTES);
    uint32_t skipped = 0;
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    const hid_t space = H5Screate_simple(1, &size, NULL);
    cr_assert(H5Pset_fapl_core(access, 1 << 16, 0) >= 0); /* never on a disk */
    cr_assert(H5Pset_chunk(creation, 1, &size) >= 0 && H5Pset_fletcher32(creation) >= 0);
    const hid_t file = H5Fcreate("fletcher32", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    const hid_t dataset =
        H5Dcreate2(file, "bytes", H5T_NATIVE_UINT8, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    cr_assert(H5Dwrite(dataset, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0);
    cr_assert(H5Dflush(dataset) >= 0);
    cr_assert(H5Dread_chunk(dataset, H5P_DEFAULT, &first, &skipped, stored) >= 0);
    cr_assert(skipped == 0 && memcmp(stored, bytes, n) == 0);
    uint32_t sum = 0;
    for (unsigned i = 0; i < TITRI_FLETCHER32_BYTES; i++) {
        sum |= (uint32_t)stored[n + i] << (8 * i);
    }
    (void)H5Dclose(dataset);
    (void)H5Fclose(file);
    (void)H5Sclose(space);
    (void)H5Pclose(creation);
    (void)H5Pclose(access);
    free(stored);
    return sum;
}

enum { ZEROS, ONES, NOISE, ALMOST_FULL, FIRST_ONLY, LAST_ONLY, N_PATTERNS };

static void fill(int pattern, uint8_t *bytes, size_t n)
{
    uint64_t state = n;
    memset(bytes, pattern == ONES ? 0xff : 0, n);
    for (size_t i = 0; i < n && pattern == NOISE; i++) {
        bytes[i] = (uint8_t)sample_next(&state);
    }
    for (size_t i = 0; i < n && pattern == ALMOST_FULL; i++) {
        bytes[i] = i % 2 == 0 ? 0xff : 0xfe;
    }
    if (pattern == FIRST_ONLY || pattern == LAST_ONLY) {
        bytes[pattern == FIRST_ONLY ? 0 : n - 1] = 1;
    }
}

static void compare(size_t n)
{
    uint8_t *bytes = malloc(n);
    for (int pattern = 0; pattern < N_PATTERNS; pattern++) {
        fill(pattern, bytes, n);
        const uint32_t expected = by_hdf5(bytes, n);
        const uint32_t got = titri_fletcher32(bytes, n);
        cr_expect_eq(got, expected, "%zu bytes, pattern %d: %08x, expected %08x", n, pattern, got,
                     expected);
    }
    free(bytes);
}

Test(fletcher32, is_that_of_hdf5)
{
    /* around a word, a step of all lanes, a run of steps; odd and even */
    static const size_t large[] = {5759,  5760,  5761,  5762,  5775,  5776,   5777,   11519,
                                   11520, 11521, 65535, 65536, 65537, 262144, 262147, 1048577};
    for (size_t n = 1; n <= 130; n++) {
        compare(n);
    }
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        compare(large[i]);
    }
}

/* By hand: words 1 and 2 and an odd 3 give 1, 3, 0x303 and so 1 + 3 + 0x303. */
Test(fletcher32, worked_out_by_hand)
{
    static const uint8_t bytes[] = {0, 1, 0, 2, 3};
    cr_assert_eq(titri_fletcher32(bytes, 0), 0);
    cr_assert_eq(titri_fletcher32(bytes, 2), 0x00010001);
    cr_assert_eq(titri_fletcher32(bytes, 4), 0x00040003);
    cr_assert_eq(titri_fletcher32(bytes, 5), 0x03070303);
}
