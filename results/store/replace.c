// SPDX-License-Identifier: GPL-3.0-or-later
/* NAME.tmp -> fsync -> rename -> fsync folder. */
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
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

/* Folder of `path`, to be freed. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return join(".", "");
    }
    char *folder = join(path, "");
    if (folder != NULL) {
        folder[slash == path ? 1 : slash - path] = '\0';
    }
    return folder;
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
    char *folder = folder_of(path);
    if (folder == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the name %s", path);
    }
    titr_status status = TITR_OK;
    if (stat(folder, &st) != 0) {
        status = titr_fail(err, TITR_ERR_IO, "cannot write %s: folder %s: %s", path, folder,
                           strerror(errno));
    } else if (!S_ISDIR(st.st_mode)) {
        status = titr_fail(err, TITR_ERR_IO, "cannot write %s: %s is not a folder", path, folder);
    }
    free(folder);
    return status;
}

titr_status titri_replace_begin(titri_replace *r, const char *path, titr_error *err)
{
    *r = (titri_replace){NULL, NULL};
    TITR_TRY(check_place(path, err));
    titri_replace made = {.path = join(path, ""), .tmp = join(path, ".tmp")};
    titr_status status = TITR_OK;
    int fd = -1;
    if (made.path == NULL || made.tmp == NULL) {
        status = titr_fail(err, TITR_ERR_NOMEM, "no memory for the name %s", path);
        goto done;
    }
    fd = open(made.tmp, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0) {
        status = cannot(err, made.tmp, "write");
        goto done;
    }
    /* a writer holds this lock while it works (HDF5 takes it too); where locks are not supported
     * we go on without */
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        status = titr_fail(err, TITR_ERR_IO, "cannot write %s: another process is writing %s", path,
                           made.tmp);
        goto done;
    }
    if (ftruncate(fd, 0) != 0) {
        status = cannot(err, made.tmp, "write");
        goto done;
    }
    *r = made;
    made = (titri_replace){NULL, NULL};
done:
    if (fd >= 0) {
        (void)close(fd);
    }
    free(made.path);
    free(made.tmp);
    return status;
}

static titr_status sync_path(const char *path, int flags, titr_error *err)
{
    const int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) {
        return cannot(err, path, "open");
    }
    titr_status status = TITR_OK;
    /* EINVAL: this kind of file system has no fsync for it */
    if (fsync(fd) != 0 && errno != EINVAL) {
        status = cannot(err, path, "write");
    }
    if (close(fd) != 0 && status == TITR_OK) {
        status = cannot(err, path, "write");
    }
    return status;
}

titr_status titri_replace_commit(titri_replace *r, titr_error *err)
{
    char *folder = folder_of(r->path);
    titr_status status = TITR_OK;
    if (folder == NULL) {
        status = titr_fail(err, TITR_ERR_NOMEM, "no memory for the name %s", r->path);
        goto done;
    }
    status = sync_path(r->tmp, O_RDWR, err);
    if (status != TITR_OK) {
        goto done;
    }
    if (rename(r->tmp, r->path) != 0) {
        status = cannot(err, r->path, "write");
        goto done;
    }
    free(r->tmp);
    r->tmp = NULL;
    status = sync_path(folder, O_RDONLY | O_DIRECTORY, err);
done:
    free(folder);
    titri_replace_abort(r);
    return status;
}

void titri_replace_abort(titri_replace *r)
{
    if (r->tmp != NULL) {
        (void)unlink(r->tmp);
    }
    free(r->tmp);
    free(r->path);
    *r = (titri_replace){NULL, NULL};
}
