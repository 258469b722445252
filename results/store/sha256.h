// SPDX-License-Identifier: GPL-3.0-or-later
/* SHA-256 (FIPS 180-4), to tell whether two runs hold the same trajectories. */
#ifndef TITRI_STORE_SHA256_H
#define TITRI_STORE_SHA256_H

#include "titrate/store/store.h"

#include <stddef.h>
#include <stdint.h>

typedef struct titri_sha256 {
    uint32_t h[8];
    uint8_t block[64];
    uint64_t bytes;
} titri_sha256;

void titri_sha256_init(titri_sha256 *s);
void titri_sha256_add(titri_sha256 *s, const void *data, size_t bytes);
void titri_sha256_hex(titri_sha256 *s, char hex[TITR_SHA256_HEX]);

#endif
