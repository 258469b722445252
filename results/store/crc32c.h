// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file crc32c.h
 * @brief CRC-32C (Castagnoli), reflected polynomial 0x82F63B78 [rfc3720, appendix B.4].
 */
#ifndef TITRI_STORE_CRC32C_H
#define TITRI_STORE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t titri_crc32c(const void *bytes, size_t n);

#endif
