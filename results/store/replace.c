// SPDX-License-Identifier: GPL-3.0-or-later
/* NAME.tmp -> fsync -> rename -> fsync folder. */
#include "replace.h"

#include "titrate/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static titr_status cannot(titr_error *err, const char *path, const char *what)
{
    return titr_fail(err, TITR_ERR_IO, "cannot %s %s: %s", what, path, strerror(errno));
}

static char *join(const char *text, const char *end)
{
    const size_t n = strlen(text) + strlen(end) + 1;
    char *joined = malloc(n);
    if (joined != NULL) {
        (void)snprintf(joined, n, "%s%s", text, end);
    }
    return joined;
}

/* Folder of `path`. @return 0, with errno, when its name is too long. */
static int folder_of(const char *path, char folder[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    const size_t n = slash == NULL || slash == path ? 1 : (size_t)(slash - path);
    if (n >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return 0;
    }
    memcpy(folder, slash == NULL ? "." : path, n);
    folder[n] = '\0';
    return 1;
}

static titr_status check_place(const char *path, titr_error *err)
{
    struct stat st;
    if (path[0] == '\0' || path[strlen(path) - 1] == '/') {
        return titr_fail(err, TITR_ERR_IO, "cannot write '%s': expected the name of a file", path);
    }
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        return titr_fail(err, TITR_ERR_IO, "cannot write %s: it is %s, expected a file", path,
                         S_ISDIR(st.st_mode) ? "a folder" : "a device");
    }
    char folder[PATH_MAX] = "";
    if (!folder_of(path, folder) || stat(folder, &st) != 0) {
        return titr_fail(err, TITR_ERR_IO, "cannot write %s: folder %s: %s", path, folder,
                         strerror(errno));
    }
    if (!S_ISDIR(st.st_mode)) {
        return titr_fail(err, TITR_ERR_IO, "cannot write %s: %s is not a folder", path, folder);
    }
    return TITR_OK;
}

/* Open NAME.tmp and hold it alone. @return descriptor, or -1 with errno; EWOULDBLOCK: another
 * writer holds it. */
static int open_alone(const char *tmp)
{
    struct stat mine;
    struct stat named;
    for (;;) {
        const int fd = open(tmp, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (fd < 0) {
            return -1;
        }
        const int refused = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        if (refused) {
            (void)close(fd);
            errno = EWOULDBLOCK;
            return -1;
        }
        /* another writer may have renamed or removed it between our open and our lock; where locks
         * are not supported at all we go on without */
        if (fstat(fd, &mine) == 0 && stat(tmp, &named) == 0 && mine.st_ino == named.st_ino &&
            mine.st_dev == named.st_dev) {
            return fd;
        }
        (void)close(fd);
    }
}

static titr_status open_tmp(titri_replace *r, titr_error *err)
{
    r->fd = open_alone(r->tmp);
    if (r->fd < 0 && errno == EWOULDBLOCK) {
        return titr_fail(err, TITR_ERR_IO, "cannot write %s: another process is writing %s",
                         r->path, r->tmp);
    }
    if (r->fd < 0 || ftruncate(r->fd, 0) != 0) {
        return cannot(err, r->tmp, "write");
    }
    return TITR_OK;
}

static void release(titri_replace *r)
{
    if (r->fd >= 0) {
        (void)close(r->fd);
    }
    free(r->tmp);
    free(r->path);
    *r = TITRI_REPLACE_NONE;
}

titr_status titri_replace_begin(titri_replace *r, const char *path, titr_error *err)
{
    *r = TITRI_REPLACE_NONE;
    TITR_TRY(check_place(path, err));
    titr_status status = TITR_OK;
    r->path = join(path, "");
    r->tmp = join(path, ".tmp");
    if (r->path == NULL || r->tmp == NULL) {
        status = titr_fail(err, TITR_ERR_NOMEM, "no memory for the name %s", path);
    } else {
        status = open_tmp(r, err);
    }
    if (status != TITR_OK) {
        release(r); /* another writer's NAME.tmp stays */
    }
    return status;
}

static titr_status sync_folder(const char *path, titr_error *err)
{
    titr_status status = TITR_OK;
    char folder[PATH_MAX];
    const int fd = folder_of(path, folder) ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    /* EINVAL: this kind of file system cannot sync a folder */
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL)) {
        status = cannot(err, path, "write the folder of");
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return status;
}

titr_status titri_replace_commit(titri_replace *r, titr_error *err)
{
    if (fsync(r->fd) != 0 || rename(r->tmp, r->path) != 0) {
        const titr_status status = cannot(err, r->path, "write");
        titri_replace_abort(r);
        return status;
    }
    const titr_status status = sync_folder(r->path, err);
    release(r);
    return status;
}

titr_status titr_file_rename(const char *from, const char *to, titr_error *err)
{
    const int fd = open(from, O_RDONLY | O_CLOEXEC);
    titr_status status = TITR_OK;
    if (fd < 0 || fsync(fd) != 0 || rename(from, to) != 0) {
        status =
            titr_fail(err, TITR_ERR_IO, "cannot rename %s to %s: %s", from, to, strerror(errno));
    } else {
        status = sync_folder(to, err);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return status;
}

void titri_replace_abort(titri_replace *r)
{
    if (r->tmp != NULL) {
        (void)unlink(r->tmp); /* before the lock is given up */
    }
    release(r);
}
