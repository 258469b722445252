// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/store/version.h"

#include <hdf5.h>
#include <stdio.h>

void titr_store_library(char *text, size_t size)
{
    unsigned major = 0, minor = 0, release = 0;
    (void)H5get_libversion(&major, &minor, &release);
    (void)snprintf(text, size, "HDF5 %u.%u.%u", major, minor, release);
}
