// SPDX-License-Identifier: GPL-3.0-or-later
/* An experiment from the command line (the file, -D overrides, -o FOLDER), and a verb's answer. */
#include "cli.h"

#include "titrate/config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* mkdir -p, so that a fresh clone can write its first run. */
static titr_status make_folder(const char *path, titr_error *err)
{
    char part[TITR_TEXT_MAX];
    for (size_t i = 1; i <= strlen(path) && i < sizeof part; i++) {
        if (path[i] == '/' || path[i] == '\0') {
            memcpy(part, path, i);
            part[i] = '\0';
            if (mkdir(part, 0777) != 0 && errno != EEXIST) {
                return titr_fail(err, TITR_ERR_IO, "%s: cannot make the folder: %s", path,
                                 strerror(errno));
            }
        }
    }
    if (access(path, W_OK | X_OK) != 0) { /* not only after an hour of training */
        return titr_fail(err, TITR_ERR_IO, "%s: cannot write in this folder: %s", path,
                         strerror(errno));
    }
    return TITR_OK;
}

int cli_readable(const char *path)
{
    titr_error err = {0};
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    titr_status status = TITR_OK;
    if (fd < 0) {
        status = titr_fail(&err, TITR_ERR_ARG, "%s: cannot be read: %s", path, strerror(errno));
    } else if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        status = titr_fail(&err, TITR_ERR_ARG, "%s: cannot be read: it is a folder", path);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return status == TITR_OK ? CLI_OK : cli_fail(status, &err);
}

static titr_status take_output(const cli_args *args, titr_experiment *e, titr_error *err)
{
    const size_t n = strlen(args->output);
    if (n == 0 || n >= sizeof e->output.folder) {
        return titr_fail(err, TITR_ERR_ARG,
                         "--output '%.60s': %zu bytes, expected a folder of 1 to "
                         "%zu bytes",
                         args->output, n, sizeof e->output.folder - 1);
    }
    memcpy(e->output.folder, args->output, n + 1);
    return TITR_OK;
}

int cli_experiment(const cli_args *args, int writes, titr_experiment *e)
{
    titr_error err = {0};
    titr_status st = titr_config_rehearse(args->arg[0], args->define, args->n_define, e, &err);
    if (st != TITR_OK) {
        return cli_fail(st, &err);
    }
    e->vector_bits = args->vector_bits;
    st = args->output != NULL ? take_output(args, e, &err) : TITR_OK;
    if (st == TITR_OK) { /* what the verb, or its report, is to show */
        st = titr_experiment_find(e, args->policy, args->patient, &err);
    }
    if (st == TITR_OK && writes) {
        st = make_folder(e->output.folder, &err);
    }
    if (st != TITR_OK) {
        titr_experiment_fini(e);
        return cli_fail(st, &err);
    }
    return CLI_OK;
}

int cli_with_experiment(const cli_args *args, int writes, cli_verb *verb)
{
    titr_experiment e;
    int code = cli_experiment(args, writes, &e);
    if (code == CLI_OK) {
        code = verb(args, &e);
        titr_experiment_fini(&e);
    }
    return code;
}

int cli_show(const cli_args *args, const titr_experiment *e, titr_status status, char *text,
             const char *what, const char *ending, const titr_error *err)
{
    if (status != TITR_OK) {
        return cli_fail(status, err);
    }
    (void)fputs(text, stdout);
    free(text);
    if (!args->quiet) {
        char path[TITR_TEXT_MAX * 3];
        titr_run_path(e, ending, path, sizeof path);
        (void)fprintf(args->json ? stderr : stdout, "\n%s: %s\n", what, path);
    }
    return CLI_OK;
}
