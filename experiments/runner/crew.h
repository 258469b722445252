// SPDX-License-Identifier: GPL-3.0-or-later
/* Threads that take turns at training jobs. */
#ifndef TITRI_CREW_H
#define TITRI_CREW_H

#include "job.h"

/* Jobs that are under way at once: as many as threads, in order, or all that are left when they are
 * fewer than twice that, so that no thread is without work at the end. The others hold no memory.
 */
size_t titri_crew_at_once(size_t unfinished, size_t threads);
/* Advance the jobs for so many seconds, or until all are done or someone asks to stop. Which thread
 * advances which job, and how far, changes no result. */
titr_status titri_crew_work(titri_job **job, size_t n, const titr_watch *watch, double seconds,
                            titr_error *err) TITR_NODISCARD;

#endif
