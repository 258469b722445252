// SPDX-License-Identifier: GPL-3.0-or-later
/* A file driver for HDF5 that remembers a failed write instead of reporting it.
 *
 * HDF5 1.10 cannot close a file after a write has failed: the file stays open inside the library,
 * which then crashes when the program ends. With this driver HDF5 never learns of the failure and
 * tidies up as usual; the store looks at `error` after each step and gives up. Nothing is lost by
 * it: a file whose write failed is removed. */
#ifndef TITRI_STORE_DRIVER_H
#define TITRI_STORE_DRIVER_H

#include <hdf5.h>

typedef struct titri_disk {
    int fd;    /* written through; not closed by HDF5     */
    int error; /* errno of the first step that failed, 0  */
} titri_disk;

/* Make `access` properties open `disk`, which must live until the file is closed.
 * @return registered driver, to be given to H5FDunregister once the file is open; negative on
 * failure. */
hid_t titri_driver_use(hid_t access, titri_disk *disk);

#endif
