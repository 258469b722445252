// SPDX-License-Identifier: GPL-3.0-or-later
#include "crc32c.h"

#define POLYNOMIAL UINT32_C(0x82F63B78)

/* Bit by bit: events are some tens of bytes. */
uint32_t titri_crc32c(const void *bytes, size_t n)
{
    const unsigned char *byte = bytes;
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        crc ^= byte[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (POLYNOMIAL & (0U - (crc & 1)));
        }
    }
    return ~crc;
}
