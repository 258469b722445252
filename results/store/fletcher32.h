// SPDX-License-Identifier: GPL-3.0-or-later
/* The checksum that HDF5 puts behind a chunk. */
#ifndef TITRI_STORE_FLETCHER32_H
#define TITRI_STORE_FLETCHER32_H

#include <stddef.h>
#include <stdint.h>

#define TITRI_FLETCHER32_BYTES 4 /* behind the chunk, little-endian */

/* HDF5's Fletcher-32 of n bytes. */
uint32_t titri_fletcher32(const void *bytes, size_t n);

#endif
