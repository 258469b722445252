// SPDX-License-Identifier: GPL-3.0-or-later
/* HDF5 file driver over an open descriptor; failed writes are remembered, see driver.h. */
#include "driver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

typedef struct sink {
    H5FD_t common; /* HDF5's part, first */
    titri_disk *disk;
    haddr_t end_of_addresses, end_of_file;
} sink;

/* What the file access properties carry. */
typedef struct sink_info {
    titri_disk *disk;
} sink_info;

static H5FD_t *sink_open(const char *name, unsigned flags, hid_t access, haddr_t most)
{
    struct stat st;
    const sink_info *info = H5Pget_driver_info(access);
    (void)name;
    (void)most;
    sink *s = info == NULL ? NULL : calloc(1, sizeof *s);
    if (s == NULL || fstat(info->disk->fd, &st) != 0) {
        if (info != NULL && info->disk->error == 0) {
            info->disk->error = s == NULL ? ENOMEM : errno; /* HDF5 may try again and go on */
        }
        free(s);
        return NULL;
    }
    s->disk = info->disk;
    s->end_of_file = (flags & H5F_ACC_TRUNC) != 0 ? 0 : (haddr_t)st.st_size;
    return &s->common;
}

static herr_t sink_close(H5FD_t *file)
{
    free(file);
    return 0;
}

static int sink_compare(const H5FD_t *a, const H5FD_t *b)
{
    const int fd_a = ((const sink *)a)->disk->fd;
    const int fd_b = ((const sink *)b)->disk->fd;
    return (fd_a > fd_b) - (fd_a < fd_b);
}

static herr_t sink_query(const H5FD_t *file, unsigned long *flags)
{
    (void)file;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

static haddr_t sink_get_eoa(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const sink *)file)->end_of_addresses;
}

static herr_t sink_set_eoa(H5FD_t *file, H5FD_mem_t type, haddr_t address)
{
    (void)type;
    ((sink *)file)->end_of_addresses = address;
    return 0;
}

static haddr_t sink_get_eof(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const sink *)file)->end_of_file;
}

static herr_t sink_read(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size,
                        void *buffer)
{
    const sink *s = (const sink *)file;
    (void)type;
    (void)transfer;
    for (size_t done = 0; done < size;) {
        const ssize_t n =
            pread(s->disk->fd, (char *)buffer + done, size - done, (off_t)(address + done));
        if (n < 0 && errno != EINTR) {
            return -1;
        }
        if (n == 0) { /* behind the end: zeros */
            memset((char *)buffer + done, 0, size - done);
            return 0;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static herr_t sink_write(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address,
                         size_t size, const void *buffer)
{
    sink *s = (sink *)file;
    (void)type;
    (void)transfer;
    for (size_t done = 0; done < size && s->disk->error == 0;) {
        const ssize_t n =
            pwrite(s->disk->fd, (const char *)buffer + done, size - done, (off_t)(address + done));
        if (n < 0 && errno != EINTR) {
            s->disk->error = errno;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    if (address + size > s->end_of_file) {
        s->end_of_file = address + size;
    }
    return 0;
}

static herr_t sink_truncate(H5FD_t *file, hid_t transfer, hbool_t closing)
{
    sink *s = (sink *)file;
    (void)transfer;
    (void)closing;
    if (s->end_of_addresses != s->end_of_file) {
        if (s->disk->error == 0 && ftruncate(s->disk->fd, (off_t)s->end_of_addresses) != 0) {
            s->disk->error = errno;
        }
        s->end_of_file = s->end_of_addresses;
    }
    return 0;
}

static const H5FD_class_t sink_class = {
#if H5_VERSION_GE(1, 13, 0)
    .version = H5FD_CLASS_VERSION,
    .value = 520, /* of the range that HDF5 leaves to applications: 512 and up */
#endif
    .name = "titrate",
    .maxaddr = (haddr_t)INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(sink_info),
    .open = sink_open,
    .close = sink_close,
    .cmp = sink_compare,
    .query = sink_query,
    .get_eoa = sink_get_eoa,
    .set_eoa = sink_set_eoa,
    .get_eof = sink_get_eof,
    .read = sink_read,
    .write = sink_write,
    .truncate = sink_truncate,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

hid_t titri_driver_use(hid_t access, titri_disk *disk)
{
    const sink_info info = {disk};
    const hid_t driver = H5FDregister(&sink_class);
    if (driver >= 0 && H5Pset_driver(access, driver, &info) < 0) {
        (void)H5FDunregister(driver);
        return H5I_INVALID_HID;
    }
    return driver;
}
