// SPDX-License-Identifier: GPL-3.0-or-later
/* CRC-32C against the examples of RFC 3720, appendix B.4, and the usual check value. */
#include "store/crc32c.h"

#include <criterion/criterion.h>
#include <string.h>

Test(crc32c, published_values)
{
    unsigned char bytes[32];
    cr_assert_eq(titri_crc32c("123456789", 9), 0xE3069283);
    cr_assert_eq(titri_crc32c("", 0), 0);
    memset(bytes, 0, sizeof bytes);
    cr_assert_eq(titri_crc32c(bytes, sizeof bytes), 0x8A9136AA);
    memset(bytes, 0xFF, sizeof bytes);
    cr_assert_eq(titri_crc32c(bytes, sizeof bytes), 0x62A8AB43);
    for (unsigned char i = 0; i < 32; i++) {
        bytes[i] = i;
    }
    cr_assert_eq(titri_crc32c(bytes, sizeof bytes), 0x46DD794E);
    for (unsigned char i = 0; i < 32; i++) {
        bytes[i] = (unsigned char)(31 - i);
    }
    cr_assert_eq(titri_crc32c(bytes, sizeof bytes), 0x113FDB5C);
}
