// SPDX-License-Identifier: GPL-3.0-or-later
/* A thread takes the job that is least far among those under way and not in other hands, advances
 * it by a slice, and gives it back. */
#include "crew.h"

#include <omp.h>
#include <stdlib.h>

#define SLICE_DECISIONS 1024

/* A job as the crew sees it; what another thread is changing is not looked at. */
enum { FREE, BUSY, DONE };

typedef struct crew {
    titri_job **job;
    size_t n;
    unsigned char *state; /* [n] */
    const titr_watch *watch;
    double until_s;
    titr_status status; /* of the first job that failed */
} crew;

size_t titri_crew_at_once(size_t unfinished, size_t threads)
{
    return unfinished < 2 * threads ? unfinished : threads;
}

static double share_done(const titri_job *job)
{
    return (double)job->record.decisions / (double)job->decisions_wanted;
}

/* The least advanced of the jobs under way. @return n when none is free. */
static size_t choose(const crew *c, size_t threads)
{
    size_t unfinished = 0, best = c->n;
    for (size_t i = 0; i < c->n; i++) {
        unfinished += c->state[i] != DONE;
    }
    size_t under_way = titri_crew_at_once(unfinished, threads);
    for (size_t i = 0; i < c->n && under_way > 0; i++) {
        if (c->state[i] == DONE) {
            continue;
        }
        under_way--;
        if (c->state[i] == FREE &&
            (best == c->n || share_done(c->job[i]) < share_done(c->job[best]))) {
            best = i;
        }
    }
    return best;
}

/* @return n: nothing more to do in this round. */
static size_t take(crew *c, size_t threads)
{
    size_t taken = c->n;
#pragma omp critical(titri_crew)
    if (c->status == TITR_OK && omp_get_wtime() < c->until_s && !titri_stopped(c->watch)) {
        taken = choose(c, threads);
        if (taken < c->n) {
            c->state[taken] = BUSY;
        }
    }
    return taken;
}

static void give_back(crew *c, size_t taken, titr_status status, const titr_error *own,
                      titr_error *err)
{
#pragma omp critical(titri_crew)
    {
        c->state[taken] = titri_job_done(c->job[taken]) ? DONE : FREE;
        if (status != TITR_OK && c->status == TITR_OK) {
            c->status = status;
            if (err != NULL) {
                *err = *own;
            }
        }
    }
}

titr_status titri_crew_work(titri_job **job, size_t n, const titr_watch *watch, double seconds,
                            titr_error *err)
{
    crew c = {.job = job, .n = n, .watch = watch, .until_s = omp_get_wtime() + seconds};
    c.state = calloc(n + 1, 1);
    if (c.state == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu training jobs", n);
    }
    for (size_t i = 0; i < n; i++) {
        c.state[i] = titri_job_done(job[i]) ? DONE : FREE;
    }
#pragma omp parallel
    {
        const size_t threads = (size_t)omp_get_num_threads();
        for (size_t taken = take(&c, threads); taken < n; taken = take(&c, threads)) {
            titr_error own = {.what = ""};
            const titr_status st = titri_job_advance(job[taken], SLICE_DECISIONS, &own);
            give_back(&c, taken, st, &own, err);
        }
    }
    free(c.state);
    return c.status;
}
