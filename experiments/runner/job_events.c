// SPDX-License-Identifier: GPL-3.0-or-later
/* The rows of a job's learning curve as TensorBoard events: FOLDER/NAME.tb/POLICY/JOB. */
#include "job.h"

#include "titrate/store/tensorboard.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define VALIDATION "validation_"

/* A name as one part of a path. */
static void folder_name(char *name)
{
    for (char *c = name; *c != '\0'; c++) {
        *c = *c == '/' || (*c == '.' && c == name) ? '_' : *c;
    }
}

static void folder_of(const titri_job *job, char *path, size_t size)
{
    char folder[TITR_TEXT_MAX * 3], name[TITR_ID_MAX + 16];
    titr_run_path(job->lab->e, ".tb", folder, sizeof folder);
    titri_lab_job_name(job->lab, job->policy, job->index, name, sizeof name);
    folder_name(name);
    (void)snprintf(path, size, "%s/%s/%s", folder, job->lab->policy[job->policy].def->name, name);
}

/* "train/reward", "validation/score", "agent/loss" */
static void tag_of(const char *column, size_t k, size_t first_of_agent, char tag[96])
{
    const size_t prefix = strlen(VALIDATION);
    if (k >= first_of_agent) {
        (void)snprintf(tag, 96, "agent/%.80s", column);
    } else if (strncmp(column, VALIDATION, prefix) == 0) {
        (void)snprintf(tag, 96, "validation/%.80s", column + prefix);
    } else {
        (void)snprintf(tag, 96, "train/%.80s", column);
    }
}

static titr_status publish_row(titri_job *job, size_t row, titr_error *err)
{
    const titr_agent_type *type = job->lab->policy[job->policy].def->agent.type;
    const titri_curve *c = &job->curve;
    const double *cell = &c->cell[row * c->width], wall_s = (double)time(NULL);
    titr_sheet_column column[TITRI_CURVE_MAX];
    (void)titri_curve_columns(type, job->lab->e->train.evaluate_every > 0, column);
    for (size_t k = 0; k < c->width; k++) {
        char tag[96];
        tag_of(column[k].name, k, c->width - type->n_reported, tag);
        if (k != TITRI_CURVE_DECISIONS && !isnan(cell[k])) {
            TITR_TRY(titr_tensorboard_scalar(
                job->events, wall_s, (int64_t)cell[TITRI_CURVE_DECISIONS], tag, cell[k], err));
        }
    }
    return titr_tensorboard_flush(job->events, err);
}

/* Events up to the last row that this training goes on from are kept; where there is no file of
 * them, they are written again. @param[out] first row to publish. */
static titr_status open_events(titri_job *job, size_t *first, titr_error *err)
{
    const titri_curve *c = &job->curve;
    const size_t before = c->n - 1;
    const double last = before > 0 ? c->cell[(before - 1) * c->width] : -1.0;
    char folder[TITR_TEXT_MAX * 5], file[TITR_TEXT_MAX * 5 + 64];
    folder_of(job, folder, sizeof folder);
    (void)snprintf(file, sizeof file, "%s/events.out.tfevents.titrate", folder);
    *first = access(file, F_OK) == 0 ? before : 0;
    return titr_tensorboard_open(folder, (int64_t)last, (double)time(NULL), &job->events, err);
}

titr_status titri_job_publish(titri_job *job, titr_error *err)
{
    size_t first = job->curve.n - 1;
    if (!job->lab->e->train.tensorboard) {
        return TITR_OK;
    }
    if (job->events == NULL) {
        TITR_TRY(open_events(job, &first, err));
    }
    for (size_t row = first; row < job->curve.n; row++) {
        TITR_TRY(publish_row(job, row, err));
    }
    return TITR_OK;
}
